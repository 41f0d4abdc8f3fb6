"""One sentence -> facts: a single pass over its tokens, one handler for each kind of word."""

import re
from dataclasses import dataclass, field
from functools import cache

from vimedsynth.facts import Fact, Invades, Item, Measure
from vimedsynth.lexicon import lexicon, load_json
from vimedsynth.reports import Span
from vimedsynth.words import Token, split, tokens

ROMAN = re.compile(r"^(?:i{1,3}|iv|vi{0,3}|ix|x)[ab]?$")
PAIRED = frozenset({"lung", "kidney", "adrenal", "breast", "ovary", "hilum", "lung-base", "lung-apex", "tonsil", "pleura",
                    "axilla", "inguinal", "testis", "parotid", "supraclavicular", "vocal-cord", "ureter"})  # fmt: skip
LISTING = frozenset({",", "/", ";", "và", "hoặc", "hay", "cùng", "lẫn", "&"})
COUNTS = {"1": "one", "2": "two", "3": "three"}
DEGREES = {
    "mức độ nhẹ": "mild",
    "mức độ ít": "mild",
    "mức độ vừa": "moderate",
    "mức độ trung bình": "moderate",
    "mức độ nhiều": "strong",
}
ONE = {"phải": "right", "trái": "left"}
CONTRAST = frozenset({"nhưng", "song", "còn", "tuy"})
REPORT_ADVICE = frozenset({"cần", "nên", "đề nghị", "khuyến"})
LONE_TARGETS = frozenset({"biopsy", "ultrasound", "fna", "endoscopy", "mri", "ct3", "specialist", "histology"})


@cache
def stop_words() -> frozenset[str]:
    """Function words and the words with which an answer is introduced: they assert nothing."""
    return frozenset(t for form in load_json("discourse.json")["stop"] for t in split(form))


def number(text: str) -> float:
    """The value of a number with a decimal comma or dot."""
    return float(text.replace(",", "."))


@dataclass
class _Draft:
    """A fact being built."""

    start: int
    end: int
    polarity: str = "present"
    heads: set[str] = field(default_factory=set)
    generic: bool = False
    counts: set[str] = field(default_factory=set)
    items: list[tuple[set[str], str | None, Span]] = field(default_factory=list)
    sizes: list[Measure] = field(default_factory=list)
    suvs: list[tuple[float, Span]] = field(default_factory=list)
    levels: set[str] = field(default_factory=set)
    intensity: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    modifiers: set[str] = field(default_factory=set)
    invasions: list[tuple[str, set[str], bool]] = field(default_factory=list)
    tier: str | None = None
    readings: set[str] = field(default_factory=set)
    prior: set[str] = field(default_factory=set)
    prior_numbers: set[float] = field(default_factory=set)
    advice: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    anaphora: bool = False
    approximate: bool = False

    def empty(self) -> bool:
        """Nothing asserted yet."""
        return not (self.heads or self.items or self.sizes or self.suvs or self.levels or self.readings or self.advice
                    or self.invasions or self.modifiers or self.prior or self.patterns)  # fmt: skip


def _items(raw: list[tuple[set[str], str | None, Span]]) -> tuple[Item, ...]:
    """Items with the organ that a list shares given to each ("trước và cạnh khí quản"), and right + left made both."""
    known = lexicon().within
    if any(atoms for atoms, _, _ in raw) and any(side == "both" for _, side, _ in raw):
        raw = [row for row in raw if row[0]]  # "hai bên, đặc biệt bên trái"
    filled: list[tuple[frozenset[str], str | None, Span]] = []
    organ: set[str] = set()
    for atoms, side, span in reversed(raw):
        own = {a for a in atoms if a in known or a.startswith(("stn:", "vert:"))}
        if own:
            organ = {a for a in atoms if a in known}
        filled.append((frozenset(atoms if own else atoms | organ), side, span))
    sides: dict[frozenset[str], dict[str | None, Span]] = {}
    for places, side, span in reversed(filled):
        sides.setdefault(places, {}).setdefault(side, span)
    out: list[Item] = []
    for places, found in sides.items():
        first, last = min(found.values()), max(found.values())
        if {"right", "left"} <= found.keys():
            out.append(Item(places, "both", Span(first.start, last.end)))
        else:
            out.extend(Item(places, side, span) for side, span in found.items())
    return tuple(out)


class ClauseReader:
    """Reads one sentence. Handlers are methods named ``on_<kind>``; what they return is where to go on."""

    def __init__(self, text: str) -> None:
        self.toks = tokens(text)
        self.at = 0
        self.done: list[Fact] = []
        self.draft = _Draft(0, 0)
        self.atoms: set[str] = set()  # the place item being read
        self.side: str | None = None
        self.mode = ""  # "" | reading | prior | advice | invasion
        self.absent = ""  # polarity while a negation holds
        self.negated = False  # a lone "không" just before
        self.certain = True  # False just after "nghi ngờ"
        self.depth = 0
        self.numeral = ""  # what a bare Roman numeral means here: seg | stn
        self.listed = False  # "lần lượt"
        self.uptake_at = -9
        self.below = False
        self.about = False
        self.item_start, self.item_end = -1, -1
        self.if_needed = False
        self.suv_pending = False  # "SUVmax của hạch này là 7,1": the number comes later in the clause
        self.soft = False  # the tier so far is only "gợi ý": a later word decides
        self.sided: list[str] = []  # sides of "bên phải dày 53 mm, bên trái dày 7 mm"
        self.side_order: list[str] = []

    # -- the pass -------------------------------------------------------------------------------------------------

    def facts(self) -> tuple[Fact, ...]:
        """All facts of the sentence, in reading order."""
        n = len(self.toks)
        if n:
            self.draft.start = self.toks[0].start
        while self.at < n:
            tok = self.toks[self.at]
            handler = getattr(self, "on_" + tok.kind.replace("-", "_"))
            self.at += 1
            size = len(self.atoms) + (self.side is not None)
            handler(tok)
            if (self.atoms or self.side) and len(self.atoms) + (self.side is not None) != size:
                self.item_start = tok.start if self.item_start < 0 else self.item_start
                self.item_end = self.toks[self.at - 1].end
            self.draft.end = max(self.draft.end, self.toks[self.at - 1].end)
        self._close()
        return tuple(self._shared(self.done))

    def peek(self, ahead: int = 0) -> Token:
        """The token after the current one, or an empty mark at the end."""
        i = self.at + ahead
        return self.toks[i] if i < len(self.toks) else Token("mark", "", "", 0, 0)

    def before(self, back: int = 2) -> Token:
        """A token before the current one."""
        i = self.at - back
        return self.toks[i] if i >= 0 else Token("mark", "", "", 0, 0)

    def _close_item(self) -> None:
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

    def _emphasis(self) -> None:
        """ "hai bên, đặc biệt bên trái", "bên phải nhiều hơn bên trái": sides beside a both-sided place."""
        d = self.draft
        alone = [side for atoms, side, _ in d.items if not atoms and side]
        if alone and any(atoms for atoms, _, _ in d.items) and any(side == "both" for _, side, _ in d.items):
            sides = self.side_order[-2:] if alone == ["both"] else alone
            d.modifiers.add("emphasis:" + "-".join(str(s) for s in sides))

    def _close(self) -> None:
        self._close_item()
        self._emphasis()
        d = self.draft
        if not d.empty() or d.generic:
            polarity = "advice" if d.advice and not (d.heads or d.levels or d.suvs) else d.polarity
            self.done.append(
                Fact(
                    span=Span(d.start, d.end), polarity=polarity, heads=frozenset(d.heads), generic=d.generic,
                    counts=frozenset(d.counts), items=_items(d.items), sizes=tuple(d.sizes),
                    suvs=tuple(v for v, _ in d.suvs), suv_spans=tuple(s for _, s in d.suvs), levels=frozenset(d.levels),
                    intensity=frozenset(d.intensity), patterns=frozenset(d.patterns), modifiers=frozenset(d.modifiers),
                    invasions=tuple(Invades(v, frozenset(t), c) for v, t, c in d.invasions), tier=d.tier,
                    readings=frozenset(d.readings), prior=frozenset(d.prior), prior_numbers=frozenset(d.prior_numbers),
                    advice=frozenset(d.advice), words=frozenset(d.words), anaphora=d.anaphora, approximate=d.approximate,
                )
            )  # fmt: skip
        nxt = self.peek()
        self.draft = _Draft(nxt.start, nxt.start, polarity=self.absent or "present")
        self.mode = ""
        self.numeral = ""

    def _shared(self, facts: list[Fact]) -> list[Fact]:
        """What stands once at the end of a sentence holds for the findings before it that have none of their own."""
        from dataclasses import replace

        out = list(facts)
        for i in range(len(out) - 2, -1, -1):
            here, after = out[i], out[i + 1]
            if here.polarity != "present" or after.polarity != "present":
                continue
            related = bool(here.heads & after.heads) or not here.heads or not (after.heads or after.items)
            if not here.levels and after.levels and related:
                out[i] = replace(
                    here, levels=after.levels, intensity=after.intensity, patterns=here.patterns | after.patterns,
                    tier=here.tier or after.tier, readings=here.readings or after.readings,
                )  # fmt: skip
            if not here.heads and not here.levels and after.heads:
                out[i] = replace(out[i], heads=after.heads)
        out = [piece for fact in out for piece in self._respective(fact)]
        for i in range(1, len(out)):
            if not out[i].heads and out[i].polarity == "present" and out[i].sizes and out[i - 1].heads:
                out[i] = replace(out[i], heads=out[i - 1].heads, counts=out[i].counts or out[i - 1].counts)
        return out

    def _respective(self, fact: Fact) -> list[Fact]:
        """ "lần lượt là 10 và 8,7" and "bên phải dày 53 mm, bên trái dày 7 mm": one finding for each place and value."""
        from dataclasses import replace

        if len(self.sided) == len(fact.sizes) > 1:
            place = fact.items[0].atoms if fact.items else frozenset()
            return [
                replace(fact, items=(Item(place, s, fact.items[0].span if fact.items else Span(-1, -1)),), sizes=(m,))
                for s, m in zip(self.sided, fact.sizes, strict=True)
            ]
        if not self.listed:
            return [fact]
        items = fact.items
        if len(items) == 1 and items[0].side == "both" and 2 in (len(fact.suvs), len(fact.sizes)):
            order = self.side_order if len(set(self.side_order)) == 2 else ["right", "left"]
            items = tuple(Item(items[0].atoms, side, items[0].span) for side in order[:2])
        out = []
        for k, item in enumerate(items):
            part = replace(fact, items=(item,))
            if len(fact.sizes) == len(items) > 1:
                part = replace(part, sizes=(fact.sizes[k],))
            if len(fact.suvs) == len(items) > 1:
                part = replace(part, suvs=(fact.suvs[k],), suv_spans=(fact.suv_spans[k],))
            out.append(part)
        if len(fact.sizes) == len(fact.suvs) > 1 and len({a for i in items for a in i.atoms if ":" in a}) < len(items):
            values = zip(fact.sizes, fact.suvs, fact.suv_spans, strict=True)
            return [replace(fact, sizes=(m,), suvs=(v,), suv_spans=(s,)) for m, v, s in values]
        paired = len(items) > 1 and (len(fact.sizes) == len(items) or len(fact.suvs) == len(items))
        return out if paired else [fact]

    def _split(self) -> None:
        """Begin the next finding of the sentence."""
        self._close()

    # -- marks and words ------------------------------------------------------------------------------------------

    def on_mark(self, tok: Token) -> None:
        if tok.value == "(":
            self.depth += 1
            if self.mode == "invasion":
                self._close_item()
                self.mode = ""
        elif tok.value == ")":
            self.depth = max(0, self.depth - 1)
            if self.mode == "prior":
                self.mode = ""
        elif tok.value == "<":
            self.below = True
        elif tok.value in LISTING:
            self._separator(tok)
        elif tok.value in ".!?":
            self._close_item()
            self.absent = ""
            self._close()

    def _separator(self, tok: Token) -> None:
        if self.mode == "prior":
            if tok.value == "," and self.peek().kind in ("tier", "uptake", "reading", "advice", "negation"):
                self.mode = ""  # the comparison is over
            return
        numeral_next = bool(ROMAN.match(self.peek().value)) or self.peek().kind == "num"
        if not (numeral_next and self.numeral and not self.side) or self.numeral:
            self._close_item()
        if self.mode == "reading" and tok.value == "," and self.peek().kind not in ("reading", "tier"):
            self.mode = ""
        if self.mode == "invasion" and tok.value in {",", ";"} and self.peek().kind not in ("organ", "part"):
            self.mode = ""
        self.negated = False
        if tok.value == ";" and not self.depth:
            self.absent = ""
            if not self.draft.empty():
                self._close()

    def on_word(self, tok: Token) -> None:
        word = tok.value
        if self.mode == "prior":
            return
        if word in LISTING:
            self._separator(tok)
            if (self._uptake_follows() and self.draft.levels and (self.draft.items or self.atoms)) or (
                word == "và" and self.peek().value == "kích" and self.draft.sizes
            ):
                self._split()
            return
        if word in CONTRAST and not (word == "còn" and self.before().value != ","):
            self._close_item()
            if self.absent:
                self.absent = ""
                self._close()
            return
        if word in {"không", "chưa"}:
            self.negated = True
            if self.peek().kind in ("head", "invasion") and not self.absent:
                self._negation("absent")
            return
        if word in {"suvmax", "suv", "suvl", "suvpeak", "suvmean", "suvbw"}:
            self._read_suv(tok)
            return
        if self._numeral(tok):
            return
        if word in {"nhóm", "chặng", "trạm"}:
            self._new_item_if_full()
            self.numeral = "stn"
            return
        if word in {"hạ", "phân", "hpt"}:
            self._segment_word(word)
            return
        if word == "mức" and self.peek().value in {"độ", "đốt", "d", "l"}:
            return
        if word == "dài":
            self._length(tok)
            return
        if word in {"cần", "nên", "khuyến", "đề"} and self._advice_ahead():
            self._advice_mode()
            return
        if word == "hu":
            return
        if word not in stop_words():
            if self.mode == "reading":
                self.draft.readings.add(f"word:{word}")
            elif self.mode != "advice":
                self.draft.words.add(word)

    def _length(self, tok: Token) -> None:
        """ "dài 35 mm": the number handler reads the word before it."""

    def _segment_word(self, word: str) -> None:
        if (
            word == "hpt"
            or (word == "hạ" and self.peek().value == "phân")
            or (word == "phân" and self.before().value != "hạ")
        ):
            self._new_item_if_full()
        if word == "phân" and self.peek().text == "thùy":
            self.at += 1
        self.numeral = "seg"

    def _new_item_if_full(self) -> None:
        if self.side and self.atoms:
            self._close_item()

    def _numeral(self, tok: Token) -> bool:
        """Roman numerals of segments and stations, vertebrae ("D8"), mediastinal stations ("4R")."""
        nxt, word = self.peek(), tok.value
        if word in {"c", "d", "l", "s", "t"} and nxt.kind == "num" and "," not in nxt.value:
            self._vertebra("d" if word == "t" else word)
            return True
        if ROMAN.match(word) and (self.numeral or word[-1] in "ab"):
            kind = self.numeral or "stn"
            if kind == "seg" and self.side:
                self._close_item()
            self.atoms.add(f"{kind}:{word}")
            return True
        return False

    def _vertebra(self, letter: str) -> None:
        while self.peek().kind == "num":
            self.atoms.add(f"vert:{letter}{self.peek().value}")
            self.at += 1
            if self.peek().value == "-" and self.peek(1).kind == "num":
                self.at += 1
            elif self.peek().value == "-" and self.peek(1).value in {letter, "d", "l", "s", "c"}:
                self.at += 2
            elif self.peek().value == letter and self.peek(1).kind == "num":
                self.at += 1

    # -- numbers --------------------------------------------------------------------------------------------------

    def on_num(self, tok: Token) -> None:
        if self.mode == "prior":
            dims, unit, _ = self._dims(tok)
            self.draft.prior_numbers.update(round(d * {"cm": 10.0}.get(unit, 1.0), 3) for d in dims)
            return
        if self.numeral == "stn" and self.peek().value not in {"x", "mm", "cm"}:
            suffix = self.peek().value if self.peek().value in {"r", "l"} and self.peek().start == tok.end else ""
            self.at += bool(suffix)
            self.atoms.add(f"stn:{tok.value}{suffix}")
            return
        if self.peek().kind in ("head", "generic", "organ") and tok.value in COUNTS:
            self.on_count(Token("count", COUNTS[tok.value], tok.value, tok.start, tok.end))
            return
        if self.before().value in {"/", "tháng", "năm", "ngày"} or self.peek().value in {
            "tháng",
            "năm",
            "ngày",
            "tuần",
            "/",
        }:
            return
        if self.peek().value == "hu" or (self.peek().kind == "mark" and self.peek().value == "%"):
            self.draft.words.add(f"{tok.value}hu")
            return
        if "rib" in self.atoms and self.peek().value not in {"x", "mm", "cm"}:
            self.atoms.add(f"rib:{tok.value}")
            return
        if self.suv_pending and self.peek().value not in {"x", "mm", "cm", "m", "%", "/"}:
            self.suv_pending = False
            self.draft.suvs.append((number(tok.value), Span(tok.start, tok.end)))
            self.about = False
            return
        dims, unit, end = self._dims(tok)
        if unit or len(dims) > 1 or self.before().value in {"thước", "kính"}:
            self._measure(dims, unit, tok.start, end)
        else:
            self.draft.words.add(f"#{number(tok.value):g}")

    def _dims(self, tok: Token) -> tuple[list[float], str, int]:
        dims, end = [number(tok.value)], tok.end
        while self.peek().value in {"x", "*"} and self.peek(1).kind == "num":
            dims.append(number(self.peek(1).value))
            end = self.peek(1).end
            self.at += 2
        unit = ""
        if self.peek().value in {"mm", "cm", "m"}:
            unit, end = self.peek().value, self.peek().end
            self.at += 1
            # "12 mm x 14 mm" gives the unit with each axis.
            while self.peek().value in {"x", "*"} and self.peek(1).kind == "num" and self.peek(2).value == unit:
                dims.append(number(self.peek(1).value))
                end = self.peek(2).end
                self.at += 3
        return dims, unit, end

    def _measure(self, dims: list[float], unit: str, start: int, end: int) -> None:
        scale = {"cm": 10.0, "m": 1000.0}.get(unit, 1.0)
        kind = "size"
        for back in range(2, 7):
            word = self.before(back).value if self.before(back).kind == "word" else self.before(back).text
            if word in {"dài", "dày", "kính"}:
                kind = {"dài": "length", "dày": "thickness", "kính": "diameter"}[word]
                break
        op = "<" if self.below else "~" if self.about else "="
        values = tuple(sorted(round(d * scale, 3) for d in dims))
        if self.side in ("right", "left") and not self.atoms:
            self.sided.append(self.side)
            self.side = None
        self.draft.sizes.append(Measure(values, op, kind, Span(start, end)))
        self.below = self.about = False

    def _read_suv(self, tok: Token) -> None:
        """ "SUVmax: 12,6", "SUV lần lượt là 10 và 8,7", "SUVmax khoảng 12": values up to the next bracket."""
        if self.peek().value == "max":
            self.at += 1
        start = self.at
        self.suv_pending = True
        while self.peek().kind != "num":
            nxt = self.peek()
            if nxt.kind not in (
                "mark",
                "word",
                "approximate",
                "respectively",
                "largest",
                "intensity",
                "uptake",
            ) or nxt.value in {")", "."}:
                self.at = start
                return
            if nxt.kind == "approximate":
                self.draft.approximate = True
            self.listed = self.listed or nxt.kind == "respectively"
            self.at += 1
            if self.at - start > 5:
                self.at = start
                return
        self.suv_pending = False
        while self.peek().kind == "num":
            value = self.peek()
            self.draft.suvs.append((number(value.value), Span(value.start, value.end)))
            self.at += 1
            if (
                self.peek().value in {"và", "-", "đến"}
                and self.peek(1).kind == "num"
                and self.peek(2).value not in {"x", "mm"}
            ):
                self.at += 1
        self.about = False

    # -- places ---------------------------------------------------------------------------------------------------

    def on_organ(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        if tok.value == "region:body":
            self._close_item()
        organs = {a for a in self.atoms if a in lexicon().within}
        if organs and self.side and tok.value not in lexicon().within:
            self._close_item()
        elif organs and self.side and not (lexicon().within.get(tok.value, frozenset()) & organs):
            if not any(tok.value in lexicon().within.get(a, frozenset()) for a in organs):
                self._close_item()
        two = (self.before().kind == "count" and self.before().value == "two") or self.before().text in {"hai", "2"}
        if two and tok.value in PAIRED:
            self.side = "both"
            self.draft.counts.discard("two")
        self.atoms.add(tok.value)

    def on_part(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        if self.side and self.atoms & lexicon().within.keys():
            self._close_item()
        self.atoms.add(tok.value)

    def on_relation(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        if tok.value == "under" and (self.peek().kind == "num" or self.peek().kind == "approximate"):
            self.below = True
            return
        if self.peek().kind in ("organ", "part", "side", "relation") and self.atoms & lexicon().within.keys():
            self._close_item()
        nxt = self.peek()
        if (
            nxt.kind in ("organ", "part", "side", "relation")
            or nxt.value in LISTING
            or self.atoms & lexicon().within.keys()
        ):
            self.atoms.add(f"rel:{tok.value}")

    def on_side(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        both = [w for w in tok.text.split() if w in ONE]
        self.side_order.extend([ONE[w] for w in both] if tok.value == "both" and both else [tok.value])
        organs = self.atoms & lexicon().within.keys()
        if self.side and self.side != tok.value and (organs or self.atoms):
            self._close_item()
        if not self.atoms and self.draft.items and not self.draft.items[-1][1] and self.before().value == ")":
            self.draft.items[-1] = (self.draft.items[-1][0], tok.value, self.draft.items[-1][2])
            return
        self.side = tok.value

    # -- what is seen ---------------------------------------------------------------------------------------------

    def on_head(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        if self.mode == "reading":
            self.draft.readings.add(f"head:{tok.value}")
            return
        if tok.value == "thickening" and (self.peek().kind == "num" or self.peek().kind in ("approximate", "largest")):
            return  # "lớp dịch dày 30 mm" is a measure
        if tok.value == "fluid" and self.peek().text == "dày":
            return
        if tok.value == "gas" and self.before().value in {"chứa", "cản"}:
            self.draft.modifiers.add("contains:gas")
            return
        self._close_item()
        if self.mode == "invasion":
            self.mode = ""
        if tok.value in ("dilatation", "atelectasis") and any(
            t.value == "gây" for t in self.toks[max(0, self.at - 10) : self.at]
        ):
            self.draft.modifiers.add(f"effect:{tok.value}")
            return
        if self._largest_ahead() and self.draft.levels and self.draft.suvs and self.before().value == "và":
            self._split()
        elif self._largest_ahead():
            self.draft.anaphora = self.draft.anaphora or self.draft.empty()
            self.draft.modifiers.discard("small")
            if not self.draft.heads:
                self.draft.heads.add(tok.value)
            return
        inner = self.before().value in {"có", "kèm", "chứa", "cấu"} or self.before(3).value in {"trong"}
        if not inner and self._starts_new_finding(tok.value):
            counts = {c for c in self.draft.counts if self._count_is_next(c)}
            self.draft.counts -= counts if len(self.draft.counts) > 1 else set()
            self._split()
            self.draft.start = self.before().start if self.before().kind == "count" else tok.start
            self.draft.counts |= counts
        self.draft.heads.add(tok.value)

    def _count_is_next(self, count: str) -> bool:
        return self.before().kind == "count" and self.before().value == count

    def _largest_ahead(self) -> bool:
        for k in range(3):
            if self.peek(k).kind == "largest":
                return True
            if self.peek(k).kind in ("mark", "head") or self.peek(k).value in LISTING:
                return False
        return False

    def _starts_new_finding(self, head: str) -> bool:
        """The finding before is complete and this head comes after a list word."""
        d = self.draft
        if not d.heads and not d.levels:
            return False
        listed = any(self.before(b).value in LISTING or self.before(b).kind == "contrast" for b in (2, 3, 4))
        if not listed or self.depth:
            return False
        if d.levels and (d.items or d.sizes) and self.before().kind != "relation":
            return True
        if head in d.heads and d.items and self.before().kind != "relation":
            if any(m.startswith("amount") for m in d.modifiers) or (d.sizes and self._size_before_list_word()):
                return True
            if self.before().kind != "count" and self.peek().value not in {"này", "đó", "trên", "lớn"}:
                d.counts.add("unmarked")  # "vài hạch ở A và hạch ở B": the second has no count
            return False
        return bool(d.sizes) and self._size_before_list_word()

    def _size_before_list_word(self) -> bool:
        for tok in self.toks[self.at : self.at + 14]:
            if tok.value in {"và", ";"} or tok.kind == "uptake":
                return False
            if tok.kind == "num" or tok.text == "vài":
                return True
        return False

    def on_generic(self, tok: Token) -> None:
        if self.mode not in ("prior", "reading", "advice"):
            self.draft.generic = True
            if self.peek().value in {"này", "đó", "trên"}:
                self.draft.counts.clear()
        if tok.text == "bất thường" and self.mode == "":
            self.draft.patterns.add("abnormal")

    def on_modifier(self, tok: Token) -> None:
        if self.mode != "prior":
            self.draft.modifiers.add(tok.value)

    def on_count(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        if tok.value == "few" and self.peek().value in {"mm", "cm"}:
            self.draft.sizes.append(Measure((), "=", "few", Span(tok.start, self.peek().end)))
            self.at += 1
            return
        if tok.value == "two" and self.peek().kind == "organ" and self.peek().value in PAIRED:
            return
        if tok.value == "many" and self.peek().value in {"hơn", "vị", "kim"}:
            return
        self._close_item()
        self.draft.counts.add(tok.value)

    # -- uptake ---------------------------------------------------------------------------------------------------

    def _uptake_follows(self) -> bool:
        return self.peek().kind == "uptake" and self._tracer_ahead(1)

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

    def on_uptake(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        if not self._tracer_ahead():
            if tok.text in {"không tăng", "chưa tăng"} and self.peek().kind != "word":
                self._set_level("none")
            elif tok.value == "decreased" or tok.text == "cao":
                return
            return
        self._set_level(tok.value)
        while self.peek().kind != "tracer":
            nxt = self.peek()
            self._grade(nxt)
            self.at += 1
        self.at += 1
        self.uptake_at = self.at
        for _ in range(2):
            if self.peek().kind == "intensity":
                self._grade(self.peek())
                self.at += 1
            elif self.peek().kind == "modifier" and self.peek().text in DEGREES:
                self._grade(Token("intensity", DEGREES[self.peek().text], "", 0, 0))
                self.at += 1
            elif self.peek().value == "mức" and self.peek(1).value == "độ":
                self.at += 2

    def _grade(self, tok: Token) -> None:
        """Words between "tăng" and the tracer, or right after it."""
        if tok.kind == "pattern":
            self.draft.patterns.add(tok.value)
        elif tok.value == "mild" and tok.kind == "intensity":
            if "increased" in self.draft.levels:
                self.draft.levels.discard("increased")
                self.draft.levels.add("mild")
        elif tok.kind == "intensity":
            self.draft.intensity.add(tok.value)

    def _set_level(self, level: str) -> None:
        self._close_item()
        self.mode = ""
        if self.negated and level in ("increased", "mild"):
            level = "none"
        self.negated = False
        self.draft.levels.add(level)

    def on_tracer(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        nxt = self.peek()
        if nxt.kind == "uptake":
            self.at += 1
            self._set_level(nxt.value)
            if self.peek().kind == "intensity":
                self._grade(self.peek())
                self.at += 1
        elif nxt.kind == "intensity":
            self._set_level("mild" if nxt.value == "mild" else "increased")
            if nxt.value != "mild":
                self.draft.intensity.add(nxt.value)
            self.at += 1
        elif tok.text in {"bắt xạ", "bắt fdg", "bắt xạ fdg"} and self.negated:
            self._set_level("none")
            self.draft.levels = {"none"}
        self.uptake_at = self.at

    def on_pattern(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        self.draft.patterns.add(tok.value)

    def on_intensity(self, tok: Token) -> None:
        if self.mode in ("prior", "advice", "reading"):
            return
        if tok.value == "mild":
            self.draft.modifiers.add("mild")

    # -- assertion ------------------------------------------------------------------------------------------------

    def on_negation(self, tok: Token) -> None:
        if tok.value == "not-be":
            self.negated = True
            return
        if self.mode == "prior":
            return
        self._negation(tok.value)

    def _negation(self, polarity: str) -> None:
        if polarity == "absent" and self.draft.heads and self._denies_uptake():
            self.negated = True  # "nốt mờ, không thấy tăng chuyển hóa FDG": an attribute of the finding
            return
        d = self.draft
        self._close_item()
        placed = d.items and not (d.heads or d.levels or d.sizes or d.suvs or d.readings or d.modifiers)
        if not d.empty() and not (placed and d.polarity == "present"):
            self._close()  # what came before stands; a place put first ("Ở phổi phải, không thấy ...") belongs to the denial
        self.absent = polarity
        self.draft.polarity = polarity
        self.mode = ""

    def _denies_uptake(self) -> bool:
        """Only uptake is denied, and of no other place."""
        k = 0
        while (
            self.peek(k).value in {"hình", "ảnh", "sự", "hiện", "tượng", "dấu", "hiệu", "có"}
            or self.peek(k).text == "dấu hiệu"
        ):
            k += 1
        if self.peek(k).kind != "uptake" or not self._tracer_ahead(k + 1):
            return False
        rest = self.toks[self.at + k :]
        stop = next((i for i, t in enumerate(rest) if t.value in {".", ";"}), len(rest))
        within = lexicon().within
        near = self.atoms.union(*(atoms for atoms, _, _ in self.draft.items))
        near = near.union(*(within.get(a, frozenset()) for a in near))
        if not near:
            return not any(t.value == "region:body" for t in rest[:stop])  # the place of the finding comes last
        return all(t.value in near for t in rest[:stop] if t.kind == "organ")

    def on_physiologic(self, tok: Token) -> None:
        self._close_item()
        if self.mode == "reading":
            self.draft.readings.add("physiologic")
            return
        if self.draft.polarity == "present":
            self.draft.polarity = "physiologic"
        elif self.draft.polarity == "absent":
            self.draft.readings.add("physiologic")
        self.mode = ""

    def on_operated(self, tok: Token) -> None:
        self._close_item()
        if self.mode == "reading" or self.draft.levels:
            self.draft.readings.add("operated")
            return
        self.draft.polarity = "postoperative"

    def on_tier(self, tok: Token) -> None:
        if self.mode == "advice":
            return
        self.mode = "" if self.mode == "prior" else self.mode
        ahead = [self.peek(k) for k in range(5)]
        if tok.value == "suspect" and any(t.kind == "invasion" for t in ahead[:2]):
            self.certain = False
            return
        if not self._reading_ahead(tok, ahead):
            return
        self._close_item()
        if self.negated:
            self.draft.readings.add("not")
            self.negated = False
        if self.draft.tier is None or self.soft:
            self.draft.tier = tok.value
            self.soft = tok.text in {"gợi ý", "nghĩ đến"}
        elif tok.value != "definite" and tok.value != self.draft.tier:
            order = ["definite", "likely", "probable", "suspect"]
            self.draft.tier = max(self.draft.tier, tok.value, key=order.index)
        self.mode = "reading"

    def _reading_ahead(self, tok: Token, ahead: list[Token]) -> bool:
        kinds = {"reading", "tier", "physiologic"}
        if tok.text in {"do", "là do"}:
            return any(t.kind in kinds | {"operated", "head"} for t in ahead[:4])
        if tok.value == "definite" and "chẩn" in tok.text:
            return ahead[0].kind in kinds or ahead[0].value == "là"
        if tok.text == "có thể":
            return any(t.kind in kinds or (t.kind == "word" and t.value == "do") for t in ahead[:4])
        return True

    def on_reading(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        self._close_item()
        if self.negated:
            self.draft.readings.add("not")
            self.negated = False
        self.draft.readings.add(tok.value)

    def on_invasion(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        self._close_item()
        certain = self.certain and not (self.draft.tier == "suspect" and self.mode == "reading")
        self.draft.invasions.append((("not:" if self.negated else "") + tok.value, set(), certain))
        self.certain, self.negated = True, False
        self.mode = "invasion"

    def _advice_ahead(self) -> bool:
        return any(self.peek(k).kind in ("advice", "target") for k in range(5))

    def _advice_mode(self) -> None:
        self._close_item()
        if not self.draft.empty():
            self._close()
        self.mode = "advice"
        if self.if_needed:
            self.draft.advice.add("if-needed")
            self.if_needed = False

    def on_advice(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        if self.mode != "advice":
            self._advice_mode()
        if tok.value != "note" or not self._advice_ahead():
            self.draft.advice.add(tok.value)

    def on_target(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        if tok.value == "if-needed" and self.mode != "advice":
            self.if_needed = self._advice_ahead()  # "Nếu cần, đối chiếu với nội soi."
        elif self.mode == "advice" or tok.value in LONE_TARGETS:
            self.draft.advice.add(tok.value)

    def on_prior(self, tok: Token) -> None:
        if tok.value == "versus":
            rest = " ".join(t.text for t in self.toks[self.at : self.at + 14])
            if tok.text == "so với" and not re.search(
                r"\bpet|\bct\b|chụp|kết quả|tháng|trước|lần|phim|\d/\d|suv", rest
            ):
                self.draft.words.add("so-với")
                return
            self._close_item()
            self.draft.prior.add("versus")
            self.mode = "prior"
            return
        self.draft.prior.add(tok.value)

    # -- qualifiers -----------------------------------------------------------------------------------------------

    def on_approximate(self, tok: Token) -> None:
        if any(self.peek(k).kind == "num" for k in range(2)):
            self.about = True
            self.draft.approximate = True

    def on_below(self, tok: Token) -> None:
        self.below = True

    def on_largest(self, tok: Token) -> None:
        self.draft.modifiers.discard("small")

    def on_respectively(self, tok: Token) -> None:
        self.listed = True
