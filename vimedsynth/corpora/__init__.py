"""The corpus layouts, one file each. A layout recognises a path and yields its studies and problems, in order."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Protocol

from vimedsynth.studies import Problem, Study


class Layout(Protocol):
    """How a corpus lies on disk."""

    def recognises(self, root: Path) -> bool:
        """Whether ``root`` looks like this layout; reads names only."""

    def entries(self, root: Path) -> Iterator[Study | Problem]:
        """Studies and problems in the corpus's own order; a study never appears twice under one id."""


LAYOUT_BY_NAME: dict[str, str] = {
    "lines": "vimedsynth.corpora.lines:Lines",
    "table": "vimedsynth.corpora.table:Table",
    "archive": "vimedsynth.corpora.archive:Archive",
    "regions": "vimedsynth.corpora.by_region:ByRegion",
}
"""``module:class`` by name, in the order in which they are tried: an explicit index wins over folder names."""


def layouts() -> Iterator[tuple[str, Layout]]:
    """The layouts with their names; a module is imported when the one before it was not taken."""
    for name, place in LAYOUT_BY_NAME.items():
        module, _, kind = place.partition(":")
        yield name, getattr(import_module(module), kind)()
