"""Parts of the contract that the oracle can't show on this machine's SQLite, or that need a server of their own settings."""

import os
from typing import Callable

import httpx
import pytest

EVENTS = """
import asyncio, os, uuid
from prefect.events import emit_event
from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventFilter, EventNameFilter

NAME = f"conformance.{uuid.uuid4()}"

async def main():
    async with get_events_subscriber(filter=EventFilter(event=EventNameFilter(name=[NAME]))) as subscriber:
        emit_event(event=NAME, resource={"prefect.resource.id": "conformance.thing"}, payload={"n": 1})
        async for event in subscriber:
            print("RECEIVED", event.event, event.payload)
            break

asyncio.run(asyncio.wait_for(main(), 60))
"""

LOGS = """
import asyncio
from prefect import flow, get_run_logger
from prefect.logging.clients import get_logs_subscriber
from prefect.client.schemas.filters import LogFilter, LogFilterLevel

@flow
def shouting():
    get_run_logger().critical("HEAR ME")

async def main():
    async with get_logs_subscriber(filter=LogFilter(level=LogFilterLevel(ge_=50))) as subscriber:
        await asyncio.get_running_loop().run_in_executor(None, shouting)
        async for log in subscriber:
            print("RECEIVED", log.message)
            break

asyncio.run(asyncio.wait_for(main(), 60))
"""

FLOW = """
from prefect import flow, task

@task
def part(x: int) -> int:
    return x + 1

@flow
def whole() -> int:
    return part(1)

assert whole() == 2
"""


def test_an_event_emitted_by_the_stock_client_reaches_its_subscriber(api_url: str, run_python: Callable) -> None:
    assert "RECEIVED conformance." in run_python(EVENTS, api_url).stdout


def test_a_log_written_by_a_flow_reaches_the_stock_log_subscriber(api_url: str, run_python: Callable) -> None:
    assert "RECEIVED HEAR ME" in run_python(LOGS, api_url).stdout


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("careful", ["be careful"]),
        ("-careful", ["all is well", "very WELL done"]),
        ('"all is"', ["all is well"]),
        ("well +done", ["very WELL done"]),
        ("CAREFUL done", ["be careful", "very WELL done"]),
    ],
)
def test_text_search_of_logs(api_url: str, query: str, expected: list[str]) -> None:
    with httpx.Client(base_url=api_url) as http:
        flow = http.post("/flows/", json={"name": "searched"}).json()
        run = http.post("/flow_runs/", json={"flow_id": flow["id"]}).json()
        messages = ["all is well", "be careful", "very WELL done"]
        logs = [
            {"name": "n", "level": 20, "message": m, "timestamp": f"2026-01-01T00:00:0{i}Z", "flow_run_id": run["id"]}
            for i, m in enumerate(messages)
        ]
        assert http.post("/logs/", json=logs).status_code == 201
        found = http.post("/logs/filter", json={"logs": {"flow_run_id": {"any_": [run["id"]]}, "text": {"query": query}}})
        assert [log["message"] for log in found.json()] == expected


def test_the_right_auth_string_opens_the_server_and_the_sockets(run_python: Callable) -> None:
    url = os.environ["CONFORMANCE_GUARDED"]
    run_python(FLOW, url, PREFECT_API_AUTH_STRING="admin:s3cret")
    with httpx.Client(base_url=url, auth=("admin", "s3cret")) as http:
        runs = http.post("/task_runs/filter", json={"flows": {"name": {"any_": ["whole"]}}}).json()
    assert [run["state_type"] for run in runs] == ["COMPLETED"]


def test_a_wrong_auth_string_is_refused(run_python: Callable) -> None:
    url = os.environ["CONFORMANCE_GUARDED"]
    done = run_python(FLOW, url, expect=1, PREFECT_API_AUTH_STRING="admin:wrong")
    assert "Unauthorized" in done.stderr
    assert httpx.get(f"{url}/health").status_code == 200
    assert httpx.get(f"{url}/flows/name/x").status_code == 401
