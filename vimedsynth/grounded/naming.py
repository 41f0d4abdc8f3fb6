"""How a finding is named: in the report's own words, and so that no other finding of the report has the same name."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from vimedsynth.findings import Finding, Polarity, Size, Uptake
from vimedsynth.grounded.clauses import parse_clause
from vimedsynth.grounded.text import cleaned, listed, squeezed
from vimedsynth.reports import Report

NAMED = (Polarity.PRESENT, Polarity.POSTOPERATIVE)
"""How a finding is asserted that has a name."""
_COUNT = re.compile(r"(vài|nhiều|một vài|một số|hai|ba|một|các) ", re.I)
_LARGEST = re.compile(r"^(khối hạch|đám hạch|hạch|nốt|nang|khối|u|nhân|sỏi|đám mờ|tổn thương)\b")
_MANY = frozenset({"vài", "nhiều", "hai", "ba", "một vài", "một số"})
_HISTORY = re.compile(
    r"đã (?:được )?(?:điều trị|chẩn đoán)|sau (?:điều trị|phẫu thuật)|tái phát|tồn dư|ảnh hưởng của phẫu"
)
_SIDE_WORDS = ("phải", "trái", "bên")
_BRACKETED = re.compile(r"\([^()]*\)?")
_NO_HEAD = re.compile(r"^[Hh]ình ảnh |, [^,]*lớn nhất$")
_UNIT = re.compile(r"(\d) ?(mm|cm)")
_AXES = re.compile(r"\d[\d.,]*(?: ?x ?\d[\d.,]*){0,2}(?: (?:mm|cm))?")
_CROSS = re.compile(r" ?x ?")
_SIDE = re.compile(r"\s*(?:-\s*)?(?:ở )?(?:bên )?\b(?:phải|trái)\b|\s*\b(?:hai|2|cả hai) bên\b")


def uncounted(text: str) -> str:
    """``text`` without the count word it begins with: "vài hạch" -> "hạch"."""
    count = _COUNT.match(text)
    return text[count.end() :] if count else text


class Name(NamedTuple):
    """The names of one finding.

    ``asked`` names it in a question ("các hạch ở rốn phổi phải"), ``told`` in an answer ("vài hạch ở rốn phổi phải"),
    ``noun`` is what it is without its place, ``largest`` the largest of several. ``by`` says which attribute had to be
    added to tell it from another finding: "", "size" or "suv"; ``shared`` that nothing tells them apart.
    """

    asked: str
    told: str
    noun: str
    largest: str
    greatest: str = ""  # "nang lớn nhất", with a place of its own where the report gives one
    by: str = ""
    shared: bool = False


def short(finding: Finding) -> str:
    """The morphology up to its first comma, without brackets: "nốt mờ" of "nốt mờ, bờ tua gai"."""
    return _short(finding.morphology)


@lru_cache(maxsize=1024)
def _short(morphology: str) -> str:
    return squeezed(_BRACKETED.sub("", morphology).split(",")[0])


def is_uptake(finding: Finding) -> bool:
    """Whether the finding is nothing but uptake ("tăng chuyển hóa FDG khu trú ở ...")."""
    return not finding.morphology.strip() and bool(finding.uptake_text)


@lru_cache(maxsize=1024)
def size_words(size: Size) -> str:
    """A size with its kind: "kích thước 29 x 23 mm", "đường kính dưới 10 mm", "bề dày 21 mm"."""
    if size.kind == "few_mm" or not size.dims_mm:
        return "kích thước vài mm"
    text = squeezed(_UNIT.sub(r"\1 \2", size.text.replace("( ", "(").strip("()")))
    number = _AXES.search(text)
    value = number.group() if number else text
    if not value.endswith(("mm", "cm")):
        value = f"{value} mm"
    value = _CROSS.sub(" x ", value)
    kind = {"diameter": "đường kính", "length": "chiều dài", "thickness": "bề dày"}.get(size.kind, "kích thước")
    return f"{kind} {'dưới ' if size.op == '<' else ''}{value}"


def sizes_of(finding: Finding, *, largest: bool) -> tuple[Size, ...]:
    """The sizes that are about the whole finding, or those about its largest part."""
    return tuple([size for size in finding.sizes if (size.applies_to == "largest") == largest]) if finding.sizes else ()


def _first_name(finding: Finding) -> Name:
    place = f" {finding.place_text}" if finding.place_text else ""
    noun = short(finding) if place else squeezed(finding.morphology)
    if is_uptake(finding):
        text = squeezed(f"hình ảnh {finding.uptake_text or finding.morphology}{place}")
        return Name(text, text, "hình ảnh tăng chuyển hóa FDG", text, "tổn thương lớn nhất")
    bare = uncounted(noun)
    many = (finding.count or "") in _MANY or noun != bare
    kind = _LARGEST.match(bare)
    greatest = f"{kind[1] if kind else bare} lớn nhất"
    asked = f"các {bare}" if many else bare
    largest = squeezed(greatest + place) if place else f"{greatest} trong số {asked}"
    return Name(squeezed(asked + place), squeezed(noun + place), asked, largest, greatest)


def _distinguished(finding: Finding, name: Name, rivals: list[Finding]) -> Name:
    """The name with a size or an SUV added, whichever the rivals do not share."""
    for by, words in (("size", _size_mark), ("suv", _suv_mark)):
        mark = words(finding)
        if mark and all(words(rival) != mark for rival in rivals):
            return name._replace(asked=f"{name.asked} {mark}", told=f"{name.told} {mark}", by=by)
    return name._replace(shared=True)


def with_largest(name: Name, finding: Finding, report: Report) -> Name:
    """The name with the words of the sentence about the largest: "Nang lớn nhất ... ở thận trái"."""
    for span in finding.spans[1:]:
        clause = parse_clause(cleaned(span.of(report.text)))
        if clause is not None and clause.head.endswith("lớn nhất"):
            place = f" {clause.place}" if clause.place else ""
            own = squeezed(clause.head + place)
            return name._replace(largest=own, greatest=own) if place else name
    return name


def _size_mark(finding: Finding) -> str:
    own = sizes_of(finding, largest=False)
    return f"có {size_words(own[0])}" if len(own) == 1 else ""


def _suv_mark(finding: Finding) -> str:
    return f"có {finding.suvs[0].kind} {finding.suvs[0].text.strip()}" if len(finding.suvs) == 1 else ""


def names_of(findings: Iterable[Finding]) -> dict[str, Name]:
    """The name of each finding that is seen (not denied, not physiologic), by id; unique wherever the words allow it."""
    seen = [f for f in findings if f.polarity in NAMED]
    first = {finding.id: _first_name(finding) for finding in seen}
    times = Counter(name.asked.lower() for name in first.values())
    named = {}
    for finding in seen:
        name = first[finding.id]
        vague = not finding.place_text and not finding.places and not is_uptake(finding)
        if times[name.asked.lower()] > 1 or vague:
            rivals = [f for f in seen if f is not finding and first[f.id].asked.lower() == name.asked.lower()]
            name = _distinguished(finding, name, rivals) if rivals or _size_mark(finding) else name
        named[finding.id] = name
    return named


def uptake_words(finding: Finding, *, with_suv: bool = True) -> str:
    """The uptake as written, with its SUV: "tăng chuyển hóa FDG không đều (SUVmax: 8,3)"; "" if unstated."""
    text = squeezed(finding.uptake_text)
    if finding.uptake is Uptake.UNSTATED or not text:
        return ""
    if not with_suv or not finding.suvs:
        return text
    return f"{text} ({suv_words(finding)})"


def suv_words(finding: Finding) -> str:
    """The SUV values as written: "SUVmax: 8,3", "SUVmax lần lượt là 10 và 8,7"."""
    values = [suv.text.strip() for suv in finding.suvs]
    kind = finding.suvs[0].kind
    return f"{kind}: {values[0]}" if len(values) == 1 else f"{kind} lần lượt là {' và '.join(values)}"


@lru_cache(maxsize=1024)
def sideless(text: str) -> str:
    """``text`` without its words of side."""
    return squeezed(_SIDE.sub("", text) if any(map(text.__contains__, _SIDE_WORDS)) else text)


@lru_cache(maxsize=1024)
def of_history(text: str) -> bool:
    """Whether the words rest on what was known or done before this study."""
    return bool(_HISTORY.search(text))


def description(finding: Finding, name: Name) -> str:
    """All of a finding in one phrase, in the report's words and order of attributes."""
    place, uptake = finding.place_text, uptake_words(finding)
    if is_uptake(finding):
        parts = [squeezed(f"{uptake or finding.morphology} {place}")]
    else:
        whole = finding.morphology
        head, *others = listed(_NO_HEAD.sub("", whole) if "nh ảnh " in whole or "lớn nhất" in whole else whole)
        parts = [squeezed(f"{head} {place}"), *others]
    if finding.sizes:
        _tell_sizes(parts, finding, name)
    if finding.invasions:
        told = ", ".join(parts)
        parts += [invasion.text for invasion in finding.invasions if invasion.text not in told]
    if not is_uptake(finding):
        effects = [part for part in parts[1:] if part.startswith("gây ")]  # what it causes has no uptake of its own
        parts = [*(part for part in parts if part not in effects), uptake, *effects] if effects else [*parts, uptake]
    if finding.reading and not of_history(finding.reading.phrase):
        parts.append(finding.reading.phrase)
    return squeezed(", ".join(dict.fromkeys(filter(None, parts))))


def _tell_sizes(parts: list[str], finding: Finding, name: Name) -> None:
    """Add the sizes that the parts do not tell: those of all of it after the first, those of the largest at the end."""
    if not is_uptake(finding):
        sizes, told = (
            (size_words(size) for size in sizes_of(finding, largest=False)),
            finding.morphology + finding.place_text,
        )
        parts[1:1] = [words for words in sizes if words.split(" ", 2)[-1] not in told]
    said = " ".join(parts)
    parts += [
        f"{name.greatest} có {size_words(size)}"
        for size in sizes_of(finding, largest=True)
        if f"nhất {size_words(size).split(' ', 2)[-1]}" not in said  # "chỗ dày nhất 21 mm"
    ]
