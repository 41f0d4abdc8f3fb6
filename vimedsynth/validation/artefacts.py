"""Which files a path stands for, and which schema each of them answers to."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from vimedsynth.errors import DataRefused
from vimedsynth.validation.rows import Row, read_rows

SCHEMA_BY_FILE: dict[str, str] = {
    "run.json": "run",
    "samples.jsonl": "sample",
    "rejections.jsonl": "rejection",
    "manifest.json": "manifest",
    "lineage.jsonl": "lineage-row",
    "receipts.jsonl": "receipt",
}
"""Files whose name alone says what they hold."""

SIGNATURES: tuple[tuple[str, frozenset[str]], ...] = (
    ("sample", frozenset({"id", "task", "study_id", "provenance"})),
    ("rejection", frozenset({"task", "code", "candidate"})),
    ("lineage-row", frozenset({"id", "sample_id", "provenance"})),
    ("review-decision", frozenset({"sample_id", "verdict", "reviewer"})),
    ("receipt", frozenset({"study_id", "policy_sha256", "applied"})),
    ("jsonl-row", frozenset({"id", "messages", "images"})),
    ("policy", frozenset({"name", "steps"})),
    ("run", frozenset({"settings", "created", "begun"})),
    ("manifest", frozenset({"manifest_version", "files"})),
    ("llava-row", frozenset({"id", "image", "conversations"})),
    ("sharegpt-row", frozenset({"conversations"})),
    ("lesions", frozenset({"lesions"})),
    ("findings", frozenset({"patient_id", "findings"})),
    ("lesion", frozenset({"Mức độ FDG"})),
    ("check-result", frozenset({"accepted", "objections"})),
    ("check-pair", frozenset({"report", "question"})),
    ("check-pair", frozenset({"report", "text"})),
    ("corpus-line", frozenset({"patient_id", "report"})),
)
"""The first of these whose fields a row has, all of them, names its schema."""

ROW_SUFFIXES = frozenset({".json", ".jsonl", ".ndjson", ".parquet", ".tar"})
NO_ROWS = ("croissant.json", ".index.json", "leaks.jsonl")
"""Ends of names of files that stand beside rows and hold none."""
_LOOK = 20  # rows that are looked at before a file counts as unknown


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file to check. ``schema`` is None when nothing tells what the file holds; ``root`` is its folder's top."""

    path: Path
    name: str
    schema: str | None
    root: Path


def schema_of_row(value: Any) -> str | None:
    """The schema that the fields of ``value`` point to."""
    if not isinstance(value, dict):
        return None
    return next((schema for schema, fields in SIGNATURES if fields <= value.keys()), None)


def schema_of_file(path: Path) -> str | None:
    """The schema of a file, from its name or from the first of its rows that tells."""
    if path.name in SCHEMA_BY_FILE:
        return SCHEMA_BY_FILE[path.name]
    rows = islice((row for row in read_rows(path, path.name) if isinstance(row, Row)), _LOOK)
    return next((schema for row in rows if (schema := schema_of_row(row.value))), None)


def _with_siblings(found: tuple[Artefact, ...]) -> tuple[Artefact, ...]:
    """A file that says nothing of itself (it is empty, or nothing in it can be read) is what its neighbours are."""
    known = {(a.path.parent, a.path.suffix): a.schema for a in found if a.schema and a.path.name not in SCHEMA_BY_FILE}
    return tuple(replace(a, schema=a.schema or known.get((a.path.parent, a.path.suffix))) for a in found)


def _in_folder(folder: Path) -> Iterator[Artefact]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and path.suffix.lower() in ROW_SUFFIXES and not hidden and not path.name.endswith(NO_ROWS):
            yield Artefact(path, str(path), schema_of_file(path), folder)


def find_artefacts(path: Path, schema: str | None = None) -> tuple[Artefact, ...]:
    """The files that ``path`` stands for; ``schema`` settles what a single file holds.

    In a folder, files that nothing identifies come back with ``schema`` None. Raises DataRefused when there is nothing
    at ``path``, or nothing in the folder that could be checked.
    """
    if path.is_file():
        return (Artefact(path, str(path), schema or schema_of_file(path), path.parent),)
    if not path.is_dir():
        raise DataRefused(f"{path}: no such file or folder")
    found = _with_siblings(tuple(_in_folder(path)))
    if schema is not None:
        found = tuple(replace(a, schema=schema) for a in found if a.schema in (schema, None))
    if not any(artefact.schema for artefact in found):
        raise DataRefused(f"{path}: no artefact in this folder; expected one of {', '.join(SCHEMA_BY_FILE)} or rows")
    return found
