"""`validate`: the data gate."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from vimedsynth.validation.events import Event, Step

SECONDS = 3.0
FORMATS = ("text", "json", "junit", "sarif", "github")


class _Watch:
    """Counts the problems that pass by, and says on stderr every few seconds how far the reading is."""

    problems = 0

    def __init__(self, quiet: bool) -> None:
        self._quiet, self._said = quiet, time.monotonic()

    def over(self, steps: "Iterable[Step]") -> "Iterator[Event]":
        from vimedsynth.validation.events import Reading
        from vimedsynth.validation.problems import Problem

        for step in steps:
            if isinstance(step, Reading):
                self._progress(f"{step.file}: {step.rows} rows, {self.problems} problems so far")
                continue
            self.problems += isinstance(step, Problem)
            yield step

    def _progress(self, line: str) -> None:
        if not self._quiet and time.monotonic() - self._said > SECONDS:
            click.echo(line, err=True)
            self._said = time.monotonic()


@contextmanager
def _writing(output: Path | None) -> "Iterator[Callable[[str], object]]":
    """Pieces of text to stdout, or to a file that appears whole."""
    if output is None or str(output) == "-":
        yield sys.stdout.write
        sys.stdout.flush()
        return
    from vimedsynth.errors import Misuse
    from vimedsynth.files import replacing

    if output.is_dir() or not output.parent.is_dir():
        raise Misuse(f"{output}: cannot be written; expected a file in a folder that is there")
    with replacing(output) as file:
        yield lambda piece: file.write(piece.encode("utf-8"))


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--schema", help="What the files hold; without it, names and fields tell. See `schema list`.")
@click.option("--schema-only", is_flag=True, help="The schema alone: no row rules, references, images, leaks, guards.")
@click.option("--corpus", type=click.Path(path_type=Path), help="The reports behind the samples: evidence, guards.")
@click.option("--images", type=click.Path(path_type=Path, file_okay=False), help="What image paths are relative to.")
@click.option("--guard-rows", type=click.IntRange(0), default=200, show_default=True, help="Samples judged again.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which samples are judged again.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Default: stdout.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@click.pass_context
def validate(
    ctx: click.Context, /, paths: tuple[Path, ...], format_: str, output: Path | None, quiet: bool, **said: Any
) -> None:
    """Check any artefact: schema, references, images, leaks. Exit 1 when there is a problem."""
    from vimedsynth.schemas import schema_name
    from vimedsynth.validation.gate import validate as events
    from vimedsynth.validation.reporters import REPORTER_BY_NAME
    from vimedsynth.validation.scope import Scope

    watch = _Watch(quiet)
    scope = Scope(**{**said, "schema": schema_name(said["schema"]) if said["schema"] else None})
    with _writing(output) as write:
        for piece in REPORTER_BY_NAME[format_](watch.over(events(paths, scope))):
            write(piece)
    ctx.exit(1 if watch.problems else 0)
