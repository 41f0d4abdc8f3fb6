"""The gate: artefacts in, a stream of events out. Nothing is printed here and nothing stops at the first problem."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.schemas import load_schema
from vimedsynth.validation.artefacts import Artefact, find_artefacts
from vimedsynth.validation.conformance import compiled, faults
from vimedsynth.validation.problems import Place, Problem, show
from vimedsynth.validation.rows import Row, read_rows
from vimedsynth.validation.rules import rule_faults
from vimedsynth.validation.uniqueness import ID_BY_SCHEMA, Ids


@dataclass(frozen=True, slots=True)
class Checked:
    """A file was read to its end. ``problems`` counts those of its rows."""

    file: str
    schema: str
    rows: int
    problems: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something was not checked, and why."""

    what: str
    why: str


Event = Problem | Checked | Skipped


@dataclass(frozen=True, slots=True)
class Scope:
    """What to check beyond the rows themselves. ``schema_only`` leaves everything but the schema out."""

    schema: str | None = None
    schema_only: bool = False


def _row_problems(artefact: Artefact, schema: str, row: Row, scope: Scope) -> Iterator[Problem]:
    fast = compiled(schema)
    good = fast is not None and fast(row.value)
    found = () if good else faults(schema, row.value)
    if not found and not scope.schema_only:
        found = tuple(rule_faults(schema, row.value))
    place = Place(artefact.name, row.number, row.line)
    return (Problem(place.at(fault.path), fault.code, fault.value, fault.expected) for fault in found)


def _repeats(artefact: Artefact, field: str, ids: Ids) -> Iterator[Problem]:
    for first, later in ids.repeats():
        place = Place(artefact.name, later, None, f"$.{field}")
        yield Problem(place, "duplicate-id", f"the id of row {first}", "an id that no other row has")


def check_file(artefact: Artefact, schema: str, scope: Scope) -> Iterator[Event]:
    """Schema, row rules and unique ids of one file; ends with its :class:`Checked`."""
    rows, problems, ids, field = 0, 0, Ids(), ID_BY_SCHEMA.get(schema, "")
    whole = load_schema(schema).get("type") == "array"
    for row in read_rows(artefact.path, artefact.name, whole=whole):
        rows += 1
        found: Iterable[Problem] = (row,) if isinstance(row, Problem) else _row_problems(artefact, schema, row, scope)
        for problem in found:
            problems += 1
            yield problem
        if field and not scope.schema_only:
            known = row.value.get(field) if isinstance(row, Row) and isinstance(row.value, dict) else None
            ids.add(known) if isinstance(known, str) else ids.skip()
    for problem in _repeats(artefact, field, ids):
        problems += 1
        yield problem
    yield Checked(artefact.name, schema, rows, problems)


def validate(paths: Iterable[Path], scope: Scope) -> Iterator[Event]:
    """Everything that is wrong at ``paths``, in order. Raises DataRefused for a path where nothing can be checked."""
    for path in paths:
        single = path.is_file()
        for artefact in find_artefacts(path, scope.schema):
            if artefact.schema is not None:
                yield from check_file(artefact, artefact.schema, scope)
            elif single:
                yield _unknown(artefact)
            else:
                yield Skipped(artefact.name, "nothing tells which schema it answers to; name one with --schema")


def _unknown(artefact: Artefact) -> Problem:
    first = next((row.value for row in read_rows(artefact.path, artefact.name) if isinstance(row, Row)), None)
    expected = "the rows of a known artefact, or --schema NAME"
    return Problem(Place(artefact.name), "artefact-unknown", show(first), expected)
