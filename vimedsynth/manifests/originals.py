"""The paper's subset O: the reports themselves, as samples like any other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.reports import REGIONS, Report, Section
from vimedsynth.samples import WHOLE, Claim, content_id, sha256_text
from vimedsynth.studies import Corpus, Study

TASK = "report"
_EPOCH = "1970-01-01T00:00:00Z"
"""An original report has no time of making that we know."""


def write_originals(corpus: Corpus, path: Path) -> None:
    """One sample for each region of each report, and one for the whole, as JSON Lines at ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        for study, report in corpus.reports():
            handle.writelines(orjson.dumps(sample) + b"\n" for sample in originals(study, report))


def originals(study: Study, report: Report) -> Iterator[dict[str, Any]]:
    """The samples of one report. Their claims are all claims: a transform that makes anything false makes them false."""
    for region in (*REGIONS, WHOLE):
        text = report.text if region == WHOLE else _section(report, Section(region))
        if text:
            yield {
                "id": content_id(study.study_id, str(region), TASK, {"text": text}),  # type: ignore[arg-type]
                "task": TASK,
                "study_id": study.study_id,
                "patient_id": study.patient_id,
                "region": str(region),
                "split": study.split,
                "text": text,
                "claims": sorted(map(str, Claim)),
                "image": None,
                "provenance": _provenance(report),
            }


def _section(report: Report, section: Section) -> str:
    return " ".join(sentence.text for sentence in report.section(section))


def _provenance(report: Report) -> dict[str, Any]:
    hashes = {"prompt": "", "prompt_sha256": "", "schema_sha256": ""}
    made = {"engine": "original", "model": "", "seed": 0, "attempt": 1, "created": _EPOCH}
    return {"report_sha256": sha256_text(report.text), **made, **hashes}
