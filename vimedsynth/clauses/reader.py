"""One sentence -> facts: a single pass over its tokens, one handler for each kind of word."""

from vimedsynth.clauses.assertions import Assertions
from vimedsynth.clauses.drafts import (
    CONTRAST,
    LISTING,
    SHORT_SIDES,
    STATION_WORDS,
    stop_words,
)
from vimedsynth.words import Token


class ClauseReader(Assertions):
    """Reads one sentence: ``ClauseReader(text).facts()``."""

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
        if word in STATION_WORDS:
            if self.before().kind != "side":  # "hạch cổ trái nhóm III" is one place
                self._new_item_if_full()
            self.numeral = "stn"
            return
        if word == "hpt" or (word in {"hạ", "phân"} and self._segment_follows(word)):
            self._segment_word(word)
            return
        if word in SHORT_SIDES and self.before().kind in ("organ", "part") and not self.side:
            self.on_side(tok._replace(kind="side", value=SHORT_SIDES[word]))  # "phổi P", "thận T"
            return
        if word == "mức" and self.peek().value in {"độ", "đốt", "d", "l"}:
            return
        if word == "dài":
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
