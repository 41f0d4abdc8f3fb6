"""Small changes of text that every writer here needs: spaces, capitals, slips of the pen."""

import re
from functools import cache, lru_cache

from vimedsynth.grounded.wordings import table

_COMMA = re.compile(r", (?![^()]*\))")


@lru_cache(maxsize=4096)
def squeezed(text: str) -> str:
    """``text`` with single spaces and none before punctuation."""
    text = " ".join(text.split())
    for mark in (",", ".", ";", ")"):
        if f" {mark}" in text:
            text = text.replace(f" {mark}", mark)
    return text.strip(" ,")


def listed(text: str) -> list[str]:
    """``text`` cut at its commas, save those inside brackets."""
    return _COMMA.split(text) if ", " in text else [text]


def capital(text: str) -> str:
    """``text`` with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """``text`` with a small first letter, unless it is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


@cache
def _fixes() -> list[tuple[str, re.Pattern[str], str]]:
    """Each slip with the words that are looked for before its pattern is: few sentences have any."""
    rows = [
        (re.fullmatch(r"\\b([\w ]+)\\b", pattern), pattern, right) for pattern, right in table("paraphrase")["fixes"]
    ]
    return [(words[1] if words else "", re.compile(pattern), right) for words, pattern, right in rows]


@lru_cache(maxsize=4096)
def cleaned(sentence: str) -> str:
    """The sentence without its full stop and without slips of the pen."""
    text = sentence.strip().rstrip(" .,")
    for words, pattern, right in _fixes():
        if words in text:
            text = pattern.sub(right, text)
    return text
