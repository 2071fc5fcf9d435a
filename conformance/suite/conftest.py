"""The servers under test, started by `conformance/run.ts`, which names them in the environment."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Callable

import pytest

TARGETS: dict[str, str] = json.loads(os.environ["CONFORMANCE_TARGETS"])
PLAYED = Path(os.environ["CONFORMANCE_PLAYED"])


@pytest.fixture(params=sorted(TARGETS))
def api_url(request: pytest.FixtureRequest) -> str:
    return TARGETS[request.param]


@pytest.fixture
def run_python(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a script (a path, or source text) in a fresh process of the stock client; settings are per process."""

    def run(script: str | Path, url: str, expect: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        if isinstance(script, str):
            path = tmp_path / "script.py"
            path.write_text(script)
            script = path
        done = subprocess.run(
            [sys.executable, str(script)],
            env={**os.environ, "PREFECT_API_URL": url, "PREFECT_HOME": str(tmp_path / "home"), **environment},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    return run
