"""The options that vqa, paraphrase and compare share, and the lines that they print."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from vimedsynth.engines import ENGINE_BY_NAME, EngineOptions
from vimedsynth.privacy import silence
from vimedsynth.running import RunOptions
from vimedsynth.samples import Task

_OPTIONS = (
    click.argument("corpus", type=click.Path(path_type=Path)),
    click.option("-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Run folder."),
    click.option("--engine", type=click.Choice([*ENGINE_BY_NAME]), default="grounded", show_default=True),
    click.option("--model", help="Model name or folder of weights, as the engine knows it."),
    click.option("--base-url", help="OpenAI-compatible server; default http://127.0.0.1:8000/v1."),
    click.option("--allow-remote", is_flag=True, help="Permit a server that is not on this machine."),
    click.option(
        "--redact", is_flag=True, help="With --allow-remote: mask what the privacy screen finds, do not refuse."
    ),
    click.option("--temperature", type=click.FloatRange(0, 2), default=0.7, show_default=True),
    click.option(
        "--max-tokens", type=click.IntRange(16), help="At most for one answer; default: by task and findings."
    ),
    click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True),
    click.option(
        "--concurrency", type=click.IntRange(1, 1024), default=64, show_default=True, help="At most in flight."
    ),
    click.option(
        "--max-retries", type=click.IntRange(0, 20), default=2, show_default=True, help="Asks after the first."
    ),
    click.option("--limit", type=click.IntRange(1), help="Only the first N studies."),
    click.option("--fresh", is_flag=True, help="Empty the run folder and begin anew."),
    click.option("--dry-run", is_flag=True, help="Count the work and the prompt tokens; call nothing, write nothing."),
    click.option("--quiet", is_flag=True, help="No progress on stderr."),
    click.option("--json", "as_json", is_flag=True, help="The counts as JSON."),
)


def engine_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the shared options to a command function."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def run_options(**said: Any) -> RunOptions:
    """The options of a run from the values of :func:`engine_options`; keys come from the environment only."""
    silence(os.environ)
    names = ("model", "base_url", "allow_remote", "redact", "temperature", "max_tokens", "concurrency")
    engine = EngineOptions(**{name: said.pop(name) for name in names}, api_key=os.environ.get("OPENAI_API_KEY"))
    return RunOptions(**said, engine_options=engine, source_epoch=os.environ.get("SOURCE_DATE_EPOCH"))


def print_counts(counts: dict[str, Any], output: Path, *, as_json: bool, dry_run: bool) -> None:
    """The counts of a run or of a dry run on stdout."""
    if as_json:
        import orjson

        click.echo(orjson.dumps(counts, option=orjson.OPT_INDENT_2).decode())
        return
    if dry_run:
        for name, value in counts.items():
            click.echo(f"{name}: {value}")
        return
    click.echo(f"{output}: {counts['samples']} samples, {counts['rejections']} rejections of {counts['candidates']}")
    for task, row in counts["tasks"].items():
        # A comparison is about what two studies share and do not: it has no findings to cover one by one.
        covered = "" if task == Task.COMPARISON else f"{row['covered']} of {row['findings']} findings covered, "
        click.echo(
            f"  {task}: {row['works']} units, {covered}"
            f"{row['fallback']} by the grounded fallback, {row['unanswered']} without a sample"
        )
    for code, number in counts["rejections_by_code"].items():
        click.echo(f"  refused {code}: {number}")
    for code, number in counts["problems"].items():
        click.echo(f"  corpus {code}: {number}")
