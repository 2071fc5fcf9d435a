"""The bare wire: requests that both servers must answer alike, status and body.

A step is (name, method, path, body); `$name.key` in a path or body stands for what an earlier step answered. Of a step
whose name ends in `_status` only the status is compared (the body holds the validator's own names). A step of the method
`EVENTS` waits until the resource named by its path has as many events as its body says, and shows them.
"""

import re
from typing import Any

from snapshot import Api

REFERENCE = re.compile(r"\$(\w+)((?:\.\w+)*)")
EVENTS = "EVENTS"
UNKNOWN = "00000000-0000-4000-8000-00000000dead"

Step = tuple[str, str, str, Any]

FLOWS: list[Step] = [
    ("flow", "POST", "/flows/", {"name": "wire-flow", "tags": ["a", "b"], "labels": {"team": "x"}}),
    ("flow_again", "POST", "/flows/", {"name": "wire-flow"}),
    ("flow_read", "GET", "/flows/$flow.id", None),
    ("flow_by_name", "GET", "/flows/name/wire-flow", None),
    ("flow_patch", "PATCH", "/flows/$flow.id", {"tags": ["c"]}),
    ("flow_patched", "GET", "/flows/$flow.id", None),
    ("flow_patch_labels", "PATCH", "/flows/$flow.id", {"labels": {"new": 1}}),
    ("flow_patched_labels", "GET", "/flows/$flow.id", None),
    ("flow_count", "POST", "/flows/count", {"flows": {"name": {"any_": ["wire-flow"]}}}),
    ("flow_filter", "POST", "/flows/filter", {"flows": {"name": {"like_": "WIRE-"}}}),
    ("flow_filter_tags", "POST", "/flows/filter", {"flows": {"name": {"any_": ["wire-flow"]}, "tags": {"all_": ["c"]}}}),
    ("flow_filter_or", "POST", "/flows/filter",
     {"flows": {"operator": "or_", "name": {"any_": ["wire-flow"]}, "tags": {"all_": ["no-such"]}}}),
    ("flow_paginate", "POST", "/flows/paginate", {"flows": {"name": {"any_": ["wire-flow"]}}, "limit": 1, "page": 1}),
    ("flow_unknown", "GET", f"/flows/{UNKNOWN}", None),
    ("flow_unknown_name", "GET", "/flows/name/no-such-flow", None),
    ("flow_bad_id", "GET", "/flows/not-a-uuid", None),
    ("flow_no_name", "POST", "/flows/", {}),
    ("flow_bad_name", "POST", "/flows/", {"name": "a/b"}),
    ("flow_extra", "POST", "/flows/", {"name": "x", "colour": "red"}),
    ("flow_bad_types", "POST", "/flows/", {"name": 5, "tags": "no"}),
    ("flow_limit_high", "POST", "/flows/filter", {"limit": 201}),
    ("flow_limit_negative", "POST", "/flows/filter", {"limit": -1}),
    ("flow_limit_null", "POST", "/flows/filter", {"flows": {"name": {"any_": ["wire-flow"]}}, "limit": None}),
    ("flow_offset_negative", "POST", "/flows/filter", {"offset": -1}),
    ("flow_bad_filter", "POST", "/flows/filter", {"flows": {"nome": {}}}),
    ("flow_bad_sort", "POST", "/flows/filter", {"sort": "SIDEWAYS"}),
    ("flow_delete_unknown", "DELETE", f"/flows/{UNKNOWN}", None),
    ("flow_patch_unknown", "PATCH", f"/flows/{UNKNOWN}", {"tags": []}),
]

FLOW_RUNS: list[Step] = [
    ("f", "POST", "/flows/", {"name": "wire-run-flow"}),
    ("run", "POST", "/flow_runs/", {"flow_id": "$f.id", "name": "wire_run", "parameters": {"x": 1, "y": [1.5, None]},
                                    "tags": ["t2", "t1"], "state": {"type": "PENDING"}}),
    ("run_read", "GET", "/flow_runs/$run.id", None),
    ("run_stateless", "POST", "/flow_runs/", {"flow_id": "$f.id", "name": "stateless"}),
    ("run_key", "POST", "/flow_runs/", {"flow_id": "$f.id", "name": "keyed", "idempotency_key": "k1"}),
    ("run_key_again", "POST", "/flow_runs/", {"flow_id": "$f.id", "name": "other", "idempotency_key": "k1"}),
    ("run_scheduled", "POST", "/flow_runs/", {"flow_id": "$f.id", "name": "later",
     "state": {"type": "SCHEDULED", "state_details": {"scheduled_time": "2031-01-01T00:00:00+00:00"}}}),
    ("run_unknown_flow", "POST", "/flow_runs/", {"flow_id": UNKNOWN, "name": "orphan"}),
    ("run_no_flow", "POST", "/flow_runs/", {}),
    ("run_extra", "POST", "/flow_runs/", {"flow_id": "$f.id", "wat": 1}),
    ("run_bad_state", "POST", "/flow_runs/", {"flow_id": "$f.id", "state": {"type": "SLEEPING"}}),
    ("run_state_with_id", "POST", "/flow_runs/$run.id/set_state", {"state": {"type": "RUNNING", "id": UNKNOWN}}),
    ("run_patch", "PATCH", "/flow_runs/$run.id", {"name": "renamed", "tags": ["z"]}),
    ("run_patched", "GET", "/flow_runs/$run.id", None),
    ("run_patch_extra", "PATCH", "/flow_runs/$run.id", {"state": {"type": "RUNNING"}}),
    ("run_patch_unknown", "PATCH", f"/flow_runs/{UNKNOWN}", {"name": "x"}),
    ("run_labels", "PATCH", "/flow_runs/$run.id/labels", {"k": "v", "n": 2}),
    ("run_labelled", "GET", "/flow_runs/$run.id", None),
    ("run_labels_unknown", "PATCH", f"/flow_runs/{UNKNOWN}/labels", {"k": "v"}),
    ("run_running", "POST", "/flow_runs/$run.id/set_state", {"state": {"type": "RUNNING", "message": "go"}}),
    ("run_completed", "POST", "/flow_runs/$run.id/set_state", {"state": {"type": "COMPLETED", "data": None}}),
    ("run_after_end", "POST", "/flow_runs/$run.id/set_state", {"state": {"type": "SCHEDULED"}}),
    ("run_forced", "POST", "/flow_runs/$run.id/set_state", {"state": {"type": "SCHEDULED"}, "force": True}),
    ("run_unknown_state", "POST", f"/flow_runs/{UNKNOWN}/set_state", {"state": {"type": "RUNNING"}}),
    ("run_unknown", "GET", f"/flow_runs/{UNKNOWN}", None),
    ("run_states", "GET", "/flow_run_states/?flow_run_id=$run.id", None),
    ("run_state", "GET", "/flow_run_states/$run.state.id", None),
    ("run_state_unknown", "GET", f"/flow_run_states/{UNKNOWN}", None),
    ("run_states_missing_id", "GET", "/flow_run_states/", None),
    ("run_count", "POST", "/flow_runs/count", {"flows": {"id": {"any_": ["$f.id"]}}}),
    ("run_count_type", "POST", "/flow_runs/count",
     {"flows": {"id": {"any_": ["$f.id"]}}, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}),
    ("run_filter", "POST", "/flow_runs/filter", {"flow_runs": {"flow_version": {"any_": []}}}),
    ("run_filter_name", "POST", "/flow_runs/filter",
     {"flows": {"id": {"any_": ["$f.id"]}}, "flow_runs": {"name": {"like_": "LATE"}}}),
    ("run_filter_tags_null", "POST", "/flow_runs/filter",
     {"flows": {"id": {"any_": ["$f.id"]}}, "flow_runs": {"tags": {"is_null_": True}}, "sort": "NAME_ASC"}),
    ("run_filter_not", "POST", "/flow_runs/filter",
     {"flows": {"id": {"any_": ["$f.id"]}}, "flow_runs": {"state": {"type": {"not_any_": ["SCHEDULED"]}}}, "sort": "NAME_DESC"}),
    ("run_filter_start", "POST", "/flow_runs/filter",
     {"flows": {"id": {"any_": ["$f.id"]}}, "flow_runs": {"start_time": {"is_null_": True}}, "sort": "NAME_ASC"}),
    ("run_filter_parent", "POST", "/flow_runs/filter",
     {"flows": {"id": {"any_": ["$f.id"]}}, "flow_runs": {"parent_flow_run_id": {"any_": [UNKNOWN]}}}),
    ("run_filter_idempotency", "POST", "/flow_runs/filter",
     {"flow_runs": {"idempotency_key": {"any_": ["k1"]}}, "flows": {"id": {"any_": ["$f.id"]}}}),
    ("run_paginate", "POST", "/flow_runs/paginate", {"flows": {"id": {"any_": ["$f.id"]}}, "limit": 2, "page": 2, "sort": "NAME_ASC"}),
    ("run_paginate_bad_page", "POST", "/flow_runs/paginate", {"page": 0}),
    ("run_lateness", "POST", "/flow_runs/lateness", {"flows": {"id": {"any_": ["$f.id"]}}, "flow_runs": {"name": {"any_": ["later"]}}}),
    ("run_history", "POST", "/flow_runs/history",
     {"history_start": "2031-01-01T00:00:00Z", "history_end": "2031-01-03T00:00:00Z", "history_interval_seconds": 86400,
      "flows": {"id": {"any_": ["$f.id"]}}}),
    ("run_history_bad", "POST", "/flow_runs/history",
     {"history_start": "2031-01-01T00:00:00Z", "history_end": "2031-01-03T00:00:00Z", "history_interval_seconds": 0}),
    ("run_graph", "GET", "/flow_runs/$run.id/graph-v2", None),
    ("run_graph_unknown", "GET", f"/flow_runs/{UNKNOWN}/graph-v2", None),
    ("run_graph_v1", "GET", "/flow_runs/$run.id/graph", None),
    ("run_resume_not_paused", "POST", "/flow_runs/$run.id/resume", None),
    ("bulk_set", "POST", "/flow_runs/bulk_set_state",
     {"flow_runs": {"id": {"any_": ["$run_stateless.id"]}}, "state": {"type": "CANCELLED"}}),
    ("bulk_delete", "POST", "/flow_runs/bulk_delete", {"flow_runs": {"id": {"any_": ["$run_stateless.id"]}}}),
    ("bulk_deleted", "GET", "/flow_runs/$run_stateless.id", None),
    ("delete", "DELETE", "/flow_runs/$run_key.id", None),
    ("delete_again", "DELETE", "/flow_runs/$run_key.id", None),
    ("ui_history", "POST", "/ui/flow_runs/history", {"flows": {"id": {"any_": ["$f.id"]}}, "sort": "NAME_ASC"}),
    ("ui_count_tasks", "POST", "/ui/flow_runs/count-task-runs", {"flow_run_ids": ["$run.id"]}),
    ("ui_next_runs", "POST", "/ui/flows/next-runs", {"flow_ids": ["$f.id"]}),
    ("ui_count_deployments", "POST", "/ui/flows/count-deployments", {"flow_ids": ["$f.id"]}),
]

TASK_RUNS: list[Step] = [
    ("f", "POST", "/flows/", {"name": "wire-task-flow"}),
    ("run", "POST", "/flow_runs/", {"flow_id": "$f.id", "name": "wire_task_parent", "state": {"type": "RUNNING"}}),
    ("task", "POST", "/task_runs/", {"flow_run_id": "$run.id", "task_key": "t", "dynamic_key": "0", "name": "t-0",
                                     "state": {"type": "PENDING"}, "tags": ["x"],
                                     "task_inputs": {"a": [{"input_type": "parameter", "name": "p"}],
                                                     "b": [{"input_type": "constant", "type": "int"}],
                                                     "c": [{"input_type": "task_run", "id": UNKNOWN}]}}),
    ("task_again", "POST", "/task_runs/", {"flow_run_id": "$run.id", "task_key": "t", "dynamic_key": "0", "name": "again"}),
    ("task_read", "GET", "/task_runs/$task.id", None),
    ("task_patch", "PATCH", "/task_runs/$task.id", {"name": "renamed"}),
    ("task_patched", "GET", "/task_runs/$task.id", None),
    ("task_patch_extra", "PATCH", "/task_runs/$task.id", {"tags": []}),
    ("task_running", "POST", "/task_runs/$task.id/set_state", {"state": {"type": "RUNNING"}}),
    ("task_completed", "POST", "/task_runs/$task.id/set_state", {"state": {"type": "COMPLETED"}}),
    ("task_rerun", "POST", "/task_runs/$task.id/set_state", {"state": {"type": "RUNNING"}}),
    ("task_forced", "POST", "/task_runs/$task.id/set_state", {"state": {"type": "FAILED"}, "force": True}),
    ("task_states", "GET", "/task_run_states/?task_run_id=$task.id", None),
    ("task_state", "GET", "/task_run_states/$task.state.id", None),
    ("task_retry", "POST", "/task_runs/", {"flow_run_id": "$run.id", "task_key": "r", "dynamic_key": "0", "name": "r-0",
                                           "empirical_policy": {"retries": 1, "retry_delay": 0}, "state": {"type": "RUNNING"}}),
    ("task_fails", "POST", "/task_runs/$task_retry.id/set_state", {"state": {"type": "FAILED", "message": "x"}}),
    ("task_retried", "GET", "/task_runs/$task_retry.id", None),
    ("task_bad_input_status", "POST", "/task_runs/", {"task_key": "t", "dynamic_key": "1", "task_inputs": {"a": [{"input_type": "magic"}]}}),
    ("task_missing", "POST", "/task_runs/", {}),
    ("task_unknown", "GET", f"/task_runs/{UNKNOWN}", None),
    ("task_set_unknown", "POST", f"/task_runs/{UNKNOWN}/set_state", {"state": {"type": "RUNNING"}}),
    ("task_count", "POST", "/task_runs/count", {"flow_runs": {"id": {"any_": ["$run.id"]}}}),
    ("task_filter", "POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": ["$run.id"]}}, "sort": "NAME_DESC"}),
    ("task_filter_state", "POST", "/task_runs/filter",
     {"task_runs": {"flow_run_id": {"any_": ["$run.id"]}, "state": {"name": {"any_": ["Failed"]}}}}),
    ("task_filter_bad_sort", "POST", "/task_runs/filter", {"sort": "NAME_SIDEWAYS"}),
    ("task_paginate", "POST", "/task_runs/paginate", {"flow_runs": {"id": {"any_": ["$run.id"]}}, "limit": 1, "sort": "NAME_ASC"}),
    ("task_history", "POST", "/task_runs/history",
     {"history_start": "2031-01-01T00:00:00Z", "history_end": "2031-01-02T00:00:00Z", "history_interval_seconds": 43200,
      "flow_runs": {"id": {"any_": ["$run.id"]}}}),
    ("task_orphan", "POST", "/task_runs/", {"task_key": "o", "dynamic_key": "0", "name": "o-0"}),
    ("ui_task", "GET", "/ui/task_runs/$task.id", None),
    ("ui_counts", "POST", "/ui/task_runs/count", {"flow_runs": {"id": {"any_": ["$run.id"]}}}),
    ("graph", "GET", "/flow_runs/$run.id/graph-v2", None),
    ("delete", "DELETE", "/task_runs/$task.id", None),
    ("delete_again", "DELETE", "/task_runs/$task.id", None),
]

SMALL_GROUPS: list[Step] = [
    ("health", "GET", "/health", None),
    ("hello", "GET", "/hello", None),
    ("version", "GET", "/version", None),
    ("ready", "GET", "/ready", None),
    ("package_version", "GET", "/admin/version", None),
    ("storage", "GET", "/admin/storage", None),
    ("csrf_off", "GET", "/csrf-token?client=" + UNKNOWN, None),
    ("no_such_route", "GET", "/no-such-route", None),
    ("wrong_method", "PUT", "/health", None),
    ("f", "POST", "/flows/", {"name": "wire-small"}),
    ("run", "POST", "/flow_runs/", {"flow_id": "$f.id", "name": "small"}),
    ("input", "POST", "/flow_runs/$run.id/input", {"key": "k-1", "value": "{\"a\": 1}", "sender": "me"}),
    ("input_again", "POST", "/flow_runs/$run.id/input", {"key": "k-1", "value": "2"}),
    ("input_second", "POST", "/flow_runs/$run.id/input", {"key": "k-2", "value": "2"}),
    ("input_read_unknown", "GET", "/flow_runs/$run.id/input/nope", None),
    ("input_filter", "POST", "/flow_runs/$run.id/input/filter", {"prefix": "k", "limit": 5, "exclude_keys": ["k-2"]}),
    ("input_delete", "DELETE", "/flow_runs/$run.id/input/k-1", None),
    ("input_delete_again", "DELETE", "/flow_runs/$run.id/input/k-1", None),
    ("logs", "POST", "/logs/", [{"name": "n", "level": 20, "message": "one", "timestamp": "2026-01-01T00:00:00Z", "flow_run_id": "$run.id"},
                                {"name": "n", "level": 40, "message": "two", "timestamp": "2026-01-01T00:00:01Z", "flow_run_id": "$run.id"}]),
    ("logs_bad", "POST", "/logs/", [{"name": "n", "message": "no level", "timestamp": "2026-01-01T00:00:00Z"}]),
    ("logs_extra", "POST", "/logs/", [{"name": "n", "level": 1, "message": "m", "timestamp": "2026-01-01T00:00:00Z", "x": 1}]),
    ("logs_filter", "POST", "/logs/filter", {"logs": {"flow_run_id": {"any_": ["$run.id"]}, "level": {"ge_": 30}}}),
    ("logs_sorted", "POST", "/logs/filter", {"logs": {"flow_run_id": {"any_": ["$run.id"]}}, "sort": "TIMESTAMP_DESC", "limit": 1}),
    ("event", "POST", "/events", [{"id": "b0d6a9de-3c1f-4e0e-9f0a-1f8e9a7c2b11", "occurred": "2026-11-20T00:00:00Z",
                                   "event": "wire.happened", "resource": {"prefect.resource.id": "wire.thing.1"}}]),
    ("event_bad", "POST", "/events", [{"occurred": "2026-11-20T00:00:00Z", "event": "wire.happened", "resource": {}}]),
    ("events_bad_filter", "POST", "/events/filter", {"filter": {"evnt": {}}}),
    ("events_limit", "POST", "/events/filter", {"limit": 51}),
    ("acquire_unknown", "POST", "/v2/concurrency_limits/increment-with-lease",
     {"names": ["no-such-limit"], "slots": 1, "mode": "concurrency", "lease_duration": 60}),
    ("acquire_bad", "POST", "/v2/concurrency_limits/increment-with-lease", {"names": ["x"], "slots": 0}),
    ("renew_unknown", "POST", f"/v2/concurrency_limits/leases/{UNKNOWN}/renew", {"lease_duration": 60}),
]

VARIABLES: list[Step] = [
    ("v", "POST", "/variables/", {"name": "wire_var", "value": {"a": [1, 2.5, None], "b": "é"}, "tags": ["t1", "t2"]}),
    ("again", "POST", "/variables/", {"name": "wire_var", "value": 1}),
    ("null", "POST", "/variables/", {"name": "wire-null", "value": None}),
    ("zero", "POST", "/variables/", {"name": "wire-0", "value": 0}),
    ("false", "POST", "/variables/", {"name": "wire-false", "value": False}),
    ("text", "POST", "/variables/", {"name": "wire-text", "value": "x" * 4998}),
    ("too_long", "POST", "/variables/", {"name": "wire-long", "value": "x" * 4999}),
    ("too_long_bytes", "POST", "/variables/", {"name": "wire-long", "value": "é" * 2500}),
    ("bad_name", "POST", "/variables/", {"name": "Wire Var", "value": 1}),
    ("long_name", "POST", "/variables/", {"name": "n" * 256, "value": 1}),
    ("number_name", "POST", "/variables/", {"name": 5, "value": 1}),
    ("no_value", "POST", "/variables/", {"name": "wire-no"}),
    ("no_name", "POST", "/variables/", {"value": 1}),
    ("null_tags", "POST", "/variables/", {"name": "wire-no", "value": 1, "tags": None}),
    ("extra", "POST", "/variables/", {"name": "wire-no", "value": 1, "x": 1}),
    ("no_body", "POST", "/variables/", None),
    ("read", "GET", "/variables/$v.id", None),
    ("read_by_name", "GET", "/variables/name/wire_var", None),
    ("unknown", "GET", f"/variables/{UNKNOWN}", None),
    ("unknown_name", "GET", "/variables/name/wire-nobody", None),
    ("bad_id", "GET", "/variables/not-a-uuid", None),
    ("filter_like", "POST", "/variables/filter", {"variables": {"name": {"like_": "WIRE"}}}),
    ("filter_desc", "POST", "/variables/filter", {"variables": {"name": {"like_": "wire"}}, "sort": "NAME_DESC", "limit": 2, "offset": 1}),
    ("filter_created", "POST", "/variables/filter", {"variables": {"name": {"like_": "wire"}}, "sort": "CREATED_DESC"}),
    ("filter_tags", "POST", "/variables/filter", {"variables": {"tags": {"all_": ["t1"]}, "name": {"any_": ["wire_var", "wire-0"]}}}),
    ("filter_no_tags", "POST", "/variables/filter", {"variables": {"tags": {"is_null_": True}, "id": {"any_": ["$v.id", "$zero.id"]}}}),
    ("filter_or", "POST", "/variables/filter", {"variables": {"operator": "or_", "tags": {"all_": ["t1"]}, "name": {"any_": ["wire-0"]}}}),
    ("filter_none", "POST", "/variables/filter", {"variables": {"name": {"any_": []}}}),
    ("filter_null", "POST", "/variables/filter", {"variables": None, "limit": 0}),
    ("filter_any_tag", "POST", "/variables/filter", {"variables": {"tags": {"any_": ["t1"]}}}),
    ("filter_bad_sort", "POST", "/variables/filter", {"sort": "VALUE"}),
    ("filter_limit", "POST", "/variables/filter", {"limit": 201}),
    ("count", "POST", "/variables/count", {"variables": {"name": {"like_": "wire"}}}),
    ("count_bad", "POST", "/variables/count", {"variables": {"value": {}}}),
    ("patch", "PATCH", "/variables/$v.id", {"value": [1]}),
    ("patch_by_name", "PATCH", "/variables/name/wire_var", {"name": "wire_renamed", "tags": []}),
    ("patched", "GET", "/variables/name/wire_renamed", None),
    ("patch_null_value", "PATCH", "/variables/$v.id", {"value": None}),
    ("patch_null_name", "PATCH", "/variables/$v.id", {"name": None}),
    ("patch_null_tags", "PATCH", "/variables/$v.id", {"tags": None}),
    ("patch_taken", "PATCH", "/variables/$v.id", {"name": "wire-0"}),
    ("patch_bad", "PATCH", "/variables/$v.id", {"name": "No"}),
    ("patch_extra", "PATCH", "/variables/$v.id", {"x": 1}),
    ("patch_nothing", "PATCH", "/variables/$v.id", {}),
    ("patched_again", "GET", "/variables/$v.id", None),
    ("patch_unknown", "PATCH", f"/variables/{UNKNOWN}", {"value": 1}),
    ("patch_unknown_name", "PATCH", "/variables/name/wire-nobody", {"name": None}),
    ("delete", "DELETE", "/variables/$v.id", None),
    ("delete_again", "DELETE", "/variables/$v.id", None),
    *((f"delete_{name}", "DELETE", f"/variables/name/wire-{name}", None) for name in ("null", "0", "false", "text")),
    ("delete_by_name_again", "DELETE", "/variables/name/wire-0", None),
    ("events", EVENTS, "prefect.variable.$v.id", 6),
    ("events_null", EVENTS, "prefect.variable.$null.id", 2),
]

ARTIFACTS: list[Step] = [
    ("f", "POST", "/flows/", {"name": "wire-artifact-flow"}),
    ("run", "POST", "/flow_runs/", {"flow_id": "$f.id", "name": "wire_artist"}),
    ("plain", "POST", "/artifacts/", {}),
    ("one", "POST", "/artifacts/", {"key": "wire-key", "type": "markdown", "data": "# one", "description": "d",
                                    "metadata_": {"a": "b", "long": "x" * 501}, "flow_run_id": "$run.id"}),
    ("one_read", "GET", "/artifacts/$one.id", None),
    ("one_latest", "GET", "/artifacts/wire-key/latest", None),
    ("two", "POST", "/artifacts/", {"key": "wire-key", "type": "table", "data": "[{\"a\": 1}]", "task_run_id": UNKNOWN}),
    ("three", "POST", "/artifacts/", {"key": "wire-key", "type": "progress", "data": 12.5, "flow_run_id": "$run.id"}),
    ("three_latest", "GET", "/artifacts/wire-key/latest", None),
    ("other", "POST", "/artifacts/", {"key": "wire-other", "data": {"a": [1, None, {"b": False}]}}),
    ("bad_key", "POST", "/artifacts/", {"key": "Wire Key"}),
    ("underscore", "POST", "/artifacts/", {"key": "wire_key"}),
    ("number_key", "POST", "/artifacts/", {"key": 5}),
    ("bad_metadata", "POST", "/artifacts/", {"metadata_": {"n": 5}}),
    ("list_metadata", "POST", "/artifacts/", {"metadata_": []}),
    ("bad_run", "POST", "/artifacts/", {"flow_run_id": "x"}),
    ("extra", "POST", "/artifacts/", {"metadata": {}}),
    ("no_body", "POST", "/artifacts/", None),
    ("unknown", "GET", f"/artifacts/{UNKNOWN}", None),
    ("unknown_key", "GET", "/artifacts/wire-nobody/latest", None),
    ("bad_id", "GET", "/artifacts/not-a-uuid", None),
    ("filter", "POST", "/artifacts/filter", {"artifacts": {"key": {"like_": "WIRE-"}}, "sort": "CREATED_DESC"}),
    ("filter_type", "POST", "/artifacts/filter", {"artifacts": {"key": {"any_": ["wire-key"]}, "type": {"not_any_": ["table"]}}, "sort": "CREATED_DESC"}),
    ("filter_or", "POST", "/artifacts/filter",
     {"artifacts": {"operator": "or_", "key": {"any_": ["wire-other"]}, "id": {"any_": ["$two.id"]}}, "sort": "KEY_ASC"}),
    ("filter_no_key", "POST", "/artifacts/filter", {"artifacts": {"key": {"exists_": False}, "id": {"any_": ["$plain.id", "$one.id"]}}}),
    ("filter_run", "POST", "/artifacts/filter", {"flow_runs": {"id": {"any_": ["$run.id"]}}, "sort": "CREATED_DESC", "limit": 1}),
    ("filter_flow", "POST", "/artifacts/filter", {"flows": {"name": {"any_": ["wire-artifact-flow"]}}, "sort": "CREATED_DESC", "offset": 1}),
    ("filter_task", "POST", "/artifacts/filter", {"artifacts": {"id": {"any_": ["$two.id"]}}, "task_runs": {"id": {"any_": [UNKNOWN]}}}),
    ("filter_nothing", "POST", "/artifacts/filter", {"artifacts": None, "flows": None, "limit": 0}),
    ("filter_bad", "POST", "/artifacts/filter", {"artifacts": {"latest_id": {}}}),
    ("filter_bad_sort", "POST", "/artifacts/filter", {"sort": "NAME_ASC"}),
    ("count", "POST", "/artifacts/count", {"artifacts": {"key": {"like_": "wire-"}}}),
    ("latest_filter", "POST", "/artifacts/latest/filter", {"artifacts": {"key": {"like_": "wire-"}}, "sort": "KEY_ASC"}),
    ("latest_filter_desc", "POST", "/artifacts/latest/filter", {"artifacts": {"key": {"like_": "wire-"}}, "sort": "CREATED_DESC"}),
    ("latest_filter_id", "POST", "/artifacts/latest/filter", {"artifacts": {"latest_id": {"any_": ["$one.id", "$three.id"]}}}),
    ("latest_filter_type", "POST", "/artifacts/latest/filter", {"artifacts": {"key": {"any_": ["wire-key"]}, "type": {"any_": ["markdown"]}}}),
    ("latest_filter_run", "POST", "/artifacts/latest/filter", {"flow_runs": {"name": {"any_": ["wire_artist"]}, "id": {"any_": ["$run.id"]}}}),
    ("latest_filter_bad", "POST", "/artifacts/latest/filter", {"artifacts": {"id": {}}}),
    ("latest_filter_limit", "POST", "/artifacts/latest/filter", {"limit": 201}),
    ("latest_count", "POST", "/artifacts/latest/count", {"artifacts": {"key": {"like_": "wire-"}}}),
    ("patch", "PATCH", "/artifacts/$three.id", {"data": 50, "description": "half"}),
    ("patched", "GET", "/artifacts/$three.id", None),
    ("patched_latest", "GET", "/artifacts/wire-key/latest", None),
    ("patch_older", "PATCH", "/artifacts/$one.id", {"data": None, "description": None, "metadata_": None}),
    ("patched_older", "GET", "/artifacts/$one.id", None),
    ("patch_metadata", "PATCH", "/artifacts/$one.id", {"metadata_": {"long": "y" * 600}}),
    ("patched_metadata", "GET", "/artifacts/$one.id", None),
    ("patch_nothing", "PATCH", "/artifacts/$one.id", {}),
    ("patch_key", "PATCH", "/artifacts/$one.id", {"key": "x"}),
    ("patch_unknown", "PATCH", f"/artifacts/{UNKNOWN}", {"data": 1}),
    ("delete_latest", "DELETE", "/artifacts/$three.id", None),
    ("after_delete", "GET", "/artifacts/wire-key/latest", None),
    ("after_delete_filter", "POST", "/artifacts/latest/filter", {"artifacts": {"key": {"any_": ["wire-key"]}}}),
    ("delete_older", "DELETE", "/artifacts/$one.id", None),
    ("run_delete", "DELETE", "/flow_runs/$run.id", None),
    ("after_older", "GET", "/artifacts/wire-key/latest", None),
    ("delete_last", "DELETE", "/artifacts/$two.id", None),
    ("after_last", "GET", "/artifacts/wire-key/latest", None),
    ("delete_again", "DELETE", "/artifacts/$two.id", None),
    ("delete_other", "DELETE", "/artifacts/$other.id", None),
    ("delete_plain", "DELETE", "/artifacts/$plain.id", None),
    ("events", EVENTS, "prefect.artifact-collection.$one_latest.id", 5),
]

SEARCH = {"object": "flow", "property": "name", "type": "string", "operation": "equals", "value": None}
SAVED_SEARCHES: list[Step] = [
    ("s", "PUT", "/saved_searches/", {"name": "wire-search", "filters": [{**SEARCH, "more": 1}, {**SEARCH, "value": [1, {}]}]}),
    ("again", "PUT", "/saved_searches/", {"name": "wire-search", "filters": [SEARCH]}),
    ("empty", "PUT", "/saved_searches/", {"name": "wire-empty"}),
    ("read", "GET", "/saved_searches/$s.id", None),
    ("no_name", "PUT", "/saved_searches/", {"filters": []}),
    ("number_name", "PUT", "/saved_searches/", {"name": 5}),
    ("null_filters", "PUT", "/saved_searches/", {"name": "x", "filters": None}),
    ("no_value", "PUT", "/saved_searches/", {"name": "x", "filters": [{"object": "flow", "property": "a", "type": "b", "operation": "c"}]}),
    ("bad_filter", "PUT", "/saved_searches/", {"name": "x", "filters": [{**SEARCH, "type": 5}, {}]}),
    ("extra", "PUT", "/saved_searches/", {"name": "x", "x": 1}),
    ("filter", "POST", "/saved_searches/filter", {}),
    ("filter_page", "POST", "/saved_searches/filter", {"limit": 1, "offset": 1}),
    ("filter_limit", "POST", "/saved_searches/filter", {"limit": -1}),
    ("unknown", "GET", f"/saved_searches/{UNKNOWN}", None),
    ("delete", "DELETE", "/saved_searches/$s.id", None),
    ("delete_again", "DELETE", "/saved_searches/$s.id", None),
    ("delete_empty", "DELETE", "/saved_searches/$empty.id", None),
]

TEMPLATE = {"job_configuration": {"command": "{{ what }} {{what}}", "deep": [{"n": "{{ count }}"}]},
            "variables": {"type": "object", "properties": {"what": {"type": "string"}, "count": {"type": "integer", "default": 1}}}}


def bad_template(properties: dict[str, Any], **configuration: str) -> dict[str, Any]:
    return {"name": "wire-bad-pool", "base_job_template": {"job_configuration": configuration, "variables": {"properties": properties}}}


WORK_POOLS: list[Step] = [
    ("p", "POST", "/work_pools/", {"name": "wire-pool", "type": "process", "base_job_template": TEMPLATE, "concurrency_limit": 3}),
    ("again", "POST", "/work_pools/", {"name": "wire-pool", "type": "docker"}),
    ("agent", "POST", "/work_pools/", {"name": "wire-agent", "is_paused": True}),
    ("paused", "POST", "/work_pools/", {"name": "wire-paused", "type": "x", "is_paused": True, "description": "d",
                                        "storage_configuration": {"bundle_upload_step": {"a": 1}}}),
    ("read", "GET", "/work_pools/wire-pool", None),
    ("no_name", "POST", "/work_pools/", {}),
    ("blank_name", "POST", "/work_pools/", {"name": " ' "}),
    ("bad_name", "POST", "/work_pools/", {"name": "a/b"}),
    ("reserved", "POST", "/work_pools/", {"name": "PreFect-wire"}),
    ("negative_limit", "POST", "/work_pools/", {"name": "wire-bad-pool", "concurrency_limit": -1}),
    ("null_paused", "POST", "/work_pools/", {"name": "wire-bad-pool", "is_paused": None}),
    ("null_template", "POST", "/work_pools/", {"name": "wire-bad-pool", "base_job_template": None}),
    ("null_storage", "POST", "/work_pools/", {"name": "wire-bad-pool", "storage_configuration": None}),
    ("extra_storage", "POST", "/work_pools/", {"name": "wire-bad-pool", "storage_configuration": {"x": 1}}),
    ("extra", "POST", "/work_pools/", {"name": "wire-bad-pool", "x": 1}),
    ("half_template", "POST", "/work_pools/", {"name": "wire-bad-pool", "base_job_template": {"variables": {"a": 1}}}),
    ("undeclared", "POST", "/work_pools/", bad_template({"a": {}}, x="{{ a }} {{ b.c }}")),
    ("unfit_default", "POST", "/work_pools/", bad_template({"a": {"type": "integer", "default": "no"}}, x="{{ a }}")),
    ("unfit_defaults", "POST", "/work_pools/", bad_template({"a": {"enum": ["b", "c"], "default": "d"}}, x="{{ a }}")),
    ("null_default", "POST", "/work_pools/", {**bad_template({"a": {"type": "integer", "default": None}}, x="{{ a }}"), "name": "wire-null"}),
    ("bad_schema", "POST", "/work_pools/", bad_template({"a": {"type": "foo"}}, x="{{ a }}")),
    ("filter", "POST", "/work_pools/filter", {"work_pools": {"name": {"any_": ["wire-pool", "wire-agent"]}}}),
    ("filter_type", "POST", "/work_pools/filter", {"work_pools": {"type": {"any_": ["x"]}, "name": {"any_": ["wire-paused"]}}, "limit": 1}),
    ("filter_or", "POST", "/work_pools/filter",
     {"work_pools": {"operator": "or_", "name": {"any_": ["wire-paused"]}, "id": {"any_": ["$p.id"]}}, "offset": 1}),
    ("filter_bad", "POST", "/work_pools/filter", {"work_pools": {"nome": {}}}),
    ("filter_limit", "POST", "/work_pools/filter", {"limit": 201}),
    ("count", "POST", "/work_pools/count", {"work_pools": {"name": {"any_": ["wire-pool", "wire-agent", "no"]}}}),
    ("patch", "PATCH", "/work_pools/wire-pool", {"description": "new", "concurrency_limit": None, "base_job_template": {}}),
    ("patched", "GET", "/work_pools/wire-pool", None),
    ("patch_pause", "PATCH", "/work_pools/wire-pool", {"is_paused": True}),
    ("patch_pause_again", "PATCH", "/work_pools/wire-pool", {"is_paused": True, "concurrency_limit": 2}),
    ("patch_resume", "PATCH", "/work_pools/wire-pool", {"is_paused": False}),
    ("patch_agent", "PATCH", "/work_pools/wire-agent", {"is_paused": False}),
    ("patched_agent", "GET", "/work_pools/wire-agent", None),
    ("patch_null_paused", "PATCH", "/work_pools/wire-pool", {"is_paused": None}),
    ("patch_null_storage", "PATCH", "/work_pools/wire-pool", {"storage_configuration": None}),
    ("patch_name", "PATCH", "/work_pools/wire-pool", {"name": "x"}),
    ("patch_bad_template", "PATCH", "/work_pools/wire-pool", {"base_job_template": {"a": 1}}),
    ("patch_storage", "PATCH", "/work_pools/wire-pool", {"storage_configuration": {"default_result_storage_block_id": UNKNOWN}}),
    ("patch_nothing", "PATCH", "/work_pools/wire-pool", {}),
    ("patched_again", "GET", "/work_pools/wire-pool", None),
    ("patch_unknown", "PATCH", "/work_pools/wire-nobody", {"is_paused": True}),
    ("patch_reserved", "PATCH", "/work_pools/Prefect-wire", {"description": "x"}),
    ("patch_reserved_pause", "PATCH", "/work_pools/Prefect-wire", {"is_paused": True}),
    ("concurrency", "POST", "/work_pools/wire-pool/concurrency_status", None),
    ("concurrency_page", "POST", "/work_pools/wire-pool/concurrency_status", {"page": 2, "limit": 1, "flow_run_limit": 0}),
    ("concurrency_none", "POST", "/work_pools/wire-pool/concurrency_status", {"limit": 0}),
    ("concurrency_limit", "POST", "/work_pools/wire-pool/concurrency_status", {"flow_run_limit": 201}),
    ("concurrency_unknown", "POST", "/work_pools/wire-nobody/concurrency_status", {}),
    ("unknown", "GET", "/work_pools/wire-nobody", None),
    ("unknown_encoded", "GET", "/work_pools/sluice%3Anobody", None),
    ("delete_reserved", "DELETE", "/work_pools/prefect-wire", None),
    ("delete", "DELETE", "/work_pools/wire-pool", None),
    ("delete_again", "DELETE", "/work_pools/wire-pool", None),
    *((f"delete_{name}", "DELETE", f"/work_pools/wire-{name}", None) for name in ("agent", "paused", "null")),
    ("events", EVENTS, "prefect.work-pool.$p.id", 9),
    ("events_agent", EVENTS, "prefect.work-pool.$agent.id", 3),
    ("events_paused", EVENTS, "prefect.work-pool.$paused.id", 3),
    ("events_queue", EVENTS, "prefect.work-queue.$p.default_queue_id", 2),
]

GROUPS: dict[str, list[Step]] = {
    "flows": FLOWS,
    "flow_runs": FLOW_RUNS,
    "task_runs": TASK_RUNS,
    "small_groups": SMALL_GROUPS,
    "variables": VARIABLES,
    "artifacts": ARTIFACTS,
    "saved_searches": SAVED_SEARCHES,
    "work_pools": WORK_POOLS,
}


def play(api: Api, steps: list[Step]) -> dict[str, Any]:
    """Sends the steps in order and answers `{step: {status, body}}`."""
    answers: dict[str, Any] = {}
    bodies: dict[str, Any] = {}
    for name, method, path, body in steps:
        sent = substitute(body, bodies)
        if method == EVENTS:
            answers[name] = {"events": api.events_of(substitute(path, bodies), at_least=sent)}
            continue
        kwargs = {} if sent is None else {"json": sent}
        try:
            response = api.send(method, substitute(path, bodies), **kwargs)
        except Exception as error:
            raise RuntimeError(f"step {name}: {method} {path} got no answer") from error
        try:
            bodies[name] = response.json() if response.content else None
        except ValueError:
            bodies[name] = response.text
        answers[name] = {"status": response.status_code}
        if not name.endswith("_status"):
            answers[name]["body"] = comparable(bodies[name])
    return answers


def substitute(value: Any, bodies: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {k: substitute(v, bodies) for k, v in value.items()}
    if isinstance(value, list):
        return [substitute(item, bodies) for item in value]
    if isinstance(value, str):
        return REFERENCE.sub(lambda match: str(dig(bodies[match.group(1)], match.group(2))), value)
    return value


def dig(value: Any, path: str) -> Any:
    for key in path.split(".")[1:]:
        value = value[key]
    return value


def comparable(body: Any) -> Any:
    """Of a validation error only where it is and of what type; the wording belongs to the validator."""
    if isinstance(body, dict) and "exception_detail" in body:
        detail = body["exception_detail"]
        found = sorted(({"type": e["type"], "loc": e["loc"]} for e in detail), key=str) if isinstance(detail, list) else detail
        return {"exception_message": body["exception_message"], "exception_detail": found}
    return body
