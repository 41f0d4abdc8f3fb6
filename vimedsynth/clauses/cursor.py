"""The pass over the tokens of one sentence: where it stands, what it has begun, how a finding is closed."""

from itertools import pairwise

from vimedsynth.clauses.drafts import LISTING, MEASURE_WORDS, Draft, RawItem, draft_items, roman
from vimedsynth.facts import Fact, Invades, Item
from vimedsynth.lexicon import lexicon
from vimedsynth.reports import Span
from vimedsynth.words import Token, tokens

GENERAL = frozenset(
    {"abdominal-cavity", "mediastinum", "retroperitoneum", "region:abdomen", "region:chest", "region:neck"}
)
"""Regions beside which a place says more: "hạch ổ bụng cạnh động mạch chủ bụng" is one place."""

WHOLE_COUNT = {2: "two", 3: "three"}

AFTER_COMPARISON = frozenset({"tier", "uptake", "reading", "advice", "negation", "head", "count", "organ", "generic"})
STOPS = frozenset(".!?")
_END = Token("mark", "", "", 0, 0)


class Cursor:
    """Walks the tokens; handlers are methods named ``on_<kind>``."""

    def __init__(self, text: str) -> None:
        self.toks = tokens(text)
        self.size = len(self.toks)
        self.at = 0
        self.done: list[Fact] = []
        self.draft = Draft(0, 0)
        self.atoms: set[str] = set()  # the place item being read
        self.side: str | None = None
        self.mode = ""  # "" | reading | prior | advice | invasion
        self.absent = ""  # polarity while a negation holds
        self.negated = False  # a lone "không" just before
        self.certain = True  # False just after "nghi ngờ"
        self.depth = 0
        self.numeral = ""  # what a bare Roman numeral means here: seg | stn
        self.listed = False  # "lần lượt"
        self.below = False
        self.about = False
        self.item_start, self.item_end = -1, -1
        self.if_needed = False
        self.suv_pending = False  # "SUVmax của hạch này là 7,1": the number comes later in the clause
        self.soft = False  # the tier so far is only "gợi ý": a later word decides
        self.sided: list[str] = []  # sides of "bên phải dày 53 mm, bên trái dày 7 mm"
        self.side_order: list[str] = []
        self.bracket = 0  # items before the bracket that holds their segments
        self.largest = 0  # items before "hạch lớn nhất"
        self.again: list[RawItem] = []  # places of a denial, for the next one if it has none
        self.header: Draft | None = None  # "hai nốt ở gan:" before a list of them

    def facts(self) -> tuple[Fact, ...]:
        """All facts of the sentence, in reading order."""
        toks, n = self.toks, self.size
        if n:
            self.draft.start = toks[0].start
            n -= toks[-1].value in STOPS  # it closes what is closed below
        while self.at < n:
            tok = toks[self.at]
            self.at += 1
            size = len(self.atoms) + (self.side is not None)
            getattr(self, "on_" + tok.kind)(tok)
            end = toks[self.at - 1].end
            if (self.atoms or self.side) and len(self.atoms) + (self.side is not None) != size:
                self.item_start = tok.start if self.item_start < 0 else self.item_start
                self.item_end = end
            if self.draft.end < end:
                self.draft.end = end
        self.at = self.size
        self._finish()
        return tuple(self._shared(self.done))

    def peek(self, ahead: int = 0) -> Token:
        """The token after the current one, or an empty mark at the end."""
        i = self.at + ahead
        return self.toks[i] if i < self.size else _END

    def before(self, back: int = 2) -> Token:
        """A token before the current one."""
        i = self.at - back
        return self.toks[i] if i >= 0 else _END

    def _close_item(self) -> None:
        if not self.atoms and not self.side:
            self.item_start = -1
            return
        span = Span(self.item_start, self.item_end)
        if self.atoms:
            if self.mode == "invasion" and self.draft.invasions:
                self.draft.invasions[-1][1].update(self.atoms | ({f"side:{self.side}"} if self.side else set()))
            elif self.mode == "reading":
                self.draft.readings.update(f"at:{a}" for a in self.atoms)
            else:
                self.draft.items.append((self.atoms, self.side, span))
        elif self.side and self.mode not in ("reading", "prior") and self.draft.items and self._other_side():
            self.draft.items[-1] = (self.draft.items[-1][0], "both", Span(self.draft.items[-1][2].start, span.end))
        elif self.side and self.mode not in ("reading", "prior"):
            # A side alone ("hạch trái", "bên phải dày 53 mm") belongs to the item before, or stands for itself.
            self.draft.items.append((set(), self.side, span))
        self.atoms, self.side = set(), None
        self.item_start = -1

    def _other_side(self) -> bool:
        """ "rốn phổi trái và phải": the second side completes the item before."""
        return (
            {self.draft.items[-1][1], self.side} == {"right", "left"}
            and self.before().kind == "side"
            and self.before(3).kind == "side"
        )

    def _compared(self) -> bool:
        return any(t.text in {"hơn", "đặc biệt", "biệt", "nhất", "nhiều", "rõ"} for t in self.toks)

    def _emphasis(self) -> None:
        """ "hai bên, đặc biệt bên trái", "bên phải nhiều hơn bên trái": sides beside a both-sided place."""
        d = self.draft
        if len(d.items) < 2:
            return
        alone = [side for atoms, side, _ in d.items if not atoms and side]
        if alone and any(atoms for atoms, _, _ in d.items) and any(side == "both" for _, side, _ in d.items):
            sides = self.side_order[-2:] if alone == ["both"] else alone
            if alone == ["both"] and sides in (["both"], ["right", "left"], ["left", "right"]) and not self._compared():
                return  # "động mạch X hai bên", whose place the lexicon does not know
            d.modifiers.add("emphasis:" + "-".join(str(s) for s in sides))

    def _close(self) -> None:
        """End the finding and begin another."""
        self._finish()
        nxt = self.peek()
        self.draft = Draft(nxt.start, nxt.start, polarity=self.absent or "present")
        self.mode = ""
        self.numeral = ""

    def _finish(self) -> None:
        self._close_item()
        if self.again and not self.draft.items:
            self.draft.items.extend(self.again)
        self.again = []
        self._emphasis()
        if self.largest > 1:
            places = (atoms for atoms, _, _ in self.draft.items[self.largest :] if atoms)
            self.draft.modifiers.update("largest-at:" + "+".join(sorted(atoms)) for atoms in places)
        self.largest = self.bracket = 0
        d = self.draft
        if not d.empty() or d.generic:
            polarity = "advice" if d.advice and not (d.heads or d.levels or d.suvs) else d.polarity
            self.done.append(
                Fact(
                    span=Span(d.start, d.end), polarity=polarity, heads=frozenset(d.heads), generic=d.generic,
                    counts=frozenset(d.counts), items=draft_items(d.items), sizes=tuple(d.sizes),
                    suvs=tuple(v for v, _ in d.suvs), suv_spans=tuple(s for _, s in d.suvs), levels=frozenset(d.levels),
                    intensity=frozenset(d.intensity), patterns=frozenset(d.patterns), modifiers=frozenset(d.modifiers),
                    invasions=tuple(Invades(v, frozenset(t), c) for v, t, c in d.invasions), tier=d.tier,
                    readings=frozenset(d.readings), prior=frozenset(d.prior), prior_numbers=frozenset(d.prior_numbers),
                    advice=frozenset(d.advice), words=frozenset(d.words), anaphora=d.anaphora, approximate=d.approximate,
                )
            )  # fmt: skip

    def _shared(self, facts: list[Fact]) -> list[Fact]:
        """What stands once at the end of a sentence holds for the findings before it that have none of their own."""
        if len(facts) == 1 and not self.listed and not self.sided and not self.header:
            return facts
        out = self._under_header(facts, self.header) if self.header else list(facts)
        alike = self._alike()
        for i in range(len(out) - 2, -1, -1):
            here, after = out[i], out[i + 1]
            if here.polarity != "present" or after.polarity != "present":
                continue
            if alike and not here.levels and after.levels:
                out[i] = here._replace(levels=after.levels, intensity=after.intensity)
            elif not here.levels and after.levels and self._related(here, after):
                one = after.suvs if len(after.suvs) == 1 and not here.suvs and here.sizes else here.suvs
                out[i] = here._replace(
                    levels=after.levels, intensity=after.intensity, patterns=here.patterns | after.patterns,
                    tier=here.tier or after.tier, readings=here.readings or after.readings,
                    suvs=one, suv_spans=after.suv_spans if one is after.suvs else here.suv_spans,
                )  # fmt: skip
            if not here.heads and not here.levels and after.heads:
                out[i] = out[i]._replace(heads=after.heads)
        out = self._segments_of_first(out)
        if self.listed and len(out) > 1:
            out = self._one_value_each(out)
        out = [piece for fact in out for piece in self._respective(fact)]
        for i in range(1, len(out)):
            bare = not out[i].heads and out[i].polarity == "present" and (out[i].sizes or out[i].suvs)
            if bare and out[i - 1].heads and not self._stop_between(out[i - 1], out[i]):
                out[i] = out[i]._replace(heads=out[i - 1].heads, counts=out[i].counts or out[i - 1].counts)
        return out

    def _segments_of_first(self, facts: list[Fact]) -> list[Fact]:
        """ "Gan phải có nốt ở hạ phân thùy VI, nang ở hạ phân thùy VIII": segments of the organ that the sentence opens with."""
        first = facts[0].items[0] if facts and facts[0].items else None
        if first is None or not first.atoms <= {"liver", "lung"}:
            return facts
        return [facts[0], *(f._replace(items=tuple(self._of(first, i) for i in f.items)) for f in facts[1:])]

    def _of(self, organ: Item, item: Item) -> Item:
        bare = bool(item.atoms) and item.side is None and all(a.startswith("seg:") for a in item.atoms)
        return Item(item.atoms | organ.atoms, organ.side, item.span) if bare else item

    def _related(self, here: Fact, after: Fact) -> bool:
        """Findings of one form, or one that only goes on; an SUVmax of its own says what the uptake is."""
        if here.suvs and (after.suvs or after.levels == {"none"}):
            return False
        goes_on = not (after.heads or (after.items and not after.sizes))
        return bool(here.heads & after.heads) or not here.heads or goes_on

    def _alike(self) -> bool:
        """ "A có SUVmax 8,8 và B có SUVmax 4,1, đều tăng chuyển hóa FDG"."""
        return any(t.value == "đều" and u.kind == "uptake" for t, u in pairwise(self.toks))

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
            return [fact]
        items = tuple(i for i in fact.items if not i.atoms <= GENERAL or i.side) or fact.items
        if len(items) == 1 and items[0].side == "both" and 2 in (len(fact.suvs), len(fact.sizes)):
            order = self.side_order if len(set(self.side_order)) == 2 else ["right", "left"]
            items = tuple(Item(items[0].atoms, side, items[0].span) for side in order[:2])
        out = []
        for k, item in enumerate(items):
            part = fact._replace(items=(item,))
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

    def _split(self) -> None:
        """Begin the next finding of the sentence."""
        self._close()

    def _opens_list(self) -> bool:
        """ "Gan có hai nốt giảm tỉ trọng: nốt ở ... và nốt ở ...": the form and the organ of all that follow."""
        d = self.draft
        several = d.heads and d.counts & {"two", "three", "few", "many"} and d.polarity == "present"
        return bool(several and not (d.sizes or d.suvs or d.levels) and self.peek().kind in ("head", "count"))

    def _under_header(self, facts: list[Fact], header: Draft) -> list[Fact]:
        counts = frozenset(f"of:{c}" for c in header.counts if WHOLE_COUNT.get(len(facts)) == c)
        places = frozenset(a for atoms, _, _ in header.items for a in atoms)
        known = lexicon().within
        return [
            f._replace(
                heads=f.heads | header.heads, counts=f.counts | counts, modifiers=f.modifiers | header.modifiers,
                items=tuple(i if i.atoms & known.keys() else Item(i.atoms | places, i.side, i.span) for i in f.items)
                or draft_items(header.items),
            )
            for f in facts
        ]  # fmt: skip

    def on_filler(self, tok: Token) -> None:
        """ "nguyên nhân", "bệnh nhân": words that hold another word and assert nothing."""

    def _close_bracket(self) -> None:
        """ "gan trái (hạ phân thùy II, IV)": what the brackets hold are parts of the place before them."""
        self._close_item()
        items, at = self.draft.items, self.bracket
        organ, side, _ = items[at - 1]
        for k in range(at, len(items)):
            atoms, its, span = items[k]
            if its is None and all(a.startswith("seg:") for a in atoms):
                items[k] = (atoms | organ, side, span)
        self.bracket = 0

    def on_mark(self, tok: Token) -> None:
        if tok.value == "(":
            self.depth += 1
            if self.mode == "invasion":
                self._close_item()
                self.mode = ""
            elif self.side and self.peek().value in {"hạ", "hpt", "phân"}:
                self._close_item()
                self.bracket = len(self.draft.items)
        elif tok.value == ")":
            self.depth = max(0, self.depth - 1)
            if self.bracket:
                self._close_bracket()
            if self.mode == "prior":
                self.mode = ""
        elif tok.value == "<":
            self.below = True
        elif tok.value == ":" and self._opens_list():
            self._close_item()
            self.header, self.draft = self.draft, Draft(self.peek().start, self.peek().start)
        elif tok.value in LISTING:
            self._separator(tok)
        elif tok.value in STOPS:
            self._close_item()
            self.absent = ""
            self._close()

    def _next_in_brackets(self) -> bool:
        """ "trạm 4R (20 x 15 mm), trạm 7 (17 x 10 mm)": the measures of each place are in its own brackets."""
        if self.depth or self.before().value != ")" or not (self.draft.sizes or self.draft.suvs):
            return False
        for k in range(9):
            if self.peek(k).value == "(":
                inside = [self.peek(k + j) for j in (1, 2, 3)]
                return any(t.kind == "num" or t.value in MEASURE_WORDS for t in inside)
            if self.peek(k).kind in ("uptake", "tier", "reading", "head") or self.peek(k).value in LISTING:
                return False
        return False

    def _another_place_judged(self) -> bool:
        """ "Tuyến giáp đã phẫu thuật, giường tuyến giáp chưa thấy ...": the next clause has a place and a judgement."""
        judged = any(self.peek(k).kind in ("negation", "uptake") for k in range(1, 9))
        return self.peek().kind == "organ" and judged

    def _place_with_uptake_ahead(self) -> bool:
        """ "hạch cổ tăng chuyển hóa FDG, tuyến ức tăng chuyển hóa FDG": the next finding is a place with its own uptake."""
        d = self.draft
        if self.depth or not d.levels or not (d.items or self.atoms) or self.peek().kind not in ("organ", "part"):
            return False
        for k in range(1, 10):
            nxt = self.peek(k)
            if nxt.kind == "uptake":
                return self._tracer_ahead(k + 1)
            if nxt.value in {",", "và"} and self.mode == "reading":
                continue
            if nxt.kind not in ("organ", "part", "side", "relation", "word") or nxt.value in LISTING:
                return False
        return False

    def _tracer_ahead(self, start: int = 0) -> bool:
        for k in range(start, start + 7):
            nxt = self.peek(k)
            if nxt.kind == "tracer":
                return True
            if nxt.kind not in ("intensity", "pattern", "word", "count") and nxt.value not in {",", "/"}:
                return False
            if nxt.kind == "word" and nxt.value not in {"về", "mức", "độ", "sự", "và", "hoạt", "động", "trên", "của"}:
                return False
        return False

    def _another_uptake_ahead(self) -> bool:
        """ "tăng chuyển hóa FDG ở dây thanh phải (SUVmax: 4,0), dây thanh trái không tăng chuyển hóa FDG"."""
        d = self.draft
        ended = self.before().value == ")" or self.before().kind == "num"
        done = not self.depth and ended and d.levels and d.suvs and (d.items or self.atoms)
        if not done or self.peek().kind not in ("organ", "part", "relation"):
            return False
        for k in range(1, 9):
            if self.peek(k).kind == "uptake":
                return bool(self.peek(k).value == "none") != ("none" in d.levels)
            if self.peek(k).kind in ("head", "tier", "invasion"):
                return False
        return False

    def _separator(self, tok: Token) -> None:
        if self.mode == "prior":
            if tok.value == "," and not self.depth and self.peek().kind in AFTER_COMPARISON:
                self.mode = ""  # the comparison is over
            return
        if self.mode == "" and (self._next_in_brackets() or self._another_uptake_ahead()):
            self._close()
            return
        if self.draft.polarity == "postoperative" and self._another_place_judged():
            self._close()
            return
        if self.mode in ("", "reading") and self._place_with_uptake_ahead():
            self._close()
            return
        numeral_next = roman(self.peek().value) or self.peek().kind == "num"
        if not (numeral_next and self.numeral and not self.side) or self.numeral:
            self._close_item()
        if self.mode == "reading" and tok.value == "," and self.peek().kind not in ("reading", "tier"):
            self.mode = ""
        if self.mode == "invasion" and tok.value in {",", ";"} and self.peek().kind not in ("organ", "part"):
            self.mode = ""
        self.negated = False
        if tok.value == ";" and not self.depth and self.peek().text not in MEASURE_WORDS:
            self.absent = ""
            if not self.draft.empty():
                self._close()
