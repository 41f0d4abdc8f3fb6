"""What is installed from a wheel is whole: the data files travel with the code."""

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
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


EXTRAS_BY_FOLDER = {
    "stats": {"stats", "imaging"},  # the pictures of a card are what the scans' extra draws
    "manifests": {"formats", "imaging"},
    "evaluation": {"evaluate", "text", "bertscore"},
    "review": {"review", "imaging"},
    "volumes": {"imaging"},
    "augment": {"imaging", "compiled"},
}

VIA = {"llvmlite": "numba", "markupsafe": "jinja2", "transformers": "bert-score"}
"""Modules that come with another one, of which they are a part in all but name."""


def _imports(folder: Path) -> set[str]:
    """Top-level modules that the files of ``folder`` import, wherever in the file."""
    nodes = [node for path in folder.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in plain | parts} - set(sys.stdlib_module_names) - {"vimedsynth", ""}


def _brought(names: list[str]) -> set[str]:
    return {re.split(r"[^\w-]", name, maxsplit=1)[0].lower().replace("_", "-") for name in names}


@pytest.mark.parametrize("folder", EXTRAS_BY_FOLDER)
def test_what_a_folder_imports_comes_with_the_extras_that_it_names(folder: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = EXTRAS_BY_FOLDER[folder]
    there = _brought([*project["dependencies"], *(line for name in wanted for line in extras[name])])
    known = packages_distributions()
    missing = {
        module
        for module in _imports(ROOT / "vimedsynth" / folder)
        if not there & {name.lower().replace("_", "-") for name in [*known.get(module, [module]), VIA.get(module, "")]}
    }
    assert not missing


def test_the_installation_line_of_the_readme_brings_all_that_the_demo_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    for name in ("README.md", "README.vi.md"):
        found = re.search(r"pip install '\.\[([\w,]+)\]'", (ROOT / name).read_text("utf-8"))
        assert found
        there = _brought([line for extra in found[1].split(",") for line in project[extra]])
        assert {"matplotlib", "sacrebleu", "opencv-python-headless", "albumentations", "pyarrow"} <= there


def test_stats_go_on_without_sacrebleu() -> None:
    code = (
        "import sys; sys.modules['sacrebleu'] = None;"
        "from vimedsynth.stats.diversity import diversity; print(diversity(['a b c', 'a b d']).self_bleu)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.stdout.strip(), done.returncode) == ("None", 0), done.stderr
