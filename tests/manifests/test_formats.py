"""Every format holds the same rows in the same order, and the libraries of the field read them."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from tests.manifests.kit import ROWS, corpus, lines, run, sample
from vimedsynth.cli import cli
from vimedsynth.manifests import WRITER_BY_NAME
from vimedsynth.manifests.build import Plan, build

FORMATS = tuple(WRITER_BY_NAME)
NAMES = ("train", "val", "test")
WITHOUT = "not installed; it comes with vimedsynth[dev]"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("formats")
    samples = [sample(n, row) for n in range(6) for row in ROWS]
    build(
        Plan((run(root / "run", samples),), root / "out", corpus=corpus(root / "corpus"), formats=FORMATS, embed=True)
    )
    return root / "out"


def conversation(record: dict[str, Any]) -> tuple[str, list[str]]:
    """The id and the texts of a row, whatever its form."""
    turns = record.get("messages") or record["conversations"]
    return record["id"], [turn.get("content") or turn["value"] for turn in turns]


def read(folder: Path, name: str, split: str) -> list[dict[str, Any]]:
    if name in {"llava", "sharegpt"}:
        rows: list[dict[str, Any]] = orjson.loads(
            (folder / (f"{split}.json" if name == "llava" else f"sharegpt/{split}.json")).read_bytes()
        )
        return rows
    if name == "jsonl":
        return lines(folder / "jsonl" / f"{split}.jsonl")
    if name == "parquet":
        import pyarrow.parquet as pq

        return [
            row for path in sorted((folder / "parquet").glob(f"{split}-*")) for row in pq.read_table(path).to_pylist()
        ]
    wds = pytest.importorskip("webdataset", reason=WITHOUT)

    shards = sorted(map(str, (folder / "webdataset").glob(f"{split}-*.tar")))
    return [orjson.loads(item["json"]) for item in wds.WebDataset(shards, shardshuffle=False)] if shards else []


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of webdataset's own imports
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # webdataset leaves its tar streams to the collector
def test_every_format_holds_the_same_rows_in_the_same_order(built: Path, name: str) -> None:
    for split in NAMES:
        wanted = [row["id"] for row in lines(built / "lineage.jsonl") if row["split"] == split]
        rows = [conversation(row) for row in read(built, name, split)]
        assert [row_id for row_id, _ in rows] == wanted
        assert rows == [conversation(row) for row in read(built, "llava", split)]
        assert wanted


def test_embedded_images_are_the_images(built: Path) -> None:
    import tarfile

    import pyarrow.parquet as pq

    (row, *_) = pq.read_table(built / "parquet/train-00000.parquet").to_pylist()
    assert row["image_bytes"] == [(built / row["images"][0]).read_bytes()]
    with tarfile.open(built / "webdataset/train-000000.tar") as tar:
        member = tar.getmember(f"{row['id']}.npy")
        file = tar.extractfile(member)
        assert file is not None
        np.testing.assert_array_equal(
            np.load(io.BytesIO(file.read()), allow_pickle=False), np.load(built / row["images"][0])
        )


def test_the_same_build_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    samples = [sample(n, row) for n in range(6) for row in ROWS]
    build(
        Plan(
            (run(tmp_path / "run", samples),),
            tmp_path / "out",
            corpus=corpus(tmp_path / "corpus"),
            formats=FORMATS,
            embed=True,
        )
    )
    first, second = (
        orjson.loads((folder / "manifest.json").read_bytes())["files"] for folder in (built, tmp_path / "out")
    )
    assert first == second


@pytest.mark.filterwarnings("ignore")  # of the library, not of ours
@pytest.mark.parametrize("name", ["jsonl", "parquet", "sharegpt", "llava", "webdataset"])
def test_datasets_loads_the_folder(built: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets", reason=WITHOUT)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    if name in {"parquet", "webdataset"}:
        suffix = "tar" if name == "webdataset" else name
        where = {split: f"{name}/{split}-*.{suffix}" for split in NAMES}
        loaded = datasets.load_dataset(name, data_dir=str(built), data_files=where, cache_dir=str(tmp_path))
    else:
        loaded = datasets.load_dataset(str(built), name, cache_dir=str(tmp_path))
    assert {split: len(rows) for split, rows in loaded.items()} == {"train": 12, "val": 6, "test": 6}
    first = loaded["train"][0]
    row = orjson.loads(first["json"]) if isinstance(first.get("json"), (bytes, str)) else first.get("json", first)
    assert conversation(row) == conversation(read(built, "llava", "train")[0])


@pytest.mark.filterwarnings("ignore")
def test_croissant_metadata_is_valid_and_its_records_are_the_rows(built: Path) -> None:
    mlc = pytest.importorskip("mlcroissant", reason=WITHOUT)
    dataset = mlc.Dataset(jsonld=str(built / "croissant.json"))
    assert not dataset.metadata.issues.errors
    records = list(dataset.records(record_set="jsonl-val"))
    wanted = [row["id"] for row in lines(built / "jsonl/val.jsonl")]
    assert [record["jsonl-val/id"].decode() for record in records] == wanted


def test_the_command_builds_and_says_what_it_did(tmp_path: Path) -> None:
    folder = run(tmp_path / "run", [sample(n, row) for n, row in enumerate(ROWS)])
    where = ["manifest", str(folder), "-o", str(tmp_path / "out"), "--corpus", str(corpus(tmp_path / "corpus"))]
    done = CliRunner().invoke(cli, [*where, "--format", "llava", "--format", "jsonl"])
    assert done.exit_code == 0, done.output
    assert "train 2, val 1, test 1" in done.stdout
    assert CliRunner().invoke(cli, [*where, "--format", "jsonl"]).exit_code == 1  # other settings
    again = CliRunner().invoke(cli, [*where, "--format", "jsonl", "--fresh", "--json"])
    assert orjson.loads(again.stdout)["rows_by_format"] == {"jsonl": 4}
    assert CliRunner().invoke(cli, [*where, "--format", "csv"]).exit_code == 2
    assert CliRunner().invoke(cli, [*where, "--mix", "Z=1"]).exit_code == 2
    leak = run(tmp_path / "leak", [sample(1, ROWS[0]), sample(2, ROWS[3], patient_id="2019/patient_1")])
    refused = CliRunner().invoke(cli, ["manifest", str(leak), "-o", str(tmp_path / "no"), "--format", "jsonl"])
    assert (refused.exit_code, "patient: test" in refused.stderr) == (1, True)
