"""`vimedsynth extract`: findings from reports."""

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write here instead of stdout.")
@click.option("--keys", type=click.Choice(["findings", "vimed-pet"]), default="findings", show_default=True,
              help="Our findings, or the lesion list in the official Vietnamese keys.")  # fmt: skip
@click.option(
    "--region", type=click.Choice(["head_neck", "chest", "abdomen_pelvis", "musculoskeletal"]), help="One section only."
)
@click.option("--all", "everything", is_flag=True, help="Boilerplate reactive nodes and normal findings too.")
@click.pass_context
def extract(
    ctx: click.Context, file: Path, output: Path | None, keys: str, region: str | None, everything: bool
) -> None:
    """Findings of the reports in FILE, JSON Lines of {"patient_id", "report"}; - is stdin."""
    from vimedsynth.extraction import extract_row
    from vimedsynth.lines import map_lines

    bad = map_lines(file, output, {"report": str}, lambda row: extract_row(row, keys, region, everything))
    ctx.exit(1 if bad else 0)
