"""One reply taken apart: schema, candidates, guards; every candidate becomes a sample row or a rejection row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from vimedsynth.engines import Reply
from vimedsynth.generators import CANDIDATES_BY_TASK
from vimedsynth.generators.comparison import review_pair
from vimedsynth.generators.payloads import flaw
from vimedsynth.guards import Verdict, review
from vimedsynth.journal import Outcome
from vimedsynth.samples import Candidate, Case, Objection, Provenance, content_json, sample_json, sha256_text
from vimedsynth.work import Work

Locate = Callable[[Case], dict[str, Any] | None]
"""The image part of a sample for a case: ``{"ct", "pet", "slices"}`` or None."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows of one reply, the sample ids and findings it won, and why the rest was refused."""

    outcomes: tuple[Outcome, ...]
    samples: frozenset[str] = frozenset()
    covered: frozenset[str] = frozenset()
    objections: tuple[Objection, ...] = ()


def judge(
    work: Work, reply: Reply, provenance: Provenance, locate: Locate, wanted: frozenset[str] | None = None
) -> Judged:
    """Judge a reply. ``wanted`` proposes only the candidates about at least one of these findings."""
    problem = _problem(work, reply)
    if problem:
        row = rejection_row(work, (problem,), reply.payload or reply.raw or None, provenance)
        return Judged((Outcome(problem.code, None, row),), objections=(problem,))
    outcomes: list[Outcome] = []
    samples: set[str] = set()
    covered: set[str] = set()
    objections: list[Objection] = []
    origin = provenance.json()
    for candidate, asked in CANDIDATES_BY_TASK[work.task](work, reply.payload or {}):
        if wanted is not None and not asked & wanted:
            continue
        verdict = _verdict(work, candidate)
        if verdict.accepted:
            sample = _sample(work, candidate, origin, locate)
            samples.add(sample["id"])
            covered |= asked
            outcomes.append(Outcome(None, sample["id"], orjson.dumps(sample)))
        else:
            refused = rejection_row(work, verdict.objections, content_json(candidate), provenance)
            outcomes.append(Outcome(verdict.objections[0].code, None, refused))
            objections.extend(verdict.objections)
    return Judged(tuple(outcomes), frozenset(samples), frozenset(covered), tuple(objections))


def _verdict(work: Work, candidate: Candidate) -> Verdict:
    if work.partner is not None:
        return review_pair(work.case, work.partner, candidate.text or "")
    return review(work.case, candidate)


def _sample(work: Work, candidate: Candidate, origin: dict[str, Any], locate: Locate) -> dict[str, Any]:
    """The row of an accepted candidate; that of a comparison names the second study, its report and its image."""
    sample = sample_json(work.case, candidate, origin, locate(work.case))
    if work.partner is not None:
        study = work.partner.study
        sample["partner"] = {
            "study_id": study.study_id,
            "patient_id": study.patient_id,
            "report_sha256": sha256_text(work.partner.report.text),
            "image": locate(work.partner),
        }
    return sample


def _problem(work: Work, reply: Reply) -> Objection | None:
    """What is wrong with the reply as a whole."""
    if reply.failure or reply.payload is None:
        return Objection(reply.failure or "empty-reply", reply.message or "no reply", "")
    broken = flaw(work, reply.payload)
    return Objection("schema-invalid", broken, "") if broken else None


def rejection_row(work: Work, objections: tuple[Objection, ...], candidate: object, provenance: Provenance) -> bytes:
    """A row of ``rejections.jsonl``: the first objection's code, the messages of all."""
    return orjson.dumps(
        {
            "study_id": work.case.study.study_id,
            "region": work.case.region,
            "task": str(work.task),
            "code": objections[0].code,
            "message": "; ".join(f"{o.message} ({o.code})" for o in objections),
            "candidate": candidate,
            "provenance": provenance.json(),
        }
    )
