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
def _fixes() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), right) for pattern, right in table("paraphrase")["fixes"]]


@cache
def _slips() -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Words that are slips, and a pattern for the slips that are more than words: few sentences have either."""
    patterns = [pattern for pattern, _ in table("paraphrase")["fixes"]]
    words = {pattern: hit[1] for pattern in patterns if (hit := re.fullmatch(r"\\b([\w ]+)\\b", pattern))}
    others = (re.sub(r"\((?!\?)", "(?:", pattern) for pattern in patterns if pattern not in words)
    return tuple(words.values()), re.compile("|".join(others))


def _slipped(text: str) -> bool:
    words, others = _slips()
    return any(map(text.__contains__, words)) or bool(others.search(text))


@lru_cache(maxsize=4096)
def cleaned(sentence: str) -> str:
    """The sentence without its full stop and without slips of the pen."""
    text = sentence.strip().rstrip(" .,")
    if not _slipped(text):
        return text
    for pattern, right in _fixes():
        text = pattern.sub(right, text)
    return text
