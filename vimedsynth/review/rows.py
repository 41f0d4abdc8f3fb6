"""The samples of a run as the review reads them: an index in memory, each row from disk when it is asked for."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.errors import DataRefused

MIXED = "mixed"
"""The question type of a conversation whose turns are of several."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where one sample stands in ``samples.jsonl`` and what a plan needs to know of it."""

    sample_id: str
    study_id: str
    patient_id: str
    region: str
    task: str
    question_type: str
    attempt: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Row:
    """One sample row of the contract with the SHA-256 of its canonical JSON."""

    data: dict[str, Any]
    sha256: str


def row_sha256(data: dict[str, Any]) -> str:
    """Hex SHA-256 of the row as JSON with sorted keys."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()


def question_type(data: dict[str, Any]) -> str:
    """The type of the turns, ``mixed`` for several; the task for a sample without turns."""
    kinds = {str(turn.get("question_type", "")) for turn in data.get("turns") or ()}
    if not kinds:
        return str(data["task"])
    return kinds.pop() if len(kinds) == 1 else MIXED


def _has_content(data: Any) -> bool:
    if not isinstance(data, dict) or not all(isinstance(data.get(k), str) for k in ("id", "task", "study_id")):
        return False
    if not all(isinstance(data.get(k), dict | None) for k in ("provenance", "image")):
        return False
    turns = data.get("turns")
    if turns is None:
        return isinstance(data.get("text"), str)
    return isinstance(turns, list) and bool(turns) and all(map(_is_turn, turns))


def _is_turn(turn: Any) -> bool:
    if not isinstance(turn, dict) or not all(isinstance(turn.get(k), str) for k in ("question", "answer")):
        return False
    evidence = turn.get("evidence", [])
    return isinstance(evidence, list) and all(
        isinstance(span, list) and len(span) == 2 and all(type(n) is int for n in span) for span in evidence
    )


def _line(raw: bytes, offset: int) -> Line | str:
    """The line, or the code of what is wrong with it."""
    try:
        data = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return "not-json"
    if not _has_content(data):
        return "not-a-sample"
    attempt = (data.get("provenance") or {}).get("attempt", 1)
    return Line(
        data["id"],
        data["study_id"],
        str(data.get("patient_id") or ""),
        str(data.get("region") or ""),
        data["task"],
        question_type(data),
        attempt if isinstance(attempt, int) else 1,
        offset,
        len(raw),
    )


class RunRows:
    """The samples of one run folder, by id, in file order. ``refused`` counts the lines left out, by code."""

    def __init__(self, folder: Path) -> None:
        """Index ``folder/samples.jsonl``. Raises DataRefused when there is none or it holds no sample."""
        self.folder = folder
        self.path = folder / "samples.jsonl"
        if not self.path.is_file():
            raise DataRefused(f"{folder}: no samples.jsonl; expected the folder of a finished run")
        self.lines: dict[str, Line] = {}
        self.refused: Counter[str] = Counter()
        self._index()
        if not self.lines:
            raise DataRefused(f"{self.path}: no sample in it; expected one JSON object a line")

    def _index(self) -> None:
        offset = 0
        with self.path.open("rb") as file:
            for raw in file:
                found = _line(raw, offset) if raw.strip() else None
                offset += len(raw)
                if isinstance(found, str):
                    self.refused[found] += 1
                elif found and found.sample_id in self.lines:
                    self.refused["duplicate-id"] += 1
                elif found:
                    self.lines[found.sample_id] = found

    def __len__(self) -> int:
        return len(self.lines)

    def row(self, sample_id: str) -> Row:
        """The row of a sample. Raises KeyError for an unknown id, DataRefused when the file changed underneath."""
        line = self.lines[sample_id]
        with self.path.open("rb") as file:
            file.seek(line.offset)
            raw = file.read(line.length)
        try:
            data = orjson.loads(raw)
        except orjson.JSONDecodeError:
            data = None
        if not isinstance(data, dict) or data.get("id") != sample_id:
            raise DataRefused(f"{self.path}: the file changed while it was reviewed; start the review again")
        return Row(data, row_sha256(data))

    def rejections(self) -> Counter[tuple[str, str]]:
        """How many candidates were refused for each (study, region) of the run; empty without ``rejections.jsonl``."""
        path, counts = self.folder / "rejections.jsonl", Counter[tuple[str, str]]()
        if not path.is_file():
            return counts
        with path.open("rb") as file:
            for raw in file:
                try:
                    data = orjson.loads(raw)
                    counts[str(data["study_id"]), str(data["region"])] += 1
                except (orjson.JSONDecodeError, KeyError, TypeError):
                    self.refused["rejection-not-readable"] += 1
        return counts
