"""The output folder: what is done stays done, a kill leaves it valid, other settings are refused."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.errors import DataRefused, SettingsDiffer

SETTINGS, RECEIPTS, REFUSED = "augment.json", "receipts.jsonl", "refused.jsonl"

Key = tuple[str, str, int]


class Folder:
    """A folder of augmented scans. Rows are appended as copies finish, and put in order at the end."""

    def __init__(self, root: Path, settings: Mapping[str, Any], fresh: bool = False) -> None:
        """Begin or take up ``root``; raises SettingsDiffer with what differs, DataRefused if it cannot be written."""
        self.root = root
        try:
            root.mkdir(parents=True, exist_ok=True)
            self._settle(settings, fresh)
            for stale in root.glob("*/.*.part"):
                stale.unlink(missing_ok=True)
        except OSError as error:
            raise DataRefused(f"{root}: cannot be written: {error.strerror or error}") from error

    def _settle(self, settings: Mapping[str, Any], fresh: bool) -> None:
        path = self.root / SETTINGS
        known = None if fresh or not path.exists() else _object(path)
        if fresh:
            for name in (RECEIPTS, REFUSED):
                (self.root / name).unlink(missing_ok=True)
        if known is None:
            write_bytes(path, orjson.dumps(dict(settings), option=orjson.OPT_INDENT_2))
            return
        differ = [k for k in sorted({*known, *settings}) if known.get(k) != settings.get(k)]
        if differ:
            told = "; ".join(f"{k}: {known.get(k)!r} there, {settings.get(k)!r} now" for k in differ)
            raise SettingsDiffer(f"{self.root}: was made with other settings ({told}); --fresh begins again")

    def done(self) -> dict[Key, dict[str, Any]]:
        """The rows whose files are all there; a line cut off by a kill is not one."""
        return {row_key(row): row for row in read_rows(self.root / RECEIPTS, torn=True) if self._whole(row)}

    def _whole(self, row: Mapping[str, Any]) -> bool:
        files = row.get("files")
        return isinstance(files, dict) and bool(files) and all((self.root / name).is_file() for name in files.values())

    def begin(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Rewrite the receipts with exactly ``rows``: drops a torn line and rows whose files are gone."""
        write_bytes(self.root / RECEIPTS, _lines(rows))

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append rows that are complete on disk."""
        with (self.root / RECEIPTS).open("ab") as file:
            file.write(_lines(rows))

    def finish(self, rows: Iterable[Mapping[str, Any]], refused: Iterable[Mapping[str, Any]]) -> None:
        """The final files, in order of study, region and copy: the same whatever the workers did."""
        write_bytes(self.root / RECEIPTS, _lines(sorted(rows, key=row_key)))
        write_bytes(
            self.root / REFUSED, _lines(sorted(refused, key=lambda row: (row["study_id"], row["region"], row["code"])))
        )


def row_key(row: Mapping[str, Any]) -> Key:
    """What a receipt row is about."""
    return str(row["study_id"]), str(row["region"]), int(row["copy"])


def read_rows(path: Path, *, torn: bool = False) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file; with ``torn`` an unreadable last line is passed over. Raises DataRefused."""
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            row_key(row)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            if torn and number == len(lines):
                return
            raise DataRefused(f"{path}:{number}: not a receipt row") from error
        yield row


def write_bytes(path: Path, payload: bytes) -> None:
    """Write beside and rename."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(payload)
    os.replace(part, path)


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(orjson.dumps(dict(row)) + b"\n" for row in rows)


def _object(path: Path) -> dict[str, Any]:
    try:
        value = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise DataRefused(f"{path}: not JSON; expected the settings of an augment folder") from error
    if not isinstance(value, dict):
        raise DataRefused(f"{path}: expected an object with the settings of an augment folder")
    return value
