"""The gate: artefacts in, a stream of events out. Nothing is printed here and nothing stops at the first problem."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from vimedsynth.schemas import load_schema
from vimedsynth.validation.artefacts import Artefact, find_artefacts
from vimedsynth.validation.conformance import compiled, faults
from vimedsynth.validation.events import Checked, Event, Skipped
from vimedsynth.validation.folders import folder_problems
from vimedsynth.validation.guarding import judge_again
from vimedsynth.validation.problems import Place, Problem, show
from vimedsynth.validation.references import near_copies_can_be_found
from vimedsynth.validation.rows import Row, read_rows
from vimedsynth.validation.sampling import Choice
from vimedsynth.validation.scope import Ground, RowCheck, Scope, gaps, prepare, row_checks
from vimedsynth.validation.uniqueness import ID_BY_SCHEMA, Ids


class _File:
    """One file on its way through the checks, with what is remembered of its rows."""

    def __init__(self, artefact: Artefact, schema: str, ground: Ground) -> None:
        self.artefact, self.schema, self.ground = artefact, schema, ground
        self.checks: tuple[RowCheck, ...] = row_checks(artefact, schema, ground)
        self.id_field = "" if ground.scope.schema_only else ID_BY_SCHEMA.get(schema, "")
        self.ids = Ids()
        judged = schema == "sample" and ground.reports is not None
        self.choice: Choice[Any] = Choice(ground.scope.guard_rows if judged else 0, ground.scope.seed)

    def row(self, row: Row) -> Iterator[Problem]:
        """The problems of one row: of its schema, or else of everything that asks for a row that fits it."""
        place = Place(self.artefact.name, row.number, row.line)
        found = faults(self.schema, row.value) or tuple(fault for check in self.checks for fault in check(row.value))
        if not found and self.schema == "sample":
            self.choice.offer(place, row.value["id"], row.value)
        for fault in found:
            yield Problem(place.at(fault.path), fault.code, fault.value, fault.expected)

    def remember(self, row: Row | Problem) -> None:
        """Keep the id of a row, or that it has none."""
        known = row.value.get(self.id_field) if isinstance(row, Row) and isinstance(row.value, dict) else None
        self.ids.add(known) if isinstance(known, str) else self.ids.skip()

    def after(self) -> Iterator[Problem]:
        """What shows only when all rows are known."""
        for first, later in self.ids.repeats():
            place = Place(self.artefact.name, later, None, f"$.{self.id_field}")
            yield Problem(place, "duplicate-id", f"the id of row {first}", "an id that no other row has")
        if self.ground.scope.corpus is not None:
            yield from judge_again(self.ground.scope.corpus, self.choice.chosen())


def check_file(artefact: Artefact, schema: str, ground: Ground) -> Iterator[Event]:
    """Everything about one file; ends with its :class:`Checked`."""
    file, rows, problems = _File(artefact, schema, ground), 0, 0
    fast, plain = compiled(schema), not (file.checks or file.id_field)
    whole = load_schema(schema).get("type") == "array"
    for row in read_rows(artefact.path, artefact.name, whole=whole):
        rows += 1
        if plain and isinstance(row, Row) and fast is not None and fast(row.value):
            continue
        found: Iterable[Problem] = (row,) if isinstance(row, Problem) else file.row(row)
        for problem in found:
            problems += 1
            yield problem
        if file.id_field:
            file.remember(row)
    for problem in file.after():
        problems += 1
        yield problem
    yield from gaps(artefact, schema, ground)
    yield Checked(artefact.name, schema, rows, problems)


def validate(paths: Iterable[Path], scope: Scope) -> Iterator[Event]:
    """Everything that is wrong at ``paths``, in order. Raises DataRefused for a path where nothing can be checked."""
    paths = tuple(paths)
    artefacts = [find_artefacts(path, scope.schema) for path in paths]
    ground = prepare(scope)
    near = {study: facts.near for study, facts in (ground.reports or {}).items() if facts.near is not None}
    if ground.reports is not None and not near_copies_can_be_found():
        yield Skipped("near copies of reports", "the extra 'formats' is not installed")
    for path, found in zip(paths, artefacts, strict=True):
        yield from chain.from_iterable(_events(artefact, ground, path.is_file()) for artefact in found)
        if path.is_dir() and not scope.schema_only:
            yield from folder_problems(path, found, near)


def _events(artefact: Artefact, ground: Ground, single: bool) -> Iterator[Event]:
    if artefact.schema is not None:
        yield from check_file(artefact, artefact.schema, ground)
    elif single:
        first = next((row.value for row in read_rows(artefact.path, artefact.name) if isinstance(row, Row)), None)
        expected = "the rows of a known artefact, or --schema NAME"
        yield Problem(Place(artefact.name), "artefact-unknown", show(first), expected)
    else:
        yield Skipped(artefact.name, "nothing tells which schema it answers to; name one with --schema")
