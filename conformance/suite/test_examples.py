"""The Python twins of the examples leave what their TypeScript originals leave."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Callable, Iterator

import httpx
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
CAT = {"fact": "Cats sleep a lot.", "length": 17}
DOG = {"data": [{"id": "1", "type": "fact", "attributes": {"body": "Dogs dig."}}]}


class Facts(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = json.dumps(CAT if self.path.startswith("/cat") else DOG).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def facts() -> Iterator[dict[str, str]]:
    """Stands in for the two public services."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Facts)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root = f"http://127.0.0.1:{server.server_port}"
    yield {"CAT_FACTS_URL": f"{root}/cat", "DOG_FACTS_URL": f"{root}/dog"}
    server.shutdown()


def read(api_url: str, path: str, body: dict) -> list[dict]:
    return httpx.post(f"{api_url}{path}", json=body).raise_for_status().json()


def latest_run(api_url: str, flow: str) -> dict:
    body = {"flows": {"name": {"any_": [flow]}}, "sort": "EXPECTED_START_TIME_DESC", "limit": 1}
    [run] = read(api_url, "/flow_runs/filter", body)
    assert run["state_name"] == "Completed"
    return run


def task_runs_of(api_url: str, run: dict) -> list[dict]:
    return read(api_url, "/task_runs/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}})


def logged(api_url: str, run: dict) -> str:
    lines = read(api_url, "/logs/filter", {"logs": {"flow_run_id": {"any_": [run["id"]]}}})
    return "\n".join(line["message"] for line in lines)


def test_a_flow_of_tasks_leaves_its_tasks_and_their_edges(api_url: str, run_python: Callable, facts: dict) -> None:
    run_python(EXAMPLES / "01_flow_of_tasks.py", api_url, **facts)
    run = latest_run(api_url, "fact-digest")
    by_name = {task["name"].rsplit("-", 1)[0]: task for task in task_runs_of(api_url, run)}
    assert {name: task["state_name"] for name, task in by_name.items()} == {
        "fetch_cat_fact": "Completed",
        "fetch_dog_fact": "Completed",
        "write_digest": "Completed",
    }
    inputs = by_name["write_digest"]["task_inputs"]
    assert inputs["cat"] == [{"input_type": "task_run", "id": by_name["fetch_cat_fact"]["id"]}]
    assert inputs["dog"] == [{"input_type": "task_run", "id": by_name["fetch_dog_fact"]["id"]}]
    assert "🐱: Cats sleep a lot.\n🐶: Dogs dig." in logged(api_url, run)


def test_nested_flows_leave_flow_runs_under_their_parent(api_url: str, run_python: Callable, facts: dict) -> None:
    run_python(EXAMPLES / "02_nested_flows.py", api_url, **facts)
    run = latest_run(api_url, "animal-facts")
    stand_ins = task_runs_of(api_url, run)
    children = read(
        api_url,
        "/flow_runs/filter",
        {"flow_runs": {"parent_task_run_id": {"any_": [task["id"] for task in stand_ins]}}, "sort": "START_TIME_ASC"},
    )
    flows = {flow["id"]: flow["name"] for flow in read(api_url, "/flows/filter", {})}
    assert [flows[child["flow_id"]] for child in children] == ["fetch-cat-fact", "fetch-dog-fact"]
    assert {child["state_name"] for child in children} == {"Completed"}
    assert {task["state"]["state_details"]["child_flow_run_id"] for task in stand_ins} == {
        child["id"] for child in children
    }
    assert "🐱: Cats sleep a lot. \n🐶: Dogs dig." in logged(api_url, run)
