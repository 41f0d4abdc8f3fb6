"""A manifest holds what the runs hold, with images that load and the lineage of every row; a leak fails the build."""

import io
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from tests.corpora.trees import archive, archive_row, report_json, write
from tests.manifests.kit import ROWS, augmented, corpus, lines, provenance, run, sample
from vimedsynth.cli import cli
from vimedsynth.errors import DataRefused, Misuse, SettingsDiffer
from vimedsynth.holding import holding
from vimedsynth.manifests.build import Plan, build
from vimedsynth.manifests.select import Policy, parse_mix, parse_policy


def plan(tmp_path: Path, samples: list[dict[str, Any]] | None = None, **changed: Any) -> Plan:
    samples = [sample(n, row) for n, row in enumerate(ROWS)] if samples is None else samples
    root = tmp_path / "corpus"
    values = {"corpus": root if root.exists() else corpus(root), **changed}
    return Plan((run(tmp_path / "run", samples),), tmp_path / "out", **values)


def test_llava_files_have_the_authors_form(tmp_path: Path) -> None:
    turns = [{"question": f"q{n}?", "answer": f"a{n}.", "question_type": "x", "evidence": [[0, 1]]} for n in range(3)]
    manifest = build(plan(tmp_path, [sample(1, ROWS[0], task="vqa-multi", turns=turns), sample(2, ROWS[3])]))
    out = tmp_path / "out"
    (row,) = orjson.loads((out / "train.json").read_bytes())
    assert set(row) == {"id", "image", "conversations"}
    assert [turn["from"] for turn in row["conversations"]] == ["human", "gpt"] * 3
    assert row["conversations"][0]["value"] == "<image>\nq0?"
    assert not any("<image>" in turn["value"] for turn in row["conversations"][1:])
    image = np.load(out / row["image"], allow_pickle=False)
    np.testing.assert_array_equal(image, np.load(tmp_path / "corpus" / ROWS[0]["pet_path"])["data"][2:6])
    assert orjson.loads((out / "val.json").read_bytes()) == []
    assert manifest["rows"] == {"train": 1, "val": 0, "test": 1}


def test_every_row_has_its_lineage_and_every_file_its_hash(tmp_path: Path) -> None:
    manifest = build(plan(tmp_path))
    out = tmp_path / "out"
    rows = [row for split in ("train", "val", "test") for row in orjson.loads((out / f"{split}.json").read_bytes())]
    lineage = lines(out / "lineage.jsonl")
    assert [row["id"] for row in rows] == [line["id"] for line in lineage]
    assert all(
        line["provenance"]["engine"] == "grounded" and line["images"][0]["shape"] == [4, 4, 4] for line in lineage
    )
    assert set(manifest["files"]) == {"train.json", "val.json", "test.json", "lineage.jsonl"}
    assert orjson.loads((out / "manifest.json").read_bytes()) == manifest
    assert not (out / ".building").exists()


def test_the_same_sample_in_two_runs_is_one_row(tmp_path: Path) -> None:
    first = plan(tmp_path)
    twice = Plan((*first.runs, run(tmp_path / "again", [sample(0, ROWS[0])])), first.folder, corpus=first.corpus)
    assert sum(build(twice)["rows"].values()) == 4


def test_a_copy_keeps_the_texts_that_it_does_not_make_false(tmp_path: Path) -> None:
    folder = augmented(tmp_path / "aug", ROWS[0], ["laterality"])
    augmented(folder, ROWS[0], ["position"], copy=2)
    augmented(folder, ROWS[3], [], copy=1)  # a copy of a test study
    manifest = build(plan(tmp_path, augmented=(folder,)))
    assert manifest["rows"] == {"train": 3, "val": 1, "test": 1}
    assert (manifest["augmented_rows"], manifest["left_out"]) == (1, {"copy-invalidates-claims": 1})
    original, copy = lines(tmp_path / "out/lineage.jsonl")[:2]
    assert copy["id"] != original["id"] == copy["sample_id"]
    assert copy["augmentation"]["copy"] == 1
    assert np.all(np.load(tmp_path / "out" / copy["images"][0]["path"]) == 101)


def test_a_copy_of_one_region_serves_that_region_alone(tmp_path: Path) -> None:
    folder = augmented(tmp_path / "aug", ROWS[0], [], depth=3, region="chest")
    augmented(folder, ROWS[0], [], depth=5, region="head_neck")
    manifest = build(plan(tmp_path, augmented=(folder,)))
    assert (manifest["augmented_rows"], manifest["left_out"]) == (1, {})
    assert lines(tmp_path / "out/lineage.jsonl")[1]["images"][0]["shape"] == [3, 4, 4]


def test_a_mirrored_copy_gets_the_mirrored_text_where_there_is_one(tmp_path: Path) -> None:
    def turn(answer: str) -> list[dict[str, Any]]:
        return [{"question": "Nốt ở bên nào?", "answer": answer, "question_type": "side", "evidence": [[0, 1]]}]

    flip = {"name": "HorizontalFlip", "params": {}}
    said = {"mirrored": True, "applied": [flip]}
    folder = augmented(tmp_path / "aug", ROWS[0], ["laterality", "position"], **said)
    augmented(folder, ROWS[0], ["laterality", "position", "suv"], copy=2, **said)
    moved = {"mirrored": True, "applied": [flip, {"name": "SliceDrop", "params": {"start": 99, "end": 0}}]}
    augmented(folder, ROWS[0], ["laterality", "position"], copy=3, **moved)
    samples = [
        sample(1, ROWS[0], turns=turn("Nốt ở thùy dưới phổi phải."), claims=["laterality", "position", "suv"]),
        sample(2, ROWS[0], turns=turn("Nốt ở gan phải."), claims=["laterality"]),
    ]
    manifest = build(plan(tmp_path, samples, augmented=(folder,)))
    copies = [line for line in lines(tmp_path / "out/lineage.jsonl") if line["augmentation"]]
    assert [(line["sample_id"], line["augmentation"]["copy"], line["mirrored"]) for line in copies] == [
        (samples[0]["id"], 1, True)
    ]
    assert manifest["left_out"] == {"copy-invalidates-claims": 5}
    rows = {row["id"]: row for row in orjson.loads((tmp_path / "out/train.json").read_bytes())}
    assert rows[copies[0]["id"]]["conversations"][1]["value"] == "Nốt ở thùy dưới phổi trái."


def test_a_sample_without_slices_is_cut_where_its_region_lies(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    for kind, size in (("pet_path", 4), ("ct_path", 8)):
        np.savez(root / ROWS[0][kind], data=np.ones((100, size, size), dtype=np.int16))
    samples = [
        sample(n, ROWS[0], image=None, region=region)
        for n, region in enumerate(("head_neck", "chest", "abdomen_pelvis", "whole"))
    ]
    build(plan(tmp_path, samples, corpus=root))
    depths = [line["images"][0]["shape"][0] for line in lines(tmp_path / "out/lineage.jsonl")]
    assert depths[3] == 100
    assert 100 < sum(depths[:3]) <= 100 + 2 * 40  # the regions cover the scan and overlap at the two cuts


def test_a_copy_of_another_depth_is_another_cut_and_left_out(tmp_path: Path) -> None:
    folder = augmented(tmp_path / "aug", ROWS[0], [], depth=7)
    assert build(plan(tmp_path, augmented=(folder,)))["left_out"] == {"copy-depth-differs": 1}


@pytest.mark.parametrize(
    "line", ["", "{", '{"study_id": "a"}', '{"study_id":"../a","copy":1,"policy_sha256":"ab","files":{"pet":"a.npy"},"invalidates":[]}', '{"study_id":"a","copy":1,"policy_sha256":"ab","files":{"pet":"/etc/passwd"},"invalidates":[]}']
)  # fmt: skip
def test_a_receipt_that_is_none_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    write(tmp_path / "aug/receipts.jsonl", f"{line}\n")
    if line:
        with pytest.raises(DataRefused, match=r"receipts\.jsonl:1"):
            build(plan(tmp_path, augmented=(tmp_path / "aug",)))
    else:
        assert build(plan(tmp_path, augmented=(tmp_path / "aug",)))["augmented_rows"] == 0


LEAKS: dict[str, list[dict[str, Any]]] = {
    "patient": [sample(1, ROWS[0]), sample(2, ROWS[3], patient_id="2019/patient_1")],
    "report": [sample(1, ROWS[0]), sample(2, ROWS[3], provenance=provenance(ROWS[0]["report_path"]))],
    "paraphrase": [
        sample(1, ROWS[0], task="paraphrase", text="Viết lại.", turns=...),
        sample(2, ROWS[3], patient_id="2019/patient_1"),
    ],
    "comparison-partner": [
        sample(1, ROWS[0], task="comparison", text="Giống.", turns=..., partner={"study_id": "2019/12/day_4_patient_4", "patient_id": "2019/patient_4"}),
        sample(2, ROWS[3]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("kind", LEAKS)
def test_a_planted_leak_is_found_and_its_rows_are_named(tmp_path: Path, kind: str) -> None:
    wanted = plan(tmp_path, LEAKS[kind], corpus=None, formats=("jsonl",))
    with pytest.raises(DataRefused, match=f"leaks between splits, the first: {kind}"):
        build(wanted)
    (leak, *_) = lines(tmp_path / "out/leaks.jsonl")
    assert (leak["kind"], leak["split"], leak["other_split"]) == (kind, "test", "train")
    assert leak["rows"] == [LEAKS[kind][1]["id"]]
    assert leak["other_rows"] == [LEAKS[kind][0]["id"]]
    assert not (tmp_path / "out/manifest.json").exists()


@pytest.mark.parametrize("kind", LEAKS)
def test_a_leak_can_be_dropped_on_the_training_side(tmp_path: Path, kind: str) -> None:
    manifest = build(plan(tmp_path, LEAKS[kind], corpus=None, formats=("jsonl",), on_leak="drop"))
    assert (manifest["rows"], manifest["left_out"]) == ({"train": 0, "val": 0, "test": 1}, {"leak": 1})
    assert not (tmp_path / "out/leaks.jsonl").exists()


def test_an_augmented_copy_of_a_leaking_study_is_named_as_one(tmp_path: Path) -> None:
    folder = augmented(tmp_path / "aug", ROWS[0], [])
    with pytest.raises(DataRefused):
        build(plan(tmp_path, LEAKS["patient"], augmented=(folder,)))
    assert {leak["kind"] for leak in lines(tmp_path / "out/leaks.jsonl")} == {"patient", "augmented-copy"} - {"patient"}


def test_near_identical_reports_leak_through_the_corpus(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    body = " ".join(f"Hình ảnh nốt số {n} ở phổi phải." for n in range(80))
    for row, text in ((ROWS[0], body), (ROWS[3], body.replace("số 40", "số 400"))):
        write(root / row["report_path"], orjson.dumps({"Kết luận": text}))
    with pytest.raises(DataRefused, match="near-report"):
        build(plan(tmp_path))


def test_a_rewrite_that_nearly_repeats_a_held_out_report_leaks(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    body = " ".join(f"Hình ảnh nốt số {n} ở phổi phải." for n in range(80))
    write(root / ROWS[3]["report_path"], orjson.dumps({"Kết luận": body}))
    copied = sample(1, ROWS[0], task="paraphrase", region="whole", text=body.replace("số 40", "số 400"), turns=...)
    with pytest.raises(DataRefused, match="the first: paraphrase"):
        build(plan(tmp_path, [copied, sample(2, ROWS[3])], formats=("jsonl",)))


def test_a_partner_of_another_split_leaks_though_it_has_no_row_there(tmp_path: Path) -> None:
    with pytest.raises(DataRefused, match="comparison-partner"):
        build(plan(tmp_path, LEAKS["comparison-partner"][:1], formats=("jsonl",)))


def test_a_folder_that_cannot_be_written_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path / "out", "a file")
    with pytest.raises(DataRefused, match="out"):
        build(plan(tmp_path))


def test_the_same_volume_under_two_names_is_a_leak(tmp_path: Path) -> None:
    root = corpus(tmp_path / "corpus")
    (root / ROWS[3]["pet_path"]).write_bytes((root / ROWS[0]["pet_path"]).read_bytes())
    with pytest.raises(DataRefused, match="images are in two splits"):
        build(plan(tmp_path))


def test_patients_of_a_frozen_test_set_stay_out_of_training(tmp_path: Path) -> None:
    rows = [*ROWS, archive_row(2019, 5, 9, "patient_2")]
    corpus(tmp_path / "corpus", rows)
    frozen = write(tmp_path / "frozen.csv", "study_id,split\n2019/06/day_2_patient_2,test\n")
    manifest = build(plan(tmp_path, [sample(n, row) for n, row in enumerate(rows)], test_set=frozen))
    assert manifest["left_out"] == {"frozen-patient": 1}
    splits = {line["study_id"]: line["split"] for line in lines(tmp_path / "out/lineage.jsonl")}
    assert splits["2019/06/day_2_patient_2"] == "test"
    assert "2019/05/day_9_patient_2" not in splits


def test_text_only_rows_have_no_image_and_no_tag_and_llava_says_that_it_cannot_hold_them(tmp_path: Path) -> None:
    samples = [sample(n, row, image=None) for n, row in enumerate(ROWS)]
    with pytest.raises(DataRefused, match="jsonl or sharegpt"):
        build(plan(tmp_path, samples, corpus=None))
    manifest = build(plan(tmp_path, samples, corpus=None, formats=("sharegpt", "jsonl")))
    assert manifest["notes"] == {"no-corpus": 4}
    row = orjson.loads((tmp_path / "out/sharegpt/train.json").read_bytes())[0]
    assert "images" not in row
    assert "<image>" not in row["conversations"][0]["value"]


BAD_IMAGES = {
    "slices-outside": {"slices": [2, 9]},
    "image-missing": {"pet": "PETCT2019/none.npz"},
    "unsafe-path": {"pet": "../x.npz"},
    "image-unreadable": {"pet": ROWS[0]["report_path"]},
}


@pytest.mark.parametrize("code", BAD_IMAGES)
def test_an_image_that_cannot_be_cut_is_counted_and_the_rest_goes_on(tmp_path: Path, code: str) -> None:
    image = {"ct": None, "pet": ROWS[0]["pet_path"], "slices": [0, 4], **BAD_IMAGES[code]}
    manifest = build(plan(tmp_path, [sample(1, ROWS[0], image=image), sample(2, ROWS[1])]))
    assert (manifest["notes"], manifest["rows_by_format"]) == ({code: 1}, {"llava": 1})
    assert (manifest["left_out"], len(lines(tmp_path / "out/lineage.jsonl"))) == ({"no-format-holds-it": 1}, 1)


def test_comparisons_are_joined_along_depth_or_kept_as_a_pair(tmp_path: Path) -> None:
    partner = {"study_id": "2019/06/day_2_patient_2", "patient_id": "2019/patient_2", "image": {"pet": ROWS[1]["pet_path"], "slices": [0, 3]}}  # fmt: skip
    pair = [sample(1, ROWS[0], task="comparison", text="Giống nhau.", turns=..., partner=partner)]
    build(plan(tmp_path, pair))
    (row,) = orjson.loads((tmp_path / "out/train.json").read_bytes())
    joined = np.load(tmp_path / "out" / row["image"])
    volumes = [np.load(tmp_path / "corpus" / r["pet_path"])["data"] for r in ROWS[:2]]
    np.testing.assert_array_equal(joined, np.concatenate([volumes[0][2:6], volumes[1][0:3]]))
    build(plan(tmp_path, pair, formats=("jsonl",), pair_images=True, fresh=True))
    (line,) = lines(tmp_path / "out/jsonl/train.jsonl")
    assert len(line["images"]) == 2
    assert line["messages"][0]["content"].startswith("<image>\n<image>\n")


def test_mixing_gives_the_stated_shares_of_the_subsets(tmp_path: Path) -> None:
    samples = [sample(n, ROWS[0]) for n in range(30)]
    samples += [sample(n, ROWS[1], task="paraphrase", text=f"Bản {n}.", turns=...) for n in range(40, 50)]
    build(plan(tmp_path, samples, mix=parse_mix("VQA=3,G=2,O=1"), formats=("jsonl",)))
    train = Counter(line["subset"] for line in lines(tmp_path / "out/lineage.jsonl") if line["split"] == "train")
    assert train == {"G": 10, "O": 5, "VQA": 15}
    with pytest.raises(DataRefused, match="no training rows of C"):
        build(plan(tmp_path, samples, mix=parse_mix("VQA=1,C=1"), fresh=True))


def polar(number: int, answer: str) -> dict[str, Any]:
    turn = {"question": f"Có hạch số {number} không?", "answer": answer, "question_type": "node", "evidence": [[0, 1]]}
    return sample(number, ROWS[0], turns=[turn])


def test_duplicates_and_balance_are_reported_capped_or_dropped(tmp_path: Path) -> None:
    samples = [polar(n, "Không, chưa thấy.") for n in range(10)] + [polar(n, "Có, một hạch.") for n in range(20, 24)]
    twins = [polar(n, "Có.") for n in (99, 99, 99)]
    for number, twin in enumerate(twins):
        samples.append(twin | {"id": f"{number:064x}"})
    report = build(plan(tmp_path, samples))["statistics"]
    assert (report["pairs"], report["repeated_pairs"]) == (17, 2)
    assert report["yes_no_by_type"] == {"node": {"yes": 7, "no": 10}}
    assert report["constant_answer_share"] == round(10 / 17, 4)
    capped = build(plan(tmp_path, samples, duplicates=parse_policy("cap:2"), fresh=True))
    assert capped["left_out"] == {"duplicate-pair": 1}
    dropped = build(plan(tmp_path, samples, duplicates=Policy("drop"), balance=Policy("drop"), fresh=True))
    assert dropped["left_out"] == {"duplicate-pair": 2, "balance": 5}
    assert dropped["statistics"]["yes_no_by_type"] == {"node": {"yes": 5, "no": 5}}


def test_near_duplicates_are_looked_for_within_a_study(tmp_path: Path) -> None:
    words = " ".join(f"chữ {n}" for n in range(40))
    turns = [[{"question": words + end, "answer": words, "question_type": "x", "evidence": [[0, 1]]}] for end in "?!"]
    samples = [sample(n, row, turns=turns[n % 2]) for n, row in enumerate((ROWS[0], ROWS[0], ROWS[1]))]
    assert build(plan(tmp_path, samples, near=Policy("report")))["statistics"]["near_duplicates"] == 1
    assert build(plan(tmp_path, samples, near=Policy("drop"), fresh=True))["left_out"] == {"near-duplicate": 1}


def test_the_same_build_again_is_done_already_and_another_one_says_the_difference(tmp_path: Path) -> None:
    first = build(plan(tmp_path))
    before = (tmp_path / "out/train.json").stat().st_mtime_ns
    assert build(plan(tmp_path)) == first
    assert (tmp_path / "out/train.json").stat().st_mtime_ns == before
    with pytest.raises(SettingsDiffer, match=r"formats.*--fresh"):
        build(plan(tmp_path, formats=("jsonl",)))
    assert build(plan(tmp_path, formats=("jsonl",), fresh=True))["rows"] == first["rows"]


def test_a_build_that_was_killed_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    whole = build(plan(tmp_path))
    files = {p.relative_to(tmp_path): p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    (tmp_path / "out/manifest.json").unlink()
    write(tmp_path / "out/.building/train.json", "[half")
    write(tmp_path / "out/.building/settings.json", orjson.dumps(plan(tmp_path).settings()))
    assert build(plan(tmp_path)) == whole
    assert files == {p.relative_to(tmp_path): p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "text", [b"{", b"[]", b'{"id": "x"}', b'{"id":1,"study_id":"a","patient_id":"b","task":"other","split":null}']
)
def test_a_line_that_is_no_sample_is_refused_with_its_number(tmp_path: Path, text: bytes) -> None:
    wanted = plan(tmp_path)
    write(tmp_path / "run/samples.jsonl", orjson.dumps(sample(1, ROWS[0])) + b"\n" + text + b"\n")
    with pytest.raises(DataRefused, match=r"samples\.jsonl:2"):
        build(wanted)


def test_set_up_that_cannot_work_is_refused_at_once(tmp_path: Path) -> None:
    for text in ("sometimes", "cap:0", "cap:x", "drop:2"):
        with pytest.raises(Misuse):
            parse_policy(text)
    for text in ("X=1", "G", "G=-1", "G=0", "G=nan"):
        with pytest.raises(Misuse):
            parse_mix(text)
    with pytest.raises(Misuse, match="format"):
        build(plan(tmp_path, formats=("csv",)))
    with pytest.raises(DataRefused, match="try --split patient"):
        build(plan(tmp_path, [sample(1, ROWS[0], split=None)]))
    with pytest.raises(DataRefused, match=r"no samples\.jsonl"):
        build(Plan((tmp_path / "nothing",), tmp_path / "out"))


def test_a_run_that_leaves_out_more_findings_than_allowed_is_refused(tmp_path: Path) -> None:
    asked = plan(tmp_path, min_coverage=0.8)
    counted = {"counts": {"tasks": {"vqa-single": {"findings": 10, "covered": 7}, "vqa-multi": {"findings": 0}}}}
    (asked.runs[0] / "run.json").write_bytes(orjson.dumps(counted))
    with pytest.raises(
        DataRefused, match=r"vqa-single: 7 of 10 findings are asked about \(0\.700\); --min-coverage asks for 0\.8"
    ):
        build(asked)
    assert not (tmp_path / "out").exists()
    done = build(replace(asked, min_coverage=0.7))
    assert done["statistics"]["coverage"]["vqa-single"] == {"findings": 10, "covered": 7}


def test_a_broken_run_json_is_named(tmp_path: Path) -> None:
    asked = plan(tmp_path)
    (asked.runs[0] / "run.json").write_text("[1]")
    with pytest.raises(DataRefused, match=r"run\.json: not the run\.json of a run"):
        build(asked)


GARBAGE = {
    "no archive": b"not a zip at all",
    "cut off": b"PK\x03\x04" + bytes(40),
    "empty": b"",
    "a pickle": b"\x80\x04N.",
}


def _npz_of(member: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("data.npy", member)
    return held.getvalue()


GARBAGE["no header in the member"] = _npz_of(b"garbage" * 40)
GARBAGE["a header of garbage"] = _npz_of(b"\x93NUMPY\x01\x00\x08\x00{'descr'" + b"(" * 40)
GARBAGE["a pickle in the member"] = _npz_of(b"\x80\x04N.")


@pytest.mark.parametrize("kind", GARBAGE)
def test_a_volume_of_garbage_is_counted_and_the_rest_goes_on(tmp_path: Path, kind: str) -> None:
    made = plan(tmp_path)
    (tmp_path / "corpus" / ROWS[0]["pet_path"]).write_bytes(GARBAGE[kind])
    argv = ["manifest", str(made.runs[0]), "-o", str(made.folder), "--corpus", str(made.corpus), "--json"]
    done = CliRunner().invoke(cli, argv)
    assert done.exit_code == 0, done.output
    assert orjson.loads(done.stdout)["notes"] == {"image-unreadable": 1}


def argv(made: Plan, *more: str) -> list[str]:
    return ["manifest", str(made.runs[0]), "-o", str(made.folder), "--corpus", str(made.corpus), *more]


@pytest.mark.parametrize("lost", ["train.json", "lineage.jsonl", "images"])
def test_a_manifest_that_lost_a_file_is_built_again(tmp_path: Path, lost: str) -> None:
    made = plan(tmp_path)
    build(made)
    files = {p: p.read_bytes() for p in made.folder.rglob("*") if p.is_file()}
    victim = made.folder / lost
    victim = next(victim.rglob("*.npy")) if victim.is_dir() else victim
    victim.unlink()
    assert CliRunner().invoke(cli, argv(made)).exit_code == 0
    assert files == {p: p.read_bytes() for p in made.folder.rglob("*") if p.is_file()}


def test_a_manifest_whose_file_was_changed_is_built_again(tmp_path: Path) -> None:
    made = plan(tmp_path)
    build(made)
    before = (made.folder / "val.json").read_bytes()
    (made.folder / "val.json").write_bytes(before[:-2] + b"x]")
    build(made)
    assert (made.folder / "val.json").read_bytes() == before


def test_a_folder_that_another_process_builds_in_is_refused_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    made = plan(tmp_path)
    code = (
        "import sys, pathlib; from vimedsynth.holding import holding\n"
        "with holding(pathlib.Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    held = [sys.executable, "-c", code, str(made.folder)]
    with subprocess.Popen(held, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "in\n"
        for more in ((), ("--fresh",)):
            refused = CliRunner().invoke(cli, argv(made, *more))
            assert refused.exit_code == 2
            assert f"{made.folder}: another process works in this folder" in refused.output
        other.kill()
    assert CliRunner().invoke(cli, argv(made)).exit_code == 0


def test_a_process_that_is_turned_away_takes_no_folder_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that begin at one time both find no folder: the one that comes too late had not made it."""
    out = tmp_path / "out"
    with holding(out):
        with monkeypatch.context() as patched:
            patched.setattr(Path, "exists", lambda self: False)
            with pytest.raises(Misuse, match="another process"), holding(out):
                pass
        assert out.is_dir()
    assert not out.exists()


def test_of_two_builds_at_once_none_spoils_the_other(tmp_path: Path) -> None:
    made = plan(tmp_path)
    said = [sys.executable, "-m", "vimedsynth", *argv(made)]
    both = [subprocess.Popen(said, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    told = [(process.communicate()[1], process.returncode) for process in both]
    assert {code for _, code in told} <= {0, 2}, told
    assert 0 in {code for _, code in told}
    assert "Traceback" not in str(told)
    assert CliRunner().invoke(cli, ["validate", str(made.folder)]).exit_code == 0


@pytest.mark.parametrize("more", [(), ("--fresh",)])
def test_a_folder_of_somebody_else_stays_as_it_is(tmp_path: Path, more: tuple[str, ...]) -> None:
    made = plan(tmp_path)
    write(made.folder / "README.md", "Của tôi.")
    write(made.folder / "train.json", "[]")
    refused = CliRunner().invoke(cli, argv(made, *more))
    assert refused.exit_code == 2
    assert f"{made.folder}: not a manifest folder (README.md is there but no manifest.json" in refused.output
    assert sorted(p.name for p in made.folder.iterdir()) == ["README.md", "train.json"]
    assert (made.folder / "README.md").read_text("utf-8") == "Của tôi."


@pytest.mark.parametrize("more", [(), ("--fresh",)])
def test_a_manifest_of_another_kind_and_its_images_stay(tmp_path: Path, more: tuple[str, ...]) -> None:
    made = plan(tmp_path)
    write(made.folder / "manifest.json", '{"name": "một trang web"}')
    write(made.folder / "images" / "logo.svg", "<svg/>")
    refused = CliRunner().invoke(cli, argv(made, *more))
    assert refused.exit_code == 1
    assert "not a manifest of ours; expected an empty folder" in refused.output
    assert sorted(p.name for p in made.folder.rglob("*")) == ["images", "logo.svg", "manifest.json"]


def made_run(tmp_path: Path, text: str) -> tuple[Path, Path]:
    """A corpus of two studies with ``text`` in their reports, and a real run over it."""
    rows = [archive_row(2019, month, 1, f"patient_{month}") for month in (5, 6)]
    root = archive(tmp_path / "corpus", rows, {n: report_json(**{"Hệ cơ - xương": f"{text} {n}."}) for n in (0, 1)})
    done = CliRunner().invoke(cli, ["vqa", str(root), "-o", str(tmp_path / "run"), "--quiet"])
    assert done.exit_code == 0, done.output
    return root, tmp_path / "run"


def test_another_corpus_than_the_one_of_the_run_is_refused(tmp_path: Path) -> None:
    root, made = made_run(tmp_path / "a", "Hình ảnh đốt sống ngực số")
    other, _ = made_run(tmp_path / "b", "Hình ảnh đốt sống thắt lưng số")
    strange = archive(tmp_path / "c", [archive_row(2018, 3, 1, "patient_9")])
    moved = shutil.copytree(root, tmp_path / "moved", copy_function=shutil.copy)  # other dates, the same corpus
    for corpus_root, code in ((other, "report-differs"), (strange, "study-unknown")):
        said = ["manifest", str(made), "-o", str(tmp_path / "out"), "--corpus", str(corpus_root)]
        refused = CliRunner().invoke(cli, said)
        assert refused.exit_code == 1, refused.output
        assert code in refused.output
        assert str(corpus_root) in refused.output
    for n, corpus_root in enumerate((root, moved)):
        said = ["manifest", str(made), "-o", str(tmp_path / f"ok{n}"), "--corpus", str(corpus_root)]
        assert CliRunner().invoke(cli, said).exit_code == 0
    for corpus_root, codes in ((root, []), (other, ["report-differs"]), (strange, ["study-unknown"])):
        said = ["validate", str(tmp_path / "ok0"), "--corpus", str(corpus_root), "--format", "json"]
        done = CliRunner().invoke(cli, said)
        found = {problem["code"] for problem in orjson.loads(done.stdout)["problems"]}
        assert (done.exit_code, sorted(found)) == (int(bool(codes)), codes)


@pytest.mark.parametrize("kind", ["folder", "npz", "nifti"])
def test_a_training_row_of_anything_but_an_npy_is_a_problem(tmp_path: Path, kind: str) -> None:
    root = build(plan(tmp_path)) and tmp_path / "out"
    rows = orjson.loads((root / "train.json").read_bytes())
    name = {"folder": "images/scan", "npz": "images/scan.npz", "nifti": "images/scan.nii"}[kind]
    if kind == "folder":
        write(root / name / "1.dcm", b"x")
    elif kind == "npz":
        np.savez(root / name, data=np.zeros((4, 4, 4), np.int16))
    else:
        write(root / name, b"x" * 400)
    rows[0]["image"] = name
    write(tmp_path / "alone/train.json", orjson.dumps(rows))
    said = ["validate", str(tmp_path / "alone/train.json"), "--images", str(root), "--format", "json"]
    done = CliRunner().invoke(cli, said)
    assert done.exit_code == 1
    assert [p["code"] for p in orjson.loads(done.stdout)["problems"]] == ["image-type"]
