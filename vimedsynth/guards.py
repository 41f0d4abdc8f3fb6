"""The guards, in order. A guard lets a candidate pass or objects with a stable code and the words; it never repairs."""

from dataclasses import dataclass

from vimedsynth.reports import Report
from vimedsynth.samples import Candidate, Case, Objection


@dataclass(frozen=True, slots=True)
class Verdict:
    """Objections refuse the text; notes are about the source or about harmless differences."""

    objections: tuple[Objection, ...] = ()
    notes: tuple[Objection, ...] = ()

    @property
    def accepted(self) -> bool:
        return not self.objections


def check_answer(report: Report, question: str, answer: str) -> Verdict:
    """Judge a free answer to a question against a report."""
    raise NotImplementedError


def check_text(report: Report, text: str) -> Verdict:
    """Judge a paraphrase of the whole report (or of the sections that ``report`` holds): nothing added, nothing lost."""
    raise NotImplementedError


def review(case: Case, candidate: Candidate) -> Verdict:
    """All guards over one candidate: schema of the text, evidence, language, facts."""
    raise NotImplementedError
