"""What a text claims that an image transform could make false; the words are in ``claims.json``."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import orjson

from vimedsynth.samples import Claim

Sign = tuple[str, re.Pattern[str] | None]
"""What shows that a text makes a claim, in small letters, and the pattern that finds it whole, unless it counts anywhere."""


@cache
def _signs() -> dict[Claim, tuple[Sign, ...]]:
    rows = orjson.loads(files(__package__).joinpath("claims.json").read_bytes())
    return {Claim(name): tuple(_signs_in(row)) for name, row in rows.items()}


def _signs_in(row: dict[str, list[str]]) -> Iterator[Sign]:
    for word in row.get("words", ()):
        yield word, re.compile(rf"{word}(?!\w)(?<!\w{word})")
    for unit in row.get("units", ()):
        yield unit, re.compile(rf"\d\s*{unit}(?!\w)")  # it counts behind a number
    for phrase in row.get("phrases", ()):
        yield phrase, None


def _shown(signs: tuple[Sign, ...], low: str) -> bool:
    """Whether a text in small letters has one of them; a pattern runs only where its letters stand."""
    for sign, whole in signs:  # noqa: SIM110 (asked five times a text: any() would cost more than most of the looks)
        if sign in low and (whole is None or whole.search(low)):
            return True
    return False


def claims_of(text: str) -> frozenset[Claim]:
    """The claims of a question and answer or of a rewrite; a doubtful word counts as a claim."""
    low = text.lower()
    return frozenset([claim for claim, signs in _signs().items() if _shown(signs, low)])
