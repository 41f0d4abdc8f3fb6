"""What an answer says once of a list: of each of its items, of as many as it counts, and of no other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vimedsynth.answers.matching import LOOSE, needed, where_said
from vimedsynth.answers.overall import Overall
from vimedsynth.clauses.sharing import NUMBERS
from vimedsynth.facts import Fact, Item
from vimedsynth.reports import Section, Span
from vimedsynth.sources import AVID, Evidence

ITEM = re.compile(r"\s*(?:[-–•*+·]|\d{1,2}[.)])\s*\S")
LESIONS = frozenset({"nodule", "mass", "cyst", "node", "hypodensity", "hyperdensity", "lysis", "sclerosis", "calcification",
                     "polyp", "thyroid-nodule", "soft-tissue-density", "stone"})  # fmt: skip


def roles(sentences: Sequence[str]) -> list[str]:
    """For each sentence of an answer: it "opens" a list, is an "item" of one or its "last", or nothing of this kind."""
    if len(sentences) < 2:
        return [""] * len(sentences)
    items = [bool(ITEM.match(text)) for text in sentences] + [False]
    out: list[str] = []
    for k, text in enumerate(sentences):
        if items[k] and out and out[-1] in ("opens", "item"):
            out.append("item" if items[k + 1] else "last")
        else:
            out.append("opens" if text.rstrip()[-1:] == ":" and items[k + 1] else "")
    return out


def _under(header: Fact, fact: Fact) -> Fact:
    """An item of a list with what the line above the list says of all: "Hai hạch nghi ngờ di căn:"."""
    if fact.polarity != "present" or header.polarity != "present":
        return fact
    fact = fact._replace(heads=fact.heads or header.heads, levels=fact.levels or header.levels)
    return fact if fact.readings else fact._replace(readings=header.readings, tier=header.tier, tiers=header.tiers)


def counted(facts: Sequence[Fact]) -> int:
    """How many there are of what a sentence lists ("hai nốt: ...", "hai nốt ở A và B"); 0 where it does not say."""
    said = {c.partition(":")[2] for f in facts for c in f.counts if c.startswith(("of:", "in-all:"))}
    if not said and len(facts) == 1 and len(facts[0].items) > 1:
        said = set(facts[0].counts)
    return NUMBERS.get(said.pop(), 0) if len(said) == 1 else 0


class Lists(Overall):
    """Judges lists."""

    _header: Fact | None = None  # what the line above a list says
    _lines: tuple[Fact, ...] = ()  # what the lines name

    def _in_list(self, facts: tuple[Fact, ...], role: str) -> tuple[Fact, ...]:
        """The facts of a sentence; how many the line above a list says is held against the list."""
        if role == "opens":
            self._header, self._lines = (facts[-1] if facts else None), ()
            return (*facts[:-1], facts[-1]._replace(counts=frozenset())) if facts else facts
        return tuple(_under(self._header, f) for f in facts) if self._header else facts

    def _list_told(self, facts: list[Fact], role: str, number: int, span: Span) -> None:
        if not role:
            self._listed(facts, number, span)
        elif role != "opens" and self._header:
            self._lines += tuple(facts[:1])
            if role == "last":
                (count, *more) = self._header.counts or {""}
                self._listed(self._lines, 0 if more else NUMBERS.get(count, 0), span)

    def _listed(self, facts: Sequence[Fact], number: int, span: Span) -> None:
        """ "Gan có hai nốt di căn: ở A và ở B": two are named, and the report says so of no third."""
        facts = [f for f in facts if f.polarity == "present"]
        if number < 2 or not facts or self.objections:
            return
        if len(facts) > 1:
            each = [sum(NUMBERS.get(c, 0) for c in f.counts) or max(1, len(f.items)) for f in facts]
            if sum(each) != number and len(facts) != number:
                self.object("count", f"{number} are said, and {sum(each)} are named", span)
                return
        bare = [f.items for f in facts if not (f.sizes or f.suvs)]
        if len(set(bare)) < len(bare):
            self.object("count", "a place is named twice", span)  # "hai nốt bên phải và một nốt bên phải"
            return
        like = _Like.of(facts)
        if like and (row := self._another(like, facts, number)):
            self.object("count", f"the report has another one, {where_said(row)}", span)

    def _another(self, like: "_Like", facts: Sequence[Fact], number: int) -> Evidence | None:
        """A finding of the report of which the same can be said: at none of the places named, or one more than is said."""
        named = [i for f in facts for i in f.items if needed(i.atoms)[0]]
        whole = frozenset.intersection(*(i.atoms for i in named)) - LOOSE if named else frozenset()
        where = (Item(whole, None),) if whole else tuple(i for i in self.focus.items if i.atoms)
        seen = {row.sentences[0] for row in self._alike(like.heads, where)}
        parts = all(f.counts & NUMBERS.keys() for f in facts)  # "hai nốt bên phải và một nốt bên trái"
        found: dict[tuple[int, tuple[Item, ...]], set[object]] = {}
        for row in self.source.pool:
            src = row.fact
            if row.section is Section.IMPRESSION or row.sentences[0] not in seen or not like.fits(row) or not src.items:
                continue
            if where and not any(self.at((i,), row) for i in where):
                continue
            if not any(self._same_place(i, row) for i in named):
                return row
            if parts and (src.sizes or src.suvs):
                found.setdefault((row.sentences[0], src.items), set()).add(
                    (frozenset(m.dims for m in src.sizes), src.suvs)
                )
                if sum(map(len, found.values())) > number:
                    return row
        return None

    def _same_place(self, item: Item, row: Evidence) -> bool:
        """Whether a finding is at a place, or at a wider one that contains it."""
        return self.at((item,), row) or any(needed(own.atoms)[0] <= item.wider for own in row.fact.items)


@dataclass(frozen=True, slots=True)
class _Like:
    """What is said of all that a list names."""

    heads: frozenset[str]
    levels: frozenset[str]
    readings: frozenset[str]
    tier: str | None

    @classmethod
    def of(cls, facts: Sequence[Fact]) -> "_Like | None":
        """None where nothing is said of all, not even that they are lesions."""
        heads, levels, readings = (
            frozenset.intersection(*sets)
            for sets in zip(*((f.heads, f.levels, f.readings) for f in facts), strict=True)
        )
        readings = frozenset(r for r in readings if not r.startswith(("at:", "head:", "word:")))
        said = heads or levels or readings or all(f.generic or f.heads & LESIONS for f in facts)
        return cls(heads, levels, readings, facts[0].tier) if said else None

    def fits(self, row: Evidence) -> bool:
        """Whether the report says the same of a finding."""
        src = row.fact
        if src.polarity != "present" or not (self.heads or self.readings or src.generic or src.heads & LESIONS):
            return False
        if (self.levels & AVID and not row.avid) or ("none" in self.levels and "none" not in src.levels):
            return False
        same_tier = (src.tier or "definite") == (self.tier or "definite")
        return not self.readings or (self.readings <= src.readings and same_tier)
