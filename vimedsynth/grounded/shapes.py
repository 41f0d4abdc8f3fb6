"""A clause said anew: its pieces in one of the orders and voices in which reports are written."""

import random
import re
from dataclasses import dataclass, replace

from vimedsynth.grounded.clauses import Clause
from vimedsynth.grounded.measures import restyle_numbers, size_phrase, suv_phrase
from vimedsynth.grounded.phrases import Style, place_phrase, reading_phrase, shape, uptake_phrase
from vimedsynth.grounded.text import capital
from vimedsynth.grounded.wordings import table


@dataclass(frozen=True, slots=True)
class _Parts:
    head: str
    place: str
    size: str
    largest: str
    uptake: str
    attributes: tuple[str, ...]
    reading: str


def _parts(clause: Clause, style: Style, rng: random.Random) -> _Parts:
    uptake = uptake_phrase(clause.uptake, style) if clause.uptake else ""
    if clause.suv:
        uptake = suv_phrase(uptake, clause.suv, style.numbers, rng).lstrip(" ,")
    return _Parts(
        restyle_numbers(clause.head, style.numbers, rng),
        place_phrase(clause.place, rng) if clause.place else "",
        size_phrase(clause.size, style.numbers, rng) if clause.size else "",
        _largest(clause.largest, style, rng) if clause.largest else "",
        uptake,
        tuple(restyle_numbers(text, style.numbers, rng) for text in clause.attributes),
        reading_phrase(clause.reading, rng) if clause.reading else "",
    )


def _largest(largest: tuple[str, str], style: Style, rng: random.Random) -> str:
    head, size = largest
    phrase = size_phrase(size, style.numbers, rng).removeprefix("có ")
    return str(rng.choice(table("paraphrase")["largest"])).format(head=head, Head=capital(head), size=phrase)


def _joined(start: str, pieces: list[str]) -> str:
    """Pieces after ``start``: a place or "có kích thước" follows without a comma, the rest with one."""
    text = start
    for piece in filter(None, pieces):
        bare = piece.startswith(("ở ", "tại ")) or (
            piece.startswith("có ") and not piece.startswith("có thể") and "," not in text
        )
        if piece.startswith((", ", ". ", " (")):
            text += piece
        else:
            text += (" " if bare else ", ") + piece
    return text.lstrip(" ,")


def _tail(parts: _Parts, rng: random.Random) -> list[str]:
    """Size, attributes and uptake in one of the orders the reports themselves use; the reading comes last."""
    middle = [parts.size, *parts.attributes]
    if parts.largest:
        return [parts.size, parts.largest, *parts.attributes, parts.uptake, parts.reading]
    if parts.uptake and rng.random() < 0.4 and not parts.reading and not parts.attributes:
        return [parts.uptake, parts.size.removeprefix("có ")]
    return [*middle, parts.uptake, parts.reading]


def _finding(parts: _Parts, rng: random.Random) -> str:
    """One of four shapes: place first, uptake right after the lesion, size before the place, or the plain order."""
    wordings = table("paraphrase")
    chance = rng.random()
    if parts.place and shape("front").match(parts.place) and chance < 0.45:
        start = str(rng.choice(wordings["front"])).format(Place=capital(parts.place), head=parts.head)
        return _joined(start, _tail(parts, rng))
    openings = ("", "Ghi nhận", "Hình ảnh") if shape("organ").match(parts.head) else wordings["openings"]
    start = f"{rng.choice(openings)} {parts.head}".strip()
    simple = not re.search(r"[,)]| và |^tràn|dày", parts.head) and bool(shape("front").match(parts.place))
    simple = simple and not parts.largest.startswith(". ")
    if parts.uptake and parts.place and simple and not parts.attributes and not parts.reading and chance < 0.8:
        rest = [parts.place, parts.size.removeprefix("có "), parts.largest]
        uptake = re.sub(r",? (?:với (?:giá trị )?)?(SUV[^()]*)$", r" (\1)", parts.uptake)
        return _joined(f"{start} {uptake}", rest)
    if parts.size and chance < 0.9:
        return _joined(start, [parts.size, parts.place, *_tail(replace(parts, size=""), rng)])
    return _joined(start, [parts.place, *_tail(parts, rng)])


def _uptake_finding(parts: _Parts, rng: random.Random) -> str:
    """A finding that is nothing but uptake: the place may become the subject."""
    rest = [*parts.attributes, parts.reading]
    organ = shape("subject").fullmatch(parts.place)
    choice = rng.random()
    if organ and not parts.uptake.startswith("không") and choice < 0.5:
        return _joined(f"{organ['organ']} {parts.uptake}", rest)
    if parts.place and shape("front").match(parts.place) and choice < 0.85:
        return _joined(f"{parts.place} {rng.choice(('có', 'thấy', 'ghi nhận', 'có hình ảnh'))} {parts.uptake}", rest)
    opening = rng.choice(("Ghi nhận", "Thấy", "Có", "Có hình ảnh", ""))
    return _joined(f"{opening} {parts.uptake}".strip(), [parts.place, *rest])


def said_anew(clause: Clause, style: Style, rng: random.Random) -> str:
    parts = _parts(clause, style, rng)
    if not clause.head:
        return _uptake_finding(parts, rng)
    if shape("anaphoric").match(clause.head):
        size = f"có {parts.size.removeprefix('có ')}" if parts.size else ""
        return _joined(parts.head, [size, parts.place, *_tail(replace(parts, size=""), rng)])
    return _finding(parts, rng)
