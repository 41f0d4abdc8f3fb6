"""What a sentence asserts, in comparable form: numbers, units, side, negation, place, uptake, certainty, advice.

A sentence becomes one or more facts. Two facts can be compared without knowing how they were worded: sizes are
millimetres in ascending order, places are concept ids with the side that belongs to each, certainty is a tier.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from vimedsynth.lexicon import lexicon
from vimedsynth.reports import Span
from vimedsynth.words import introduced

if TYPE_CHECKING:
    from vimedsynth.clauses import ClauseReader

NUMBERED_OF = {"vert": "spine", "rib:": "rib"}


@lru_cache(maxsize=8192)
def wider(atoms: frozenset[str]) -> frozenset[str]:
    """The atoms with every place that contains them: vertebrae and ribs have numbers, of which the lexicon knows none."""
    named = atoms | {whole for a in atoms if ":" in a and (whole := NUMBERED_OF.get(a[:4]))}
    return named.union(*(lexicon().within.get(a, frozenset()) for a in named))


PARTS = ("seg:", "lobe:", "zone:", "third:", "level:", "quadrant:", "wall:", "pole:")


@lru_cache(maxsize=8192)
def is_part(atoms: frozenset[str]) -> bool:
    """Whether a place is nothing but a part of some organ: "hạ phân thùy VI", "vùng ngoại vi"."""
    return bool(atoms) and all(a.startswith(PARTS) for a in atoms)


@lru_cache(maxsize=8192)
def around(atoms: frozenset[str]) -> frozenset[str]:
    """The same with the region of a station that stands alone: "nhóm IV" is in the neck, "4R" in the mediastinum."""
    if not all(a[:4] == "stn:" or a[:4] == "rel:" for a in atoms):
        return wider(atoms)
    return wider(atoms | {"mediastinum" if a[4].isdigit() else "region:neck" for a in atoms if a[:4] == "stn:"})


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a list: concept ids (organ, lobe, segment, station, relation ...) and the side bound to them."""

    atoms: frozenset[str]
    side: str | None  # right | left | both
    span: Span = field(default=Span(0, 0), compare=False)

    @property
    def wider(self) -> frozenset[str]:
        """The atoms with every place that contains them."""
        return wider(self.atoms)


@dataclass(frozen=True, slots=True)
class Measure:
    """Millimetres in ascending order; empty for "vài mm". ``op`` is ``=``, ``<`` (a threshold) or ``~`` ("khoảng")."""

    dims: tuple[float, ...]
    op: str
    kind: str  # size | diameter | length | thickness | few
    span: Span

    @property
    def few(self) -> bool:
        return self.kind == "few"


@dataclass(frozen=True, slots=True)
class Invades:
    """A relation to a neighbour: what it does, to what, and whether that is certain."""

    verb: str
    target: frozenset[str]
    certain: bool


class Fact(NamedTuple):
    """One finding, absence, reading or piece of advice that a sentence asserts.

    A named tuple, because every answer makes several: it costs a quarter of a frozen dataclass.
    """

    span: Span
    polarity: str = "present"  # present | absent | resolved | physiologic | postoperative | advice
    heads: frozenset[str] = frozenset()
    generic: bool = False
    counts: frozenset[str] = frozenset()
    items: tuple[Item, ...] = ()
    sizes: tuple[Measure, ...] = ()
    suvs: tuple[float, ...] = ()
    suv_spans: tuple[Span, ...] = ()
    levels: frozenset[str] = frozenset()  # none | mild | increased | decreased
    intensity: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()
    invasions: tuple[Invades, ...] = ()
    tier: str | None = None
    readings: frozenset[str] = frozenset()
    tiers: frozenset[tuple[str, str]] = frozenset()  # of each reading, where they are not all of ``tier``
    prior: frozenset[str] = frozenset()
    prior_numbers: frozenset[float] = frozenset()
    prior_suvs: frozenset[float] = frozenset()  # those of the prior_numbers that are SUVs
    prior_sizes: frozenset[tuple[float, ...]] = frozenset()  # and the sizes that the others make
    advice: frozenset[str] = frozenset()
    advice_of: int | None = None  # index of the fact that the advice belongs to
    words: frozenset[str] = frozenset()
    anaphora: bool = False  # "Hạch lớn nhất ...": belongs to the fact before
    approximate: bool = False
    points: frozenset[str] = frozenset()  # what it takes from the fact before, see vimedsynth.pointing

    @property
    def read_at(self) -> tuple[Item, ...]:
        """The place of its reading ("tái phát tại tử cung") as a place of its own."""
        atoms = frozenset(r[3:] for r in self.readings if r[:3] == "at:" and r[:8] != "at:side-")
        side = next((r[8:] for r in self.readings if r[:8] == "at:side-"), None)
        return (Item(atoms, side),) if atoms else ()

    @property
    def atoms(self) -> frozenset[str]:
        """All place atoms of all items."""
        return frozenset().union(*(i.atoms for i in self.items)) if self.items else frozenset()

    def tier_of(self, reading: str) -> str | None:
        """How certain a reading is: ``tier`` is that of the least certain."""
        return dict(self.tiers).get(reading, self.tier) if self.tiers else self.tier

    @property
    def sides(self) -> frozenset[str]:
        """All sides said, "both" counted as right and left."""
        found = {i.side for i in self.items if i.side}
        return frozenset({"right", "left"} if "both" in found else found)


@lru_cache(maxsize=8192)
def sentence_facts(text: str) -> tuple[Fact, ...]:
    """The facts of one NFC sentence; spans are offsets in ``text``. Cached: standard sentences recur."""
    start, body = introduced(text)
    said = _read(body)
    return tuple(_behind(fact, start) for fact in said) if start else said


@cache
def _reader() -> Callable[[str], "ClauseReader"]:
    from vimedsynth.clauses import ClauseReader

    return ClauseReader


@lru_cache(maxsize=8192)
def _read(text: str) -> tuple[Fact, ...]:
    return _reader()(text).facts()


def _behind(fact: Fact, by: int) -> Fact:
    """``fact`` behind an introduction of so many characters, which belongs to what begins there."""
    placed = shifted(fact, by)
    return placed if fact.span.start else placed._replace(span=Span(0, placed.span.end))


def shifted(fact: Fact, by: int) -> Fact:
    """``fact`` with its spans moved by ``by`` characters (sentence offsets to report offsets)."""

    if not by:
        return fact

    def move(span: Span) -> Span:
        return Span(span.start + by, span.end + by) if span.start >= 0 else span

    items = tuple([Item(i.atoms, i.side, move(i.span)) for i in fact.items])
    sizes = tuple([Measure(m.dims, m.op, m.kind, move(m.span)) for m in fact.sizes])
    suv_spans = tuple([move(s) for s in fact.suv_spans])
    # _replace takes three times as long
    return Fact._make((move(fact.span), *fact[1:5], items, sizes, fact.suvs, suv_spans, *fact[9:]))


def _largest_at(first: Fact, more: Fact) -> frozenset[str]:
    """Which of several places the largest one is at."""
    if not (more.anaphora and more.items and len(first.items) > 1 and "of-largest" in more.modifiers):
        return frozenset()
    return frozenset("largest-at:" + "+".join(sorted(i.atoms)) for i in more.items)


def moved(fact: Fact, by: int) -> Fact:
    """``fact`` with its own span moved and no other: enough to quote it."""
    if not by:
        return fact
    start, end = fact.span
    return Fact._make((Span(start + by, end + by), *fact[1:]))  # a third of _replace's cost


def joined(first: Span, more: Span) -> Span:
    """From the beginning of ``first`` to the end of what comes after it."""
    return Span(first.start, more.end) if more.start >= first.start else first


def merged(first: Fact, more: Fact) -> Fact:
    """``first`` with what an anaphoric sentence ("Hạch lớn nhất ...") adds to it."""
    return first._replace(
        span=joined(first.span, more.span),
        heads=first.heads | more.heads if first.heads else first.heads,
        items=first.items + tuple(i for i in more.items if i not in first.items),
        sizes=first.sizes + more.sizes,
        suvs=first.suvs + more.suvs,
        suv_spans=first.suv_spans + more.suv_spans,
        levels=first.levels | more.levels,
        intensity=first.intensity | more.intensity,
        patterns=first.patterns | more.patterns,
        modifiers=first.modifiers | more.modifiers | _largest_at(first, more),
        invasions=first.invasions + more.invasions,
        tier=first.tier or more.tier,
        readings=first.readings | more.readings,
        tiers=first.tiers | more.tiers,
        prior=first.prior | more.prior,
        prior_numbers=first.prior_numbers | more.prior_numbers,
        prior_suvs=first.prior_suvs | more.prior_suvs,
        prior_sizes=first.prior_sizes | more.prior_sizes,
        words=first.words | more.words,
        approximate=first.approximate or more.approximate,
    )
