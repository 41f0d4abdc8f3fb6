"""Lesion lists with the official Vietnamese keys: reading them and splitting their locations.

Nothing is normalised here but what the official scorer normalises (letter case): its figures depend on spelling, and
a friendlier reader would give other figures than the published ones.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.errors import DataRefused

MORPHOLOGY_KEY = "Hình dạng của khối u, tổn thương, bất thường"
LOCATION_KEY = "Vị trí của khối u, tổn thương, bất thường"
FDG_KEY = "Mức độ FDG"
UPTAKE_KEY = "Tăng chuyển hóa FDG"
"""The one spelling that the official scorer reads. Files written with "hoá" have no uptake for it: so be it, the
published figures were made that way (``any_spelling`` reads both)."""
OTHER_UPTAKE_KEY = "Tăng chuyển hoá FDG"


@dataclass(frozen=True, slots=True)
class Lesion:
    """The fields of one lesion that the scorer reads, as written; ``location`` is None when the key is missing."""

    morphology: str
    location: str | None
    uptake: str

    def at(self, location: str) -> "Lesion":
        """The same lesion in one of its locations."""
        return Lesion(self.morphology, location, self.uptake)


def _text(item: dict[str, object], key: str) -> str:
    value = item.get(key)
    return "" if value is None else str(value)


def _uptake(fdg: object, any_spelling: bool) -> str:
    if not isinstance(fdg, dict):
        return ""
    return _text(fdg, UPTAKE_KEY) or (_text(fdg, OTHER_UPTAKE_KEY) if any_spelling else "")


def _lesion(item: object, any_spelling: bool) -> Lesion:
    if not isinstance(item, dict):
        raise DataRefused(f"found {type(item).__name__} in the list, expected an object per lesion")
    location = item.get(LOCATION_KEY)
    if location is not None and not isinstance(location, str):
        raise DataRefused(f"{LOCATION_KEY!r} is {type(location).__name__}, expected a string")
    return Lesion(_text(item, MORPHOLOGY_KEY), location, _uptake(item.get(FDG_KEY), any_spelling))


def parse_lesions(data: object, any_spelling: bool = False) -> tuple[Lesion, ...]:
    """Lesions of one file's JSON value: a list, a bare object, or a string that itself is JSON of either."""
    if isinstance(data, str):
        data = json.loads(data)
    if isinstance(data, dict):
        data = [data]
    if not isinstance(data, list):
        raise DataRefused(f"found {type(data).__name__}, expected a list of lesions")
    return tuple(_lesion(item, any_spelling) for item in data)


def read_json(path: Path) -> object:
    """The JSON value of a UTF-8 file; raises :class:`DataRefused` naming the file and what is wrong with it."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataRefused(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise DataRefused(f"{path}: not UTF-8 (byte {error.start})") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataRefused(f"{path}: not JSON ({_where(error)})") from error


def _where(error: Exception) -> str:
    return f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"


def read_lesions(path: Path, any_spelling: bool = False) -> tuple[Lesion, ...]:
    """The lesions of one file; raises :class:`DataRefused` naming the file."""
    data = read_json(path)
    try:
        return parse_lesions(data, any_spelling)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataRefused(f"{path}: holds a string that is not JSON ({_where(error)})") from error
    except DataRefused as error:
        raise DataRefused(f"{path}: {error}") from error


def split_location(location: str, unsplittable: frozenset[str]) -> tuple[str, ...]:
    """The single places of a location text, lower-cased; empty when nothing of two words or more is left."""
    whole = location.lower().removeprefix("ở ")
    if whole in unsplittable:
        return (whole,)
    parts = [part.strip() for part in whole.split(";" if ";" in whole else ",")]
    places = [piece for part in parts if part for piece in _split_and(part, unsplittable)]
    return tuple(place for place in places if len(place.split()) > 1)


def _split_and(part: str, unsplittable: frozenset[str]) -> list[str]:
    if " và " not in part or part in unsplittable:
        return [part]
    pieces = [piece.strip() for piece in part.split(" và ")]
    return [part] if any(len(piece.split()) == 1 for piece in pieces) else pieces


def _split_all(lesions: Iterable[Lesion], unsplittable: frozenset[str]) -> tuple[list[Lesion], bool]:
    """One lesion per location, and whether the end of the list was reached (a missing location stops it)."""
    items = list(lesions)
    out: list[Lesion] = []
    for index, lesion in enumerate(items):
        if lesion.location is None:
            return out + items[index:], False
        out += [lesion.at(place) for place in split_location(lesion.location, unsplittable)]
    return out, True


def split_pair(
    gold: Iterable[Lesion], predicted: Iterable[Lesion], unsplittable: frozenset[str]
) -> tuple[list[Lesion], list[Lesion]]:
    """Both lists with one lesion per location; a gold lesion without a location leaves the predictions unsplit."""
    gold_items, whole = _split_all(gold, unsplittable)
    return gold_items, _split_all(predicted, unsplittable)[0] if whole else list(predicted)
