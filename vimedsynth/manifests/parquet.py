"""``parquet/<split>-00000.parquet``: the columns of jsonl, images by path or embedded, in bounded row groups."""

from pathlib import Path
from typing import Any

from vimedsynth.errors import missing_extra
from vimedsynth.manifests.rows import Row
from vimedsynth.splits import SPLITS

_GROUP_ROWS = 2_000
_GROUP_BYTES = 64 * 2**20
_FILE_BYTES = 2**30


class Parquet:
    """Zstandard-compressed files of about 1 GiB; the rows of one group are all that is in memory."""

    def __init__(self, folder: Path, root: Path, embed: bool) -> None:
        try:
            import pyarrow as pa
        except ImportError as error:
            raise missing_extra("formats", "the parquet format") from error
        (folder / "parquet").mkdir(parents=True, exist_ok=True)
        self._root, self._folder, self._embed = root, folder, embed
        message = pa.struct([("role", pa.string()), ("content", pa.string())])
        text = [(name, pa.string()) for name in ("id", "subset", "task", "study_id", "patient_id", "region")]
        rest = [("images", pa.list_(pa.string())), ("messages", pa.list_(message))]
        extra = [("image_bytes", pa.list_(pa.large_binary()))] if embed else []
        self._schema = pa.schema([*text, *rest, *extra])
        self._files: list[str] = []
        self._rows: list[dict[str, Any]] = []
        self._bytes, self._split, self._writer = 0, "", None

    def write(self, row: Row) -> bool:
        """Every row; the rows of a split come one after another."""
        if row.split != self._split:
            self._end_file()
            self._split = row.split
        value = row.record()
        if self._embed:
            value["image_bytes"] = [(self._root / image).read_bytes() for image in row.images]
            self._bytes += sum(map(len, value["image_bytes"]))
        self._rows.append(value)
        if len(self._rows) >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()
        return True

    def close(self) -> list[str]:
        """The files written; a split without a row gets an empty file, so that every split can be loaded."""
        self._end_file()
        for split in SPLITS:
            if not any(name.startswith(f"parquet/{split}-") for name in self._files):
                self._split = split
                self._open()
                self._end_file()
        return sorted(self._files)

    def _open(self) -> None:
        import pyarrow.parquet as pq

        number = sum(name.startswith(f"parquet/{self._split}-") for name in self._files)
        name = f"parquet/{self._split}-{number:05d}.parquet"
        self._writer = pq.ParquetWriter(self._folder / name, self._schema, compression="zstd")
        self._files.append(name)

    def _flush(self) -> None:
        import pyarrow as pa

        if not self._rows:
            return
        if self._writer is None:
            self._open()
        assert self._writer is not None
        self._writer.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
        self._rows, self._bytes = [], 0
        if (self._folder / self._files[-1]).stat().st_size >= _FILE_BYTES:
            self._end_file()

    def _end_file(self) -> None:
        self._flush()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
