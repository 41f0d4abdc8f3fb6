"""A report as text with sections, sentences and half-open character offsets.

The text is NFC once, here; every offset in the program is into that text. A report comes as the published JSON
(sections by key, facts/README) or as one flat text whose sections run together; both end as the same value.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Section(StrEnum):
    """The parts of a PET/CT report, in the order in which they are written."""

    HEAD_NECK = "head_neck"
    CHEST = "chest"
    ABDOMEN_PELVIS = "abdomen_pelvis"
    MUSCULOSKELETAL = "musculoskeletal"
    IMPRESSION = "impression"


REGIONS: tuple[Section, ...] = (Section.HEAD_NECK, Section.CHEST, Section.ABDOMEN_PELVIS)
"""The sections that have a range of slices of their own."""


class Span(NamedTuple):
    """Half-open range of characters ``[start, end)`` of the NFC report text. A named tuple: a report makes hundreds."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters that the span selects in ``text``."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a report; ``number`` counts from 1 through the whole report."""

    number: int
    section: Section
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The NFC text of one report with its sentences; ``report.text[s.span.start:s.span.end] == s.text`` for each."""

    text: str
    sentences: tuple[Sentence, ...]

    def __hash__(self) -> int:
        return hash(self.text)  # a string keeps its hash; the sentences follow from it

    def __eq__(self, other: object) -> bool:  # asked for several times an answer, mostly of the very same report
        if self is other:
            return True
        return isinstance(other, Report) and self.text == other.text and self.sentences == other.sentences

    def section(self, *sections: Section) -> tuple[Sentence, ...]:
        """The sentences of the given sections, in report order."""
        return tuple(s for s in self.sentences if s.section in sections)

    @property
    def sections(self) -> frozenset[Section]:
        """The sections that hold at least one sentence."""
        return frozenset(s.section for s in self.sentences)


def nfc(text: str) -> str:
    """``text`` in Unicode normal form C, without a byte-order mark, with ``\\n`` line ends."""
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


# Letters from \u0102 on come in pairs, large and small, so the large ones that begin a sentence are named one by one.
_LARGE = "ĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
# No sentence begins with one of these, except in a line of its own.
_SMALL = "a-zàáâãèéêìíòóôõùúýđ" + _LARGE.lower()
# Each way to end a sentence begins with white space, so that the search goes from one to the next.
_OPENING = (
    "Hình ảnh|Hinh ảnh|Hình anh|Không phát hiện|Chưa phát hiện|Không thấy|Chưa ghi nhận|Ghi nhận|Quan sát|Thấy|Có|Tăng nhẹ"
    "|Cần |Đối chiếu|Nên "
)
_SENTENCE_END = re.compile(
    rf"\s(?:(?![{_SMALL}])(?:(?<=[.!?;,)0-9a-zà-ỹ]\s)\s*(?=(?:{_OPENING})[\s\w])"
    rf"|(?<=[.!?]\s)\s*(?=[^\W\d_a-zà-ỹ]|[{_LARGE}]|\d/\d\s))|(?<=\n)\n*)"
)


_LONGEST = 2000
"""Characters. No one writes a longer sentence; a text without stops is cut at spaces, so that reading stays linear."""


def _spans(text: str, offset: int = 0) -> list[Span]:
    spans, start = [], 0
    for cut in [*_SENTENCE_END.finditer(text), None]:
        stop = cut.start() if cut else len(text)
        for first, last in _pieces(text, start, stop):
            piece = text[first:last].lstrip()
            if piece:
                left = offset + last - len(piece)
                spans.append(Span(left, left + len(piece.rstrip())))
        start = cut.end() if cut else stop
    return spans


def _pieces(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    while stop - start > _LONGEST:
        space = text.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        cut = space if space > 0 else start + _LONGEST
        yield start, cut
        start = cut
    yield start, stop


@lru_cache(maxsize=2048)
def sentence_spans(text: str) -> tuple[Span, ...]:
    """Where the sentences of NFC ``text`` lie, without their sections. Cached: each guard asks for those of an answer."""
    return tuple(_spans(text))


def unsectioned_report(text: str) -> Report:
    """NFC ``text`` as sentences alone, all under one section: for a rewrite, whose order is its own."""
    rows = enumerate(_spans(text), 1)
    return Report(text, tuple(Sentence(i, Section.HEAD_NECK, span, span.of(text)) for i, span in rows))


def flat_report(text: str) -> Report:
    """A report from one flat text; sections are told apart by the sentences that open and close them."""
    from vimedsynth.sections import section_labels

    text = nfc(text)
    spans = _spans(text)
    texts = [span.of(text) for span in spans]
    rows = zip(spans, texts, section_labels(texts), strict=True)
    return Report(text, tuple(Sentence(i, sec, span, t) for i, (span, t, sec) in enumerate(rows, 1)))


def sectioned_report(parts: dict[Section, str]) -> Report:
    """A report from its sections; the text is the sections in writing order, joined by line ends."""
    text, sentences = "", []
    for section in Section:
        body = nfc(parts.get(section, "")).strip()
        if not body:
            continue
        text += "\n" if text else ""
        for span in _spans(body, len(text)):
            sentences.append((section, span))
        text += body
    rows = [Sentence(i, section, span, span.of(text)) for i, (section, span) in enumerate(sentences, 1)]
    return Report(text, tuple(rows))
