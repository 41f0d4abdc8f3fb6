"""`paraphrase`: rewrites of the reports of a corpus."""

from collections.abc import Iterator
from typing import Any

import click

from vimedsynth.commands.engine_options import engine_options, print_counts, run_options
from vimedsynth.generators import paraphrase as generator
from vimedsynth.running import run_tasks
from vimedsynth.samples import Case, Task
from vimedsynth.work import Work


@click.command()
@engine_options
@click.option("-n", "count", type=click.IntRange(1, 100), default=1, show_default=True, help="Rewrites of each text.")
@click.option("--by-section", is_flag=True, help="Rewrite each section on its own, not the whole report.")
def paraphrase(count: int, by_section: bool, as_json: bool, **said: Any) -> None:
    """Rewrites of the reports of CORPUS that keep every fact."""
    options = run_options(**said)

    def works(cases: Iterator[Case]) -> Iterator[Work]:
        for case in cases:
            yield from generator.works(case, count, by_section, options.seed)

    counts = run_tasks(options, (Task.PARAPHRASE,), {"count": count, "by_section": by_section}, works)
    print_counts(counts, options.output, as_json=as_json, dry_run=options.dry_run)
