"""Operators on the report as a whole: findings dropped, added, their attributes exchanged, scope, prior values."""

import re
from collections.abc import Iterator
from itertools import combinations

from benchmarks.corruption.source import (
    ADVICE,
    DIMS,
    FINDINGS,
    LARGEST,
    NEGATIVE,
    PHYSIOLOGIC,
    SUV,
    Source,
    overlap,
    sources,
    words,
)
from vimedsynth.evaluation.boilerplate import is_boilerplate
from vimedsynth.reports import Report, Section

Changes = dict[int, str]
"""Sentence number -> its new text; empty takes the sentence out."""


def _findings(report: Report) -> list[Source]:
    return [
        source
        for source in sources(report)
        if source.sentence.section in FINDINGS and source.is_finding and not is_boilerplate(source.text)
    ]


def drop_finding(report: Report) -> Iterator[Changes]:
    """10: one finding gone with the sentences about it and its echo in the impression."""
    for source in _findings(report):
        if LARGEST.match(source.text):
            continue
        gone = {source.sentence.number, *_about(report, source.sentence.number)}
        for echo in report.section(Section.IMPRESSION):
            if overlap(echo.text, source.text) >= 0.6 or overlap(source.text, echo.text) >= 0.6:
                gone |= {echo.number, *_about(report, echo.number)}
        rest = [s.text for s in report.sentences if s.number not in gone]
        if all(overlap(source.text, other) < 0.5 for other in rest) and len(gone) < len(report.sentences):
            yield dict.fromkeys(gone, "")


def _about(report: Report, number: int) -> list[int]:
    """The numbers of the sentences right after that speak of the same finding."""
    out = []
    for sentence in report.sentences[number:]:
        if not (LARGEST.match(sentence.text) or ADVICE.match(sentence.text)):
            break
        out.append(sentence.number)
    return out


def _sex(report: Report) -> str | None:
    if re.search(r"tiền liệt|tinh hoàn|dương vật", report.text, re.I):
        return "male"
    return "female" if re.search(r"tử cung|buồng trứng|tuyến vú", report.text, re.I) else None


def add_finding(report: Report) -> Iterator[tuple[Changes, str, Section]]:
    """11: a finding of an organ that the report does not speak of, after the first finding of that section."""
    for name, organ, not_for, text in words()["additions"]:
        rows = report.section(Section(name))
        spoken = any(re.search(organ, s.text, re.I) and not PHYSIOLOGIC.search(s.text) for s in report.sentences)
        if rows and not spoken and not (not_for and _sex(report) in {not_for, None}):
            yield {rows[0].number: f"{rows[0].text} {text}"}, text, Section(name)


def swap_attributes(report: Report) -> Iterator[Changes]:
    """13: SUV or size of two findings of one section exchanged; every token stays in the report."""
    rows = [source for source in _findings(report) if source.now == source.text]
    for first, second in combinations(rows, 2):
        if first.sentence.section is not second.sentence.section or not _apart(first, second):
            continue
        for pattern, group in ((SUV, 1), (DIMS, 0)):
            found = [list(pattern.finditer(source.text)) for source in (first, second)]
            if [len(hits) for hits in found] != [1, 1]:
                continue
            one, two = found[0][0], found[1][0]
            if sorted(re.findall(r"\d+", one[group])) != sorted(re.findall(r"\d+", two[group])):
                yield {
                    first.sentence.number: _put(first.text, one, two[group], group),
                    second.sentence.number: _put(second.text, two, one[group], group),
                }


def _put(text: str, match: re.Match[str], new: str, group: int) -> str:
    return text[: match.start(group)] + new + text[match.end(group) :]


def _apart(first: Source, second: Source) -> bool:
    """Whether the two findings differ in more than their numbers, so that an exchange is no renaming."""

    def plain(source: Source) -> str:
        lead = source.before.text if LARGEST.match(source.text) and source.before else ""
        return re.sub(r"\d+(?:[.,]\d+)?", "#", lead + source.text)

    return plain(first) != plain(second)


_PLACE = re.compile(
    r"\b(?:ở|tại) ([^,.();]+?)(?= (?:không tăng|tăng|khả năng|tương ứng|có kích|kích thước|đường)|[,.();])"
)


def exclusion(report: Report) -> Iterator[tuple[str, str, Source]]:
    """18: (question, answer, the finding it denies): "besides A nothing", while B of another section is avid."""
    avid = [
        source
        for source in _findings(report)
        if re.search(r"(?<!không )tăng chuyển hóa", source.text)
        and SUV.search(source.now)
        and "không tăng" not in source.text
    ]
    for first in avid:
        place = _PLACE.search(first.text)
        other = next((s for s in avid if s.sentence.section is not first.sentence.section), None)
        if place and other and not re.search(r"\bvà\b", place[1]):
            name = place[1].strip()
            question = f"Ngoài {name}, có vị trí nào khác tăng chuyển hóa FDG khu trú bất thường không?"
            yield question, f"Không, ngoài {name} chưa phát hiện vị trí nào khác tăng chuyển hóa FDG bất thường.", other


_PRIOR_PART = re.compile(r"\(?so với(?P<prior>[^()]*?(?:\([^()]*\)[^()]*)?)\)?\.?$")


def swap_prior(report: Report) -> Iterator[Changes]:
    """22: the current value exchanged with the one of the earlier study."""
    for source in sources(report):
        cut = _PRIOR_PART.search(source.text)
        if not cut or NEGATIVE.match(source.text):
            continue
        for pattern, group in ((SUV, 1), (DIMS, 0)):
            now, then = pattern.search(source.text[: cut.start()]), pattern.search(source.text, cut.start())
            if now and then and now[group] != then[group]:
                text = _put(source.text, then, now[group], group)
                yield {source.sentence.number: _put(text, now, then[group], group)}
