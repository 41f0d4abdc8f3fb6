"""Generation schemas: made for the case, agreeing with the check of replies."""

import copy

import jsonschema
import pytest

from tests.runs.cases import case, whole
from vimedsynth.generators.payloads import flaw, question_types, schema_for
from vimedsynth.reports import Section
from vimedsynth.samples import Task
from vimedsynth.work import Work

PAIR = {
    "findings": ["f1"],
    "evidence": [4],
    "question_type": "size",
    "question": "Nốt mờ ở thùy trên phổi trái lớn chừng nào?",
    "answer": "Nốt này có kích thước 14 x 11 mm.",
}
SINGLE = Work(case(), Task.VQA_SINGLE, 1)


def changed(**values: object) -> dict[str, object]:
    return {"pairs": [{**PAIR, **values}]}


def test_a_good_payload_passes_both_checks() -> None:
    assert flaw(SINGLE, changed()) is None
    jsonschema.validate(changed(), schema_for(SINGLE))


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"pairs": []},
        {"pairs": [], "note": "x"},
        changed(evidence=[]),
        changed(evidence=[99]),
        changed(evidence=[1]),  # a sentence of another region
        changed(evidence=["4"]),
        changed(findings=["f2"]),
        changed(question_type="poetry"),
        changed(question=""),
        changed(answer=None),
        changed(mood="calm"),
        {"pairs": [{k: v for k, v in PAIR.items() if k != "evidence"}]},
    ],
)
def test_both_checks_refuse_the_same_near_misses(payload: dict[str, object]) -> None:
    assert flaw(SINGLE, payload)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(payload, schema_for(SINGLE))


def test_the_reason_holds_no_words_of_the_reply() -> None:
    reason = flaw(SINGLE, changed(question_type="poetry"))
    assert reason is not None
    assert "poetry" not in reason
    assert "question_type" in reason


def test_a_schema_is_made_for_the_case_and_leaves_the_next_one_alone() -> None:
    first = copy.deepcopy(schema_for(SINGLE))
    schema_for(Work(whole(), Task.VQA_SINGLE, 1))
    assert schema_for(SINGLE) == first
    evidence = first["properties"]["pairs"]["items"]["properties"]["evidence"]
    assert evidence["items"]["enum"] == [2, 3, 4]


def test_a_case_without_findings_asks_for_none() -> None:
    bare = case()
    bare.__dict__["all_findings"] = ()
    schema = schema_for(Work(bare, Task.VQA_SINGLE, 1))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(changed(), schema)
    jsonschema.validate(changed(findings=[]), schema)


def test_a_rewrite_is_bounded_by_its_text() -> None:
    bounds = schema_for(Work(case(), Task.PARAPHRASE, 1))["properties"]["text"]
    part = schema_for(Work(case(), Task.PARAPHRASE, 1, section=Section.HEAD_NECK))["properties"]["text"]
    assert part["maxLength"] < bounds["maxLength"]


def test_every_question_type_is_a_plain_word() -> None:
    assert len(set(question_types())) == len(question_types()) >= 12
