"""`validate`: the data gate."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from vimedsynth.validation.events import Event

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
@click.option("--corpus", type=click.Path(path_type=Path), help="The reports behind the samples: evidence, guards.")
@click.option("--images", type=click.Path(path_type=Path, file_okay=False), help="What image paths are relative to.")
@click.option("--guard-rows", type=click.IntRange(0), default=200, show_default=True, help="Samples judged again.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which samples are judged again.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "-o", "--output", type=click.File("w", encoding="utf-8", atomic=True), default="-", help="Default: stdout."
)
@click.pass_context
def validate(ctx: click.Context, /, paths: tuple[Path, ...], format_: str, output: TextIO, **said: Any) -> None:
    """Check any artefact: schema, references, images, leaks. Exit 1 when there is a problem."""
    from vimedsynth.schemas import schema_name
    from vimedsynth.validation.gate import validate as events
    from vimedsynth.validation.reporters import REPORTER_BY_NAME
    from vimedsynth.validation.scope import Scope

    count = _Count()
    scope = Scope(**{**said, "schema": schema_name(said["schema"]) if said["schema"] else None})
    for piece in REPORTER_BY_NAME[format_](count.over(events(paths, scope))):
        output.write(piece)
    ctx.exit(1 if count.problems else 0)
