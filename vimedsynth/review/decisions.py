"""What a physician decides about a sample, read strictly from what the page sends."""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from vimedsynth.samples import Task, content_id

MAX_TEXT = 20_000
MAX_NOTE = 2_000
MAX_ELAPSED_MS = 3_600_000
OTHER = "other"
"""The reason that says nothing without a note."""
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class BadInput(ValueError):
    """A request that cannot be read; the message is a stable code."""


class Verdict(StrEnum):
    """The physician's word on a sample. ``skip`` puts it off and decides nothing."""

    ACCEPT = "accept"
    EDIT = "edit"
    REJECT = "reject"
    SKIP = "skip"


DECIDING = frozenset({Verdict.ACCEPT, Verdict.EDIT, Verdict.REJECT})


@dataclass(frozen=True, slots=True)
class Edit:
    """New words. ``turns`` has one entry for each turn of the sample, None for a dropped one; or ``text``."""

    turns: tuple[tuple[str, str] | None, ...] | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as recorded; ``before`` and ``after`` are the content (``turns`` or ``text``) of the sample."""

    number: int
    at: str
    reviewer: str
    role: str
    sample_id: str
    sample_sha256: str
    verdict: Verdict
    reason: str
    note: str
    before: dict[str, Any]
    after: dict[str, Any] | None
    objections: tuple[str, ...]
    elapsed_ms: int

    def json(self) -> dict[str, Any]:
        """The decision as it is exported."""
        return {
            "number": self.number,
            "at": self.at,
            "reviewer": self.reviewer,
            "role": self.role,
            "sample_id": self.sample_id,
            "sample_sha256": self.sample_sha256,
            "verdict": str(self.verdict),
            "reason": self.reason,
            "note": self.note,
            "before": self.before,
            "after": self.after,
            "objections": list(self.objections),
            "elapsed_ms": self.elapsed_ms,
        }


@dataclass(frozen=True, slots=True)
class Submission:
    """What the page sends. ``confirmed`` says that the physician saw the guard's objections to the edit."""

    key: str
    sample_id: str
    sample_sha256: str
    verdict: Verdict
    reason: str
    note: str
    edit: Edit | None
    confirmed: bool
    elapsed_ms: int


def clean_text(value: object, limit: int) -> str:
    """``value`` as NFC text without control characters. Raises BadInput for anything else or for too much."""
    if not isinstance(value, str):
        raise BadInput("text-expected")
    if len(value) > limit:
        raise BadInput("text-too-long")
    return _CONTROL.sub("", unicodedata.normalize("NFC", value).replace("\r\n", "\n")).strip()


def read_key(value: object) -> str:
    """The name that makes a request safe to send twice."""
    if not isinstance(value, str) or not _KEY.fullmatch(value):
        raise BadInput("bad-key")
    return value


def _turn(value: object) -> tuple[str, str] | None:
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BadInput("turn-expected")
    question, answer = (clean_text(value.get(name), MAX_TEXT) for name in ("question", "answer"))
    if not question or not answer:
        raise BadInput("empty-turn")
    return question, answer


def read_edit(value: object) -> Edit:
    """New words from the page. Raises BadInput."""
    if not isinstance(value, dict):
        raise BadInput("edit-expected")
    if "text" in value:
        text = clean_text(value["text"], MAX_TEXT)
        if not text:
            raise BadInput("empty-text")
        return Edit(text=text)
    turns = value.get("turns")
    if not isinstance(turns, list) or not 0 < len(turns) <= 64:
        raise BadInput("turns-expected")
    read = tuple(_turn(turn) for turn in turns)
    if all(turn is None for turn in read):
        raise BadInput("no-turn-left")
    return Edit(turns=read)


def _elapsed(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadInput("bad-elapsed")
    return min(value, MAX_ELAPSED_MS)


def read_submission(data: object, reasons: frozenset[str]) -> Submission:
    """A decision from the page; ``reasons`` are the known ones. Raises BadInput with a code."""
    if not isinstance(data, dict):
        raise BadInput("object-expected")
    try:
        verdict = Verdict(str(data.get("verdict")))
    except ValueError:
        raise BadInput("unknown-verdict") from None
    reason = clean_text(data.get("reason", ""), 64)
    if (verdict is Verdict.REJECT) != bool(reason) or (reason and reason not in reasons):
        raise BadInput("reason-expected" if verdict is Verdict.REJECT else "reason-not-expected")
    note = clean_text(data.get("note", ""), MAX_NOTE)
    if reason == OTHER and not note:
        raise BadInput("note-expected")
    return Submission(
        read_key(data.get("key")),
        clean_text(data.get("sample_id"), 256),
        clean_text(data.get("sample_sha256"), 64),
        verdict,
        reason,
        note,
        read_edit(data.get("edit")) if verdict is Verdict.EDIT else None,
        data.get("confirmed") is True,
        _elapsed(data.get("elapsed_ms", 0)),
    )


def content_of(data: dict[str, Any]) -> dict[str, Any]:
    """The content of a sample row: its ``turns`` or its ``text``."""
    return {"turns": data["turns"]} if data.get("turns") is not None else {"text": data["text"]}


def edited_content(data: dict[str, Any], edit: Edit) -> dict[str, Any]:
    """The content of ``data`` with the new words; evidence and types stay. Raises BadInput when they do not fit."""
    if edit.text is not None:
        if data.get("turns") is not None:
            raise BadInput("turns-expected")
        return {"text": edit.text}
    old = data.get("turns")
    if old is None or edit.turns is None or len(edit.turns) != len(old):
        raise BadInput("turns-do-not-fit")
    pairs = zip(old, edit.turns, strict=True)
    return {"turns": [{**turn, "question": new[0], "answer": new[1]} for turn, new in pairs if new is not None]}


def with_content(data: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    """``data`` with other content and therefore another id."""
    name = content_id(data["study_id"], data.get("region") or "", Task(data["task"]), content)
    return {**data, **content, "id": name}
