"""Rows of reports -> rows of findings."""

from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import orjson

from vimedsynth.findings import Finding, read_findings
from vimedsynth.lesions import is_lesion, official_lesions
from vimedsynth.reports import Report, Section, flat_report
from vimedsynth.studies import Study, read_report


def plain(value: object) -> Any:
    """Dataclasses, enums, sets and tuples as JSON values; a span as ``[start, end]``."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Finding):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (set, frozenset)):
        return sorted(plain(v) for v in value)
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value


def report_of(value: str | dict[str, Any]) -> Report:
    """A flat text or an object of sections as a report. Raises BadReport for an object that is no report."""
    if isinstance(value, str):
        return flat_report(value)
    return read_report(Study("", "", report_text=orjson.dumps(value).decode()))


def extract_row(row: dict[str, Any], keys: str, region: str | None, everything: bool) -> dict[str, Any]:
    """One output row of ``extract``."""
    report = report_of(row["report"])
    section = Section(region) if region else None
    head = {"patient_id": row.get("patient_id")}
    if keys == "vimed-pet":
        return {**head, "lesions": official_lesions(report, section, everything)}
    found = [
        f for f in read_findings(report)
        if (section is None or f.section is section) and (everything or (is_lesion(f) and not f.reactive))
    ]  # fmt: skip
    return {**head, "findings": plain(found)}
