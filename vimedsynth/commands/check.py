"""`vimedsynth check`: the guard alone."""

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here instead of stdout.")
@click.pass_context
def check(ctx: click.Context, file: Path, output: Path | None) -> None:
    """Judge the pairs of FILE, JSON Lines of {"id", "report", "question", "answer"} or {"id", "report", "text"}.

    FILE may be - for stdin. Exit 1 when any was refused.
    """
    from vimedsynth.checking import check_row
    from vimedsynth.lines import map_lines

    refused = 0

    def judged(row: dict[str, object]) -> dict[str, object]:
        nonlocal refused
        verdict = check_row(row)
        refused += not verdict["accepted"]
        return verdict

    bad = map_lines(file, output, {"report": str}, judged)
    ctx.exit(1 if refused or bad else 0)
