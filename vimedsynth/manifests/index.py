"""What the runs hold, as a table on disk: a million samples cost no memory, and every later question is a query."""

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.duplicates import fold
from vimedsynth.errors import DataRefused
from vimedsynth.manifests.answers import folded_polarity
from vimedsynth.manifests.rows import SUBSET_BY_TASK
from vimedsynth.splits import LEFT_OUT, SPLITS, Assign

_TABLES = """
CREATE TABLE studies (n INTEGER PRIMARY KEY, study TEXT UNIQUE, patient TEXT, split TEXT, report TEXT);
CREATE TABLE samples (
    seq INTEGER PRIMARY KEY, id TEXT UNIQUE, run INTEGER, at INTEGER, size INTEGER, study INTEGER, partner INTEGER,
    split TEXT, subset TEXT, task TEXT, region TEXT, pair BLOB, type TEXT, yes INTEGER, answer BLOB,
    reason TEXT);  -- reason: why it is left out; NULL for a sample that is in
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sample lies: the number of its run, and its bytes there."""

    id: str
    split: str
    run: int
    at: int
    size: int


class Index:
    """Samples of the runs with their split and, for those left out, the reason."""

    def __init__(
        self, connection: sqlite3.Connection, runs: tuple[Path, ...], own_splits: Mapping[str, str] | None = None
    ) -> None:
        self.sql = connection
        self.own_splits = own_splits  # of the corpus's studies: a comparison says nothing of its partner's split
        self.runs = runs
        self._studies: dict[str, int] = {}

    def add_runs(self, rule: Assign) -> None:
        """Read every run once. Raises DataRefused when a samples.jsonl is missing or a line of it is not a sample."""
        for number, run in enumerate(self.runs):
            self.sql.executemany(
                "INSERT OR IGNORE INTO samples (id, run, at, size, study, partner, split, subset, task, region, pair,"
                " type, yes, answer, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                self._records(number, samples_file(run), rule),
            )
        self.sql.commit()

    def _records(self, number: int, path: Path, rule: Assign) -> Iterator[tuple[Any, ...]]:
        for line_number, at, line in _lines(path):
            try:
                sample = orjson.loads(line)
                yield self._record(sample, number, at, len(line), rule)
            except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, IndexError) as error:
                raise DataRefused(
                    f"{path}:{line_number}: not a sample ({type(error).__name__}); see `vimedsynth validate`"
                ) from error

    def _record(self, sample: dict[str, Any], run: int, at: int, size: int, rule: Assign) -> tuple[Any, ...]:
        study, patient, task = str(sample["study_id"]), str(sample["patient_id"]), sample["task"]
        split = rule(study, patient, sample["split"])
        if split is not None and split not in (*SPLITS, LEFT_OUT):
            raise KeyError(split)
        partner = sample.get("partner")
        other = self._partner(partner, rule) if partner else None
        home = self._study(study, patient, sample["split"], sample["provenance"]["report_sha256"], rule)
        pair, kind, yes, answer = _pair(sample)
        reason = "no-split" if split is None else "frozen-patient" if split == LEFT_OUT else None
        subset = SUBSET_BY_TASK[task]
        return (
            sample["id"],
            run,
            at,
            size,
            home,
            other,
            split,
            subset,
            task,
            sample["region"],
            pair,
            kind,
            yes,
            answer,
            reason,
        )

    def _partner(self, partner: dict[str, Any], rule: Assign) -> int:
        study = partner["study_id"]
        own = partner.get("split") or (self.own_splits or {}).get(study)
        return self._study(study, partner["patient_id"], own, partner.get("report_sha256", ""), rule)

    def _study(self, study: str, patient: str, own: str | None, report: str, rule: Assign) -> int:
        if study in self._studies:
            if report:  # met first as a partner, whose report the sample does not say
                where = (report, own and rule(study, patient, own), self._studies[study])
                self.sql.execute(
                    "UPDATE studies SET report = ?, split = COALESCE(?, split) WHERE n = ? AND report = ''", where
                )
        else:
            row = (study, patient, rule(study, patient, own), report)
            cursor = self.sql.execute("INSERT INTO studies (study, patient, split, report) VALUES (?, ?, ?, ?)", row)
            self._studies[study] = cursor.lastrowid or 0
        return self._studies[study]

    @property
    def studies(self) -> Iterable[str]:
        """The ids of all studies met."""
        return self._studies.keys()

    def leave_out(self, reason: str, where: str, values: Iterable[Any] = ()) -> int:
        """Mark the samples that ``where`` selects among those still in; the number of them."""
        cursor = self.sql.execute(
            f"UPDATE samples SET reason = ? WHERE reason IS NULL AND ({where})", (reason, *values)
        )
        return cursor.rowcount

    def kept(self) -> Iterator[Place]:
        """The samples that are in: by split, then in the order of the runs."""
        query = "SELECT id, split, run, at, size FROM samples WHERE reason IS NULL AND split = ? ORDER BY seq"
        for split in SPLITS:
            yield from (Place(*row) for row in self.sql.execute(query, (split,)))

    def count(self) -> int:
        """How many samples are in."""
        (number,) = self.sql.execute("SELECT COUNT(*) FROM samples WHERE reason IS NULL").fetchone()
        return int(number)

    def whole_rewrites(self) -> Iterator[Place]:
        """The paraphrases of whole reports that are in."""
        where = "reason IS NULL AND subset = 'G' AND region = 'whole'"
        rows = self.sql.execute(f"SELECT id, split, run, at, size FROM samples WHERE {where} ORDER BY seq")
        yield from (Place(*row) for row in rows.fetchall())

    def reasons(self) -> Counter[str]:
        """How many samples are left out for each reason."""
        query = "SELECT reason, COUNT(*) FROM samples WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason"
        return Counter(dict(self.sql.execute(query)))

    def read(self, places: Iterable[Place]) -> Iterator[tuple[Place, dict[str, Any]]]:
        """The samples at ``places``, with one open file a run."""
        handles = [samples_file(run).open("rb") for run in self.runs]
        try:
            for place in places:
                handles[place.run].seek(place.at)
                yield place, orjson.loads(handles[place.run].read(place.size))
        finally:
            for handle in handles:
                handle.close()


@contextmanager
def open_index(path: Path, runs: tuple[Path, ...], own_splits: Mapping[str, str] | None = None) -> Iterator[Index]:
    """An empty index at ``path`` that is removed at the end: it can always be made again."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -32000;")
        connection.executescript(_TABLES)
        yield Index(connection, runs, own_splits)
    finally:
        connection.close()
        path.unlink(missing_ok=True)


def samples_file(run: Path) -> Path:
    """The samples of a run folder, or of a ``.jsonl`` named itself."""
    path = run if run.is_file() else run / "samples.jsonl"
    if not path.is_file():
        raise DataRefused(f"{run}: no samples.jsonl; expected a finished run (the command that made it goes on)")
    return path


def _lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    with path.open("rb") as handle:
        for number, line in enumerate(handle, 1):
            if line.strip():
                yield number, at, line
            at += len(line)


def _pair(sample: dict[str, Any]) -> tuple[bytes | None, str | None, int | None, bytes | None]:
    """For a single question: the hash of question and answer, its type, its polarity, the hash of the answer."""
    if sample["task"] != "vqa-single":
        return None, None, None, None
    (turn,) = sample["turns"]
    question, answer = fold(turn["question"]), fold(turn["answer"])
    return _hash(f"{question}\n{answer}"), turn["question_type"], folded_polarity(question, answer), _hash(answer)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=12).digest()
