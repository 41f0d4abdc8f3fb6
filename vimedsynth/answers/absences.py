"""Denials: what the report itself denies, and what it has that an answer denies."""

from vimedsynth.answers.matching import LOOSE, head_in, other_part, overlap, same_finding, shares_form, where_said
from vimedsynth.answers.support import Support
from vimedsynth.facts import Fact, Invades, Item, around
from vimedsynth.lexicon import lexicon
from vimedsynth.reports import Section
from vimedsynth.samples import Objection
from vimedsynth.sources import GRAVE, Evidence, compatible_sides
from vimedsynth.words import split

BODIES = frozenset({"mass", "nodule", "node", "thickening"})
"""What can spread to a neighbour: a denial that names one denies no more than that it does."""

SPREADS = frozenset({"invades", "extends", "infiltrates"})
HARMLESS = frozenset({"benign"})


def _only_described(fact: Fact) -> bool:
    """ "không bị co kéo", "không thấy biến đổi cấu trúc": no form, uptake or reading is denied, but how a thing looks."""
    return not (fact.heads or fact.levels or fact.readings or fact.patterns)


def _organs(target: frozenset[str]) -> frozenset[str]:
    return frozenset(a for a in target if a[:4] != "rel:" and a[:5] != "side:")


def _no_wider(item: Item, own: Item) -> bool:
    """Whether a place has the parts of another and its side, which "xương sườn 7" need not say, and does not contain it."""
    within = lexicon().within
    own_parts = (a for a in own.atoms - LOOSE if a[:4] != "arc:")
    parts = {a for a in own_parts if a == "anastomosis" or a not in within or within[a] & item.atoms}
    named = item.side is None and any(a[:4] == "rib:" for a in parts)
    return parts <= item.atoms and (named or own.side in (None, item.side))


class Absences(Support):
    """Judges denials."""

    def _absent(self, fact: Fact) -> None:
        self._measured(fact)
        places = self._sided(fact.items) or fact.read_at or self.items
        beyond = any(f.items or f.heads for f in self.excluded) and not [
            i for i in fact.items if i.atoms - {"region:body", "rel:above"}
        ]
        everywhere = beyond or any("region:body" in i.atoms for i in places) or not places
        if "physiologic" in fact.readings:
            denied = [
                r
                for r in self.source.facts
                if r.fact.polarity == "physiologic" and any(i.atoms & r.fact.atoms for i in places)
            ]
            if denied:
                self.object("negation", f"the report has {where_said(denied[0])}", fact.span)
            return
        if fact.invasions:
            for relation in fact.invasions:
                self._unrelated(fact, relation, places)
            if fact.heads <= BODIES:
                return
        if fact.readings and not fact.items and any(self._in_its_words(fact, r) for r in self.source.facts):
            return  # "Không thấy di căn xa", where a node is a metastasis
        facts = self.source.facts
        against = [r for r in facts if r.fact.polarity == "present" and self._denied(fact, places, r, everywhere)]
        backing = [r for r in facts if self._backs(fact, places, r, everywhere)]
        at = (
            tuple(i for i in places if any(self._denied(fact, (i,), r, everywhere) for r in against)) if against else ()
        )
        if against and (beyond or not any(self._exact(at, r) for r in backing)):
            self.object("negation", f"the report has {where_said(against[0])}", fact.span)
        elif against:
            self.notes.append(
                Objection("source-contradiction", "the report itself says both", fact.span.of(self.answer))
            )
        elif not backing:
            self.object("negation", "the report does not say that it is not there", fact.span)
        elif fact.tier and fact.readings and self._tier_differs(fact, backing):
            self.object("certainty-down", "the report denies it with other certainty", fact.span)
        elif not everywhere and self._other_side_only(fact, backing):
            self.object("side", "the report says so of the other side", fact.span)

    def _measured(self, fact: Fact) -> None:
        """ "Chưa thấy tái phát; vùng này cỡ 3 cm": what is measured in a denial is measured by the report."""
        if not (fact.sizes or fact.suvs):
            return
        rows = [r.fact for r in self.source.facts]
        suvs = {v for src in rows for v in src.suvs}
        alike = (src for src in rows if not (fact.heads and src.heads) or shares_form(fact.heads, src))
        sizes = {m.dims for src in alike for m in src.sizes}
        if any(m.dims and m.dims not in sizes for m in fact.sizes) or any(v not in suvs for v in fact.suvs):
            self.object("number", "the report has no such measure", fact.span)

    def _unrelated(self, fact: Fact, relation: Invades, places: tuple[Item, ...]) -> None:
        """ "Không xâm lấn bàng quang": the report denies it of this neighbour, and has it of no finding."""
        verb, words = relation.verb.removeprefix("not:"), frozenset(filter(str.isalpha, fact.words))
        target = _organs(relation.target) or (frozenset() if words else fact.atoms)
        subject = tuple(i for i in places if not i.atoms & target)
        denied: set[str] = set()
        for row in self.source.facts:
            for said in row.fact.invasions:
                theirs = _organs(said.target)
                same = bool(theirs & target) if target else not theirs and self._all_said(words, row)
                if row.fact.polarity == "absent" or said.verb[:4] == "not:":
                    of_it = not (subject and row.fact.items) or overlap(subject, row.fact.items)
                    if of_it and said.verb.removeprefix("not:") == verb and (same or target):
                        denied |= theirs or {""}
                elif (same or not (target or words)) and (verb == said.verb or {verb, said.verb} <= SPREADS):
                    self.object("negation", f"the report has {where_said(row)}", fact.span)
                    return
        if not (target or {""}) <= denied:
            self.object("negation", "the report does not say that it is not there", fact.span)

    def _all_said(self, words: frozenset[str], row: Evidence) -> bool:
        return all(self.source.says(word, row.sentences) for word in words)

    def _in_its_words(self, fact: Fact, row: Evidence) -> bool:
        """What the impression denies of the whole body, in the same words."""
        src = row.fact
        if row.section is not Section.IMPRESSION or src.polarity != "absent" or src.items:
            return False
        same = (fact.heads, fact.levels, fact.readings) == (src.heads, src.levels, src.readings)
        return same and not self._of_the_rest(row)

    def _sided(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """ "Bên phải thì không thấy": a side alone is of the place that was spoken of, or asked for."""
        alone = [i.side for i in items if not i.atoms]
        if len(alone) != len(items) or not alone:
            return items
        known = lexicon().places
        context = tuple(i for i in self.items if i.atoms & known) or tuple(
            i for i in self.focus.items if i.atoms - LOOSE
        )
        return tuple(Item(i.atoms, alone[0]) for i in context) or items

    def _tier_differs(self, fact: Fact, backing: list[Evidence]) -> bool:
        same = [r.fact.tier for r in backing if r.fact.readings & fact.readings]
        return bool(same) and fact.tier not in same

    def _other_side_only(self, fact: Fact, backing: list[Evidence]) -> bool:
        """The report denies it of just this organ, but on the other side."""
        for item in fact.items:
            organs = item.atoms & lexicon().places
            if not item.side or not organs:
                continue
            near = [
                o
                for r in self.source.facts
                if r.fact.polarity == "absent" and not r.lent
                for o in r.fact.items
                if organs <= o.atoms
            ]
            fits = [o for o in near if compatible_sides(item.side, o.side) and o.side in (None, "both", item.side)]
            if near and not fits:
                return True
        return False

    def _exact(self, places: tuple[Item, ...], row: Evidence) -> bool:
        """A denial in the report of just this place (a report may contradict itself; a faithful answer may too)."""
        if row.fact.polarity != "absent" or row.lent:
            return False
        return not self._of_the_rest(row) and any(
            bool((i.atoms - LOOSE) & own.atoms) and own.side in (i.side, "both", None)
            for i in places
            for own in row.fact.items
        )

    def _of_the_rest(self, row: Evidence) -> bool:
        """ "không thấy nốt, ngoại trừ ...", "các xương khác bình thường": a denial that leaves out what the answer does not."""
        told = [self.source.low[number - 1] for number in row.sentences]
        words = [word for word in ("khác", "trừ", "ngoài") if any(word in low for low in told)]
        said = split(self.answer) if words else []
        return any(word not in said and self.source.says(word, row.sentences) for word in words)

    def _denied(self, fact: Fact, places: tuple[Item, ...], row: Evidence, everywhere: bool) -> bool:
        """A present finding of the report that the answer denies."""
        src = row.fact
        if row.section is Section.IMPRESSION and not src.items:
            return False
        if fact.levels & {"increased", "mild"}:
            if not row.avid:
                return False
            if fact.heads and src.heads and not shares_form(fact.heads, src):
                return False
        elif fact.heads:
            if not shares_form(fact.heads, src):
                return False
        elif fact.readings:
            if not (fact.readings - {"not"}) & src.readings:
                return False
            if not (fact.generic and fact.items) and not fact.read_at:
                return True
            if any(own.atoms & item.atoms for own in src.read_at for item in fact.read_at):
                return True  # "di căn xương" of a place that is not named as bone
        elif fact.modifiers and _only_described(fact) and not fact.modifiers & src.modifiers:
            return False
        elif fact.patterns == {"focal"} and not fact.generic and not src.heads and "diffuse" in src.patterns:
            return False  # "tăng lan tỏa, không có ổ khu trú"
        if "abnormal" in fact.patterns and not row.avid and fact.heads:
            return False
        if self.excluded and any(same_finding(ex, src) for ex in self.excluded):
            return False
        if everywhere:
            return bool(self.excluded) and row.avid and bool(src.suvs) and row.section is not Section.IMPRESSION
        for item in places:
            want = frozenset(a for a in item.atoms - LOOSE if not a.startswith("rel:"))
            for own, reach in zip(src.items, row.places, strict=True):
                if want and want <= reach and compatible_sides(item.side, own.side):
                    return True
        return False

    def _read_as_harmless(self, fact: Fact, src: Fact) -> bool:
        grave = fact.readings & GRAVE
        return (
            bool(grave and not fact.heads and src.polarity == "present" and src.readings & HARMLESS)
            and not src.readings & GRAVE
        )

    def _as_much(self, fact: Fact, places: tuple[Item, ...], row: Evidence) -> bool:
        """A denial that has its place from what stands before it denies this much: no other form, of no wider place."""
        src = row.fact
        if not all(head_in(h, src) for h in fact.heads) or not src.readings <= fact.readings:
            return False
        if not src.levels <= fact.levels or src.heads & {"enlargement"} - fact.heads:
            return False
        return all(any(_no_wider(item, own) for own in src.items) for item in places) and not self._of_the_rest(row)

    def _backs(self, fact: Fact, places: tuple[Item, ...], row: Evidence, everywhere: bool) -> bool:
        """A sentence of the report that says it is not there, or that the place is normal."""
        src = row.fact
        # "không có tổn thương ác tính ở gan", where the report reads what is there as benign
        harmless = bool(fact.readings) and self._read_as_harmless(fact, src)
        if src.polarity in ("absent", "resolved"):
            if fact.heads and src.heads and not shares_form(fact.heads, src):
                return False
            if fact.heads and not src.heads and not (fact.levels or fact.patterns or fact.generic):
                return False
        elif not harmless:
            if src.polarity != "physiologic" and "none" not in src.levels:
                return False
            if fact.heads and not (fact.levels or fact.patterns) and not shares_form(fact.heads, src):
                return False
        if fact.modifiers and _only_described(fact) and not fact.modifiers <= src.modifiers:
            return False  # "không bị co kéo" is not backed by "không tràn dịch"
        if fact.polarity == "resolved" and fact.prior and src.polarity != "resolved":
            return False  # what was there and is gone was there
        if row.lent and (everywhere or not self._as_much(fact, places, row)):
            return False
        if everywhere:
            return src.polarity == "absent"
        if fact.readings - src.readings - {"not"} and not (fact.levels or fact.heads or harmless):
            return False
        for item in places:
            for own in src.items:
                if "region:body" in own.atoms and src.polarity == "absent":
                    return True
                near = around(item.atoms) & own.atoms
                if near and not other_part(item.atoms, own.atoms) and compatible_sides(item.side, own.side):
                    return True
        return False
