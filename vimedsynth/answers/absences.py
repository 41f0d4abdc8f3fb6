"""Denials: what the report itself denies, and what it has that an answer denies."""

from vimedsynth.answers.matching import LOOSE, head_in, other_part, same_finding, where_said
from vimedsynth.answers.support import Support
from vimedsynth.facts import Fact, Item
from vimedsynth.lexicon import lexicon
from vimedsynth.samples import Objection
from vimedsynth.sources import Evidence, compatible_sides
from vimedsynth.words import split

GRAVE = frozenset({"malignant", "metastasis", "primary", "recurrent"})
HARMLESS = frozenset({"benign"})


def _only_described(fact: Fact) -> bool:
    """ "không bị co kéo", "không thấy biến đổi cấu trúc": no form, uptake or reading is denied, but how a thing looks."""
    return bool(fact.modifiers) and not (fact.heads or fact.levels or fact.readings or fact.patterns)


class Absences(Support):
    """Judges denials."""

    def _absent(self, fact: Fact) -> None:
        self._measured(fact)
        places = self._sided(fact.items) or self.items
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
        against = [r for r in self.source.facts if self._denied(fact, places, r, everywhere)]
        backing = [r for r in self.source.facts if self._backs(fact, places, r, everywhere)]
        at = [i for i in places if any(self._denied(fact, (i,), r, everywhere) for r in against)]
        if against and (beyond or not any(self._exact(tuple(at), r) for r in backing)):
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
        sizes = {m.dims for r in self.source.facts for m in r.fact.sizes}
        suvs = {v for r in self.source.facts for v in r.fact.suvs}
        if any(m.dims and m.dims not in sizes for m in fact.sizes) or any(v not in suvs for v in fact.suvs):
            self.object("number", "the report has no such measure", fact.span)

    def _sided(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """ "Bên phải thì không thấy": a side alone is of the place that was spoken of, or asked for."""
        alone = [i.side for i in items if not i.atoms]
        context = tuple(i for i in self.items if i.atoms - LOOSE)
        if len(alone) != len(items) or not alone or not context:
            return items
        return tuple(Item(i.atoms, alone[0]) for i in context)

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
                o for r in self.source.facts if r.fact.polarity == "absent" for o in r.fact.items if organs <= o.atoms
            ]
            fits = [o for o in near if compatible_sides(item.side, o.side) and o.side in (None, "both", item.side)]
            if near and not fits:
                return True
        return False

    def _exact(self, places: tuple[Item, ...], row: Evidence) -> bool:
        """A denial in the report of just this place (a report may contradict itself; a faithful answer may too)."""
        if row.fact.polarity != "absent" or self._of_the_rest(row):
            return False
        return any(
            bool((i.atoms - LOOSE) & own.atoms) and own.side in (i.side, "both", None)
            for i in places
            for own in row.fact.items
        )

    def _of_the_rest(self, row: Evidence) -> bool:
        """ "không thấy nốt, ngoại trừ ...", "các xương khác bình thường": a denial that leaves out what the answer does not."""
        said = split(self.answer)
        return any(word not in said and self.source.says(word, row.sentences) for word in ("khác", "trừ", "ngoài"))

    def _denied(self, fact: Fact, places: tuple[Item, ...], row: Evidence, everywhere: bool) -> bool:
        """A present finding of the report that the answer denies."""
        src = row.fact
        if src.polarity != "present" or (row.section.value == "impression" and not src.items):
            return False
        if fact.levels & {"increased", "mild"}:
            if not row.avid:
                return False
            if fact.heads and src.heads and not any(head_in(h, src) for h in fact.heads):
                return False
        elif fact.heads:
            if not any(head_in(h, src) for h in fact.heads):
                return False
        elif fact.readings:
            if not (fact.readings - {"not"}) & src.readings:
                return False
            if not (fact.generic and fact.items):
                return True
        elif _only_described(fact) and not fact.modifiers & src.modifiers:
            return False
        if "abnormal" in fact.patterns and not row.avid and fact.heads:
            return False
        if any(same_finding(ex, src) for ex in self.excluded):
            return False
        if everywhere:
            return bool(self.excluded) and row.avid and bool(src.suvs) and row.section.value != "impression"
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

    def _backs(self, fact: Fact, places: tuple[Item, ...], row: Evidence, everywhere: bool) -> bool:
        """A sentence of the report that says it is not there, or that the place is normal."""
        src = row.fact
        if _only_described(fact) and not fact.modifiers <= src.modifiers:
            return False  # "không bị co kéo" is not backed by "không tràn dịch"
        if src.polarity in ("absent", "resolved"):
            if fact.heads and src.heads and not any(head_in(h, src) for h in fact.heads):
                return False
            if fact.heads and not src.heads and not (fact.levels or fact.patterns or fact.generic):
                return False
        elif self._read_as_harmless(fact, src):
            pass  # "không có tổn thương ác tính ở gan", where the report reads what is there as benign
        elif not (src.polarity == "physiologic" or "none" in src.levels) or (
            fact.heads and not (fact.levels or fact.patterns) and not any(head_in(h, src) for h in fact.heads)
        ):
            return False
        if everywhere:
            return src.polarity == "absent"
        if fact.readings - src.readings - {"not"} and not (
            fact.levels or fact.heads or self._read_as_harmless(fact, src)
        ):
            return False
        for item in places:
            want = item.atoms - LOOSE
            if "region:body" in src.atoms and src.polarity == "absent":
                return True
            for own, reach in zip(src.items, row.places, strict=True):
                near = want & (reach | own.atoms) or (item.wider & own.atoms)
                if near and not other_part(want, own.atoms) and compatible_sides(item.side, own.side):
                    return True
        return not src.items and src.polarity == "absent" and self._of_finding_at(places, row)

    def _of_finding_at(self, places: tuple[Item, ...], row: Evidence) -> bool:
        """ "Ổ ở thân xương ức ..., không thấy biến đổi cấu trúc": a denial without a place is of the finding before it."""
        beside = [r for r in self.source.facts if r.sentences[0] == row.sentences[0] and r.fact.items]
        return any(r.fact.polarity == "present" and any(self.at((i,), r) for i in places) for r in beside)
