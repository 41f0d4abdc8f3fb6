"""`stats`: one page about a run or a manifest."""

from pathlib import Path

import click

from vimedsynth.errors import DataRefused


@click.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option("--against", type=click.Path(path_type=Path, exists=True), help="A second run or manifest beside it.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The HTML file.")
@click.option("--corpus", type=click.Path(path_type=Path), help="The reports and scans behind the sample cards.")
@click.option("--seed", type=int, default=0, show_default=True, help="Which rows become cards.")
def stats(path: Path, against: Path | None, output: Path, corpus: Path | None, seed: int) -> None:
    """Counts, distributions, rejections, diversity and sample cards of PATH as one self-contained page."""
    from vimedsynth.stats.cards import cards
    from vimedsynth.stats.entries import entries
    from vimedsynth.stats.page import render
    from vimedsynth.stats.portrait import portrait
    from vimedsynth.stats.writing import write_text

    paths = [path, against] if against else [path]
    portraits = [portrait(one, entries(one, corpus), seed) for one in paths]
    if empty := [str(path) for path, one in zip(paths, portraits, strict=True) if not one.rows]:
        raise DataRefused(f"{empty[0]}: no row to tell about; expected a run, a manifest or a file of samples")
    shown = [(number, card) for number, one in enumerate(portraits) for card in cards(one.cards, corpus)]
    write_text(output, render(portraits, shown))
    click.echo(f"{output}: {', '.join(f'{one.name} {one.rows} rows' for one in portraits)}")
