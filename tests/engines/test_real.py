"""The same law for each real engine: every case is answered, every accepted sample is valid and true to its report."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from click.testing import Result

from tests.engines.law import command, generate, holds
from tests.engines.server import NAME, serving
from tests.runs.cases import HEART
from tests.runs.scripts import REPORT

pytestmark = pytest.mark.engines
REPORTS = int(os.environ.get("VIMEDSYNTH_TEST_REPORTS", "3"))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few reports of our own that differ in side and numbers, and one that no context on a CPU holds."""
    path = tmp_path_factory.mktemp("corpus") / "reports.jsonl"
    texts = [REPORT.replace("17 x 12", f"{17 + n} x {12 + n}").replace("6,8", f"{6 + n},8") for n in range(REPORTS)]
    texts.append(REPORT.replace(HEART, " ".join([HEART] * 230)))
    path.write_bytes(b"".join(orjson.dumps({"patient_id": f"p{n}", "report": t}) + b"\n" for n, t in enumerate(texts)))
    return path


def holds_with_the_long_one_failing_alone(result: Result, corpus: Path, output: Path) -> None:
    """The law, and that the report that does not fit took no other along."""
    counts = holds(result, corpus, output)
    assert counts["rejections_by_code"]["prompt-too-long"] == 1
    assert counts["tasks"]["vqa-single"]["works"] == REPORTS + 1
    assert not set(counts["rejections_by_code"]) & {"request-refused", "server-error", "timeout", "connection-lost"}


def test_server_through_the_openai_client(weights: Path, corpus: Path, tmp_path: Path) -> None:
    with serving(weights, tmp_path / "server.log", 8317) as url:
        engine = ("--engine", "openai", "--base-url", url, "--concurrency", "8")
        holds_with_the_long_one_failing_alone(generate(corpus, tmp_path / "run", *engine), corpus, tmp_path / "run")
        settings = orjson.loads((tmp_path / "run" / "run.json").read_bytes())["settings"]
        assert settings["model"] == NAME


def test_vllm_in_this_process_that_is_interrupted_and_goes_on(weights: Path, corpus: Path, tmp_path: Path) -> None:
    """Ctrl-C reaches every process of the terminal, vLLM's own too: what is in flight must be finished all the same."""
    engine = ("--engine", "vllm", "--model", str(weights / "model"), "--concurrency", "1")
    asked = [sys.executable, "-m", "vimedsynth", *command(corpus, tmp_path / "run", *engine)]
    with subprocess.Popen(asked, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stderr is not None
        said = [next(line for line in process.stderr if " answered" in line)]
        os.killpg(process.pid, signal.SIGINT)
        said += process.stderr.readlines()
    assert process.returncode == 130, "".join(said)
    finished = requests(tmp_path / "run")
    assert 1 <= len(finished) <= 2
    assert all(tokens > 0 for _, tokens in finished), "what was in flight was not finished"
    holds_with_the_long_one_failing_alone(
        generate(corpus, tmp_path / "run", *engine[:-1], "8"), corpus, tmp_path / "run"
    )
    assert set(finished) <= set(requests(tmp_path / "run"))


def requests(run: Path) -> list[tuple[str, int]]:
    """The finished requests of the model: key and tokens of the answer."""
    with closing(sqlite3.connect(run / "journal.sqlite")) as journal:
        return journal.execute("SELECT key, completion_tokens FROM requests WHERE key NOT LIKE '%fallback'").fetchall()


def test_ray_on_one_local_node(weights: Path, corpus: Path, tmp_path: Path) -> None:
    engine = ("--engine", "ray", "--model", str(weights / "model"), "--concurrency", "8")
    holds_with_the_long_one_failing_alone(generate(corpus, tmp_path / "run", *engine), corpus, tmp_path / "run")


def test_outlines_with_transformers(weights: Path, corpus: Path, tmp_path: Path) -> None:
    # Its context is the model's 32,768 tokens, which the long report fits; a CPU takes minutes over it.
    engine = ("--engine", "outlines", "--model", str(weights / "model"), "--limit", str(REPORTS))
    holds(generate(corpus, tmp_path / "run", *engine), corpus, tmp_path / "run")
