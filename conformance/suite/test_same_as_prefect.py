"""What our server shows after a scenario is what the real Prefect server shows after it."""

import difflib
import json
from typing import Any

import pytest

from conftest import PLAYED, TARGETS
from scenarios import SCENARIOS
from wire import GROUPS

ORACLE = json.loads((PLAYED / "oracle.json").read_text())
PLAYS = {name: json.loads((PLAYED / f"{name}.json").read_text()) for name in TARGETS}


def text(value: Any) -> list[str]:
    return json.dumps(value, indent=1, sort_keys=True).splitlines()


def compare(expected: Any, actual: Any) -> None:
    difference = "\n".join(difflib.unified_diff(text(expected), text(actual), "prefect", "sluice", lineterm="", n=4))
    assert not difference, f"\n{difference}"


def oracle_failure(answer: Any) -> str | None:
    """Why there is nothing to compare with: on SQLite the oracle fails now and then when its own loops hold the lock."""
    if "error" in answer:
        return f"the oracle failed: {answer['error'][-300:]}"
    if answer.get("status", 200) >= 500 or "database is locked" in json.dumps(answer):
        return f"the oracle failed: {json.dumps(answer)[:300]}"
    return None


def oracle_answers() -> dict[tuple[str, str], Any]:
    answers = {(name, ""): ORACLE[name] for name in SCENARIOS}
    for group, steps in GROUPS.items():
        played = ORACLE[f"wire_{group}"]
        for step in steps:
            answers[group, step[0]] = played if "error" in played else played["shown"][step[0]]
    return answers


ORACLE_ANSWERS = oracle_answers()
MOST_ORACLE_FAILURES = 0.25


def test_the_oracle_gave_enough_to_compare_with() -> None:
    failures = [key for key, answer in ORACLE_ANSWERS.items() if oracle_failure(answer)]
    assert len(failures) <= MOST_ORACLE_FAILURES * len(ORACLE_ANSWERS), failures


@pytest.mark.parametrize("name", sorted(SCENARIOS))
@pytest.mark.parametrize("target", sorted(PLAYS))
def test_scenario_shows_the_same(target: str, name: str) -> None:
    assert "error" not in PLAYS[target][name], PLAYS[target][name].get("error")
    if failure := oracle_failure(ORACLE_ANSWERS[name, ""]):
        pytest.skip(failure)
    compare(ORACLE[name]["shown"], PLAYS[target][name]["shown"])


WIRE_STEPS = [(group, step[0]) for group, steps in GROUPS.items() for step in steps]


@pytest.mark.parametrize(("group", "step"), WIRE_STEPS)
@pytest.mark.parametrize("target", sorted(PLAYS))
def test_request_is_answered_the_same(target: str, group: str, step: str) -> None:
    ours = PLAYS[target][f"wire_{group}"]
    assert "error" not in ours, ours.get("error")
    answer = ORACLE_ANSWERS[group, step]
    if failure := oracle_failure(answer):
        pytest.skip(failure)
    compare(answer, ours["shown"][step])
