"""`vqa`: question-answer sets from a corpus."""

from collections.abc import Iterator
from typing import Any

import click

from vimedsynth.commands.engine_options import engine_options, print_counts, run_options
from vimedsynth.generators import vqa as generator
from vimedsynth.running import run_tasks
from vimedsynth.samples import Case
from vimedsynth.work import Work


@click.command()
@engine_options
@click.option("--style", type=click.Choice([*generator.STYLES]), default="both", show_default=True)
@click.option(
    "--region",
    "regions",
    multiple=True,
    type=click.Choice([*generator.REGION_NAMES]),
    help="Repeatable; default: each region, and the whole report.",
)
@click.option("--per-finding", is_flag=True, help="Questions about single findings only.")
def vqa(style: str, regions: tuple[str, ...], per_finding: bool, as_json: bool, **said: Any) -> None:
    """Question-answer sets from the reports of CORPUS, each answer bound to its evidence."""
    options, tasks = run_options(**said), generator.STYLES[style]
    chosen = tuple(name for name in generator.REGION_NAMES if name in regions or not regions)
    settings = {"style": style, "regions": list(chosen), "per_finding": per_finding}

    def works(cases: Iterator[Case]) -> Iterator[Work]:
        for case in cases:
            yield from generator.works(case, tasks, chosen, options.seed, per_finding)

    counts = run_tasks(options, tasks, settings, works)
    print_counts(counts, options.output, as_json=as_json, dry_run=options.dry_run)
