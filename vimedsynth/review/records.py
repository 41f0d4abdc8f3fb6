"""The record of a review: an append-only, hash-chained log in SQLite. Nothing in it is ever changed or removed.

Each row carries the hash of the row before it, so that a row altered behind the program's back is found by
:meth:`Records.broken_link`. A row is on disk when :meth:`Records.append` returns (WAL, ``synchronous=FULL``): a kill
at any moment loses at most the request that was not answered yet, and a request sent again under its key is one row.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.errors import DataRefused

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    at TEXT NOT NULL,
    author TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS record_is_final BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never changed'); END;
CREATE TRIGGER IF NOT EXISTS record_stays BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'a record is never removed'); END;
"""
_COLUMNS = "id, key, at, author, kind, subject, body, previous, hash"
_FIRST = "0" * 64


@dataclass(frozen=True, slots=True)
class Record:
    """One row of the log. ``at`` is UTC, ISO 8601; ``subject`` is what it is about (a sample, a study, a person)."""

    id: int
    key: str
    at: str
    author: str
    kind: str
    subject: str
    body: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written; ``key`` makes a second try of the same request harmless."""

    key: str
    author: str
    kind: str
    subject: str
    body: dict[str, Any]


def _digest(previous: str, at: str, entry: Entry, body: str) -> str:
    fields = [previous, entry.key, at, entry.author, entry.kind, entry.subject, body]
    return hashlib.sha256(orjson.dumps(fields)).hexdigest()


def _record(row: tuple[Any, ...]) -> Record:
    number, key, at, author, kind, subject, body, _, digest = row
    return Record(number, key, at, author, kind, subject, orjson.loads(body), digest)


class Records:
    """The log in one file. Safe from many threads and from several processes on one machine."""

    def __init__(self, path: Path) -> None:
        """Open or make the log. Raises DataRefused when the file is something else."""
        self.path = path
        self._lock = threading.Lock()
        try:
            self._link = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=20)
            self._link.execute("PRAGMA journal_mode=WAL")
            self._link.execute("PRAGMA synchronous=FULL")
            self._link.executescript(_SCHEMA)
        except sqlite3.DatabaseError as exc:
            raise DataRefused(f"{path}: not a record of a review ({exc})") from exc
        path.chmod(0o600)

    def append(self, entry: Entry) -> Record:
        """Write one row and return it; the row that is there already when its key was used before."""
        return self.append_all([entry])[0]

    def append_all(self, entries: list[Entry]) -> list[Record]:
        """Write all rows or none."""
        with self._lock:
            self._link.execute("BEGIN IMMEDIATE")
            try:
                written = [self._insert(entry) for entry in entries]
                self._link.execute("COMMIT")
            except BaseException:
                self._link.execute("ROLLBACK")
                raise
        return written

    def _insert(self, entry: Entry) -> Record:
        found = self._link.execute(f"SELECT {_COLUMNS} FROM record WHERE key = ?", (entry.key,)).fetchone()
        if found:
            return _record(found)
        last = self._link.execute("SELECT hash FROM record ORDER BY id DESC LIMIT 1").fetchone()
        previous, at = last[0] if last else _FIRST, datetime.now(UTC).isoformat(timespec="milliseconds")
        body = orjson.dumps(entry.body, option=orjson.OPT_SORT_KEYS).decode()
        values = (entry.key, at, entry.author, entry.kind, entry.subject, body, previous)
        digest = _digest(previous, at, entry, body)
        cursor = self._link.execute(
            "INSERT INTO record (key, at, author, kind, subject, body, previous, hash) VALUES (?,?,?,?,?,?,?,?)",
            (*values, digest),
        )
        return Record(cursor.lastrowid or 0, entry.key, at, entry.author, entry.kind, entry.subject, entry.body, digest)

    def after(self, number: int) -> list[Record]:
        """The rows written after row ``number``, in order."""
        with self._lock:
            rows = self._link.execute(f"SELECT {_COLUMNS} FROM record WHERE id > ? ORDER BY id", (number,)).fetchall()
        return [_record(row) for row in rows]

    def of_kind(self, kind: str) -> Iterator[Record]:
        """All rows of one kind, in order."""
        return (record for record in self.after(0) if record.kind == kind)

    def broken_link(self) -> int | None:
        """The number of the first row that does not follow from the one before it; None when the chain is whole."""
        with self._lock:
            rows = self._link.execute(f"SELECT {_COLUMNS} FROM record ORDER BY id").fetchall()
        previous = _FIRST
        for number, key, at, author, kind, subject, body, stored, digest in rows:
            entry = Entry(key, author, kind, subject, {})
            if stored != previous or digest != _digest(previous, at, entry, body):
                return int(number)
            previous = digest
        return None

    def close(self) -> None:
        """Close the file; what was written stays."""
        with self._lock:
            self._link.close()
