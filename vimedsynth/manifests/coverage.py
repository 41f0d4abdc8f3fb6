"""How many of the findings of its reports a run asked about, as the run itself counted."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.errors import DataRefused

Coverage = dict[str, dict[str, int]]
"""Task -> ``{"findings", "covered"}``, summed over runs."""


def coverage_of(runs: Sequence[Path]) -> Coverage:
    """The coverage of run folders; a bare samples file or a run of another make says nothing and counts nothing."""
    out: Coverage = {}
    for run in runs:
        path = run / "run.json"
        for task, counts in _tasks(path).items() if path.is_file() else ():
            row = out.setdefault(task, {"findings": 0, "covered": 0})
            for name in row:
                row[name] += counts.get(name, 0)
    return out


def _tasks(path: Path) -> dict[str, Any]:
    try:
        tasks = (orjson.loads(path.read_bytes()).get("counts") or {}).get("tasks") or {}
    except (orjson.JSONDecodeError, AttributeError) as error:
        raise DataRefused(f"{path}: not the run.json of a run ({type(error).__name__})") from error
    return tasks if isinstance(tasks, dict) else {}


def require_coverage(coverage: Coverage, least: float) -> None:
    """Refuse a build whose runs leave out more findings than allowed. ``least`` is a share, 0 to 1."""
    for task, row in coverage.items():
        share = row["covered"] / row["findings"] if row["findings"] else 1.0
        if share < least:
            raise DataRefused(
                f"{task}: {row['covered']} of {row['findings']} findings are asked about ({share:.3f}); "
                f"--min-coverage asks for {least:g}"
            )
