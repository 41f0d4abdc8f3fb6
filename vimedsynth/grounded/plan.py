"""Which questions a set holds and in which order: singles by finding, a conversation from the whole to the summary."""

import random
from collections import Counter
from collections.abc import Iterable

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
        some = _apart(usable[1:], rng)[: 1 if standard(finding) else 3]
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
        later = _apart((d for d in mine if d.kind in _FOLLOW_UPS), rng)[:wanted]
        opening = next((d for d in mine if d.kind == "opening"), mine[0]) if len(later) > 1 else mine[0]
        turns += [opening, *sorted(later, key=lambda d: _FOLLOW_UPS.index(d.kind))]
    return list(dict.fromkeys(turns))


def _apart(drafts: Iterable[Draft], rng: random.Random) -> list[Draft]:
    """The drafts in another order, without a second one that asks the same of the same finding."""
    mixed = list(drafts)
    rng.shuffle(mixed)
    return _one_of_twins(mixed)


def _one_of_twins(drafts: Iterable[Draft]) -> list[Draft]:
    kept: list[Draft] = []
    for draft in drafts:
        if not any(draft.topic == other.topic and {draft.kind, other.kind} in _TWINS for other in kept):
            kept.append(draft)
    return kept


def _balanced(drafts: list[Draft], rng: random.Random) -> list[Draft]:
    """As many questions answered yes as answered no, as far as every finding stays covered by another question.

    First among those about uptake, where the answer must not be known from the question, then in the whole set.
    """
    return _evened(_evened(drafts, rng, _UPTAKE), rng)


def _evened(drafts: list[Draft], rng: random.Random, kinds: frozenset[str] = frozenset()) -> list[Draft]:
    """The drafts with as many of ``kinds`` (or of all) answered yes as answered no; of all, uptake is let go last."""
    kept = list(drafts)
    asked = Counter(finding for draft in kept for finding in set(draft.findings))  # by how many questions
    seen = [d for d in kept if not kinds or d.kind in kinds]
    yes, no = [d for d in seen if d.yes is True], [d for d in seen if d.yes is False]
    while True:
        if abs(len(yes) - len(no)) <= bool(kinds):  # a lone question about uptake stays
            return kept
        more = yes if len(yes) >= len(no) else no
        free = (d for d in more if d.kind != "invasion")
        spare = [d for d in free if all(asked[finding] > 1 for finding in d.findings)]
        spare = [d for d in spare if d.kind not in _UPTAKE] or spare
        if not spare:
            return kept
        gone = rng.choice(spare)
        kept.remove(gone)
        more.remove(gone)
        asked.subtract(set(gone.findings))
