"""Background tasks of the stock client: `delay` in one process, `serve` in another."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, Iterator

import httpx
import pytest

TASKS = """
import os, sys, time
from prefect import flow, task
from prefect.task_worker import serve

FOLDER = os.environ["FOLDER"]

@task
def add(a: int, b: int = 1) -> int:
    return a + b

@task
async def double(number: int) -> int:
    return 2 * number

@task(retries=2)
def third_time() -> int:
    with open(f"{FOLDER}/tries", "a") as file:
        file.write("x")
    tries = os.path.getsize(f"{FOLDER}/tries")
    if tries < 3:
        raise ValueError("not yet")
    return tries

@task
def wait_for_file(name: str) -> str:
    with open(f"{FOLDER}/started-{name}", "w"):
        pass
    while not os.path.exists(f"{FOLDER}/{name}"):
        time.sleep(0.05)
    return name

@flow
def delaying() -> int:
    return double.delay(add.delay(20).result(timeout=60)).result(timeout=60)
"""

SERVE = "serve(add, double, third_time, wait_for_file, limit={limit})"


class Worker:
    """A process that serves the tasks."""

    def __init__(self, folder: Path, url: str, limit: int = 10) -> None:
        script = folder / "worker.py"
        # One file for both sides: a task's key holds the hash of its file.
        script.write_text(TASKS + "\nif __name__ == '__main__':\n    exec(sys.argv[1])\n")
        self.environment = {
            **os.environ,
            "PREFECT_API_URL": url,
            "PREFECT_HOME": str(folder / "home"),
            "FOLDER": str(folder),
        }
        self.script = script
        self.url = url
        self.process = self.start(SERVE.format(limit=limit))

    def start(self, code: str, output: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(self.script), code],
            env=self.environment,
            stdout=output,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def run(self, code: str) -> str:
        """Runs code beside the tasks, in a process of its own; what it printed last."""
        process = self.start(code, subprocess.PIPE)
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        return output.strip().splitlines()[-1]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    workers: list[Worker] = []

    def start(url: str, **options: Any) -> Worker:
        workers.append(Worker(tmp_path, url, **options))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()


def until(condition: Callable[[], Any], what: str) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"never came true: {what}")


def read(api_url: str, path: str, body: dict | None = None) -> Any:
    answer = httpx.post(f"{api_url}{path}", json=body) if body is not None else httpx.get(f"{api_url}{path}")
    return answer.raise_for_status().json()


def history(api_url: str, run_id: str) -> list[str]:
    states = read(api_url, f"/task_run_states/?task_run_id={run_id}")
    return [state["name"] for state in states]


def test_results_come_back_from_another_process(api_url: str, start_worker: Callable) -> None:
    worker = start_worker(api_url)
    printed = worker.run("f = add.delay(1, b=2); print(f.result(timeout=60), f.task_run_id)")
    result, run_id = printed.split()
    assert result == "3"
    assert history(api_url, run_id) == ["Scheduled", "Pending", "Running", "Completed"]
    assert worker.run("print(third_time.delay().result(timeout=60))") == "3"


def test_a_flow_waits_for_what_it_delays(api_url: str, start_worker: Callable) -> None:
    worker = start_worker(api_url)
    assert worker.run("print(delaying())") == "42"
    runs = read(api_url, "/task_runs/filter", {"flows": {"name": {"any_": ["delaying"]}}, "sort": "ID_DESC", "limit": 2})
    assert [run["state_name"] for run in runs] == ["Completed", "Completed"]
    assert all(run["flow_run_id"] for run in runs)


def test_what_is_delayed_before_a_worker_comes_waits_for_it(api_url: str, start_worker: Callable) -> None:
    worker = start_worker(api_url)
    worker.kill()
    ids = worker.run("print(*[add.delay(n).task_run_id for n in range(20)])").split()
    again = start_worker(api_url)
    until(lambda: all(history(api_url, run_id)[-1] == "Completed" for run_id in ids), "all are completed")
    again.kill()


def test_a_killed_worker_loses_what_it_had_not_started_to_the_next(
    api_url: str, start_worker: Callable, tmp_path: Path
) -> None:
    first = start_worker(api_url, limit=1)
    names = ["a", "b", "c"]
    ids = first.run(f"print(*[wait_for_file.delay(name).task_run_id for name in {names}])").split()
    until(lambda: (tmp_path / "started-a").exists(), "the first run has started")
    until(lambda: history(api_url, ids[0])[-1] == "Running", "the first run is known to run")
    first.kill()
    for name in names:
        (tmp_path / name).touch()
    start_worker(api_url, limit=1)
    for run_id in ids[1:]:
        until(lambda: history(api_url, run_id)[-1] == "Completed", "the run is completed by the second worker")
        assert history(api_url, run_id).count("Completed") == 1
    # What a stock worker has started is its own.
    assert history(api_url, ids[0]) == ["Scheduled", "Pending", "Running"]


def test_workers_are_listed_while_they_are_connected(api_url: str, start_worker: Callable) -> None:
    worker = start_worker(api_url)
    name = f"-{worker.process.pid}"

    def listed() -> list[dict]:
        return [one for one in read(api_url, "/task_workers/filter", {}) if one["identifier"].endswith(name)]

    [found] = until(listed, "the worker is listed")
    assert {key.rsplit("-", 1)[0] for key in found["task_keys"]} == {"add", "double", "third_time", "wait_for_file"}
    worker.kill()
    until(lambda: not listed(), "the worker is listed no longer")
