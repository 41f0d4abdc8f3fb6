"""``webdataset/<split>-000000.tar``: size-bounded, uncompressed, so that a sample can be sought; with a shard index.

A sample is ``<id>.json`` (the row of jsonl) and, with embedded images, ``<id>.npy`` (``<id>.1.npy`` for a second one).
The same rows give the same bytes.
"""

import io
import tarfile
from pathlib import Path

import orjson

from vimedsynth.manifests.rows import Row
from vimedsynth.splits import SPLITS

_SHARD_BYTES = 2**30
_SHARD_ROWS = 100_000


class WebDataset:
    """Shards of about 1 GiB or 100,000 rows and ``<split>.index.json`` in the form of webdataset's wids."""

    def __init__(self, folder: Path, root: Path, embed: bool) -> None:
        (folder / "webdataset").mkdir(parents=True, exist_ok=True)
        self._folder, self._root, self._embed = folder, root, embed
        self._shards: dict[str, list[tuple[str, int]]] = {split: [] for split in SPLITS}
        self._tar: tarfile.TarFile | None = None
        self._split, self._rows = "", 0

    def write(self, row: Row) -> bool:
        """Every row; the rows of a split come one after another."""
        full = self._tar is not None and (self._tar.offset >= _SHARD_BYTES or self._rows >= _SHARD_ROWS)
        if full or row.split != self._split:
            self._end_shard()
            self._split = row.split
        if self._tar is None:
            self._open()
        self._add(f"{row.id}.json", orjson.dumps(row.record()))
        for number, image in enumerate(row.images if self._embed else ()):
            self._add(f"{row.id}.{f'{number}.' if number else ''}npy", (self._root / image).read_bytes())
        self._rows += 1
        return True

    def close(self) -> list[str]:
        """The shards and one index a split."""
        self._end_shard()
        names = [name for shards in self._shards.values() for name, _ in shards]
        for split, shards in self._shards.items():
            listed = [{"url": Path(name).name, "nsamples": count} for name, count in shards]
            index = {"__kind__": "wids-shard-index-v1", "wids_version": 1, "name": split, "shardlist": listed}
            names.append(f"webdataset/{split}.index.json")
            (self._folder / names[-1]).write_bytes(orjson.dumps(index, option=orjson.OPT_INDENT_2))
        return names

    def _open(self) -> None:
        name = f"webdataset/{self._split}-{len(self._shards[self._split]):06d}.tar"
        self._tar = tarfile.open(self._folder / name, "w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115
        self._shards[self._split].append((name, 0))

    def _add(self, name: str, data: bytes) -> None:
        assert self._tar is not None
        info = tarfile.TarInfo(name)
        info.size = len(data)
        info.mode = 0o644
        self._tar.addfile(info, io.BytesIO(data))
        vars(self._tar)["members"].clear()  # tarfile keeps every member for getmembers(): not needed, and it grows

    def _end_shard(self) -> None:
        if self._tar is not None:
            self._tar.close()
            self._tar = None
            name, _ = self._shards[self._split][-1]
            self._shards[self._split][-1] = (name, self._rows)
        self._rows = 0
