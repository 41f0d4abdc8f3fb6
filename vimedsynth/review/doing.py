"""What `vimedsynth review` does besides serving the page: freeze, exchange, tell how far it is."""

from collections import Counter
from pathlib import Path

from vimedsynth.errors import DataRefused
from vimedsynth.review.assets import known_reasons
from vimedsynth.review.desk import Desk
from vimedsynth.review.exchange import EXCHANGE_BY_NAME
from vimedsynth.review.exchange.words import take_in
from vimedsynth.review.files import write_files
from vimedsynth.review.summary import ALL, Summary
from vimedsynth.review.testset import freeze

TEST_SET = "test-set"
FORMATS = (TEST_SET, *EXCHANGE_BY_NAME)


def export(desk: Desk, folder: Path, form: str) -> str:
    """Write the review to ``folder`` in a format; one line about it."""
    if form == TEST_SET:
        frozen = freeze(desk, folder)
        rest = ", ".join(f"{name} {count}" for name, count in sorted(frozen.left_out.items())) or "none"
        return f"{folder}: {frozen.samples} samples of {frozen.patients} patients, sha256 {frozen.sha256}; left out: {rest}"
    write_files(folder, EXCHANGE_BY_NAME[form].write(desk))
    return f"{folder}: {len(desk.protocol.ids)} samples for {form}"


def take(desk: Desk, path: Path, form: str) -> Counter[str]:
    """Record the opinions in another tool's file; how many were taken and why the others were not."""
    if form not in EXCHANGE_BY_NAME:
        raise DataRefused(f"{path}: a test set is not read back; expected --as {' or '.join(EXCHANGE_BY_NAME)}")
    return take_in(desk, EXCHANGE_BY_NAME[form].read(path), frozenset(known_reasons()))


def told(summary: Summary) -> str:
    """The state of a review for a terminal."""
    states = ", ".join(f"{name} {count}" for name, count in summary.states.items())
    final = ", ".join(f"{name} {count}" for name, count in summary.final.items())
    rows = [
        f"samples    {summary.samples} ({states})",
        f"final      {final}; kept over an objection {summary.overruled}",
    ]
    for work in summary.reviewers:
        done = sum(work.verdicts.values())
        pace = "" if work.seconds_each is None else f", {work.seconds_each} s each"
        rows.append(f"{work.role:10} {work.name}: {done} of {work.assigned}{pace}")
    found = summary.agreement[ALL]
    values = {"observed": found.observed, "cohen": found.cohen, "fleiss": found.fleiss, "ac1": found.ac1}
    numbers = ", ".join(f"{name} {'-' if value is None else f'{value:.3f}'}" for name, value in values.items())
    rows.append(f"agreement  {found.items} read twice: {numbers}")
    whole = "whole" if summary.broken_link is None else f"BROKEN at record {summary.broken_link}"
    return "\n".join([*rows, f"record     {summary.records} rows, chain {whole}"])
