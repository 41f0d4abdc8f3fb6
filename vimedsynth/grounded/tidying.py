"""A finding in the words in which a clinician would repeat it."""

import re
from dataclasses import replace

from vimedsynth.findings import Finding
from vimedsynth.grounded.clauses import parse_clause
from vimedsynth.grounded.text import cleaned, lower_first, squeezed
from vimedsynth.grounded.wordings import table
from vimedsynth.reports import Report
from vimedsynth.sections import without_heading

_STATES = frozenset({"state", "atrophy", "enlargement"})
"""Heads whose sentence says how an organ is ("thận phải teo nhỏ so với thận trái") and is kept whole."""


def tidied(finding: Finding, report: Report) -> Finding:
    """The finding with its words as a clinician would repeat them.

    Where the sentence it was read from is one clause whose every word has a known role, the pieces of that clause are
    taken; otherwise the words of the finding itself, with a preposition before the place and brackets closed.
    """
    finding = _with_clean_reading(_with_written_sizes(finding, report))
    if finding.invasions:
        invasions = tuple(replace(invasion, text=cleaned(invasion.text)) for invasion in finding.invasions)
        finding = replace(finding, invasions=invasions)
    clause = parse_clause(cleaned(without_heading(finding.spans[0].of(report.text))))
    if clause is not None and not clause.head.endswith((" và", ",")):
        return replace(
            finding,
            morphology=", ".join([clause.head, *clause.attributes]) if clause.head else "",
            place_text=clause.place,
            uptake_text=clause.uptake or finding.uptake_text,
        )
    if finding.head == "uptake":
        finding = _uptake_alone(finding)
    if finding.head in _STATES or not (finding.morphology.strip() or finding.uptake_text):
        own = own_sentence(finding, report)
        place = lower_first(finding.place_text)
        return replace(finding, morphology=place if place and "," in own and place in own else own, place_text="")
    if "lớn nhất" in finding.place_text:  # "..., hạch lớn nhất ở nhóm IV bên phải, có kích thước ..."
        finding = _of_largest(finding)
    place = _closed(finding.place_text)
    place = re.sub(r", (?:hạch|nốt|khối|nang) lớn nhất .*$", "", place)
    prefix = "" if not place or place.startswith(("ở ", "tại ", "trong ", "trên ")) else "ở "
    morphology = _closed(finding.morphology)
    return replace(finding, morphology=lower_first(morphology), place_text=prefix + place)


def _with_written_sizes(finding: Finding, report: Report) -> Finding:
    """A single number is called a diameter only where the report does; a lone "10 mm" of a size is a lost "< 10 mm"."""
    told = " ".join(span.of(report.text) for span in finding.spans)
    sizes = []
    for size in finding.sizes:
        named = f"đường kính {size.text}" in told or f"đường kính nhỏ {size.text}" in told
        if size.kind == "diameter" and not named:
            lost = size.op == "=" and size.dims_mm == (10.0,)
            size = replace(size, kind="axes", op="<" if lost else size.op)
        sizes.append(size)
    return replace(finding, sizes=tuple(sizes)) if tuple(sizes) != finding.sizes else finding


def _with_clean_reading(finding: Finding) -> Finding:
    """The reading without an SUV in brackets that stood behind it."""
    reading = finding.reading
    if reading is None or "SUV" not in reading.phrase:
        return finding
    phrase = re.sub(r"\s*\(\s*SUV[^()]*\)?", "", reading.phrase)
    return replace(finding, reading=replace(reading, phrase=phrase))


def _uptake_alone(finding: Finding) -> Finding:
    """A finding of uptake whose place or pattern was read as its morphology, put right."""
    words = finding.morphology.strip(" ,")
    if re.match(table("clauses")["relation"], words):
        return replace(finding, morphology="", place_text=finding.place_text or words)
    return replace(finding, morphology="", uptake_text=squeezed(f"{finding.uptake_text} {words}"))


def _of_largest(finding: Finding) -> Finding:
    """The finding with its measures told of its largest part."""
    sizes = tuple(replace(size, applies_to="largest") for size in finding.sizes)
    return replace(finding, sizes=sizes, suvs=tuple(replace(suv, applies_to="largest") for suv in finding.suvs))


def own_sentence(finding: Finding, report: Report) -> str:
    """The sentence of a finding as a phrase: without "Hình ảnh" and the full stop."""
    text = re.sub(r"^Hình ảnh ", "", cleaned(without_heading(finding.spans[0].of(report.text))))
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
