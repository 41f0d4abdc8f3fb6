"""``python -m benchmarks.corruption.natural``: free texts, true and false, on reports written for the purpose.

The operators change one word of a report's own sentence; models write in words of their own. These texts are that:
near misses that almost pass and faithful answers and paraphrases that must pass.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import click

from vimedsynth.guards import Verdict, check_answer, check_text
from vimedsynth.reports import flat_report


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer or a paraphrase with its truth, the point it makes, and the guard's verdict."""

    report: str  # the name of the report
    supported: bool
    why: str
    verdict: Verdict
    question: str = ""
    answer: str = ""
    text: str | None = None  # a paraphrase of the whole report, in place of question and answer

    @property
    def right(self) -> bool:
        return self.verdict.accepted == self.supported


FILES = ("natural.json", "other_writers.json")
FREE = ("free_writers.json",)
"""Texts as free as people and models write them: a third of the true ones are still refused (docs/evaluation.md)."""


def read_texts(name: str) -> dict[str, Any]:
    """One data file: reports, pairs of question and answer, and paraphrases."""
    data: dict[str, Any] = json.loads(files("benchmarks.corruption").joinpath(name).read_text(encoding="utf-8"))
    return data


def text_of(report: str | dict[str, Any]) -> str:
    """A report as one text: as written, or its lines put together."""
    return report if isinstance(report, str) else report["join"].join(line[1] for line in report["lines"])


def judged(names: Sequence[str] = FILES) -> list[Judged]:
    """The guard's verdicts on all answers, then on all paraphrases."""
    answers: list[Judged] = []
    texts: list[Judged] = []
    for name in names:
        data = read_texts(name)
        reports = {key: flat_report(text_of(report)) for key, report in data["reports"].items()}
        for row in data["pairs"]:
            verdict = check_answer(reports[row["report"]], row["question"], row["answer"])
            answers.append(Judged(**row, verdict=verdict))
        texts += [Judged(**row, verdict=check_text(reports[row["report"]], row["text"])) for row in data["texts"]]
    return answers + texts


def lines(rows: list[Judged]) -> Iterator[str]:
    """The four shares, then every wrong verdict with its texts."""
    for kind, is_text in (("answers", False), ("paraphrases", True)):
        for what, supported in (("false", False), ("true", True)):
            group = [row for row in rows if row.supported is supported and (row.text is not None) is is_text]
            done = "accepted" if supported else "refused"
            yield f"{what} {kind} {done}: {sum(row.right for row in group)} of {len(group)}"
    for row in rows:
        if not row.right:
            said = "; ".join(f"{o.code}: {o.message} [{o.quote}]" for o in row.verdict.objections) or "accepted"
            body = "" if row.text is not None else f"\n  {row.question}\n  {row.answer}"
            yield f"WRONG ({row.why}) [{row.report}]{body}\n  -> {said}"


@click.command()
@click.option("--most-wrong", default=0, show_default=True, help="Exit code 1 when more verdicts than this are wrong.")
def main(most_wrong: int) -> None:
    """Judge all of them."""
    rows = judged()
    click.echo("\n".join(lines(rows)))
    sys.exit(1 if sum(not row.right for row in rows) > most_wrong else 0)


if __name__ == "__main__":
    main()
