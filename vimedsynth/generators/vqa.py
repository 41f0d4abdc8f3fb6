"""Question-answer sets: single pairs and conversations, per region and for the whole report."""

from collections.abc import Iterator
from typing import Any

from vimedsynth.generators.claims import claims_of
from vimedsynth.generators.payloads import Payload
from vimedsynth.reports import REGIONS, Section, Span
from vimedsynth.samples import WHOLE, Candidate, Case, Task, Turn
from vimedsynth.work import Work, work_seed

STYLES: dict[str, tuple[Task, ...]] = {
    "single": (Task.VQA_SINGLE,),
    "multi": (Task.VQA_MULTI,),
    "both": (Task.VQA_SINGLE, Task.VQA_MULTI),
}
REGION_NAMES: tuple[str, ...] = (*map(str, REGIONS), WHOLE)


def works(
    case: Case, tasks: tuple[Task, ...], regions: tuple[str, ...], seed: int, per_finding: bool
) -> Iterator[Work]:
    """The work for one report: each region that the report describes, in each style."""
    for region in regions:
        if region != WHOLE and Section(region) not in case.report.sections:
            continue
        seen = in_region(case, region)
        for task in tasks:
            own = work_seed(seed, case.study.study_id, region, task)
            yield Work(seen, task, own, per_finding=per_finding)


def in_region(case: Case, region: str) -> Case:
    """The same report seen in a region; findings already read are shared, not read again."""
    if region == case.region:
        return case
    other = Case(case.study, case.report, region)
    other.__dict__["all_findings"] = case.all_findings  # the slot of the cached property
    return other


def candidates(work: Work, payload: Payload) -> Iterator[tuple[Candidate, frozenset[str]]]:
    """What a payload proposes, each with the ids of the findings it asks about.

    Every pair of a ``vqa-single`` payload stands for itself; a conversation is one candidate.
    """
    spans = {s.number: s.span for s in work.case.report.sentences}
    proposed = payload.get("pairs") or payload["turns"]
    for group in [[turn] for turn in proposed] if work.task is Task.VQA_SINGLE else [proposed]:
        turns = tuple([_turn(turn, spans) for turn in group])
        said = " ".join([f"{turn.question} {turn.answer}" for turn in turns])
        asked = frozenset([finding for turn in group for finding in turn["findings"]])
        yield Candidate(work.task, work.case.region, turns, claims=claims_of(said)), asked


def _turn(turn: dict[str, Any], spans: dict[int, Span]) -> Turn:
    evidence = tuple(map(spans.__getitem__, dict.fromkeys(turn["evidence"])))
    return Turn(turn["question"], turn["answer"], turn["question_type"], evidence)
