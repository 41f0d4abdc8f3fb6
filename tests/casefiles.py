"""The case files of tests/cases and the edits that stand in them."""

from copy import deepcopy
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent / "cases"
FILES = sorted(path for path in CASES.glob("*/*.json") if path.name != "good.json")


def edited(row: Any, edits: list[dict[str, Any]]) -> Any:
    """``row`` with each edit: ``set`` or ``remove`` at a path of steps separated by slashes."""
    row = deepcopy(row)
    for edit in edits:
        target = row
        *way, last = edit["path"].strip("/").split("/")
        for step in way:
            target = target[int(step)] if isinstance(target, list) else target[step]
        key = int(last) if isinstance(target, list) else last
        if edit["op"] == "remove":
            del target[key]
        else:
            target[key] = edit["value"]
    return row
