"""Which questions a set holds and in which order: singles by finding, a conversation from the whole to the summary."""

import random
from collections import Counter
from collections.abc import Iterable
from itertools import chain

from vimedsynth.findings import Finding
from vimedsynth.grounded.asking import Draft
from vimedsynth.grounded.scope import standard

Drafts = dict[str, tuple[Draft, ...]]
"""What can be asked about each finding, by its id."""

_TWINS = (
    {"uptake", "uptake_level"},
    {"description", "finding"},
    {"presence", "nodes"},
    {"negative", "finding"},
    {"operated", "state"},
)
"""Kinds whose questions ask for the same thing: one of each suffices."""
_TWINS_OF = {
    kind: frozenset[str]().union(*(twins - {kind} for twins in _TWINS if kind in twins)) for kind in chain(*_TWINS)
}

_FOLLOW_UPS = ("size", "thickness", "count", "side", "uptake", "uptake_level", "suvmax", "invasion", "certainty")
_PLACES = {"region": 0, "operated": 1, "state": 1, "description": 2, "avid_nodes": 4, "negative": 5, "finding": 5}
_LAST = 9
_UPTAKE = frozenset({"uptake", "uptake_at", "avid_nodes"})


def single_drafts(
    findings: Iterable[Finding], own: Drafts, about: list[Draft], rng: random.Random, *, per_finding: bool
) -> list[Draft]:
    """The description of every finding with some of its other questions, and what is asked about the scope."""
    drafts = list(about)
    for finding in findings:
        usable = [draft for draft in own.get(finding.id, ()) if draft.kind != "opening"]
        if per_finding or not usable:
            drafts += usable
            continue
        some = _apart(usable[1:], rng, 1 if standard(finding) else 3)
        drafts += [draft for draft in usable if draft is usable[0] or draft in some]
    return _balanced(drafts, rng)


def conversation_drafts(
    findings: Iterable[Finding], own: Drafts, about: list[Draft], rng: random.Random
) -> list[Draft]:
    """Region, lesions one after another with what follows from each, nodes, denials, physiologic uptake, summary."""
    exclusion = [d for d in about if d.kind == "exclusion"][:1]
    organs = [d for d in about if d.kind == "physiologic_organ"]
    frame = [d for d in about if d.kind not in {"nodes", "physiologic_organ", "exclusion"}]
    frame += exclusion + rng.sample(organs, min(1, len(organs)))
    frame = _one_of_twins(sorted(frame, key=_place))
    head = [d for d in frame if _place(d) < 3]
    return _balanced([*head, *_lesion_turns(findings, own, about, rng), *frame[len(head) :]], rng)


def _place(draft: Draft) -> int:
    return _LAST if draft.kind.startswith("summary") else _PLACES.get(draft.kind, 6)


def _lesion_turns(findings: Iterable[Finding], own: Drafts, about: list[Draft], rng: random.Random) -> list[Draft]:
    """Each lesion with its follow-up questions, the standard lines last with one question each."""
    seen = [f for f in findings if own.get(f.id)]
    wanted = 3 if len(seen) <= 5 else 2 if len(seen) <= 10 else 1
    turns: list[Draft] = []
    for finding in sorted(seen, key=standard):
        mine = own[finding.id]
        if standard(finding):
            turns.append(next((d for d in about if d.kind == "nodes" and finding.id in d.findings), mine[0]))
            continue
        later = _apart((d for d in mine if d.kind in _FOLLOW_UPS), rng, wanted)
        opening = next((d for d in mine if d.kind == "opening"), mine[0]) if len(later) > 1 else mine[0]
        turns += [opening, *sorted(later, key=lambda d: _FOLLOW_UPS.index(d.kind))]
    return list(dict.fromkeys(turns))


def _apart(drafts: Iterable[Draft], rng: random.Random, most: int) -> list[Draft]:
    """The first of the drafts in another order, without a second one that asks the same of the same finding."""
    mixed = list(drafts)
    rng.shuffle(mixed)
    return _one_of_twins(mixed, most)


def _one_of_twins(drafts: Iterable[Draft], most: int | None = None) -> list[Draft]:
    kept: list[Draft] = []
    for draft in drafts:
        if len(kept) == most:
            break
        twins = _TWINS_OF.get(draft.kind)
        if not twins or not any(other.kind in twins and other.topic == draft.topic for other in kept):
            kept.append(draft)
    return kept


def _balanced(drafts: list[Draft], rng: random.Random) -> list[Draft]:
    """As many questions answered yes as answered no, as far as every finding stays covered by another question.

    First among those about uptake, where the answer must not be known from the question, then in the whole set.
    """
    kept = list(drafts)
    asked = Counter(chain.from_iterable(set(draft.findings) for draft in kept))  # by how many questions
    _even(kept, asked, rng, _UPTAKE)
    _even(kept, asked, rng)
    return kept


def _even(kept: list[Draft], asked: Counter[str], rng: random.Random, kinds: frozenset[str] = frozenset()) -> None:
    """Let go of drafts until as many of ``kinds`` (or of all) are answered yes as no; of all, uptake is let go last."""
    seen = [d for d in kept if not kinds or d.kind in kinds]
    yes, no = [d for d in seen if d.yes is True], [d for d in seen if d.yes is False]
    more, fewer = (yes, no) if len(yes) >= len(no) else (no, yes)
    once = {finding for finding, times in asked.items() if times < 2}
    spare = [d for d in more if d.kind != "invasion" and once.isdisjoint(d.findings)]
    for _ in range(len(more) - len(fewer) - bool(kinds)):  # a lone question about uptake stays
        if not spare:
            return
        gone = rng.choice([d for d in spare if d.kind not in _UPTAKE] or spare)
        kept.remove(gone)
        spare.remove(gone)
        asked.subtract(set(gone.findings))
        once = {finding for finding in gone.findings if asked[finding] < 2}
        spare = [d for d in spare if once.isdisjoint(d.findings)]
