"""What is installed from a wheel is whole: the data files travel with the code."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("dist")))))


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    here = {path.relative_to(ROOT).as_posix() for path in (ROOT / "vimedsynth").rglob("*") if path.is_file()}
    here = {name for name in here if "__pycache__" not in name}
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert here <= packed
    assert any(name.endswith("licenses/LICENSE") for name in packed)
    assert not any(name.startswith(("tests/", "benchmarks/")) for name in packed)


def test_a_core_without_extras_names_the_extra(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['cv2', 'albumentations', 'PIL']));"
        "from vimedsynth.__main__ import main; sys.argv = ['vimedsynth', 'demo', '-o', 'out']; main()"
    )
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "pip install 'vimedsynth[imaging]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_find_their_data_files_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    code = "import vimedsynth.sample_corpus as c; print(c.__file__); print(sum(1 for s in c.sample_studies() if s.report()))"
    run = [sys.executable, "-c", code]
    done = subprocess.run(run, cwd=tmp_path, env=env, capture_output=True, text=True, check=True)
    where, count = done.stdout.split()
    assert Path(where).is_relative_to(tmp_path)
    assert int(count) == 18
