"""What is counted of a run or a manifest, in one pass and bounded memory."""

import re
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.manifests.answers import polarity
from vimedsynth.stats.diversity import Diversity, diversity, syllables
from vimedsynth.stats.entries import Entry
from vimedsynth.validation.problems import Place
from vimedsynth.validation.rows import Row, read_rows
from vimedsynth.validation.sampling import Choice

TEXTS = 5_000
"""Texts of a kind that diversity looks at."""
EXAMPLES = 2
CARDS = 4
"""Sample cards of a task."""

_SUV = re.compile(r"SUV(?:max|L)?[^\d.]{0,20}?(\d{1,3}(?:[.,]\d+)?)\b")
_MM = re.compile(r"(\d{1,3}(?:[.,]\d+)?)(?=(?:\s*[x×]\s*\d{1,3}(?:[.,]\d+)?)*\s*mm\b)")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One rejection as an example: what was proposed, shortened, and why it was refused."""

    message: str
    candidate: str


@dataclass(frozen=True)
class Portrait:
    """The figures of one run or manifest. ``counts``: breakdown -> value -> rows; ``values``: histogram -> numbers."""

    name: str
    rows: int
    studies: int
    patients: int
    counts: Mapping[str, Mapping[str, int]]
    values: Mapping[str, "array[float]"]
    yes_no: Mapping[str, tuple[int, int]]  # question type -> answers yes, answers no
    region_by_task: Mapping[tuple[str, str], int]
    diversity: Mapping[str, Diversity]
    rejections: Mapping[str, int]
    examples: Mapping[str, tuple[Refusal, ...]]
    run: Mapping[str, Any]  # run.json or manifest.json
    cards: tuple[Entry, ...]


@dataclass
class Tally:
    """Counts as the rows go by."""

    rows: int = 0
    studies: set[str] = field(default_factory=set)
    patients: set[str] = field(default_factory=set)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    values: "dict[str, array[float]]" = field(default_factory=dict)
    yes_no: dict[str, list[int]] = field(default_factory=dict)
    region_by_task: Counter[tuple[str, str]] = field(default_factory=Counter)
    texts: dict[str, Choice[str]] = field(default_factory=dict)
    cards: dict[str, Choice[Entry]] = field(default_factory=dict)

    def add(self, entry: Entry, seed: int) -> None:
        """One row."""
        self.rows += 1
        self.studies.add(entry.study_id)
        self.patients.add(entry.patient_id)
        self.region_by_task[(entry.region, entry.task)] += 1
        for name in ("split", "region", "task", "subset"):
            if value := getattr(entry, name):
                self._count(name, value)
        for name in entry.augmentation:
            self._count("transform", name)
        for turn in entry.turns:
            self._turn(turn.question, turn.answer, turn.kind, f"{entry.id}/{turn.question}", seed)
        if entry.text:
            self._text("text", entry.text, entry.id, seed)
        self.cards.setdefault(entry.task, Choice(CARDS, seed)).offer(Place("", self.rows), entry.id, entry)

    def _count(self, name: str, value: str) -> None:
        self.counts.setdefault(name, Counter())[value] += 1

    def _turn(self, question: str, answer: str, kind: str, key: str, seed: int) -> None:
        self._count("question_type", kind or "-")
        self._text("question", question, key, seed)
        self._text("answer", answer, key, seed)
        said = polarity(question, answer)
        if said is not None:
            self.yes_no.setdefault(kind or "-", [0, 0])[1 - said] += 1

    def _text(self, name: str, text: str, key: str, seed: int) -> None:
        self.values.setdefault(f"{name}_length", array("f")).append(len(syllables(text)))
        self.texts.setdefault(name, Choice(TEXTS, seed)).offer(Place("", self.rows), key, text)
        if name != "question":
            for kind, pattern in (("suv", _SUV), ("size_mm", _MM)):
                numbers = (float(number.replace(",", ".")) for number in pattern.findall(text))
                self.values.setdefault(kind, array("f")).extend(numbers)


def rejections(path: Path) -> tuple[Counter[str], dict[str, list[Refusal]]]:
    """Codes counted, and the first examples of each; nothing where there is no such file."""
    codes: Counter[str] = Counter()
    examples: dict[str, list[Refusal]] = {}
    if not path.is_file():
        return codes, examples
    for row in read_rows(path, str(path)):
        if isinstance(row, Row) and isinstance(row.value, dict):
            code = str(row.value.get("code"))
            codes[code] += 1
            if len(examples.setdefault(code, [])) < EXAMPLES:
                examples[code].append(Refusal(str(row.value.get("message", "")), _words(row.value.get("candidate"))))
    return codes, examples


def _words(candidate: Any) -> str:
    if isinstance(candidate, dict) and isinstance(candidate.get("text"), str):
        text: str = candidate["text"]
    elif isinstance(candidate, dict) and isinstance(candidate.get("turns"), list):
        turns = [turn for turn in candidate["turns"] if isinstance(turn, dict)]
        text = " · ".join(f"{turn.get('question', '')} — {turn.get('answer', '')}" for turn in turns)
    else:
        text = candidate if isinstance(candidate, str) else orjson.dumps(candidate).decode()
    return text if len(text) <= 400 else text[:399] + "…"


def _about(path: Path) -> dict[str, Any]:
    for name in ("manifest.json", "run.json"):
        file = path / name
        if file.is_file():
            value = next((row.value for row in read_rows(file, str(file)) if isinstance(row, Row)), None)
            return value if isinstance(value, dict) else {}
    return {}


def portrait(path: Path, rows: Iterable[Entry], seed: int = 0) -> Portrait:
    """Count ``rows``, and what lies beside them at ``path``."""
    tally = Tally()
    for entry in rows:
        tally.add(entry, seed)
    codes, examples = rejections(path / "rejections.jsonl")
    return Portrait(
        name=path.name or str(path),
        rows=tally.rows,
        studies=len(tally.studies),
        patients=len(tally.patients),
        counts=tally.counts,
        values=tally.values,
        yes_no={kind: (yes, no) for kind, (yes, no) in sorted(tally.yes_no.items())},
        region_by_task=tally.region_by_task,
        diversity={name: diversity(choice.values()) for name, choice in sorted(tally.texts.items())},
        rejections=codes,
        examples={code: tuple(found) for code, found in examples.items()},
        run=_about(path),
        cards=tuple(entry for _, choice in sorted(tally.cards.items()) for entry in choice.values()),
    )
