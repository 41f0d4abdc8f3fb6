"""Words with which a sentence turns: back to the finding before, or from a denial, a reading, an advice to a finding."""

from vimedsynth.clauses.assertions import Assertions
from vimedsynth.clauses.drafts import OTHER_SIDE
from vimedsynth.pointing import ACROSS_IT, BESIDE_IT, NEXT, SAME_SIDE
from vimedsynth.words import Token

TURNS = frozenset({"cùng", "lân", "này", "có", "mới", "đối", "nằm", "mà", "khi", "còn", "kia"})
ACROSS = frozenset({"cònlại", "đốidiện"})
"""Words for the other side behind "bên", beside "bên kia" and "đối bên"."""


class Turns(Assertions):
    """Reads such words."""

    __slots__ = ()

    def _turned(self, word: str) -> bool:
        """Whether ``word``, one of the TURNS, is read with this."""
        nxt, before = self.peek(), self.before()
        if word == "cùng" and nxt.value in {"bên", "phía"}:
            self.at += 1
            self.draft.points |= {SAME_SIDE}
        elif word == "lân" and nxt.value == "cận":
            self.at += 1
            if not self.draft.items:  # else it is beside what this finding is at: "khối ở S2, co kéo màng phổi lân cận"
                self.draft.points |= {BESIDE_IT}
        elif word == "này" and all(t.kind == "word" for t in self.toks[: self.at]):
            self._same_again()  # "Hình ảnh này ...", "Tổ chức này ..."
        elif word == "mới" and (before.kind in ("head", "generic") or before.value == "là"):
            self.draft.prior |= {"new"}  # "nốt mới ở gan", "nốt nào là mới"
        elif word == "nằm" and self.mode == "reading" and nxt.value in {"ở", "tại", "trong"}:
            self._close_item()
            self.mode = ""  # "Nốt gan nghi ngờ di căn nằm ở hạ phân thùy VI": the place of the nodule
        elif word == "mà":
            self._after_denied_reading()
        elif word == "khi" and before.text == "trong":
            self._close()  # "A tăng chuyển hóa FDG, trong khi B ..."
        elif (word, nxt.value) == ("đối", "bên") or (
            before.value == "bên" and (word == "kia" or word + nxt.value in ACROSS)
        ):
            self.at += word != "kia"
            self._across()
        elif word == "đối":
            return nxt.value == "với"  # and not "đối bên"
        elif word == "có" and self.absent and self._affirms(before):
            self.absent = ""
            if not self.draft.empty():
                self._close()
            self.draft.polarity = "present"
        else:
            return False
        return True

    def _across(self) -> None:
        """ "bên phải ..., bên kia ...": the other of two sides, of which one may be named in another sentence."""
        side = OTHER_SIDE.get(self.side_order[-1]) if self.side_order else None
        if side:
            self.on_side(Token("side", side, side, self.toks[self.at - 1].start, self.toks[self.at - 1].end))
        else:
            self.draft.points |= {ACROSS_IT}

    def _affirms(self, before: Token) -> bool:
        """ "Không thấy di căn phổi, (chỉ) có di căn xương": the denial ends there."""
        ended = "," in (before.value, self.before(3).value if before.value == "chỉ" else "")
        return ended and not self.depth and self.peek().kind != "uptake"

    def _to_finding(self, word: str) -> bool:
        """From a reading or an advice that opens the sentence to the finding that it is about."""
        if self.mode == "reading" and self._reading_first():
            named = word == "là" and self.peek().value in {"các", "những"}  # "Phù hợp với u lympho là các hạch ..."
            if named or (word in {"ở", "tại", "với"} and not self.draft.items):
                self.mode = ""
                return True
        elif self.mode == "advice" and word in {"vì", "với"} and self._finding_ahead(word):
            self.draft.points |= {NEXT}
            self._close()
            return True
        elif self.mode == "advice" and word == "vì" and self.peek().kind == "tier":
            self.mode = (
                ""  # "..., vì nghi ngờ ác tính": why it is advised is a reading and not what it shall tell apart
            )
            return True
        return False

    def _finding_ahead(self, word: str) -> bool:
        """ "Đề nghị siêu âm với nốt ở thùy phải tuyến giáp": the finding follows the advice that is given for it."""
        nxt = self.peek(1) if self.peek().kind == "count" or self.peek().value == "các" else self.peek()
        because = word == "vì" and any(self.peek(k).kind == "uptake" for k in range(9))
        return (nxt.kind in ("head", "generic") or because) and bool(self.draft.advice)
