"""Generation payloads: the schema that constrains a reply, made for the case, and the check of what came back.

The files ``schemas/generation-<task>.schema.json`` state the form; :func:`schema_for` narrows evidence to the
sentences that exist, findings to the ids of the case and lengths to the text. Only keywords that outlines-core,
xgrammar and llguidance all compile are used; the tests compile them.
"""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from vimedsynth.reports import Sentence
from vimedsynth.samples import Case, Task
from vimedsynth.work import Work

Payload = dict[str, Any]
MAX_PAIRS, MAX_TURNS = 40, 16


@cache
def _source(task: Task) -> bytes:
    # by way of the parent: to import the schemas' own package costs the libraries that resolve references
    return files("vimedsynth").joinpath("schemas", f"generation-{task}.schema.json").read_bytes()


@cache
def _form(task: Task) -> dict[str, Any]:
    form: dict[str, Any] = orjson.loads(_source(task))
    return form


@cache
def schema_sha256(task: Task) -> str:
    """The hash of the schema file of a task, as written in every record."""
    return hashlib.sha256(_source(task)).hexdigest()


@cache
def question_types() -> tuple[str, ...]:
    """The question types that the schema knows, in its order."""
    return tuple(_form(Task.VQA_SINGLE)["properties"]["pairs"]["items"]["properties"]["question_type"]["enum"])


def sentences_of(case: Case) -> tuple[Sentence, ...]:
    """The sentences that may be evidence: those of the region and the impression; all for a whole report."""
    if case.region == "whole":
        return case.report.sentences
    return tuple(s for s in case.report.sentences if s.section in (case.region, "impression"))


def schema_for(work: Work) -> dict[str, Any]:
    """The schema of one request, without ``$id`` and titles, which some grammar compilers do not know.

    What the case does not change is shared with every other request: not to be written to.
    """
    form = _form(work.task)
    schema = {key: form[key] for key in ("type", "properties", "required", "additionalProperties")}
    if work.task in (Task.VQA_SINGLE, Task.VQA_MULTI):
        name = "pairs" if work.task is Task.VQA_SINGLE else "turns"
        schema["properties"] = form["properties"] | {name: _narrowed(form["properties"][name], work)}
    elif work.task is Task.PARAPHRASE:
        length = rewritten_length(work)
        bounds = {"minLength": max(1, length // 4), "maxLength": 2 * length + 80}
        schema["properties"] = form["properties"] | {"text": form["properties"]["text"] | bounds}
    return schema


def _narrowed(turns: dict[str, Any], work: Work) -> dict[str, Any]:
    """The list of turns with the sentences and findings of the case, and no more turns than it can fill."""
    bound = MAX_PAIRS if work.task is Task.VQA_SINGLE else MAX_TURNS
    fields = turns["items"]["properties"]
    evidence = fields["evidence"] | {"items": {"enum": [s.number for s in sentences_of(work.case)]}}
    known = {"items": {"enum": [f.id for f in work.case.findings]}} if work.case.findings else {"maxItems": 0}
    narrowed = fields | {"evidence": evidence, "findings": fields["findings"] | known}
    most = min(bound, max(4, 2 * len(work.case.findings)))
    return turns | {"maxItems": most, "items": turns["items"] | {"properties": narrowed}}


def fits(task: Task, turn: dict[str, Any]) -> bool:
    """Whether a turn is within the bounds of the form: a summary of hundreds of findings is not."""
    question, answer, evidence, findings = _bounds(task)
    return (
        len(turn["question"]) <= question
        and len(turn["answer"]) <= answer
        and len(turn["evidence"]) <= evidence
        and len(turn["findings"]) <= findings
    )


@cache
def _bounds(task: Task) -> tuple[int, int, int, int]:
    turns = _form(task)["properties"]["pairs" if task is Task.VQA_SINGLE else "turns"]
    fields = turns["items"]["properties"]
    length, most = "maxLength", "maxItems"
    return fields["question"][length], fields["answer"][length], fields["evidence"][most], fields["findings"][most]


def rewritten(work: Work) -> tuple[Sentence, ...]:
    """The sentences that a paraphrase rewrites: those of its section, or all."""
    return work.case.report.section(work.section) if work.section else work.case.report.sentences


def rewritten_length(work: Work) -> int:
    """Characters that a paraphrase is to say again; 0 for the other tasks, whose texts are no rewrites."""
    return sum(len(s.text) + 1 for s in rewritten(work)) if work.task is Task.PARAPHRASE else 0


def overlong(task: Task, length: int) -> str | None:
    """Why a text of so many characters is not in the form of a task, or None."""
    bounds = [field["maxLength"] for field in _form(task)["properties"].values() if "maxLength" in field]
    if not bounds or length <= min(bounds):
        return None
    return f"{length:,} characters; a text of this task holds at most {min(bounds):,}"


@cache
def _checker(task: Task) -> Callable[[Payload], str | None]:
    """``None`` for a payload of the right form, else where it breaks; jsonschema-rs where it is installed."""
    try:
        from jsonschema_rs import validator_for
    except ModuleNotFoundError:
        from jsonschema import Draft202012Validator

        slow = Draft202012Validator(_form(task))
        return lambda payload: next((_where(e.absolute_path, e.validator) for e in slow.iter_errors(payload)), None)
    fast = validator_for(_form(task))

    def check(payload: Payload) -> str | None:
        if fast.is_valid(payload):
            return None
        return next((_where(e.instance_path, e.schema_path[-1]) for e in fast.iter_errors(payload)), "?")

    return check


def _where(path: Iterable[object], keyword: object) -> str:
    """The place and the broken keyword, never the words: the message goes to logs."""
    return "/".join(["", *map(str, path)]) + f" breaks {keyword}"


def flaw(work: Work, payload: Payload) -> str | None:
    """Why a payload is not one of the work's schema (form, then sentence numbers and finding ids), or None."""
    broken = _checker(work.task)(payload)
    if broken or work.task not in (Task.VQA_SINGLE, Task.VQA_MULTI):
        return broken
    known = {f.id for f in work.case.findings}
    numbers = {s.number for s in sentences_of(work.case)}
    for place, turn in enumerate(payload.get("pairs") or payload["turns"]):
        if not numbers.issuperset(turn["evidence"]):
            return f"turn {place}: evidence names a sentence that the case does not have"
        if not known.issuperset(turn["findings"]):
            return f"turn {place}: findings names one that the case does not have"
    return None
