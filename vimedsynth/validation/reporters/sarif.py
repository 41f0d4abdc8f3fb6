"""SARIF 2.1.0 for code-scanning pages. Large reports are cut at the number of results that such pages take."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any

import orjson

from vimedsynth import __version__
from vimedsynth.validation.events import Event, Skipped
from vimedsynth.validation.problems import Problem

MOST_RESULTS = 25_000
"""GitHub refuses a run with more results than this."""


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else path.as_posix().replace(" ", "%20")


def _result(problem: Problem) -> dict[str, Any]:
    place = problem.place
    row = f"row {place.row} " if place.row is not None else ""
    return {
        "ruleId": problem.code,
        "level": "error",
        "message": {"text": f"{row}{place.path}: {problem.message}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(place.file)},
                    "region": {"startLine": place.line or 1},
                },
                "logicalLocations": [{"fullyQualifiedName": f"{row}{place.path}"}],
            }
        ],
    }


def _note(text: str) -> dict[str, Any]:
    return {"level": "warning", "message": {"text": text}}


def sarif(events: Iterable[Event]) -> Iterator[str]:
    """One SARIF log with one run."""
    results: list[dict[str, Any]] = []
    codes: Counter[str] = Counter()
    notes: list[dict[str, Any]] = []
    for event in events:
        if isinstance(event, Skipped):
            notes.append(_note(f"{event.what} was not checked: {event.why}"))
        elif isinstance(event, Problem):
            codes[event.code] += 1
            if len(results) < MOST_RESULTS:
                results.append(_result(event))
    if codes.total() > len(results):
        notes.append(_note(f"{codes.total() - len(results)} further problems are left out; --format json has them all"))
    driver = {"name": "vimedsynth", "version": __version__, "rules": [{"id": code} for code in sorted(codes)]}
    invocation = {"executionSuccessful": True, "toolExecutionNotifications": notes}
    run = {"tool": {"driver": driver}, "invocations": [invocation], "results": results}
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    yield orjson.dumps(log, option=orjson.OPT_INDENT_2).decode("utf-8") + "\n"
