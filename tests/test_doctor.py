"""The doctor tells what is there from metadata, without importing it."""

import subprocess
import sys
import tomllib
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from vimedsynth.cli import cli
from vimedsynth.doctor import EXTRA_BY_ENGINE, WHAT_BY_EXTRA, examine

UNSEEN = {"dev"}  # for those who change vimedsynth


def test_every_extra_of_the_package_is_examined() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["optional-dependencies"]) == {
        *WHAT_BY_EXTRA,
        *(extra for extra, _ in EXTRA_BY_ENGINE.values() if extra),
        *UNSEEN,
    }


def test_what_is_missing_has_its_install_line() -> None:
    for check in examine():
        if check.kind in {"core", "engine", "extra"}:
            assert check.ready == (not check.install), check


def test_json_is_one_object_and_the_core_is_complete() -> None:
    result = CliRunner().invoke(cli, ["doctor", "--json"])
    assert result.exit_code == 0
    names = {(check["kind"], check["name"]) for check in orjson.loads(result.output)["checks"]}
    assert {("engine", "grounded"), ("core", "numpy"), ("machine", "gpu"), ("machine", "chromium")} <= names


def test_an_empty_path_is_told_and_is_no_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    machine = {check.name: check for check in examine() if check.kind == "machine"}
    assert not machine["gpu"].ready
    assert "chromium" in machine["chromium"].install


def test_a_driver_that_fails_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\nexit 9\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}")
    gpu = next(check for check in examine() if check.name == "gpu")
    assert not gpu.ready
    assert "does not answer" in gpu.detail


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from vimedsynth.doctor import examine; examine();"
        "print(sorted({'numpy', 'cv2', 'openai', 'torch', 'pyvi', 'albumentations'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
