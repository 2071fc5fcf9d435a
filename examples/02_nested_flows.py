"""Pattern 2: a flow of nested flows. A flow called from another is a flow run of its own.

The TypeScript twin is `02-nested-flows.ts`. Run it with the stock `prefect` package:

    PREFECT_API_URL=http://127.0.0.1:4200/api python 02_nested_flows.py
"""

import os

import httpx
from prefect import flow

CAT_FACTS_URL = os.environ.get("CAT_FACTS_URL", "https://catfact.ninja/fact")
DOG_FACTS_URL = os.environ.get("DOG_FACTS_URL", "https://dogapi.dog/api/v2/facts")


@flow
def fetch_cat_fact() -> str:
    answer = httpx.get(CAT_FACTS_URL, params={"max_length": 140})
    return answer.raise_for_status().json()["fact"]


@flow
def fetch_dog_fact() -> str:
    answer = httpx.get(DOG_FACTS_URL, headers={"accept": "application/json"})
    return answer.raise_for_status().json()["data"][0]["attributes"]["body"]


@flow(log_prints=True)
def animal_facts() -> None:
    cat = fetch_cat_fact()
    dog = fetch_dog_fact()
    print(f"🐱: {cat} \n🐶: {dog}")


if __name__ == "__main__":
    animal_facts()
