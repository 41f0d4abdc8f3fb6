"""Sizes, SUV, segments, stations and vertebrae."""

from vimedsynth.clauses.borders import VERTEBRAE
from vimedsynth.clauses.drafts import ARABIC, COUNTS, LISTING, PLACE_KINDS, RIBS, ROMANS, number
from vimedsynth.clauses.forms import Forms
from vimedsynth.facts import Measure
from vimedsynth.lexicon import lexicon
from vimedsynth.pointing import AFTER
from vimedsynth.reports import Span
from vimedsynth.words import Token

THICKEST = frozenset({"dày nhất", "dày tối đa"})
NUMERALS = VERTEBRAE | ROMANS
"""Words that may begin the name of a vertebra, a segment or a station."""
OF_SEGMENTS = frozenset(
    {"lung", "liver", "lingula", "lung-base", "lung-apex", "lobe:upper", "lobe:middle", "lobe:lower"}
)
UNITS = frozenset({"x", "mm", "cm", "m"})
THEN = frozenset({"xuống", "còn", "lên", "thành", "sang", "chỉ", "giờ", "nay"})
"""What stands between an earlier value and the value now: "giảm từ 55 mm xuống 41 mm"."""
NOW = frozenset({"nay", "hiện", "giờ", "bây"})
"""With which a sentence comes back from an earlier study: "trước đây 13,9, nay còn 3,0"."""


class Numbers(Forms):
    """Reads numbers."""

    __slots__ = ()

    def _segment_follows(self, word: str) -> bool:
        """ "hạ phân thùy", "phân thùy", "hạ phân IV" (a dropped word), but not "phân bố", "hạ họng"."""
        nxt = self.peek()
        if word == "hạ":
            return nxt.value == "phân"
        return nxt.text == "thùy" or nxt.value in ROMANS

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
        if word in VERTEBRAE and nxt.kind == "num" and "," not in nxt.value and self.peek(1).value not in UNITS:
            if word == "s" and self._of_segments():
                self._s_segments()
            else:
                self._vertebra("d" if word == "t" else word)
            return True
        if word in ROMANS and (self.numeral or word[-1] in "ab" or self.before().value == "node"):
            kind = self.numeral or "stn"
            if kind == "rib":
                self.atoms.add(f"rib:{RIBS.get(word, word)}")
                return True
            if kind == "seg" and self.side:
                self._close_item()
            self.atoms.add(f"{kind}:{word}")
            return True
        return False

    def _of_segments(self) -> bool:
        """ "S8 phổi phải", "thùy trên phổi trái (S1+2)", "gan S6": segments of lung and liver, not of the sacrum."""
        if self.peek().value.isdigit() and int(self.peek().value) > 5:
            return True
        near = self.atoms.union(
            *(atoms for atoms, _, _ in self.draft.items), (self.peek(k).value for k in range(1, 10))
        )
        return self.numeral == "seg" or not near.isdisjoint(OF_SEGMENTS)

    def _s_segments(self) -> None:
        """ "S8", "S1+2", but of "S9 6 mm" only the first."""
        while self.peek().kind == "num":
            self.atoms.add(f"seg:{ARABIC.get(self.peek().value, self.peek().value)}")
            more = self.peek(1).value in {"+", "/", "-"} and self.peek(2).kind == "num"
            self.at += 1 + more
            if not more:
                return

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

    def on_num(self, tok: Token) -> None:
        if self.mode == "prior":
            dims, unit, _ = self._dims(tok)
            self._then(dims, unit)
            return
        suffix = self.peek().value if self.peek().value in {"r", "l"} and self.peek().start == tok.end else ""
        station = self.numeral == "stn" or bool(suffix)  # "hạch 2L" is of station 2L
        if station and tok.value.isdigit() and self.peek().value not in {"x", "mm", "cm"}:
            self.at += bool(suffix)
            self.atoms.add(f"stn:{tok.value}{suffix}")
            return
        if self.peek().kind in ("head", "generic", "organ") and tok.value.isdigit() and len(tok.value) < 4:
            count = COUNTS.get(tok.value.lstrip("0"), f"n{int(tok.value)}")
            if self.below or self.before().text in {"trên", "hơn"}:
                count = ("<" if self.below else ">") + count  # "dưới 5 hạch"
            if self.peek().kind != "organ" or tok.value in COUNTS:
                self.below = False
                self.on_count(Token("count", count, tok.value, tok.start, tok.end))
                return
        if self.numeral == "seg" and tok.value.isdigit() and self.peek().value not in UNITS:
            self.atoms.add(f"seg:{ARABIC.get(tok.value, tok.value)}")  # "HPT 6"
            return
        if self.peek().value in {"tháng", "tuần", "năm", "ngày"} and self.before().value != "/":
            self.draft.points |= {f"{AFTER}{number(tok.value):g} {self.peek().value}"}
        if self.before().value in {"/", "tháng", "năm", "ngày"} or self.peek().value in {
            "tháng",
            "năm",
            "ngày",
            "tuần",
            "/",
        }:
            return
        if self.peek().value == "hu" or (self.peek().kind == "mark" and self.peek().value == "%"):
            minus = self.before().value == "-" and self.before().end == tok.start and self.before(3).kind != "num"
            self.draft.words |= {f"{'-' if minus else ''}{tok.value}hu"}  # "-82 HU" is fat, 82 HU is not
            return
        if (
            (self.numeral == "rib" or "rib" in self.atoms)
            and self.peek().value not in {"x", "mm", "cm"}
            and tok.value.isdigit()
        ):
            self.atoms.add(f"rib:{tok.value}")
            return
        if self._bracketed_suv(tok):
            self.draft.suvs.append((number(tok.value), Span(tok.start, tok.end)))
            return
        if self.suv_pending and self.peek().value not in {"x", "mm", "cm", "m", "%", "/"}:
            self.suv_pending = False
            self.draft.suvs.append((number(tok.value), Span(tok.start, tok.end)))
            self.about = False
            return
        if self.peek().value in {"-", "đến"} and self.peek(1).kind == "num" and self.peek(2).value in {"mm", "cm"}:
            self._measure([number(tok.value)], self.peek(2).value, tok.start, tok.end)  # "0,7 - 1,2 cm"
            return
        dims, unit, end = self._dims(tok)
        if self._then_another():
            self.draft.prior |= {"versus"}
            self._then(dims, unit)
            return
        if unit or len(dims) > 1 or self.before().value in {"thước", "kính"}:
            self._measure(dims, unit, tok.start, end)
        elif (self.draft.prior_suvs and not self.draft.suvs) or (not tok.value.isdigit() and self._suv_again()):
            self.draft.suvs.append((dims[0], Span(tok.start, end)))  # "hồi trước 3,0, bây giờ 5,2"
        else:
            self.draft.words |= {f"#{tok.value.lstrip('0') or 0}" if tok.value.isdigit() else f"#{number(tok.value)}"}

    def _bracketed_suv(self, tok: Token) -> bool:
        """ "thấp hơn hạch 4R (9,4)": a lone number with a decimal in brackets, in a sentence that speaks of SUV."""
        alone = self.before().value == "(" and self.peek().value == ")" and not tok.value.isdigit()
        return alone and not self.draft.suvs and any(t.value.startswith("suv") for t in self.toks)

    def _suv_again(self) -> bool:
        """ "SUVmax: bể máu 1,8; gan 2,6": a lone decimal after an SUV is one."""
        before = self.done[-1].suvs if self.done else ()
        return bool(before) and not (self.draft.suvs or self.draft.sizes) and self.peek().kind in ("mark", "")

    def _each_side(self) -> None:
        """ "SUVmax 3,8 bên phải và 3,5 (ở) bên trái": a value for each side of the place before."""
        at = int(self.peek().value == "ở")
        if self.peek(at).kind != "side":
            return
        last = at + 3 + (self.peek(at + 3).value == "ở")
        first, stop, value, other = self.peek(at), self.peek(at + 1), self.peek(at + 2), self.peek(last)
        if {first.value, other.value} != {"right", "left"} or stop.value not in LISTING or value.kind != "num":
            return
        self._valued_sides((first, other), (value,))
        self.at += last + 1

    def _side_by_side(self) -> bool:
        """ "SUV bên phải 10, bên trái 8,7": the same, each side before its value."""
        first, value, stop, other, second = (self.peek(k) for k in range(5))
        sides, numbers = {first.value, other.value} == {"right", "left"}, {value.kind, second.kind} == {"num"}
        if not (sides and numbers and stop.value in LISTING):
            return False
        self._valued_sides((first, other), (value, second))
        self.at += 5
        return True

    def _valued_sides(self, sides: tuple[Token, Token], values: tuple[Token, ...]) -> None:
        self._close_item()
        self.draft.suvs.extend((number(v.value), Span(v.start, v.end)) for v in values)
        items = self.draft.items
        atoms, _, span = items.pop() if items else (set(), None, Span(sides[0].start, sides[1].end))
        items.append((atoms, "both", span))
        self.side_order, self.listed = [side.value for side in sides], True

    def _then_another(self) -> bool:
        """ "8,2 cm xuống còn 4,5 cm", "15,3 trước điều trị còn 3,6": the value now comes after one of then."""
        k = int(self.peek().kind == "prior")
        while k < 4 and self.peek(k).value in THEN:
            k += 1
        return self.peek(k).kind == "num" and self.peek(k - 1).value in THEN

    def _then(self, dims: list[float], unit: str) -> None:
        """The value of an earlier study; a lone one without a unit is an SUV."""
        values = [round(d * {"cm": 10.0}.get(unit, 1.0), 3) for d in dims]
        self.draft.prior_numbers |= frozenset(values)
        if not unit and len(values) == 1:
            self.draft.prior_suvs |= frozenset(values)
        else:
            self.draft.prior_sizes |= {tuple(sorted(values))}

    def _back_to_now(self, word: str) -> bool:
        """Whether a word after an earlier study is of this one: "trước đây 13,9, nay còn 3,0"."""
        if word in NOW:
            return self.before().value not in {"phát", "xuất", "biểu"}
        return word in THEN and (self.peek().kind == "num" or self.peek().value in THEN)

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
            tok = self.before(back)
            word = tok.value if tok.kind == "word" else tok.text
            if word in THICKEST:
                word = "dày"
            if word in {"dài", "dày", "kính"}:
                kind = {"dài": "length", "dày": "thickness", "kính": "diameter"}[word]
                break
        op = "<" if self.below else "~" if self.about else "="
        values = tuple(sorted(round(d * scale, 3) for d in dims))
        if self.side in ("right", "left") and not self.atoms and self.draft.items:
            self.sided.append(self.side)
            self.side = None
        self.draft.sizes.append(Measure(values, op, kind, Span(start, end)))
        self.below = self.about = False

    def _read_suv(self, tok: Token) -> None:
        """ "SUVmax: 12,6", "SUV lần lượt là 10 và 8,7", "SUVmax khoảng 12": values up to the next bracket."""
        if self.peek().value == "max":
            self.at += 1
        if self.peek().kind == "side" and self._side_by_side():
            return
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
            self.at += 1
            if self._then_another():
                self.draft.prior |= {"versus"}
                self._then([number(value.value)], "")
                while self.peek().kind != "num":
                    self.at += 1
                continue
            self.draft.suvs.append((number(value.value), Span(value.start, value.end)))
            self._each_side()
            if (
                self.peek().value in {"và", "-", "đến"}
                and self.peek(1).kind == "num"
                and self.peek(2).value not in {"x", "mm"}
            ):
                self.at += 1
        self.about = False

    def on_approximate(self, tok: Token) -> None:
        if any(self.peek(k).kind == "num" for k in range(2)):
            self.about = True
            self.draft.approximate = True

    def on_below(self, tok: Token) -> None:
        if self.peek().kind in PLACE_KINDS:
            self._larger_side(smaller=tok.text == "nhỏ hơn")
        elif tok.text in ("nhỏ hơn", "bé hơn") and self._compared_to_none():
            self.draft.modifiers |= {"smaller-one"}
        else:
            self.below = True

    def on_largest(self, tok: Token) -> None:
        self.draft.modifiers -= {"small"}
        if tok.text not in THICKEST:
            self.draft.modifiers |= {"of-largest"}  # the measure is that of one of several
            self._close_item()
            known = lexicon().places
            named = sum(bool(a & known) or any(x.startswith("stn:") for x in a) for a, _, _ in self.draft.items)
            self.largest = len(self.draft.items) if named > 1 else 0

    def on_respectively(self, tok: Token) -> None:
        self.listed = True
