"""The frozen test set: the samples that physicians let pass, with everything that says why they may be trusted.

A folder that is a run folder too (``samples.jsonl``), so that ``validate`` and ``manifest`` read it. The same record
gives the same bytes; a set that was frozen is never written over by another.
"""

import csv
import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.errors import DataRefused
from vimedsynth.review.assets import known_reasons
from vimedsynth.review.decisions import Decision, Verdict, with_content
from vimedsynth.review.desk import Desk
from vimedsynth.review.files import lines, pretty, write_files
from vimedsynth.review.protocol import Outcome, State
from vimedsynth.review.sheets import sheet_files
from vimedsynth.review.summary import Summary, outcomes, summarise

TEST_SET = "test_set.json"


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was frozen. ``sha256`` is of the bytes of ``samples.jsonl``."""

    folder: Path
    sha256: str
    samples: int
    patients: int
    left_out: dict[str, int]


def freeze(desk: Desk, folder: Path) -> Frozen:
    """Write the test set. Raises DataRefused when nothing passed, the record was tampered with, or another set is there."""
    summary = summarise(desk)
    if summary.broken_link is not None:
        raise DataRefused(
            f"{desk.ledger.records.path}: record {summary.broken_link} was changed; the set is not frozen"
        )
    passed = _passed(desk)
    if not passed:
        raise DataRefused(f"{desk.rows.folder}: no sample was accepted by its readers yet; nothing to freeze")
    samples = lines(row for row, _ in passed)
    sha256 = hashlib.sha256(samples).hexdigest()
    _refuse_another(folder, sha256)
    patients = sorted({row["patient_id"] for row, _ in passed})
    left_out = {
        k: n for k, n in {**summary.states, "rejected": summary.final["reject"]}.items() if k != State.SETTLED and n
    }
    frozen = Frozen(folder, sha256, len(passed), len(patients), left_out)
    write_files(folder, {
        "samples.jsonl": samples,
        "split.csv": _split(passed),
        "decisions.jsonl": lines(d.json() for d in desk.ledger.decisions()),
        "regressions.jsonl": lines(regressions(desk, outcomes(desk))),
        "validation.json": pretty(summary.json()),
        **_pages(desk, summary, frozen),
        **sheet_files(desk),
        TEST_SET: pretty(_card(desk, summary, frozen, [row["id"] for row, _ in passed])),
    })  # fmt: skip
    return frozen


def _passed(desk: Desk) -> list[tuple[dict[str, Any], Decision]]:
    """The rows that were accepted or edited, as they are now; words that two samples share count once."""
    found: dict[str, tuple[dict[str, Any], Decision]] = {}
    for outcome in outcomes(desk):
        final = outcome.final
        if final is None or final.verdict is Verdict.REJECT:
            continue
        row = {**desk.rows.row(outcome.sample_id).data, "split": "test"}
        if final.verdict is Verdict.EDIT and final.after is not None:
            row = with_content(row, final.after)
        found.setdefault(row["id"], (row, final))
    return list(found.values())


def _split(passed: list[tuple[dict[str, Any], Decision]]) -> bytes:
    """The studies and patients of the set as ``manifest --test-set`` reads them, to keep them out of training."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["study_id", "patient_id", "split"])
    writer.writerows(sorted({(row["study_id"], row["patient_id"], "test") for row, _ in passed}))
    return text.getvalue().encode()


def _refuse_another(folder: Path, sha256: str) -> None:
    card = folder / TEST_SET
    if not card.exists():
        if folder.exists() and any(folder.iterdir()):
            raise DataRefused(f"{folder}: not empty and no test set; expected a new or empty folder")
        return
    try:
        before = orjson.loads(card.read_bytes())["sha256"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as exc:
        raise DataRefused(f"{card}: not readable; expected the card of a test set") from exc
    if before != sha256:
        raise DataRefused(
            f"{folder}: holds the frozen set {before[:12]}; this one is {sha256[:12]}: name another folder"
        )


def _card(desk: Desk, summary: Summary, frozen: Frozen, ids: list[str]) -> dict[str, Any]:
    records = desk.ledger.records.after(0)
    return {
        "sha256": frozen.sha256,
        "samples": ids,
        "patients": frozen.patients,
        "left_out": frozen.left_out,
        "frozen": summary.last,
        "plan": desk.protocol.json()["terms"],
        "record": {"rows": summary.records, "last_sha256": records[-1].hash},
    }


def _pages(desk: Desk, summary: Summary, frozen: Frozen) -> dict[str, bytes]:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("vimedsynth.review", "papers"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    values = {"summary": summary, "frozen": frozen, "terms": desk.protocol.terms, "run": desk.rows.folder.resolve().name,
              "reasons": known_reasons()}  # fmt: skip
    return {
        name: environment.get_template(f"{name}.j2").render(values).encode() + b"\n"
        for name in ("validation.html", "signature.html")
    }


def regressions(desk: Desk, settled: Iterable[Outcome]) -> Iterable[dict[str, Any]]:
    """Cases in the form that ``check`` reads, with what the physicians said in ``expected``.

    A text that passed must pass the guard again; one that was rejected over a fact must not. An edit says only that
    its new words are right: the old ones may have been a matter of style.
    """
    factual = {code for code, reason in known_reasons().items() if reason["factual"]}
    for outcome in settled:
        final = outcome.final
        if final is None:
            continue
        row = desk.rows.row(outcome.sample_id).data
        report, _ = desk.sources.report_of_sample(row["study_id"], (row.get("provenance") or {}).get("report_sha256"))
        good = final.verdict is not Verdict.REJECT
        # Which turn of a conversation was wrong is not said, so that a rejected one is no case.
        if report is None or not (good or (final.reason in factual and len(row.get("turns") or [0]) == 1)):
            continue
        yield from _cases(final, row, report.text, good)


def _cases(final: Decision, row: dict[str, Any], report: str, good: bool) -> Iterable[dict[str, Any]]:
    content = final.after or final.before
    provenance = {k: (row.get("provenance") or {}).get(k) for k in ("engine", "model", "prompt", "prompt_sha256")}
    base = {"report": report, "expected": good, "reason": final.reason, "task": row["task"], **provenance}
    if "text" in content:
        yield {"id": f"{row['id']}-text", "text": content["text"], **base}
    for number, turn in enumerate(content.get("turns") or ()):
        yield {"id": f"{row['id']}-{number}", "question": turn["question"], "answer": turn["answer"], **base}
