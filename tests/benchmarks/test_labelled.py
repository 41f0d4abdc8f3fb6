"""Labelled pairs: what counts as wrong, and the published pairs where they are at hand."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.corruption.__main__ import main, read_reports
from benchmarks.corruption.labelled import is_wrong, judge_pairs

SHARED = Path(__file__).parents[3] / "shared" / "data" / "vimed_pet"
REPORT = "Hình ảnh nang thận trái, đường kính 24 mm, không tăng chuyển hóa FDG."


def _files(folder: Path) -> tuple[Path, Path]:
    rows = [
        ("A fully supported", "Thận có gì?", "Có nang thận trái đường kính 24 mm."),
        ("C wrong laterality", "Thận có gì?", "Có nang thận phải đường kính 24 mm."),
        ("H style/terminology", "Thận có gì?", "Có nang thận trái."),
    ]
    pairs = [{"patient_id": "p", "label": a, "question": q, "answer": text} for a, q, text in rows]
    reports, labelled = folder / "reports.jsonl", folder / "pairs.jsonl"
    reports.write_text(json.dumps({"patient_id": "p", "report": REPORT}), encoding="utf-8")
    labelled.write_text("\n".join(json.dumps(pair, ensure_ascii=False) for pair in pairs), encoding="utf-8")
    return reports, labelled


def test_style_is_neither_right_nor_wrong(tmp_path: Path) -> None:
    reports, labelled = _files(tmp_path)
    pairs = judge_pairs(labelled, read_reports(reports))
    assert [is_wrong(pair) for pair in pairs] == [False, True, None]
    assert [pair.verdict.accepted for pair in pairs[:2]] == [True, False]


def test_the_command_gives_both_shares(tmp_path: Path) -> None:
    reports, labelled = _files(tmp_path)
    result = CliRunner().invoke(main, ["--reports", str(reports), "--labelled", str(labelled)])
    assert "not A (H aside): 1 of 1 refused" in result.output
    assert "A: 0 of 1 refused" in result.output


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published reports and pairs are not on this machine")
def test_the_published_pairs_are_told_apart() -> None:
    pairs = judge_pairs(SHARED / "vqa_gpt.jsonl", read_reports(SHARED / "reports.jsonl"))
    refused = {
        wrong: [not pair.verdict.accepted for pair in pairs if is_wrong(pair) is wrong] for wrong in (True, False)
    }
    assert sum(refused[True]) >= 0.9 * len(refused[True])
    assert sum(refused[False]) <= 0.02 * len(refused[False])
