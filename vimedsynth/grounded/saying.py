"""A draft becomes a question and its answer: a wording is chosen, its slots are filled."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from vimedsynth.grounded.asking import Draft
from vimedsynth.grounded.proofreading import TRIES, holds, instead_of
from vimedsynth.grounded.scope import Scope
from vimedsynth.grounded.wordings import table


def worded(
    drafts: Sequence[Draft], scope: Scope, rng: random.Random, *, talk: bool, spare: Sequence[Draft] = ()
) -> Iterator[dict[str, Any]]:
    """The pairs of a payload. In a talk a question may refer to the finding of the question before.

    Each pair is read over before it is handed in. What the guard would refuse is worded again; if that does not help it
    is left out, and what only it was about is asked in another way, from ``spare``.
    """
    asked: set[str] = set()
    named: set[str] = set()
    previous = ""
    for planned in drafts:
        for draft in chain((planned,), instead_of(planned, drafts, spare)):
            for _ in range(TRIES):
                forms = _forms(draft, rng, named, follows=previous == draft.topic, talk=talk)
                pair = _pair(draft, scope, rng, asked, forms)
                if pair is None or holds(scope, pair):
                    break
            else:
                continue
            if pair is not None:
                asked.add(pair["question"].lower())
                previous = draft.topic
                named.update(draft.findings)
                yield pair
                break


def _pair(draft: Draft, scope: Scope, rng: random.Random, asked: set[str], forms: list[str]) -> dict[str, Any] | None:
    """The draft in a wording not yet used in this set; None when every wording was."""
    question = _question(draft, forms, scope, asked)
    if question is None:
        return None
    return {
        "question": question,
        "answer": _answer(draft, scope, rng),
        "question_type": table("questions")[draft.kind]["type"],
        "evidence": list(draft.evidence),
        "findings": list(draft.findings),
    }


def _forms(draft: Draft, rng: random.Random, named: set[str], *, follows: bool, talk: bool) -> list[str]:
    """The wordings in the order in which to try them."""
    row = table("questions")[draft.kind]
    alone = _from(row["forms"], rng)
    later = row.get("next") if talk else None
    if not later:
        return alone
    if "{it}" in later[0]:
        return _from(later, rng) + alone if follows else alone
    return _from(later, rng) + alone if named and rng.random() < 0.5 else alone


def _from(forms: list[str], rng: random.Random) -> list[str]:
    """The forms in a cycle that begins somewhere."""
    start = rng.randrange(len(forms))
    return forms[start:] + forms[:start]


def _question(draft: Draft, forms: list[str], scope: Scope, asked: set[str]) -> str | None:
    """A wording not yet used in this set; None when every wording was."""
    for form in forms:
        slots = {"it": _it(draft, scope), **draft.slots} if "{it}" in form or "{It}" in form else draft.slots
        question = filled(form, slots)
        if question.lower() not in asked:
            return question
    return None


def _it(draft: Draft, scope: Scope) -> str:
    """ "hạch này", "các nốt này", "hạch lớn nhất": how a follow-up question names the finding."""
    answers = table("answers")
    subject = next((s for s in scope.subjects if s.finding.id == draft.topic), None)
    lesion = draft.slots.get("lesion", "")
    if " lớn nhất" in lesion[:20]:
        return lesion[: lesion.index(" lớn nhất") + len(" lớn nhất")]
    word = str(answers["it"].get(subject.finding.head if subject else "", answers["it_default"]))
    return f"các {word}" if lesion.startswith("các ") else word


def _answer(draft: Draft, scope: Scope, rng: random.Random) -> str:
    slots = draft.slots
    if draft.kind == "region":
        slots = {**slots, "region": table("answers")["regions"][scope.case.region]}
    if "told" in slots:
        slots = {**slots, "lesion": slots["told"]}
    return filled(rng.choice(_answers(draft.answer)), slots)


@cache
def _answers(key: str) -> list[str]:
    """The wordings of an answer: "side.left" is in a table of its own."""
    forms: Any = table("answers")
    for name in key.split("."):
        forms = forms[name]
    return list(forms)


@cache
def _pieces(form: str) -> tuple[tuple[str, ...], tuple[tuple[int, str, bool], ...]]:
    """A form cut at its slots (text, slot, text, ...), and where each slot is, its name and whether with a capital.

    The sentence gets a capital anyway, and so does what it begins with.
    """
    pieces = tuple(re.split(r"\{(\w+)\}", form))
    slots = ((place, pieces[place]) for place in range(1, len(pieces), 2))
    return pieces, tuple((i, name.lower(), name[0].isupper() and "".join(pieces[:i]) != "") for i, name in slots)


def filled(form: str, slots: Mapping[str, str]) -> str:
    """The form with its slots filled; a slot that is named with a capital gets one, and so does the sentence."""
    cut, places = _pieces(form)
    pieces = list(cut)
    for place, name, large in places:
        value = slots.get(name, "")
        pieces[place] = value[:1].upper() + value[1:] if large else value
    text = "".join(pieces)
    if "  " in text or not text.isprintable():  # a slot without words, or a line of a report that was broken
        text = " ".join(text.split())
    text = text.strip()
    return text[:1].upper() + text[1:]
