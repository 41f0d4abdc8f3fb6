"""The survey counts what is there; on the published index it gives the paper's split and its known leaks."""

import csv
import gzip
import os
from pathlib import Path

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from tests.corpora.trees import archive, archive_row, report_json, volume, write
from vimedsynth.cli import cli
from vimedsynth.corpora.headers import fault
from vimedsynth.corpora.survey import survey
from vimedsynth.splits import split_rule
from vimedsynth.studies import open_corpus

METADATA = Path(__file__).parents[3] / "shared/data/vimed_pet/metadata.csv"


@pytest.mark.skipif(not METADATA.is_file(), reason="the published metadata.csv is not on this machine")
def test_the_published_index_gives_the_papers_split_and_its_leaks(tmp_path: Path) -> None:
    blueprint = volume(tmp_path / "small.npz")
    root = tmp_path / "corpus"
    rows = list(csv.DictReader(METADATA.read_text(encoding="utf-8").splitlines()))
    for number, row in enumerate(rows):
        words = " ".join(f"{name} {number * 31 + at}" for at, name in enumerate(("gan", "lách", "tim", "não", "thận")))
        write(root / row["report_path"], report_json(impression=words + "."))
        for kind in ("pet_path", "ct_path"):
            (root / row[kind]).parent.mkdir(parents=True, exist_ok=True)
            os.link(blueprint, root / row[kind])
    (root / "metadata.csv").write_bytes(METADATA.read_bytes())
    found = survey(open_corpus(root), split_rule("vimed-pet"))
    assert dict(found.splits) == {"train": 1857, "val": 325, "test": 575}
    leaking = {
        split: {x.id for x in found.leaks if (x.kind, x.split, x.other_split) == ("patient", split, "train")}
        for split in ("val", "test")
    }
    assert {split: len(ids) for split, ids in leaking.items()} == {"val": 14, "test": 20}
    assert found.leak_counts["patient: test in val"] == 1
    assert (found.studies, found.patients, found.returning) == (2757, 2673, 80)
    assert (found.problems, dict(found.volumes)) == ((), {"ct": 2757, "pet": 2757})


def leaky(tmp_path: Path) -> Path:
    rows = [
        archive_row(2019, 5, 1, "patient_1"),
        archive_row(2019, 12, 1, "patient_1"),
        archive_row(2019, 11, 3, "patient_3"),
    ]
    body = " ".join(f"Hình ảnh nốt số {n} ở phổi phải." for n in range(60))
    near = body.replace("số 30 ", "số 300 ")
    return archive(tmp_path, rows, {0: report_json(impression=body), 2: report_json(impression=near)})


def test_patients_and_near_reports_leak_by_name(tmp_path: Path) -> None:
    found = survey(open_corpus(leaky(tmp_path)), split_rule("vimed-pet"))
    assert {(x.kind, x.split, x.id, x.other_split, x.other_id) for x in found.leaks} == {
        ("patient", "test", "2019/12/day_1_patient_1", "train", "2019/05/day_1_patient_1"),
        ("near-report", "val", "2019/11/day_3_patient_3", "train", "2019/05/day_1_patient_1"),
    }
    assert found.near == (("2019/05/day_1_patient_1", "2019/11/day_3_patient_3"),)


def test_identical_reports_are_found_whatever_their_spacing(tmp_path: Path) -> None:
    text = report_json()
    rows = [archive_row(2019, 5, n, f"patient_{n}") for n in (1, 2)]
    root = archive(tmp_path, rows, {0: text, 1: text.replace(". Hình", ".  Hình").replace("gan, lách", "Gan,lách")})
    found = survey(open_corpus(root), split_rule("patient"))
    assert len(found.identical) == 1
    assert found.near == ()


BROKEN = {
    "a.npz": b"PK no archive",
    "b.npz": b"",
    "c.npy": b"\x93NUMPY\x01\x00",
    "d.nii": b"\0" * 400,
    "e.nii.gz": b"not gzip",
    "f.txt": b"x",
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_volume_that_does_not_open_is_named(tmp_path: Path, name: str) -> None:
    assert fault(write(tmp_path / name, BROKEN[name])) is not None


@pytest.mark.parametrize("array", [np.zeros((2, 2)), np.zeros((0, 2, 2)), np.array([[[{}]]]), np.array([[["a"]]])])
def test_an_array_that_is_no_volume_is_named(tmp_path: Path, array: np.ndarray) -> None:
    np.save(tmp_path / "a.npy", array, allow_pickle=True)
    np.savez(tmp_path / "a.npz", other=array)
    assert "has shape" in str(fault(tmp_path / "a.npy")) or "holds" in str(fault(tmp_path / "a.npy"))
    assert "no key 'data'" in str(fault(tmp_path / "a.npz"))


def test_volumes_that_open_are_not_named(tmp_path: Path) -> None:
    nifti = b"\0" * 344 + b"n+1\0" + b"\0" * 8
    good = [volume(tmp_path / "a.npz"), volume(tmp_path / "a.npy"), write(tmp_path / "a.nii", nifti)]
    good += [write(tmp_path / "b.nii.gz", gzip.compress(nifti))]
    good += [write(tmp_path / "series/1.dcm", b"\0" * 128 + b"DICM").parent]
    assert [fault(path) for path in good] == [None] * 5
    assert fault(tmp_path / "nothing.npz") == "does not open (FileNotFoundError)"


def test_the_command_names_leaks_and_broken_volumes_and_its_exit_code_says_so(tmp_path: Path) -> None:
    root = leaky(tmp_path)
    write(root / "PETCT2019/THANG 5/CT/day_1_patient_1.npz", b"broken")
    run = CliRunner().invoke(cli, ["corpus", str(root)])
    assert run.exit_code == 0
    assert "volume-unreadable 1" in run.stdout
    assert "patient: test 2019/12/day_1_patient_1 and train 2019/05/day_1_patient_1" in run.stdout
    assert CliRunner().invoke(cli, ["corpus", str(root), "--strict"]).exit_code == 1
    found = orjson.loads(CliRunner().invoke(cli, ["corpus", str(root), "--json"]).stdout)
    assert found["splits"] == {"train": 1, "val": 1, "test": 1}
    assert found["problems"]["items"][0]["file"] == "PETCT2019/THANG 5/CT/day_1_patient_1.npz"
    assert found["leaks"]["counts"] == {"patient: test in train": 1, "near-report: val in train": 1}


def test_a_split_file_and_its_faults(tmp_path: Path) -> None:
    root = leaky(tmp_path / "c")
    names = write(tmp_path / "s.csv", "\ufeffpatient_id,split\r\n2019/patient_1,test\r\n2019/patient_3,train\r\n")
    run = CliRunner().invoke(cli, ["corpus", str(root), "--split", str(names), "--json"])
    assert orjson.loads(run.stdout)["splits"] == {"train": 1, "test": 2}
    for text in ("a,b\n1,2\n", "patient_id,split\np,dev\n", "patient_id,split\np,val\np,test\n", "patient_id,split\n"):
        assert CliRunner().invoke(cli, ["corpus", str(root), "--split", str(write(names, text))]).exit_code == 1
    assert CliRunner().invoke(cli, ["corpus", str(root), "--split", "monthly"]).exit_code == 2
    assert CliRunner().invoke(cli, ["corpus", str(tmp_path / "none")]).exit_code == 1


def test_volumes_that_do_not_open_are_not_counted(tmp_path: Path) -> None:
    rows = [archive_row(2019, 5, day, f"patient_{day}") for day in (1, 2, 3)]
    root = archive(tmp_path, rows)
    (root / rows[0]["pet_path"]).write_bytes(b"garbage")
    (root / rows[1]["ct_path"]).write_bytes(b"garbage")
    looked = survey(open_corpus(root), split_rule("vimed-pet"))
    assert (looked.volumes, looked.problem_counts["volume-unreadable"]) == ({"ct": 2, "pet": 2}, 2)
    assert looked.regions["chest"] == 2
    assert survey(open_corpus(root), split_rule("vimed-pet"), False).volumes == {"ct": 3, "pet": 3}
