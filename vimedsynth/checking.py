"""Rows of pairs and paraphrases from anywhere -> verdicts."""

from functools import lru_cache
from typing import Any

from vimedsynth.guards import Verdict, check_answer, check_text
from vimedsynth.reports import Report, flat_report, nfc
from vimedsynth.samples import Objection


@lru_cache(maxsize=512)
def _report(text: str) -> Report:
    return flat_report(text)


def _rows(items: tuple[Objection, ...]) -> list[dict[str, str]]:
    return [{"code": o.code, "message": o.message, "quote": o.quote} for o in items]


def verdict_of(row: dict[str, Any]) -> Verdict:
    """The verdict on ``{"report", "question", "answer"}`` or ``{"report", "text"}``."""
    report = _report(row["report"])
    if isinstance(row.get("text"), str):
        return check_text(report, nfc(row["text"]))
    if not (isinstance(row.get("question"), str) and isinstance(row.get("answer"), str)):
        fault = "expected question and answer, or text, as strings"
        return Verdict((Objection("schema", fault, ""),))
    return check_answer(report, nfc(row["question"]), nfc(row["answer"]))


def check_row(row: dict[str, Any]) -> dict[str, Any]:
    """One output row of ``check``."""
    verdict = verdict_of(row)
    out = {"id": row.get("id"), "accepted": verdict.accepted, "objections": _rows(verdict.objections)}
    return {**out, "notes": _rows(verdict.notes)} if verdict.notes else out
