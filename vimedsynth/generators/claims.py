"""What a text claims that an image transform could make false; the words are in ``claims.json``."""

import re
from functools import cache
from importlib.resources import files

import orjson

from vimedsynth.samples import Claim


@cache
def _patterns() -> tuple[tuple[Claim, re.Pattern[str]], ...]:
    words = orjson.loads(files(__package__).joinpath("claims.json").read_bytes())
    return tuple((Claim(name), re.compile("|".join(parts), re.I)) for name, parts in words.items())


def claims_of(text: str) -> frozenset[Claim]:
    """The claims of a question and answer or of a rewrite; a doubtful word counts as a claim."""
    return frozenset(claim for claim, pattern in _patterns() if pattern.search(text))
