"""The text of a mirrored picture: right and left change places everywhere, or the text is refused."""

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class MirroredText:
    """``text`` is None when no exact rewrite exists; ``reason`` is then the code and the words that stand in the way."""

    text: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class _Rules:
    asymmetric: re.Pattern[str]
    ambiguous: re.Pattern[str]
    abbreviations: re.Pattern[str]
    swap: dict[str, str]
    sides: re.Pattern[str]


def mirror_text(text: str) -> MirroredText:
    """``text`` (any normal form, answered in NFC) as it reads for the mirrored picture.

    Twice gives the same text again. Refused: asymmetric anatomy (``asymmetric-anatomy: gan``), and words that may or
    may not be a side (``ambiguous-side: không phải``). A text without sides comes back as it is.
    """
    text, rules = unicodedata.normalize("NFC", text), _rules()
    for code, pattern in (("ambiguous-side", rules.ambiguous), ("ambiguous-side", rules.abbreviations),
                          ("asymmetric-anatomy", rules.asymmetric)):  # fmt: skip
        found = pattern.search(text)
        if found:
            return MirroredText(None, f"{code}: {found.group().lower()}")
    return MirroredText(rules.sides.sub(lambda match: _like(match.group(), rules.swap[match.group().lower()]), text))


def _like(model: str, word: str) -> str:
    """``word`` in the case of ``model``."""
    if model.isupper():
        return word.upper()
    return word.capitalize() if model[0].isupper() else word


@cache
def _rules() -> _Rules:
    data = json.loads(files("vimedsynth.augment").joinpath("mirror.json").read_text(encoding="utf-8"))
    swap = {a: b for pair in data["swap"] for a, b in (pair, reversed(pair))}
    return _Rules(
        _any(data["asymmetric"]),
        _any(data["ambiguous"]),
        re.compile("|".join(data["ambiguous_patterns"])),
        swap,
        _any(list(swap)),
    )


def _any(words: list[str]) -> re.Pattern[str]:
    """Any of the words as whole syllables, spaces of any width between them, whatever the case."""
    longest_first = sorted((unicodedata.normalize("NFC", word) for word in words), key=len, reverse=True)
    alternatives = "|".join(r"\s+".join(map(re.escape, word.split())) for word in longest_first)
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)
