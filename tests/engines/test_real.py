"""The same law for each real engine: every case is answered, every accepted sample is valid and true to its report."""

import os
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from tests.engines.server import NAME, serving
from tests.runs.scripts import REPORT
from vimedsynth.cli import cli
from vimedsynth.guards import check_answer
from vimedsynth.schemas import load_schema, registry
from vimedsynth.studies import open_corpus

pytestmark = pytest.mark.engines
REPORTS = int(os.environ.get("VIMEDSYNTH_TEST_REPORTS", "2"))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few reports of our own that differ in side and numbers."""
    path = tmp_path_factory.mktemp("corpus") / "reports.jsonl"
    texts = (REPORT.replace("17 x 12", f"{17 + n} x {12 + n}").replace("6,8", f"{6 + n},8") for n in range(REPORTS))
    path.write_bytes(b"".join(orjson.dumps({"patient_id": f"p{n}", "report": t}) + b"\n" for n, t in enumerate(texts)))
    return path


def generate(corpus: Path, output: Path, *engine: str) -> Result:
    said = ["vqa", str(corpus), "-o", str(output), "--style", "single", "--region", "chest", "--max-retries", "0"]
    return CliRunner().invoke(cli, [*said, "--max-tokens", "160", "--quiet", "--json", *engine])


def holds(result: Result, corpus: Path, output: Path) -> None:
    """The law."""
    from jsonschema import Draft202012Validator

    assert result.exit_code == 0, result.output
    counts = orjson.loads((output / "run.json").read_bytes())["counts"]
    samples = [orjson.loads(line) for line in (output / "samples.jsonl").read_bytes().splitlines()]
    assert counts["tasks"]["vqa-single"]["unanswered"] == 0
    assert counts["requests"] >= REPORTS
    assert counts["completion_tokens"] > 0
    assert counts["candidates"] == counts["samples"] + counts["rejections"] >= REPORTS
    reports = {study.study_id: report for study, report in open_corpus(corpus).reports()}
    assert {sample["study_id"] for sample in samples} == set(reports)
    validator = Draft202012Validator(load_schema("sample"), registry=registry())
    for sample in samples:
        validator.validate(sample)
        report = reports[sample["study_id"]]
        for turn in sample["turns"]:
            assert check_answer(report, turn["question"], turn["answer"]).accepted
            assert all(report.text[start:end].strip() for start, end in turn["evidence"])


def test_server_through_the_openai_client(weights: Path, corpus: Path, tmp_path: Path) -> None:
    with serving(weights, tmp_path / "server.log", 8317) as url:
        engine = ("--engine", "openai", "--base-url", url, "--concurrency", "8")
        holds(generate(corpus, tmp_path / "run", *engine), corpus, tmp_path / "run")
        settings = orjson.loads((tmp_path / "run" / "run.json").read_bytes())["settings"]
        assert settings["model"] == NAME


def test_vllm_in_this_process(weights: Path, corpus: Path, tmp_path: Path) -> None:
    engine = ("--engine", "vllm", "--model", str(weights / "model"), "--concurrency", "8")
    holds(generate(corpus, tmp_path / "run", *engine), corpus, tmp_path / "run")


def test_outlines_with_transformers(weights: Path, corpus: Path, tmp_path: Path) -> None:
    engine = ("--engine", "outlines", "--model", str(weights / "model"))
    holds(generate(corpus, tmp_path / "run", *engine), corpus, tmp_path / "run")
