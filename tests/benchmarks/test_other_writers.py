"""What is read of reports that nobody had in mind: other diseases, other writers, other hospitals."""

import re
from collections import Counter
from typing import Any

import pytest

from benchmarks.corruption.natural import judged, read_texts, text_of
from vimedsynth.findings import Finding, read_findings
from vimedsynth.lesions import PLACE, SHAPE, is_lesion, official_lesion
from vimedsynth.reports import flat_report

DATA = read_texts("other_writers.json")
KINDS = ("numbers", "place", "side", "uptake", "count")


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\w/¼]+", text.lower()))


def _agrees(want: dict[str, Any], found: Finding) -> tuple[bool, ...]:
    """Whether a finding has the numbers, the words of the place, the sides, the uptake and the count that it should."""
    sizes = sorted(tuple(sorted(s.dims_mm)) for s in found.sizes)
    lesion = official_lesion(found)
    said = _words(" ".join([lesion[PLACE], lesion[SHAPE], *(p.text for p in found.places)]))
    place = _words(want["place"]) - {"nhóm", "vùng"}
    sides = {s for p in found.places if p.side for s in (("left", "right") if p.side == "both" else (str(p.side),))}
    return (
        sizes == sorted(tuple(sorted(map(float, s))) for s in want["sizes"])
        and sorted({s.value for s in found.suvs}) == want["suvs"],
        len(place & said) >= 0.8 * len(place),
        sides == set(want["sides"]),
        found.uptake == want["uptake"],
        "count" not in want or found.count == want["count"],
    )


def _score() -> tuple[Counter[str], list[str]]:
    """How many findings are right of each kind, and the sentences of those that are not."""
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for name, row in DATA["reports"].items():
        text = text_of(row)
        found = [f for f in read_findings(flat_report(text)) if is_lesion(f) and not f.reactive and not f.boilerplate]
        at = 0
        for _, sentence, *wanted in row["lines"]:
            start = text.index(sentence, at)
            at = start + len(sentence)
            mine = [f for f in found if any(s.start < at and start < s.end for s in f.spans)]
            for want in wanted[0] if wanted else []:
                best = max(mine, key=lambda f: (sum(_agrees(want, f)), _agrees(want, f)), default=None)
                marks = _agrees(want, best) if best else (False,) * len(KINDS)
                right.update(kind for kind, ok in zip(KINDS, marks, strict=True) if ok)
                right["all"] += 1
                if best:
                    mine.remove(best)
                if not all(marks):
                    wrong.append(f"{name}: {sentence}")
    return right, wrong


def test_findings_of_other_writers_are_read() -> None:
    right, wrong = _score()
    assert right["all"] >= 250
    for kind in KINDS:
        assert right[kind] >= 0.97 * right["all"], (kind, wrong)


def test_every_sentence_of_other_writers_is_in_its_section() -> None:
    wrong = []
    for name, row in DATA["reports"].items():
        text, at = text_of(row), 0
        report = flat_report(text)
        for section, sentence, *_ in row["lines"]:
            start = text.index(sentence, at)
            at = start + len(sentence)
            if any(s.section != section for s in report.sentences if s.span.start < at and start < s.span.end):
                wrong.append(f"{name}: {sentence}")
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize("supported", [True, False])
def test_answers_on_other_writers_are_judged(supported: bool) -> None:
    rows = [row for row in judged(("other_writers.json",)) if row.supported is supported]
    wrong = [f"{row.why}: {row.answer}" for row in rows if not row.right]
    assert len(rows) >= 100
    assert len(wrong) <= 1, wrong
