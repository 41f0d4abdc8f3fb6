"""The gate as a user meets it: what passes, what is named, how it exits."""

import math
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from vimedsynth.cli import cli
from vimedsynth.schemas import load_schema, registry, schema_names
from vimedsynth.validation.conformance import Reference, compiled, faults, reference_faults
from vimedsynth.validation.events import Checked, Reading
from vimedsynth.validation.gate import PROGRESS_ROWS, validate
from vimedsynth.validation.scope import Scope

SHARED = Path(__file__).parents[2] / "shared/data/vimed_pet"


def run(*args: str | Path) -> tuple[int, str]:
    """Exit code and stdout of ``vimedsynth validate``."""
    result = CliRunner().invoke(cli, ["validate", *map(str, args)], catch_exceptions=False)
    return result.exit_code, result.stdout


def llava_row(**changes: object) -> dict[str, object]:
    turns = [
        {"from": "human", "value": "<image>\nẢnh này chụp vùng nào?"},
        {"from": "gpt", "value": "Ảnh chụp lồng ngực."},
    ]
    return {"id": "a1", "image": "images/a1.npy", "conversations": turns} | changes


def write_lines(path: Path, rows: list[object]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


@pytest.mark.skipif(not SHARED.exists(), reason="the real conversations are not in the repository (CC BY-NC-SA data)")
def test_the_real_conversations_are_llava_rows() -> None:
    code, output = run(SHARED / "llava_conversations.json", "--schema", "llava")
    assert code == 0
    assert "7 rows as llava-row, 0 problems" in output


def test_one_bad_row_never_hides_the_others(tmp_path: Path) -> None:
    rows = [llava_row(id=f"r{index}") for index in range(6)]
    rows[1]["image"] = "/etc/passwd"
    rows[4]["conversations"] = []
    path = write_lines(tmp_path / "rows.jsonl", list(rows))
    path.write_bytes(path.read_bytes().replace(b'{"id":"r2"', b'{"id":"r2'))
    code, output = run(path, "--format", "json")
    report = orjson.loads(output)
    assert code == 1
    assert [(p["row"], p["line"], p["code"]) for p in report["problems"]] == [
        (2, 2, "schema-pattern"),
        (3, 3, "not-json"),
        (5, 5, "schema-min-items"),
    ]
    assert report["summary"]["rows"] == 6


def test_every_schema_is_a_schema_and_refers_only_to_ours() -> None:
    for name in schema_names():
        schema = load_schema(name)
        Reference.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    known = {load_schema(name).get("$id") for name in schema_names()}
    assert set(registry()) <= known


def test_an_unknown_schema_is_wrong_usage(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "rows.jsonl", [llava_row()])
    result = CliRunner().invoke(cli, ["validate", str(path), "--schema", "nothing"])
    assert result.exit_code == 2
    assert "llava-row" in result.stderr


def test_a_path_that_is_not_there_is_refused() -> None:
    result = CliRunner().invoke(cli, ["validate", "/no/such/path"])
    assert result.exit_code == 1
    assert "no such file or folder" in result.stderr


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_are_finite_in_both_validators(value: float) -> None:
    lesion = {"SUVmax": value, "Tăng chuyển hoá FDG": "Có tăng"}
    assert any(fault.path.endswith(".SUVmax") for fault in reference_faults("lesion", {"Mức độ FDG": lesion}))
    fast = compiled("lesion")
    assert fast is None or not fast({"Mức độ FDG": lesion})


@pytest.mark.parametrize("row", [llava_row(image="a.npy\n"), llava_row(id=7), llava_row(conversations=[]), {}, [], 1])
def test_both_validators_refuse_the_same(row: object) -> None:
    fast = compiled("llava-row")
    assert reference_faults("llava-row", row)
    assert fast is None or not fast(row)
    assert faults("llava-row", row)


def test_a_long_file_says_how_far_it_is_and_reporters_do_not_see_it(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "rows.jsonl", [llava_row(id=f"r{index}") for index in range(PROGRESS_ROWS + 1)])
    steps = list(validate([path], Scope(schema="llava-row", schema_only=True)))
    assert steps == [Reading(str(path), PROGRESS_ROWS), Checked(str(path), "llava-row", PROGRESS_ROWS + 1, 0)]
    assert run(path, "--schema", "llava", "--schema-only", "--format", "junit")[0] == 0
