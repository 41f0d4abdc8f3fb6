"""What the findings of one sentence share, and what belongs to each of them in turn."""

from itertools import pairwise

from vimedsynth.clauses.drafts import LOBAR, Draft, draft_items
from vimedsynth.facts import Fact, Item
from vimedsynth.lexicon import lexicon
from vimedsynth.pointing import REFERENCE
from vimedsynth.reports import Span
from vimedsynth.words import Token

GENERAL = frozenset(
    {"abdominal-cavity", "mediastinum", "retroperitoneum", "region:abdomen", "region:chest", "region:neck"}
)
"""Regions beside which a place says more: "hạch ổ bụng cạnh động mạch chủ bụng" is one place."""

SEGMENTED = frozenset({"liver", "lung", "breast", "thyroid"})

WHOLE_COUNT = {2: "two", 3: "three", **{n: f"n{n}" for n in range(4, 13)}}
NUMBERS = {"one": 1, **{said: n for n, said in WHOLE_COUNT.items()}}

STOPS = frozenset(".!?")


def _numbered(items: tuple[Item, ...]) -> bool:
    """ "hạch vú trong trái ở khoang liên sườn II và III": one place that holds, and numbered ones of one kind within it."""
    kinds = [{a.partition(":")[0] for a in i.atoms if ":" in a} for i in items]
    return bool(set.intersection(*kinds[1:]) - kinds[0])


class Sharing:
    """Hands round what stands once in a sentence; the state is that of the cursor."""

    __slots__ = ()

    toks: tuple[Token, ...]
    listed: bool
    sided: list[str]
    side_order: list[str]
    header: Draft | None
    read_back: list[int]
    apart: int

    def _shared(self, facts: list[Fact]) -> list[Fact]:
        """What stands once at the end of a sentence holds for the findings before it that have none of their own."""
        if self.read_back:
            facts = self._given_back(facts)
        if len(facts) == 1 and not self.listed and not self.sided and not self.header and len(facts[0].suvs) < 2:
            return facts
        out = self._under_header(facts, self.header) if self.header else list(facts)
        alike, alike_read = self._alike("uptake"), self._alike("reading", "tier")
        for i in range(len(out) - 2, -1, -1):
            here, after = out[i], out[i + 1]
            if self.apart and i >= self.apart - 1:
                continue
            if REFERENCE in here.points or REFERENCE in after.points:
                continue
            if here.polarity != "present" or after.polarity != "present" or "not-enlarged" in here.modifiers:
                continue  # "gan không to, ..." says all of the liver that it says
            if alike and not here.levels and after.levels:
                out[i] = here._replace(levels=after.levels, intensity=after.intensity)
            elif not here.levels and after.levels and self._related(here, after):
                one = after.suvs if len(after.suvs) == 1 and not here.suvs and here.sizes else here.suvs
                out[i] = here._replace(
                    levels=after.levels, intensity=after.intensity, patterns=here.patterns | after.patterns,
                    tier=here.tier or after.tier, readings=here.readings or after.readings, tiers=here.tiers or after.tiers,
                    suvs=one, suv_spans=after.suv_spans if one is after.suvs else here.suv_spans,
                )  # fmt: skip
            if alike_read and not here.readings and after.readings:
                out[i] = out[i]._replace(tier=after.tier, readings=after.readings, tiers=after.tiers)
            if not (here.heads or here.generic or here.levels or here.readings) and after.heads:
                out[i] = out[i]._replace(heads=after.heads)
        out = self._segments_of_first(self._opened_by_uptake(out))
        if self.listed and len(out) > 1:
            out = self._one_value_each(out)
        out = [piece for fact in out for piece in self._respective(fact)]
        for i in range(1, len(out)):
            bare = (
                not (out[i].heads or out[i].generic) and out[i].polarity == "present" and (out[i].sizes or out[i].suvs)
            )
            if (
                bare
                and "chiếu" not in out[i].words  # "gan tham chiếu là 3,0"
                and REFERENCE not in out[i].points | out[i - 1].points
                and out[i - 1].heads
                and out[i - 1].polarity == "present"
                and not self._stop_between(out[i - 1], out[i])
            ):
                out[i] = out[i]._replace(heads=out[i - 1].heads, counts=out[i].counts or out[i - 1].counts)
        return out

    def _given_back(self, facts: list[Fact]) -> list[Fact]:
        """ "A, không thấy B, nghĩ đến C": C is what A is read as."""
        out = list(facts)
        for i in reversed(self.read_back):
            if i < len(out) and not (out[i].heads or out[i].items):
                read, of = out.pop(i), out[i - 2]
                out[i - 2] = of._replace(
                    tier=read.tier, readings=read.readings, tiers=read.tiers, invasions=of.invasions + read.invasions
                )
        return out

    def _opened_by_uptake(self, facts: list[Fact]) -> list[Fact]:
        """ "Tăng chuyển hóa FDG ở hạch A (SUVmax: 9,7) và hạch B (SUVmax: 8,2)": what opens the sentence is said of all."""
        if len(facts) < 2 or self.toks[0].kind != "uptake" or facts[0].span.start != self.toks[0].start:
            return facts
        first, *others = facts
        if any(f.polarity != "present" or not (f.heads and f.items and f.suvs) or f.levels for f in others):
            return facts
        return [first, *(self._as_avid(f, first) for f in others)]

    def _as_avid(self, fact: Fact, first: Fact) -> Fact:
        said = not self._stop_between(first, fact)
        return fact._replace(levels=first.levels, intensity=first.intensity) if said else fact

    def _segments_of_first(self, facts: list[Fact]) -> list[Fact]:
        """ "Gan phải có nốt ở hạ phân thùy VI, nang ở hạ phân thùy VIII": segments of the organ that the sentence opens with."""
        first = facts[0].items[0] if facts and facts[0].items else None
        if first is None or not first.atoms & SEGMENTED:
            return facts
        first = Item(first.atoms & SEGMENTED, first.side, first.span)
        return [facts[0], *(f._replace(items=tuple(self._of(first, i) for i in f.items)) for f in facts[1:])]

    def _of(self, organ: Item, item: Item) -> Item:
        bare = bool(item.atoms) and all(a.startswith(LOBAR) or a == "lobe" for a in item.atoms)
        return Item(item.atoms | organ.atoms, item.side or organ.side, item.span) if bare else item

    def _related(self, here: Fact, after: Fact) -> bool:
        """Findings of one form, or one that only goes on; an SUVmax of its own says what the uptake is."""
        if here.suvs and (after.suvs or after.levels == {"none"}):
            return False
        goes_on = not (after.heads or (after.items and not after.sizes))
        return bool(here.heads & after.heads) or not here.heads or goes_on

    def _alike(self, *kinds: str) -> bool:
        """ "A có SUVmax 8,8 và B có SUVmax 4,1, đều tăng chuyển hóa FDG", "..., đều là hạch di căn"."""
        said = [t for t in self.toks if t.value not in {"là", "được", "node"}]
        return any(t.value == "đều" and u.kind in kinds for t, u in pairwise(said))

    def _stop_between(self, first: Fact, second: Fact) -> bool:
        """Two sentences that were not told apart share nothing."""
        return any(t.value in STOPS and first.span.start < t.start <= second.span.start for t in self.toks)

    def _one_value_each(self, facts: list[Fact]) -> list[Fact]:
        """ "hạch A 20 mm và hạch B 9 mm, SUVmax lần lượt là 8,8 và 4,1": the values at the end go to the findings in turn."""
        last, n = facts[-1], len(facts[-1].suvs)
        group = facts[-n:]
        if (
            not 1 < n <= len(facts)
            or len(last.items) == n
            or any(f.suvs or f.polarity != "present" for f in group[:-1])
        ):
            return facts
        values = zip(group, last.suvs, last.suv_spans, strict=True)
        return [*facts[:-n], *(f._replace(suvs=(v,), suv_spans=(s,)) for f, v, s in values)]

    def _respective(self, fact: Fact) -> list[Fact]:
        """ "lần lượt là 10 và 8,7" and "bên phải dày 53 mm, bên trái dày 7 mm": one finding for each place and value."""
        if len(self.sided) == len(fact.sizes) > 1:
            place = fact.items[0].atoms if fact.items else frozenset()
            return [
                fact._replace(items=(Item(place, s, fact.items[0].span if fact.items else Span(-1, -1)),), sizes=(m,))
                for s, m in zip(self.sided, fact.sizes, strict=True)
            ]
        if not self.listed:
            return self._in_turn(fact) if len(fact.sizes) == len(fact.suvs) > 1 and len(fact.items) < 2 else [fact]
        items = tuple(i for i in fact.items if not i.atoms <= GENERAL or i.side) or fact.items
        if len(items) == 1 and items[0].side == "both" and 2 in (len(fact.suvs), len(fact.sizes)):
            order = self.side_order if len(set(self.side_order)) == 2 else ["right", "left"]
            items = tuple(Item(items[0].atoms, side, items[0].span) for side in order[:2])
        whole: tuple[Item, ...] = ()
        if len(items) - 1 in (len(fact.sizes), len(fact.suvs)) and len(items) > 2 and _numbered(items):
            whole, items = items[:1], items[1:]
        out = []
        for k, item in enumerate(items):
            part = fact._replace(items=(*whole, item))
            if len(fact.sizes) == len(items) > 1:
                part = part._replace(sizes=(fact.sizes[k],))
            if len(fact.suvs) == len(items) > 1:
                part = part._replace(suvs=(fact.suvs[k],), suv_spans=(fact.suv_spans[k],))
            out.append(part)
        if (
            len(fact.sizes) == len(fact.suvs) > 1
            and len(items) != len(fact.suvs)
            and (
                len(items) <= 1
                or len({a for i in items for a in i.atoms if ":" in a and a[:7] != "region:"}) < len(items)
            )
        ):
            values = zip(fact.sizes, fact.suvs, fact.suv_spans, strict=True)
            return [fact._replace(sizes=(m,), suvs=(v,), suv_spans=(s,)) for m, v, s in values]
        if len(out) in WHOLE_COUNT and fact.counts == {WHOLE_COUNT[len(out)]}:
            out = [part._replace(counts=frozenset({f"of:{WHOLE_COUNT[len(out)]}"})) for part in out]
        paired = len(items) > 1 and (len(fact.sizes) == len(items) or len(fact.suvs) == len(items))
        return out if paired else [fact]

    def _in_turn(self, fact: Fact) -> list[Fact]:
        """ "tổn thương 14 mm có SUVmax 8,3, tổn thương 25 mm có SUVmax 5,8": each value is of the size before it."""
        at = [span.start for m, s in zip(fact.sizes, fact.suv_spans, strict=True) for span in (m.span, s)]
        if at != sorted(at):
            return [fact]
        values = zip(fact.sizes, fact.suvs, fact.suv_spans, strict=True)
        return [fact._replace(sizes=(m,), suvs=(v,), suv_spans=(s,)) for m, v, s in values]

    def _under_header(self, facts: list[Fact], header: Draft) -> list[Fact]:
        said = header.counts
        if len(facts) > 1:
            said = frozenset(f"of:{c}" if NUMBERS.get(c) == len(facts) else f"in-all:{c}" for c in header.counts)
        places = frozenset(a for atoms, _, _ in header.items for a in atoms)
        side = header.items[0][1] if len(header.items) == 1 else None
        known = lexicon().within
        out = []
        for f in facts:
            if f.polarity == "present" and not f.levels:
                f = f._replace(levels=header.levels, intensity=header.intensity)
            if f.polarity == "present" and not f.readings:
                f = f._replace(tier=header.tier, readings=header.readings, tiers=header.apart())
            f = f._replace(
                heads=f.heads | header.heads, counts=f.counts | said, modifiers=f.modifiers | header.modifiers,
                patterns=f.patterns | header.patterns,
                items=tuple(
                    i if i.atoms & known.keys() else Item(i.atoms | places, i.side or side, i.span) for i in f.items
                ) or draft_items(header.items),
            )  # fmt: skip
            if side and all(i.side is None for i in f.items):
                f = f._replace(items=draft_items(header.items) + f.items)  # "hai hạch vú trong trái: hạch ngang sườn 2"
            out.append(f)
        return out
