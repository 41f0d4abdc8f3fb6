"""What to check, and what to check it against."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from vimedsynth.validation.artefacts import Artefact
from vimedsynth.validation.conformance import Fault
from vimedsynth.validation.events import Skipped
from vimedsynth.validation.references import (
    ReportFacts,
    evidence_faults,
    id_faults,
    lineage_image_faults,
    receipt_image_faults,
    report_facts,
    row_image_faults,
    sample_image_faults,
)
from vimedsynth.validation.rules import RULES_BY_SCHEMA

RowCheck = Callable[[Any], Iterator[Fault]]
GUARD_ROWS = 200

IMAGE_CHECKS: dict[str, Callable[[Path, Any], Iterator[Fault]]] = {
    "llava-row": row_image_faults,
    "sharegpt-row": row_image_faults,
    "jsonl-row": row_image_faults,
    "lineage-row": lineage_image_faults,
    "receipt": receipt_image_faults,
}
"""Schemas whose rows name images relative to a folder of their own."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What to check beyond the rows themselves.

    ``schema_only`` leaves everything but the schema out. ``images`` is the folder that image paths are relative to;
    without it they are looked for beside the rows, in manifests only. ``guard_rows`` samples a run are judged again.
    """

    schema: str | None = None
    schema_only: bool = False
    corpus: Path | None = None
    images: Path | None = None
    guard_rows: int = GUARD_ROWS
    seed: int = 0


@dataclass(frozen=True)
class Ground:
    """A scope with what is read once for all files: the facts of the corpus's reports."""

    scope: Scope
    reports: Mapping[str, ReportFacts] | None = field(default=None)


def prepare(scope: Scope) -> Ground:
    """Read the corpus, if there is one. Raises DataRefused when it is not a corpus."""
    wanted = scope.corpus is not None and not scope.schema_only
    return Ground(scope, report_facts(scope.corpus) if wanted and scope.corpus else None)


def row_checks(artefact: Artefact, schema: str, ground: Ground) -> tuple[RowCheck, ...]:
    """The checks of a row that fits its schema, in order."""
    if ground.scope.schema_only:
        return ()
    checks: list[RowCheck] = list(RULES_BY_SCHEMA.get(schema, ()))
    images = image_root(artefact, ground.scope)
    if schema == "sample":
        checks.append(id_faults)
        if ground.reports is not None:
            checks.append(partial(evidence_faults, ground.reports))
        if volumes := ground.scope.images or ground.scope.corpus:
            checks.append(partial(sample_image_faults, volumes))
        return tuple(checks)
    if schema == "lineage-row" and ground.reports is not None:
        checks.append(partial(evidence_faults, ground.reports))
    if schema in IMAGE_CHECKS and images is not None:
        checks.append(partial(IMAGE_CHECKS[schema], images))
    return tuple(checks)


def image_root(artefact: Artefact, scope: Scope) -> Path | None:
    """The folder that the image paths of training rows are relative to; None when nobody says."""
    if scope.images is not None:
        return scope.images
    marked = any((artefact.root / name).is_file() for name in ("manifest.json", "receipts.jsonl"))
    return artefact.root if marked else None


def gaps(artefact: Artefact, schema: str, ground: Ground) -> Iterator[Skipped]:
    """What cannot be checked of a file, because nobody says what it refers to."""
    if ground.scope.schema_only:
        return
    if schema == "sample" and ground.reports is None:
        yield Skipped(f"{artefact.name}: evidence, images and guards", "no --corpus")
    if schema in IMAGE_CHECKS and image_root(artefact, ground.scope) is None:
        yield Skipped(f"{artefact.name}: images", "no --images folder")
