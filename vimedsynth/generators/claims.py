"""What a text claims that an image transform could make false; the words are in ``claims.json``."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from vimedsynth.samples import Claim

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Signs:
    """What shows that a text makes a claim, in small letters."""

    words: frozenset[str]
    phrases: tuple[str, ...]
    pattern: re.Pattern[str] | None


@cache
def _signs() -> dict[Claim, _Signs]:
    rows = orjson.loads(files(__package__).joinpath("claims.json").read_bytes())
    return {
        Claim(name): _Signs(
            frozenset(row.get("words", ())),
            tuple(row.get("phrases", ())),
            re.compile(row["pattern"]) if "pattern" in row else None,
        )
        for name, row in rows.items()
    }


def claims_of(text: str) -> frozenset[Claim]:
    """The claims of a question and answer or of a rewrite; a doubtful word counts as a claim."""
    low = text.lower()
    words = _WORD.findall(low)
    return frozenset(
        claim
        for claim, signs in _signs().items()
        if not signs.words.isdisjoint(words)
        or any(map(low.__contains__, signs.phrases))
        or (signs.pattern and signs.pattern.search(low))
    )
