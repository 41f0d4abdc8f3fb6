"""A data file as rows, with flat memory: JSON Lines, a JSON array (an element is a row) or one JSON value.

A row that cannot be read is a problem of its own; reading goes on with the next one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from vimedsynth.validation.arrays import UNREAD, elements
from vimedsynth.validation.problems import Place, Problem
from vimedsynth.validation.shards import SHARD_READERS, BadShard

ROW_BYTES = 1 << 26
"""A row larger than this (64 MiB) is refused, so that a file without line ends cannot fill the memory."""

_BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


class Form(StrEnum):
    """How rows lie in a file."""

    LINES = "lines"
    ARRAY = "array"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Row:
    """One parsed row. ``number`` counts from 1; ``line`` is None inside a JSON array or a single value."""

    number: int
    line: int | None
    value: Any


def _parses(raw: bytes) -> bool:
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError:
        return False
    return True


def form_of(path: Path) -> Form:
    """How the rows of ``path`` lie, from its first line and its name."""
    named_lines = path.suffix.lower() in {".jsonl", ".ndjson"}
    with path.open("rb") as stream:
        if stream.read(256).lstrip(_BOM + b" \t\r\n").startswith(b"[") and not named_lines:
            return Form.ARRAY  # the first line may be the whole file
        stream.seek(0)
        lines = (line.strip(_BOM + b" \t\r\n") for line in iter(partial(stream.readline, ROW_BYTES), b""))
        filled = (line for line in lines if line)
        first, more = next(filled, b""), any(filled)
    whole = _parses(first)
    if first.startswith(b"["):
        return Form.LINES if whole and more else Form.ARRAY
    return Form.LINES if named_lines or (whole and more) else Form.VALUE


def unreadable(raw: bytes, place: Place) -> Problem:
    """Why ``raw`` is not a JSON value."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return Problem(place, "not-utf8", f"byte 0x{raw[error.start]:02x} at offset {error.start}", "UTF-8 text")
    try:
        orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        return Problem(place, "not-json", str(error), "one JSON value (no NaN, no Infinity, no comments)")
    raise AssertionError("a value that parses is not unreadable")


def _read(raw: bytes, place: Place) -> Row | Problem:
    try:
        return Row(place.row or 1, place.line, orjson.loads(raw))
    except orjson.JSONDecodeError:
        return unreadable(raw, place)


def _line_rows(stream: BinaryIO, name: str) -> Iterator[Row | Problem]:
    loads, number = orjson.loads, 0
    for line, raw in enumerate(iter(partial(stream.readline, ROW_BYTES), b""), 1):
        try:
            value = loads(raw)
        except orjson.JSONDecodeError:
            if not raw.strip():
                continue
            number += 1
            if len(raw) == ROW_BYTES:
                yield Problem(Place(name, number, line), "row-too-large", f"over {ROW_BYTES} bytes", "a smaller row")
                while raw and not raw.endswith(b"\n"):
                    raw = stream.readline(ROW_BYTES)
            else:
                yield unreadable(raw, Place(name, number, line))
            continue
        number += 1
        yield Row(number, line, value)


def _array_rows(stream: BinaryIO, name: str) -> Iterator[Row | Problem]:
    number = 0
    for piece in elements(stream, ROW_BYTES):
        number += 1
        if isinstance(piece, str):
            yield Problem(Place(name, number), "not-json", piece, "a JSON array of rows")
            continue
        if piece.value is not UNREAD:
            yield Row(number, None, piece.value)
        else:
            yield _read(piece.raw, Place(name, number))


def _one_value(stream: BinaryIO, name: str) -> Iterator[Row | Problem]:
    raw = stream.read(ROW_BYTES + 1)
    if len(raw) > ROW_BYTES:
        yield Problem(Place(name), "row-too-large", f"over {ROW_BYTES} bytes", "a smaller JSON value, or JSON Lines")
    elif not raw.strip():
        yield Problem(Place(name), "empty-file", "0 rows", "at least one JSON value")
    else:
        yield _read(raw, Place(name, 1))


def _opening(stream: BinaryIO, name: str) -> Iterator[Problem]:
    """Problems of the first bytes; the stream is left where the text starts."""
    head = stream.read(3)
    if head == _BOM:
        yield Problem(Place(name), "byte-order-mark", "EF BB BF", "UTF-8 without a byte-order mark")
        return
    stream.seek(0)
    if head[:2] in _OTHER_ENCODINGS:
        yield Problem(Place(name), "not-utf8", head[:2].hex(" "), "UTF-8 text, this looks like UTF-16")
        stream.seek(0, 2)


def _shard_rows(path: Path, name: str) -> Iterator[Row | Problem]:
    number = 0
    try:
        for number, value in enumerate(SHARD_READERS[path.suffix.lower()](path), 1):
            if isinstance(value, BadShard):
                yield Problem(Place(name, number), "not-json", str(value), "one JSON value")
            else:
                yield Row(number, None, value)
    except BadShard as error:
        yield Problem(Place(name, number + 1), "shard-unreadable", str(error), f"a whole {path.suffix} file")


def read_rows(path: Path, name: str, *, whole: bool = False) -> Iterator[Row | Problem]:
    """The rows of ``path`` and the problems of reading them, in file order. ``name`` is how problems call the file.

    ``whole`` reads the file as one value even when it is an array. Raises OSError when it cannot be opened.
    """
    if path.suffix.lower() in SHARD_READERS:
        yield from _shard_rows(path, name)
        return
    form = Form.VALUE if whole else form_of(path)
    readers = {Form.LINES: _line_rows, Form.ARRAY: _array_rows, Form.VALUE: _one_value}
    with path.open("rb") as stream:
        opening = list(_opening(stream, name))
        yield from opening
        if opening and opening[0].code == "not-utf8":
            return
        yield from readers[form](stream, name)
