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


@pytest.mark.parametrize("name", sorted(SCENARIOS))
@pytest.mark.parametrize("target", sorted(PLAYS))
def test_scenario_shows_the_same(target: str, name: str) -> None:
    assert "error" not in ORACLE[name], f"the oracle itself failed: {ORACLE[name].get('error')}"
    assert "error" not in PLAYS[target][name], PLAYS[target][name].get("error")
    compare(ORACLE[name]["shown"], PLAYS[target][name]["shown"])


WIRE_STEPS = [(group, step[0]) for group, steps in GROUPS.items() for step in steps]


@pytest.mark.parametrize(("group", "step"), WIRE_STEPS)
@pytest.mark.parametrize("target", sorted(PLAYS))
def test_request_is_answered_the_same(target: str, group: str, step: str) -> None:
    oracle, ours = ORACLE[f"wire_{group}"], PLAYS[target][f"wire_{group}"]
    assert "error" not in oracle, f"the oracle itself failed: {oracle.get('error')}"
    assert "error" not in ours, ours.get("error")
    compare(oracle["shown"][step], ours["shown"][step])
