"""`validate`: the data gate."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from vimedsynth.validation.gate import Event

FORMATS = ("text", "json", "junit", "sarif", "github")


class _Count:
    """Counts the problems that pass by."""

    problems = 0

    def over(self, events: "Iterable[Event]") -> "Iterator[Event]":
        from vimedsynth.validation.problems import Problem

        for event in events:
            self.problems += isinstance(event, Problem)
            yield event


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--schema", help="What the files hold; without it, names and fields tell. See `schema list`.")
@click.option("--schema-only", is_flag=True, help="The schema alone: no row rules, references, images, leaks, guards.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "-o", "--output", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="Default: stdout."
)
@click.pass_context
def validate(ctx: click.Context, paths: tuple[Path, ...], schema: str | None, schema_only: bool, format_: str, output: TextIO) -> None:  # fmt: skip
    """Check any artefact: schema, references, images, leaks. Exit 1 when there is a problem."""
    from vimedsynth.schemas import schema_name
    from vimedsynth.validation.gate import Scope
    from vimedsynth.validation.gate import validate as events
    from vimedsynth.validation.reporters import REPORTER_BY_NAME

    count = _Count()
    scope = Scope(schema=schema_name(schema) if schema else None, schema_only=schema_only)
    for piece in REPORTER_BY_NAME[format_](count.over(events(paths, scope))):
        output.write(piece)
    ctx.exit(1 if count.problems else 0)
