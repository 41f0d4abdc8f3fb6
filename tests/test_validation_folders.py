"""What only a whole folder shows: every kind of damage planted in a real manifest and a run, found and named."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from tests.handmade import read_rows, report, sample, write_corpus, write_rows, write_run
from vimedsynth.cli import cli
from vimedsynth.samples import content_id
from vimedsynth.validation.events import Skipped
from vimedsynth.validation.gate import validate
from vimedsynth.validation.problems import Problem
from vimedsynth.validation.scope import Scope

FORMATS = ("llava", "sharegpt", "jsonl", "parquet", "webdataset")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus, a run and a manifest of it in every format."""
    folder = tmp_path_factory.mktemp("built")
    write_corpus(folder / "corpus")
    write_run(folder / "run")
    split = [{"patient_id": f"patient-{n}", "split": s} for n, s in enumerate(["train"] * 4 + ["val", "test"])]
    (folder / "split.csv").write_text(
        "patient_id,split\n" + "".join(f"{r['patient_id']},{r['split']}\n" for r in split)
    )
    args = ["manifest", folder / "run", "-o", folder / "manifest", "--corpus", folder / "corpus"]
    args += ["--split", folder / "split.csv", *(part for name in FORMATS for part in ("--format", name))]
    result = CliRunner().invoke(cli, list(map(str, args)), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    """A copy of it to damage."""
    shutil.copytree(built, tmp_path / "copy")
    return tmp_path / "copy"


def problems(path: Path, **scope: Any) -> list[Problem]:
    return [event for event in validate([path], Scope(**scope)) if isinstance(event, Problem)]


def found(path: Path, **scope: Any) -> set[tuple[str, str, int | None]]:
    """(code, file name, row) of every problem."""
    return {(p.code, Path(p.place.file).name, p.place.row) for p in problems(path, **scope)}


def edit(path: Path, change: Callable[[list[Any]], Any]) -> None:
    rows = read_rows(path)
    change(rows)
    write_rows(path, rows)


def test_what_the_commands_make_is_clean(built: Path) -> None:
    events = list(validate([built / "manifest", built / "run"], Scope(corpus=built / "corpus")))
    assert not [event for event in events if isinstance(event, (Problem, Skipped))]


def image(folder: Path) -> Path:
    """The image of the first row of the lineage."""
    return folder / "manifest" / read_rows(folder / "manifest" / "lineage.jsonl")[0]["images"][0]["path"]


def gone(path: Path) -> None:
    path.unlink()


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def words(path: Path) -> None:
    path.write_text("không phải ảnh", encoding="utf-8")


def pickled(path: Path) -> None:
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)


def flat(path: Path) -> None:
    np.save(path, np.zeros((4, 4), dtype=np.int16))


def complex_numbers(path: Path) -> None:
    np.save(path, np.zeros((2, 4, 4), dtype=np.complex64))


def other_shape(path: Path) -> None:
    np.save(path, np.zeros((2, 4, 4), dtype=np.int16))


def link_outside(path: Path) -> None:
    path.unlink()
    outside = path.parents[len(path.parents) - 1] / "etc" / "hostname"
    path.symlink_to(outside)


DAMAGE = {
    "image-missing": gone,
    "image-pickled": pickled,
    "image-shape": flat,
    "image-shape-differs": other_shape,
    "image-type": complex_numbers,
    "path-unsafe": link_outside,
}


@pytest.mark.parametrize("code", DAMAGE)
def test_a_damaged_image_is_named_with_its_row(folder: Path, code: str) -> None:
    DAMAGE[code](image(folder))
    assert (code, "lineage.jsonl", 1) in found(folder / "manifest")
    if code != "image-shape-differs":
        assert (code, "train.json", 1) in found(folder / "manifest")


@pytest.mark.parametrize("damage", [cut_off, empty, words])
def test_an_image_that_does_not_open_is_named(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(image(folder))
    assert ("image-unreadable", "train.json", 1) in found(folder / "manifest")


def test_a_row_without_lineage_and_lineage_without_a_row(folder: Path) -> None:
    edit(folder / "manifest" / "lineage.jsonl", lambda rows: rows.__setitem__(1, rows[1] | {"id": "f" * 64}))
    seen = found(folder / "manifest")
    assert {("lineage-missing", "train.json", 2), ("lineage-unused", "lineage.jsonl", 2)} <= seen
    assert ("lineage-missing", "train-00000.parquet", 2) in seen
    (folder / "manifest" / "lineage.jsonl").unlink()
    assert "lineage-missing" in {code for code, _, _ in found(folder / "manifest")}


def test_a_row_in_the_wrong_split(folder: Path) -> None:
    edit(folder / "manifest" / "lineage.jsonl", lambda rows: rows[5].__setitem__("split", "val"))
    seen = found(folder / "manifest")
    assert {("split-differs", "test.json", 1), ("count-differs", "manifest.json", None)} <= seen


def test_a_file_that_changed_and_one_that_is_gone(folder: Path) -> None:
    rows = orjson.loads((folder / "manifest" / "train.json").read_bytes())
    rows[0]["conversations"][1]["value"] += " Và thêm."
    (folder / "manifest" / "train.json").write_bytes(orjson.dumps(rows))
    (folder / "manifest" / "jsonl" / "val.jsonl").unlink()
    named = {(p.code, p.place.path) for p in problems(folder / "manifest")}
    assert {("file-changed", '$.files["train.json"]'), ("file-missing", '$.files["jsonl/val.jsonl"]')} <= named


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("patient", lambda rows: rows[5].__setitem__("patient_id", rows[0]["patient_id"])),
        ("study", lambda rows: rows[5].__setitem__("study_id", rows[0]["study_id"])),
        ("report", lambda rows: rows[5].__setitem__("provenance", rows[0]["provenance"])),
        ("image", lambda rows: rows[5].__setitem__("images", rows[0]["images"])),
        ("paraphrase", lambda rows: rows[0].update(subset="G", study_id=rows[5]["study_id"])),
        ("comparison-partner", lambda rows: rows[0].update(partner={"study_id": "study-5", "patient_id": "patient-5"})),
        ("augmented-copy", lambda rows: rows[0].update(augmentation=RECEIPT, patient_id=rows[5]["patient_id"])),
    ],
)
def test_a_leak_of_each_kind_names_both_rows(folder: Path, kind: str, change: Callable[[list[Any]], Any]) -> None:
    edit(folder / "manifest" / "lineage.jsonl", change)
    leaks = [p for p in problems(folder / "manifest") if p.code == f"leak-{kind}"]
    assert {(leak.place.row, "row 1 of train" in leak.expected) for leak in leaks} == {(6, True)}
    result = CliRunner().invoke(cli, ["validate", str(folder / "manifest")])
    assert result.exit_code == 1
    assert f"[leak-{kind}]" in result.stdout


RECEIPT = orjson.loads((Path(__file__).parent / "cases" / "receipt" / "good.json").read_bytes())


def replaced(number: int, **changes: Any) -> Any:
    """A sample with other content and the id that belongs to it."""
    row = sample(number) | changes
    content = {name: row[name] for name in ("turns", "text") if name in row}
    return row | {"id": content_id(row["study_id"], row["region"], row["task"], content)}


def with_turn(number: int, **changes: Any) -> Any:
    row = sample(number)
    return replaced(number, turns=[row["turns"][0] | changes, row["turns"][1]])


RUN_DAMAGE = {
    "study-unknown": replaced(0, study_id="another"),
    "report-differs": replaced(0, provenance=sample(1)["provenance"]),
    "evidence-outside-report": with_turn(0, evidence=[[0, len(report(0)) + 1]]),
    "slices-outside-image": replaced(0, image={"ct": None, "pet": "0.npy", "slices": [0, 9]}),
    "image-missing": replaced(0, image={"ct": None, "pet": "99.npy", "slices": [0, 4]}),
}


@pytest.mark.parametrize("code", RUN_DAMAGE)
def test_a_sample_that_points_nowhere(folder: Path, code: str) -> None:
    edit(folder / "run" / "samples.jsonl", lambda rows: rows.__setitem__(0, RUN_DAMAGE[code]))
    assert {(code, "samples.jsonl", 1)} == found(folder / "run", corpus=folder / "corpus")


def test_the_guards_judge_again(folder: Path) -> None:
    false = with_turn(0, answer="Nốt mờ ở thùy trên phổi trái, SUVmax 9,7.")
    edit(folder / "run" / "samples.jsonl", lambda rows: rows.__setitem__(0, false))
    seen = problems(folder / "run", corpus=folder / "corpus")
    assert seen
    assert all(p.code.startswith("guard-") and (p.place.row, p.place.path) == (1, "$.turns[0].answer") for p in seen)
    assert not problems(folder / "run", corpus=folder / "corpus", guard_rows=0)


def test_counts_of_a_run_and_its_own_splits(folder: Path) -> None:
    edit(folder / "run" / "rejections.jsonl", lambda rows: rows.pop())
    edit(folder / "run" / "samples.jsonl", lambda rows: rows[5].update(patient_id="patient-0"))
    named = {(p.code, p.place.path, p.place.row) for p in problems(folder / "run")}
    assert {("count-differs", "$.counts.rejections", None), ("leak-patient", "$.split", 6)} <= named


def test_a_report_that_is_nearly_another_leaks(folder: Path) -> None:
    texts = [f"Tổn thương thứ {n} ở phân thùy {n + 1}, kích thước {n + 3} mm, bờ số {n * 5}. " for n in range(60)]
    (folder / "corpus" / "0.txt").write_text("".join(texts), encoding="utf-8")
    (folder / "corpus" / "5.txt").write_text("".join([*texts[:-1], "Không phát hiện tràn dịch."]), encoding="utf-8")
    for name in ("run", "manifest"):
        leaks = [p for p in problems(folder / name, corpus=folder / "corpus") if p.code == "leak-near-report"]
        assert {leak.place.row for leak in leaks} == {6}


def test_every_format_reports_the_same_problems(folder: Path) -> None:
    edit(folder / "run" / "samples.jsonl", lambda rows: rows[2].update(region="chân, 100%", split="dev"))
    pieces = {}
    for name in ("text", "json", "junit", "sarif", "github"):
        result = CliRunner().invoke(cli, ["validate", str(folder / "run"), "--format", name])
        assert result.exit_code == 1
        pieces[name] = result.stdout
    by_json = [p["code"] for p in orjson.loads(pieces["json"])["problems"]]
    sarif = orjson.loads(pieces["sarif"])["runs"][0]
    suites = ElementTree.fromstring(pieces["junit"])
    assert by_json == ["schema-enum", "schema-enum"]
    assert [result["ruleId"] for result in sarif["results"]] == by_json
    assert sarif["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 3
    assert [case.get("type") for case in suites.iter("failure")] == ["schema-enum"]
    assert pieces["github"].count("::error file=") == 2
    assert "100%25" in pieces["github"]
    assert pieces["text"].count("[schema-enum]") == 2


def test_a_folder_of_nothing_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["validate", str(tmp_path)])
    assert result.exit_code == 1
    assert "no artefact in this folder" in result.stderr


def test_a_file_of_anything_is_a_problem(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "x.jsonl", [{"a": 1}])
    assert {code for code, _, _ in found(path)} == {"artefact-unknown"}
