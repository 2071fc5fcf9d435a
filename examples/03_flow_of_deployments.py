"""Pattern 3: a flow of deployments. The parent knows its children by name alone; each runs in a process of its own.

The TypeScript twin is `03-flow-of-deployments.ts`. Run it with the stock `prefect` package, in two terminals:

    PREFECT_API_URL=http://127.0.0.1:4200/api python 03_flow_of_deployments.py serve
    PREFECT_API_URL=http://127.0.0.1:4200/api python 03_flow_of_deployments.py
"""

import os
import sys

import httpx
from prefect import flow, serve
from prefect.deployments import run_deployment

CAT_FACTS_URL = os.environ.get("CAT_FACTS_URL", "https://catfact.ninja/fact")
DOG_FACTS_URL = os.environ.get("DOG_FACTS_URL", "https://dogapi.dog/api/v2/facts")


@flow(log_prints=True)
def report_cat_fact(maxLength: int = 140) -> None:
    answer = httpx.get(CAT_FACTS_URL, params={"max_length": maxLength})
    print(f"🐱: {answer.raise_for_status().json()['fact']}")


@flow(log_prints=True)
def report_dog_fact() -> None:
    answer = httpx.get(DOG_FACTS_URL, headers={"accept": "application/json"})
    print(f"🐶: {answer.raise_for_status().json()['data'][0]['attributes']['body']}")


@flow(log_prints=True)
def pet_report() -> None:
    cat = run_deployment("report-cat-fact/pets", parameters={"maxLength": 100})
    dog = run_deployment("report-dog-fact/pets", timeout=60)
    print(f"the cats' report is {cat.state.name}, the dogs' {dog.state.name}")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        serve(report_cat_fact.to_deployment("pets"), report_dog_fact.to_deployment("pets"))
    else:
        pet_report()
