"""The wordings: JSON tables beside this file, read once. A clinician changes how things are said without touching code."""

from functools import cache
from importlib.resources import files
from typing import Any

import orjson


@cache
def table(name: str) -> Any:
    """The parsed content of ``wordings/<name>.json``."""
    return orjson.loads((files(__package__) / "wordings" / f"{name}.json").read_bytes())
