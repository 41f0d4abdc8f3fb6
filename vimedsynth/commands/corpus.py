"""`vimedsynth corpus`: what is there, what is missing, what leaks."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vimedsynth.errors import DataRefused

if TYPE_CHECKING:
    from vimedsynth.corpora.survey import Survey

_SHOWN = 20


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--split", "split", default="vimed-pet", show_default=True, help="vimed-pet, patient, or a CSV file.")
@click.option("--volumes/--no-volumes", default=True, show_default=True, help="Whether to read the volumes' headers.")
@click.option("--strict", is_flag=True, help="Exit 1 when a study is left out or a split leaks.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON object.")
def corpus(path: Path, split: str, volumes: bool, strict: bool, as_json: bool) -> None:
    """What CORPUS holds: studies, sections, regions, gaps, duplicate reports, splits and leaks.

    CORPUS is a folder in one of the known layouts or a .jsonl of {"patient_id", "report"}.
    """
    import orjson

    from vimedsynth.corpora.survey import survey
    from vimedsynth.splits import split_rule
    from vimedsynth.studies import open_corpus

    found = survey(open_corpus(path), split_rule(split), volumes)
    if as_json:
        click.echo(orjson.dumps(found.json(), option=orjson.OPT_INDENT_2).decode())
    else:
        for line in _lines(found):
            click.echo(line)
    if not found.studies:
        raise DataRefused(f"{path}: no usable study; expected at least one report that can be read")
    if strict and (found.leaks or any(problem.excludes for problem in found.problems)):
        click.get_current_context().exit(1)


def _lines(found: "Survey") -> Iterator[str]:
    yield f"layout     {found.layout}"
    yield f"studies    {found.studies:,} of {found.patients:,} patients, {found.returning:,} with several studies"
    for name in ("splits", "sections", "regions", "volumes"):
        counts = ", ".join(f"{key} {count:,}" for key, count in getattr(found, name).items())
        yield f"{name:<10} {counts or 'none'}"
    near = "not looked for (pip install 'vimedsynth[formats]')" if found.near is None else f"{len(found.near):,} groups"
    yield f"duplicates identical reports {len(found.identical):,} groups; near-identical {near}"
    for group in (*found.identical, *(found.near or ()))[:_SHOWN]:
        yield f"  {', '.join(group)}"
    yield f"problems   {len(found.problems):,}"
    for code, count in found.problem_counts.most_common():
        yield f"  {code} {count:,}"
        shown = [p for p in found.problems if p.code == code][: _SHOWN // 4]
        yield from (f"    {problem.file}: {problem.message}" for problem in shown)
    yield f"leaks      {len(found.leaks):,}"
    for name, count in found.leak_counts.items():
        yield f"  {name} {count:,}"
    yield from (f"    {leak}" for leak in found.leaks[: 2 * _SHOWN])
    if len(found.leaks) > 2 * _SHOWN or len(found.problems) > _SHOWN:
        yield "the whole lists: --json"
