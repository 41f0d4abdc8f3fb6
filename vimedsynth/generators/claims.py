"""What a text claims that an image transform could make false; the words are in ``claims.json``."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from vimedsynth.samples import Claim


@dataclass(frozen=True, slots=True)
class _Signs:
    """What shows that a text makes a claim, in small letters; a word with the pattern that finds it as a whole word."""

    words: tuple[tuple[str, re.Pattern[str]], ...]
    phrases: tuple[str, ...]
    pattern: re.Pattern[str] | None

    def shown(self, low: str) -> bool:
        """Whether a text in small letters has one of them; the pattern runs only where its letters stand."""
        return (
            any(word in low and whole.search(low) for word, whole in self.words)
            or any(map(low.__contains__, self.phrases))
            or bool(self.pattern and self.pattern.search(low))
        )


@cache
def _signs() -> dict[Claim, _Signs]:
    rows = orjson.loads(files(__package__).joinpath("claims.json").read_bytes())
    return {
        Claim(name): _Signs(
            tuple((word, re.compile(rf"{word}(?!\w)(?<!\w{word})")) for word in row.get("words", ())),
            tuple(row.get("phrases", ())),
            re.compile(row["pattern"]) if "pattern" in row else None,
        )
        for name, row in rows.items()
    }


def claims_of(text: str) -> frozenset[Claim]:
    """The claims of a question and answer or of a rewrite; a doubtful word counts as a claim."""
    low = text.lower()
    return frozenset(claim for claim, signs in _signs().items() if signs.shown(low))
