"""`demo`: the whole way on the bundled corpus, by the commands that a user would type."""

from pathlib import Path

import click


@click.command()
@click.option("-o", "--output", default="demo-out", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--fresh", is_flag=True, help="Begin anew, for a folder that another version made.")
def demo(output: Path, fresh: bool) -> None:
    """The whole way on the bundled sample corpus: no model, no network, under a minute. Again: goes on where it was."""
    from vimedsynth.cli import cli
    from vimedsynth.demo import openings, refuse_other_folder, steps, write_corpus

    refuse_other_folder(output, fresh)
    written = sum(1 for _ in write_corpus(output / "corpus"))
    click.secho(f"{written} written studies with phantom PET and CT: {output / 'corpus'}", bold=True)
    for step in steps(output, fresh):
        click.secho(f"\n{step.purpose}\n$ vimedsynth {' '.join(step.argv)}", bold=True)
        code = cli.main(list(step.argv), prog_name="vimedsynth", standalone_mode=False)
        if code:
            raise click.exceptions.Exit(code)
    click.secho("\nOpen:", bold=True)
    for path, what in openings(output):
        click.echo(f"  {path}  {what}")
