"""The corpus layouts, one file each. A layout recognises a path and yields its studies and problems, in order."""

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from vimedsynth.corpora import archive, by_region, lines, table
from vimedsynth.studies import Problem, Study


class Layout(Protocol):
    """How a corpus lies on disk."""

    def recognises(self, root: Path) -> bool:
        """Whether ``root`` looks like this layout; reads names only."""

    def entries(self, root: Path) -> Iterator[Study | Problem]:
        """Studies and problems in the corpus's own order; a study never appears twice under one id."""


# In the order in which they are tried: an explicit index wins over folder names.
LAYOUT_BY_NAME: dict[str, Layout] = {
    "lines": lines.Lines(),
    "table": table.Table(),
    "archive": archive.Archive(),
    "regions": by_region.ByRegion(),
}
