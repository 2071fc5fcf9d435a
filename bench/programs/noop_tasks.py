"""A flow of N no-op tasks with the stock client; prints when the flow call began, and its wall and CPU seconds, as JSON."""

import json
import sys
import time

from prefect import flow, task


@task
def noop() -> None:
    return None


@flow
def noop_tasks(count: int) -> None:
    for _ in range(count):
        noop()


noop_tasks(1)
started_at, wall, cpu = time.time(), time.perf_counter(), time.process_time()
noop_tasks(int(sys.argv[1]))
figures = {
    "startedAtMs": started_at * 1000,
    "wallSeconds": time.perf_counter() - wall,
    "cpuSeconds": time.process_time() - cpu,
}
print(json.dumps(figures))
