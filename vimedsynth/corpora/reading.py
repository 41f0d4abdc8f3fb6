"""The report of one study: bytes -> sections, with everything that is wrong named."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import orjson

from vimedsynth.encodings import is_mojibake
from vimedsynth.reports import Report, Section, flat_report, nfc, sectioned_report
from vimedsynth.studies import Problem, Study

MAX_BYTES = 1_000_000
"""A report is about 4 kB; what is larger than this is not a report."""

_FINDINGS = frozenset(Section) - {Section.IMPRESSION}


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong, before the file is known."""

    code: str
    message: str
    excludes: bool = False


def fold_key(key: str) -> str:
    """``key`` without marks, case, spaces and dashes: hoá = hóa, NFD = NFC, ``Đầu - cổ`` = ``đầu–cổ``."""
    plain = unicodedata.normalize("NFD", key.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if letter.isalnum() and not unicodedata.combining(letter))


@cache
def _names() -> dict[str, str]:
    text = files("vimedsynth.corpora").joinpath("keys.json").read_bytes()
    return {fold_key(key): name for name, keys in orjson.loads(text).items() for key in keys}


def read_parts(study: Study) -> tuple[Report | None, tuple[Problem, ...]]:
    """The report of ``study`` and its problems; None when it cannot be used."""
    report, faults = _read(study)
    where = study.source or study.study_id
    problems = (Problem(f.code, where, f.message, study.study_id, f.excludes) for f in faults)
    return report, tuple(problems)


def _read(study: Study) -> tuple[Report | None, list[_Fault]]:
    text = study.report_text
    if text is None:
        loaded = _load(study)
        if isinstance(loaded, _Fault):
            return None, [loaded]
        text = loaded
    is_json = text.lstrip().startswith("{") or (
        study.report_text is None and study.report_path is not None and study.report_path.suffix == ".json"
    )
    if not text.strip():
        return None, [_Fault("report-empty", "the report is empty", excludes=True)]
    if is_mojibake(text):
        told = "UTF-8 that was read as Latin-1 or windows-1252 and saved again; expected Vietnamese letters"
        return None, [_Fault("report-mojibake", told, excludes=True)]
    report, faults = _from_json(text) if is_json else (flat_report(text), [])
    if report is None:
        return None, faults
    return _judge(report, faults)


def _load(study: Study) -> str | _Fault:
    if study.report_path is None:
        return _Fault("missing-report", "the study names no report", excludes=True)
    try:
        with study.report_path.open("rb") as handle:
            data = handle.read(MAX_BYTES + 1)
    except OSError as error:
        return _Fault("report-unreadable", f"cannot be read ({type(error).__name__})", excludes=True)
    return decode(data)


def decode(data: bytes) -> str | _Fault:
    """UTF-8 with or without a byte-order mark, as NFC text; else the fault."""
    if len(data) > MAX_BYTES:
        return _Fault("report-too-large", f"more than {MAX_BYTES} bytes; expected one report", excludes=True)
    try:
        return nfc(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _Fault("report-not-utf8", f"byte {error.start} is not UTF-8", excludes=True)


def _judge(report: Report, faults: list[_Fault]) -> tuple[Report | None, list[_Fault]]:
    if not report.sentences:
        return None, [*faults, _Fault("report-empty", "no section holds any text", excludes=True)]
    if not report.sections & _FINDINGS:
        faults.append(_Fault("missing-findings", "an impression without findings"))
    if Section.IMPRESSION not in report.sections:
        faults.append(_Fault("missing-impression", "findings without an impression"))
    return report, faults


def _from_json(text: str) -> tuple[Report | None, list[_Fault]]:
    try:
        value = orjson.loads(text)
        if isinstance(value, str) and value.lstrip().startswith("{"):
            value = orjson.loads(value)  # a JSON string that itself is JSON occurs in the published files
    except orjson.JSONDecodeError as error:
        return None, [
            _Fault("report-not-json", f"not JSON at line {error.lineno}, column {error.colno}", excludes=True)
        ]
    if isinstance(value, str):
        return flat_report(value), []
    if not isinstance(value, dict):
        message = f"a JSON {type(value).__name__}; expected an object of sections or a text"
        return None, [_Fault("report-not-object", message, excludes=True)]
    parts: dict[Section, str] = {}
    faults = list(_collect(value, parts))
    return sectioned_report(parts), faults


def _collect(value: dict[str, object], parts: dict[Section, str]) -> Iterator[_Fault]:
    """Fill ``parts`` from an object of sections, nested under "findings" or not; yield what does not fit."""
    for key, content in value.items():
        name = _names().get(fold_key(key))
        if name is None:
            yield _Fault("unknown-section", f"key {nfc(key)[:60]!r} is no section of a report; left out")
        elif name == "findings" and isinstance(content, dict):
            yield from _collect(content, parts)
        elif (body := _text(content)) is None:
            yield _Fault("section-not-text", f"section {nfc(key)[:60]!r} is {type(content).__name__}; expected text")
        elif name == "findings":
            for section, piece in flat_parts(body).items():
                parts.setdefault(section, piece)
        elif body.strip():
            parts[Section(name)] = body


def _text(content: object) -> str | None:
    if content is None:
        return ""
    if isinstance(content, list) and all(isinstance(line, str) for line in content):
        return "\n".join(content)
    return content if isinstance(content, str) else None


def flat_parts(text: str) -> dict[Section, str]:
    """The sections of a flat text, as texts."""
    report = flat_report(text)
    found: dict[Section, str] = {}
    for section in Section:
        if rows := report.section(section):
            found[section] = report.text[rows[0].span.start : rows[-1].span.end]
    return found
