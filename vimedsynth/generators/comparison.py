"""Two studies of one region and the text of their similarities and differences."""

from collections.abc import Iterator

from vimedsynth.generators.claims import claims_of
from vimedsynth.generators.payloads import Payload
from vimedsynth.samples import Candidate, Case, Task
from vimedsynth.work import Work, work_seed


def work(first: Case, second: Case, seed: int) -> Work:
    """The work for one pair, in the order of the plan (an earlier visit first)."""
    own = work_seed(seed, first.study.study_id, second.study.study_id, first.region, Task.COMPARISON)
    return Work(first, Task.COMPARISON, own, partner=second)


def candidates(work: Work, payload: Payload) -> Iterator[tuple[Candidate, frozenset[str]]]:
    """The one text: similarities, then differences."""
    text = "\n".join(payload[part].strip() for part in ("similarities", "differences"))
    yield Candidate(work.task, work.case.region, text=text, claims=claims_of(text)), frozenset()
