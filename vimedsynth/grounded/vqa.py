"""Questions and answers of one case: single pairs or a conversation, from findings alone."""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from vimedsynth.findings import Finding
from vimedsynth.grounded.asking import Draft
from vimedsynth.grounded.overview import drafts_about
from vimedsynth.grounded.scope import Scope, standard
from vimedsynth.grounded.wordings import table
from vimedsynth.samples import Case

_FOLLOW_UPS = ("size", "thickness", "suvmax", "uptake", "uptake_level", "invasion", "certainty", "side", "count")
_OPENERS = ("description", "finding")


@dataclass(frozen=True, slots=True)
class Pair:
    """One question with its answer, as a payload carries it."""

    question: str
    answer: str
    question_type: str
    evidence: tuple[int, ...]
    findings: tuple[str, ...]
    yes: bool | None

    def json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "answer": self.answer,
            "question_type": self.question_type,
            "evidence": list(self.evidence),
            "findings": list(self.findings),
        }


def write_vqa(case: Case, *, style: str, seed: int, per_finding: bool = False) -> dict[str, list[dict[str, Any]]]:
    """``{"pairs": [...]}`` for style ``single``, ``{"turns": [...]}`` for ``multi``.

    Every finding of the case is asked about at least once; with ``per_finding`` each in every way it can be. Evidence
    are sentence numbers, findings are finding ids. The same case, style and seed give the same payload.
    """
    rng = random.Random(f"vqa {style} {seed} {case.region} {case.report.text}")
    scope = Scope(case)
    if not case.findings:
        return {"pairs" if style == "single" else "turns": []}
    own = scope.drafts
    about = list(drafts_about(scope))
    if style == "single":
        drafts = _singles(case.findings, own, about, rng, per_finding)
        return {"pairs": [pair.json() for pair in _worded(drafts, scope, rng, talk=False)]}
    drafts = _conversation(case.findings, own, about, rng)
    return {"turns": [pair.json() for pair in _worded(drafts, scope, rng, talk=True)]}


# -- what to ask -------------------------------------------------------------------------------------------------------


_TWINS = ({"uptake", "uptake_level"}, {"description", "finding"}, {"presence", "nodes"})
"""Kinds whose questions ask for the same thing: one of each suffices."""


def _apart(drafts: Iterable[Draft], rng: random.Random) -> list[Draft]:
    """The drafts in another order, without a second one that asks the same of the same finding."""
    mixed = list(drafts)
    rng.shuffle(mixed)
    kept: list[Draft] = []
    for draft in mixed:
        if not any({draft.kind, other.kind} in _TWINS for other in kept):
            kept.append(draft)
    return kept


def _chosen(drafts: tuple[Draft, ...], most: int, rng: random.Random) -> list[Draft]:
    """The description of a finding and some of its other questions, in the order in which they were made."""
    usable = [draft for draft in drafts if draft.kind != "opening"]
    others = _apart(usable[1:], rng)[:most] if most < 99 else usable[1:]
    return [draft for draft in usable if draft is usable[0] or draft in others]


def _singles(
    findings: Iterable[Finding],
    own: dict[str, tuple[Draft, ...]],
    about: list[Draft],
    rng: random.Random,
    per_finding: bool,
) -> list[Draft]:
    drafts = list(about)
    for finding in findings:
        mine = own.get(finding.id, ())
        if mine:
            most = 99 if per_finding else (1 if standard(finding) else 3)
            drafts += _chosen(mine, most, rng)
    return _balanced(drafts, rng)


def _balanced(drafts: list[Draft], rng: random.Random) -> list[Draft]:
    """As many questions answered yes as answered no, as far as the finding stays covered by another question."""
    kept = list(drafts)
    while True:
        yes = [d for d in kept if d.yes is True]
        no = [d for d in kept if d.yes is False]
        more = yes if len(yes) > len(no) else no
        if abs(len(yes) - len(no)) <= 1:
            return kept
        spare = [d for d in more if d.kind != "invasion" and _covered_without(d, kept)]
        if not spare:
            return kept
        kept.remove(rng.choice(spare))


def _covered_without(draft: Draft, drafts: list[Draft]) -> bool:
    rest = {finding for other in drafts if other is not draft for finding in other.findings}
    return rest.issuperset(draft.findings)


def _conversation(
    findings: Iterable[Finding], own: dict[str, tuple[Draft, ...]], about: list[Draft], rng: random.Random
) -> list[Draft]:
    """Region, lesions one after another with what follows from each, nodes, denials, physiologic uptake, summary."""
    lesions: list[Draft] = []
    seen = [f for f in findings if own.get(f.id)]
    wanted = 3 if len(seen) <= 5 else 2 if len(seen) <= 10 else 1
    for finding in sorted(seen, key=standard):
        mine = own[finding.id]
        opener = next((d for d in mine if d.kind in _OPENERS), mine[0])
        if standard(finding):
            lesions.append(next((d for d in about if d.kind == "nodes" and d.topic == finding.id), opener))
            continue
        later = [d for d in mine if d.kind in _FOLLOW_UPS]
        lesions += [
            opener,
            *sorted(rng.sample(later, min(wanted, len(later))), key=lambda d: _FOLLOW_UPS.index(d.kind)),
        ]
    order = {"region": 0, "operated": 1, "state": 1, "description": 2, "avid_nodes": 4, "negative": 5, "finding": 5}
    frame = [d for d in about if d.kind not in {"nodes", "physiologic_organ", "exclusion"}]
    exclusion = [d for d in about if d.kind == "exclusion"][:1]
    organs = [d for d in about if d.kind == "physiologic_organ"]
    frame += exclusion + rng.sample(organs, min(1, len(organs)))
    head = [d for d in frame if order.get(d.kind, 6) < 3]
    tail = sorted(
        (d for d in frame if d not in head), key=lambda d: (d.kind.startswith("summary"), order.get(d.kind, 6))
    )
    return _balanced(_without_repeats([*head, *lesions, *tail]), rng)


def _without_repeats(drafts: list[Draft]) -> list[Draft]:
    """One denial is asked for once, as a yes/no question or as the state of the place."""
    kept: list[Draft] = []
    for draft in drafts:
        twin = any(d.topic == draft.topic and {d.kind, draft.kind} <= {"negative", "finding"} for d in kept)
        twin = twin or any(d.topic == draft.topic and {d.kind, draft.kind} == {"operated", "state"} for d in kept)
        if not twin or draft.kind not in {"negative", "finding", "state"}:
            kept.append(draft)
    return kept


# -- how to say it -----------------------------------------------------------------------------------------------------


def _worded(drafts: list[Draft], scope: Scope, rng: random.Random, *, talk: bool) -> Iterator[Pair]:
    asked: set[str] = set()
    previous = ""
    for draft in drafts:
        question = _question(draft, scope, rng, asked, follows=talk and previous == draft.topic, talk=talk)
        if question is None:
            continue
        asked.add(question.lower())
        previous = draft.topic
        yield Pair(
            question,
            _answer(draft, scope, rng),
            table("questions")[draft.kind]["type"],
            draft.evidence,
            draft.findings,
            draft.yes,
        )


def _question(
    draft: Draft, scope: Scope, rng: random.Random, asked: set[str], *, follows: bool, talk: bool
) -> str | None:
    """A wording not yet used in this set; None when every wording was."""
    row = table("questions")[draft.kind]
    slots = {"it": _it(draft, scope), **draft.slots}
    forms = row["forms"]
    if talk and "next" in row and (follows if row["next"][0].find("{it}") >= 0 else asked):
        forms = row["next"] if follows or rng.random() < 0.5 else forms
    for form in (*_from(forms, rng), *_from(row["forms"], rng)):
        question = filled(form, slots)
        if question.lower() not in asked:
            return question
    return None


def _from(forms: list[str], rng: random.Random) -> list[str]:
    """The forms in a cycle that begins somewhere."""
    start = rng.randrange(len(forms))
    return forms[start:] + forms[:start]


def _it(draft: Draft, scope: Scope) -> str:
    """ "hạch này", "các nốt này": how a follow-up question names the finding."""
    answers = table("answers")
    finding = next((s.finding for s in scope.subjects if s.finding.id == draft.topic), None)
    if finding is None:
        return str(answers["it_default"])
    lesion = draft.slots.get("lesion", "")
    if " lớn nhất" in lesion[:20]:
        return lesion[: lesion.index(" lớn nhất") + len(" lớn nhất")]
    word = str(answers["it"].get(finding.head, answers["it_default"]))
    return f"các {word}" if lesion.startswith("các ") else word


def _answer(draft: Draft, scope: Scope, rng: random.Random) -> str:
    forms = table("answers")
    for key in draft.answer.split("."):
        forms = forms[key]
    slots = dict(draft.slots)
    if draft.kind == "region":
        slots["region"] = table("answers")["regions"][scope.case.region]
    if "told" in slots:
        slots["lesion"] = slots["told"]
    return filled(rng.choice(forms), slots)


@cache
def _pieces(form: str) -> tuple[str, ...]:
    """A form cut at its slots: text, slot, text, slot, ..."""
    return tuple(re.split(r"\{(\w+)\}", form))


def filled(form: str, slots: dict[str, str]) -> str:
    """The form with its slots filled; a slot with a capital gets one."""
    pieces = list(_pieces(form))
    for i in range(1, len(pieces), 2):
        name = pieces[i]
        value = slots.get(name, slots.get(name.lower(), ""))
        pieces[i] = value[:1].upper() + value[1:] if name[0].isupper() else value
    text = " ".join("".join(pieces).split())
    return text[:1].upper() + text[1:]
