"""A writer reads its own pairs before it hands them in: what the fact guard would refuse is told another way or not."""

from collections.abc import Iterator, Sequence
from typing import Any

from vimedsynth.grounded.asking import Draft
from vimedsynth.grounded.scope import Scope
from vimedsynth.guards import check_answer

TRIES = 3
"""Wordings of one draft that are tried."""


def holds(scope: Scope, pair: dict[str, Any]) -> bool:
    """Whether the report bears the pair out, by the guard that judges every engine's answers."""
    return not check_answer(scope.case.report, pair["question"], pair["answer"]).objections


def instead_of(draft: Draft, planned: Sequence[Draft], spare: Sequence[Draft]) -> Iterator[Draft]:
    """What else can be asked about the findings that nothing but ``draft`` is about among what is planned."""
    alone = set(draft.findings).difference(*(other.findings for other in planned if other is not draft))
    kinds = {other.kind for other in planned if other.topic == draft.topic}
    for other in spare:
        if alone.intersection(other.findings) and other.kind not in kinds:
            yield other
