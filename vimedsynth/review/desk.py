"""The reviewer's desk: what one person sees of a sample and what becomes of what they decide. No HTTP in here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vimedsynth.reports import Report, Section
from vimedsynth.review.decisions import (
    DECIDING,
    BadInput,
    Decision,
    Edit,
    Submission,
    Verdict,
    content_of,
    edited_content,
)
from vimedsynth.review.guarding import Judge
from vimedsynth.review.ledger import Ledger
from vimedsynth.review.protocol import Protocol, Role, disagree
from vimedsynth.review.rows import Line, RunRows
from vimedsynth.review.sources import Sources
from vimedsynth.samples import Objection

TODO = "todo"
_HIDDEN = frozenset({"provenance", "split"})  # the engine's name must not colour the judgement


class NotYours(LookupError):
    """The sample is not in this reviewer's queue."""


class Stale(LookupError):
    """The sample is not the one the page was showing."""


@dataclass(frozen=True, slots=True)
class Objected:
    """The guard objects to an edit that the physician has not confirmed yet; nothing was recorded."""

    objections: tuple[Objection, ...]


class Desk:
    """All desks of one review: rows, reports, protocol and ledger together."""

    def __init__(self, rows: RunRows, sources: Sources, protocol: Protocol, ledger: Ledger, judge: Judge) -> None:
        self.rows, self.sources, self.protocol, self.ledger, self.judge = rows, sources, protocol, ledger, judge
        self._queues = protocol.queues()
        self._places = {name: {s: i for i, s in enumerate(queue)} for name, queue in self._queues.items()}
        self._disputed: tuple[int, tuple[str, ...]] = (-1, ())

    def queue(self, reviewer: str) -> tuple[str, ...]:
        """The reviewer's samples in order; for an adjudicator those that two readings differ on."""
        if self.protocol.role(reviewer) is not Role.ADJUDICATOR:
            return self._queues.get(reviewer, ())
        version = self.ledger.version
        if self._disputed[0] != version:
            found = (s for s in self.protocol.ids if disagree(s, self.protocol, self.ledger.decided))
            self._disputed = (version, tuple(found))
        return self._disputed[1]

    def _place(self, reviewer: str, sample_id: str) -> int:
        """Where the sample stands in the reviewer's queue. Raises NotYours."""
        places = self._places.get(reviewer)
        if places is None:
            places = {s: i for i, s in enumerate(self.queue(reviewer))}
        if sample_id not in places:
            raise NotYours(sample_id)
        return places[sample_id]

    def state(self, sample_id: str, reviewer: str) -> str:
        """``todo`` or the verdict that holds."""
        current = self.ledger.current(sample_id, reviewer)
        return str(current.verdict) if current else TODO

    def progress(self, reviewer: str) -> dict[str, int]:
        """How many of the reviewer's samples are in each state, and in all."""
        states = Counter(self.state(s, reviewer) for s in self.queue(reviewer))
        done = sum(states[verdict] for verdict in DECIDING)
        return {"total": states.total(), "done": done, **{s: states[s] for s in (TODO, *map(str, Verdict))}}

    def next_open(self, reviewer: str, after: int) -> str | None:
        """The next undecided sample behind place ``after``, going round; skipped ones when no other is left."""
        queue = self.queue(reviewer)
        ring = [*queue[after + 1 :], *queue[: after + 1]]
        for wanted in (TODO, Verdict.SKIP):
            for sample_id in ring:
                if self.state(sample_id, reviewer) == wanted:
                    return sample_id
        return None

    def listing(self, reviewer: str, wanted: str | None, offset: int, limit: int) -> dict[str, Any]:
        """A window of the reviewer's queue, as much as a list shows of each sample."""
        queue: Sequence[str] = self.queue(reviewer)
        places = [(i, s) for i, s in enumerate(queue) if wanted is None or self.state(s, reviewer) == wanted]
        items = [self._brief(place, s, reviewer) for place, s in places[offset : offset + limit]]
        return {"total": len(places), "offset": offset, "items": items}

    def _brief(self, place: int, sample_id: str, reviewer: str) -> dict[str, Any]:
        line = self.rows.lines[sample_id]
        return {
            "place": place,
            "id": sample_id,
            "study": line.study_id,
            "task": line.task,
            "region": line.region,
            "question_type": line.question_type,
            "state": self.state(sample_id, reviewer),
        }

    def item(self, reviewer: str, sample_id: str) -> dict[str, Any]:
        """Everything the page shows of one sample. Raises NotYours."""
        place = self._place(reviewer, sample_id)
        queue, row = self.queue(reviewer), self.rows.row(sample_id)
        report, problem = self._report(row.data)
        current = self.ledger.current(sample_id, reviewer)
        return {
            **self._brief(place, sample_id, reviewer),
            "sha256": row.sha256,
            "count": len(queue),
            "previous": queue[place - 1] if place else None,
            "next": queue[place + 1] if place + 1 < len(queue) else None,
            "sample": {key: value for key, value in row.data.items() if key not in _HIDDEN},
            "report": report_json(report) if report else None,
            "report_problem": problem,
            "scan": self.sources.has_scan(row.data["study_id"]),
            "decision": _own(current) if current else None,
            "readings": self._readings(reviewer, sample_id),
        }

    def shown(self, reviewer: str, sample_id: str) -> tuple[Line, tuple[int, int] | None]:
        """The sample's line and the slices of its image, when they are a proper range. Raises NotYours."""
        self._place(reviewer, sample_id)
        found = (self.rows.row(sample_id).data.get("image") or {}).get("slices")
        if not isinstance(found, list) or len(found) != 2 or not all(type(n) is int for n in found):
            return self.rows.lines[sample_id], None
        return self.rows.lines[sample_id], (found[0], found[1])

    def _report(self, data: dict[str, Any]) -> tuple[Report | None, str | None]:
        sha256 = (data.get("provenance") or {}).get("report_sha256")
        return self.sources.report_of_sample(data["study_id"], sha256)

    def _readings(self, reviewer: str, sample_id: str) -> list[dict[str, Any]]:
        """What the two readers said, without their names: for the third alone."""
        if self.protocol.role(reviewer) is not Role.ADJUDICATOR:
            return []
        readers = sorted(self.protocol.readers_of[sample_id], key=lambda name: hash_order(sample_id, name))
        found = [d for name in readers if (d := self.ledger.decided(sample_id, name))]
        return [{"label": chr(ord("A") + i), **_own(d)} for i, d in enumerate(found)]

    def objections(self, reviewer: str, sample_id: str, edit: Edit) -> tuple[Objection, ...]:
        """What the guard has against an edit. Raises NotYours, BadInput."""
        self._place(reviewer, sample_id)
        data = self.rows.row(sample_id).data
        return self._judged(data, edited_content(data, edit))

    def _judged(self, data: dict[str, Any], content: dict[str, Any]) -> tuple[Objection, ...]:
        report, _ = self._report(data)
        return self.judge(report, data, content) if report else ()

    def decide(self, reviewer: str, given: Submission) -> Decision | Objected:
        """Record a decision, unless the guard objects to an edit that was not confirmed.

        Raises NotYours, Stale, and BadInput for an edit that does not fit the sample or changes nothing.
        """
        self._place(reviewer, given.sample_id)
        row = self.rows.row(given.sample_id)
        if row.sha256 != given.sample_sha256:
            raise Stale(given.sample_id)
        before, after, objections = content_of(row.data), None, tuple[Objection, ...]()
        if given.edit is not None:
            after = edited_content(row.data, given.edit)
            if after == before:
                raise BadInput("nothing-changed")
            objections = self._judged(row.data, after)
            if objections and not given.confirmed:
                return Objected(objections)
        role = str(self.protocol.role(reviewer))
        codes = tuple(objection.code for objection in objections)
        return self.ledger.decide(reviewer, role, given, before, after, codes)


def hash_order(sample_id: str, name: str) -> str:
    """An order of readers that differs from sample to sample, so that "A" is nobody in particular."""
    from vimedsynth.samples import sha256_text

    return sha256_text(f"{sample_id}/{name}")


def _own(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": str(decision.verdict),
        "reason": decision.reason,
        "note": decision.note,
        "after": decision.after,
        "at": decision.at,
    }


def report_json(report: Report) -> dict[str, Any]:
    """The report's text and its sentences, ``[start, end)``, under their sections."""
    sections = [
        {"name": str(s), "sentences": [[x.span.start, x.span.end] for x in report.section(s)]}
        for s in Section
        if s in report.sections
    ]
    return {"text": report.text, "sections": sections}
