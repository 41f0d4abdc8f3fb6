"""Rows out of parquet files and webdataset shards, one after another; embedded images are left where they are."""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.errors import missing_extra

_BATCH = 1_000


class BadShard(ValueError):
    """A shard, or a row in it, that cannot be read; the message says why."""


def parquet_rows(path: Path) -> Iterator[Any]:
    """The rows of a parquet file as objects, without its binary columns. Raises BadShard, Misuse without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise missing_extra("formats", f"reading {path.name}") from error
    try:
        with pq.ParquetFile(path) as file:
            columns = [field.name for field in file.schema_arrow if "binary" not in str(field.type)]
            for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise BadShard(f"{type(error).__name__}: not a whole parquet file") from error


def tar_rows(path: Path) -> Iterator[Any]:
    """The ``.json`` members of a tar shard in order; one that does not parse comes as a BadShard value, not raised."""
    try:
        with tarfile.open(path, "r|") as shard:
            for member in shard:
                if member.isfile() and member.name.endswith(".json"):
                    stream = shard.extractfile(member)
                    yield _parsed(member.name, stream.read() if stream else b"")
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BadShard(f"{type(error).__name__}: not a whole tar file") from error


def _parsed(name: str, raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return BadShard(f"{name}: {error}")


SHARD_READERS = {".parquet": parquet_rows, ".tar": tar_rows}
"""Readers by the suffix of the file."""
