"""What the API shows of a run afterwards, in a form in which two servers can be compared.

Ids become `<id 1>`, `<id 2>` … in order of first appearance, moments become `<time>`, names that the server made up
`<name>`; everything else must be equal to the letter.
"""

import json
import re
import time
from collections.abc import Iterator
from typing import Any, Callable

import httpx

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
UUID_HEX = re.compile(r"\b[0-9a-f]{32}\b")
MOMENT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
MOMENT_INSIDE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
GENERATED_NAME = re.compile(r"^[a-z]+-[a-z]+$")
TASK_NAME_SUFFIX = re.compile(r"^(.+)-[0-9a-f]{3}$")
# Lists that the stock client makes from sets, and edges, which are a set.
UNORDERED = {"tags", "wait_for", "children", "parents"}
ELAPSED = {"duration", "lateness", "total_run_time", "estimated_run_time", "estimated_start_time_delta", "total_task_run_time",
           "time_in_current_state"}


class Labels:
    """Gives each id a number in order of first appearance."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def label(self, match: re.Match[str]) -> str:
        key = match.group(0).replace("-", "")
        return f"<id {self._numbers.setdefault(key, len(self._numbers) + 1)}>"


def normalised(value: Any) -> Any:
    return normalise(value, set(generated_names(value)), Labels())


def generated_names(value: Any) -> Iterator[str]:
    """Names that a server made up for runs: an adjective and an animal. Scenarios give none of that form."""
    if isinstance(value, dict):
        is_run_resource = str(value.get("prefect.resource.id", "")).startswith("prefect.flow-run.")
        name = value.get("prefect.resource.name") if is_run_resource else value.get("name")
        if (is_run_resource or "flow_id" in value) and isinstance(name, str) and GENERATED_NAME.match(name):
            yield name
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from generated_names(item)


def normalise(value: Any, generated: set[str], labels: Labels, key: str | None = None) -> Any:
    if key in ELAPSED and isinstance(value, (int, float)):
        return "<seconds>"
    if isinstance(value, dict):
        return {labelled(k, labels): normalise(v, generated, labels, k) for k, v in sorted(value.items())}
    if isinstance(value, list):
        items = [normalise(item, generated, labels, key) for item in value]
        return sorted(items, key=json.dumps) if key in UNORDERED else items
    if key == "transition_id":
        return "<not compared>"  # ours stays with a state put in place of the proposed one, so that a resend is recognised
    if key == "job_variables" and value is None:
        return {}  # Prefect keeps null of a run made with an idempotency key, and {} of any other
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        if MOMENT.match(value):
            return "<time>"
        for name in generated:
            value = value.replace(name, "<name>")
        suffix = TASK_NAME_SUFFIX.match(value)
        if suffix and not UUID.match(value):
            value = f"{suffix.group(1)}-<nnn>"
        return MOMENT_INSIDE.sub("<time>", labelled(value, labels))
    return value


def labelled(text: str, labels: Labels) -> str:
    return UUID_HEX.sub(labels.label, UUID.sub(labels.label, text))


def masked(value: Any) -> str:
    """A sort key that ignores what differs from one server to another."""
    return UUID_HEX.sub("", UUID.sub("", json.dumps(normalised(value), sort_keys=True)))


def in_order(run: dict[str, Any]) -> tuple[str, str]:
    """Equal runs of one task or flow are told apart by when they started."""
    return masked(run), run["start_time"] or ""


def node_order(node: dict[str, Any]) -> tuple[str, str]:
    """The label of a nested flow ends in its generated name, that of a task in a random suffix."""
    return node["label"].split(" / ")[0][:-4], node["start_time"]


def wait_until(check: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """Polls until `check` answers something true; the moment at which background writers are done is not ours to know."""
    deadline = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"gave up after {seconds} s waiting for {what}")
        time.sleep(0.1)


class Api:
    """The bare HTTP API of one server."""

    def __init__(self, url: str, is_oracle: bool = False) -> None:
        self.http = httpx.Client(base_url=url, timeout=30, follow_redirects=True)
        self.is_oracle = is_oracle

    def send(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """One request. The oracle is asked again: on SQLite it fails when its own loops hold the lock, and then hangs up."""
        for _ in range(5 if self.is_oracle else 0):
            try:
                response = self.http.request(method, path, **kwargs)
                if response.status_code < 500 and "database is locked" not in response.text:
                    return response
            except httpx.TransportError:
                pass
        return self.http.request(method, path, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Any:
        response = self.send("GET", path, **kwargs)
        response.raise_for_status()
        return response.json()

    def post(self, path: str, body: Any) -> Any:
        response = self.send("POST", path, json=body)
        response.raise_for_status()
        return response.json()

    def flow_run_tree(self, flow_run_id: str, task_runs: int, children: int = 0) -> dict[str, Any]:
        """Everything that hangs on a flow run, once the recorder has caught up with `task_runs` finished task runs."""

        def finished() -> tuple[list[dict[str, Any]]] | None:
            found = self.post("/task_runs/filter", {"flow_runs": {"id": {"any_": [flow_run_id]}}})
            done = [t for t in found if t["state_type"] in ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")]
            return (found,) if len(done) >= task_runs else None

        (runs,) = wait_until(finished, f"{task_runs} finished task runs of {flow_run_id}")
        flow_run = self.get(f"/flow_runs/{flow_run_id}")
        wait_until(lambda: self._events_caught_up(flow_run_id), f"events of {flow_run_id}")
        tree = {
            "flow_run": flow_run,
            "states": self.get("/flow_run_states/", params={"flow_run_id": flow_run_id}),
            "task_runs": [
                {"run": run, "states": self._task_run_states(run["id"])}
                for run in sorted(runs, key=lambda r: (masked(r["name"]), masked(r["task_inputs"]), r["start_time"] or ""))
            ],
            "graph": self._graph(flow_run_id),
            "events": self._state_events(flow_run_id),
        }
        if children:
            found = wait_until(
                lambda: self._children(flow_run_id, children), f"{children} child runs of {flow_run_id}"
            )
            tree["children"] = found
        return tree

    def _task_run_states(self, task_run_id: str) -> list[dict[str, Any]]:
        states = self.get("/task_run_states/", params={"task_run_id": task_run_id})
        return sorted(states, key=lambda state: state["timestamp"])

    def _events_caught_up(self, flow_run_id: str) -> bool:
        states = self.get("/flow_run_states/", params={"flow_run_id": flow_run_id})
        return len(self._state_events(flow_run_id)) >= len(states)

    def _state_events(self, flow_run_id: str) -> list[dict[str, Any]]:
        found = self.post(
            "/events/filter",
            {"filter": {"resource": {"id": [f"prefect.flow-run.{flow_run_id}"]}, "order": "ASC"}, "limit": 50},
        )["events"]
        return [
            {k: event[k] for k in ("event", "resource", "related", "payload", "follows", "id")}
            for event in found
            if event["event"] != "prefect.flow-run.heartbeat"
        ]

    def events_of(self, resource_id: str, at_least: int) -> list[dict[str, Any]]:
        """The events of one resource in their order, without what differs from one telling to another."""

        def enough() -> list[dict[str, Any]] | None:
            found = self.post("/events/filter", {"filter": {"resource": {"id": [resource_id]}, "order": "ASC"}, "limit": 50})
            return found["events"] if len(found["events"]) >= at_least else None

        found = wait_until(enough, f"{at_least} events of {resource_id}")
        told = [{k: event[k] for k in ("event", "resource", "related", "payload")} for event in found]
        # A request that the oracle failed and was asked again (see `send`) has told its event twice: repetitions count once.
        return [event for index, event in enumerate(told) if index == 0 or event != told[index - 1]]

    def _graph(self, flow_run_id: str) -> dict[str, Any]:
        graph = self.get(f"/flow_runs/{flow_run_id}/graph-v2")
        nodes = sorted((node for _, node in graph["nodes"]), key=node_order)
        return {**graph, "nodes": nodes, "root_node_ids": len(graph["root_node_ids"])}

    def _children(self, flow_run_id: str, count: int) -> list[dict[str, Any]] | None:
        tasks = self.post("/task_runs/filter", {"flow_runs": {"id": {"any_": [flow_run_id]}}})
        found = self.post("/flow_runs/filter", {"flow_runs": {"parent_task_run_id": {"any_": [t["id"] for t in tasks]}}})
        return sorted(found, key=in_order) if len(found) >= count else None

    def logs(self, flow_run_id: str, at_least: int) -> list[dict[str, Any]]:
        def enough() -> list[dict[str, Any]] | None:
            found = self.post(
                "/logs/filter",
                {"logs": {"flow_run_id": {"any_": [flow_run_id]}}, "sort": "TIMESTAMP_ASC"},
            )
            return found if len(found) >= at_least else None

        found = wait_until(enough, f"{at_least} logs of {flow_run_id}")
        return [{k: log[k] for k in ("name", "level", "message", "flow_run_id", "task_run_id")} for log in found]
