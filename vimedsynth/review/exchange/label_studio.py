"""Label Studio: ``tasks.json`` and ``config.xml`` out, its JSON export in. Format: labelstud.io/guide/task_format."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import orjson

from vimedsynth.errors import DataRefused
from vimedsynth.review.assets import known_reasons
from vimedsynth.review.decisions import DECIDING, Decision, content_of
from vimedsynth.review.desk import Desk
from vimedsynth.review.exchange.words import Opinion, readings, task_of, text_of
from vimedsynth.review.files import pretty


def write(desk: Desk) -> dict[str, bytes]:
    """The project's labelling interface and one task a sample, with the decisions that hold as annotations."""
    tasks = [_task(desk, number, sample_id) for number, sample_id in enumerate(desk.protocol.ids, 1)]
    return {"config.xml": config().encode(), "tasks.json": pretty(tasks)}


def config() -> str:
    """The labelling interface."""
    verdicts = "".join(f"<Choice value={quoteattr(str(v))}/>" for v in sorted(DECIDING))
    reasons = "".join(
        f"<Choice value={quoteattr(code)} hint={quoteattr(r['vi'])}/>" for code, r in known_reasons().items()
    )
    return (
        '<View>\n<Header value="Báo cáo"/>\n<Text name="report" value="$report"/>\n'
        '<Header value="Mẫu cần thẩm định"/>\n<Text name="sample" value="$sample"/>\n'
        f'<Choices name="verdict" toName="sample" choice="single" required="true">{verdicts}</Choices>\n'
        '<Choices name="reason" toName="sample" choice="single" visibleWhen="choice-selected" '
        f'whenTagName="verdict" whenChoiceValue="reject">{reasons}</Choices>\n'
        '<TextArea name="edited" toName="sample" value="$sample" rows="8" maxSubmissions="1" editable="true" '
        'visibleWhen="choice-selected" whenTagName="verdict" whenChoiceValue="edit"/>\n'
        '<TextArea name="note" toName="sample" rows="2" maxSubmissions="1" editable="true"/>\n</View>\n'
    )


def _task(desk: Desk, number: int, sample_id: str) -> dict[str, Any]:
    row, report = task_of(desk, sample_id)
    data = {
        "sample_id": sample_id,
        "sample_sha256": row.sha256,
        "report": report,
        "sample": text_of(content_of(row.data)),
        "task": row.data["task"],
        "region": row.data.get("region") or "",
    }
    return {"id": number, "data": data, "annotations": [_annotation(d) for d in readings(desk, sample_id)]}


def _annotation(decision: Decision) -> dict[str, Any]:
    result = [_choice("verdict", str(decision.verdict))]
    if decision.reason:
        result.append(_choice("reason", decision.reason))
    if decision.after is not None:
        result.append(_area("edited", text_of(decision.after)))
    if decision.note:
        result.append(_area("note", decision.note))
    return {
        "completed_by": {"first_name": decision.reviewer, "email": ""},
        "created_at": decision.at,
        "lead_time": decision.elapsed_ms / 1000,
        "was_cancelled": False,
        "result": result,
    }


def _choice(name: str, value: str) -> dict[str, Any]:
    return {"from_name": name, "to_name": "sample", "type": "choices", "value": {"choices": [value]}}


def _area(name: str, value: str) -> dict[str, Any]:
    return {"from_name": name, "to_name": "sample", "type": "textarea", "value": {"text": [value]}}


def read(path: Path) -> Iterator[Opinion | str]:
    """The opinions in a JSON export. Raises DataRefused when the file is no list of tasks."""
    try:
        tasks = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as exc:
        raise DataRefused(f"{path}: not JSON; expected Label Studio's JSON export") from exc
    if not isinstance(tasks, list):
        raise DataRefused(f"{path}: expected a list of tasks, as Label Studio's JSON export is")
    for task in tasks:
        yield from _opinions(task)


def _opinions(task: Any) -> Iterator[Opinion | str]:
    try:
        for annotation in task.get("annotations") or ():
            yield "cancelled" if annotation.get("was_cancelled") else _opinion(task["data"], annotation)
    except (AttributeError, KeyError, TypeError, IndexError, ValueError):
        yield "task-not-readable"


def _opinion(data: dict[str, Any], annotation: dict[str, Any]) -> Opinion:
    said: dict[str, str] = {}
    for region in annotation["result"]:
        value = region["value"].get("choices") or region["value"].get("text") or [""]
        said[region["from_name"]] = value if isinstance(value, str) else str(value[0])
    by = annotation.get("completed_by")
    name = (by.get("first_name") or by.get("email") or str(by.get("id", ""))) if isinstance(by, dict) else str(by)
    return Opinion(
        name,
        str(data["sample_id"]),
        str(data["sample_sha256"]),
        said.get("verdict", ""),
        said.get("reason", ""),
        said.get("note", ""),
        said.get("edited", ""),
        float(annotation.get("lead_time") or 0),
    )
