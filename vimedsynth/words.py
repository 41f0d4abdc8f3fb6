"""Vietnamese clinical text -> folded tokens and lexicon matches; folding keeps every offset."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

# The old and the new place of the tone mark (hoá, hóa; thuỳ, thùy) at the end of a syllable; "quý" is not such a case.
_OLD_TO_NEW = {
    "oà": "òa", "oá": "óa", "oả": "ỏa", "oã": "õa", "oạ": "ọa",
    "oè": "òe", "oé": "óe", "oẻ": "ỏe", "oẽ": "õe", "oẹ": "ọe",
    "uỳ": "ùy", "uý": "úy", "uỷ": "ủy", "uỹ": "ũy", "uỵ": "ụy",
}  # fmt: skip
_OLD = re.compile("(?<!q)(" + "|".join(_OLD_TO_NEW) + r")(?!\w)")
# Spellings with the same sound and sense, and slips of the pen seen in hospital text. All keep their length.
_SAME = {
    "tỷ": "tỉ", "lí": "lý", "hinh": "hình", "anh": "ảnh", "mãn": "mạn", "thức": "thước", "đạc": "đặc", "–": "-", "—": "-",
    "milimet": "mm", "milimét": "mm", "xentimet": "cm", "centimet": "cm", "×": "x", "≤": "<", "ko": "không",
}  # fmt: skip
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)?|(?P<join>(?<=[^\W\d_])\s?[-–]\s?(?=[^\W\d_]{2}))|[^\s\w]|_")


class Token(NamedTuple):
    """A folded token or lexicon match with its half-open offsets. ``kind`` is ``word``, ``num``, ``mark`` or a lexicon kind."""

    kind: str
    value: str
    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Lower case with one spelling for the tone mark, character for character (``len(fold(t)) == len(t)`` for NFC)."""
    low = text.lower()
    if len(low) != len(text):  # a few letters of other scripts grow when lowered
        low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return _OLD.sub(lambda m: _OLD_TO_NEW[m[1]], low)


def split(text: str) -> list[str]:
    """The folded tokens of ``text`` without offsets."""
    return [t for t, _, _ in raw_tokens(unicodedata.normalize("NFC", text))]


def raw_tokens(text: str) -> list[tuple[str, int, int]]:
    """``(folded token, start, end)`` of NFC ``text``; a hyphen between two words is left out ("chủ - phổi")."""
    return [(_SAME.get(m[0], m[0]), m.start(), m.end()) for m in _TOKEN.finditer(fold(text)) if m.lastgroup is None]


@lru_cache(maxsize=32768)
def tokens(text: str) -> tuple[Token, ...]:
    """Longest lexicon matches from left to right; what the lexicon does not know stays a word, a number or a mark."""
    from vimedsynth.lexicon import lexicon

    table = lexicon().table
    raw = raw_tokens(text)
    plain = [t for t, _, _ in raw]
    out: list[Token] = []
    i, n = 0, len(raw)
    while i < n:
        first, start, end = raw[i]
        for form, kind, value in table.get(first, ()):
            size = len(form)
            if size == 1 or (
                i + size <= n and plain[i + 1] == form[1] and (size == 2 or tuple(plain[i + 2 : i + size]) == form[2:])
            ):
                end = raw[i + size - 1][2]
                out.append(Token(kind, value, first if size == 1 else " ".join(form), start, end))
                i += size
                break
        else:
            kind = "num" if first[0].isdecimal() else "word" if first[0].isalpha() else "mark"
            out.append(Token(kind, first, first, start, end))
            i += 1
    return tuple(out)
