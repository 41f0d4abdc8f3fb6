"""The reusable action's script, run as GitHub runs it: whatever the inputs hold, they are paths and never code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.handmade import sample, write_rows

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed: the action's file cannot be read")
ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))


def check(tmp_path: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    program = tmp_path / "runner" / "vimedsynth" / "bin" / "vimedsynth"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m vimedsynth "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    step = ACTION["runs"]["steps"][-1]
    said = dict.fromkeys(step["env"], "") | inputs
    env = {**os.environ, "RUNNER_TEMP": str(tmp_path / "runner"), "PYTHONPATH": str(ROOT), **said}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)


def test_good_rows_pass_and_bad_ones_are_annotated(tmp_path: Path) -> None:
    write_rows(tmp_path / "a b.jsonl", [sample(0)])
    assert check(tmp_path, PATHS="\n  \na b.jsonl\n").returncode == 0
    write_rows(tmp_path / "bad.jsonl", [sample(0) | {"region": "chân"}])
    done = check(tmp_path, PATHS="a b.jsonl\nbad.jsonl", SARIF="gate.sarif", SCHEMA="sample")
    assert done.returncode == 1
    assert "::error file=bad.jsonl,line=1,title=schema-enum::" in done.stdout
    assert (tmp_path / "gate.sarif").is_file()


def test_inputs_are_never_run(tmp_path: Path) -> None:
    done = check(tmp_path, PATHS="$(touch ran)\n`touch ran`\n--help", SCHEMA="sample; touch ran")
    assert done.returncode != 0
    assert not (tmp_path / "ran").exists()


def test_no_input_is_written_into_a_script() -> None:
    assert not [step["run"] for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")]
