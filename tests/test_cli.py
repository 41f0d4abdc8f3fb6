"""The command line as a user meets it."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from vimedsynth.cli import COMMANDS, cli


def test_help_names_every_command() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    assert all(name in result.output for name in COMMANDS)


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, vimedsynth.cli; print(sorted({'numpy', 'cv2', 'openai', 'jsonschema', 'orjson'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_unknown_command_is_wrong_usage() -> None:
    assert CliRunner().invoke(cli, ["nothing"]).exit_code == 2


@pytest.mark.parametrize("name", ["check", "extract"])
@pytest.mark.parametrize("through", ["file", "link"])
def test_a_filter_does_not_write_over_what_it_reads(tmp_path: Path, name: str, through: str) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"id": "a", "patient_id": "a", "report": "Hình ảnh bắt xạ ở não.", "text": "Não."}\n', "utf-8")
    out = rows
    if through == "link":
        out = tmp_path / "link.jsonl"
        out.symlink_to(rows)
    before = rows.read_bytes()
    done = CliRunner().invoke(cli, [name, str(rows), "-o", str(out)])
    assert done.exit_code == 2
    assert "is the file that is read" in done.output
    assert rows.read_bytes() == before
