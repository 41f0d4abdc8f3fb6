"""The regression gate: the guard on the sample corpus, small and seeded. The whole run is ``python -m benchmarks.corruption``."""

import json
from pathlib import Path

from click.testing import CliRunner

from benchmarks.corruption.__main__ import main
from benchmarks.corruption.items import operators
from benchmarks.corruption.mutated import main as mutate
from benchmarks.corruption.natural import FREE, judged

OTHER_STYLE = Path(__file__).parents[2] / "benchmarks" / "corruption" / "other_style.jsonl"


def test_the_guard_catches_corruptions_and_passes_rewrites() -> None:
    args = ["--limit", "7", "--sample", "10", "--mixes", "2", "--min-overall", "99.5", "--min-operator", "95", "--json"]
    result = CliRunner().invoke(main, args)
    figures = json.loads(result.stdout)
    assert figures["failures"] == []
    assert result.exit_code == 0
    assert {row["operator"] for row in figures["operators"]} >= set(operators()) - {"18", "19", "21", "22"}
    assert figures["true_answers"]["refused"] <= 1


def test_reports_in_another_hospitals_style_are_guarded_too() -> None:
    args = [
        "--reports",
        str(OTHER_STYLE),
        "--sample",
        "4",
        "--mixes",
        "3",
        "--min-overall",
        "97",
        "--min-operator",
        "50",
    ]
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 0, result.output.rpartition("true answers")[2]


def test_a_limit_that_is_missed_is_exit_code_1() -> None:
    args = ["--limit", "1", "--sample", "1", "--mixes", "0", "--mode", "answer", "--min-overall", "100.1"]
    result = CliRunner().invoke(main, args)
    assert result.exit_code == 1
    assert "FAILED caught overall" in result.output


def test_free_texts_are_judged_no_worse_than_before() -> None:
    wrong = [row.why for row in judged() if not row.right]
    assert len(wrong) <= 1, wrong


def test_answers_as_free_as_models_write_them_are_judged_no_worse_than_before() -> None:
    """The false ones are what must not pass; of the true ones, a third are more than the guard can follow."""
    rows = [row for row in judged(FREE) if row.text is None]
    assert len(rows) == 1396
    assert sum(not row.right for row in rows if not row.supported) <= 5
    assert sum(row.right for row in rows if row.supported) >= 475


def test_a_word_made_another_is_seen_in_free_answers_too() -> None:
    result = CliRunner().invoke(mutate, ["--json"])
    figures = json.loads(result.stdout)
    made, passed = (sum(figures[name].values()) for name in ("made", "passed"))
    assert made > 1500
    assert passed < 0.06 * made, figures["passed"]


def test_no_false_rewrite_by_a_free_hand_passes() -> None:
    rows = [row for row in judged(FREE) if row.text is not None]
    assert len(rows) == 288
    assert all(row.right for row in rows if not row.supported)
    assert sum(row.right for row in rows if row.supported) >= 32
