"""The fact guard on a physician's edit. It objects; the physician decides."""

from collections.abc import Callable
from typing import Any

from vimedsynth.guards import Verdict, check_answer, check_text
from vimedsynth.reports import Report
from vimedsynth.samples import Objection, Task

Judge = Callable[[Report, dict[str, Any], dict[str, Any]], tuple[Objection, ...]]
"""(report, sample row, new content) -> what the guard has against the new words."""


def judge_edit(report: Report, data: dict[str, Any], content: dict[str, Any]) -> tuple[Objection, ...]:
    """The objections to the turns that were changed, or to the new text. A comparison speaks of two reports: none."""
    if "text" in content:
        whole = data["task"] == Task.PARAPHRASE and data.get("region") in (None, "", "whole")
        return check_text(report, content["text"]).objections if whole else ()
    before = {(turn["question"], turn["answer"]) for turn in data["turns"]}
    pairs = [(turn["question"], turn["answer"]) for turn in content["turns"]]
    return tuple(o for pair in pairs if pair not in before for o in _verdict(report, *pair).objections)


def _verdict(report: Report, question: str, answer: str) -> Verdict:
    return check_answer(report, question, answer)
