"""An output folder that is filled row by row: what is done stays done, a kill leaves it valid, other settings are refused."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.errors import DataRefused, SettingsDiffer
from vimedsynth.holding import refuse_foreign

Key = tuple[Any, ...]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """What the files of a kind of folder are called, what its rows are about, and how deep half-written files may lie."""

    settings: str
    rows: str
    refused: str
    key: Callable[[Row], Key]  # raises KeyError, TypeError or ValueError for what is no row
    parts: str = "*/.*.part"
    made: tuple[str, ...] = ()  # where the files of the rows lie, for --fresh
    kind: str = "ours"


class Folder:
    """Rows are appended as they finish, each after its files, and put in order at the end."""

    def __init__(self, root: Path, names: Names, settings: Row, fresh: bool = False) -> None:
        """Begin or take up ``root``.

        Raises SettingsDiffer with what differs, Misuse when the folder holds something else, DataRefused if it cannot
        be written. Two processes are kept apart by :func:`vimedsynth.holding.holding`.
        """
        self.root, self.names = root, names
        try:
            root.mkdir(parents=True, exist_ok=True)
            refuse_foreign(root, (names.settings,), f"a folder of {names.kind}")
            self._settle(settings, fresh)
            for stale in root.glob(names.parts):
                stale.unlink(missing_ok=True)
        except OSError as error:
            raise DataRefused(f"{root}: cannot be written: {error.strerror or error}") from error

    def _settle(self, settings: Row, fresh: bool) -> None:
        path = self.root / self.names.settings
        known = None if fresh or not path.exists() else _object(path)
        if fresh and path.exists():
            stale = [self.root / self.names.rows, self.root / self.names.refused]
            for file in (*stale, *(file for made in self.names.made for file in self.root.glob(made))):
                file.unlink(missing_ok=True)
        if known is None:
            write_bytes(path, orjson.dumps(dict(settings), option=orjson.OPT_INDENT_2))
            return
        differ = [k for k in sorted({*known, *settings}) if known.get(k) != settings.get(k)]
        if differ:
            told = "; ".join(f"{k}: {known.get(k)!r} there, {settings.get(k)!r} now" for k in differ)
            raise SettingsDiffer(f"{self.root}: was made with other settings ({told}); --fresh begins again")

    def done(self) -> dict[Key, dict[str, Any]]:
        """The rows whose files are all there; a line cut off by a kill is not one."""
        return {self.names.key(row): row for row in self._rows() if self._whole(row)}

    def _rows(self) -> Iterator[dict[str, Any]]:
        return read_rows(self.root / self.names.rows, self.names.key, torn=True)

    def _whole(self, row: Row) -> bool:
        files = row.get("files")
        return isinstance(files, dict) and bool(files) and all((self.root / name).is_file() for name in files.values())

    def begin(self, rows: Iterable[Row]) -> None:
        """Rewrite the rows with exactly these: drops a torn line and rows whose files are gone."""
        write_bytes(self.root / self.names.rows, _lines(rows))

    def add(self, rows: Iterable[Row]) -> None:
        """Append rows that are complete on disk."""
        with (self.root / self.names.rows).open("ab") as file:
            file.write(_lines(rows))

    def finish(self, rows: Iterable[Row], refused: Iterable[Row]) -> None:
        """The final files, in order of what the rows are about: the same whatever the workers did."""
        write_bytes(self.root / self.names.rows, _lines(sorted(rows, key=self.names.key)))
        write_bytes(
            self.root / self.names.refused,
            _lines(sorted(refused, key=lambda row: (row["study_id"], row["region"], row["code"]))),
        )


def read_rows(path: Path, key: Callable[[Row], Key], *, torn: bool = False) -> Iterator[dict[str, Any]]:
    """The rows of a JSON Lines file; with ``torn`` an unreadable last line is passed over. Raises DataRefused."""
    lines = path.read_bytes().split(b"\n") if path.exists() else []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            key(row)
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            if torn and number == len(lines):
                return
            raise DataRefused(f"{path}:{number}: not a row of this file") from error
        yield row


def write_bytes(path: Path, payload: bytes) -> None:
    """Write beside and rename."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(payload)
    os.replace(part, path)


def _lines(rows: Iterable[Row]) -> bytes:
    return b"".join(orjson.dumps(dict(row)) + b"\n" for row in rows)


def _object(path: Path) -> dict[str, Any]:
    try:
        value = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise DataRefused(f"{path}: not JSON; expected the settings of this folder") from error
    if not isinstance(value, dict):
        raise DataRefused(f"{path}: expected an object with the settings of this folder")
    return value
