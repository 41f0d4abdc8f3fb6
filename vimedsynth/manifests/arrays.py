"""Formats that are one JSON array a split, written as a stream: LLaVA's and ShareGPT's."""

from pathlib import Path
from typing import IO, Any

import orjson

from vimedsynth.manifests.rows import Row
from vimedsynth.splits import SPLITS


class JsonArray:
    """A file that holds a valid JSON array once it is closed, one row a line."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle: IO[bytes] = path.open("wb")
        self._handle.write(b"[")
        self._empty = True

    def add(self, value: Any) -> None:
        """Append one value."""
        self._handle.write((b"\n" if self._empty else b",\n") + orjson.dumps(value))
        self._empty = False

    def close(self) -> None:
        """End the array and the file."""
        self._handle.write(b"]\n" if self._empty else b"\n]\n")
        self._handle.close()


class Llava:
    """``train.json``, ``val.json``, ``test.json`` as the authors' loader reads them: exactly one image a row."""

    def __init__(self, folder: Path, root: Path, embed: bool) -> None:
        self._files = {split: JsonArray(folder / f"{split}.json") for split in SPLITS}

    def write(self, row: Row) -> bool:
        """A row without an image has no place in this form; nor has one with two."""
        if len(row.images) != 1:
            return False
        self._files[row.split].add({"id": row.id, "image": row.images[0], "conversations": row.conversations()})
        return True

    def close(self) -> list[str]:
        """All three files, also those without a row: the loader asks for them by name."""
        for file in self._files.values():
            file.close()
        return [f"{split}.json" for split in self._files]


class ShareGpt:
    """``sharegpt/<split>.json``: conversations with one ``<image>`` tag for each of ``images`` (LLaMA-Factory)."""

    def __init__(self, folder: Path, root: Path, embed: bool) -> None:
        self._files = {split: JsonArray(folder / "sharegpt" / f"{split}.json") for split in SPLITS}

    def write(self, row: Row) -> bool:
        """Every row; a text-only one has no ``images`` and no tag."""
        value: dict[str, Any] = {"id": row.id, "conversations": row.conversations()}
        if row.images:
            value["images"] = list(row.images)
        self._files[row.split].add(value)
        return True

    def close(self) -> list[str]:
        """One file a split."""
        for file in self._files.values():
            file.close()
        return [f"sharegpt/{split}.json" for split in self._files]
