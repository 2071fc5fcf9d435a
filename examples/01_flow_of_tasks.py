"""Pattern 1: a flow of tasks. One flow holds all the work: one run, one process, one place to look.

The TypeScript twin is `01-flow-of-tasks.ts`. Run it with the stock `prefect` package:

    PREFECT_API_URL=http://127.0.0.1:4200/api python 01_flow_of_tasks.py
"""

import os

import httpx
from prefect import flow, task

CAT_FACTS_URL = os.environ.get("CAT_FACTS_URL", "https://catfact.ninja/fact")
DOG_FACTS_URL = os.environ.get("DOG_FACTS_URL", "https://dogapi.dog/api/v2/facts")


@task(retries=2, retry_delay_seconds=1)
def fetch_cat_fact(max_length: int) -> str:
    answer = httpx.get(CAT_FACTS_URL, params={"max_length": max_length})
    return answer.raise_for_status().json()["fact"]


@task(retries=2, retry_delay_seconds=1)
def fetch_dog_fact() -> str:
    answer = httpx.get(DOG_FACTS_URL, headers={"accept": "application/json"})
    return answer.raise_for_status().json()["data"][0]["attributes"]["body"]


@task
def write_digest(cat: str, dog: str) -> str:
    return f"🐱: {cat}\n🐶: {dog}"


@flow(log_prints=True)
def fact_digest(max_length: int = 140) -> str:
    cat = fetch_cat_fact.submit(max_length)
    dog = fetch_dog_fact.submit()
    digest = write_digest(cat, dog)
    print(digest)
    return digest


if __name__ == "__main__":
    fact_digest()
