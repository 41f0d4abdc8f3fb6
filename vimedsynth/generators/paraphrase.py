"""Rewrites of a report, whole or by section, that keep every fact."""

from collections.abc import Iterator

from vimedsynth.generators.claims import claims_of
from vimedsynth.generators.payloads import Payload
from vimedsynth.generators.vqa import in_region
from vimedsynth.reports import Section
from vimedsynth.samples import Candidate, Case, Task
from vimedsynth.work import Work, work_seed


def works(case: Case, count: int, by_section: bool, seed: int) -> Iterator[Work]:
    """The work for one report: ``count`` rewrites of the whole text, or of each section it has."""
    sections: tuple[Section | None, ...] = (None,)
    if by_section:
        sections = tuple(section for section in Section if section in case.report.sections)
    for section in sections:
        seen = in_region(case, str(section)) if section else case
        own = work_seed(seed, case.study.study_id, section or "whole", Task.PARAPHRASE)
        for index in range(count):
            yield Work(seen, Task.PARAPHRASE, work_seed(own, index), index, section)


def candidates(work: Work, payload: Payload) -> Iterator[tuple[Candidate, frozenset[str]]]:
    """The one rewrite; a rewrite is about every finding of its text."""
    text = payload["text"].strip()
    asked = frozenset(f.id for f in work.case.findings)
    yield Candidate(work.task, work.case.region, text=text, section=work.section, claims=claims_of(text)), asked
