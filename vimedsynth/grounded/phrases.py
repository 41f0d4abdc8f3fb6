"""The parts of a sentence in another wording: uptake, reading, place, lists, equal words."""

import random
import re
from dataclasses import dataclass
from functools import cache

from vimedsynth.grounded.measures import NumberStyle
from vimedsynth.grounded.text import lower_first
from vimedsynth.grounded.wordings import table

_SIDES = re.compile(r"\b(phải|trái|hai bên|2 bên)\b")


@dataclass(frozen=True, slots=True)
class Style:
    """One writer's habits, kept all through one text."""

    numbers: NumberStyle
    increase: str  # "tăng chuyển hóa FDG" or an equal form

    @classmethod
    def sample(cls, rng: random.Random) -> "Style":
        common, *others = table("paraphrase")["increase"]
        return cls(NumberStyle.sample(rng), common if rng.random() < 0.06 else rng.choice(others))


@cache
def _compiled(kind: str) -> list[tuple[re.Pattern[str], list[str]]]:
    return [(re.compile(pattern), forms) for pattern, forms in table("paraphrase")[kind]]


@cache
def shape(name: str) -> re.Pattern[str]:
    return re.compile(table("clauses")[name])


def shuffled_list(text: str, rng: random.Random) -> str:
    """A list of places in another order, where no item borrows a word from its neighbour."""
    items = re.split(r", | và ", text)
    sides = [bool(_SIDES.search(item)) for item in items]
    free = all(shape("organ_list").fullmatch(item) for item in items)
    if len(items) < 2 or not free or (any(sides) and not all(sides)) or "(" in text:
        return text
    rng.shuffle(items)
    return ", ".join(items[:-1]) + (" và " if rng.random() < 0.7 or len(items) == 2 else ", ") + items[-1]


def organ_list(text: str, rng: random.Random) -> str:
    """A physiologic list: the organs before the last two change places; the last carries the side of both."""
    items = re.split(r", | và ", re.sub(r"\b2 bên\b", "hai bên", text))
    free = items[:-2]
    rng.shuffle(free)
    items = free + items[-2:]
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + (", " if " và " not in text else " và ") + items[-1]


def uptake_phrase(text: str, style: Style) -> str:
    """The uptake words with the style's noun; level and pattern stay as they are."""
    noun = style.increase.removeprefix("tăng ")
    return re.sub(r"chuyển hóa(?: trên)?(?: FDG)?", noun, lower_first(text.lstrip(", ")), count=1)


def reworded(text: str, rng: random.Random) -> str:
    """Equal words for equal words, each place chosen on its own."""
    for pattern, forms in _compiled("words"):
        if pattern.search(text):
            form = rng.choice(forms)
            text = pattern.sub(lambda m, form=form: form.format(*m.groups()), text)  # type: ignore[misc]
    return text


def reading_phrase(text: str, rng: random.Random) -> str:
    text = text.strip(" ,")
    for pattern, forms in _compiled("readings"):
        match = pattern.match(text)
        if match:
            return rng.choice(forms).format(*match.groups())
    return text


def place_phrase(text: str, rng: random.Random) -> str:
    preposition, _, rest = text.partition(" ")
    return f"{rng.choice(table('paraphrase')['prepositions'][preposition])} {shuffled_list(rest, rng)}"
