"""The generation schemas compile under the three engines of constrained decoding."""

import orjson
import pytest

from tests.runs.cases import case
from vimedsynth.generators.comparison import work as comparison_work
from vimedsynth.generators.payloads import schema_for
from vimedsynth.samples import Task
from vimedsynth.work import Work

pytestmark = pytest.mark.engines
BARE = case()
BARE.__dict__["all_findings"] = ()
WORKS = [Work(case(), task, 1) for task in (Task.VQA_SINGLE, Task.VQA_MULTI, Task.PARAPHRASE)]
WORKS += [Work(BARE, Task.VQA_SINGLE, 1), comparison_work(case(), case(name="s2"), 1)]


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.task)
def test_outlines_core(work: Work) -> None:
    outlines_core = pytest.importorskip("outlines_core", reason="in the environment of make test-engines")
    assert outlines_core.json_schema.build_regex_from_schema(orjson.dumps(schema_for(work)).decode())


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.task)
def test_xgrammar(work: Work) -> None:
    xgrammar = pytest.importorskip("xgrammar", reason="in the environment of make test-engines")
    text = orjson.dumps(schema_for(work)).decode()
    assert xgrammar.Grammar.from_json_schema(text, any_whitespace=False, strict_mode=True)


@pytest.mark.parametrize("work", WORKS, ids=lambda work: work.task)
def test_llguidance(work: Work) -> None:
    llguidance = pytest.importorskip("llguidance", reason="in the environment of make test-engines")
    grammar = llguidance.LLMatcher.grammar_from_json_schema(orjson.dumps(schema_for(work)).decode())
    assert llguidance.LLMatcher.validate_grammar(grammar) == ""
