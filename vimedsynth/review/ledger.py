"""What holds now: the records folded to the last decision of each reviewer on each sample, sheets and people."""

import threading
from dataclasses import dataclass, field
from typing import Any

from vimedsynth.review.decisions import DECIDING, Decision, Submission, Verdict
from vimedsynth.review.records import Entry, Record, Records

DECISION, UNDO, SHEET, PLAN, PERSON, TOKEN, ENTRY = "decision", "undo", "sheet", "plan", "person", "token", "sign-in"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A physician's lesion list of one study, in the official keys."""

    number: int
    at: str
    reviewer: str
    study_id: str
    lesions: tuple[dict[str, Any], ...]


def _decision(record: Record) -> Decision:
    body = record.body
    return Decision(
        record.id,
        record.at,
        record.author,
        body["role"],
        record.subject,
        body["sample_sha256"],
        Verdict(body["verdict"]),
        body["reason"],
        body["note"],
        body["before"],
        body["after"],
        tuple(body["objections"]),
        body["elapsed_ms"],
    )


@dataclass
class _Fold:
    seen: int = 0
    stacks: dict[tuple[str, str], list[Decision]] = field(default_factory=dict)  # (sample, reviewer) -> oldest first
    trail: dict[str, list[Decision]] = field(default_factory=dict)  # reviewer -> what can be undone
    undone: set[int] = field(default_factory=set)
    everything: dict[int, Decision] = field(default_factory=dict)
    sheets: dict[tuple[str, str], Sheet] = field(default_factory=dict)  # (study, reviewer)
    plan: dict[str, Any] | None = None
    tokens: list[Record] = field(default_factory=list)
    version: int = 0  # grows with every decision, undo or plan

    def take(self, record: Record) -> None:
        if record.kind == DECISION:
            self._decide(_decision(record))
        elif record.kind == UNDO:
            self._undo(record)
        elif record.kind == SHEET:
            lesions = tuple(record.body["lesions"])
            sheet = Sheet(record.id, record.at, record.author, record.subject, lesions)
            self.sheets[record.subject, record.author] = sheet
        elif record.kind == PLAN:
            self.plan, self.version = record.body, self.version + 1
        elif record.kind == TOKEN:
            self.tokens.append(record)
        self.seen = record.id

    def _decide(self, decision: Decision) -> None:
        self.everything[decision.number] = decision
        self.stacks.setdefault((decision.sample_id, decision.reviewer), []).append(decision)
        self.trail.setdefault(decision.reviewer, []).append(decision)
        self.version += 1

    def _undo(self, record: Record) -> None:
        decision = self.everything[record.body["undoes"]]
        if decision.number in self.undone:  # two pages of one reviewer asked at the same moment
            return
        self.undone.add(decision.number)
        self.stacks[decision.sample_id, decision.reviewer].remove(decision)
        self.trail[decision.reviewer].remove(decision)
        self.version += 1


class Ledger:
    """The present state over the records. Every reading first takes in what any process wrote since."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._fold = _Fold()
        self._lock = threading.RLock()
        self.refresh()

    def refresh(self) -> None:
        """Take in the rows that were written since the last time."""
        with self._lock:
            for record in self.records.after(self._fold.seen):
                self._fold.take(record)

    @property
    def version(self) -> int:
        """Changes whenever a decision, an undo or a plan was added."""
        return self._fold.version

    @property
    def plan(self) -> dict[str, Any] | None:
        """The plan in force."""
        return self._fold.plan

    @property
    def tokens(self) -> tuple[Record, ...]:
        """All tokens ever given out, as hashes, oldest first."""
        with self._lock:
            return tuple(self._fold.tokens)

    def current(self, sample_id: str, reviewer: str) -> Decision | None:
        """The reviewer's last word on the sample that was not undone; a skip counts as a word."""
        with self._lock:
            stack = self._fold.stacks.get((sample_id, reviewer))
            return stack[-1] if stack else None

    def decided(self, sample_id: str, reviewer: str) -> Decision | None:
        """Like :meth:`current`, but a skip is none."""
        found = self.current(sample_id, reviewer)
        return found if found and found.verdict in DECIDING else None

    def decisions(self) -> tuple[Decision, ...]:
        """Every decision that was not undone, in order."""
        with self._lock:
            return tuple(d for n, d in self._fold.everything.items() if n not in self._fold.undone)

    def decide(self, by: str, role: str, given: Submission, before: dict[str, Any], after: dict[str, Any] | None,
               objections: tuple[str, ...]) -> Decision:  # fmt: skip
        """Record a decision; the one there already when the same request came before."""
        body = {
            "role": role, "sample_sha256": given.sample_sha256, "verdict": str(given.verdict),
            "reason": given.reason, "note": given.note, "before": before, "after": after,
            "objections": list(objections), "elapsed_ms": given.elapsed_ms,
        }  # fmt: skip
        record = self.records.append(Entry(f"{by}/{given.key}", by, DECISION, given.sample_id, body))
        self.refresh()
        return _decision(record)

    def undo(self, by: str, key: str) -> Decision | None:
        """Take back the reviewer's last decision; None when there is none. The record of it stays."""
        with self._lock:
            self.refresh()
            trail = self._fold.trail.get(by)
            if not trail:
                return None
            last = trail[-1]
            record = self.records.append(Entry(f"{by}/{key}", by, UNDO, last.sample_id, {"undoes": last.number}))
            self.refresh()
            return self._fold.everything[record.body["undoes"]]

    def sheet(self, study_id: str, reviewer: str) -> Sheet | None:
        """The reviewer's lesion sheet of a study."""
        with self._lock:
            return self._fold.sheets.get((study_id, reviewer))

    def sheets(self) -> tuple[Sheet, ...]:
        """The sheets in force, one for each study and reviewer."""
        with self._lock:
            return tuple(self._fold.sheets.values())

    def keep_sheet(self, by: str, key: str, study_id: str, lesions: list[dict[str, Any]]) -> Sheet:
        """Record a confirmed lesion list."""
        self.records.append(Entry(f"{by}/{key}", by, SHEET, study_id, {"lesions": lesions}))
        self.refresh()
        with self._lock:
            return self._fold.sheets[study_id, by]
