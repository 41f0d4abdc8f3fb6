"""``python -m benchmarks.corruption.natural``: free answers, true and false, on reports written for the purpose.

The operators change one word of a report's own sentence; models answer in words of their own. These pairs are that:
near misses that almost pass and faithful answers that must pass.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import click

from vimedsynth.guards import Verdict, check_answer
from vimedsynth.reports import flat_report


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair with its truth, the point it makes, and the guard's verdict."""

    report: str  # the name of the report
    question: str
    answer: str
    supported: bool
    why: str
    verdict: Verdict

    @property
    def right(self) -> bool:
        return self.verdict.accepted == self.supported


def judged() -> list[Judged]:
    """The guard's verdicts on all pairs."""
    data = json.loads(files("benchmarks.corruption").joinpath("natural.json").read_text(encoding="utf-8"))
    reports = {name: flat_report(text) for name, text in data["reports"].items()}
    return [
        Judged(**pair, verdict=check_answer(reports[pair["report"]], pair["question"], pair["answer"]))
        for pair in data["pairs"]
    ]


def lines(pairs: list[Judged]) -> Iterator[str]:
    """The two shares, then every wrong verdict with its texts."""
    for name, supported in (("false answers refused", False), ("true answers accepted", True)):
        group = [pair for pair in pairs if pair.supported is supported]
        yield f"{name}: {sum(pair.right for pair in group)} of {len(group)}"
    for pair in pairs:
        if not pair.right:
            said = "; ".join(f"{o.code}: {o.message}" for o in pair.verdict.objections) or "accepted"
            yield f"WRONG ({pair.why}) [{pair.report}]\n  {pair.question}\n  {pair.answer}\n  -> {said}"


@click.command()
@click.option("--most-wrong", default=0, show_default=True, help="Exit code 1 when more verdicts than this are wrong.")
def main(most_wrong: int) -> None:
    """Judge all pairs."""
    pairs = judged()
    click.echo("\n".join(lines(pairs)))
    sys.exit(1 if sum(not pair.right for pair in pairs) > most_wrong else 0)


if __name__ == "__main__":
    main()
