"""A sample as plain text and back, and an opinion that came from elsewhere."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from vimedsynth.review.decisions import BadInput, Decision, Verdict, content_of, read_submission
from vimedsynth.review.desk import Desk, NotYours, Stale
from vimedsynth.review.rows import Row

ASK, SAY = "Hỏi: ", "Đáp: "
_BLOCK = re.compile(r"Hỏi: (.+?)\nĐáp: (.+)", re.S)
_NEXT = re.compile(r"\n\s*\n(?=Hỏi: )")


@dataclass(frozen=True, slots=True)
class Opinion:
    """A decision as another tool tells it; ``text`` holds the new words of an edit."""

    reviewer: str
    sample_id: str
    sample_sha256: str
    verdict: str
    reason: str
    note: str
    text: str
    seconds: float


def text_of(content: dict[str, Any]) -> str:
    """Content as text: ``Hỏi: ... / Đáp: ...`` blocks with an empty line between turns, or the text itself."""
    if "text" in content:
        return str(content["text"])
    return "\n\n".join(f"{ASK}{turn['question']}\n{SAY}{turn['answer']}" for turn in content["turns"])


def edit_of(text: str, content: dict[str, Any]) -> dict[str, Any]:
    """The page's form of an edit from text. Raises BadInput when the turns cannot be told apart."""
    if "text" in content:
        return {"text": text}
    blocks = [_BLOCK.fullmatch(block.strip()) for block in _NEXT.split(text.strip())]
    if any(block is None for block in blocks):
        raise BadInput("turns-not-readable")
    return {"turns": [{"question": b.group(1), "answer": b.group(2)} for b in blocks if b]}


def task_of(desk: Desk, sample_id: str) -> tuple[Row, str]:
    """A sample and the text of its report, empty without a corpus."""
    row = desk.rows.row(sample_id)
    report, _ = desk.sources.report_of_sample(
        row.data["study_id"], (row.data.get("provenance") or {}).get("report_sha256")
    )
    return row, report.text if report else ""


def readings(desk: Desk, sample_id: str) -> list[Decision]:
    """The decisions on a sample that hold, readers first."""
    people = (*desk.protocol.readers_of[sample_id], *desk.protocol.terms.adjudicators)
    return [d for name in people if (d := desk.ledger.decided(sample_id, name))]


def take_in(desk: Desk, opinions: Iterable[Opinion | str], reasons: frozenset[str]) -> Counter[str]:
    """Record opinions as decisions of their reviewers; how many were ``taken``, and why the others were not.

    The same file again changes nothing: a decision's key is its content.
    """
    counts: Counter[str] = Counter()
    for opinion in opinions:
        counts[opinion if isinstance(opinion, str) else _take(desk, opinion, reasons)] += 1
    return counts


def _take(desk: Desk, opinion: Opinion, reasons: frozenset[str]) -> str:
    if opinion.sample_id not in desk.rows.lines:
        return "unknown-sample"
    if desk.protocol.role(opinion.reviewer) is None:
        return "unknown-reviewer"
    try:
        content = content_of(desk.rows.row(opinion.sample_id).data)
        edit = edit_of(opinion.text, content) if opinion.verdict == Verdict.EDIT else None
        desk.decide(opinion.reviewer, read_submission(_body(opinion, edit), reasons))
    except BadInput as error:
        return str(error)
    except NotYours:
        return "not-in-queue"
    except Stale:
        return "sample-changed"
    return "taken"


def _body(opinion: Opinion, edit: dict[str, Any] | None) -> dict[str, Any]:
    fields = [opinion.reviewer, opinion.sample_id, opinion.verdict, opinion.reason, opinion.note, opinion.text]
    return {
        "key": hashlib.sha256(orjson.dumps(fields)).hexdigest(),
        "sample_id": opinion.sample_id,
        "sample_sha256": opinion.sample_sha256,
        "verdict": opinion.verdict,
        "reason": opinion.reason,
        "note": opinion.note,
        "edit": edit,
        "confirmed": True,
        "elapsed_ms": max(0, int(opinion.seconds * 1000)),
    }
