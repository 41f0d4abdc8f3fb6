"""FDG uptake: its level, its grade, its pattern, in any word order."""

from itertools import takewhile

from vimedsynth.clauses.drafts import DEGREES, PLACE_KINDS, number
from vimedsynth.clauses.numbers import Numbers
from vimedsynth.facts import Fact, Item
from vimedsynth.pointing import REFERENCE
from vimedsynth.reports import Span
from vimedsynth.words import Token

TAKEN = frozenset({"bắt fdg", "bắt xạ", "bắt xạ fdg", "hấp thu fdg", "hấp thụ fdg", "ngấm fdg"})
"""Uptake that is there, without a word for how much of it."""


LIKE = frozenset({"tương", "ngang", "bằng"})
WAYS = {"cao": "higher", "mạnh": "higher", "thấp": "lower", "kém": "lower", "yếu": "lower"}


class UptakeWords(Numbers):
    """Reads uptake."""

    __slots__ = ()

    def _uptake_follows(self) -> bool:
        return self.peek().kind == "uptake" and self._tracer_ahead(1)

    def on_uptake(self, tok: Token) -> None:
        if self.mode == "prior" or self._compared_to_organ(tok):
            return
        if not self._tracer_ahead():
            if tok.text in {"không tăng", "chưa tăng"} and self.peek().kind != "word":
                self._set_level("none")
            elif (
                tok.value in ("decreased", "increased")
                and self.peek().kind == "prior"
                and self.peek().value == "versus"
            ):
                self.draft.prior |= {tok.value}  # "giảm so với phim cũ"
            return
        self._set_level(tok.value)
        while self.peek().kind != "tracer":
            nxt = self.peek()
            self._grade(nxt)
            self.at += 1
        self.at += 1
        for _ in range(3):
            if self._organ_compared() or self._hottest():
                continue
            if self.peek().kind in ("intensity", "pattern"):
                self._grade(self.peek())
                self.at += 1
            elif self.peek().kind == "modifier" and self.peek().text in DEGREES:
                self._grade(Token("intensity", DEGREES[self.peek().text], "", 0, 0))
                self.at += 1
            elif self.peek().value == "mức" and self.peek(1).value == "độ":
                self.at += 2
            elif self.peek().value == "ở" and self.peek(1).value == "mức":
                self.at += 2 + (self.peek(2).value == "độ")
            elif self._rim_only(step := int(self.peek().value == "ở")):
                self.draft.patterns |= {"peripheral"}
                self.at += step + 1
            else:
                break

    def _organ_compared(self) -> bool:
        """The same behind the tracer, which may already be all that is said of the uptake."""
        if self._as_that_of_organ():
            return True
        if self.peek().text not in WAYS or self.peek(1).value != "hơn":
            return False
        self.at += 1
        if self._compared_to_organ(self.before(1)):
            return True
        self.at -= 1
        return False

    def _as_that_of_organ(self) -> bool:
        """ "hấp thu FDG tương đương (với) nhu mô gan", "ngang gan": neither increased nor without."""
        word = self.peek().value
        if word not in LIKE:
            return False
        two = (word, self.peek(1).value) in {("tương", "đương"), ("tương", "tự"), ("ngang", "với")}
        if not two and word == "tương":
            return False
        step = (1 + two) + (self.peek(1 + two).value == "với")
        step += self.peek(step).value in ("parenchyma", "nền")
        if self.peek(step).kind != "organ":
            return False
        self.draft.modifiers |= {f"like:{self.peek(step).value}"}
        self.at += step + 1
        return True

    def _compared_to_organ(self, tok: Token) -> bool:
        """ "bắt FDG thấp hơn gan": an organ to compare with is no place of the finding."""
        if tok.text not in WAYS or self.peek().value != "hơn":
            return False
        k = 1
        while self.peek(k).value in {"nền", "mức", "của"}:
            k += 1
        if self.peek(k).kind != "organ":
            return False
        organ = self.peek(k)
        self.draft.modifiers |= {f"{WAYS[tok.text]}-than:{organ.value}"}
        self.at += k + 1
        self._valued(organ)
        return True

    def _valued(self, organ: Token) -> None:
        """ "cao hơn gan (SUVmax: 3,2)": the value is that of the organ, which becomes a statement of its own."""
        inside = list(takewhile(lambda t: t.value not in {")", ""}, (self.peek(k) for k in range(1, 7))))
        value = inside[-1] if inside else organ
        before = all(t.value in {":", "=", "là", "max"} or t.value[:3] == "suv" for t in inside[:-1])
        suv = (
            self.peek().value == "("
            and value.kind == "num"
            and before
            and (len(inside) > 1 or not value.value.isdigit())
        )
        if suv and self.peek(len(inside) + 1).value == ")":
            items = (Item(frozenset({organ.value}), None, Span(organ.start, organ.end)),)
            spans = (Span(value.start, value.end),)
            self.done.append(
                Fact(
                    Span(organ.start, value.end),
                    items=items,
                    suvs=(number(value.value),),
                    suv_spans=spans,
                    points=frozenset({REFERENCE}),
                )
            )
            self.at += len(inside) + 2

    def _hottest(self) -> bool:
        """ "bắt FDG mạnh nhất": more than the others, and so much or so little by itself."""
        if self.peek().value != "strong" or self.peek(1).value != "nhất":
            return False
        self.draft.modifiers |= {"of-hottest"}
        self.at += 2
        return True

    def _rim_only(self, step: int) -> bool:
        """ "tăng chuyển hóa FDG (ở) ngoại vi": of the finding's rim, not of an organ's periphery."""
        return self.peek(step).value == "zone:peripheral" and self.peek(step + 1).kind not in PLACE_KINDS

    def _grade(self, tok: Token) -> None:
        """Words between "tăng" and the tracer, or right after it."""
        if tok.kind == "pattern":
            self.draft.patterns |= {tok.value}
        elif tok.value == "mild" and tok.kind == "intensity":
            if "increased" in self.draft.levels:
                self.draft.levels -= {"increased"}
                self.draft.levels |= {"mild"}
        elif tok.kind == "intensity":
            self.draft.intensity |= {tok.value}

    def _set_level(self, level: str) -> None:
        self._close_item()
        self.mode = ""
        if self.negated and level in ("increased", "mild"):
            level = "none"
        self.negated = False
        self.draft.levels |= {level}

    def on_tracer(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        nxt = self.peek()
        if self._organ_compared():
            return
        if nxt.kind == "uptake":
            self.at += 1
            self._set_level(nxt.value)
            if self.peek().kind == "intensity":
                self._grade(self.peek())
                self.at += 1
        elif self._hottest():
            self._set_level("increased")
        elif nxt.kind == "intensity":
            self._set_level("mild" if nxt.value == "mild" else "increased")
            if nxt.value != "mild":
                self.draft.intensity |= {nxt.value}
            self.at += 1
        elif self.negated and "chuyển" not in tok.text and tok.text != "fdg":  # "không hấp thu FDG", "không bắt xạ"
            self._set_level("none")
            self.draft.levels = frozenset({"none"})
        elif tok.text in TAKEN and self._takes_up():
            self._set_level("increased")

    def _takes_up(self) -> bool:
        """ "Hạch này có bắt FDG": said of a finding, not denied, and not of an organ as it should be."""
        before, d = self.before(), self.draft
        verb = before.value in {"có", ")", "mm", "cm"} or before.kind in ("part", "side", "num") or bool(self.atoms)
        other = self.absent or d.levels or d.polarity != "present" or self.peek().value == "even"
        return verb and not other and not any(t.kind == "physiologic" for t in self.toks)

    def on_pattern(self, tok: Token) -> None:
        if self.mode in ("prior", "advice"):
            return
        self.draft.patterns |= {tok.value}

    def on_intensity(self, tok: Token) -> None:
        if self.mode in ("prior", "advice", "reading") or self._compared_to_organ(tok):
            return
        if tok.value != "mild" and (self.before().value in {"độ", "mức"} or self.before().kind == "head"):
            self.draft.modifiers |= {"strong"}  # "tràn dịch mức độ nhiều", "xẹp mạnh"
        if tok.value == "mild":
            self.draft.modifiers |= {"mild"}
