"""`vimedsynth augment`: perturbed scans with receipts."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vimedsynth.errors import DataRefused

if TYPE_CHECKING:
    from vimedsynth.augment.run import Tally

_REGIONS = ("whole", "head_neck", "chest", "abdomen_pelvis")


@click.command()
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The output folder.")
@click.option("--policy", "policy_name", default="light", show_default=True, help="A bundled policy or a JSON file.")
@click.option("--copies", default=1, show_default=True, type=click.IntRange(1, 10_000), help="Copies of each region.")
@click.option("--region", "regions", multiple=True, type=click.Choice([*_REGIONS, "all"]), help="Repeatable.")
@click.option("--format", "format_", default="npy", show_default=True, type=click.Choice(["npy", "npz", "blosc2"]))
@click.option("--seed", default=0, show_default=True, help="The copies depend on it, the study and the copy number.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 512), help="Processes.")
@click.option("--limit", type=click.IntRange(1), help="Only the first studies.")
@click.option("--preview", is_flag=True, help="A PNG sheet of each copy under OUT/preview.")
@click.option(
    "--replay", "receipts", type=click.Path(path_type=Path), help="Make again what this receipts.jsonl records."
)
@click.option("--fresh", is_flag=True, help="Begin again in a folder made with other settings.")
@click.option("--json", "as_json", is_flag=True, help="The counts as JSON.")
@click.option("--quiet", is_flag=True, help="No progress on stderr.")
def augment(corpus: Path, out: Path, policy_name: str, copies: int, regions: tuple[str, ...], format_: str, seed: int,
            workers: int, limit: int | None, preview: bool, receipts: Path | None, fresh: bool, as_json: bool,
            quiet: bool) -> None:  # fmt: skip
    """Perturbed copies of the scans of CORPUS, PET and CT with one geometry, each with a receipt.

    OUT/receipts.jsonl says for each copy what was done (enough to make the same bytes again with --replay) and which
    claims of a text the copy makes untrue.
    """
    from itertools import islice

    from vimedsynth.augment.policy import load_policy
    from vimedsynth.augment.run import Settings, replay
    from vimedsynth.augment.run import augment as run
    from vimedsynth.studies import open_corpus

    named = _REGIONS[1:] if "all" in regions else tuple(dict.fromkeys(regions)) or ("whole",)
    settings = Settings(out, copies, seed, named, format_, workers, preview, fresh)
    studies = islice(open_corpus(corpus).studies, limit)
    progress = None if quiet else _progress()
    if receipts is not None:
        tally = replay(studies, receipts, settings, progress)
    else:
        tally = run(studies, load_policy(policy_name), settings, progress)
    _print(tally, out, as_json)
    if not tally.copies + tally.kept:
        raise DataRefused(f"{corpus}: no scan was perturbed; expected studies with a PET or CT that can be read")


def _progress() -> Callable[["Tally"], None]:
    """A line on stderr every few seconds."""
    begun = last = time.monotonic()

    def tell(tally: "Tally") -> None:
        nonlocal last
        if time.monotonic() - last > 3:
            last = time.monotonic()
            rate = tally.copies / (last - begun)
            click.echo(f"{tally.copies:,} copies, {sum(tally.refused.values()):,} refused, {rate:.1f}/s", err=True)

    return tell


def _print(tally: "Tally", out: Path, as_json: bool) -> None:
    import orjson

    if as_json:
        click.echo(orjson.dumps(tally.json()).decode())
        return
    click.echo(f"studies      {tally.studies:,}")
    click.echo(f"copies       {tally.copies:,} made, {tally.kept:,} were there")
    for name, counts in (("refused", tally.refused), ("invalidates", tally.invalidates)):
        told = ", ".join(f"{key} {count:,}" for key, count in sorted(counts.items()))
        click.echo(f"{name:<12} {told or 'none'}")
    click.echo(f"receipts     {out / 'receipts.jsonl'}")
