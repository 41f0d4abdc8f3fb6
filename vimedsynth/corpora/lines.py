"""A ``.jsonl`` of ``{"patient_id", "report"}``: text only, read line by line."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from vimedsynth.corpora.paths import safe_id
from vimedsynth.corpora.reading import MAX_BYTES
from vimedsynth.encodings import not_utf8
from vimedsynth.errors import DataRefused
from vimedsynth.lines import json_name
from vimedsynth.reports import nfc
from vimedsynth.samples import sha256_text
from vimedsynth.splits import SPLITS, paper_split
from vimedsynth.studies import Problem, Study

_LONGEST_LINE = 4 * MAX_BYTES
_SAME = "the same patient with the same report"
_OTHER = "the same study_id with another patient or report; expected an id of its own, and this line is left out"


class Lines:
    """Studies in line order. ``report`` is a text or an object of sections; ``study_id`` may be given."""

    def recognises(self, root: Path) -> bool:
        """A file whose name ends in .jsonl."""
        return root.is_file() and root.suffix == ".jsonl"

    def entries(self, root: Path) -> Iterator[Study | Problem]:
        """See :class:`vimedsynth.corpora.Layout`."""
        seen: dict[int, int] = {}  # id -> content, as hashes: a million ids must not cost a million strings
        for number, line in _readable(root):
            where = f"{root.name}:{number}"
            entry = _entry(line, where)
            if isinstance(entry, Study):
                name, content = hash(entry.study_id), hash((entry.patient_id, entry.report_text))
                if name in seen:
                    message = f"{entry.study_id} again: {_SAME if seen[name] == content else _OTHER}"
                    entry = Problem("duplicate-study", where, message, entry.study_id, excludes=True)
                else:
                    seen[name] = content
            yield entry


def _readable(path: Path) -> Iterator[tuple[int, bytes | None]]:
    try:
        yield from _lines(path)
    except OSError as error:
        raise DataRefused(f"{path}: cannot be read ({error.strerror or type(error).__name__})") from error


def _lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """``(number, line)`` for lines that are not blank; None for a line that is too long to be read."""
    number = 0
    with path.open("rb") as handle:
        while line := handle.readline(_LONGEST_LINE):
            number += 1
            if len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := handle.readline(_LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
                yield number, None
                continue
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if line.strip():
                yield number, line


def _entry(line: bytes | None, where: str) -> Study | Problem:
    if line is None:
        return Problem("line-too-long", where, f"more than {_LONGEST_LINE} bytes", excludes=True)
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Problem("bad-row", where, not_utf8(line) or f"not JSON at column {error.colno}", excludes=True)
    if not isinstance(row, dict):
        return Problem("bad-row", where, f"a JSON {json_name(row)}; expected an object", excludes=True)
    patient, report = row.get("patient_id"), row.get("report")
    if isinstance(report, dict):
        report = orjson.dumps(report).decode()
    if not isinstance(patient, str) or not patient.strip():
        return Problem("missing-patient", where, _no_patient(row), excludes=True)
    if not isinstance(report, str) or not report.strip():
        return Problem("report-empty", where, "report is empty or not a text", excludes=True)
    return _study(row, nfc(patient.strip()), nfc(report), where)


def _no_patient(row: dict[str, object]) -> str:
    value = row.get("patient_id")
    if "patient_id" not in row or value == "":
        return f"patient_id is {'missing' if value is None else 'empty'}; expected a text"
    said = f" ({value})" if isinstance(value, (int, float)) else ""
    return f"patient_id is a JSON {json_name(value)}{said}; expected a string that is not blank"


def _study(row: dict[str, object], patient: str, report: str, where: str) -> Study | Problem:
    given = row.get("study_id")
    study_id = given if isinstance(given, str) and given else f"{patient}-{sha256_text(report)[:12]}"
    if not safe_id(study_id):
        message = f"patient_id or study_id {study_id[:80]!r}; expected a plain name"
        return Problem("bad-study-id", where, message, excludes=True)
    split, year, month, sex = (row.get(name) for name in ("split", "year", "month", "sex"))
    year, month = (value if isinstance(value, int) else None for value in (year, month))
    return Study(
        study_id=study_id,
        patient_id=patient,
        report_text=report,
        split=split if isinstance(split, str) and split in SPLITS else paper_split(year, month),
        year=year,
        month=month,
        sex=sex if isinstance(sex, str) and sex in {"M", "F"} else None,
        source=where,
    )
