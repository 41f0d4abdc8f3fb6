"""The guards, in order. A guard lets a candidate pass or objects with a stable code and the words; it never repairs."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from vimedsynth.answers import judge_answer
from vimedsynth.answers.questions import lead_of
from vimedsynth.facts import Fact, sentence_facts
from vimedsynth.reports import Report, Section, Sentence, Span, nfc, sentence_spans
from vimedsynth.samples import Candidate, Case, Objection, Task, Turn
from vimedsynth.sources import REGION_OF_SECTION, source_of

_MARKED = "ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
VIETNAMESE = frozenset(_MARKED + _MARKED.upper())
MARKED = re.compile(rf"[{_MARKED}{_MARKED.upper()}]\S*")
WORD = re.compile(r"[^\W\d_]+")
FOREIGN = re.compile(r"[\u0400-\u04ff\u0590-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
ESCAPED = re.compile(r"\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|&#\d+;|\ufffd")


class Verdict(NamedTuple):
    """Objections refuse the text; notes are about the source or about harmless differences."""

    objections: tuple[Objection, ...] = ()
    notes: tuple[Objection, ...] = ()

    @property
    def accepted(self) -> bool:
        return not self.objections


def language_objections(text: str) -> tuple[Objection, ...]:
    """Not Vietnamese, or broken on its way (escapes, replacement characters)."""
    if not text.strip():
        return (Objection("empty", "the text is empty", ""),)
    if ("\\" in text or "&#" in text or "\ufffd" in text) and ESCAPED.search(text):
        return (Objection("escaped-text", "the text holds escape sequences instead of letters", text[:80]),)
    if FOREIGN.search(text) or _mostly_plain(text):
        return (Objection("not-vietnamese", "the text is not Vietnamese", text[:80]),)
    return ()


def _mostly_plain(text: str) -> bool:
    """Whether more than four words in five, of four words or more, have no Vietnamese letter."""
    if 10 * len(MARKED.findall(text)) > len(text):
        return False  # a word takes two characters with its space: a fifth of them are Vietnamese, however they are cut
    words = WORD.findall(text)
    return len(words) >= 4 and sum(map(VIETNAMESE.isdisjoint, words)) > 0.8 * len(words)


@lru_cache(maxsize=2048)
def check_answer(report: Report, question: str, answer: str) -> Verdict:
    """Judge a free answer to a question against a report.

    Cached: what a grounded writer read over before it handed it in is judged again on its way into a run.
    """
    question, answer = nfc(question), nfc(answer)
    wrong = language_objections(answer)
    if wrong:
        return Verdict(wrong)
    judge = judge_answer(source_of(report), question, answer)
    return Verdict(tuple(judge.objections), tuple(judge.notes))


def check_text(report: Report, text: str) -> Verdict:
    """Judge a paraphrase of the whole report (or of the sections that ``report`` holds): nothing added, nothing lost."""
    from vimedsynth.paraphrases import judge_paraphrase

    text = nfc(text)
    wrong = language_objections(text)
    return Verdict(wrong) if wrong else judge_paraphrase(report, text)


def section_report(report: Report, section: Section) -> Report:
    """The part of a report that one section holds; the text and its offsets stay those of the whole."""
    return Report(report.text, report.section(section))


def review(case: Case, candidate: Candidate) -> Verdict:
    """All guards over one candidate: evidence, language, facts. A comparison is judged by :func:`review_comparison`."""
    if candidate.task is Task.PARAPHRASE:
        report = section_report(case.report, candidate.section) if candidate.section else case.report
        return check_text(report, candidate.text or "")
    objections: list[Objection] = []
    notes: list[Objection] = []
    asked = [" ".join(turn.question.lower().split()) for turn in candidate.turns] if len(candidate.turns) > 1 else [""]
    for number, turn in enumerate(candidate.turns):
        if asked[number] in asked[:number]:
            objections.append(Objection("repeated-question", "the conversation asks this twice", turn.question))
        objections.extend(evidence_objections(case.report, turn))
        verdict = check_answer(case.report, turn.question, turn.answer)
        objections.extend(verdict.objections)
        notes.extend(verdict.notes)
    return Verdict(tuple(objections), tuple(notes))


def evidence_objections(report: Report, turn: Turn) -> list[Objection]:
    """Every answer points at text of the report, and what it points at supports it."""
    if not turn.evidence:
        return [Objection("evidence-missing", "the answer points at no sentence of the report", turn.answer)]
    for span in turn.evidence:
        if not 0 <= span.start < span.end <= len(report.text) or span.of(report.text).isspace():
            return [
                Objection("evidence-outside", f"[{span.start}, {span.end}) selects nothing of the report", turn.answer)
            ]
    shown = sentences_at(report, turn.evidence)
    if not shown:
        return [Objection("evidence-outside", "the evidence holds no sentence of the report", turn.answer)]
    return (
        []
        if _supports(shown, turn.answer)
        else [Objection("evidence-not-supporting", "the evidence does not say this", turn.answer)]
    )


def _supports(sentences: Sequence[Sentence], answer: str) -> bool:
    """The evidence holds every number of the answer, and a place or form of it where the answer has any."""
    _, rest = lead_of(answer)  # read as the judge of the answer reads it: once for both
    said = [f for span in sentence_spans(rest) for f in sentence_facts(span.of(rest))]
    shown = [f for s in sentences for f in sentence_facts(s.text)]
    numbers = _numbers(said)
    if numbers and not numbers <= _numbers(shown):
        return False
    words: set[str] = set()
    for fact in said:
        words.update(fact.heads, *[item.atoms for item in fact.items])
    if not words or "region:body" in words:
        return True
    for fact in shown:
        if not words.isdisjoint(fact.heads) or not all(words.isdisjoint(item.wider) for item in fact.items):
            return True
    return any(not words.isdisjoint(REGION_OF_SECTION[s.section]) for s in sentences)


def _numbers(facts: Sequence[Fact]) -> set[float | tuple[float, ...]]:
    """Their SUVs, and the axes of their sizes."""
    numbers: set[float | tuple[float, ...]] = set()
    for fact in facts:
        numbers.update(fact.suvs)
        if fact.sizes:
            numbers.update([measure.dims for measure in fact.sizes])
    return numbers


def sentences_at(report: Report, spans: Sequence[Span]) -> list[Sentence]:
    """The sentences of the report that one of ``spans`` touches, in order."""
    ends = _ends(report)
    found: dict[int, Sentence] = {}
    for span in spans:
        number = bisect_right(ends, span.start)
        while number < len(ends) and (sentence := report.sentences[number]).span.start < span.end:
            found[number] = sentence
            number += 1
    return [found[number] for number in sorted(found)]


@lru_cache(maxsize=64)
def _ends(report: Report) -> list[int]:
    """Where its sentences end."""
    return [sentence.span.end for sentence in report.sentences]
