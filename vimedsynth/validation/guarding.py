"""The guards once more, over a sample of a run's rows: what the gate lets in today must pass the guards of today."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from heapq import heappush, heapreplace
from pathlib import Path
from typing import Any

from vimedsynth import guards
from vimedsynth.reports import Report, Section
from vimedsynth.samples import WHOLE, Objection
from vimedsynth.studies import open_corpus
from vimedsynth.validation.problems import Place, Problem, show


@dataclass(frozen=True, slots=True)
class Chosen:
    """A row that is judged again."""

    place: Place
    row: Any


class Choice:
    """A sample of rows that depends on their ids and the seed alone, not on their order or on other rows' number."""

    def __init__(self, size: int, seed: int) -> None:
        self._size, self._salt = size, seed.to_bytes(8, "big", signed=True)
        self._heap: list[tuple[int, int, Chosen]] = []

    def offer(self, place: Place, row: Any) -> None:
        """Take the row in, if it is among the chosen so far."""
        if self._size <= 0:
            return
        digest = blake2b(row["id"].encode(), digest_size=8, salt=self._salt).digest()
        entry = (-int.from_bytes(digest), -(place.row or 0), Chosen(place, row))
        if len(self._heap) < self._size:
            heappush(self._heap, entry)
        elif entry[0] > self._heap[0][0]:
            heapreplace(self._heap, entry)

    def rows(self) -> list[Chosen]:
        """The chosen rows, in file order."""
        return [entry[2] for entry in sorted(self._heap, key=lambda entry: -entry[1])]


def _part(report: Report, region: str) -> Report:
    """The sections that a text about ``region`` must keep; offsets stay those of the whole text."""
    if region == WHOLE:
        return report
    return Report(report.text, tuple(s for s in report.sentences if s.section == Section(region)))


def _objections(report: Report, row: Any) -> Iterator[tuple[str, Objection]]:
    if row["task"] == "paraphrase":
        for objection in guards.check_text(_part(report, row["region"]), row["text"]).objections:
            yield "$.text", objection
    for index, turn in enumerate(row.get("turns", ())):
        for objection in guards.check_answer(report, turn["question"], turn["answer"]).objections:
            yield f"$.turns[{index}].answer", objection


def judge_again(corpus: Path, chosen: Iterable[Chosen]) -> Iterator[Problem]:
    """What today's guards object to in the chosen rows. A comparison is about two reports and is not judged here."""
    by_study: dict[str, list[Chosen]] = {}
    for one in chosen:
        if one.row["task"] != "comparison":
            by_study.setdefault(one.row["study_id"], []).append(one)
    for study, report in open_corpus(corpus).reports():
        for one in by_study.pop(study.study_id, ()):
            for path, objection in _objections(report, one.row):
                expected = f"a text that the guards accept; {objection.message}"
                yield Problem(one.place.at(path), f"guard-{objection.code}", show(objection.quote), expected)
        if not by_study:
            return
