"""`compare`: pairs of studies of one region and the text of their similarities and differences."""

from collections.abc import Iterator
from typing import Any

import click

from vimedsynth.commands.engine_options import engine_options, print_counts, run_options
from vimedsynth.generators import comparison as generator
from vimedsynth.reports import REGIONS
from vimedsynth.running import run_tasks
from vimedsynth.samples import Case, Task
from vimedsynth.work import Work


@click.command()
@engine_options
@click.option("--pairs", type=click.IntRange(1), required=True, help="How many pairs; fewer when there are no more.")
@click.option(
    "--region", "regions", multiple=True, type=click.Choice([*map(str, REGIONS)]), help="Repeatable; default: each."
)
def compare(pairs: int, regions: tuple[str, ...], as_json: bool, **said: Any) -> None:
    """Two studies of one region of CORPUS and the text of their differences, guarded on both reports."""
    options = run_options(**said)
    chosen = tuple(str(region) for region in REGIONS if region in regions or not regions)

    def works(cases: Iterator[Case]) -> Iterator[Work]:
        return generator.works(cases, pairs, chosen, options.seed)

    counts = run_tasks(options, (Task.COMPARISON,), {"pairs": pairs, "regions": list(chosen)}, works)
    print_counts(counts, options.output, as_json=as_json, dry_run=options.dry_run)
