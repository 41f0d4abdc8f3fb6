"""Prompts as versioned files: ``<task>.<language>.j2`` with a system and a user block, rendered strictly.

Report text is data. It stands between marks that depend on the report's hash, and what a chat template would read as
a control token is broken up in the prompt (and in the prompt alone).
"""

import hashlib
import re
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, meta

from vimedsynth.engines import Message
from vimedsynth.generators.payloads import MAX_TURNS, rewritten, sentences_of
from vimedsynth.reports import Sentence
from vimedsynth.samples import Case, Objection, Task, sha256_text
from vimedsynth.work import Work

LANGUAGE = "vi"
_CONTROL = re.compile(
    r"<(?=[|/]?(?:im_|start_of|end_of|begin_of|eot|bos|eos|pad|s>|INST))|\[(?=/?INST\])|<(?=<|\|)|>(?=>)", re.I
)


def as_data(text: str) -> str:
    """``text`` with a space in what could pass for a control token or for the marks of a prompt, on one line."""
    return _CONTROL.sub(lambda found: found.group() + " ", " ".join(text.split()))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("vimedsynth", "prompts"), undefined=StrictUndefined, autoescape=False, trim_blocks=False
    )
    environment.filters["as_data"] = as_data
    return environment


@cache
def _template(task: Task) -> Template:
    return _environment().get_template(f"{prompt_name(task)}.j2")


def prompt_name(task: Task) -> str:
    """The name of the prompt of a task, as ``vimedsynth prompt show`` takes it."""
    return f"{task}.{LANGUAGE}"


@cache
def prompt_sha256(task: Task) -> str:
    """The hash over the prompt file and the files it includes, in the order of their names."""
    names, folder = {f"{prompt_name(task)}.j2"}, files(__name__)
    source = folder.joinpath(f"{prompt_name(task)}.j2").read_text(encoding="utf-8")
    names |= {name for name in meta.find_referenced_templates(_environment().parse(source)) if name}
    return hashlib.sha256(b"\0".join(folder.joinpath(name).read_bytes() for name in sorted(names))).hexdigest()


def messages_for(
    work: Work, objections: tuple[Objection, ...] = (), uncovered: frozenset[str] = frozenset()
) -> tuple[Message, ...]:
    """The rendered system and user message of a unit of work; ``objections`` are those against the last attempt."""
    template, case = _template(work.task), work.case
    values = {
        "region": case.region,
        "section": work.section,
        "sentences": _shown(work, case),
        "partner_sentences": _shown(work, work.partner) if work.partner else (),
        "findings": case.findings,
        "numbers": _numbers(case) if case.findings else {},
        "mark": sha256_text(case.report.text)[:8],
        "objections": tuple(dict.fromkeys(objections)),
        "uncovered": sorted(uncovered, key=lambda name: (len(name), name)),
        "variant": work.index,
        "max_turns": MAX_TURNS,
    }
    user = "".join(template.blocks["user"](template.new_context(values))).strip()
    return {"role": "system", "content": _system(work.task, work.section is not None)}, {
        "role": "user",
        "content": user,
    }


@cache
def _system(task: Task, partly: bool) -> str:
    """The system message of a task; it knows nothing of the case, so that a server can keep its prefix."""
    template = _template(task)
    context = template.new_context({"section": partly, "max_turns": MAX_TURNS})
    return "".join(template.blocks["system"](context)).strip()


def _shown(work: Work, case: Case) -> tuple[Sentence, ...]:
    return rewritten(work) if work.task is Task.PARAPHRASE else sentences_of(case)


def _numbers(case: Case) -> dict[str, list[int]]:
    """For each finding the numbers of the sentences it was read from."""
    return {
        finding.id: [
            s.number
            for s in case.report.sentences
            if any(s.span.start < span.end and span.start < s.span.end for span in finding.spans)
        ]
        for finding in case.findings
    }


def token_budget(work: Work) -> int:
    """The ``max_tokens`` of a unit of work: for the longest useful answer at about two tokens a syllable."""
    if work.task is Task.PARAPHRASE:
        return 256 + sum(len(s.text) for s in rewritten(work))
    if work.task is Task.COMPARISON:
        return 1536
    return 512 + 192 * min(16, len(work.case.findings))
