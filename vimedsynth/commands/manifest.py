"""`vimedsynth manifest`: runs and scans joined into training files."""

import time
from pathlib import Path
from typing import Any

import click

_EVERY_SECONDS = 3.0
_POLICY = "report, drop, cap[:N] or off."


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", "folder", required=True, type=click.Path(path_type=Path), help="The manifest folder.")
@click.option(
    "--corpus", type=click.Path(path_type=Path), help="Where the scans and reports are; without it: text only."
)
@click.option("--augmented", multiple=True, type=click.Path(path_type=Path), help="Output of `augment`; repeatable.")
@click.option("--format", "formats", multiple=True, default=("llava",), show_default=True, help="Repeatable: llava, sharegpt, jsonl, parquet, webdataset.")  # fmt: skip
@click.option("--split", default="vimed-pet", show_default=True, help="vimed-pet, patient, or a CSV file.")
@click.option(
    "--test-set", type=click.Path(path_type=Path), help="A CSV of frozen studies or patients: none is trained on."
)
@click.option("--mix", default="", help="Training shares by subset: O=1,G=1,C=1,VQA=2.")
@click.option("--originals", is_flag=True, help="Add the reports themselves (subset O).")
@click.option("--duplicates", default="report", show_default=True, help=f"The same question and answer: {_POLICY}")
@click.option("--near-duplicates", default="off", show_default=True, help=f"Nearly the same, in one study: {_POLICY}")
@click.option("--balance", default="report", show_default=True, help="Yes and no by question type: report, cap (60 %), drop (50 %).")  # fmt: skip
@click.option("--on-leak", type=click.Choice(["fail", "drop"]), default="fail", show_default=True, help="drop leaves the training side out.")  # fmt: skip
@click.option("--min-coverage", type=click.FloatRange(0, 1), default=0.0, show_default=True, help="Refuse runs that ask about a smaller share of their findings.")  # fmt: skip
@click.option("--pair-images", is_flag=True, help="Comparisons keep two images instead of one joined along depth.")
@click.option("--embed-images", is_flag=True, help="Images inside parquet and webdataset.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of --split patient.")
@click.option("--fresh", is_flag=True, help="Build anew in a folder made with other settings.")
@click.option("--quiet", is_flag=True)
@click.option("--json", "as_json", is_flag=True, help="manifest.json on stdout.")
def manifest(runs: tuple[Path, ...], folder: Path, quiet: bool, as_json: bool, **options: Any) -> None:
    """Join RUNs and scans into training files in DIR, by split, with the lineage of every row.

    A patient, report, paraphrase, augmented copy or comparison partner in two splits fails the build.
    """
    import orjson

    from vimedsynth.manifests.build import Plan, build
    from vimedsynth.manifests.select import parse_mix, parse_policy

    near = parse_policy(options.pop("near_duplicates"))
    options |= {name: parse_policy(options.pop(name)) for name in ("duplicates", "balance")}
    embed, shares = options.pop("embed_images"), parse_mix(options.pop("mix"))
    plan = Plan(runs, folder, mix=shares, near=near, embed=embed, **options)
    done = build(plan) if quiet else build(plan, _Progress().show)
    if as_json:
        click.echo(orjson.dumps(done, option=orjson.OPT_INDENT_2).decode())
    elif not quiet:
        click.echo("\n".join(_lines(folder, done)))


class _Progress:
    """A line on stderr every few seconds."""

    def __init__(self) -> None:
        self._begun = self._shown = time.monotonic()

    def show(self, rows: int) -> None:
        now = time.monotonic()
        if rows % 1000 == 0 and now - self._shown > _EVERY_SECONDS:
            self._shown = now
            click.echo(f"{rows:,} rows, {rows / (now - self._begun):,.0f} rows/s", err=True)


def _lines(folder: Path, done: dict[str, Any]) -> list[str]:
    def counts(values: dict[str, int]) -> str:
        return ", ".join(f"{name} {count:,}" for name, count in values.items()) or "none"

    return [
        f"rows       {counts(done['rows'])} ({counts(done['rows_by_subset'])}; augmented {done['augmented_rows']:,})",
        f"formats    {counts(done['rows_by_format'])}",
        f"images     {done['images']:,}",
        f"left out   {counts(done['left_out'])}",
        f"no image   {counts(done['notes'])}",
        f"written    {folder / 'manifest.json'}",
    ]
