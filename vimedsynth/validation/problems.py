"""A problem in a data file: where it is, what stands there, what was expected."""

from dataclasses import dataclass
from typing import Any

import orjson

VALUE_LENGTH = 80
"""Characters of a value that are shown; the rest is cut, reports are not copied into logs."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file and, where it has them, the row (from 1), the line (from 1) and the JSON path inside the row."""

    file: str
    row: int | None = None
    line: int | None = None
    path: str = "$"

    def at(self, path: str) -> "Place":
        """The same row, at another JSON path."""
        return Place(self.file, self.row, self.line, path)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``code`` is stable and kebab-case; ``value`` is what stands there, shortened."""

    place: Place
    code: str
    value: str
    expected: str

    @property
    def message(self) -> str:
        """Value and expectation in one line."""
        return f"{self.value}: expected {self.expected}"


def show(value: Any) -> str:
    """``value`` as one line of JSON of at most ``VALUE_LENGTH`` characters."""
    try:
        text = orjson.dumps(value, default=repr).decode("utf-8")
    except (TypeError, ValueError):  # lone surrogates, integers beyond 64 bits
        text = ascii(value)
    return text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + "…"
