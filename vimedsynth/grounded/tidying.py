"""A finding in the words in which a clinician would repeat it."""

import re
from dataclasses import replace

from vimedsynth.findings import Finding, Reading, Size
from vimedsynth.grounded.clauses import parse_clause
from vimedsynth.grounded.text import cleaned, lower_first, squeezed
from vimedsynth.grounded.wordings import table
from vimedsynth.reports import Report
from vimedsynth.sections import without_heading

_LARGEST = re.compile(r", (?:hạch|nốt|khối|nang) lớn nhất .*$")
_STATES = frozenset({"state", "atrophy", "enlargement"})
"""Heads whose sentence says how an organ is ("thận phải teo nhỏ so với thận trái") and is kept whole."""


def tidied(finding: Finding, report: Report) -> Finding:
    """The finding with its words as a clinician would repeat them.

    Where the sentence it was read from is one clause whose every word has a known role, the pieces of that clause are
    taken; otherwise the words of the finding itself, with a preposition before the place and brackets closed.
    """
    sizes, suvs = _written_sizes(finding, report), finding.suvs
    words, largest = _words(finding, report)
    if largest:
        sizes = tuple(replace(size, applies_to="largest") for size in sizes)
        suvs = tuple(replace(suv, applies_to="largest") for suv in suvs)
    morphology, place, uptake = words
    return finding._replace(
        morphology=morphology,
        place_text=place,
        uptake_text=uptake,
        sizes=sizes,
        suvs=suvs,
        reading=_clean_reading(finding.reading),
        invasions=tuple([replace(invasion, text=cleaned(invasion.text)) for invasion in finding.invasions]),
    )


def _words(finding: Finding, report: Report) -> tuple[tuple[str, str, str], bool]:
    """Its morphology, its place and its uptake, and whether the sentence is about the largest of several."""
    clause = parse_clause(cleaned(without_heading(finding.spans[0].of(report.text))))
    if clause is not None and not clause.head.endswith((" và", ",")):
        head = ", ".join([clause.head, *clause.attributes]) if clause.head else ""
        return (head, clause.place, clause.uptake or finding.uptake_text), False
    morphology, place, uptake = finding.morphology, finding.place_text, finding.uptake_text
    if finding.head == "uptake":
        morphology, place, uptake = _uptake_alone(morphology, place, uptake)
    if finding.head in _STATES or not (morphology.strip() or uptake):
        own, place = own_sentence(finding, report), lower_first(place)
        return (place if place and "," in own and place in own else own, "", uptake), False
    largest = "lớn nhất" in place  # "..., hạch lớn nhất ở nhóm IV bên phải, có kích thước ..."
    place = _closed(place)
    place = _LARGEST.sub("", place) if ", " in place else place
    prefix = "" if not place or place.startswith(("ở ", "tại ", "trong ", "trên ")) else "ở "
    return (lower_first(_closed(morphology)), prefix + place, uptake), largest


def _written_sizes(finding: Finding, report: Report) -> tuple[Size, ...]:
    """A single number is called a diameter only where the report does; a lone "10 mm" of a size is a lost "< 10 mm"."""
    if not any(size.kind == "diameter" for size in finding.sizes):
        return finding.sizes
    told = " ".join(span.of(report.text) for span in finding.spans)
    sizes = []
    for size in finding.sizes:
        named = f"đường kính {size.text}" in told or f"đường kính nhỏ {size.text}" in told
        if size.kind == "diameter" and not named:
            lost = size.op == "=" and size.dims_mm == (10.0,)
            size = replace(size, kind="axes", op="<" if lost else size.op)
        sizes.append(size)
    return tuple(sizes)


def _clean_reading(reading: Reading | None) -> Reading | None:
    """The reading without an SUV in brackets that stood behind it."""
    if reading is None or "SUV" not in reading.phrase:
        return reading
    return replace(reading, phrase=re.sub(r"\s*\(\s*SUV[^()]*\)?", "", reading.phrase))


def _uptake_alone(morphology: str, place: str, uptake: str) -> tuple[str, str, str]:
    """The words of a finding of uptake whose place or pattern was read as its morphology, put right."""
    words = morphology.strip(" ,")
    if re.match(table("clauses")["relation"], words):
        return "", place or words, uptake
    return "", place, squeezed(f"{uptake} {words}")


def own_sentence(finding: Finding, report: Report) -> str:
    """The sentence of a finding as a phrase: without "Hình ảnh" and the full stop."""
    text = cleaned(without_heading(finding.spans[0].of(report.text))).removeprefix("Hình ảnh ")
    return lower_first(squeezed(re.sub(r"\b2 bên\b", "hai bên", text)))


def one_clause(sentence: str) -> bool:
    """Whether the sentence is one clause whose every word has a known role."""
    return parse_clause(cleaned(sentence)) is not None


def _closed(text: str) -> str:
    """``text`` without what dangles at its ends, its bracket closed."""
    text = squeezed(cleaned(text))
    for word in ("và", "kèm"):
        text = text.removeprefix(f"{word} ").removesuffix(f" {word}").rstrip(" ,")
    return f"{text})" if text.count("(") > text.count(")") else text
