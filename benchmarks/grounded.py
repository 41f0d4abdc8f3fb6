"""``python -m benchmarks.grounded``: whole runs of ``vimedsynth vqa`` on one core, beside tokenising the same texts.

    python -m benchmarks.grounded [--reports FILE] [--count 1000] [--rounds 5] [--memory 50000]

The reports are those of the sample corpus (or of FILE), written again and again with other numbers, so that no two are
alike; a number that a report gives twice stays the same in both places. What is timed is the command as a user runs it:
a process of its own, from its start to the written samples, journal and guard included. The floor is pyvi's word
tokenizer over the reports and the samples that the run wrote, without its start. Medians of interleaved rounds, by the
clock. ``--memory`` compares the peak memory of a run of so many reports with that of one of ``--count``.
"""

import itertools
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import orjson

from benchmarks.corruption.__main__ import read_reports
from vimedsynth.evaluation.tokenizers import load_tokenizer

SINGLE = ("--style", "single", "--region", "whole")
RUNS: dict[str, tuple[str, ...]] = {
    "whole reports, single questions": SINGLE,
    "the default, up to 8 units a report": (),
}
MEASURE = re.compile(r"\d+(?:[.,]\d+)?(?=\s*(?:x|mm|cm)\b)|(?<=x )\d+(?:[.,]\d+)?|(?<=SUVmax: )\d+[.,]\d+")


COMMAND = """
from vimedsynth.__main__ import main
try:
    main()
finally:
    print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
"""The command, and then its peak memory in kB: what a parent is told of a child counts the parent's own."""
INSTALLED = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
"""A package that is installed has its bytecode beside it: no run but the first compiles the modules."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run took and wrote."""

    seconds: float
    samples: int
    peak_mb: float


def varied(text: str, rng: random.Random) -> str:
    """The report with other sizes and SUVs of as many digits; 10 mm stays, which may be a threshold that lost its sign."""
    known: dict[str, str] = {"10": "10"}

    def other(hit: re.Match[str]) -> str:
        digits = re.sub(r"\d", lambda d: str(rng.randrange(1, 10)), hit[0])
        return known.setdefault(hit[0], digits if digits != "10" else "11")

    return MEASURE.sub(other, text)


def rows(texts: list[str], count: int, seed: int) -> Iterator[bytes]:
    """``count`` rows of a corpus."""
    rng = random.Random(seed)
    for number, text in zip(range(count), itertools.cycle(texts), strict=False):
        yield orjson.dumps({"patient_id": f"p{number}", "report": varied(text, rng)}) + b"\n"


def run(corpus: Path, folder: Path, options: tuple[str, ...]) -> Spent:
    """One run of the command."""
    words = ["vqa", str(corpus), "-o", str(folder), "--fresh", "--quiet", "--json", *options]
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", COMMAND, *words], env=INSTALLED, stdout=subprocess.PIPE, check=True)
    seconds = time.perf_counter() - begun
    counts, _, peak = done.stdout.strip().rpartition(b"\n")
    return Spent(seconds, orjson.loads(counts)["samples"], int(peak) / 1024)


def tokenised(corpus: Path, folder: Path) -> float:
    """Seconds that pyvi takes for the reports and for the questions and answers."""
    tokenize = load_tokenizer("pyvi")
    texts = [orjson.loads(line)["report"] for line in corpus.read_bytes().splitlines()]
    for line in (folder / "samples.jsonl").read_bytes().splitlines():
        texts += [f"{turn['question']} {turn['answer']}" for turn in orjson.loads(line)["turns"]]
    begun = time.perf_counter()
    for text in texts:
        tokenize(text)
    return time.perf_counter() - begun


@click.command()
@click.option("--reports", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON Lines.")
@click.option("--count", default=1000, show_default=True, help="Reports of a run.")
@click.option("--rounds", default=5, show_default=True)
@click.option("--memory", default=0, help="Also the peak memory of a run of so many reports.")
def main(reports: Path | None, count: int, rounds: int, memory: int) -> None:
    """Reports a second, samples a second, peak memory."""
    texts = [report.text.replace("\n", " ") for report in itertools.chain.from_iterable(read_reports(reports).values())]
    with tempfile.TemporaryDirectory() as name:
        corpus, folder = Path(name) / "reports.jsonl", Path(name) / "run"
        corpus.write_bytes(b"".join(rows(texts, count, seed=0)))
        spent: dict[str, list[Spent]] = {kind: [] for kind in RUNS}
        floors: dict[str, list[float]] = {kind: [] for kind in RUNS}
        for _ in range(rounds):
            for kind, options in RUNS.items():
                spent[kind].append(run(corpus, folder, options))
                floors[kind].append(tokenised(corpus, folder))
        for kind, all_spent in spent.items():
            seconds, floor = statistics.median(s.seconds for s in all_spent), statistics.median(floors[kind])
            click.echo(
                f"{kind}: {count / seconds:.0f} reports/s, {all_spent[0].samples / seconds:.0f} samples/s, "
                f"{max(s.peak_mb for s in all_spent):.0f} MB; {floor / seconds:.2f} of pyvi's speed over the same texts"
            )
        if memory:
            corpus.write_bytes(b"".join(rows(texts, memory, seed=1)))
            long = run(corpus, folder, SINGLE)
            click.echo(f"{memory:,} reports: {long.peak_mb:.0f} MB, {memory / long.seconds:.0f} reports/s")


if __name__ == "__main__":
    main()
