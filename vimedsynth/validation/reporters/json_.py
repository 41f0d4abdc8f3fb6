"""One JSON object, written piece by piece: problems, files, skipped, summary."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from vimedsynth.validation.events import Checked, Event, Skipped
from vimedsynth.validation.problems import Problem


def problem_json(problem: Problem) -> dict[str, Any]:
    """The fields of a problem as they stand in the JSON report."""
    place = problem.place
    return {
        "file": place.file,
        "row": place.row,
        "line": place.line,
        "path": place.path,
        "code": problem.code,
        "value": problem.value,
        "expected": problem.expected,
    }


def json_(events: Iterable[Event]) -> Iterator[str]:
    """``{"problems": [...], "files": [...], "skipped": [...], "summary": {...}}`` with a problem a line."""
    codes: Counter[str] = Counter()
    files: list[Checked] = []
    skipped: list[Skipped] = []
    yield '{"problems": ['
    for event in events:
        if isinstance(event, Problem):
            yield ("," if codes else "") + "\n" + orjson.dumps(problem_json(event)).decode("utf-8")
            codes[event.code] += 1
        elif isinstance(event, Checked):
            files.append(event)
        else:
            skipped.append(event)
    summary = {
        "problems": codes.total(),
        "rows": sum(file.rows for file in files),
        "by_code": dict(sorted(codes.items())),
    }
    tail = orjson.dumps({"files": files, "skipped": skipped, "ok": not codes, "summary": summary}).decode("utf-8")
    yield "\n], " + tail[1:] + "\n"
