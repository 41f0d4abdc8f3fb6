"""The run folder: begun, gone on with, refused when it differs, emptied only when it is a run."""

import os
from pathlib import Path

import orjson
import pytest

from vimedsynth.errors import DataRefused, Misuse, SettingsDiffer
from vimedsynth.files import replacing
from vimedsynth.runs import Run, fingerprint, finish_run, open_run, source_date

SETTINGS = {"engine": "grounded", "seed": 0, "tasks": ["paraphrase"]}
DATE = "2026-01-02T03:04:05Z"


def begin(folder: Path, settings: dict[str, object] = SETTINGS, *, fresh: bool = False) -> Run:
    run = open_run(folder, settings, DATE, fresh=fresh)
    run.journal.close()
    return run


def test_the_same_settings_go_on_with_the_first_date(tmp_path: Path) -> None:
    begin(tmp_path / "run")
    again = open_run(tmp_path / "run", SETTINGS, "2030-01-01T00:00:00Z")
    assert again.created == DATE


def test_other_settings_are_refused_with_each_difference(tmp_path: Path) -> None:
    begin(tmp_path / "run")
    with pytest.raises(SettingsDiffer) as refused:
        begin(tmp_path / "run", {"engine": "grounded", "seed": 1, "limit": 3, "tasks": ["paraphrase"]})
    assert "seed: 0 in the folder, 1 asked for" in str(refused.value)
    assert "limit: not set in the folder, 3 asked for" in str(refused.value)
    assert "engine" not in str(refused.value)
    assert "--fresh" in str(refused.value)


def test_a_setting_that_only_changed_its_container_is_the_same(tmp_path: Path) -> None:
    begin(tmp_path / "run")
    begin(tmp_path / "run", {**SETTINGS, "tasks": ("paraphrase",)})


def test_fresh_empties_a_run_and_nothing_else(tmp_path: Path) -> None:
    begin(tmp_path / "run")
    (tmp_path / "run" / "notes.txt").write_text("mine")
    begin(tmp_path / "run", {**SETTINGS, "seed": 1}, fresh=True)
    assert (tmp_path / "run" / "notes.txt").read_text() == "mine"
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "samples.jsonl").write_text("precious")
    with pytest.raises(Misuse, match="run folders only"):
        begin(tmp_path / "home", fresh=True)
    assert (tmp_path / "home" / "samples.jsonl").read_text() == "precious"


def test_a_folder_with_strange_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("x")
    with pytest.raises(Misuse, match=r"thesis\.docx"):
        begin(tmp_path)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"settings": 3}', b"\xff\xfe", b'{"settings":{},"created":1,"begun":2}']
)
def test_a_broken_run_json_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(DataRefused, match=r"run\.json"):
        begin(tmp_path)


def test_an_empty_run_ends_with_two_empty_files(tmp_path: Path) -> None:
    run = open_run(tmp_path / "run", SETTINGS, DATE)
    counts = finish_run(run, {"reports": 0})
    assert counts["candidates"] == counts["samples"] == counts["rejections"] == 0
    assert (run.folder / "samples.jsonl").read_bytes() == (run.folder / "rejections.jsonl").read_bytes() == b""
    kept = orjson.loads((run.folder / "run.json").read_bytes())
    assert kept["counts"] == counts
    assert kept["settings"] == SETTINGS


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"old")

    def half_a_write() -> None:
        with replacing(tmp_path / "f") as file:
            file.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_a_write()
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
    assert (tmp_path / "f").read_bytes() == b"old"


def test_the_source_date_is_the_newest_text_or_the_given_epoch(tmp_path: Path) -> None:
    for name, seconds in (("a.json", 1_000_000), ("b.txt", 2_000_000), ("scan.npz", 3_000_000)):
        (tmp_path / name).write_text("{}")
        os.utime(tmp_path / name, (seconds, seconds))
    assert source_date(tmp_path, None) == "1970-01-24T03:33:20Z"
    assert source_date(tmp_path, "86400") == "1970-01-02T00:00:00Z"
    with pytest.raises(Misuse, match="SOURCE_DATE_EPOCH"):
        source_date(tmp_path, "yesterday")


def test_the_fingerprint_of_a_jsonl_is_its_content_and_of_a_folder_its_texts(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}")
    before = fingerprint(tmp_path / "a.jsonl")
    os.utime(tmp_path / "a.jsonl", (5, 5))
    assert fingerprint(tmp_path / "a.jsonl") == before
    (tmp_path / "a.jsonl").write_text("{ }")
    assert fingerprint(tmp_path / "a.jsonl") != before
    (tmp_path / "r.json").write_text("1")
    folder = fingerprint(tmp_path)
    (tmp_path / "scan.npz").write_text("1")
    assert fingerprint(tmp_path) == folder
    (tmp_path / "r.json").write_text("12")
    assert fingerprint(tmp_path) != folder
