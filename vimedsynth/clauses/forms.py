"""What is seen: forms, modifiers and counts, and where the next finding of a sentence begins."""

from vimedsynth.clauses.drafts import COUNTS, LISTING, PAIRED, PLACE_KINDS, SPACES
from vimedsynth.clauses.places import Places
from vimedsynth.facts import Measure
from vimedsynth.pointing import NEXT, REST, WITH_IT
from vimedsynth.reports import Span
from vimedsynth.words import Token

THAT = frozenset({"này", "đó"})


class Forms(Places):
    """Reads forms."""

    __slots__ = ()

    def on_head(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        nxt, before = self.peek(), self.before()
        if self.mode == "advice" and self.draft.advice and any(self.peek(k).kind == "uptake" for k in range(9)):
            self.draft.points |= {NEXT}  # "Đề nghị theo dõi nốt thùy lưỡi phổi trái không tăng chuyển hóa FDG"
            self._close()
        if self.absent and before.value == "," and nxt.value in {"chỉ", "đã"}:
            self.absent = ""
            self._close()  # "không thấy xâm lấn nội sọ, u chỉ lan ra ..."
        if nxt.value in THAT and not self.draft.heads and self.mode == "":
            self._same_again()
        if self.mode == "reading" and not self._finding_after_reading():
            self._read_as(f"head:{tok.value}")
            return
        if tok.value == "thickening" and (nxt.kind == "num" or nxt.kind in ("approximate", "largest")):
            return  # "lớp dịch dày 30 mm" is a measure
        if tok.value == "fluid" and nxt.text == "dày" and (self.draft.heads or before.value == "lớp"):
            return
        if tok.text in ("lớn hơn", "to hơn") and (nxt.kind in ("head", "count") or nxt.value == "so"):
            self._close()  # "nốt 12 mm lớn hơn nốt 7 mm": two findings
            return
        if tok.text in ("lớn hơn", "to hơn") and self._compared_to_none():
            self.draft.modifiers |= {"larger-one"}  # "bên phải lớn hơn", "ổ lớn hơn ở ..."
            return
        if tok.text.endswith(("lớn hơn", "to hơn")) and nxt.kind in PLACE_KINDS:
            self._larger_side(smaller=False)
        if tok.value in ("cavity", "cyst") and before.value == "thành" and self.draft.heads:
            return  # "thành hang dày 8 mm" is a measure too
        if tok.value == "fluid" and nxt.value in SPACES:
            tok = tok._replace(value="effusion")  # "dịch màng phổi", "dịch ổ bụng"
        if tok.value == "gas" and before.value in {"chứa", "cản"}:
            self.draft.modifiers |= {"contains:gas"}
            return
        self._close_item()
        if self.mode == "invasion":
            self.mode = ""
        if tok.value in ("dilatation", "atelectasis") and any(
            t.value in {"gây", "làm"} for t in self.toks[max(0, self.at - 10) : self.at]
        ):
            self.draft.modifiers |= {f"{'no-' if self.negated else ''}effect:{tok.value}"}
            self.negated = False
            return
        largest = self._largest_ahead()
        if largest and self.draft.levels and self.draft.suvs and before.value == "và":
            self._split()
        elif largest:
            self.draft.anaphora = self.draft.anaphora or self.draft.empty()
            self.draft.modifiers -= {"small"}
            self.draft.heads |= {tok.value}
            return
        joined = before.value == "kèm" and self.before(3).value == "," and bool(self.draft.readings or self.draft.suvs)
        inner = (not joined and before.value in {"có", "kèm", "chứa", "cấu"}) or self.before(3).value in {"trong"}
        if not inner and self._starts_new_finding(tok.value):
            counts = {c for c in self.draft.counts if self._count_is_next(c)}
            self.draft.counts -= counts if len(self.draft.counts) > 1 or self.draft.fresh_count else set()
            self._split()
            if self._joined_by("kèm"):
                self.draft.points |= {WITH_IT}
            self.draft.start = before.start if before.kind == "count" else tok.start
            self.draft.counts |= counts
        self.draft.heads |= {tok.value}
        self._rest()

    def _rest(self) -> None:
        """ "Các nốt còn lại dưới 5 mm": the others of those of which the largest was named."""
        nxt = self.peek().value
        left = nxt == "còn" and self.peek(1).value == "lại"
        if (left or nxt == "khác") and self.mode == "" and self.draft.polarity == "present":
            if any(self.before(k).value in {"đa", "phần", "hầu"} for k in (3, 4, 5)):
                return  # "đa số các nốt còn lại" are not all of them
            self.at += 1 + left
            self.draft.points |= {REST}

    def _compared_to_none(self) -> bool:
        """Nothing follows that another is compared to: what is larger is one of those spoken of."""
        nxt = self.peek()
        return nxt.kind == "mark" or nxt.value in {"ở", "tại", "nằm", "thì", "và", "nhưng", "có", "đo"}

    def _same_again(self) -> None:
        """ "Tổn thương này tăng chuyển hóa FDG": the sentence goes on with the finding before."""
        self.draft.anaphora = self.draft.anaphora or (self.draft.empty() and not self.atoms)

    def _joined_by(self, word: str) -> bool:
        return word in (self.before().value, self.before(3).value, self.before(4).value)

    def _finding_after_reading(self) -> bool:
        """ "dày niêm mạc có thể do viêm và hạch thượng đòn tăng chuyển hóa FDG": the next finding, not another reading."""
        back = 3 if self.before().kind == "count" else 2
        if self.before(back).value != "và" or not (self.draft.heads and self.draft.items):
            return False
        for k in range(10):
            if self.peek(k).kind == "uptake" or (self.peek(k).kind == "num" and self.peek(k).value):
                said = {self.before().value} if back == 3 else set()
                self.draft.counts -= said
                self._close()
                self.draft.counts |= said
                return True
            if self.peek(k).kind in ("tier", "reading", "negation") or self.peek(k).value in {".", ";"}:
                return False
        return False

    def _count_is_next(self, count: str) -> bool:
        return self.before().kind == "count" and self.before().value == count

    def _largest_ahead(self) -> bool:
        for tok in self.toks[self.at : self.at + 3]:
            if tok.kind == "largest":
                return True
            if tok.kind in ("mark", "head") or tok.value in LISTING:
                return False
        return False

    def _starts_new_finding(self, head: str) -> bool:
        """The finding before is complete and this head comes after a list word."""
        d = self.draft
        if not d.heads and not d.levels:
            return False
        listed = any(self.before(b).value in LISTING or self.before(b).kind == "contrast" for b in (2, 3, 4))
        if not listed or self.depth or (head in d.heads and self.peek().value in THAT):
            return False
        said = d.levels or d.readings or d.prior - {"versus"} or self.header
        if said and (d.items or d.sizes) and self.before().kind != "relation":
            return True
        if head in d.heads and d.items and self.before().kind != "relation":
            measured = d.sizes or d.suvs
            if any(m.startswith("amount") for m in d.modifiers) or (measured and self._size_before_list_word()):
                return True
            if self.before().kind != "count" and self.peek().value not in {"này", "đó", "trên", "lớn"}:
                d.counts |= {"unmarked"}  # "vài hạch ở A và hạch ở B": the second has no count
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
        if self.header and self.before().value in LISTING and not self.depth:
            self._close_item()
            if self.draft.items:
                self._close()  # "Gồm ba vị trí: hạch nách phải, tổn thương gan ..."
        if self.mode not in ("prior", "reading", "advice"):
            self.draft.generic = True
            if self.peek().value in {"này", "đó", "trên"}:
                self.draft.counts = frozenset()
                self._same_again()
            self._rest()
        if tok.text == "bất thường" and self.mode == "":
            self.draft.patterns |= {"abnormal"}

    def on_modifier(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        self.draft.modifiers |= {
            f"no-{tok.value}" if self.negated and not self.absent else tok.value
        }  # "không hoại tử"
        self.negated = False
        at = int(self.peek().value == "ở")
        if tok.value == "necrosis" and self.peek(at).value == "zone:central":
            self.draft.modifiers |= {"necrosis:central"}  # the middle of the finding itself, and no place where it is
            self.at += at + 1

    def _some_of_them(self) -> bool:
        """ "4 hạch mạc treo, trong đó 2 hạch tăng chuyển hóa": what follows is of some of those before."""
        back = 3 if self.before().value == "có" else 2
        if self.before(back).value != "đó" or self.before(back + 1).value not in {"inside", "số"}:
            return False
        return any(c in COUNTS.values() or c[1:].isdigit() for c in self.draft.counts)

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
        if self._some_of_them():
            whole = list(self.draft.items)
            self._close()
            self.again, self.apart = whole, len(self.done)
        self._close_item()
        self.draft.fresh_count = tok.value not in self.draft.counts
        self.draft.counts |= {tok.value}
