"""Samples and decisions in the formats of other annotation tools, both ways.

A tool that knows neither turns nor evidence gets each sample as text (:mod:`vimedsynth.review.exchange.words`) and
gives back a verdict, a reason, a note and, for an edit, that text again.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.review.desk import Desk
from vimedsynth.review.exchange import argilla, label_studio
from vimedsynth.review.exchange.words import Opinion

Writer = Callable[[Desk], dict[str, bytes]]
Reader = Callable[[Path], Iterator[Opinion | str]]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One tool: the files that it imports, and the opinions in what it exports."""

    write: Writer
    read: Reader


EXCHANGE_BY_NAME: dict[str, Exchange] = {
    "label-studio": Exchange(label_studio.write, label_studio.read),
    "argilla": Exchange(argilla.write, argilla.read),
}

__all__ = ["EXCHANGE_BY_NAME", "Exchange"]
