"""Writing what a review gives out: whole files or none."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.files import replacing


def lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """JSON Lines."""
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def pretty(value: object) -> bytes:
    """JSON for people."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_DATACLASS) + b"\n"


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files by their relative name, each at once; the last of the mapping appears last."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(data)
