"""A fact being built, and the words that need no lexicon."""

import re
from dataclasses import dataclass, field
from functools import cache

from vimedsynth.facts import Item, Measure
from vimedsynth.lexicon import lexicon, load_json
from vimedsynth.reports import Span
from vimedsynth.words import split

_ROMAN = re.compile(r"^(?:i{1,3}|iv|vi{0,3}|ix|x)[ab]?$")

PAIRED = frozenset({"lung", "kidney", "adrenal", "breast", "ovary", "hilum", "lung-base", "lung-apex", "tonsil", "pleura",
                    "axilla", "inguinal", "testis", "parotid", "supraclavicular", "vocal-cord", "ureter"})  # fmt: skip

LISTING = frozenset({",", "/", ";", "và", "hoặc", "hay", "cùng", "lẫn", "&"})

COUNTS = {"1": "one", "2": "two", "3": "three"}

DEGREES = {
    "mức độ nhẹ": "mild",
    "mức độ ít": "mild",
    "mức độ vừa": "moderate",
    "mức độ trung bình": "moderate",
    "mức độ nhiều": "strong",
}

ONE = {"phải": "right", "trái": "left"}

CONTRAST = frozenset({"nhưng", "song", "còn", "tuy"})


LONE_TARGETS = frozenset({"biopsy", "ultrasound", "fna", "endoscopy", "mri", "ct3", "specialist", "histology"})


def roman(word: str) -> bool:
    """Whether a folded word is the Roman numeral of a segment or a station, with or without its letter."""
    return word[:1] in "ivx" and bool(_ROMAN.match(word))


@cache
def stop_words() -> frozenset[str]:
    """Function words and the words with which an answer is introduced: they assert nothing."""
    return frozenset(t for form in load_json("discourse.json")["stop"] for t in split(form))


def number(text: str) -> float:
    """The value of a number with a decimal comma or dot."""
    return float(text.replace(",", "."))


@dataclass(slots=True)
class Draft:
    """A fact being built."""

    start: int
    end: int
    polarity: str = "present"
    heads: set[str] = field(default_factory=set)
    generic: bool = False
    counts: set[str] = field(default_factory=set)
    items: list[tuple[set[str], str | None, Span]] = field(default_factory=list)
    sizes: list[Measure] = field(default_factory=list)
    suvs: list[tuple[float, Span]] = field(default_factory=list)
    levels: set[str] = field(default_factory=set)
    intensity: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    modifiers: set[str] = field(default_factory=set)
    invasions: list[tuple[str, set[str], bool]] = field(default_factory=list)
    tier: str | None = None
    readings: set[str] = field(default_factory=set)
    prior: set[str] = field(default_factory=set)
    prior_numbers: set[float] = field(default_factory=set)
    advice: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    anaphora: bool = False
    approximate: bool = False

    def empty(self) -> bool:
        """Nothing asserted yet."""
        return not (self.heads or self.items or self.sizes or self.suvs or self.levels or self.readings or self.advice
                    or self.invasions or self.modifiers or self.prior or self.patterns)  # fmt: skip


def draft_items(raw: list[tuple[set[str], str | None, Span]]) -> tuple[Item, ...]:
    """Items with the organ that a list shares given to each ("trước và cạnh khí quản"), and right + left made both."""
    if len(raw) < 2:
        return tuple(Item(frozenset(atoms), side, span) for atoms, side, span in raw)
    known = lexicon().within
    if any(atoms for atoms, _, _ in raw) and any(side == "both" for _, side, _ in raw):
        raw = [row for row in raw if row[0]]  # "hai bên, đặc biệt bên trái"
    filled: list[tuple[frozenset[str], str | None, Span]] = []
    organ: set[str] = set()
    for atoms, side, span in reversed(raw):
        own = {a for a in atoms if a in known or a.startswith(("stn:", "vert:"))}
        if own:
            organ = {a for a in atoms if a in known}
        filled.append((frozenset(atoms if own else atoms | organ), side, span))
    sides: dict[frozenset[str], dict[str | None, Span]] = {}
    for places, side, span in reversed(filled):
        sides.setdefault(places, {}).setdefault(side, span)
    out: list[Item] = []
    for places, found in sides.items():
        first, last = min(found.values()), max(found.values())
        if {"right", "left"} <= found.keys():
            out.append(Item(places, "both", Span(first.start, last.end)))
        else:
            out.extend(Item(places, side, span) for side, span in found.items())
    return tuple(out)
