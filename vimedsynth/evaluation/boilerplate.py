"""Boilerplate apart from disease: half of a report's characters are standard sentences.

A model that prints the ten commonest sentences scores well on BLEU and says nothing about the patient; so every text
figure is also given without them. The patterns are data (``boilerplate.json``).
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from vimedsynth.reports import flat_report, nfc

_FOLDS = ((r"\d+(?:[.,]\d+)*", "#"), (r"hoá", "hóa"), (r"\blí\b", "lý"), (r"\b# bên\b|\bcả hai bên\b", "hai bên"))


@dataclass(frozen=True, slots=True)
class Split:
    """The sentences of one text in reading order, standard ones and the rest, each joined by a space."""

    boilerplate: str
    disease: str


@cache
def _rules() -> tuple[tuple[re.Pattern[str], ...], re.Pattern[str]]:
    data = json.loads(files("vimedsynth.evaluation").joinpath("boilerplate.json").read_text(encoding="utf-8"))
    return tuple(re.compile(pattern) for pattern in data["patterns"]), re.compile("|".join(data["never"]))


def fold(sentence: str) -> str:
    """The sentence as a template: lower case, numbers as ``#``, one spelling, one space, no final stop."""
    text = re.sub(r"\b2 bên\b", "hai bên", " ".join(nfc(sentence).lower().split()).strip(" .;,"))
    for pattern, form in _FOLDS:
        text = re.sub(pattern, form, text)
    return text


def is_boilerplate(sentence: str) -> bool:
    """Whether the whole sentence is a standard one that says nothing about disease."""
    patterns, never = _rules()
    text = fold(sentence)
    return not never.search(text) and any(pattern.fullmatch(text) for pattern in patterns)


def split_boilerplate(text: str) -> Split:
    """The two parts of ``text``; a text of standard sentences alone has an empty ``disease``."""
    parts: dict[bool, list[str]] = {True: [], False: []}
    for sentence in flat_report(text).sentences:
        parts[is_boilerplate(sentence.text)].append(sentence.text)
    return Split(" ".join(parts[True]), " ".join(parts[False]))
