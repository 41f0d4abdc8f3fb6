"""A fact in the form in which equal facts are equal: no order, no spelling, no units."""

from functools import lru_cache
from typing import NamedTuple

from vimedsynth.facts import Fact, Item, Measure
from vimedsynth.pointing import ADVISED_AT, AFTER

SPACES = frozenset({"pleura", "pericardium", "abdominal-cavity", "peritoneum", "pelvis-minor"})
PLACE_WORDS = frozenset({"parenchyma", "region:body"})


class Content(NamedTuple):
    """What a fact says."""

    polarity: str
    heads: frozenset[str]
    counts: frozenset[str]
    places: frozenset[str]
    pairs: frozenset[tuple[frozenset[str], str | None]]
    sizes: frozenset[tuple[tuple[float, ...], bool]]
    axes: frozenset[tuple[tuple[float, ...], str]]  # which measure is the length, where there is a thickness too
    suvs: tuple[float, ...]
    levels: frozenset[str]
    intensity: frozenset[str]
    patterns: frozenset[str]
    modifiers: frozenset[str]
    invasions: frozenset[tuple[str, frozenset[str], bool]]
    tier: str | None
    readings: frozenset[str]
    tiers: frozenset[tuple[str, str]]
    prior: frozenset[str]
    prior_numbers: frozenset[float]
    advice: frozenset[str]
    words: frozenset[str]


def _threshold(m: Measure) -> bool:
    """10 mm alone may be a threshold that lost its sign."""
    return m.op == "<" or (m.dims == (10.0,) and m.op == "=")


@lru_cache(maxsize=8192)
def content(fact: Fact) -> Content:
    """The comparable form of ``fact``."""
    atoms = fact.atoms
    said, words = _said(fact, atoms)
    return Content(
        polarity="absent" if fact.polarity == "resolved" and not fact.prior else fact.polarity,
        heads=_forms(fact),
        counts=frozenset(c for c in fact.counts if c[:3] != "of:")
        - ({"unmarked"} if len(fact.counts) > 1 else {"one", "unmarked"}),
        places=_places(fact, atoms),
        pairs=frozenset((_without_lateral(i) - PLACE_WORDS, i.side) for i in fact.items),
        sizes=frozenset((m.dims, _threshold(m)) for m in fact.sizes),
        axes=_axes(fact.sizes) if len(fact.sizes) > 1 else frozenset(),
        suvs=tuple(sorted(set(fact.suvs))),
        levels=fact.levels,
        intensity=fact.intensity,
        patterns=fact.patterns,
        modifiers=fact.modifiers - {"small"},
        invasions=frozenset(
            (r.verb, frozenset(t for t in r.target if not t.startswith("rel:")), r.certain) for r in fact.invasions
        ),
        tier=fact.tier,
        readings=said,
        tiers=frozenset(pair for pair in fact.tiers if pair[0] in said) if fact.tiers else fact.tiers,
        prior=fact.prior,
        prior_numbers=fact.prior_numbers,
        advice=_advice(fact),
        words=words,
    )


def _axes(sizes: tuple[Measure, ...]) -> frozenset[tuple[tuple[float, ...], str]]:
    """ "đoạn dài 50 mm, chỗ dày nhất 17 mm"."""
    found = frozenset((m.dims, m.kind) for m in sizes if m.kind in ("length", "thickness"))
    return found if len({kind for _, kind in found}) > 1 else frozenset()


def _without_lateral(item: Item) -> frozenset[str]:
    """ "thành bên phải": the lateral wall of one side is the wall of that side."""
    return item.atoms - {"wall:lateral"} if item.side in ("right", "left") else item.atoms


def _places(fact: Fact, atoms: frozenset[str]) -> frozenset[str]:
    """The places; those of its reading for a finding that has no other ("không thấy tổn thương nghi ngờ di căn gan")."""
    if not fact.items:
        return frozenset(r[3:] for r in fact.readings if r[:3] == "at:" and r[:8] != "at:side-")
    if "wall:lateral" in atoms:
        atoms = frozenset().union(*map(_without_lateral, fact.items)) or atoms
    return atoms - PLACE_WORDS if len(atoms) > 1 else atoms


def _said(fact: Fact, atoms: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The readings without form and places that the finding has ("hạch ... khả năng là hạch di căn"), and the words."""
    words = fact.words
    if fact.points:
        words |= {p for p in fact.points if p.startswith(AFTER)}
    readings = fact.readings
    if not readings:
        return readings, words
    own = frozenset().union(*(i.wider for i in fact.items)) if fact.items else _places(fact, atoms)
    known = {f"head:{h}" for h in fact.heads} | {f"at:{a}" for a in own}
    unknown = {r for r in readings if r[:5] == "word:"}
    return readings - known - unknown, words | unknown


def _advice(fact: Fact) -> frozenset[str]:
    """What is advised, and of which organ when it is another than that of the finding ("chụp MRI thượng thận")."""
    tasks = fact.advice - {"note", "correlate"} or fact.advice - {"note"} or fact.advice
    if not fact.points or fact.polarity != "advice":
        return tasks
    own = frozenset().union(*(i.wider for i in fact.items)) if fact.items else frozenset()
    own |= {f"side-{side}" for i in fact.items if (side := i.side)}
    return tasks | {p for p in fact.points if p.startswith(ADVISED_AT) and p[len(ADVISED_AT) :] not in own}


def _forms(fact: Fact) -> frozenset[str]:
    """The forms, with one name for fluid in a cavity of the body, and none for the larger of two sides."""
    if "fluid" in fact.heads and fact.atoms & SPACES:
        return fact.heads - {"fluid"} | {"effusion"}
    if "enlargement" in fact.heads and any(m.startswith("larger:") for m in fact.modifiers):
        return fact.heads - {"enlargement"}
    return fact.heads
