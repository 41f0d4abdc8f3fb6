"""Items: a false text or a false answer with its report, its operator and the sentence that makes it false."""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.resources import files
from zlib import crc32

from benchmarks.corruption import assertions, attributes, places, whole
from benchmarks.corruption.rewrites import apply_many
from benchmarks.corruption.source import (
    DENIES,
    FINDINGS,
    LARGEST,
    PHYSIOLOGIC,
    Source,
    replaced,
    sources,
    stated_elsewhere,
    words,
)
from vimedsynth.reports import Report, Section, flat_report

SentenceOperator = Callable[[Source], Iterator[str]]

SENTENCE_OPERATORS: dict[str, SentenceOperator] = {
    "1": attributes.swap_side,
    "1b": attributes.one_side,
    "2": attributes.change_size,
    "3": attributes.change_suv,
    "4": attributes.shift_decimal,
    "5": assertions.flip_negation,
    "6": assertions.flip_uptake,
    "7a": places.change_lobe,
    "7b": places.change_segment,
    "7c": places.change_station,
    "7d": places.change_mediastinum,
    "7e": places.change_organ,
    "7f": places.change_third,
    "8": attributes.change_count,
    "9a": assertions.certainty_up,
    "9b": assertions.certainty_down,
    "12": attributes.change_unit,
    "15": assertions.invent_advice,
    "16": assertions.add_reading,
    "17": attributes.change_intensity,
    "19": assertions.flip_prior,
    "20": attributes.threshold_to_value,
    "21": places.change_shared_word,
}
IMPRESSION_OPERATORS = ("1", "5", "6", "7a", "7b", "7d", "7e", "9a", "9b")
"""What 14 does to an impression sentence alone."""
BOTH_PLACES = ("9a", "9b", "15", "19")
"""Operators whose own figures take impression sentences in: certainty and advice stand there."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One row of the table; ``codes`` is a pattern of the guard codes that name the fault rightly."""

    name: str
    title: str
    severity: int
    codes: str


@dataclass(frozen=True, slots=True)
class Item:
    """``text`` is a paraphrase of the whole report; else ``answer`` answers ``question``."""

    operator: str
    report: Report
    source: str  # what the report says
    false: str  # what the item says instead
    text: str | None = None
    question: str = ""
    answer: str = ""
    rewritten: bool = False  # the text or answer was then put in other words by rules that keep the meaning

    @property
    def mode(self) -> str:
        if self.text is None:
            return "reworded" if self.rewritten else "answer"
        return "rewritten" if self.rewritten else "text"

    def in_other_words(self, rng: random.Random) -> "Item":
        """The same item, as true or as false as it is, rewritten by many rules at once."""
        if self.text is not None:
            return replace(self, text=apply_many(flat_report(self.text), rng), rewritten=True)
        return replace(
            self, answer=_spoken(self.question, apply_many(flat_report(self.answer), rng), rng), rewritten=True
        )


def _spoken(question: str, answer: str, rng: random.Random) -> str:
    """A report's sentence as one would say it: "Hình ảnh nang ..." becomes "Có. Có nang ..."."""
    said = re.sub(
        r"^Hình ảnh (?!bắt xạ)", rng.choice(["Có hình ảnh ", "Ghi nhận ", "Có ", "Hình ảnh cho thấy "]), answer
    )
    yes = question.startswith("Có ") and said != answer and rng.random() < 0.5
    return f"Có. {said}" if yes else said


def operators() -> dict[str, Operator]:
    """The table of operators by name."""
    raw = files("benchmarks.corruption").joinpath("operators.json").read_text(encoding="utf-8")
    return {name: Operator(name, **row) for name, row in json.loads(raw)["operators"].items()}


def items(report: Report, seed: int) -> Iterator[Item]:
    """All items of one report, one variant of a change at random; the same seed gives the same items."""
    rng = random.Random(f"{seed}:{crc32(report.text.encode())}")
    restored = flat_report(restore_thresholds(report.text))
    for source in sources(report):
        for name, operator in SENTENCE_OPERATORS.items():
            if name != "20":
                yield from _sentence_items(name, operator, source, rng)
    for source in sources(restored):
        yield from _sentence_items("20", attributes.threshold_to_value, source, rng)
    yield from _whole_items(report, rng)


def restore_thresholds(text: str) -> str:
    """The report with the "<" that was lost from its standard thresholds of 10 mm ("nhỏ 10 mm", "( 10 mm)")."""
    text = re.sub(r"(?<=kích thước )(?:nhỏ )?(?=10 ?mm[,)])", "dưới ", text)
    return re.sub(r"\( ?(?=10 ?mm\))", "(< ", text)


def _sentence_items(name: str, operator: SentenceOperator, source: Source, rng: random.Random) -> Iterator[Item]:
    in_findings = source.sentence.section in FINDINGS
    variants = [new for new in operator(source) if new != source.text and not stated_elsewhere(source, new)]
    if not variants:
        return
    new = rng.choice(variants)
    text = replaced(source.report, {source.sentence.number: new})
    if in_findings or name in BOTH_PLACES:
        yield Item(name, source.report, source.text, new, text=text)
        if pair := question_answer(name, source, new):
            yield Item(name, source.report, source.text, new, question=pair[0], answer=pair[1])
    if not in_findings and name in IMPRESSION_OPERATORS:
        yield Item("14", source.report, source.text, new, text=text)


def question_answer(name: str, source: Source, false: str) -> tuple[str, str] | None:
    """A question that the sentence answers, and the changed sentence as its answer; None where no question fits.

    A sentence about an earlier study or treatment cannot be answered from one scan, so it is asked only where that
    is the point; the other side of a negative is a weaker statement that may well be true.
    """
    if (source.now != source.text or "điều trị" in source.text) and name not in ("19", "22"):
        return None
    if (name in ("1", "21") and DENIES.search(source.text)) or source.text.startswith("Không còn"):
        return None
    if name == "1b":  # one side alone is lossy, not false; so the answer denies the other
        if not source.is_finding:
            return None
        false = false.removesuffix(".") + ", bên còn lại không có tổn thương tương tự."
    if name == "15" and false.startswith(("Cần", "Nên", "Đối chiếu", "Lưu ý")):
        if source.before is None:
            return None
        false = f"{source.before.text} {false}"
    if LARGEST.match(source.text):
        if source.before is None or LARGEST.match(source.before.text):
            return None
        false = f"{source.before.text} {false}"
    return question_for(source), false


def question_for(source: Source) -> str:
    """A fitting question that gives nothing away."""
    if "các vị trí khác" in source.text:
        return "Ngoài các tổn thương đã mô tả, có vị trí nào khác tăng chuyển hóa FDG bất thường không?"
    if "tràn dịch màng phổi" in source.text:
        return "Có tràn dịch màng phổi hoặc màng tim không?"
    if PHYSIOLOGIC.search(source.text):
        return "Hình ảnh bắt xạ sinh lý được ghi nhận như thế nào?"
    if re.search(r"\bhạch\b", source.text, re.I) and source.sentence.section is not Section.IMPRESSION:
        place = re.search(r"góc hàm|nách|bẹn|trung thất|rốn phổi|thượng đòn", source.text)
        return f"Có hạch ở vùng {place[0]} không, và đặc điểm như thế nào?" if place else "Có hạch bất thường không?"
    question: str = words()["questions"][source.sentence.section]
    return question


def _whole_items(report: Report, rng: random.Random) -> Iterator[Item]:
    for changes in whole.drop_finding(report):
        first = report.sentences[min(changes) - 1].text
        yield Item("10", report, first, "", text=replaced(report, changes))
    for changes, added, section in whole.add_finding(report):
        item = Item("11", report, "", added, text=replaced(report, changes))
        yield item
        yield replace(item, text=None, question=words()["questions"][section], answer=added)
    swaps = list(whole.swap_attributes(report))
    for changes in rng.sample(swaps, min(6, len(swaps))):
        yield from _changed("13", report, changes)
    for question, answer, denied in whole.exclusion(report):
        yield Item("18", report, denied.text, answer, question=question, answer=answer)
    for changes in whole.swap_prior(report):
        yield from _changed("22", report, changes)


def _changed(name: str, report: Report, changes: whole.Changes) -> Iterator[Item]:
    number, false = min(changes.items())
    source = next(s for s in sources(report) if s.sentence.number == number)
    yield Item(name, report, source.text, false, text=replaced(report, changes))
    if not stated_elsewhere(source, false) and (pair := question_answer(name, source, false)):
        yield Item(name, report, source.text, false, question=pair[0], answer=pair[1])


def controls(report: Report) -> Iterator[Item]:
    """True items: the report as its own paraphrase, and each sentence as the answer to its question."""
    yield Item("control", report, report.text, report.text, text=report.text)
    for source in sources(report):
        if pair := question_answer("control", source, source.text):
            yield Item("control", report, source.text, source.text, question=pair[0], answer=pair[1])
