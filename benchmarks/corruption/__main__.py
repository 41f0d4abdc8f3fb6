"""``python -m benchmarks.corruption``: how much that is false the guard lets pass, and how much that is true it refuses."""

import json
import random
import sys
from collections import defaultdict
from pathlib import Path

import click

from benchmarks.corruption import labelled as labelled_pairs
from benchmarks.corruption.score import MODES, run
from benchmarks.corruption.tables import Limits, as_json, examples, failures, lines
from vimedsynth.reports import Report, Section, flat_report, sectioned_report

SAMPLE_CORPUS = Path(__file__).parents[2] / "vimedsynth" / "sample_corpus"
_KEYS = {
    "Đầu - cổ": Section.HEAD_NECK,
    "Lồng ngực": Section.CHEST,
    "Ổ bụng - khung chậu": Section.ABDOMEN_PELVIS,
    "Hệ cơ - xương": Section.MUSCULOSKELETAL,
}


def read_reports(path: Path | None) -> dict[str, list[Report]]:
    """Reports by patient: JSON Lines of {"patient_id", "report"}, or the sample corpus that comes with the package."""
    out: dict[str, list[Report]] = defaultdict(list)
    if path is None:
        for file in sorted(SAMPLE_CORPUS.rglob("reports/*.json")):
            data = json.loads(file.read_text(encoding="utf-8"))
            parts = {_KEYS[key]: text for key, text in data["Mô tả hình ảnh"].items()}
            parts[Section.IMPRESSION] = data.get("Nhận định kết quả") or ""
            out[str(file.relative_to(SAMPLE_CORPUS))].append(sectioned_report(parts))
        return dict(out)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            out[row["patient_id"]].append(flat_report(row["report"]))
    return dict(out)


@click.command()
@click.option(
    "--reports",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON Lines; default: the sample corpus.",
)
@click.option(
    "--labelled",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Score labelled pairs instead (needs --reports).",
)
@click.option("--seed", default=0, show_default=True)
@click.option(
    "--sample", default=200, show_default=True, help="Items of an operator of severity 5, per mode; 0 for all."
)
@click.option("--limit", type=int, help="Use this many reports, at random.")
@click.option("--mixes", default=4, show_default=True, help="Rewrites of each report with many rules at once.")
@click.option("--mode", type=click.Choice(["both", *MODES]), default="both", show_default=True)
@click.option("--min-overall", default=Limits().overall, show_default=True)
@click.option("--min-operator", default=Limits().operator, show_default=True)
@click.option("--max-refused", default=Limits().refused, show_default=True)
@click.option("--misses", default=0, help="Show this many examples of each kind of error.")
@click.option("--json", "json_out", is_flag=True, help="Print JSON.")
def main(
    path: Path | None,
    labelled: Path | None,
    seed: int,
    sample: int,
    limit: int | None,
    mixes: int,
    mode: str,
    min_overall: float,
    min_operator: float,
    max_refused: float,
    misses: int,
    json_out: bool,
) -> None:
    """Exit code 1 when a limit is missed."""
    by_patient = read_reports(path)
    if labelled:
        click.echo("\n".join(labelled_pairs.lines(labelled_pairs.judge_pairs(labelled, by_patient), misses > 0)))
        return
    reports = [report for group in by_patient.values() for report in group]
    if limit is not None and limit < len(reports):
        reports = random.Random(seed).sample(reports, limit)
    outcome = run(reports, seed, sample, mixes, MODES if mode == "both" else (mode,))
    failed = failures(outcome, Limits(min_overall, min_operator, max_refused))
    if json_out:
        click.echo(json.dumps(as_json(outcome, failed), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join([*lines(outcome), *examples(outcome, misses), *(f"FAILED {line}" for line in failed)]))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
