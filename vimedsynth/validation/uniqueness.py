"""Ids that must not repeat, over any number of rows: 16 bytes of memory a row, found by sorting at the end."""

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

ID_BY_SCHEMA: dict[str, str] = {
    "sample": "id",
    "llava-row": "id",
    "sharegpt-row": "id",
    "jsonl-row": "id",
    "lineage-row": "id",
    "check-pair": "id",
    "check-result": "id",
}
"""The field that names a row, for schemas whose rows have one."""


class Ids:
    """The ids of one file in row order, as 128-bit digests."""

    def __init__(self) -> None:
        self._digests = bytearray()

    def add(self, text: str) -> None:
        """The id of the next row."""
        self._digests += blake2b(text.encode("utf-8"), digest_size=16).digest()

    def skip(self) -> None:
        """The next row has no id that could be read; it equals no other."""
        self._digests += blake2b(len(self._digests).to_bytes(8), digest_size=16, person=b"no id").digest()

    def keys(self) -> NDArray[np.bytes_]:
        """The digests as sortable values, shape ``(rows,)``, in row order."""
        return np.frombuffer(bytes(self._digests), dtype="S16")

    def repeats(self) -> Iterator[tuple[int, int]]:
        """``(first row, later row)`` from 1 for every id that was there before, in the order of the later row."""
        keys = self.keys()
        order = np.argsort(keys, kind="stable")
        same = np.zeros(len(keys), dtype=bool)
        same[1:] = keys[order][1:] == keys[order][:-1]
        firsts = order[np.maximum.accumulate(np.where(same, 0, np.arange(len(keys))))]
        found = sorted(zip(order[same].tolist(), firsts[same].tolist(), strict=True))
        yield from ((first + 1, later + 1) for later, first in found)
