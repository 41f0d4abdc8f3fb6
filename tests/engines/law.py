"""The law of every real engine: each case is answered, each accepted sample is valid and true to its report."""

from pathlib import Path
from typing import Any

import orjson
from click.testing import CliRunner, Result

from vimedsynth.cli import cli
from vimedsynth.guards import check_answer
from vimedsynth.schemas import load_schema, registry
from vimedsynth.studies import open_corpus


def command(corpus: Path, output: Path, *said: str, tokens: int = 128, retries: int = 0) -> list[str]:
    """Single questions about the chest, small enough for a CPU."""
    task = ["vqa", str(corpus), "-o", str(output), "--style", "single", "--region", "chest"]
    return [*task, "--max-retries", str(retries), "--max-tokens", str(tokens), *said]


def generate(corpus: Path, output: Path, *said: str, **bounds: int) -> Result:
    """The run of :func:`command` in this process."""
    return CliRunner().invoke(cli, [*command(corpus, output, *said, **bounds), "--quiet", "--json"])


def rows(path: Path) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def holds(result: Result, corpus: Path, output: Path) -> dict[str, Any]:
    """Assert the law of a finished run; its counts."""
    from jsonschema import Draft202012Validator

    assert result.exit_code == 0, result.output
    counts: dict[str, Any] = orjson.loads((output / "run.json").read_bytes())["counts"]
    samples, refused = rows(output / "samples.jsonl"), rows(output / "rejections.jsonl")
    task = counts["tasks"]["vqa-single"]
    assert task["unanswered"] == 0
    assert counts["requests"] >= task["works"] > 0
    assert counts["completion_tokens"] > 0
    assert counts["candidates"] == len(samples) + len(refused) >= task["works"]
    valid = Draft202012Validator(load_schema("sample"), registry=registry())
    reports = {study.study_id: report for study, report in open_corpus(corpus).reports()}
    assert len({sample["study_id"] for sample in samples}) == task["works"]
    for sample in samples:
        valid.validate(sample)
        report = reports[sample["study_id"]]
        sentences = {(sentence.span.start, sentence.span.end) for sentence in report.sentences}
        for turn in sample["turns"]:
            assert check_answer(report, turn["question"], turn["answer"]).accepted
            assert {tuple(span) for span in turn["evidence"]} <= sentences
            assert turn["evidence"]
    return counts
