"""What a review has come to: who decided what, how long it took, and how far the readers agree."""

from collections import Counter
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from vimedsynth.review.agreement import Agreement, agreement
from vimedsynth.review.decisions import DECIDING, Decision, Verdict
from vimedsynth.review.desk import Desk
from vimedsynth.review.protocol import Outcome, State, settle

ALL = "all"
WORDS = tuple(str(verdict) for verdict in Verdict if verdict in DECIDING)


@dataclass(frozen=True, slots=True)
class Work:
    """One reviewer's part. Times are of the decisions that hold; ``seconds_each`` is their median."""

    name: str
    role: str
    assigned: int
    verdicts: dict[str, int]
    seconds_each: float | None
    minutes: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The state of a review. ``agreement`` is over all samples read twice and per question type."""

    samples: int
    states: dict[str, int]
    final: dict[str, int]
    reasons: dict[str, int]
    overruled: int  # edits kept although the guard objected
    reviewers: tuple[Work, ...]
    agreement: dict[str, Agreement]
    records: int
    broken_link: int | None
    last: str | None  # time of the last record

    def json(self) -> dict[str, Any]:
        """The summary as it is printed, shown and exported."""
        return asdict(self)


def outcomes(desk: Desk) -> tuple[Outcome, ...]:
    """Where every sample of the plan stands, in plan order."""
    return tuple(settle(sample_id, desk.protocol, desk.ledger.decided) for sample_id in desk.protocol.ids)


def summarise(desk: Desk) -> Summary:
    """The summary at this moment."""
    desk.ledger.refresh()
    found = outcomes(desk)
    finals = [outcome.final for outcome in found if outcome.final]
    records = desk.ledger.records.after(0)
    return Summary(
        len(found),
        {str(state): sum(outcome.state is state for outcome in found) for state in State},
        {word: sum(str(d.verdict) == word for d in finals) for word in WORDS},
        dict(Counter(d.reason for d in finals if d.reason).most_common()),
        sum(bool(d.objections) for d in finals),
        tuple(_work(desk, name) for name in (*desk.protocol.terms.readers, *desk.protocol.terms.adjudicators)),
        _agreements(desk, found),
        len(records),
        desk.ledger.records.broken_link(),
        records[-1].at if records else None,
    )


def _work(desk: Desk, name: str) -> Work:
    queue = desk.queue(name)
    made = [d for sample_id in queue if (d := desk.ledger.decided(sample_id, name))]
    times = [d.elapsed_ms / 1000 for d in made]
    verdicts = Counter(str(d.verdict) for d in made)
    each = round(median(times), 1) if times else None
    role = str(desk.protocol.role(name))
    return Work(name, role, len(queue), {word: verdicts[word] for word in WORDS}, each, round(sum(times) / 60, 1))


def _agreements(desk: Desk, found: tuple[Outcome, ...]) -> dict[str, Agreement]:
    groups: dict[str, list[dict[str, str]]] = {ALL: []}
    for outcome in found:
        if len(outcome.readings) < 2:
            continue
        words = _words(outcome.readings)
        groups[ALL].append(words)
        groups.setdefault(desk.rows.lines[outcome.sample_id].question_type, []).append(words)
    return {name: agreement(items, WORDS) for name, items in groups.items()}


def _words(readings: tuple[Decision, ...]) -> dict[str, str]:
    return {d.reviewer: str(d.verdict) for d in readings}
