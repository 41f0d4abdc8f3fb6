"""Where one finding of a sentence ends and the next begins: marks, list words, and what comes after them."""

from vimedsynth.clauses.cursor import Cursor
from vimedsynth.clauses.drafts import LISTING, MEASURE_WORDS, OTHER_SIDE, PLACE_KINDS, ROMANS, Draft
from vimedsynth.clauses.sharing import STOPS
from vimedsynth.lexicon import lexicon
from vimedsynth.reports import Span
from vimedsynth.words import Token, split

AFTER_COMPARISON = frozenset({"tier", "uptake", "reading", "advice", "negation", "head", "count", "organ", "generic"})


JUDGED = frozenset({"physiologic", "postoperative"})
PLACE_FILLERS = frozenset(split("của ở tại cả hai hệ thống đoạn vùng hạ phân hpt nhóm chặng khi đồng thời còn thì"))
SUV = frozenset({"suvmax", "suv"})
AXES = MEASURE_WORDS | {"chiều", "bề", "dài", "trục"}
NUMBERED = frozenset({"phân", "hpt", "nhóm", "chặng"})  # "hạ phân thùy IV", "nhóm 7"
SAYING = frozenset({"num", "uptake", "tracer", "negation", "head", "tier", "reading"})
SEVERAL = frozenset({"các", "những"})
OPENING = frozenset({"đoạn", "ở", "tại", "hạ", "hpt", "phân", "nhóm"})
VERTEBRAE = frozenset({"c", "d", "l", "s", "t"})
SEEN = frozenset({"có", "thấy", "ghi", "nhận", "phát", "hiện", "hình", "ảnh", "quan"})


class Borders(Cursor):
    """Reads marks and list words."""

    __slots__ = ()

    def _opens_list(self) -> bool:
        """ "Gan có hai nốt tăng chuyển hóa FDG: hạ phân thùy VI ... và hạ phân thùy II ...": what is said of all that follow."""
        d, nxt = self.draft, self.peek()
        if d.polarity != "present" or d.sizes or d.suvs or not (d.heads or d.generic or d.items or self.atoms):
            return False
        several = d.counts - {"one", "unmarked"} or any(t.value in SEVERAL for t in self.toks[: self.at])
        vertebra = nxt.value in VERTEBRAE and self.peek(1).kind == "num"
        begins = nxt.kind in ("head", "count", "generic", "organ", "part") or nxt.value in OPENING or vertebra
        return bool(several and begins)

    def _topic_denied(self) -> bool:
        """ "Hạch nách hai bên: không có hạch tăng chuyển hóa FDG": what is denied is named again."""
        d = self.draft
        bare = d.heads and d.polarity == "present" and not (d.sizes or d.suvs or d.levels or d.counts or d.readings)
        return bool(bare) and self.peek().kind == "negation" and self.peek(1).value in d.heads

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
        elif tok.value == ":" and self._topic_denied():
            self.draft.heads = frozenset()
        elif tok.value == ":" and "not" in self.draft.readings and not self.draft.heads:
            self._close()
        elif tok.value == ":" and self._opens_list():
            self._close_item()
            self.mode = ""
            self.header, self.draft = self.draft, Draft(self.peek().start, self.peek().start)
        elif tok.value in LISTING:
            self._separator(tok)
        elif tok.value in STOPS:
            self._close_item()
            self.absent = ""
            self._close()

    def _next_measured(self, tok: Token) -> bool:
        """Whether the next place is one with measures of its own."""
        return (
            self._next_of_list()
            or self._next_in_brackets()
            or self._another_uptake_ahead()
            or self._another_measured_ahead(tok)
            or (bool(self.draft.suvs) and self._another_with_suv())
        )

    def _next_in_brackets(self) -> bool:
        """ "trạm 4R (20 x 15 mm), trạm 7 (17 x 10 mm)": the measures of each place are in its own brackets."""
        if self.depth or self.before().value != ")":
            return False
        if self.peek().value in AXES:
            return False  # "12 x 9 mm (trước 15 x 12 mm), SUVmax 4,7 (trước 7,1)": another measure of the same
        for k in range(9):
            if self.peek(k).value == "(":
                inside = [self.peek(k + j) for j in (1, 2, 3)]
                return any(t.kind == "num" or t.value in MEASURE_WORDS for t in inside)
            if self.peek(k).kind in ("uptake", "tier", "reading", "head") or self.peek(k).value in LISTING:
                return False
        return False

    def _next_of_list(self) -> bool:
        """ "hai nốt gan: hạ phân thùy II 12 mm và hạ phân thùy VI 9 mm": the next place of a list whose places are measured."""
        d = self.draft
        measured = self.header and not self.depth and (d.items or self.atoms)
        return bool(measured) and (
            self._place_named() > 0 or self.peek().value in SEVERAL
        )  # "..., các ổ còn lại ở ..."

    def _another_measured_ahead(self, tok: Token) -> bool:
        """ "HPT III, kích thước 20 x 17 mm, SUVmax 6,6 và HPT VIII, kích thước 14 x 13 mm, SUVmax 9,1"."""
        d = self.draft
        if tok.value not in {"và", ";"} or self.depth or not (d.sizes and d.suvs and d.items) or len(d.sizes) > 1:
            return False
        nxt = self.peek()
        if nxt.kind not in ("organ", "part", "relation") and nxt.value not in {"hạ", "hpt", "nhóm", "ở"}:
            return False
        for k in range(1, 14):
            ahead = self.peek(k)
            if ahead.value in MEASURE_WORDS or (ahead.kind == "num" and self.peek(k + 1).value in {"x", "mm", "cm"}):
                return True
            if ahead.kind in ("head", "uptake", "tier") or ahead.value in {"và", ";", "."}:
                return False
        return False

    def _another_with_suv(self) -> bool:
        """ "Bể máu trung thất SUVmax 1,9, gan SUVmax 2,7": each place with its own."""
        d = self.draft
        if self.depth or not (d.items or self.atoms) or self.peek().kind != "organ":
            return False
        k = 1
        while self.peek(k).kind in PLACE_KINDS:
            k += 1
        return self.peek(k).value in SUV

    def _another_place_judged(self) -> bool:
        """ "Tuyến giáp đã phẫu thuật, giường tuyến giáp chưa thấy ...": the next clause has a place and a judgement."""
        if self.peek().kind != "organ":
            return False
        for k in range(1, 9):
            if self.peek(k).kind in ("negation", "uptake") or self.peek(k).value == ",":
                return self.peek(k).value != ","
        return False

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

    def _another_uptake_ahead(self) -> bool:
        """ "tăng chuyển hóa FDG ở dây thanh phải (SUVmax: 4,0), dây thanh trái không tăng chuyển hóa FDG"."""
        d = self.draft
        ended = self.before().value == ")" or self.before().kind == "num"
        done = not self.depth and ended and d.levels and d.suvs and (d.items or self.atoms)
        if not done or self.peek().kind not in ("organ", "part", "relation", "side"):
            return False
        for k in range(1, 9):
            if self.peek(k).kind == "uptake":
                return bool(self.peek(k).value == "none") != ("none" in d.levels)
            if self.peek(k).kind in ("head", "tier", "invasion"):
                return False
        return False

    def _one_of_them(self) -> bool:
        """ "kích thước lần lượt 17 và 7 mm, trong đó hạch IIA tăng ..., hạch III ...": each is taken up again in turn."""
        first = self.peek().text == "trong" and self.peek(1).value == "đó" and self.peek(2).kind == "head"
        again = bool(self.apart) and self.peek().kind == "head"
        return (first or again) and not any(self.peek(k).kind == "largest" for k in range(5))

    def _form_follows(self) -> bool:
        """ "Gan không to, có nang ...": that an organ is not enlarged says all of it, and what is in it is another finding."""
        k = 0
        while self.peek(k).value in SEEN or self.peek(k).kind == "count":
            k += 1
        return not self.draft.heads and self.peek(k).kind in ("head", "generic")

    def _another_place_opens(self) -> bool:
        """ "..., hạ phân thùy IV có nang", "..., đài bể thận không giãn": a place and what is there, after a whole finding."""
        d = self.draft
        whole = d.heads or d.generic or d.levels or "not-enlarged" in d.modifiers or d.polarity in JUDGED
        if self.depth or not whole:
            return False
        k = self._place_named()
        return k > 0 and self._says_what_is_there(k)

    def _place_named(self) -> int:
        """How many of the next tokens name a place ("hạ phân thùy IV của gan"); 0 when they name none."""
        named = False
        for i in range(self.at, self.size):
            kind, value = self.toks[i][:2]
            if kind in ("organ", "part") or value in NUMBERED or (self.numeral and value in ROMANS):
                named = True
            elif not (
                kind in PLACE_KINDS or value in PLACE_FILLERS or (named and (value in ROMANS or value.isdecimal()))
            ):
                return (i - self.at) * named
        return 0

    def _says_what_is_there(self, k: int) -> bool:
        tok = self.peek(k)
        if tok.value in {"không", "chưa"}:
            return self.peek(k + 1).kind == "head" or self.peek(k - 1).value == "thì"
        if tok.kind == "count":
            return self.peek(k + 1).kind == "head"  # "hố nách phải không thấy hạch, hố nách trái vài hạch"
        if tok.kind == "tracer":
            return any(self.peek(k + j).kind == "physiologic" for j in (1, 2))
        if tok.value not in SEEN:
            return tok.kind in ("negation", "operated") or tok.value == "not-enlarged"
        while self.peek(k).value in SEEN or self.peek(k).kind == "count" or self.peek(k).text == "sát":
            k += 1
        return self.peek(k).kind in ("head", "generic") and self.peek(k + 1).kind != "largest"

    def _other_side_opens(self, *, contrast: bool = False) -> bool:
        """ "Nang thận phải 12 mm, bên trái 9 mm": what is said next is said of the same place on the other side."""
        nxt = self.peek()
        if nxt.kind != "side" or self.peek(1).kind in ("organ", "part") or self.depth or self.sided:
            return False
        d = self.draft
        self_sided = [*d.items, *([(self.atoms, self.side, Span(-1, -1))] if self.side else [])]
        first = next((atoms for atoms, side, _ in self_sided if side == OTHER_SIDE.get(nxt.value)), None)
        said = d.sizes or d.suvs or d.levels or d.readings or (contrast and d.heads)
        if first is None or not said or d.polarity != "present" or not self._says_more():
            return False
        self._close()
        self.atoms = {a for a in first if a in lexicon().within}  # of the organ, not of the part named there
        return True

    def _partner_opens(self) -> bool:
        """ "Thận trái teo nhỏ, thận phải lớn bù trừ", "..., thận phải có nang": the other of a pair, with its own form."""
        organ = self.peek()
        if organ.kind != "organ" or self.depth or self.draft.polarity != "present":
            return False
        side, form = self.peek(1), self.peek(2 + (self.peek(2).value == "có"))
        if side.kind != "side" or form.kind != "head":
            return False
        items = [*self.draft.items, (self.atoms, self.side, Span(-1, -1))]
        other = any(organ.value in atoms and its and its == OTHER_SIDE.get(side.value) for atoms, its, _ in items)
        d = self.draft
        return other and bool(d.heads) and (form.value not in d.heads or bool(d.sizes or d.suvs or d.levels))

    def _says_more(self) -> bool:
        """Whether anything is said of the place that follows, before the next mark."""
        for k in range(1, 8):
            tok = self.peek(k)
            if tok.kind in SAYING or tok.value in LISTING or tok.value in {"", "không"}:
                return tok.kind in SAYING or tok.value == "không"
        return False

    def _separator(self, tok: Token) -> None:
        if self.peek().value == "tức" and self.atoms:
            self.at += 1 + (
                self.peek(1).value == "là"
            )  # "ở S2, tức phân thùy sau của thùy trên": one place in other words
            return
        if self.mode == "prior":
            if (
                tok.value == ","
                and not self.depth
                and (self.peek().kind in AFTER_COMPARISON or self.peek().value == "còn")
            ):
                self.mode = ""  # the comparison is over
            return
        if self.mode == "" and (self.draft.sizes or self.draft.suvs) and self._next_measured(tok):
            self._close()
            return
        if self._other_side_opens():
            return
        if self._partner_opens():
            self._close()
            return
        if self.listed and self._one_of_them():
            self.apart = self.apart or len(self.done) + 1
            self._close()
            return
        if "not-enlarged" in self.draft.modifiers and self._form_follows():
            places = [*self.draft.items, *([(self.atoms, self.side, Span(-1, -1))] if self.atoms else [])]
            self._close()
            self.again = places
            return
        if self.mode in ("", "reading") and self._another_place_opens():
            self.absent = ""
            self._close()
            return
        if self.draft.polarity == "postoperative" and self._another_place_judged():
            self._close()
            return
        if self.mode in ("", "reading") and self._place_with_uptake_ahead():
            self._close()
            return
        numeral_next = self.peek().value in ROMANS or self.peek().kind == "num"
        if not (numeral_next and self.numeral and not self.side) or self.numeral:
            self._close_item()
        if self.mode == "reading" and tok.value == "," and self.peek().kind not in ("reading", "tier"):
            self.mode = ""
        if self.mode == "invasion" and tok.value in {",", ";"} and self.peek().kind not in ("organ", "part"):
            self.mode = ""
        self.lately.append("")
        self.negated = False
        measured = self.peek().text in MEASURE_WORDS and (self.peek().value != "đường" or self.peek(1).value == "kính")
        if tok.value == ";" and not self.depth and not measured:
            self.absent = ""
            if not self.draft.empty():
                self._close()
