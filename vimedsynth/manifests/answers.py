"""Whether a question asks for yes or no, and which of them the answer gives."""

from functools import cache
from importlib.resources import files

import orjson

from vimedsynth.duplicates import fold


@cache
def _words() -> dict[str, tuple[str, ...]]:
    data = orjson.loads(files("vimedsynth.manifests").joinpath("answers.json").read_bytes())
    return {name: tuple(words) for name, words in data.items()}


def polarity(question: str, answer: str) -> int | None:
    """1 for yes, 0 for no, None when the question is none of that kind or the answer does not begin with either."""
    return folded_polarity(fold(question), fold(answer))


def folded_polarity(question: str, answer: str) -> int | None:
    """:func:`polarity` of texts that are folded already."""
    if not question.endswith(_endings()):
        return None
    first = answer.split(" ", 1)[0]
    return 1 if first in _words()["yes"] else 0 if first in _words()["no"] else None


@cache
def _endings() -> tuple[str, ...]:
    return tuple(f" {end}" for end in _words()["yes_no_question_ends"])
