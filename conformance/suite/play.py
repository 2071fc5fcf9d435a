"""Plays every scenario and every wire group against one server and writes what it showed, normalised, as JSON.

usage: play.py API_URL OUTPUT [--oracle] [NAME …]
"""

import json
import sys
import traceback
from pathlib import Path
from typing import Any, Callable

from scenarios import SCENARIOS
from snapshot import Api, normalised
from wire import GROUPS
from wire import play as play_wire


def main(url: str, output: str, *arguments: str) -> None:
    api = Api(url, is_oracle="--oracle" in arguments)
    wanted = [name for name in arguments if not name.startswith("--")]
    plays: dict[str, Callable[[], Any]] = {name: lambda f=f: f(api) for name, f in SCENARIOS.items()}
    plays |= {f"wire_{name}": lambda steps=steps: play_wire(api, steps) for name, steps in GROUPS.items()}
    shown = {name: outcome(play) for name, play in plays.items() if not wanted or name in wanted}
    Path(output).write_text(json.dumps(shown, indent=1, sort_keys=True))


def outcome(play: Callable[[], Any]) -> dict[str, Any]:
    try:
        return {"shown": normalised(play())}
    except Exception:
        return {"error": traceback.format_exc(limit=-4)}


if __name__ == "__main__":
    main(*sys.argv[1:])
