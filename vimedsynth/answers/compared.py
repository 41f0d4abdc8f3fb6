"""What an answer compares a finding with: "thấp hơn gan (2,4)", "so với 6,8 của hạch nhóm IV", "bên phải lớn hơn"."""

import re

from vimedsynth.answers.attributes import VALUE
from vimedsynth.answers.lists import Lists
from vimedsynth.answers.matching import head_in
from vimedsynth.answers.overall import LARGE, LEAST, WHICH, most_so
from vimedsynth.facts import Fact, sentence_facts
from vimedsynth.lexicon import lexicon
from vimedsynth.reports import Span
from vimedsynth.sources import Evidence
from vimedsynth.words import fold

_VALUE = rf"(?:suvmax:? )?{VALUE}"
_VALUES = rf"{_VALUE}(?:(?:,| và| với) {_VALUE})*"
_WAY = r"lớn|to|dày|nhỏ|bé|cao|mạnh|thấp|yếu"
_THEN = r"(?:và|nhưng|với|ở|tại|đo|có|thuộc|nằm)"  # what does not begin the other of two
_FILLER = r"(?:(?:cả|hẳn|mức|của|so với) )*"

AGAINST = re.compile(
    rf"\b(?P<way>{_WAY}) hơn {_FILLER}(?!{_THEN}\b)(?P<what>\w[^,;.()]*?) (?:\((?P<values>{_VALUES})\)|là (?P<is>{_VALUE}))"
    rf"|\b(?P<level>dưới|trên|vượt) mức (?P<of>\w[^,;.()\d]*?) (?:là (?P<level_is>{_VALUE})|\((?P<level_values>{_VALUES})\))"
    rf"|(?P<than>\bso với (?P<then>{_VALUES})(?: (?:của|ở) (?P<whose>\w[^,;.()]*))?)"
)
"""What a finding is compared with, when the answer gives its value."""

ALONE = re.compile(rf"\b(?P<way>lớn|to|nhỏ|bé) hơn(?=\s*(?:[,;.:(]|$)|\s+(?:{_THEN}|\())")
"""One of two is called the larger or the smaller, and the other goes without saying."""

MORE = re.compile(rf"\b({_WAY}) hơn\b")
REFERENCE = frozenset({"liver", "blood-pool"})
"""What has an SUVmax of its own, beside those of the findings in it."""


class Compared(Lists):
    """Judges a finding together with what it is compared with."""

    def _without_compared(self, sentence: str, start: int) -> str:
        """``sentence`` with what it compares its finding with blanked, which is judged here."""
        low = fold(sentence)
        for hit in AGAINST.finditer(low):
            if not (hit["than"] and self.focus.history and not hit["whose"]):  # "còn 4,4 so với 15,1": an earlier study
                sentence = self._compare(sentence, low, hit, start)
        return self._larger_of_two(sentence, start)

    def _compare(self, sentence: str, low: str, hit: re.Match[str], start: int) -> str:
        what = hit["what"] or hit["of"] or hit["whose"] or ""
        told = hit["values"] or hit["is"] or hit["level_values"] or hit["level_is"] or hit["then"]
        here = sentence_facts(sentence[: hit.start()])
        other = _valued(what, told)
        mine = _before(sentence[: hit.start()]) if hit["than"] else None
        mine = mine or next((f for f in reversed(here) if f.suvs or f.sizes), None)
        if other is None or not any(self._has(other, r, mine) for r in self.source.pool):
            span = Span(start + hit.start(), start + hit.end())
            self.object("number", "the report gives no such value of what it is compared with", span)
            return sentence
        way = (
            hit["way"] or {"dưới": "thấp", "trên": "cao", "vượt": "cao"}.get(hit["level"] or "") or self._way(low, hit)
        )
        pair = mine and _pair(mine, other, way)
        if "gấp" in low and not (pair and _times(low, pair)):
            return sentence
        if pair and way and (pair[0] < pair[1] if way not in LEAST else pair[0] > pair[1]):
            self.object("superlative", "the values go the other way", Span(start + hit.start(), start + hit.end()))
        first = hit.start() if pair else low.index(told, hit.start()) - 1
        return _blanked(sentence, first, hit.end())

    def _way(self, low: str, hit: re.Match[str]) -> str:
        """The way of "so với": what was said to be more before it, or asked for."""
        said = list(MORE.finditer(low, 0, hit.start()))
        asked = MORE.search(self.question) if WHICH.search(self.question) else None
        return said[-1][1] if said else asked[1] if asked else ""

    def _has(self, other: Fact, row: Evidence, mine: Fact | None) -> bool:
        """Whether the report gives the values of what is compared with to this finding."""
        src = row.fact
        if src.polarity not in ("present", "physiologic"):
            return False
        if not all(v in src.suvs for v in other.suvs) or not all(
            m.dims in {x.dims for x in src.sizes} for m in other.sizes
        ):
            return False
        if not all(head_in(h, src) for h in other.heads):
            return False
        if any(i.atoms or i.side for i in other.items):
            whole = other.atoms <= REFERENCE and not other.heads and not other.generic
            lesion = src.heads or len(src.items) > 1 or src.levels & {"increased", "mild"}
            return self.at(other.items, row) and not (whole and lesion)
        if not (self.focus.heads or self.focus.items) or mine is None:
            return False
        own = all(v in src.suvs for v in mine.suvs) and all(m.dims in {x.dims for x in src.sizes} for m in mine.sizes)
        return not own and row in self._asked_about()

    def _larger_of_two(self, sentence: str, start: int) -> str:
        """ "Bên phải lớn hơn": of those asked about, it is the largest, and no enlargement."""
        hits = list(ALONE.finditer(fold(sentence)))
        without = sentence
        for hit in hits:
            without = _blanked(without, hit.start(), hit.end())
        facts = sentence_facts(without) if hits else ()
        for hit in hits:
            named = next((f for f in reversed(facts) if f.span.start <= hit.start()), None)
            if named is None or not (named.items or named.sizes):
                continue
            best = most_so(self._beside(named), hit["way"])
            if any(self._names(named, r) for r in best):
                sentence = _blanked(sentence, hit.start(), hit.end())
            elif best:
                span = Span(start + hit.start(), start + hit.end())
                self.object("superlative", f"it is the finding of sentence {best[0].sentences[0]}", span)
        return sentence

    def _beside(self, named: Fact) -> list[Evidence]:
        """A finding and those that it can be the larger of: the ones asked about, or of its organ; if many, as avid as it."""
        rows = self._asked_about()
        mine = next((r for r in rows if self._names(named, r)), None)
        if mine is None:
            return []
        if not self.focus.items:
            organs = frozenset().union(*(i.wider for i in mine.fact.items)) & lexicon().places
            rows = [r for r in rows if any(i.wider & organs for i in r.fact.items)]
        taken = bool(mine.avid or mine.fact.suvs)
        return [r for r in rows if len(rows) == 2 or bool(r.avid or r.fact.suvs) == taken]


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def _valued(what: str, told: str) -> Fact | None:
    """The finding that is compared with, with its values."""
    values = (v if re.search(r"mm|cm|x|suv", v) else f"SUVmax {v}" for v in re.findall(_VALUE, told))
    facts = sentence_facts(f"{what} {', '.join(values)}".strip())
    return facts[0] if len(facts) == 1 and (facts[0].suvs or facts[0].sizes) else None


def _before(text: str) -> Fact | None:
    """The value right before "so với": "(7,7 so với 3,3)"."""
    hit = re.search(rf"({_VALUE})\s*$", text)
    return _valued("", hit[1]) if hit else None


def _pair(mine: Fact, other: Fact, way: str) -> tuple[float, float] | None:
    """The two values that the word compares."""
    sizes, suvs = (_largest(mine), _largest(other)), (max(mine.suvs, default=0.0), max(other.suvs, default=0.0))
    pairs = [p for p in ((sizes, suvs) if way in LARGE else (suvs, sizes)) if all(p)]
    return pairs[0] if pairs else None


def _times(low: str, pair: tuple[float, float]) -> bool:
    """ "gấp đôi nốt kia (3,8 so với 1,9)": about as many times as is said."""
    hit = re.search(r"gấp (?:gần |hơn |khoảng )*(đôi|hai|ba|bốn|\d+(?:[.,]\d+)?)\b", low)
    said = {"đôi": 2.0, "hai": 2.0, "ba": 3.0, "bốn": 4.0}
    times = said.get(hit[1]) or float(hit[1].replace(",", ".")) if hit else 0.0
    return abs(pair[0] / pair[1] - times) < times / 8


def _largest(fact: Fact) -> float:
    return max((max(m.dims) for m in fact.sizes if m.dims), default=0.0)
