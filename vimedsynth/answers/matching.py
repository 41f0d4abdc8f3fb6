"""Small judgements on a fact of an answer and a fact of the report."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from vimedsynth.facts import Fact, Item
from vimedsynth.samples import Objection
from vimedsynth.sources import GRAVE, Evidence, compatible_sides

TIERS = ("definite", "likely", "probable", "suspect")

SIDES = frozenset({"side:right", "side:left", "side:both"})

LOOSE = frozenset({"parenchyma", "mucosa", "lobe", "lumen", "body", "tail", "midline", "region:body"}) - {
    "body",
    "tail",
}

VAGUE = frozenset({"rel:along", "rel:inside", "rel:around", "rel:above"})

SAME_HEAD = (
    frozenset({"nodule", "thyroid-nodule", "hypodensity", "soft-tissue-density", "calcification", "schmorl"}),
    frozenset({"mass", "soft-tissue-density", "opacity-patch", "hypodensity", "mixed-density", "consolidation"}),
    frozenset({"effusion", "fluid"}),
    frozenset({"interstitial", "thickening"}),
    frozenset({"opacity-patch", "consolidation"}),
    frozenset({"fibrosis-form", "opacity-band"}),
)

LIKE = {head: frozenset().union(*(same for same in SAME_HEAD if head in same)) for same in SAME_HEAD for head in same}
"""For each form the words for it."""

TELLING = frozenset(
    {"calcification", "hypodensity", "hyperdensity", "isodensity", "mixed-density", "fat-density", "schmorl"}
)

SERIOUS = GRAVE | {"lymphoma", "hcc", "myeloma", "active", "residual", "progression", "undetermined"}

HEDGES = frozenset(
    {"ràng", "tổn", "hơn", "nhưng", "nên", "cần", "nghĩ", "mô", "tả", "hạch", "đánh", "giá", "hiện", "chưa", "không"}
)

WEIGHT = {"place": 4, "added-finding": 4, "negation": 3, "side": 3, "number": 2}

Adder = Callable[[str, str], None]


@lru_cache(maxsize=8192)
def needed(atoms: frozenset[str]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """What a place of the report must have to be the place of an answer: its organs and parts, and its relations.

    And the opposites of its relations, which it must not have: "trên" of "dưới".
    """
    relations = frozenset(a for a in atoms if a.startswith("rel:"))
    return atoms - LOOSE - relations, relations - VAGUE, frozenset(_OPPOSITES[a] for a in atoms if a in _OPPOSITES)


_OPPOSITES = {"rel:above": "rel:under", "rel:before": "rel:behind"}
_OPPOSITES |= {b: a for a, b in _OPPOSITES.items()}


@lru_cache(maxsize=8192)
def other_part(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    """Both name parts of one kind, and none in common: rib IX and rib X, the upper and the lower third."""
    for kind in ("rib:", "vert:", "seg:", "stn:", "lobe:", "third:"):
        a, b = ({x for x in atoms if x.startswith(kind)} for atoms in (mine, theirs))
        if a and b and not a & b:
            return True
    return False


def overlap(ones: tuple[Item, ...], others: tuple[Item, ...]) -> bool:
    """Whether two findings may be at one place."""
    return any(
        needed(i.atoms & o.atoms)[0] and compatible_sides(i.side, o.side) and not other_part(i.atoms, o.atoms)
        for i in ones
        for o in others
    )


def may_support(fact: Fact, src: Fact) -> bool:
    """A cheap look before the full one: forms and numbers that a finding must have to support ``fact``."""
    if src.polarity in ("advice", "absent", "resolved"):
        return False
    if fact.suvs and not src.suvs:
        return False
    return not fact.heads or bool(src.heads)


def replace_evidence(row: Evidence, fact: Fact) -> Evidence:
    """``row`` with another fact."""
    return replace(row, fact=fact)


def cost(faults: list[Objection]) -> int:
    return sum(WEIGHT.get(f.code, 1) for f in faults)


def head_in(head: str, src: Fact) -> bool:
    """``head`` or a word for the same form; what tells its density or calcium must be said itself."""
    if head in src.heads:
        return True
    if head in TELLING and not (head == "hypodensity" and "cyst" in src.heads):
        return False
    return head in LIKE and not LIKE[head].isdisjoint(src.heads)


def shares_form(heads: frozenset[str], src: Fact) -> bool:
    """Whether a finding has one of these forms."""
    return not heads.isdisjoint(src.heads) or any(head_in(head, src) for head in heads)


def same_finding(excluded: Fact, src: Fact) -> bool:
    mine = frozenset(a for a in excluded.atoms - LOOSE if not a.startswith(("rel:", "wall:", "zone:")))
    if not mine or (len(excluded.items) > 1 and excluded.heads & src.heads & {"node"}):
        return bool(excluded.heads & src.heads)
    return any(mine & i.wider and not other_part(mine, i.atoms) for i in src.items)


def invaded(src: Fact) -> frozenset[str]:
    return frozenset().union(*(r.target for r in src.invasions)) if src.invasions else frozenset()


def sizes_said(src: Fact) -> str:
    return (
        ", ".join("vài mm" if m.few else " x ".join(f"{d:g}" for d in m.dims) + " mm" for m in src.sizes) or "no size"
    )


def where_said(row: Evidence) -> str:
    return f"sentence {row.sentences[0]}"
