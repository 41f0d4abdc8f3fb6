"""A finding's sentence cut into its pieces: nothing is lost, and what does not fit is not cut at all.

A rewrite may only move and reword pieces whose kind is known. ``parse_clause`` therefore either accounts for every word
of the sentence or returns None, and the caller falls back to rewording in place.
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from vimedsynth.grounded.text import listed
from vimedsynth.grounded.wordings import table

_BRACKETED = re.compile(r"\([^()]*\)")
_SECOND_SIZE = re.compile(r"\bvà \d+(?:[.,]\d+)?(?: x \d+(?:[.,]\d+)?)? ?[mc]m\b")


@dataclass(frozen=True, slots=True)
class Clause:
    """The pieces of one sentence, each as written; an empty string where the sentence has none."""

    head: str  # "nốt mờ, bờ tua gai"; empty when the uptake itself is the finding
    place: str = ""  # with its preposition
    size: str = ""  # "kích thước 29 x 23 mm"
    largest: tuple[str, str] | None = None  # ("hạch", "12 x 10 mm")
    uptake: str = ""
    suv: str = ""  # "(SUVmax: 11,2)"
    attributes: tuple[str, ...] = ()  # "xâm lấn rốn phổi phải", in writing order
    reading: str = ""

    @property
    def words(self) -> str:
        """All pieces in one string, for checks that no word was lost."""
        largest = " ".join(self.largest or ())
        return " ".join(
            [self.head, self.place, self.size, largest, self.uptake, self.suv, *self.attributes, self.reading]
        )


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    raw = table("clauses")
    stop = (
        rf"(?=,? ?{raw['size']}|,? ?{raw['uptake']}| ?{raw['suv']}|{raw['largest'].replace('?P<lhead>', '?:').replace('?P<lsize>', '?:').replace('?P<lkind>', '?:')}"
        rf"|{raw['reading']}|, {raw['attribute']}|$)"
    )
    place = rf"(?:ở|tại) .+?{stop}"
    reading = rf"{raw['reading']}.*$"
    pieces = "|".join(
        [
            rf"(?P<suv>{raw['suv']})",
            rf"(?P<reading>{reading})",
            rf"(?P<size>{raw['size']})",
            rf"(?P<uptake>{raw['uptake']})",
            rf"(?P<place>{place})",
        ]
    )
    return {
        "opening": re.compile(raw["opening"]),
        "complex": re.compile(raw["complex"]),
        "attribute": re.compile(raw["attribute"]),
        "not_head": re.compile(raw["not_head"]),
        "denial": re.compile(raw["denial"]),
        "pieces": re.compile(rf"(?P<largest>{raw['largest']})|(?:(?<=\s)|(?<=,)|^)(?:{pieces})"),
        "pattern": re.compile(raw["pattern"] + "$"),
    }


@cache
def _bare_places() -> list[re.Pattern[str]]:
    return [re.compile(pattern) for pattern in table("clauses")["bare_place"]]


def _head(text: str) -> tuple[str, list[str]]:
    """The head proper and the attributes that follow it after commas ("khối mờ", ["bờ đa cung", "hoại tử"])."""
    first, *others = listed(text.strip(" ,"))
    if all(_patterns()["attribute"].match(other) for other in others) and not first.startswith("dày,"):
        return first, others
    return text.strip(" ,"), []


@lru_cache(maxsize=4096)
def parse_clause(sentence: str) -> Clause | None:
    """The clause of one sentence without its full stop, or None when some word of it has no known role."""
    patterns = _patterns()
    opening = patterns["opening"].match(sentence)
    body = sentence[opening.end() :] if opening else sentence[:1].lower() + sentence[1:]
    if patterns["complex"].search(body) or patterns["denial"].match(sentence):
        return None
    found: dict[str, list[str]] = {}
    rests: list[str] = []
    largest, position = None, 0
    for match in patterns["pieces"].finditer(body):
        kind = match.lastgroup if match.lastgroup not in {"lhead", "lkind", "lsize"} else "largest"
        rests.append(body[position : match.start()])
        found.setdefault(str(kind), []).append(match.group().strip(" ,"))
        if kind == "largest":
            largest = (match["lhead"], f"{match['lkind'] or 'kích thước'} {match['lsize']}")
        position = match.end()
    rests.append(body[position:])
    if any(len(pieces) > 1 for pieces in found.values()):
        return None
    return _assemble({kind: pieces[0] for kind, pieces in found.items()}, rests, largest)


def _assemble(found: dict[str, str], rests: list[str], largest: tuple[str, str] | None) -> Clause | None:
    patterns = _patterns()
    head, attributes = _head(rests[0])
    for rest in rests[1:]:
        text = rest.strip(" ,")
        if not text:
            continue
        if patterns["pattern"].match(text) and "uptake" in found:
            found = {**found, "uptake": f"{found['uptake']} {text}"}
        elif patterns["attribute"].match(text):
            attributes.append(text)
        else:
            return None
    if (not head and "uptake" not in found) or patterns["not_head"].search(head):
        return None
    place = found.get("place", "")
    if not _balanced(head + " ".join(attributes) + place):
        return None
    if "và " in place and _SECOND_SIZE.search(place):
        return None  # "16 mm ở hạ phân thùy VII và 8 mm ở hạ phân thùy II": the second value belongs to its own place
    clause = Clause(
        head,
        place,
        found.get("size", ""),
        largest,
        found.get("uptake", ""),
        found.get("suv", ""),
        tuple(attributes),
        found.get("reading", ""),
    )
    return _with_place(clause)


def _balanced(text: str) -> bool:
    """Whether every bracket of the text is opened and closed."""
    bare = _BRACKETED.sub("", text) if "(" in text else text
    return "(" not in bare and ")" not in bare


def _with_place(clause: Clause) -> Clause:
    """ "hạch rốn phổi phải" says the same as "hạch ở rốn phổi phải": the bare place becomes a place of its own."""
    if clause.place:
        return clause
    for pattern in _bare_places():
        bare = pattern.fullmatch(clause.head)
        if bare:
            return replace(clause, head=bare["head"], place=f"ở {bare['place']}")
    return clause
