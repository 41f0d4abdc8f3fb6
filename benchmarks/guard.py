"""``python -m benchmarks.guard``: how fast the guard judges, on one core, beside tokenising the same texts.

Pairs and paraphrases are judged as a run meets them: each report is read once and then many texts are judged
against it. Medians of interleaved rounds; the floor is pyvi's word tokenizer over the same characters.
"""

import gc
import itertools
import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from benchmarks.corruption.__main__ import read_reports
from benchmarks.corruption.items import Item, controls, items
from benchmarks.corruption.rewrites import apply_many
from vimedsynth.__main__ import SELDOM
from vimedsynth.evaluation.tokenizers import load_tokenizer
from vimedsynth.guards import check_answer, check_text
from vimedsynth.reports import Report, flat_report


def _pairs(reports: Sequence[Report], seed: int) -> list[Item]:
    """True and false answers, half and half, report by report."""
    rng, out = random.Random(seed), []
    for report in reports:
        true = [item for item in controls(report) if item.text is None]
        false = [item for item in items(report, seed) if item.text is None]
        out += rng.sample(true, min(6, len(true))) + rng.sample(false, min(6, len(false)))
    return out


def _forget() -> None:
    """Nothing read or judged in the round before is remembered: what recurs within a round still helps, as in a run.

    All that is kept of texts is bounded; what is kept for good is made of the package's own data.
    """
    modules = [module for name, module in sys.modules.items() if name.startswith("vimedsynth")]
    for kept in {id(value): value for module in modules for value in vars(module).values()}.values():
        if hasattr(kept, "cache_clear") and kept.cache_parameters()["maxsize"] is not None:
            kept.cache_clear()


def _judge_pairs(pairs: Sequence[Item]) -> None:
    """Every report is read once and its pairs are judged against it."""
    _forget()
    for _, group in itertools.groupby(pairs, key=lambda item: id(item.report)):
        rows = list(group)
        report = flat_report(rows[0].report.text)  # a value of its own: nothing is remembered from the round before
        for item in rows:
            check_answer(report, item.question, item.answer)


def _judge_texts(texts: Sequence[tuple[Report, str]]) -> None:
    """Every paraphrase is judged against a report that is read for it."""
    _forget()
    for report, text in texts:
        check_text(flat_report(report.text), text)


Work = dict[str, tuple[int, Callable[[], object]]]
"""Name -> how many texts it handles, and the call that does it."""


def _rates(work: Work, rounds: int) -> dict[str, float]:
    """Texts a second by name: medians of interleaved rounds."""
    seconds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, (_, call) in work.items():
            start = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - start)
    return {name: count / statistics.median(seconds[name]) for name, (count, _) in work.items()}


@click.command()
@click.option(
    "--reports",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON Lines; default: the sample corpus.",
)
@click.option("--rounds", default=5, show_default=True)
@click.option("--seed", default=0, show_default=True)
def main(path: Path | None, rounds: int, seed: int) -> None:
    """Pairs and whole-report paraphrases a second."""
    gc.set_threshold(*SELDOM)  # as in the command
    reports = list(itertools.chain.from_iterable(read_reports(path).values()))
    pairs, rng = _pairs(reports, seed), random.Random(seed)
    texts = [(report, apply_many(report, rng)) for report in reports for _ in range(2)]
    tokenize = load_tokenizer("pyvi")
    work: Work = {
        "answers judged": (len(pairs), lambda: _judge_pairs(pairs)),
        "paraphrases judged": (len(texts), lambda: _judge_texts(texts)),
        "answers tokenised": (len(pairs), lambda: [tokenize(f"{item.question} {item.answer}") for item in pairs]),
        "paraphrases tokenised": (len(texts), lambda: [tokenize(text) for _, text in texts]),
    }
    rates = _rates(work, rounds)
    for name, rate in rates.items():
        click.echo(f"{name:22} {rate:10.0f} /s   (median of {rounds} rounds of {work[name][0]})")
    for kind in ("answers", "paraphrases"):
        ratio = rates[f"{kind} judged"] / rates[f"{kind} tokenised"]
        click.echo(f"{kind}: {ratio:.2f} times as many as pyvi tokenises in the same time")


if __name__ == "__main__":
    main()
