"""Argilla 2: the files of ``Dataset.to_disk`` (settings and records), and its records with responses back in.

Argilla knows users by UUID; ``users.json`` beside the records says which reviewer each one is.
"""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.errors import DataRefused
from vimedsynth.review.assets import known_reasons
from vimedsynth.review.decisions import DECIDING, Decision, content_of
from vimedsynth.review.desk import Desk
from vimedsynth.review.exchange.words import Opinion, readings, task_of, text_of
from vimedsynth.review.files import pretty

_NAMES = uuid.UUID("6f2b3c0e-6c2e-5d5c-9d8e-0d9f4b6a7c11")


def user_id(reviewer: str) -> str:
    """The UUID that stands for a reviewer."""
    return str(uuid.uuid5(_NAMES, reviewer))


def write(desk: Desk) -> dict[str, bytes]:
    """Settings, records with the decisions that hold as responses, and who the users are."""
    terms = desk.protocol.terms
    users = {user_id(name): name for name in (*terms.readers, *terms.adjudicators)}
    records = [_record(desk, sample_id) for sample_id in desk.protocol.ids]
    return {
        ".argilla/dataset.json": pretty({"name": "vimedsynth-review", "allow_extra_metadata": True}),
        ".argilla/settings.json": pretty(settings()),
        "records.json": pretty(records),
        "users.json": pretty(users),
    }


def settings() -> dict[str, Any]:
    """The dataset's fields and questions."""
    verdicts = [{"value": str(v), "text": str(v), "description": None} for v in sorted(DECIDING)]
    reasons = [{"value": code, "text": r["vi"], "description": None} for code, r in known_reasons().items()]
    return {
        "guidelines": "Chấp nhận, sửa hoặc từ chối mẫu so với báo cáo.",
        "allow_extra_metadata": True,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
        "fields": [_field("report", "Báo cáo", False), _field("sample", "Mẫu cần thẩm định", True)],
        "questions": [
            _question("verdict", "Quyết định", True, {"type": "label_selection", "options": verdicts}),
            _question("reason", "Lý do từ chối", False, {"type": "label_selection", "options": reasons}),
            _question("edited", "Bản sửa", False, {"type": "text", "use_markdown": False}),
            _question("note", "Ghi chú", False, {"type": "text", "use_markdown": False}),
        ],
        "vectors": [],
        "metadata": [],
        "mapping": None,
    }


def _field(name: str, title: str, required: bool) -> dict[str, Any]:
    return {"name": name, "title": title, "required": required, "settings": {"type": "text", "use_markdown": False}}


def _question(name: str, title: str, required: bool, settings: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "title": title, "description": None, "required": required, "settings": settings}


def _record(desk: Desk, sample_id: str) -> dict[str, Any]:
    row, report = task_of(desk, sample_id)
    responses: dict[str, list[dict[str, str]]] = {}
    for decision in readings(desk, sample_id):
        for name, value in _values(decision).items():
            responses.setdefault(name, []).append({"value": value, "user_id": user_id(decision.reviewer)})
    return {
        "id": sample_id,
        "fields": {"report": report, "sample": text_of(content_of(row.data))},
        "metadata": {"sample_sha256": row.sha256, "task": row.data["task"], "region": row.data.get("region") or ""},
        "suggestions": {},
        "responses": responses,
        "vectors": {},
    }


def _values(decision: Decision) -> dict[str, str]:
    edited = text_of(decision.after) if decision.after is not None else ""
    values = {"verdict": str(decision.verdict), "reason": decision.reason, "edited": edited, "note": decision.note}
    return {name: value for name, value in values.items() if value}


def read(path: Path) -> Iterator[Opinion | str]:
    """The opinions in a folder with ``records.json``. Raises DataRefused when it cannot be read."""
    folder = path if path.is_dir() else path.parent
    try:
        records = orjson.loads((folder / "records.json").read_bytes())
        users = orjson.loads((folder / "users.json").read_bytes())
    except (OSError, orjson.JSONDecodeError) as exc:
        raise DataRefused(f"{folder}: expected Argilla's records.json, and users.json with the users' names") from exc
    if not isinstance(records, list) or not isinstance(users, dict):
        raise DataRefused(f"{folder}: expected a list of records and a table of users")
    for record in records:
        yield from _opinions(record, users)


def _opinions(record: Any, users: dict[str, str]) -> Iterator[Opinion | str]:
    try:
        said: dict[str, dict[str, str]] = {}
        for name, responses in (record.get("responses") or {}).items():
            for response in responses:
                said.setdefault(str(response["user_id"]), {})[name] = str(response["value"])
        sha256 = str(record["metadata"]["sample_sha256"])
        for user, values in said.items():
            verdict, reason, note, edited = (values.get(k, "") for k in ("verdict", "reason", "note", "edited"))
            name = users.get(user, user)
            yield Opinion(name, str(record["id"]), sha256, verdict, reason, note, edited, 0.0)
    except (AttributeError, KeyError, TypeError):
        yield "record-not-readable"
