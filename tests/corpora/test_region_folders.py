"""`vimedsynth corpus --to-regions`: what is written in the authors' layout is read back as the same corpus."""

import csv
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.corpora.trees import HEADER, archive_row, report_json, write
from vimedsynth.cli import cli
from vimedsynth.phantom import render
from vimedsynth.reports import Section
from vimedsynth.studies import open_corpus, read_report
from vimedsynth.volumes import Modality, read_volume, save_scan

REGIONS = ("head_neck", "chest", "abdomen_pelvis")
ROWS = [
    archive_row(2017, 8, 1, "patient_0"),
    archive_row(2018, 8, 2, "patient_0"),  # another person: the numbers restart every year
    archive_row(2018, 12, 9, "patient_5"),
    archive_row(2018, 12, 21, "patient_5"),
    archive_row(2023, 3, 5, "patient_12"),
]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five whole studies of phantoms with reports of all sections."""
    root = tmp_path_factory.mktemp("archive-2024")  # a year in the name of the folder is nobody's year
    with (root / "metadata.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, HEADER)
        writer.writeheader()
        writer.writerows(ROWS)
    for number, row in enumerate(ROWS):
        text = report_json(**{"Hệ cơ - xương": f"Hình ảnh đốt sống số {number}.\n\nKhông phát hiện hạch lớn."})
        write(root / row["report_path"], text)
        scan = render({"study_id": str(number), "seed": number}, pet_shape=(70, 24, 24), ct_shape=(70, 48, 48))
        for name in ("pet_path", "ct_path"):
            (root / row[name]).parent.mkdir(parents=True, exist_ok=True)
        save_scan(scan, root / row["ct_path"], root / row["pet_path"])
    return root


@pytest.fixture
def run(source: Path) -> Callable[..., Result]:
    def call(out: Path, *args: object, corpus: Path = source) -> Result:
        return CliRunner().invoke(cli, ["corpus", str(corpus), "--to-regions", str(out), "--quiet", *map(str, args)])

    return call


def index(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "regions.jsonl").read_text(encoding="utf-8").splitlines()]


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_what_is_written_is_read_back_the_same(run: Callable[..., Result], source: Path, tmp_path: Path) -> None:
    out = tmp_path / "regions-2019"
    result = run(out, "--json")
    assert result.exit_code == 0
    assert json.loads(result.output) == {
        "studies": 5, "pairs": 15, "kept": 0, "rewrites": 0, "methods": {"image": 5}, "refused": {},
    }  # fmt: skip
    before, after = (list(open_corpus(root).studies) for root in (source, out))
    assert open_corpus(out).layout == "regions"
    assert not open_corpus(out).problems
    said = [
        sorted((s.study_id, s.patient_id, s.split, s.year, s.month, s.day) for s in found) for found in (before, after)
    ]
    assert said[0] == said[1]
    by_id = {study.study_id: study for study in after}
    spans = {(row["study_id"], row["region"]): row["slices"] for row in index(out)}
    for study in before:
        again = by_id[study.study_id]
        assert read_report(again).text == read_report(study).text
        assert {s.section for s in read_report(again).sentences} == set(Section)
        assert study.pet_path is not None
        pet = read_volume(study.pet_path, Modality.PET).data
        assert [name for name, _ in again.region_paths] == list(REGIONS)
        for region, path in again.region_paths:
            start, stop = spans[study.study_id, region]  # type: ignore[misc]
            written = np.load(path, allow_pickle=False)
            assert written.dtype == np.int16
            assert np.array_equal(written, pet[start:stop])
        ends = [spans[study.study_id, region] for region in REGIONS]
        assert (ends[0][0], ends[2][1]) == (0, len(pet))  # type: ignore[index]
        assert [a[1] - b[0] for a, b in itertools.pairwise(ends)] == [20, 20]  # type: ignore[index]


def test_its_own_output_is_a_corpus_like_any_other(run: Callable[..., Result], tmp_path: Path) -> None:
    run(tmp_path / "first")
    result = run(tmp_path / "second", corpus=tmp_path / "first")
    assert "given 5" in result.output
    first, second = (
        {name: data for name, data in tree(tmp_path / each).items() if name.startswith("PETCT_")}
        for each in ("first", "second")
    )
    assert len(first) == 5 * (3 + 5)
    assert first == second


def test_ranges_copy_no_voxel_and_name_the_same_slices(
    run: Callable[..., Result], source: Path, tmp_path: Path
) -> None:
    run(tmp_path / "files")
    run(tmp_path / "ranges", "--ranges")
    assert not list((tmp_path / "ranges").rglob("*.npy"))
    for full, row in zip(index(tmp_path / "files"), index(tmp_path / "ranges"), strict=True):
        files = full.pop("files")
        assert row.pop("files") == {"report": files["report"]}  # type: ignore[index]
        assert row == full
        assert (source / str(row["pet"])).is_file()
    sizes = [sum(map(len, tree(tmp_path / name).values())) for name in ("files", "ranges")]
    assert sizes[1] < sizes[0] / 20


def test_the_height_alone_cuts_as_the_paper(run: Callable[..., Result], tmp_path: Path) -> None:
    run(tmp_path, "--cut", "height")
    rows = index(tmp_path)
    assert {row["method"] for row in rows} == {"height"}
    first = {str(row["region"]): row["slices"] for row in rows if row["study_id"] == "2017/08/day_1_patient_0"}
    spacing = rows[0]["spacing_mm"][0]  # type: ignore[index]
    cut = round(0.16 * 1600 / spacing)  # metadata.csv says 1.6 m
    assert first["head_neck"] == [0, cut + 10]


def test_workers_change_nothing(run: Callable[..., Result], tmp_path: Path) -> None:
    run(tmp_path / "one")
    run(tmp_path / "two", "--workers", 2)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_rewrites_stand_in_parallel_folders(run: Callable[..., Result], tmp_path: Path) -> None:
    study = {"study_id": "2018/12/day_9_patient_5", "task": "paraphrase"}
    said = [("whole", "Một."), ("chest", "Hai."), ("chest", "Ba."), ("impression", "Bốn.")]
    lines = [{**study, "region": region, "text": text} for region, text in said]
    lines += [{**study, "task": "vqa-single", "region": "chest"}, {**lines[0], "study_id": "2018/12/day_1_nobody"}]
    (tmp_path / "samples.jsonl").write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert run(tmp_path / "out", "--rewrites", tmp_path / "samples.jsonl").exit_code == 0
    month = tmp_path / "out/PETCT_2018/THANG 12"
    found = {p.relative_to(month).as_posix(): p.read_text("utf-8") for p in month.glob("paraphrases_*/*/*.txt")}
    assert found == {
        "paraphrases_1/whole_body/day_9_patient_5.txt": "Một.",
        "paraphrases_1/chest/day_9_patient_5.txt": "Hai.",
        "paraphrases_2/chest/day_9_patient_5.txt": "Ba.",
        "paraphrases_1/impression/day_9_patient_5.txt": "Bốn.",
    }
    row = next(r for r in index(tmp_path / "out") if (r["study_id"], r["region"]) == (study["study_id"], "chest"))
    assert set(row["files"]) == {"image", "report", "paraphrases_1", "paraphrases_2"}  # type: ignore[call-overload]
    assert len(list(open_corpus(tmp_path / "out").studies)) == 5  # no rewrite is taken for a report


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """What may be wrong with a study: no chest in the report, a cut-off PET, no PET, no report that can be read."""
    root = tmp_path / "broken"
    rows = [archive_row(2019, 5, day, f"patient_{day}") for day in range(1, 5)]
    (root).mkdir()
    with (root / "metadata.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    for number, row in enumerate(rows):
        write(
            root / row["report_path"], report_json(**({"Lồng ngực": ""} if number == 0 else {})) if number < 3 else "{"
        )
        for name in ("pet_path", "ct_path"):
            (root / row[name]).parent.mkdir(parents=True, exist_ok=True)
        scan = render({"study_id": str(number)}, pet_shape=(70, 24, 24), ct_shape=(70, 48, 48))
        save_scan(scan, root / row["ct_path"], root / row["pet_path"])
    cut_off = (root / rows[1]["pet_path"]).read_bytes()[:5000]
    (root / rows[1]["pet_path"]).write_bytes(cut_off)
    (root / rows[2]["pet_path"]).unlink()
    return root


def test_what_is_wrong_is_counted_and_the_rest_goes_on(
    run: Callable[..., Result], broken: Path, tmp_path: Path
) -> None:
    counts = json.loads(run(tmp_path / "out", "--json", corpus=broken).output)
    assert (counts["studies"], counts["pairs"]) == (4, 2)
    assert counts["refused"] == {"missing-section": 1, "unreadable": 3, "no-pet": 3, "report-not-json": 3}
    assert counts["pairs"] + sum(counts["refused"].values()) == 3 * counts["studies"]
    refused = [json.loads(line) for line in (tmp_path / "out/refused.jsonl").read_text("utf-8").splitlines()]
    assert len(refused) == 10
    after = list(open_corpus(tmp_path / "out").studies)
    assert [s.study_id[-1] for s in after] == ["1", "2", "3"]  # texts without an image are texts still
    again = json.loads(run(tmp_path / "out", "--json", corpus=broken).output)
    assert (again["kept"], again["pairs"]) == (2, 0)


def test_a_study_that_the_layout_cannot_name_is_refused(run: Callable[..., Result], tmp_path: Path) -> None:
    for name in ("a", "b"):
        write(tmp_path / f"c/{name}.txt", "Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim.")
        np.save(tmp_path / f"c/{name}.npy", np.zeros((60, 4, 4), np.int16))
    table = "study_id,patient_id,report,pet,year,month\na,p,a.txt,a.npy,2019,5\n2019/05/day_3_patient_4,someone,b.txt,b.npy,2019,5\n"
    write(tmp_path / "c/studies.csv", table)
    result = run(tmp_path / "out", corpus=tmp_path / "c")
    assert result.exit_code == 1
    assert "no-published-name 6" in result.output
    assert not list((tmp_path / "out").rglob("*.txt"))


def test_other_settings_and_foreign_folders_are_refused(
    run: Callable[..., Result], broken: Path, tmp_path: Path
) -> None:
    run(tmp_path / "out")
    other = run(tmp_path / "out", "--cut", "height")
    assert other.exit_code == 1
    assert "cut: 'images' there, 'height' now" in other.output
    assert run(tmp_path / "out", "--fresh", corpus=broken).exit_code == 0
    assert {s.year for s in open_corpus(tmp_path / "out").studies} == {2019}  # nothing of the other corpus is left
    write(tmp_path / "mine/PETCT_2017/THANG 8/reports/chest/day_1_patient_1.txt", "Của tôi.")
    write(tmp_path / "other/README.md", "Của tôi.")
    for args in ([], ["--fresh"]):
        assert run(tmp_path / "mine", *args).exit_code == 2
        refused = run(tmp_path / "other", *args)
        assert refused.exit_code == 2
        assert "other: not a folder of region pairs (README.md is there but no regions.json)" in refused.output
    assert (tmp_path / "mine/PETCT_2017/THANG 8/reports/chest/day_1_patient_1.txt").is_file()


def test_the_corpus_itself_is_no_place_to_write(run: Callable[..., Result], source: Path) -> None:
    for out in (source, source / "regions"):
        assert run(out).exit_code == 2
        assert not (out / "regions.json").exists()


@pytest.mark.parametrize("pairs_there", [1, 4, 9])
def test_a_killed_run_is_valid_and_goes_on(
    run: Callable[..., Result], source: Path, tmp_path: Path, pairs_there: int
) -> None:
    cut = tmp_path / "cut"
    command = [sys.executable, "-m", "vimedsynth", "corpus", str(source), "--to-regions", str(cut), "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while len(list(cut.rglob("*.npy"))) < pairs_there and time.monotonic() < deadline:
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(60)
    for path in cut.rglob("*.npy"):
        np.load(path, allow_pickle=False)  # whole, or not there
    if list(cut.rglob("reports")):
        assert all(read_report(study).text for study in open_corpus(cut).studies)
    (cut / "PETCT_2017/THANG 8/images/chest").mkdir(parents=True, exist_ok=True)
    (cut / "PETCT_2017/THANG 8/images/chest/.day_1_patient_0.npy.7.part").write_bytes(b"half")
    assert run(cut).exit_code == 0
    run(tmp_path / "whole")
    assert tree(cut) == tree(tmp_path / "whole")
