"""Vietnamese clinical text -> folded tokens and lexicon matches; folding keeps every offset."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from vimedsynth.lexicon import Node

# The old and the new place of the tone mark (hoá, hóa; thuỳ, thùy) at the end of a syllable; "quý" is not such a case.
_OLD_TO_NEW = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
# One pattern for each first letter: a search for one letter is much faster than for one of two.
_OLD = tuple(
    re.compile(f"{first}[{''.join(old[1] for old in _OLD_TO_NEW if old[0] == first)}](?!\\w)") for first in "ou"
)
# Spellings with the same sound and sense, and slips of the pen seen in hospital text. All keep their length.
_SAME = {
    "tỷ": "tỉ", "lí": "lý", "hinh": "hình", "anh": "ảnh", "mãn": "mạn", "thức": "thước", "đạc": "đặc", "–": "-", "—": "-",
    "milimet": "mm", "milimét": "mm", "xentimet": "cm", "centimet": "cm", "×": "x", "≤": "<", "ko": "không",
}  # fmt: skip
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)?|(?P<join>(?<=[^\W\d_])\s?[-–]\s?(?=[^\W\d_]{2}))|[^\s\w]|_")


# Words before what a sentence asserts: nothing follows from them.
_INTRODUCTION = re.compile(
    r"(?:(?:trên )?pet/ct,? |theo nhận định, )?"
    r"(?:(?:ghi nhận|quan sát|thấy|hình ảnh|có(?! thể| khả năng| lẽ| tính chất| phải)) )*",
    re.I,
)


class Token(NamedTuple):
    """A folded token or lexicon match with its half-open offsets. ``kind`` is ``word``, ``num``, ``mark`` or a lexicon kind."""

    kind: str
    value: str
    text: str
    start: int
    end: int


_made = tuple.__new__  # a third of the cost of calling the class

Raw = tuple[str, int, int, str]
"""A folded token, its half-open offsets, and ``word``, ``num`` or ``mark``."""


def fold(text: str) -> str:
    """Lower case with one spelling for the tone mark, character for character (``len(fold(t)) == len(t)`` for NFC)."""
    low = text.lower()
    if len(low) != len(text):  # a few letters of other scripts grow when lowered
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    for pattern in _OLD:
        if pattern.search(low):
            low = pattern.sub(_new_place, low)
    return low


def _new_place(m: re.Match[str]) -> str:
    before = m.string[m.start() - 1 : m.start()]
    return m[0] if before == "q" else _OLD_TO_NEW[m[0]]


def split(text: str) -> list[str]:
    """The folded tokens of ``text`` without offsets."""
    return [row[0] for row in raw_tokens(unicodedata.normalize("NFC", text))]


def raw_tokens(text: str) -> list[Raw]:
    """The folded tokens of NFC ``text``; a hyphen between two words is left out ("chủ - phổi")."""
    if "-" in text or "–" in text:  # joins words across spaces
        return list(_cut(text))
    out: list[Raw] = []
    at = 0
    for piece in text.split(" "):
        for token, start, end, kind in _piece(piece):
            out.append((token, at + start, at + end, kind))
        at += len(piece) + 1
    return out


def _cut(text: str) -> Iterator[Raw]:
    for m in _TOKEN.finditer(fold(text)):
        if m.lastgroup is None:
            token = _SAME.get(m[0], m[0])
            kind = "num" if token[0].isdecimal() else "word" if token[0].isalpha() else "mark"
            yield token, m.start(), m.end(), kind


@lru_cache(maxsize=16384)
def _piece(text: str) -> tuple[Raw, ...]:
    """The tokens of what stands between two spaces. Cached: the words of a corpus are few beside its length."""
    return tuple(_cut(text))


def introduced(text: str) -> tuple[int, str]:
    """How long the introduction of a sentence is ("Trên PET/CT thấy "), and what it introduces, with a small letter.

    Sentences that differ in nothing else assert the same and are read once.
    """
    match = _INTRODUCTION.match(text)
    start = match.end() if match else 0
    first = text[start : start + 1].lower()
    return (start, first + text[start + 1 :]) if len(first) == 1 else (0, text)  # it is nothing else, or a letter grew


@cache
def _forms() -> "dict[str, Node]":
    from vimedsynth.lexicon import lexicon

    return lexicon().forms


@lru_cache(maxsize=4096)
def tokens(text: str) -> tuple[Token, ...]:
    """Longest lexicon matches from left to right; what the lexicon does not know stays a word, a number or a mark."""
    forms = _forms()
    raw = raw_tokens(text)
    out: list[Token] = []
    i, n = 0, len(raw)
    while i < n:
        first, start, end, kind = raw[i]
        i += 1
        if first not in forms or (kind == "num" and out and out[-1].end == start and out[-1].value in ("s", "+")):
            out.append(_made(Token, (kind, first, first, start, end)))  # "S2 thùy trên" is no "2 thùy"
            continue
        node = forms[first]
        best, at = node.entry, i
        k, longer = i, node.longer
        while longer and k < n and (longer_node := longer.get(raw[k][0])) is not None:
            k += 1
            longer = longer_node.longer
            if longer_node.entry is not None:
                best, at = longer_node.entry, k
        if best is None:
            out.append(_made(Token, (kind, first, first, start, end)))
        else:
            kind, value, form = best
            out.append(_made(Token, (kind, value, form, start, raw[at - 1][2])))
            i = at
    return tuple(out)
