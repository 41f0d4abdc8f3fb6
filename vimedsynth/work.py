"""A unit of work: one case, one task, one try at an answer; and the content keys that name it in the journal."""

import hashlib
from dataclasses import dataclass

import orjson

from vimedsynth.reports import Section
from vimedsynth.samples import Case, Task, sha256_text


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked about one case until it has an answer. ``seed`` is its own, drawn from the run's."""

    case: Case
    task: Task
    seed: int
    index: int = 0  # which of several rewrites of the same text, from 0
    section: Section | None = None  # a paraphrase of one section
    partner: Case | None = None  # the second study of a comparison
    per_finding: bool = False  # questions about single findings only

    @property
    def identity(self) -> list[object]:
        """What makes this work itself, report text included; independent of engine, prompt and settings."""
        return [
            self.case.study.study_id,
            sha256_text(self.case.report.text),
            self.case.region,
            str(self.task),
            self.seed,
            self.index,
            self.section and str(self.section),
            self.partner and [self.partner.study.study_id, sha256_text(self.partner.report.text)],
            self.per_finding,
        ]


def work_key(work: Work, recipe: str) -> str:
    """The content hash of the work under a recipe: the hash of engine, model, parameters, prompts and schemas."""
    return hashlib.sha256(orjson.dumps([recipe, work.identity])).hexdigest()


def work_seed(run_seed: int, *parts: object) -> int:
    """A seed in ``[0, 2**31)`` for one unit of work: the same parts give the same seed in every run and order."""
    text = "\x1f".join(str(part) for part in (run_seed, *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") & 0x7FFFFFFF


def attempt_seed(work: Work, attempt: int) -> int:
    """The seed of the n-th attempt (from 1): asking again with the same seed would give the same answer."""
    return work.seed if attempt == 1 else work_seed(work.seed, attempt)
