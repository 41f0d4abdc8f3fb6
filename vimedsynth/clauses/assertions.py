"""Negation, certainty, readings, neighbours, advice and earlier studies."""

import re
from itertools import takewhile

from vimedsynth.clauses.drafts import CONTRAST, LONE_TARGETS, TIERS, RawItem
from vimedsynth.clauses.uptake import UptakeWords
from vimedsynth.lexicon import lexicon
from vimedsynth.words import Token

AFTER_SURGERY = frozenset({"postoperative-change", "after-surgery"})


class Assertions(UptakeWords):
    """Reads how a thing is asserted."""

    __slots__ = ()

    def on_negation(self, tok: Token) -> None:
        if tok.value == "not-be":
            self.negated = True
            return
        if self.mode == "prior":
            if tok.value != "resolved" or self.depth:
                return
            self.mode = ""  # "hạch trên phim trước không còn quan sát thấy"
        if self.peek().value in {"", ".", ";"} and self.draft.polarity == "present" and not self.draft.empty():
            self._deny_all(tok.value)
            return
        self._negation(tok.value)

    def _deny_all(self, polarity: str) -> None:
        """ "Nốt phúc mạc tăng bắt FDG không được ghi nhận": what stands alone before a denial is denied."""
        d = self.draft
        said = [t for t in self.toks[: self.at - 1] if t.start >= d.start]
        listed = any(t.kind in ("mark", "negation") or t.value in CONTRAST for t in said)
        listed = listed and self.before().value != ":"  # "Hạch nách, hạch bẹn: không thấy."
        self._close_item()
        if polarity == "resolved" and not listed:
            d.measured_then()  # "Hạch 17 mm hiện không còn thấy"
        if listed or d.sizes or d.suvs or not (d.heads or d.generic):
            d.words |= {"denied"}  # of what precedes it, no one can tell how much
        else:
            d.polarity = polarity

    def _negation(self, polarity: str) -> None:
        if polarity == "absent" and self._begun() and self._denies_uptake():
            self.negated = True  # "nốt mờ, không thấy tăng chuyển hóa FDG": an attribute of the finding
            return
        d = self.draft
        self._close_item()
        placed = d.items and not (d.heads or d.levels or d.sizes or d.suvs or d.readings or d.modifiers or d.invasions)
        if not d.empty() and not (placed and d.polarity == "present"):
            # What came before stands; a place put first ("Ở phổi phải, không thấy ...") belongs to the denial.
            again = list(d.items) if d.polarity == polarity == "absent" and self.before().value == "," else []
            topic = self._topic_of_next()
            if d.readings and d.readings <= AFTER_SURGERY:  # "thành ngực phải sau phẫu thuật không có khối"
                again = list(d.items)
            self._close()
            self.draft.items.extend(topic)
            self.again = again  # "ổ bụng chưa thấy hạch to, chưa thấy tăng chuyển hóa"
        self.absent, self.plain_denial = polarity, False
        self.draft.polarity = polarity
        self.mode = ""

    def _topic_of_next(self) -> list[RawItem]:
        """ "Không thấy nốt phúc mạc, ổ bụng cũng không có dịch": the last place is that of the denial that follows it."""
        d = self.draft
        if not self.absent or len(d.items) < 2 or self.depth:
            return []
        start, end = d.items[-1][2].start, d.items[-1][2].end
        said = self.toks[: self.at - 1]
        before = next((t for t in reversed(said) if t.start < start), None)
        between = {t.value for t in said if t.start >= end}
        return (
            [d.items.pop()] if before and before.value == "," and between and between <= {"cũng", "thì", "đều"} else []
        )

    def _begun(self) -> bool:
        """A finding has been named or measured, so that its uptake can be denied."""
        d = self.draft
        return bool(
            d.polarity == "present" and (d.heads or d.sizes or d.modifiers or d.invasions or (d.generic and d.items))
        )

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
        stop = next((i for i, t in enumerate(rest) if t.value in {".", ";"} or t.kind in ("head", "count")), len(rest))
        within = lexicon().within
        near = self.atoms.union(*(atoms for atoms, _, _ in self.draft.items))
        near = near.union(*(within.get(a, frozenset()) for a in near))
        if not near:
            return not any(t.value == "region:body" for t in rest[:stop])  # the place of the finding comes last
        return all(t.value in near for t in rest[:stop] if t.kind == "organ")

    def on_relation(self, tok: Token) -> None:
        """ "không thấy khối, ngoài một nốt ...": no place, but what is left out of the denial."""
        if tok.text == "ngoài" and self.before().value == "," and self.peek().kind in ("count", "head", "generic"):
            self.on_except(tok)
        else:
            super().on_relation(tok)

    def on_count(self, tok: Token) -> None:
        """ "Hố nách phải không thấy hạch, hố nách trái vài hạch": so many of them are there."""
        if self.absent and self.atoms and self.draft.heads and self.peek().kind in ("head", "generic"):
            place = next(i for i, t in enumerate(self.toks) if t.start >= self.item_start)
            if self.toks[place - 1].value in {",", ";"}:
                there, self.atoms, self.side = (self.atoms, self.side, self.item_start), set(), None
                self.absent = ""
                self._close()
                self.atoms, self.side, self.item_start = there
        super().on_count(tok)

    def on_uptake(self, tok: Token) -> None:
        """ "Miệng nối không dày thành, tăng nhẹ chuyển hóa FDG": the denial ends before the uptake."""
        ended = self.absent and self.plain_denial and self.before().value in {",", "chỉ"} and self._tracer_ahead()
        if ended and tok.value != "none":
            places = list(self.draft.items)
            self.absent = ""
            self._close()
            self.again = places
        super().on_uptake(tok)

    def on_except(self, tok: Token) -> None:
        """ "không thấy nốt phúc mạc, ngoại trừ một nốt ...": what follows is there, of the form and the place denied."""
        if not self.absent:
            return
        self._close_item()
        denied = self.draft
        self.absent = ""
        self._close()
        self.excepted = denied

    def on_physiologic(self, tok: Token) -> None:
        self._close_item()
        if self.mode == "reading":
            self._read_as("physiologic")
            return
        if self.draft.polarity == "present":
            self.draft.polarity = "physiologic"
        elif self.draft.polarity == "absent":
            self.draft.readings |= {"physiologic"}
        self.mode = ""

    def on_operated(self, tok: Token) -> None:
        self._close_item()
        denied = self.absent == "absent" and not self.depth and not self.draft.heads
        if self.mode == "reading" or self.draft.levels or denied:
            self.draft.readings |= {"operated"}
            return
        self.draft.polarity = "postoperative"
        if (
            "một phần" in tok.text
            or self.peek().value == "bán"
            or (self.peek().value, self.peek(1).value) == ("một", "phần")
        ):
            self.draft.modifiers |= {"extent:partial"}
        elif "toàn bộ" in tok.text or (self.peek().value, self.peek(1).value) in {("toàn", "bộ"), ("hoàn", "toàn")}:
            self.draft.modifiers |= {"extent:whole"}

    def on_tier(self, tok: Token) -> None:
        if self.mode == "advice":
            return
        self.mode = "" if self.mode == "prior" else self.mode
        ahead = [self.peek(k) for k in range(5)]
        invades = tok.value == "suspect" and any(t.kind == "invasion" for t in ahead[:2])
        if not invades and (
            not self._reading_ahead(tok, ahead) or (tok.value == "definite" and ahead[0].kind == "physiologic")
        ):
            return  # "do sinh lý" says no more than "sinh lý"
        if self._of_what_was_there():
            self.absent = ""
            self._close()
            self.read_back.append(len(self.done))
        if invades:
            self.certain = False
            return
        self._after_denied_reading()
        headed = self.before().value == ":" and self._reading_first() and self.peek().kind in ("head", "count")
        self._close_item()
        if headed:
            self.draft.tier = tok.value  # "Ung thư phổi nguyên phát: phù hợp với khối ..."
            return
        if self.negated:
            self.draft.readings |= {"not"}
            self.negated = False
        self._weigh(tok)
        self.mode = "reading"

    def _weigh(self, tok: Token) -> None:
        """How certain what is read next is, and all that is read of the finding."""
        d = self.draft
        again = d.tier is not None and any(self.lately) and tok.text not in {"do", "là do"}
        if self._of_reading_before(tok):  # "di căn chưa được loại trừ"
            while self.lately[-1:] == [""]:
                self.lately.pop()
            for reading in takewhile(str, reversed(self.lately)):
                d.tiers[reading] = tok.value
        self.tier = tok.value if again else self._weaker(self.tier if d.tier else None, tok)
        soft = (d.tier is None or self.soft) and tok.text in {"gợi ý", "nghĩ đến"}
        d.tier = self._weaker(d.tier, tok)
        self.soft = soft
        self.lately = []

    def _of_reading_before(self, tok: Token) -> bool:
        """ "di căn chưa được loại trừ", "di căn, chắc chắn là vậy": nothing is read after it."""
        if "loại trừ" not in tok.text:
            return self.peek().value in {"vậy", "thế"} or (self.peek().value == "là" and self.peek(1).value == "vậy")
        for k in range(4):
            if self.peek(k).kind in ("reading", "tier", "physiologic", "head", "invasion"):
                return False
            if self.peek(k).value in {",", ";", ".", ""}:
                return True
        return True

    def _weaker(self, before: str | None, tok: Token) -> str:
        if before is None or self.soft:
            return tok.value
        return before if tok.value == "definite" else max(before, tok.value, key=TIERS.index)

    def _after_denied_reading(self) -> None:
        """ "không phải di căn, nhiều khả năng viêm", "không nhận định là di căn: ...": what it is comes next."""
        if "not" in self.draft.readings and len(self.draft.readings) > 1:
            places = [*self.draft.items]
            self._close()
            self.again = places

    def _of_what_was_there(self) -> bool:
        """ "Lách tăng chuyển hóa FDG lan tỏa, không thấy nốt, nhiều khả năng do viêm": not the nodules are read so."""
        denied = self.absent == "absent" and self.before().value == "," and not self.depth and not self.draft.empty()
        return denied and bool(self.done) and self.done[-1].polarity == "present" and not self.done[-1].readings

    def _reading_first(self) -> bool:
        """ "Nghi ngờ tái phát tại mỏm cắt âm đạo với tổ chức mô mềm ...": what is read follows its reading."""
        d = self.draft
        return bool(d.readings) and not (d.heads or d.sizes or d.levels or d.anaphora or self.done)

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
        if self.mode == "advice":
            self.draft.words |= {f"for:{tok.value}"}  # "để phân biệt viêm và ác tính": what the advice is for
        if self.mode in ("prior", "advice"):
            return
        self._close_item()
        if self.negated:
            self.draft.readings |= {"not"}
            self.negated = False
        elif tok.text == "di căn hạch" and self.draft.empty() and not self.absent and self._place_named() > 0:
            self.draft.heads |= {"node"}  # "Di căn hạch cạnh động mạch chủ"
        self._read_as(tok.value)

    def on_invasion(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        self._close_item()
        d = self.draft
        d.anaphora = d.anaphora or (d.generic and d.empty() and not self.done)  # "Tổn thương lan ra ..."
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
            self.draft.advice |= {"if-needed"}
            self.if_needed = False

    def on_advice(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        if self.mode != "advice":
            self._advice_mode()
        if tok.value != "note" or not self._advice_ahead():
            self.draft.advice |= {tok.value}

    def _earlier_study(self) -> bool:
        """ "(PET/CT tháng 2/2023: kích thước 78 x 55 mm)": brackets that open with a dated study speak of that one."""
        nxt = self.peek()
        return self.before().value in {"(", ";"} and (
            nxt.value in {"tháng", "ngày", "năm", "cũ"}
            or nxt.text in {"trước", "lần trước", "trước đó"}
            or nxt.kind == "num"
        )

    def on_target(self, tok: Token) -> None:
        if self.mode == "prior":
            return
        if tok.value in ("petct", "ct", "mri") and self.mode != "advice" and self._earlier_study():
            self._close_item()
            self.draft.prior |= {"versus"}
            self.mode = "prior"
            return
        if tok.value == "if-needed" and self.mode != "advice":
            self.if_needed = self._advice_ahead()  # "Nếu cần, đối chiếu với nội soi."
        elif self.mode == "advice":
            self.draft.advice |= {tok.value}
        elif tok.value in LONE_TARGETS:
            if self._done_already():
                self.draft.words |= {f"done:{tok.value}"}
            else:
                self.draft.advice |= {tok.value}

    def _done_already(self) -> bool:
        """ "đã cắt rộng và sinh thiết hạch": an examination that is over advises nothing."""
        return self.draft.polarity == "postoperative" or any(
            t.text.startswith("đã ") or t.value in {"đã", "qua"}
            for t in self.toks[: self.at - 1]
            if t.start >= self.draft.start
        )

    def on_prior(self, tok: Token) -> None:
        if tok.value == "versus":
            rest = " ".join(t.text for t in self.toks[self.at : self.at + 14])
            if tok.text == "so với" and not re.search(
                r"^\d|\bpet|\bct\b|chụp|kết quả|tháng|trước|lần|phim|\d/\d|suv", rest
            ):
                self.draft.words |= {"so-với"}
                self._larger_side(smaller=self.before().text in {"teo", "teo nhỏ", "nhỏ", "giảm", "thu nhỏ", "bé"})
                return
            self._close_item()
            self.draft.prior |= {"versus"}
            self.mode = "prior"
            return
        self.draft.prior |= {tok.value}
