"""Rows of pairs and paraphrases from anywhere -> verdicts."""

from functools import lru_cache
from typing import Any

import orjson

from vimedsynth.extraction import report_of
from vimedsynth.guards import Verdict, check_answer, check_text
from vimedsynth.reports import Report, flat_report, nfc
from vimedsynth.samples import Objection


@lru_cache(maxsize=512)
def _text(text: str) -> Report:
    return flat_report(text)


@lru_cache(maxsize=512)
def _sections(value: bytes) -> Report:
    return report_of(orjson.loads(value))


def _report(value: str | dict[str, Any]) -> Report:
    return _text(value) if isinstance(value, str) else _sections(orjson.dumps(value))


def _rows(items: tuple[Objection, ...]) -> list[dict[str, str]]:
    return [{"code": o.code, "message": o.message, "quote": o.quote} for o in items]


def verdict_of(row: dict[str, Any]) -> Verdict:
    """The verdict on ``{"report", "question", "answer"}`` or ``{"report", "text"}``."""
    if fault := _unfit(row):
        return Verdict((Objection("schema", fault, ""),))
    if isinstance(row.get("text"), str):
        return check_text(_report(row["report"]), nfc(row["text"]))
    return check_answer(_report(row["report"]), nfc(row["question"]), nfc(row["answer"]))


def _unfit(row: dict[str, Any]) -> str | None:
    """Why a row is neither a pair nor a paraphrase that can be judged."""
    if isinstance(row["report"], str) and not row["report"].strip():
        return "report is empty; expected the text that the answer is held against"
    pair = [name for name in ("question", "answer") if isinstance(row.get(name), str)]
    if isinstance(row.get("text"), str):
        return (
            f"{' and '.join(pair)} beside text; expected a pair or a paraphrase, each in a row of its own"
            if pair
            else None
        )
    return None if len(pair) == 2 else "expected question and answer, or text, as strings"


def check_row(row: dict[str, Any]) -> dict[str, Any]:
    """One output row of ``check``."""
    verdict = verdict_of(row)
    out = {"id": row.get("id"), "accepted": verdict.accepted, "objections": _rows(verdict.objections)}
    return {**out, "notes": _rows(verdict.notes)} if verdict.notes else out
