"""Cases, candidates, samples and rejections: what generators are asked, what they propose, what becomes of it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import orjson

from vimedsynth.findings import Finding, read_findings
from vimedsynth.reports import Report, Section, Span
from vimedsynth.studies import Study

WHOLE = "whole"
"""The region name of a case about the whole report."""


class Task(StrEnum):
    """The four tasks of a run."""

    VQA_SINGLE = "vqa-single"
    VQA_MULTI = "vqa-multi"
    PARAPHRASE = "paraphrase"
    COMPARISON = "comparison"


class Claim(StrEnum):
    """What an image transform can make false about a text."""

    LATERALITY = "laterality"
    POSITION = "position"
    SIZE = "size"
    UPTAKE = "uptake"
    SUV = "suv"


@dataclass(frozen=True)
class Case:
    """One study seen in one region (or whole): what a generator is asked about."""

    study: Study
    report: Report
    region: str  # head_neck | chest | abdomen_pelvis | whole

    @cached_property
    def all_findings(self) -> tuple[Finding, ...]:
        """The findings of the whole report."""
        return read_findings(self.report)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of the region; all of them for the whole report."""
        if self.region == WHOLE:
            return self.all_findings
        return tuple(f for f in self.all_findings if f.section == Section(self.region))


class Turn(NamedTuple):
    """A question and its answer with the report spans that support the answer."""

    question: str
    answer: str
    question_type: str
    evidence: tuple[Span, ...]


class Candidate(NamedTuple):
    """What a generator proposes. VQA has ``turns``; paraphrase and comparison have ``text``."""

    task: Task
    region: str
    turns: tuple[Turn, ...] = ()
    text: str | None = None
    section: Section | None = None  # a paraphrase of one section; None for the whole report
    claims: frozenset[Claim] = frozenset()


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a guard refuses: a stable kebab-case code, a message that says what the report says, the words."""

    code: str
    message: str
    quote: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a text comes from; all of it goes into every record."""

    report_sha256: str
    engine: str
    model: str
    prompt: str
    prompt_sha256: str
    schema_sha256: str
    seed: int
    attempt: int
    created: str

    def json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def content_id(study_id: str, region: str, task: Task, content: object) -> str:
    """The sample id: a hash of study, region, task and canonical content, so that the same pair found twice is one."""
    canonical = orjson.dumps([study_id, region, str(task), content], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).hexdigest()


@lru_cache(maxsize=256)  # of a report, for each unit of work and again for its record
def sha256_text(text: str) -> str:
    """Hex SHA-256 of the UTF-8 text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def content_json(candidate: Candidate) -> dict[str, Any]:
    """The part of a sample that is its content: ``turns`` or ``text``, as in the contract."""
    if candidate.text is not None:
        return {"text": candidate.text}
    return {
        "turns": [
            {
                "question": turn.question,
                "answer": turn.answer,
                "question_type": turn.question_type,
                "evidence": [[span.start, span.end] for span in turn.evidence],
            }
            for turn in candidate.turns
        ]
    }


def sample_json(
    case: Case, candidate: Candidate, provenance: dict[str, Any], image: dict[str, Any] | None
) -> dict[str, Any]:
    """A sample row of the contract. ``provenance`` is that of its reply as JSON; ``image`` is ``{"ct", "pet", "slices": [start, stop]}`` or None."""
    content = content_json(candidate)
    return {
        "id": content_id(case.study.study_id, candidate.region, candidate.task, content),
        "task": str(candidate.task),
        "study_id": case.study.study_id,
        "patient_id": case.study.patient_id,
        "region": candidate.region,
        "split": case.study.split,
        **content,
        "claims": sorted(candidate.claims),
        "image": image,
        "provenance": provenance,
    }
