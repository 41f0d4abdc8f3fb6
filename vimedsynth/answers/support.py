"""Which finding supports a fact: its form, its places and their sides."""

from collections.abc import Iterator, Sequence

from vimedsynth.answers.attributes import Attributes
from vimedsynth.answers.matching import LOOSE, Adder, head_in, invaded, needed, replace_evidence, where_said
from vimedsynth.clauses.sharing import WHOLE_COUNT
from vimedsynth.facts import PARTS, Fact, Item
from vimedsynth.lexicon import lexicon
from vimedsynth.pointing import REST
from vimedsynth.reports import Section
from vimedsynth.samples import Objection
from vimedsynth.sources import REGION_OF_SECTION, Evidence
from vimedsynth.words import split

LIVER_SIDE = {f"seg:{n}": side for side, segments in (("left", "ii iii iv iva ivb"), ("right", "v vi vii viii"))
              for n in segments.split()}  # fmt: skip
TISSUES = frozenset({"skin", "subcutis", "soft-tissue", "muscle", "fat-tissue"})


TUMOUR = frozenset({"primary", "head:mass", "active"})


def _is_tumour(src: Fact, *, asked: bool = False) -> bool:
    """What a report calls "u", or a thickening that is cancer: an answer may call it so whatever its form.

    A question asks for "u" where the report only suspects one.
    """
    cancer = src.tier == "definite" and "malignant" in src.readings and "thickening" in src.heads
    certain = (r for r in src.readings & TUMOUR if asked or src.tier_of(r) not in ("probable", "suspect"))
    return src.polarity == "present" and (cancer or any(certain))


def _called_so(head: str, fact: Fact, src: Fact) -> bool:
    """What the report measures as thick, or reads with certainty as something, is called so."""
    if head == "mass":
        return _is_tumour(src)
    if head == "thickening" and not src.heads:
        return {m.kind for m in fact.sizes} == {"thickness"} == {m.kind for m in src.sizes}
    return (
        src.tier_of(f"head:{head}") == "definite" and f"head:{head}" in src.readings and fact.tier in (None, "definite")
    )


def _finest(places: tuple[Item, ...]) -> tuple[Item, ...]:
    """ "phổi phải, ở thùy giữa phổi phải": what only holds another of the places is no place of the list."""
    if len(places) < 2:
        return places
    return tuple(i for i in places if not any(i.atoms < o.atoms and i.side in (None, o.side) for o in places))


def _with_whole(places: tuple[Item, ...]) -> tuple[Item, ...]:
    """ "gan, ở hạ phân thùy VI": an organ and a part of it are one place and no list of two."""
    if len(places) != 2 or any(a.startswith(PARTS) for a in places[0].atoms):
        return places
    whole, part = places
    if not part.atoms or not all(a.startswith(("seg:", "lobe:")) for a in part.atoms):
        return places  # "hoại tử trung tâm" is no place of its own
    return (Item(part.atoms | whole.atoms, part.side or whole.side, part.span),)


def _turned_round(item: Item, opposite: frozenset[str], src: Fact, *, timed: bool) -> bool:
    """ "sau thực quản", "ở bờ trước", where one of the places is before it and none behind.

    A relation without its place is one of time where times are asked about: "trước điều trị".
    """
    known = lexicon().places
    of = {item.atoms & known} if timed else {item.atoms & known, frozenset()}
    same = [o.atoms for o in src.items if o.atoms & known in of]
    return any(opposite & atoms for atoms in same) and not any(item.atoms - known <= atoms for atoms in same)


def _at_its_own(fact: Fact) -> bool:
    """ "các ổ còn lại ở hạ phân thùy VI (16 mm)": the others by name, each with its measure."""
    parts = any(a.startswith(PARTS) for i in fact.items for a in i.atoms)
    return parts and bool(fact.suvs or any(m.op == "=" for m in fact.sizes))


class Support(Attributes):
    """Finds the finding that a fact is about."""

    def _faults(self, fact: Fact, places: tuple[Item, ...], row: Evidence, leans: bool) -> list[Objection]:
        """What keeps ``row`` from supporting ``fact``; empty when it does.

        ``places`` are those in question; ``leans`` says that the form asked for, or spoken of before, counts.
        """
        src = row.fact
        out: list[Objection] = []

        def add(code: str, message: str) -> None:
            out.append(Objection(code, message, fact.span.of(self.answer).strip(" .,;")))

        if fact.polarity != "present" or src.polarity != "present":
            self._otherwise_there(fact, src, add)
        for head in sorted(fact.heads) if len(fact.heads) > 1 else fact.heads:
            if not (
                head_in(head, src)
                or _called_so(head, fact, src)
                or self._named_mass(head, row)
                or self._one_of(head, row)
            ):
                add("added-finding", f"the report has no such finding here ({head})")
        if leans and src.heads:
            # a place of its own is of what was asked for, and not of the form that was spoken of before
            heads = self.focus.heads if any(i.atoms for i in fact.items) else self.heads
            tumour = "mass" in heads and _is_tumour(src, asked=True)
            if heads and not tumour and not any(head_in(h, src) or self._named_mass(h, row) for h in heads):
                add("added-finding", "the question is about another finding")
        rest = (REST in fact.points and not _at_its_own(fact)) or (not fact.heads and self.focus.rest)
        if rest != (REST in src.points):
            add("added-finding", "the report says it of others")
        for item in places:
            code = self._place_fault(item, row)
            if code:
                add(
                    code,
                    f"the report has {where_said(row)} here"
                    if code == "side"
                    else "the report does not place it there",
                )
        if out and any(fault.code in ("place", "added-finding", "negation") for fault in out):
            return out
        self._attributed(fact, row, add)
        return out

    def _otherwise_there(self, fact: Fact, src: Fact, add: Adder) -> None:
        """A finding that is there, one that is not, one that is physiologic and one that was operated on are four things."""
        taken_out = (
            src.polarity == "postoperative" and "node" in fact.heads and not src.words.isdisjoint({"vét", "nạo"})
        )
        if src.polarity in ("absent", "resolved") or (taken_out and fact.polarity == "present"):
            add("negation", "the report says this is not there")
        if fact.polarity == "physiologic" and src.polarity != "physiologic" and "physiologic" not in src.readings:
            add("added-reading", "the report does not call this physiologic")
        if fact.polarity == "postoperative" and src.polarity != "postoperative" and "operated" not in src.readings:
            add("added-finding", "the report does not say it was operated on")
        if src.polarity == "postoperative" and fact.polarity == "present" and "node" in fact.heads:
            add("negation", "the report says they were removed")
        if src.polarity == "physiologic" and fact.polarity == "present" and (fact.heads or fact.suvs):
            add("uptake", "the report calls this physiologic")

    def _one_of(self, head: str, row: Evidence) -> bool:
        """ "ổ tiêu xương ở sọ và xương đòn. Các ổ ở sọ ...": what has no form of its own, where that form has its place."""
        src = row.fact
        if src.heads or not src.generic or not src.items:
            return False
        rows = (r for r in self.near(src.items) if r.section is row.section)
        return any(head_in(head, r.fact) and r.fact.polarity == "present" and self.at(src.items, r) for r in rows)

    def _named_mass(self, head: str, row: Evidence) -> bool:
        """ "khối hạch" is a mass too, and so is a thick wall that the impression calls one."""
        src = row.fact
        if head != "mass":
            return False
        if "node" in src.heads:
            return self.source.says("khối", row.sentences)
        return src.heads == {"thickening"} and any(
            "mass" in r.fact.heads and r.fact.items and all(not self._place_fault(i, row) for i in r.fact.items)
            for r in self.source.facts
            if r.section is Section.IMPRESSION and r.fact.polarity == "present"
        )

    def rows_at(self, places: tuple[Item, ...]) -> Iterator[Evidence]:
        """The findings that are at all of the places, in the order of the pool."""
        return (row for row in self.near(places) if self.at(places, row))

    def near(self, places: tuple[Item, ...]) -> Sequence[Evidence]:
        """The findings at the rarest of the places, in the order of the pool."""
        found = [self.source.at.get(want, ()) for i in places for want in needed(i.atoms)[0]]
        return min(found, key=len) if found else self.source.pool

    def at(self, places: tuple[Item, ...], row: Evidence) -> bool:
        """Whether a finding is at all of the places."""
        for item in places:  # noqa: SIM110 (of one place, mostly: any() would cost more than the look itself)
            if self._place_fault(item, row):
                return False
        return True

    def _place_fault(self, item: Item, row: Evidence) -> str:
        src = row.fact
        want, relations, opposite = needed(item.atoms)
        turned = bool(opposite and src.items) and _turned_round(item, opposite, src, timed=self.focus.history)
        if not want and not item.side:
            return "place" if turned else ""
        if not src.items:
            inside = want <= row.all_places
            return "" if inside and not item.side else "place"
        if len(want) > 1 and not want.isdisjoint(TISSUES):
            want -= TISSUES & src.atoms  # "dày da và tổ chức dưới da ở cẳng chân": both tissues are of that place
        best = "place"
        if turned and len(src.items) > 1:
            return "place"
        for number, own in enumerate(src.items):
            reach = row.places[number]
            if not want <= reach and not (src.invasions and want <= reach | invaded(src)):
                continue
            if opposite and opposite & own.atoms:
                continue
            if relations and own.atoms & lexicon().places == item.atoms & lexicon().places:
                others = frozenset(a for a in own.atoms if a.startswith("rel:"))
                if others and not relations <= others and not relations <= src.atoms:
                    continue
            if item.side is None or item.side == own.side or self._side_ok(item.side, own, src):
                return ""
            best = "side"
        return best

    def _side_ok(self, side: str, own: Item, src: Fact) -> bool:
        """Whether what is said of one side may be said of a place that has another side, or none."""
        if own.side is None and "liver" in own.atoms and any(LIVER_SIDE.get(a) == side for a in own.atoms):
            return True  # segment VIII is of the right liver, whether or not that is said
        if own.side is None:
            if side == src.items[0].side and all(a.startswith(("stn:", "rib")) for a in own.atoms):
                return True  # "cơ ức đòn chũm trái (nhóm IIA)"
            later = next((i.side for i in src.items[src.items.index(own) + 1 :] if i.side), None)
            return side == later or (later == "both" and self._asked(side))
        if own.side == "both":
            return src.polarity == "absent" or self._asked(side)
        return False

    def _asked(self, side: str) -> bool:
        asked = {i.side for i in self.focus.items if i.side}
        return asked == {side}

    def _by_parts(self, fact: Fact, places: tuple[Item, ...]) -> bool:
        """A list of places, each from a finding of its own; numbers and readings from any of these."""
        places = _with_whole(_finest(places))
        if len(fact.sizes) == 1 and any(r.fact.sizes and r.fact.items for r in self.rows_at(places)):
            return False  # "hạch vú trong trái ở khoang liên sườn II 9 mm": one place, measured by the report
        found: list[list[Evidence]] = []
        if {c for c in fact.counts if c[:3] != "of:"} == {WHOLE_COUNT.get(len(places))}:
            fact = fact._replace(counts=frozenset())  # "ba ổ, ở A, B và C"
        bare = fact._replace(sizes=(), suvs=(), readings=frozenset(), tier=None, counts=frozenset(), invasions=(),
                       modifiers=frozenset(), patterns=frozenset(), intensity=frozenset())  # fmt: skip
        read = {r for r in fact.readings if ":" not in r}
        for item in places:
            near = (r for r in self.rows_at((item,)) if r.fact.polarity != "advice")
            rows = [r for r in near if not self._faults(bare, (item,), r, False)]
            if read and not any(read <= r.fact.readings for r in rows):
                return False
            if not rows:
                return False
            found.append(rows)
        chosen = [row for rows in found for row in rows]
        if any(self._judged_otherwise(fact, row) for row in chosen):
            return False
        if self.says_all(fact):
            return not any(self._attributes(fact, row) for row in chosen)
        said = fact._replace(sizes=(), suvs=())
        if not all(any(not self._attributes(said, row) for row in rows) for rows in found):
            return False  # "A và B nghi ngờ di căn": what is said once is said of each
        if any(not self._attributes(fact, row) for row in chosen):
            return True
        if len(fact.sizes) < 2 and len(fact.suvs) < 2:
            return False
        every = chosen[0].fact._replace(
            sizes=tuple(m for r in chosen for m in r.fact.sizes),
            suvs=tuple(v for r in chosen for v in r.fact.suvs),
        )
        return not self._attributes(fact, replace_evidence(chosen[0], every))

    def _judged_otherwise(self, fact: Fact, row: Evidence) -> bool:
        """Whether the report says another uptake of one of the places, or has a reading of its own for it alone."""
        said = fact._replace(
            sizes=(), suvs=(), counts=frozenset(), invasions=(), modifiers=frozenset(), patterns=frozenset()
        )
        codes = {fault.code for fault in self._attributes(said, row)}
        read = bool(row.fact.readings) and not codes.isdisjoint({"added-reading", "certainty-up", "certainty-down"})
        return read or ("uptake" in codes and bool(row.fact.levels))

    def _from_context(self, fact: Fact, item: Item, leans: bool) -> bool:
        """ "Các cơ quan này ...": one of the places that were spoken of before."""
        rows = (r for r in self.rows_at((item,)) if r.fact.polarity != "advice")
        return any(not self._faults(fact, (item,), r, leans) for r in rows)

    def _foreign(self, fact: Fact) -> bool:
        """None of the numbers of the fact stand anywhere in the report: it is not a misplaced finding but another one."""
        dims = {m.dims for r in self.source.facts for m in r.fact.sizes}
        suvs = {v for r in self.source.facts for v in r.fact.suvs}
        mine = [m.dims for m in fact.sizes if m.dims]
        return bool(mine or fact.suvs) and not any(d in dims for d in mine) and not any(v in suvs for v in fact.suvs)

    def _covered(self, fact: Fact, places: tuple[Item, ...]) -> None:
        """An answer about what was examined names places of the report."""
        known = frozenset().union(*(r.all_places for r in self.source.facts)) if self.source.facts else frozenset()
        wide = frozenset().union(*REGION_OF_SECTION.values()) | {"region:body", "bone", "muscle"}
        for item in places:
            if not {a for a in item.atoms if not a.startswith("rel:")} <= known | wide | LOOSE:
                self.object("place", "the report does not speak of this place", fact.span)

    def _only_places(self, fact: Fact) -> bool:
        return not (
            fact.heads or fact.levels or fact.sizes or fact.suvs or fact.readings or fact.invasions or fact.prior
        )

    def _avid_by_nature(self, places: tuple[Item, ...], row: Evidence) -> bool:
        """Physiologic uptake that is said to be increased, at each of ``places``."""
        by_nature = row.fact.polarity == "physiologic" and bool(row.fact.levels & {"mild", "increased"})
        return by_nature and not any(self._place_fault(item, row) for item in places)

    def _only_uptake(self, fact: Fact) -> bool:
        return (
            bool(fact.items)
            and fact.words <= set(split(self.question))
            and not (fact.heads or fact.sizes or fact.suvs or fact.readings or fact.invasions)
            and not fact.modifiers - {"small", "mild"}
        )
