"""`vimedsynth corpus`: what is there, what is missing, what leaks."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vimedsynth.errors import DataRefused

if TYPE_CHECKING:
    from vimedsynth.corpora.region_folders import RegionSettings, Tally
    from vimedsynth.corpora.survey import Survey

_SHOWN = 20
_EVERY_SECONDS = 3.0


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--split", "split", default="vimed-pet", show_default=True, help="vimed-pet, patient, or a CSV file.")
@click.option("--volumes/--no-volumes", default=True, show_default=True, help="Whether to read the volumes' headers.")
@click.option("--strict", is_flag=True, help="Exit 1 when a study is left out or a split leaks.")
@click.option(
    "--to-regions",
    "out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write the region pairs here, in the authors' layout, instead of a survey.",
)
@click.option(
    "--rewrites",
    multiple=True,
    type=click.Path(path_type=Path),
    help="With --to-regions: a run of `paraphrase`, its texts in parallel folders; repeatable.",
)
@click.option(
    "--cut",
    default="images",
    show_default=True,
    type=click.Choice(["images", "height"]),
    help="With --to-regions: by the lungs on the CT where they are clear, or by the height alone, as the paper.",
)
@click.option("--ranges", is_flag=True, help="With --to-regions: name the slices of each pair and copy no image.")
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 512), help="With --to-regions: processes."
)
@click.option("--limit", type=click.IntRange(1), help="With --to-regions: only the first studies.")
@click.option("--fresh", is_flag=True, help="With --to-regions: begin again in a folder made with other settings.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
@click.option("--json", "as_json", is_flag=True, help="Everything, as one JSON object.")
def corpus(path: Path, split: str, volumes: bool, strict: bool, out: Path | None, rewrites: tuple[Path, ...], cut: str,
           ranges: bool, workers: int, limit: int | None, fresh: bool, quiet: bool, as_json: bool) -> None:  # fmt: skip
    """What CORPUS holds: studies, sections, regions, gaps, duplicate reports, splits and leaks.

    CORPUS is a folder in one of the known layouts or a .jsonl of {"patient_id", "report"}. With --to-regions its PET
    volumes are cut by region and written with the texts of their sections, as the authors of ViMed-PET train.
    """
    if out is not None:
        from vimedsynth.corpora.region_folders import RegionSettings

        _write(path, RegionSettings(out, rewrites, cut, not ranges, workers, limit, fresh), as_json, quiet)
        return
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


def _write(path: Path, settings: "RegionSettings", as_json: bool, quiet: bool) -> None:
    import orjson

    from vimedsynth.corpora.region_folders import write_regions
    from vimedsynth.studies import open_corpus

    tally = write_regions(open_corpus(path), settings, None if quiet else _progress())
    if as_json:
        click.echo(orjson.dumps(tally.json()).decode())
    else:
        click.echo(f"studies    {tally.studies:,}")
        click.echo(f"pairs      {tally.pairs:,} written, {tally.kept:,} were there; {tally.rewrites:,} rewrites")
        for name, counts in (("cut by", tally.methods), ("refused", tally.refused)):
            told = ", ".join(f"{key} {count:,}" for key, count in sorted(counts.items()))
            click.echo(f"{name:<10} {told or 'none'}")
        click.echo(f"rows       {settings.out / 'regions.jsonl'}")
    if not tally.pairs + tally.kept:
        raise DataRefused(f"{path}: no region pair was written; expected studies with a PET and a report by section")


def _progress() -> Callable[["Tally"], None]:
    """A line on stderr every few seconds."""
    begun = last = time.monotonic()

    def tell(tally: "Tally") -> None:
        nonlocal last
        if time.monotonic() - last > _EVERY_SECONDS:
            last = time.monotonic()
            rate = tally.pairs / (last - begun)
            click.echo(f"{tally.pairs:,} pairs, {sum(tally.refused.values()):,} refused, {rate:.1f}/s", err=True)

    return tell


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
