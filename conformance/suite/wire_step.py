"""One request of the bare wire; see wire.py for what a step means."""

from typing import Any

EVENTS = "EVENTS"
UNKNOWN = "00000000-0000-4000-8000-00000000dead"

Step = tuple[str, str, str, Any]
