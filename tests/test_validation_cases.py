"""Every artefact broken in every way that stands in tests/cases: a case a file, discovered.

A case names edits to the good row of its folder (or the raw bytes of a row) and every problem that must be found. The
broken row stands between two good ones, which must not be touched by it.
"""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.casefiles import CASES, FILES, edited
from vimedsynth.samples import content_id
from vimedsynth.validation.events import Checked
from vimedsynth.validation.gate import validate
from vimedsynth.validation.problems import Problem
from vimedsynth.validation.scope import Scope


def with_id(row: Any, number: int, edits: list[dict[str, Any]]) -> Any:
    """A row whose id is its own: the content hash of a sample, a number elsewhere; an id that was edited stays."""
    if not isinstance(row, dict) or "id" not in row or any(edit["path"] == "/id" for edit in edits):
        return row
    if "claims" not in row:
        return row | {"id": f"{number:064x}"}
    row = row if number == 2 or "study_id" not in row else row | {"study_id": f"study-{number}"}
    content = {key: row[key] for key in ("turns", "text") if key in row}
    return row | {"id": content_id(row.get("study_id", ""), row.get("region", ""), row.get("task", ""), content)}


def raw_row(text: str) -> bytes:
    encoding, _, rest = text.partition(":")
    return rest.encode("latin-1") if encoding == "latin-1" else text.encode()


def lines(good: Any, case: dict[str, Any]) -> list[bytes]:
    """A good row, the broken one, a good row."""
    edits = case.get("edits", [])
    first, last = (orjson.dumps(with_id(good, number, [])) for number in (1, 3))
    if "raw" in case:
        return [first, raw_row(case["raw"]), last]
    if ["duplicate-id", "$.id"] in case["expected"]:
        return [first, first, last]
    return [first, orjson.dumps(with_id(edited(good, edits), 2, edits)), last]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_fault_is_found_and_nothing_else(path: Path, tmp_path: Path) -> None:
    case = orjson.loads(path.read_bytes())
    good = orjson.loads((path.parent / "good.json").read_bytes())
    file = tmp_path / "rows.jsonl"
    file.write_bytes(b"\n".join(lines(good, case)) + b"\n")
    events = list(validate([file], Scope(schema=path.parent.name)))
    problems = [event for event in events if isinstance(event, Problem)]
    assert sorted([p.code, p.place.path] for p in problems) == sorted(case["expected"])
    for problem in problems:
        assert (problem.place.file, problem.place.row) == (str(file), 2)
        assert problem.value
        assert problem.expected
    assert events[-1] == Checked(str(file), path.parent.name, 3, len(problems))


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_every_artefact_has_thirty_cases_and_a_good_row(folder: Path, tmp_path: Path) -> None:
    assert len(list(folder.glob("*.json"))) > 30
    file = tmp_path / "rows.jsonl"
    good = orjson.loads((folder / "good.json").read_bytes())
    file.write_bytes(orjson.dumps(with_id(good, 1, [])) + b"\n")
    assert not [event for event in validate([file], Scope(schema=folder.name)) if isinstance(event, Problem)]
