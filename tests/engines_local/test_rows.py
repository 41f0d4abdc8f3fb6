"""What the in-process engines make of an answer, without the engines."""

from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from tests.runs.cases import case
from vimedsynth.cli import cli
from vimedsynth.engines import EngineOptions, Request, make_engine
from vimedsynth.engines.ray_ import _reply
from vimedsynth.errors import Misuse
from vimedsynth.samples import Task
from vimedsynth.work import Work

TEXT = '{"text":"Thùy trên phổi trái có nốt mờ tăng chuyển hóa FDG."}'
ASKED = Request("k", Work(case(), Task.PARAPHRASE, 1), (), {}, seed=1, max_tokens=50)


def row(**said: Any) -> dict[str, Any]:
    return {"generated_text": TEXT, "num_generated_tokens": 20, "num_input_tokens": 9, "__inference_error__": ""} | said


def test_a_row_is_a_reply_with_its_tokens() -> None:
    reply = _reply(ASKED, row())
    assert (reply.key, reply.payload, reply.failure) == ("k", orjson.loads(TEXT), None)
    assert (reply.prompt_tokens, reply.completion_tokens) == (9, 20)


def test_a_row_that_used_its_whole_budget_is_cut_off_even_if_it_looks_whole() -> None:
    assert _reply(ASKED, row(num_generated_tokens=50)).failure == "cut-off"
    assert _reply(ASKED, row(num_generated_tokens=49)).failure is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("ValueError: the prompt 'Nguyễn Văn An' is longer than the maximum model length", "prompt-too-long"),
        ("ValueError: Grammar error: 'Nguyễn Văn An'", "request-refused"),
    ],
)
def test_a_row_that_failed_fails_alone_and_its_words_stay_out_of_the_message(error: str, code: str) -> None:
    reply = _reply(ASKED, row(__inference_error__=error, generated_text="", num_generated_tokens=0))
    assert (reply.failure, reply.payload, reply.message) == (code, None, "ValueError")


@pytest.mark.parametrize("name", ["vllm", "ray", "outlines"])
def test_an_engine_of_this_machine_asks_for_its_weights_and_is_not_remote(name: str) -> None:
    with pytest.raises(Misuse, match="--model"):
        make_engine(name, EngineOptions())
    assert not make_engine(name, EngineOptions(model="/nowhere", offline=True)).remote


@pytest.mark.parametrize("name", ["vllm", "ray", "outlines"])
def test_a_dry_run_needs_no_engine(name: str, tmp_path: Any) -> None:
    reports = tmp_path / "r.jsonl"
    reports.write_text('{"patient_id": "a", "report": "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não."}\n')
    said = ["vqa", str(reports), "-o", str(tmp_path / "run"), "--engine", name, "--model", "m", "--dry-run", "--json"]
    result = CliRunner().invoke(cli, said)
    assert result.exit_code == 0, result.output
    assert orjson.loads(result.stdout)["prompt_tokens"] > 0
    assert not (tmp_path / "run").exists()
