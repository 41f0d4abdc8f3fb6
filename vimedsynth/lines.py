"""JSON Lines in, JSON Lines out, one row at a time: order kept, a bad row named and counted, memory flat."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from vimedsynth.encodings import not_utf8
from vimedsynth.errors import Misuse
from vimedsynth.studies import BadReport

Row = dict[str, Any]
_JSON_NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}


def json_name(value: object) -> str:
    """What JSON calls the type of ``value``."""
    return _JSON_NAMES.get(type(value), "number")


def read_rows(file: Path, needs: dict[str, type]) -> Iterator[tuple[int, Row | str]]:
    """``(line number, row)``, or the fault of the line in place of the row. Raises Misuse if the file cannot be read."""
    with _input(file, needs) as stream:
        for number, line in enumerate(stream, 1):
            text = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if text:
                yield number, _row(text, needs)


@contextlib.contextmanager
def _input(file: Path, needs: dict[str, type]) -> Iterator[BinaryIO]:
    """``-`` is stdin; a pipe is read like a file."""
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    if not file.exists() or file.is_dir():
        raise Misuse(f"{file}: not a file; expected JSON Lines with {', '.join(needs)}")
    with file.open("rb") as stream:
        yield stream


def _row(text: bytes, needs: dict[str, type]) -> Row | str:
    try:
        row = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        return not_utf8(text) or f"not JSON in UTF-8 ({fault})"
    if not isinstance(row, dict):
        return f"a JSON {json_name(row)}; expected an object"
    for key, kind in needs.items():
        if not isinstance(row.get(key), (kind, dict) if key == "report" else kind):
            told = "missing" if key not in row else f"a JSON {json_name(row[key])}"
            return f"{key} is {told}; expected a JSON {json_name(kind())}"
    return row


@contextlib.contextmanager
def output_stream(path: Path | None) -> Iterator[BinaryIO]:
    """stdout, or a file that appears only when all is written."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as stream:
            yield stream
    except OSError as fault:
        raise Misuse(f"{path}: cannot be written ({fault.strerror})") from fault
    os.replace(part, path)


def map_lines(file: Path, output: Path | None, needs: dict[str, type], work: Callable[[Row], Row]) -> int:
    """Write ``work(row)`` for each row of ``file``; faults go to stderr as ``file:line: fault``. Returns their number."""
    if output is not None and output.exists() and file.exists() and output.samefile(file):
        raise Misuse(f"{output}: is the file that is read; expected another one to write to")
    bad = 0
    with output_stream(output) as stream:
        for number, row in read_rows(file, needs):
            if isinstance(row, str):
                bad += 1
                print(f"{file}:{number}: {row}", file=sys.stderr)
                continue
            try:
                done = work(row)
            except BadReport as fault:  # an object without a section that is known
                bad += 1
                print(f"{file}:{number}: report: {fault.problem.message}", file=sys.stderr)
                continue
            stream.write(orjson.dumps(done, option=orjson.OPT_APPEND_NEWLINE))
    return bad
