"""The command line as a user meets it."""

import subprocess
import sys

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
