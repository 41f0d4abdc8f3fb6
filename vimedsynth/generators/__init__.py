"""Tasks: what is asked about a case, and what a reply proposes."""

from collections.abc import Callable, Iterator

from vimedsynth.generators import comparison, paraphrase, vqa
from vimedsynth.generators.payloads import Payload
from vimedsynth.samples import Candidate, Task
from vimedsynth.work import Work

Proposals = Iterator[tuple[Candidate, frozenset[str]]]
"""Candidates, each with the ids of the findings it is about."""

CANDIDATES_BY_TASK: dict[Task, Callable[[Work, Payload], Proposals]] = {
    Task.VQA_SINGLE: vqa.candidates,
    Task.VQA_MULTI: vqa.candidates,
    Task.PARAPHRASE: paraphrase.candidates,
    Task.COMPARISON: comparison.candidates,
}
