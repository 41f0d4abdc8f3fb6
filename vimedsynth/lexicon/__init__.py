"""Vocabularies as data, folded once into one tree of tokens that every text is read along."""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from vimedsynth.words import split

Entry = tuple[str, str, str]
"""The kind of word, its concept id, and the form as folded tokens with single spaces."""


@dataclass(slots=True)
class Node:
    """What the tokens so far are, and which tokens lead on to longer forms."""

    entry: Entry | None = None
    longer: dict[str, "Node"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """``forms`` is the tree of all forms; ``within[place]`` the places that contain it; ``places`` its keys."""

    forms: dict[str, Node]
    within: dict[str, frozenset[str]]
    places: frozenset[str]


def load_json(name: str) -> Any:
    """One vocabulary file of this folder."""
    return orjson.loads((files(__package__) / name).read_bytes())


def _forms(places: Any, morphology: Any, assertion: Any) -> list[tuple[str, str, str]]:
    """``(form, kind, concept)`` for every form; where two kinds share a form the one listed first here wins."""
    rows: list[tuple[str, str, str]] = []

    def group(kind: str, table: dict[str, list[str]]) -> None:
        rows.extend((form, kind, concept) for concept, forms in table.items() for form in forms)

    def flat(kind: str, forms: list[str]) -> None:
        rows.extend((form, kind, kind) for form in forms)

    group("side", places["side"])
    group("organ", {name: row["forms"] for name, row in places["organ"].items()})
    group("organ", {name: row["forms"] for name, row in places["region"].items()})
    group("part", places["part"])
    group("modifier", morphology["modifier"])
    group("invasion", morphology["invasion"])
    group("head", morphology["head"])
    flat("generic", morphology["generic"])
    group("negation", assertion["negation"])
    group("tier", assertion["tier"])
    group("reading", assertion["reading"])
    flat("physiologic", assertion["physiologic"])
    flat("operated", assertion["operated"])
    group("uptake", assertion["uptake"])
    flat("tracer", assertion["tracer"])
    group("pattern", assertion["pattern"])
    group("intensity", assertion["intensity"])
    group("advice", assertion["advice"])
    group("target", assertion["advice-target"])
    group("prior", assertion["prior"])
    flat("approximate", assertion["approximate"])
    flat("below", assertion["below"])
    flat("filler", assertion["filler"])
    flat("largest", assertion["largest"])
    flat("respectively", assertion["respectively"])
    flat("except", assertion["except"])
    group("relation", places["relation"])
    group("count", morphology["count"])
    return rows


@cache
def lexicon() -> Lexicon:
    """The vocabularies of this folder, read once."""
    places, morphology, assertion = (load_json(f"{n}.json") for n in ("places", "morphology", "assertion"))
    root = Node()
    for form, kind, concept in _forms(places, morphology, assertion):
        tokens, node = split(form), root
        for token in tokens:
            node = node.longer.setdefault(token, Node())
        node.entry = node.entry or (kind, concept, " ".join(tokens))
    within = {name: frozenset(row["within"]) for group in ("organ", "region") for name, row in places[group].items()}
    return Lexicon(root.longer, within, frozenset(within))
