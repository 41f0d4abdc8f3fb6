"""The guards once more, over a sample of a run's rows: what the gate lets in today must pass the guards of today."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from vimedsynth import guards
from vimedsynth.reports import Report, Section
from vimedsynth.samples import WHOLE, Objection
from vimedsynth.studies import open_corpus
from vimedsynth.validation.problems import Place, Problem, show


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


def judge_again(corpus: Path, chosen: Iterable[tuple[Place, Any]]) -> Iterator[Problem]:
    """What today's guards object to in the chosen rows. A comparison is about two reports and is not judged here."""
    by_study: dict[str, list[tuple[Place, Any]]] = {}
    for place, row in chosen:
        if row["task"] != "comparison":
            by_study.setdefault(row["study_id"], []).append((place, row))
    if not by_study:
        return
    for study, report in open_corpus(corpus).reports():
        for place, row in by_study.pop(study.study_id, ()):
            for path, objection in _objections(report, row):
                expected = f"a text that the guards accept; {objection.message}"
                yield Problem(place.at(path), f"guard-{objection.code}", show(objection.quote), expected)
        if not by_study:
            return
