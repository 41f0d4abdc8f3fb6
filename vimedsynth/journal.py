"""The journal of a run: one SQLite file, one committed row for every finished request.

A request's reply, what became of its candidates and, where it was the last, the end of its unit of work are in one
transaction, so a kill leaves a request either finished with all that follows from it or not asked at all. Requests that
finish at one time share a transaction, which is committed before a model is asked for anything new. The
write-ahead log with ``synchronous=NORMAL`` survives a killed process whole and a power cut without corruption.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import orjson

from vimedsynth.engines import Reply
from vimedsynth.errors import DataRefused, Misuse

_TABLES = """
CREATE TABLE IF NOT EXISTS requests (
    key TEXT PRIMARY KEY, work TEXT NOT NULL, attempt INTEGER NOT NULL, failure TEXT, message TEXT NOT NULL, raw TEXT,
    payload BLOB, prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, finished REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS requests_of_work ON requests (work, attempt);
CREATE TABLE IF NOT EXISTS outcomes (
    place INTEGER PRIMARY KEY, code TEXT, sample TEXT, row BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS works (
    key TEXT PRIMARY KEY, ordinal INTEGER NOT NULL, task TEXT NOT NULL, engine TEXT NOT NULL,
    findings INTEGER NOT NULL, covered INTEGER NOT NULL, samples INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA user_version = 1;
CREATE TEMP TABLE again (place INTEGER PRIMARY KEY);
"""
_AGAIN = """
INSERT INTO again SELECT place FROM (
    SELECT place, ROW_NUMBER() OVER (PARTITION BY sample ORDER BY place) AS nth FROM outcomes WHERE sample IS NOT NULL
) WHERE nth > 1
"""
"""Where a sample stands that an earlier place holds: one sort at the end costs less than an index all through a run."""
_ATTEMPTS, _CANDIDATES = 1 << 8, 1 << 12
DUPLICATE = "duplicate"
"""The code of a candidate whose sample id an earlier place of the run already holds."""


class Outcome(NamedTuple):
    """One row for ``samples.jsonl`` (``sample`` is its id, ``code`` None) or ``rejections.jsonl`` (the reverse)."""

    code: str | None
    sample: str | None
    row: bytes


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a unit of work: who answered it last, and how many of its findings its samples cover."""

    task: str
    engine: str
    findings: int
    covered: int
    samples: int


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished request: its reply, the payload where it is worth keeping, what became of its candidates."""

    attempt: int
    reply: Reply
    payload: bytes | None
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What is committed about a unit of work at once: finished requests and, where it ended, its end."""

    work: str
    ordinal: int
    requests: tuple[Finished, ...]
    ended: Ended | None


def place(ordinal: int, attempt: int, index: int) -> int:
    """The sort key of an outcome: work order, then attempt, then order in the reply, whatever finished first."""
    if attempt >= _ATTEMPTS or index >= _CANDIDATES:
        raise DataRefused(f"attempt {attempt}, candidate {index}: more than the journal can number")
    return (ordinal * _ATTEMPTS + attempt) * _CANDIDATES + index


_HELD = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _trouble(path: Path, error: sqlite3.OperationalError) -> Misuse | DataRefused:
    """What a failed write means: the lock of another process, or a disk or folder that takes no more."""
    if error.sqlite_errorcode & 0xFF in _HELD:
        return Misuse(f"{path}: another process works on this run ({error})")
    told = "what was finished is kept; with room and leave to write there the same command goes on"
    return DataRefused(f"{path}: cannot be written ({error}); {told}")


class Journal:
    """The open journal. One process at a time: the file stays locked until :meth:`close`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._searched = False
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5)
            # The log is folded back each 32 MB: the usual 4 MB waits for the disk eight times as often. A larger page
            # holds several rows, which are then not cut in two.
            for pragma in (
                "page_size=8192",
                "locking_mode=EXCLUSIVE",
                "journal_mode=WAL",
                "synchronous=NORMAL",
                "wal_autocheckpoint=4000",
                "cache_size=-16000",
            ):
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(_TABLES)
        except sqlite3.OperationalError as error:
            raise _trouble(path, error) from error
        except sqlite3.DatabaseError as error:
            raise DataRefused(f"{path}: not a readable journal ({error}); --fresh begins anew") from error

    def close(self) -> None:
        self._db.close()

    def done(self, key: str) -> bool:
        """Whether the unit of work has ended."""
        return self._db.execute("SELECT 1 FROM works WHERE key = ?", (key,)).fetchone() is not None

    def replies(self, key: str) -> list[tuple[int, Reply]]:
        """The finished requests of a unit of work that has not ended, by attempt."""
        rows = self._db.execute(
            "SELECT attempt, key, payload, raw, failure, message, prompt_tokens, completion_tokens FROM requests"
            " WHERE work = ? ORDER BY attempt",
            (key,),
        )
        return [(row[0], Reply(row[1], row[2] and orjson.loads(row[2]), row[3] or "", *row[4:])) for row in rows]

    def commit(self, work: str, ordinal: int, requests: Sequence[Finished], ended: Ended | None) -> None:
        """One transaction: the finished requests with their outcomes and, where it ended, the unit of work."""
        self.commit_all((Step(work, ordinal, tuple(requests), ended),))

    def commit_all(self, steps: Iterable[Step]) -> None:
        """The same for what finished at one time: all of it, or, when it breaks, nothing."""
        db = self._db
        self._searched = False
        try:
            db.execute("BEGIN")
            for step in steps:
                for request in step.requests:
                    self._insert(step.work, step.ordinal, request)
                if ended := step.ended:
                    row = (ended.task, ended.engine, ended.findings, ended.covered, ended.samples)
                    db.execute("INSERT INTO works VALUES (?,?,?,?,?,?,?)", (step.work, step.ordinal, *row))
            db.execute("COMMIT")
        except BaseException as error:
            if db.in_transaction:  # SQLite has rolled back itself where the disk was full
                db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                raise _trouble(self.path, error) from error
            raise

    def _insert(self, work: str, ordinal: int, request: Finished) -> None:
        reply, attempt = request.reply, request.attempt
        tokens = (reply.prompt_tokens, reply.completion_tokens)
        said = (reply.failure, reply.message, None if request.payload else reply.raw or None, request.payload)
        row = (reply.key, work, attempt, *said, *tokens, time.time())
        self._db.execute("INSERT INTO requests VALUES (?,?,?,?,?,?,?,?,?,?)", row)
        rows = [(place(ordinal, attempt, i), *outcome) for i, outcome in enumerate(request.outcomes)]
        self._db.executemany("INSERT INTO outcomes VALUES (?,?,?,?)", rows)

    def samples(self) -> Iterator[bytes]:
        """The rows of ``samples.jsonl`` in work order; of equal ids the first place wins."""
        self._find_again()
        query = "SELECT row FROM outcomes WHERE sample IS NOT NULL AND place NOT IN again ORDER BY place"
        return (row[0] for row in self._db.execute(query))

    def rejections(self) -> Iterator[tuple[str | None, bytes]]:
        """``(code, row)`` of all other candidates in work order; a later equal sample comes with code None."""
        self._find_again()
        query = "SELECT code, row FROM outcomes WHERE sample IS NULL OR place IN again ORDER BY place"
        return ((row[0], row[1]) for row in self._db.execute(query))

    def _find_again(self) -> None:
        """Fill the table of samples that came again, unless nothing was committed since it was filled."""
        if self._searched:
            return
        try:
            self._db.execute("DELETE FROM again")
            self._db.execute(_AGAIN)
        except sqlite3.OperationalError as error:  # no room to sort in
            raise _trouble(self.path, error) from error
        self._searched = True

    def totals(self) -> dict[str, int]:
        """Candidates, requests, tokens and ended work, counted in the journal."""
        candidates, accepted = self._db.execute("SELECT COUNT(*), COUNT(sample) FROM outcomes").fetchone()
        query = "SELECT COUNT(*), COALESCE(SUM(prompt_tokens), 0), COALESCE(SUM(completion_tokens), 0) FROM requests"
        requests, prompt, completion = self._db.execute(query).fetchone()
        names = ("candidates", "accepted", "requests", "prompt_tokens", "completion_tokens")
        return dict(zip(names, (candidates, accepted, requests, prompt, completion), strict=True))

    def codes(self) -> Counter[str]:
        """How many candidates were refused, by code."""
        return Counter(dict(self._db.execute("SELECT code, COUNT(*) FROM outcomes WHERE code NOT NULL GROUP BY code")))

    def coverage(self) -> dict[str, dict[str, int]]:
        """By task: units of work, those answered by a fallback, those without a sample, findings, findings covered."""
        query = (
            "SELECT task, COUNT(*), SUM(engine = 'grounded-fallback'), SUM(samples = 0), SUM(findings), SUM(covered)"
            " FROM works GROUP BY task ORDER BY task"
        )
        names = ("works", "fallback", "unanswered", "findings", "covered")
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in self._db.execute(query)}
