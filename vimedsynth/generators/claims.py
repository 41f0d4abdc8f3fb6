"""What a text claims that an image transform could make false; the words are in ``claims.json``."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from vimedsynth.samples import Claim


@dataclass(frozen=True, slots=True)
class _Signs:
    """What shows that a text makes a claim, in small letters; a word or a unit with the pattern that finds it whole."""

    words: tuple[tuple[str, re.Pattern[str]], ...]
    phrases: tuple[str, ...]

    def shown(self, low: str) -> bool:
        """Whether a text in small letters has one of them; a pattern runs only where its letters stand."""
        for word, whole in self.words:
            if word in low and whole.search(low):
                return True
        return any(map(low.__contains__, self.phrases))


@cache
def _signs() -> dict[Claim, _Signs]:
    rows = orjson.loads(files(__package__).joinpath("claims.json").read_bytes())
    return {
        Claim(name): _Signs((*_words(row), *_units(row)), tuple(row.get("phrases", ()))) for name, row in rows.items()
    }


def _words(row: dict[str, list[str]]) -> list[tuple[str, re.Pattern[str]]]:
    return [(word, re.compile(rf"{word}(?!\w)(?<!\w{word})")) for word in row.get("words", ())]


def _units(row: dict[str, list[str]]) -> list[tuple[str, re.Pattern[str]]]:
    """A unit counts behind a number."""
    return [(unit, re.compile(rf"\d\s*{unit}(?!\w)")) for unit in row.get("units", ())]


def claims_of(text: str) -> frozenset[Claim]:
    """The claims of a question and answer or of a rewrite; a doubtful word counts as a claim."""
    low = text.lower()
    return frozenset([claim for claim, signs in _signs().items() if signs.shown(low)])
