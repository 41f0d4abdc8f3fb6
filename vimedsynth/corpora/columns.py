"""Rows and values of the index tables."""

import csv
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from vimedsynth.errors import DataRefused
from vimedsynth.reports import nfc
from vimedsynth.studies import Problem


def read_table(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[str, Mapping[str, str] | Problem]]:
    """``(file:line, row)`` for each row of a CSV; a row with too few or too many cells is a problem.

    Raises DataRefused when the file is not UTF-8 or lacks one of the ``needed`` columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            yield from _rows(csv.DictReader(handle), path, needed)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataRefused(f"{path}: not a readable UTF-8 CSV ({type(error).__name__}: {error})") from error


def _rows(
    reader: "csv.DictReader[str]", path: Path, needed: tuple[str, ...]
) -> Iterator[tuple[str, Mapping[str, str] | Problem]]:
    columns = list(reader.fieldnames or ())
    if absent := [name for name in needed if name not in columns]:
        raise DataRefused(f"{path}: no column {', '.join(absent)}; expected {', '.join(needed)}; {_found(columns)}")
    if twice := next((name for name in columns if name and columns.count(name) > 1), None):
        raise DataRefused(f"{path}: the column {twice} stands there twice; expected each once")
    for row in reader:
        where = f"{path.name}:{reader.line_num}"
        if None in row or None in row.values():
            yield where, Problem("bad-row", where, f"expected {len(columns)} cells", excludes=True)
        else:
            yield where, {key: nfc(value.strip()) for key, value in row.items()}


def _found(columns: list[str]) -> str:
    """The header as it was read, with what most often is wrong with it."""
    shown = ", ".join(columns)[:_HEADER] or "nothing"
    if len(columns) == 1 and any(mark in shown for mark in ";\t|"):
        return f"found one column, {shown!r}: cells are to be separated by commas"
    return f"found {shown} (small letters count)"


_HEADER = 200
"""Characters of a header that a message shows."""
_Number = TypeVar("_Number", int, float)


def number(text: str | None, kind: Callable[[str], _Number]) -> _Number | None:
    """``text`` as a finite number, None when it is empty or none."""
    try:
        value = kind(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def sex(text: str | None) -> str | None:
    """``M`` or ``F``; None when it is not stated."""
    letter = (text or "").strip()[:1].upper()
    return letter if letter in {"M", "F"} else None
