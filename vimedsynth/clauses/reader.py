"""One sentence -> facts: a single pass over its tokens, one handler for each kind of word."""

from vimedsynth.clauses.drafts import (
    CONTRAST,
    LISTING,
    RIBS,
    ROMANS,
    SHORT_SIDES,
    SITE_NOUNS,
    STATION_WORDS,
    stop_words,
)
from vimedsynth.clauses.numbers import NUMERALS
from vimedsynth.clauses.turns import TURNS, Turns
from vimedsynth.clauses.uptake import WAYS
from vimedsynth.facts import Fact
from vimedsynth.words import Token

SHAPES = frozenset({"thickening", "dilatation", "enlargement", "atrophy"})
SPELLED = {"bốn": "n4", "năm": "n5", "sáu": "n6", "bảy": "n7", "tám": "n8", "chín": "n9", "mười": "n10", "đa": "many"}


OTHERS = frozenset({"organ", "part", "head", "generic"})


class ClauseReader(Turns):
    """Reads one sentence: ``ClauseReader(text).facts()``."""

    __slots__ = ()

    def _measure_and_place(self) -> bool:
        """ "16 x 13 mm ở hạ phân thùy VII và 8 x 7 mm ở hạ phân thùy II": the next measure has a place of its own."""
        if self.peek().kind != "num" or not self.draft.items:
            return False
        k = next(
            (
                k
                for k in range(1, 8)
                if self.peek(k).kind not in ("num",) and self.peek(k).value not in {"x", "*", "mm", "cm"}
            ),
            8,
        )
        return self.peek(k).value in {"ở", "tại"}

    def _denied_shape(self) -> bool:
        """A lone "không" denies the shape of a place; uptake that follows is there."""
        shape = self.plain_denial and bool(self.draft.heads) and self.draft.heads <= SHAPES
        return shape and self.peek().value == "increased" and self._uptake_follows()

    def _unknown_site(self, word: str) -> bool:
        """ "sụn nhẫn", "cơ nhị đầu": anatomy that the lexicon does not know, told by the noun before it."""
        before = self.before()
        named = before.text in SITE_NOUNS and (before.kind == "organ" or before.value == before.text)
        return named and word.isalpha() and len(word) > 1 and not self.absent

    def _seen_next(self) -> bool:
        """ "Gan không to, hình ảnh nang gan phải ...": what is seen after a comma is another finding."""
        after_comma = self.before().value == "," and self.peek().value == "ảnh" and self.mode != "advice"
        denied = self.absent and not self.plain_denial
        return after_comma and self.peek(1).kind in ("head", "count") and not denied and not self.draft.empty()

    def _short_side_fits(self) -> bool:
        """ "phổi P", "thận T", "sườn IX T"."""
        before = self.before()
        return before.kind in ("organ", "part") or (
            bool(self.atoms) and (before.kind == "num" or before.value in ROMANS)
        )

    def _not_so(self, before: Fact) -> None:
        """ "A tăng chuyển hóa FDG, còn B thì không": the uptake said just before is denied."""
        if before.levels & {"increased", "mild"} and not self.draft.levels:
            self._set_level("none")
        else:
            self.draft.readings |= {"not"}  # of what, cannot be told

    def _contrast(self) -> None:
        """ "nhưng", "còn", "trong khi": a denial ends, and a place that follows a whole finding begins another."""
        self._close_item()
        self.lately.append("")
        d, numeral = self.draft, self.numeral
        if (d.levels or d.readings) and d.items and (self.peek().kind in OTHERS or self._place_named()):
            self._close()  # "dây thanh phải tăng ..., còn dây thanh trái không tăng"
            self.numeral = numeral
        if self.absent:
            self.absent = ""
            self._close()

    def on_word(self, tok: Token) -> None:
        word = tok.value
        if self.mode == "prior":
            if not self.depth and self._back_to_now(word):
                self.mode = ""
            elif word == "deauville" and self.peek().kind == "num":
                self.at += 1  # no size and no SUV
            return
        if word in TURNS and self._turned(word):
            return
        if word in LISTING:
            if word == "và" and self.absent and self.draft.items and self._denied_shape():
                again, self.absent, self.negated = list(self.draft.items), "", False
                self._close()
                self.again = again  # "thành ngực trái không dày và tăng hấp thu FDG": of the same place
                return
            self._separator(tok)
            if (self._uptake_follows() and self.draft.levels and (self.draft.items or self.atoms)) or (
                word == "và" and self.draft.sizes and (self.peek().value == "kích" or self._measure_and_place())
            ):
                self._split()
            return
        if word in CONTRAST and self._other_side_opens(contrast=True):
            return
        if word in CONTRAST and (word != "còn" or self.before().value in {",", ")"} or self.before().kind == "tracer"):
            self._contrast()
            return
        if word in {"không", "chưa"}:
            if self.before().value == "thì" and self.peek().value in {",", ".", ";", ""} and self.done:
                self._not_so(self.done[-1])
                return
            self.negated = True
            if (self.peek().kind in ("head", "invasion") or self.peek().text == "tổn thương") and not self.absent:
                self._negation("absent")
                self.plain_denial = True
            return
        if word == "hình" and self._seen_next():
            self.absent = "" if self.plain_denial else self.absent
            self._split()
            self.draft.start = tok.start
            return
        if word == "cũ" and self.before().value == "fracture":
            self.draft.modifiers |= {"old"}  # "gãy mới" is new, as any finding is (see Turns)
            return
        if word == "nằm" and self.mode == "reading":
            self._close_item()
            self.mode = ""  # "nốt nghi ngờ di căn nằm ở ...": a place of the finding, not of what it is read as
            return
        if word in {"suvmax", "suv", "suvl", "suvpeak", "suvmean", "suvbw"}:
            if (
                (self.absent or (self.draft.suvs and self.draft.items))
                and self.before().value in {",", ";"}
                and self.peek().kind == "organ"
            ):
                self.absent = ""  # nothing that is denied has an SUVmax
                self._close()  # "SUVmax bể máu 1,6, SUVmax gan 2,4"
            self._read_suv(tok)
            return
        if word in NUMERALS and self._numeral(tok):
            return
        if word in SPELLED and self.peek().kind in ("head", "generic"):
            self.on_count(tok._replace(kind="count", value=SPELLED[word]))  # "năm" is five before what is counted
            return
        if word in STATION_WORDS:
            bracketed = self.before().value == "(" and self.side != "both"
            if self.before().kind != "side" and not bracketed:  # "hạch cổ trái (nhóm III)" is one place
                self._new_item_if_full()
            self.numeral = "stn"
            return
        if word == "hpt" or (word in {"hạ", "phân"} and self._segment_follows(word)):
            self._segment_word(word)
            return
        if word in SHORT_SIDES and not self.side and self._short_side_fits():
            self.on_side(tok._replace(kind="side", value=SHORT_SIDES[word]))  # "phổi P", "thận T"
            return
        if word == "thượng" and self.peek().value in LISTING and self.peek(1).value == "infraclavicular":
            self.on_organ(tok._replace(kind="organ", value="supraclavicular"))  # "thượng và hạ đòn"
            return
        if word == "deauville" and self.peek().kind == "num":
            self.draft.modifiers |= {f"deauville:{self.peek().value}"}
            self.at += 1
            return
        if (
            word == "giai"
            and self.peek().value == "đoạn"
            and (self.peek(1).kind == "num" or self.peek(1).value in ROMANS)
        ):
            self.draft.readings |= {f"stage:{self.peek(1).value}"}
            self.at += 2
            return
        if (
            word == "độ"
            and self.before().text not in {"đậm", "mật"}
            and (self.peek().kind == "num" or self.peek().value in ROMANS)
        ):
            self.draft.modifiers |= {f"grade:{RIBS.get(self.peek().value, self.peek().value)}"}  # "ứ nước độ III"
            self.at += 1
            return
        if word == "vượt" and self.peek().value in {"mức", "nền"} and self.peek(1).kind == "organ":
            self.draft.modifiers |= {f"higher-than:{self.peek(1).value}"}  # "vượt mức gan"
            self.at += 2
            return
        if word == "mức" and self.peek().value in {"độ", "đốt", "d", "l"}:
            return
        if word == "dài":
            return
        if word == "ôm":
            self._close_item()  # "khối đầu tụy ôm động mạch ...": the vessel is no part of the pancreas
        if word in {"cần", "nên", "khuyến", "đề"} and self._advice_ahead():
            self._advice_mode()
            return
        if word == "hu" or (word in WAYS and self._compared_to_organ(tok)):
            return
        if self.mode and self._to_finding(word):
            return
        if word in stop_words():
            return
        if self._unknown_site(word):
            self.on_part(tok._replace(kind="part", value=f"site:{word}"))
        elif self.mode == "reading":
            self._read_as(f"word:{word}")
        elif self.mode != "advice":
            self.draft.words |= {word}
