"""Numbers, uptake, counts, readings and neighbours of one fact against one finding."""

import re

from vimedsynth.answers.matching import (
    HEDGES,
    LOOSE,
    SERIOUS,
    SIDES,
    TIERS,
    Adder,
    needed,
    overlap,
    shares_form,
    sizes_said,
)
from vimedsynth.answers.questions import EACH, EVERY, HIGHEST, focus_of
from vimedsynth.clauses.drafts import stop_words
from vimedsynth.clauses.sharing import GENERAL
from vimedsynth.facts import Fact, Invades, Item, wider
from vimedsynth.lexicon import lexicon
from vimedsynth.reports import Span
from vimedsynth.samples import Objection
from vimedsynth.sources import Evidence, Source
from vimedsynth.words import fold, split

VALUE = r"\d+(?:[.,]\d+)?(?: ?x ?\d+(?:[.,]\d+)?)?(?: ?[mc]m)?"
FROM_TO = re.compile(
    rf"(?:\b(?P<way>giảm|hạ|nhỏ lại|nhỏ đi|thu nhỏ|tăng|to lên|to ra|lớn lên)\b[^\d;.,]{{0,20}}(?:, )?(?:từ )?)?(?P<then>{VALUE})"
    rf"[^\d;.,]{{0,20}}?\b(?P<word>xuống|lên|còn|thành|sang|nay|giờ)\b[^\d;.,]{{0,12}}?(?P<now>{VALUE})"
)
"""A change from one value to another: "giảm từ 5,2 xuống 3,0"."""
GOES = re.compile(r"^\W*(giảm|hạ|tăng)\b(?! (?:nhẹ |mạnh |mức độ )?(?:chuyển|hấp|bắt|fdg|hoạt))")
"""The way of all that follows: "Tăng, hồi trước 3,0, bây giờ 5,2"."""
UP = frozenset({"tăng", "lên", "to lên", "to ra", "lớn lên"})
ANY_WAY = frozenset({"còn", "thành", "sang", "nay", "giờ", None})


def _goes_otherwise(text: str, fact: Fact) -> bool:
    """Whether a change is said to go another way than its own values do."""
    for hit in FROM_TO.finditer(text):
        then, now = _largest_of(hit["then"]), _largest_of(hit["now"])
        if any(word not in ANY_WAY and (word in UP) == (now < then) for word in (hit["way"], hit["word"])):
            return True
    way, grown = GOES.match(text), _grown(fact)
    return way is not None and bool(grown) and (way[1] in UP) not in grown


def _largest_of(text: str) -> float:
    return max(float(v.replace(",", ".")) for v in re.findall(r"\d+(?:[.,]\d+)?", text)) * (10 if "cm" in text else 1)


UNSAID = frozenset({"small", "mild", "opaque", "solid", "irregular"})
UNSAID |= {"of-largest", "of-hottest", "larger-one", "smaller-one"}
"""Descriptions that a finding may have without a word of the report; which is larger or hotter is judged by their values."""

NOT_SOLID = frozenset({"ground-glass", "cyst", "cavity"})
"""Forms that are no solid ones, unless the report says so."""

PART_KINDS = frozenset({"seg", "lobe", "rib"})
"""Kinds of which a list names several: "ở hạ phân thùy II và VII"."""


def _largest_places(fact: Fact) -> list[frozenset[str]]:
    """Where the fact says that the largest of several is."""
    return [frozenset(m[11:].split("+")) for m in fact.modifiers if m.startswith("largest-at:")]


def _grown(fact: Fact) -> set[bool]:
    """For the size and for the SUV that an answer gives of both studies, whether it is larger now; none where it is equal."""
    now = max((max(m.dims) for m in fact.sizes if m.dims), default=0.0), max(fact.suvs, default=0.0)
    then = max((max(dims) for dims in fact.prior_sizes), default=0.0), max(fact.prior_suvs, default=0.0)
    return {b < a for a, b in zip(now, then, strict=True) if a and b and a != b}


def changes_of(src: Fact) -> frozenset[str]:
    """How the report says that a finding has changed, in words or by the size that it had."""
    either = {"smaller" if p == "both-down" else "larger" for p in src.prior & {"both-down", "both-up"}}
    return src.prior | either | {"larger" if up else "smaller" for up in _grown(src._replace(suvs=()))}


def _reckoned(fact: Fact, changed: frozenset[str]) -> bool:
    """ "nhỏ đi, từ 16 mm còn 8 mm": a change of size that follows from two values, which are checked themselves."""
    sizes = _grown(fact._replace(suvs=()))
    return len(sizes) == 1 and changed <= ({"larger"} if True in sizes else {"smaller"})


AXES = frozenset({"length", "thickness"})
"""Measures of which a finding has both: one is none of the other."""

HELD = re.compile(r"được (?:cho|xem|coi) là")
""" "được cho là phản ứng": a reading of the report, whose word for it may be "nghĩ" or none."""

_FINER = frozenset({"seg:", "lobe", "stn:", "vert", "thir"})
"""How the names of segments, lobes, stations, vertebrae and thirds begin."""

_VAST = GENERAL | {"region:pelvis", "region:head", "region:head_neck", "region:abdomen_pelvis", "region:body"}
"""What holds organs that have nothing to do with each other."""


class Attributes:
    """Collects the objections to one answer."""

    _items: tuple[Item, ...] | None = None  # what the answer spoke of last
    _heads: frozenset[str] | None = None
    _heads_denied = frozenset[str]()
    _most_judged = False

    def __init__(self, source: Source, question: str, answer: str) -> None:
        self.source, self.answer = source, answer
        self.low = fold(answer)
        self.focus = focus_of(question)
        self.question = self.focus.text
        self.excluded = self.focus.excluded
        self.places: list[tuple[Item, ...]] = []  # of the findings spoken of, in order
        self.said: list[Fact] = []
        self.objections: list[Objection] = []
        self.notes: list[Objection] = []

    def says_all(self, fact: Fact) -> bool:
        """Whether a fact is told of all, after a cheap look for it anywhere in the answer."""
        low = self.low
        maybe = "đều" in low or "tất cả" in low or "nào cũng" in low or "toàn bộ" in low or "mọi" in low
        return maybe and bool(EVERY.search(fact.span.of(low)))

    @property
    def items(self) -> tuple[Item, ...]:
        """The places that a fact without its own is about: those spoken of last, or those of the question."""
        return self.focus.items if self._items is None else self._items

    @property
    def heads(self) -> frozenset[str]:
        """The forms that a fact without its own is about."""
        return (self.focus.heads if self._heads is None else self._heads) or self._heads_denied

    def spoke_of(self, fact: Fact) -> None:
        """What comes next may lean on the places and forms of this fact."""
        items = fact.items
        if items and (items[0].atoms or any(item.atoms for item in items)):
            # a side alone is of the place that was spoken of before, and does not take its place
            if items[0].atoms.isdisjoint(lexicon().places):
                items = self._placed(items)[0]
            self._items = items
            self.places.append(items)
        if fact.polarity == "present":
            self._heads = fact.heads or self._heads
        else:  # what is denied is not what is spoken of next, where anything else was
            self._heads_denied = self._heads_denied or fact.heads

    def _placed(self, places: tuple[Item, ...]) -> tuple[tuple[Item, ...], bool]:
        """The places of a fact, and whether they are those spoken of before, or asked for, with what the fact adds to them.

        "Bên trái" and "ở thùy trên" are of one place in other words; "ở hạ phân thùy II và VII" are parts of it, each by itself.
        """
        known = lexicon().places
        named = lone = False
        for i in places:
            lone = lone or not i.atoms
            named = named or not i.atoms.isdisjoint(known) or any(a.startswith(("stn", "vert")) for a in i.atoms)
        if named:
            return (self._sides_placed(places) if lone else places), False
        context = [i for i in self.items if needed(i.atoms)[0]] or self.items
        side = next((i.side for i in places if i.side), None)
        kinds = [{a.partition(":")[0] for a in i.atoms if ":" in a} for i in places]
        apart = len(places) > 1 and bool(set.intersection(*kinds) & PART_KINDS)
        extra = [i.atoms for i in places] if apart else [frozenset[str]().union(*(i.atoms for i in places))]
        said = {kind for kind in ("seg", "zone") if "lobe" in (every := set[str]().union(*kinds))} | every
        wholes = [(frozenset(a for a in i.atoms if a.partition(":")[0] not in said), i.side) for i in context]
        found = tuple(dict.fromkeys(Item(atoms | more, side or own) for more in extra for atoms, own in wholes))
        return found or places, not apart

    def _sides_placed(self, places: tuple[Item, ...]) -> tuple[Item, ...]:
        """ "Đó là hạch bên trái, ngang khoang liên sườn 3": a side alone is of what was spoken of, and no place of a list."""
        context = [i for i in self.items if i.atoms - LOOSE]
        return tuple(
            found for i in places for found in ([Item(c.atoms, i.side) for c in context] if not i.atoms else [i])
        )

    def object(self, code: str, message: str, span: Span | None = None) -> None:
        quote = span.of(self.answer) if span else self.answer
        self.objections.append(Objection(code, message, quote.strip(" .,;")))

    def _attributes(self, fact: Fact, row: Evidence) -> list[Objection]:
        out: list[Objection] = []

        def add(code: str, message: str) -> None:
            out.append(Objection(code, message, fact.span.of(self.answer).strip(" .,;")))

        self._attributed(fact, row, add)
        return out

    def _attributed(self, fact: Fact, row: Evidence, add: Adder) -> None:
        """Add what keeps the numbers, the uptake and the readings of a finding from being those of the fact."""
        src = row.fact
        if fact.sizes:
            self._sizes(fact, src, add)
        if fact.suvs:
            self._suvs(fact, src, add)
        if fact.sizes or fact.suvs:
            self._of_each(fact, row, add)
        if fact.levels or fact.intensity or fact.patterns:
            self._uptake(fact, row, add)
        if fact.counts and fact.counts != src.counts:
            self._count(fact, src, add)
        if fact.readings:
            self._reading(fact, row, add)
        elif fact.tier:
            self._tier(fact, src, add)
        for relation in fact.invasions:
            self._invasion(relation, fact, row, add)
        if fact.modifiers:
            self._described(fact, src, add)
        if src.modifiers:
            self._of_largest(fact, src, add)
        if fact.prior or fact.prior_numbers:
            self._changed(fact, src, add)

    def _described(self, fact: Fact, src: Fact, add: Adder) -> None:
        extra = fact.modifiers - src.modifiers - UNSAID
        if not src.heads.isdisjoint(NOT_SOLID):
            extra |= fact.modifiers & {"solid"} - src.modifiers
        extra = frozenset(m for m in extra if not m.startswith("largest-at:"))
        if "mild" in src.levels:
            extra -= {"amount:small"}  # "tăng chuyển hóa mức độ nhẹ"
        if "normal" in src.readings and not src.heads:
            extra -= {"not-enlarged"}
        if not extra:
            return
        kinds = {m.split(":")[0] for m in extra}
        codes = {"amount": "count", "grade": "number", "deauville": "number", "larger": "side"}
        code = codes.get(next(iter(kinds)), "added-finding") if len(kinds) == 1 else "added-finding"
        add(code, f"the report does not describe it so ({', '.join(sorted(extra))})")

    def _of_each(self, fact: Fact, row: Evidence, add: Adder) -> None:
        """What the report measures of the largest or hottest of several is no measure of each."""
        low = self.low
        if not ("đều" in low or "mỗi" in low or "cùng" in low or "nào cũng" in low or "bằng nhau" in low):
            return
        if not EACH.search(fact.span.of(low)):
            return
        if any(self.source.says(word, row.sentences) for word in ("nhất", "hơn")):
            add("number", "the report measures the largest only")

    def _of_largest(self, fact: Fact, src: Fact, add: Adder) -> None:
        """What the report says of the largest alone is said of its place."""
        largest = _largest_places(src)
        if not largest:
            return
        lone = len(fact.items) == 1 and bool(fact.sizes or fact.suvs)  # its numbers are those of the largest
        of_it = fact.anaphora or "of-largest" in fact.modifiers or lone
        said = [i.atoms for i in fact.items] if of_it else _largest_places(fact)
        if said and not any(at <= wider(place) or place <= wider(at) for at in said for place in largest):
            add("place", "the largest is at another place")

    def _changed(self, fact: Fact, src: Fact, add: Adder) -> None:
        """What an answer says of an earlier study, where the question asks for it."""
        if not self.focus.history:
            return
        sizes = {dims for dims in fact.prior_sizes if dims not in src.prior_sizes}
        if len(fact.prior_sizes) == 1 and all(len(dims) == 1 and set(dims) <= src.prior_numbers for dims in sizes):
            sizes = set()  # one axis of two
        if sizes or fact.prior_suvs - src.prior_suvs:
            add("prior", "the report gives other values of the earlier study")
        if _goes_otherwise(fact.span.of(self.low), fact):
            add("prior", "the values go the other way")
        changed = fact.prior - {"versus"} - changes_of(src)
        if changed and not _reckoned(fact, changed):
            add("prior", "the report says otherwise of the earlier study")

    def _invasion(self, relation: Invades, fact: Fact, row: Evidence, add: Adder) -> None:
        src = row.fact
        same = [r for r in src.invasions if r.verb == relation.verb]
        target = frozenset(x for x in relation.target if not x.startswith(("rel:", "side:")))
        sides = frozenset(x for x in relation.target if x.startswith("side:"))
        unknown = not target and any(w.isalpha() and not self.source.says(w, row.sentences) for w in fact.words)
        near = [r for r in same if target <= r.target and not (unknown and r.target)]  # "đã lan vào nội sọ"
        if not near and not unknown and same and target <= frozenset().union(*(r.target for r in same)) | src.atoms:
            near = same
        if not near:
            add("added-finding", "the report does not say so of a neighbour")
        elif sides and not any(sides <= r.target or not r.target & SIDES for r in near):
            add("side", "the neighbour is on another side")
        elif not any(r.certain == relation.certain for r in near):
            add("certainty-up" if relation.certain else "certainty-down", "the report is not as certain")

    def _sizes(self, fact: Fact, src: Fact, add: Adder) -> None:
        have = {m.dims for m in src.sizes}
        for m in fact.sizes:
            if m.few:
                if not any(x.few for x in src.sizes):
                    add("number", "the report does not say vài mm")
                continue
            if m.dims not in have and not any(len(m.dims) == 1 and m.dims[0] in d for d in have if m.kind in AXES):
                scaled = {tuple(round(d * k, 3) for d in m.dims) for k in (0.1, 10.0, 100.0, 0.01)}
                prior = src.prior_numbers and set(m.dims) <= src.prior_numbers
                add(
                    "prior-as-current" if prior else "unit" if scaled & have else "number",
                    f"the report gives {sizes_said(src)}",
                )
            elif m.kind in AXES and {m.kind} | {x.kind for x in src.sizes if x.dims == m.dims} == AXES:
                add("number", "the report gives a length for a thickness, or the reverse")
            elif m.op == "=" and all(x.op == "<" for x in src.sizes if x.dims == m.dims):
                add("threshold-as-value", "the report gives a threshold, not a measure")
            elif m.op == "~" and m.dims == (10.0,) and self._few_elsewhere(src):
                add("threshold-as-value", "the impression says vài mm: the 10 mm is a threshold, not a measure")
            elif m.op == "~" and any(x.op == "<" or x.few for x in src.sizes if x.dims == m.dims or x.few):
                add("threshold-as-value", "the report gives a threshold, not a measure")

    def _suvs(self, fact: Fact, src: Fact, add: Adder) -> None:
        if "nhất" in self.question and HIGHEST.search(self.question) and not self.focus.items:
            asked = self.focus.heads
            alike = (r.fact for r in self.source.facts if not asked or shares_form(asked, r.fact))
            top = max((v for f in alike for v in f.suvs), default=0.0)
            before = re.findall(r"\d+(?:[.,]\d+)?", self.low[: fact.span.start])  # "D9 (9,2), kế đến là L1 (7,9)"
            if top not in fact.suvs and top not in [float(said.replace(",", ".")) for said in before]:
                add("number", f"the highest SUVmax of the report is {top:g}")
        for value in fact.suvs:
            if value not in src.suvs:
                moved = {round(value * k, 4) for k in (10.0, 0.1, 100.0, 0.01)}
                prior = value in src.prior_numbers
                code = "prior-as-current" if prior else "decimal" if moved & set(src.suvs) else "number"
                add(code, f"the report gives SUVmax {', '.join(f'{v:g}' for v in src.suvs) or 'none'}")

    def _few_elsewhere(self, src: Fact) -> bool:
        return any(r.fact.items == src.items and any(m.few for m in r.fact.sizes) for r in self.source.linked)

    def _uptake(self, fact: Fact, row: Evidence, add: Adder) -> None:
        src = row.fact
        for level in fact.levels:
            if level in src.levels or (level == "increased" and "mild" in src.levels):
                continue
            if not src.levels and self._said_of_list(level, row):
                continue
            if level == "mild" and "increased" in src.levels:
                add("intensity-word", "the report does not say nhẹ")
            elif level == "none" and src.polarity == "physiologic" and not src.levels:
                continue
            elif (
                level == "decreased"
                and self.focus.history
                and not src.levels
                and _grown(src._replace(sizes=())) == {False}
            ):
                continue  # "giảm hấp thu", where the SUVmax was higher
            else:
                add("uptake", f"the report says uptake is {', '.join(sorted(src.levels)) or 'not stated'}")
        if not fact.intensity <= src.intensity:
            add("intensity-word", "the report does not grade the uptake so")
        if "abnormal" in fact.patterns and src.polarity == "physiologic" and fact.polarity == "present":
            add("uptake", "the report calls this physiologic")
        if fact.patterns and (extra := fact.patterns - src.patterns - {"abnormal", "multiple", "peripheral"}):
            add("added-finding", f"the report does not describe the uptake so ({', '.join(sorted(extra))})")

    def _said_of_list(self, level: str, row: Evidence) -> bool:
        """ "tăng chuyển hóa ở T8, L3; mạnh nhất ở L3": said of a list of the same sentence that holds the place."""
        same = (r for r in self.source.facts if r.sentences[:1] == row.sentences[:1] and level in r.fact.levels)
        return bool(row.fact.suvs) and any(row.fact.atoms <= r.fact.atoms for r in same)

    def _count(self, fact: Fact, src: Fact, add: Adder) -> None:
        own = frozenset(c for c in fact.counts if ":" not in c and c != "unmarked")
        listed = any(c[:3] == "of:" for c in fact.counts)
        if listed and not own <= src.counts | {"one"}:  # "hai nốt: hai nốt ở A, một nốt ở B"
            add("count", f"the report says {', '.join(sorted(src.counts)) or 'one'}")
            return
        theirs = {c for c in src.counts if ":" not in c and c != "unmarked"}
        if own and own != theirs and len(theirs) > 1 and len(src.items) > 1 and own <= theirs:
            add("count", "the report counts each place by itself")  # "vài hạch ở A và nhiều hạch ở B"
            return
        said = frozenset(c.removeprefix("of:") for c in fact.counts if c != "unmarked" and c[:7] != "in-all:")
        if not said or said <= src.counts or (said == {"one"} and any(c[:3] == "of:" for c in src.counts)):
            return
        whole = {c.removeprefix("of:") for c in src.counts}
        parts = listed or any(c[:3] == "of:" for c in src.counts)
        if said <= whole or (parts and said - {"one"} <= whole):
            return  # "hai nốt: một nốt ... và một nốt ..."
        if listed and src.counts <= {"one", "unmarked"}:
            return  # how many there are is seen from the list
        if said == {"one"} and (not src.counts or ("unmarked" in src.counts and len(fact.items) < len(src.items))):
            return
        if not src.counts and said <= {"few", "two", "three"} and len(src.items) > 1 and all(m.few for m in src.sizes):
            return
        add("count", f"the report says {', '.join(sorted(src.counts)) or 'one'}")

    def _reading(self, fact: Fact, row: Evidence, add: Adder) -> None:
        src = row.fact
        if not self._read_there(fact, row):
            add("place", "the report reads it of another place")
        elif not self._read_on_side(fact, row):
            add("side", "the report reads it of the other side")
        said = frozenset(r for r in fact.readings if not r.startswith(("at:", "head:")) and not self._known(r, row))
        forms = {r for r in fact.readings if r[:5] == "head:"} - {"head:mass"}
        if not forms <= src.readings | {f"head:{head}" for head in src.heads}:
            add("added-reading", f"the report does not call it so ({', '.join(sorted(r[5:] for r in forms))})")
        if not said:
            self._tier(fact, src, add)
            return
        history = said & {"after-treatment"}
        if history and not self.focus.history and fact.tier:
            add("needs-history", "the reading rests on earlier treatment")
        added: frozenset[str] = said - src.readings - {"not", "chronic", "diagnosed"}
        if src.readings & {"inflammation", "hyperplasia", "chronic"} or src.polarity != "present":
            added -= {"reactive"}
        if src.polarity == "postoperative":
            added -= {"postoperative-change", "after-surgery"}
        elif "after-surgery" in added and not fact.tier and self._of_operation(row):
            added -= {"after-surgery"}  # "vùng sau mổ"
        if src.polarity in ("physiologic", "postoperative"):
            added -= {"physiologic", "operated"}
        if "not" in said and "not" not in src.readings:
            if not self._read_otherwise(said, row):
                add("added-reading", "the report gives no such negative reading")
        elif added:
            add("added-reading", f"the report does not read it as {', '.join(sorted(added))}")
        elif fact.tier or said - {"physiologic", "operated", "normal"}:
            self._tier(fact, src, add)

    def _read_otherwise(self, said: frozenset[str], row: Evidence) -> bool:
        """ "không nhận định là di căn": the report reads it as something else, and as harmless, wherever it speaks of it."""
        src = row.fact
        read = src.polarity == "physiologic" or (
            src.tier and any(":" not in r or r[:5] == "head:" for r in src.readings)
        )
        if not (read and src.items):
            return False
        there = (r.fact for r in self.source.pool if r.fact.polarity != "absent" and overlap(src.items, r.fact.items))
        return not any((SERIOUS | said) & fact.readings for fact in (src, *there))

    def _of_operation(self, row: Evidence) -> bool:
        return any(self.source.says(word, row.sentences) for word in ("mổ", "phẫu"))

    def _read_there(self, fact: Fact, row: Evidence) -> bool:
        """ "khả năng di căn gan": the places of a reading are those of the finding, or of its reading in the report."""
        places = {r[3:] for r in fact.readings if r[:3] == "at:" and (r[3:] in lexicon().places or r[3:7] in _FINER)}
        if not places:
            return True
        theirs = {r[3:] for r in row.fact.readings if r[:3] == "at:"} | row.all_places
        around = {place: wider(frozenset({place})) - _VAST for place in places}
        return all(place in theirs or not around[place].isdisjoint(theirs) for place in places)

    def _read_on_side(self, fact: Fact, row: Evidence) -> bool:
        """ "khả năng liệt dây thanh trái": where the report gives one side alone, no other."""
        said = {r[8:] for r in fact.readings if r[:8] == "at:side-"}
        theirs = {r[8:] for r in row.fact.readings if r[:8] == "at:side-"} | row.fact.sides
        return not said or not theirs or "both" in theirs or said <= theirs

    def _known(self, reading: str, row: Evidence) -> bool:
        """A word of a reading that the sentences of the finding or the question have too, or that says nothing."""
        word = reading.removeprefix("word:")
        if word == reading:
            return False
        return (
            word in stop_words()
            or word in HEDGES
            or word in split(self.question)
            or self.source.says(word, row.sentences)
        )

    def _tier(self, fact: Fact, src: Fact, add: Adder) -> None:
        """The certainty of a reading that both give."""
        if fact.tier == "definite" and not fact.readings and not src.tier and not src.readings:
            add("added-reading", "the report does not read this finding")
        if not src.tier:
            return
        both = [r for r in sorted(fact.readings & src.readings) if r[:3] != "at:"] if src.tiers or fact.tiers else []
        for mine, theirs in [(fact.tier_of(r), src.tier_of(r)) for r in both] or [(fact.tier, src.tier)]:
            if theirs == "probable" and not mine and HELD.search(fact.span.of(self.low)):
                continue
            if TIERS.index(mine or "definite") != TIERS.index(theirs or "definite"):
                up = TIERS.index(mine or "definite") < TIERS.index(theirs or "definite")
                add("certainty-up" if up else "certainty-down", f"the report says {theirs}")
                return
