"""Who reads what: assignment, double reading blind to the other, and the third who settles a disagreement.

A plan fixes each reader's queue when it is made, so that readers never meet on an item and need no locks. A later
plan (another reader, another size) keeps every item with the readers who decided it already.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from vimedsynth.review.decisions import Decision, Verdict
from vimedsynth.review.ledger import PLAN, Ledger
from vimedsynth.review.records import Entry

Decided = Callable[[str, str], Decision | None]
"""(sample, reviewer) -> the reviewer's decision, if there is one."""


class Role(StrEnum):
    """What a reviewer is there for."""

    READER = "reader"
    ADJUDICATOR = "adjudicator"


class State(StrEnum):
    """Where a sample stands."""

    WAITING = "waiting"  # a reading is missing
    DISPUTED = "disputed"  # two readings differ and no third has spoken
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the person who starts the review asks for."""

    plan: str
    size: int
    seed: int
    double: float  # share of the samples that two readers read
    readers: tuple[str, ...]
    adjudicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where one sample stands and, when settled, the decision that counts."""

    sample_id: str
    state: State
    readings: tuple[Decision, ...]
    final: Decision | None


@dataclass(frozen=True)
class Protocol:
    """A plan in force: the terms, the samples in order, and the readers of each."""

    terms: Terms
    ids: tuple[str, ...]
    readers_of: dict[str, tuple[str, ...]]

    def role(self, reviewer: str) -> Role | None:
        """What the reviewer does under this plan."""
        if reviewer in self.terms.adjudicators:
            return Role.ADJUDICATOR
        return Role.READER if reviewer in self.terms.readers else None

    def queues(self) -> dict[str, tuple[str, ...]]:
        """Every reader's samples, in plan order."""
        queues: dict[str, list[str]] = {name: [] for name in self.terms.readers}
        for sample_id in self.ids:
            for name in self.readers_of[sample_id]:
                queues.setdefault(name, []).append(sample_id)
        return {name: tuple(ids) for name, ids in queues.items()}

    def json(self) -> dict[str, Any]:
        """The plan as recorded."""
        return {"terms": asdict(self.terms), "ids": self.ids, "readers_of": self.readers_of}


def protocol_from(body: dict[str, Any]) -> Protocol:
    """The plan that a record holds."""
    terms = {**body["terms"], **{k: tuple(body["terms"][k]) for k in ("readers", "adjudicators")}}
    return Protocol(Terms(**terms), tuple(body["ids"]), {k: tuple(v) for k, v in body["readers_of"].items()})


def deal(
    ids: Sequence[str], terms: Terms, kept: dict[str, tuple[str, ...]] | None = None
) -> dict[str, tuple[str, ...]]:
    """The readers of each sample: in turn, the second from a place that moves on, so that all pairs occur.

    ``kept`` names the readers who decided a sample before; they stay, and the missing reading is dealt.
    """
    readers, kept = terms.readers, kept or {}
    count = len(readers)
    doubled = _doubled(len(ids), terms)
    dealt = {}
    for turn, sample_id in enumerate(ids):
        first = turn % count
        order = [readers[first]]
        if count > 1:
            second = 1 + (turn // count) % (count - 1)
            order.append(readers[(first + second) % count])
        wanted = 2 if doubled[turn] else 1
        held = kept.get(sample_id, ())
        rest = [name for name in (*order, *readers) if name not in held]
        dealt[sample_id] = (*held, *dict.fromkeys(rest))[: max(wanted, len(held))]
    return dealt


def _doubled(count: int, terms: Terms) -> list[bool]:
    """Which places of the plan are read twice: ``double`` of them, spread evenly."""
    if len(terms.readers) < 2:
        return [False] * count
    return [int((turn + 1) * terms.double) > int(turn * terms.double) for turn in range(count)]


def settle(sample_id: str, protocol: Protocol, decided: Decided) -> Outcome:
    """Where a sample stands under the plan."""
    readers = protocol.readers_of[sample_id]
    readings = tuple(d for name in readers if (d := decided(sample_id, name)))
    if len(readings) < len(readers):
        return Outcome(sample_id, State.WAITING, readings, None)
    if all(same_word(readings[0], other) for other in readings[1:]):
        return Outcome(sample_id, State.SETTLED, readings, readings[0])
    third = next((d for name in protocol.terms.adjudicators if (d := decided(sample_id, name))), None)
    return Outcome(sample_id, State.SETTLED if third else State.DISPUTED, readings, third)


def same_word(one: Decision, other: Decision) -> bool:
    """Whether two decisions agree: the same verdict and, for edits, the same words."""
    if one.verdict is not other.verdict:
        return False
    return one.verdict is not Verdict.EDIT or one.after == other.after


def disagree(sample_id: str, protocol: Protocol, decided: Decided) -> bool:
    """Whether a third is (or was) needed for the sample."""
    readers = protocol.readers_of[sample_id]
    if len(readers) < 2:
        return False
    readings = [d for name in readers if (d := decided(sample_id, name))]
    return len(readings) == len(readers) and not all(same_word(readings[0], other) for other in readings[1:])


def adopt(ledger: Ledger, terms: Terms, ids: Sequence[str], by: str) -> Protocol:
    """The plan for these terms: the one in force when nothing differs, else a new one, recorded."""
    before = protocol_from(ledger.plan) if ledger.plan else None
    if before and before.terms == terms and before.ids == tuple(ids):
        return before
    protocol = Protocol(terms, tuple(ids), deal(ids, terms, _kept(ledger, before) if before else None))
    key = f"plan/{ledger.version}/{ledger.records.path.name}"
    ledger.records.append(Entry(key, by, PLAN, terms.plan, protocol.json()))
    ledger.refresh()
    return protocol_from(ledger.plan) if ledger.plan else protocol  # another process may have been first


def _kept(ledger: Ledger, before: Protocol) -> dict[str, tuple[str, ...]]:
    held = {
        sample_id: tuple(name for name in names if ledger.decided(sample_id, name))
        for sample_id, names in before.readers_of.items()
    }
    return {sample_id: names for sample_id, names in held.items() if names}
