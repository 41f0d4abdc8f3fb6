"""Manifests: runs and scans joined into files that training code loads. One writer for each format."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from vimedsynth.manifests import arrays, lines, parquet, webdataset
from vimedsynth.manifests.rows import Row


class Writer(Protocol):
    """Takes the rows of one format, split after split, in order."""

    def write(self, row: Row) -> bool:
        """Write one row; False when the format cannot hold it (llava without an image)."""

    def close(self) -> list[str]:
        """Finish all files; their names relative to the folder."""


# name: (folder the files go to, folder the images' paths are relative to, whether to embed images) -> writer
WRITER_BY_NAME: dict[str, Callable[[Path, Path, bool], Writer]] = {
    "llava": arrays.Llava,
    "sharegpt": arrays.ShareGpt,
    "jsonl": lines.Lines,
    "parquet": parquet.Parquet,
    "webdataset": webdataset.WebDataset,
}
