"""Schedules fire when the real Prefect's do, around daylight-saving changes in ten time zones."""

import subprocess
from pathlib import Path

import schedule_goldens

ROOT = Path(__file__).parents[2]
NODE = ROOT / "node_modules" / ".bin" / "node"


def test_five_hundred_random_schedules_fire_at_the_same_moments(tmp_path: Path) -> None:
    goldens = tmp_path / "goldens.jsonl"
    schedule_goldens.main(str(goldens), "500")
    compared = subprocess.run(
        [NODE, "--conditions=source", ROOT / "conformance" / "compare-schedules.ts", goldens],
        capture_output=True, text=True,
    )
    assert compared.returncode == 0, compared.stdout + compared.stderr
