"""The demo goes the whole way, and again without doing it again."""

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from vimedsynth.cli import cli
from vimedsynth.demo import openings, steps


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    root = tmp_path_factory.mktemp("demo") / "out"
    return root, CliRunner().invoke(cli, ["demo", "-o", str(root)])


def test_it_ends_well_and_names_what_to_open(done: tuple[Path, Result]) -> None:
    root, result = done
    assert result.exit_code == 0, result.output
    for path, _ in openings(root):
        assert path.is_file(), path
        assert str(path) in result.output


def test_it_shows_each_command_as_it_would_be_typed(done: tuple[Path, Result]) -> None:
    root, result = done
    for step in steps(root):
        assert f"$ vimedsynth {' '.join(step.argv)}" in result.output


def test_every_answer_quotes_the_report(done: tuple[Path, Result]) -> None:
    root, _ = done
    rows = [orjson.loads(line) for line in (root / "runs/vqa/samples.jsonl").read_bytes().splitlines()]
    assert {row["study_id"] for row in rows} == {
        f"{p.parts[-4][-4:]}/{int(p.parts[-3].split()[1]):02d}/{p.stem}" for p in root.glob("corpus/*/*/reports/*")
    }
    assert all(turn["evidence"] for row in rows for turn in row["turns"])


def test_each_split_has_rows_and_no_patient_twice(done: tuple[Path, Result]) -> None:
    root, _ = done
    lineage = [orjson.loads(line) for line in (root / "manifest/lineage.jsonl").read_bytes().splitlines()]
    splits: dict[str, set[str]] = {}
    for row in lineage:
        splits.setdefault(row["patient_id"], set()).add(row["split"])
    assert {split for held in splits.values() for split in held} == {"train", "val", "test"}
    assert all(len(held) == 1 for held in splits.values())


def test_the_same_command_again_changes_nothing(done: tuple[Path, Result]) -> None:
    root, _ = done
    watched = [path for path, _ in openings(root)] + sorted(root.glob("corpus/**/*.npz"))
    before = {path: path.read_bytes() for path in watched}
    assert CliRunner().invoke(cli, ["demo", "-o", str(root)]).exit_code == 0
    assert {path: path.read_bytes() for path in watched} == before


def test_fresh_goes_to_every_command_that_keeps_a_folder(tmp_path: Path) -> None:
    begun_anew = {step.argv[0] for step in steps(tmp_path, fresh=True) if "--fresh" in step.argv}
    assert begun_anew == {"vqa", "paraphrase", "compare", "augment", "manifest"}
    assert not any("--fresh" in step.argv for step in steps(tmp_path))


@pytest.mark.parametrize("name", ["notes.txt", "corpus/metadata.csv", "manifest/train.json"])
@pytest.mark.parametrize("more", [(), ("--fresh",)])
def test_a_folder_of_somebody_else_stays_as_it_is(tmp_path: Path, name: str, more: tuple[str, ...]) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    refused = CliRunner().invoke(cli, ["demo", "-o", str(tmp_path), *more])
    assert refused.exit_code == 2, refused.output
    assert str(tmp_path) in refused.output
    assert [p.read_text() for p in tmp_path.rglob("*") if p.is_file()] == ["mine"]
