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
    refused: tuple[tuple[str, re.Pattern[str]], ...]  # (code, what is refused), in order
    swap: dict[str, str]
    sides: re.Pattern[str]
    before: re.Pattern[str]  # what a side may follow; matched at the end of the text before it
    misspelt: re.Pattern[str]


def mirror_text(text: str) -> MirroredText:
    """``text`` (any normal form, answered in NFC) as it reads for the mirrored picture.

    Twice gives the same text again. Refused: asymmetric anatomy (``asymmetric-anatomy: gan``), and words that may or
    may not be a side (``ambiguous-side: không phải``). A text without sides comes back as it is.
    """
    text, rules = unicodedata.normalize("NFC", text), _rules()
    for code, pattern in rules.refused:
        if found := pattern.search(text):
            return MirroredText(None, f"{code}: {found.group().lower()}")
    if (odd := _no_side(text, rules)) is not None:
        return MirroredText(None, f"ambiguous-side: {odd.lower()}")
    return MirroredText(rules.sides.sub(lambda match: _like(match.group(), rules.swap[match.group().lower()]), text))


def _no_side(text: str, rules: _Rules) -> str | None:
    """The first side word, with what is before it, that stands where a side does not; or a misspelt one where it does."""
    for match in rules.sides.finditer(text):
        alone = text[: match.start()].rstrip(" \t(")
        heading = text[match.end() :].lstrip().startswith(":") and (not alone or alone[-1] in ".;:!?,\n-–•*")
        if not heading and not rules.before.search(text, 0, match.start()):
            return " ".join([*alone.split()[-1:], match.group()])
    found = rules.misspelt.search(text)
    return found.group() if found else None


def _like(model: str, word: str) -> str:
    """``word`` in the case of ``model``."""
    if model.isupper():
        return word.upper()
    return word.capitalize() if model[0].isupper() else word


@cache
def _rules() -> _Rules:
    data = json.loads(files("vimedsynth.augment").joinpath("mirror.json").read_text(encoding="utf-8"))
    swap = {a: b for pair in data["swap"] for a, b in (pair, reversed(pair))}
    sided, sides, joined = (_alternatives(words) for words in (data["sided"], list(swap), data["joined"]))
    level = r"[a-zđ]{0,2}\d{1,2}[a-z]?|[ivx]+[a-c]?"
    place = rf"{_EDGE}(?:{sided}|{level})"
    either = rf"{_EDGE}(?:{sides})\s*(?:[,/>=<–-]|(?<=\s)(?:{joined})(?=\s))?"
    return _Rules(
        (
            ("ambiguous-side", _any(data["ambiguous"])),
            ("ambiguous-side", re.compile("|".join(data["ambiguous_patterns"]))),
            ("ambiguous-side", re.compile(rf"(?i:{_EDGE}(?:{sided}))\s+[PT](?!\w)")),
            ("asymmetric-anatomy", _any(data["asymmetric"])),
        ),
        swap,
        _any(list(swap)),
        re.compile(rf"(?:{place}|{either})[\s(_-]*\Z", re.IGNORECASE),
        re.compile(
            rf"{_EDGE}(?:{sided})\s+(?:pha[ỉìĩị]|ph[aàãạáâă]i|tra[ìíĩỉị]|tr[aàãạảâă]i)(?![^\W_])", re.IGNORECASE
        ),
    )


_EDGE = r"(?<![^\W_])"
"""Where a word may begin: after anything that is no letter or digit."""


def _any(words: list[str]) -> re.Pattern[str]:
    """Any of the words as whole syllables, whatever the case."""
    return re.compile(rf"{_EDGE}(?:{_alternatives(words)})(?![^\W_])", re.IGNORECASE)


def _alternatives(words: list[str]) -> str:
    """The longest first; spaces of any width, or a hyphen, between the syllables."""
    longest_first = sorted((unicodedata.normalize("NFC", word) for word in words), key=len, reverse=True)
    return "|".join(r"[\s_–-]+".join(map(re.escape, word.split())) for word in longest_first)
