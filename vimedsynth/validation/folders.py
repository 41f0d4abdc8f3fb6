"""What the files of one folder say about one another: counts, hashes, lineage, leaks."""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from vimedsynth.leaks import Item, Key, find_leaks
from vimedsynth.validation.artefacts import Artefact
from vimedsynth.validation.manifests import Near, fits, fitting_rows, manifest_problems
from vimedsynth.validation.problems import Place, Problem, show
from vimedsynth.validation.rows import Row, read_rows


def _good_rows(artefact: Artefact) -> Iterator[Row]:
    """The rows that can be read and are objects; the others have been named already."""
    for row in read_rows(artefact.path, artefact.name):
        if isinstance(row, Row) and isinstance(row.value, dict):
            yield row


def _by_schema(artefacts: Sequence[Artefact], schema: str) -> list[Artefact]:
    return [artefact for artefact in artefacts if artefact.schema == schema]


def run_counts(folder: Path, artefacts: Sequence[Artefact]) -> Iterator[Problem]:
    """``run.json`` against the rows: candidates are samples and rejections, code by code."""
    path = folder / "run.json"
    run = next((row.value for row in read_rows(path, str(path)) if isinstance(row, Row)), None)
    if run is None or not fits("run", run) or "counts" not in run:
        return
    counts, place = run["counts"], Place(str(path))
    samples = sum(1 for a in _by_schema(artefacts, "sample") for _ in _good_rows(a))
    codes = Counter(str(row.value.get("code")) for a in _by_schema(artefacts, "rejection") for row in _good_rows(a))
    found = {
        "samples": samples,
        "rejections": codes.total(),
        "candidates": samples + codes.total(),
        "rejections_by_code": dict(sorted(codes.items())),
    }
    for name, value in found.items():
        if counts[name] != value:
            yield Problem(
                place.at(f"$.counts.{name}"), "count-differs", show(counts[name]), f"{show(value)}, as in the rows"
            )


def sample_leaks(artefacts: Sequence[Artefact], near: Near) -> Iterator[Problem]:
    """Studies, patients and reports that occur in two splits of the samples."""
    for artefact in _by_schema(artefacts, "sample"):
        for leak in find_leaks(partial(_sample_items, artefact, near)):
            place = Place(artefact.name, int(leak.id), None, "$.split")
            expected = f"no {leak.kind} shared with row {leak.other_id} of {leak.other_split}"
            yield Problem(place, f"leak-{leak.kind}", f"{leak.split}: {leak.value}", expected)


def _sample_items(artefact: Artefact, near: Near) -> Iterator[Item]:
    for row in fitting_rows(artefact):
        value = row.value
        if value["split"] is not None:
            keys = [
                Key("study", value["study_id"], "study"),
                Key("patient", value["patient_id"], "patient"),
                Key("report", value["provenance"]["report_sha256"], "report"),
            ]
            if value["study_id"] in near:
                keys.append(Key("near-report", near[value["study_id"]], "near-report"))
            yield Item(f"{row.number}", value["split"], tuple(keys))


def folder_problems(folder: Path, artefacts: Sequence[Artefact], near: Near) -> Iterator[Problem]:
    """The problems between the files of ``folder``."""
    if (folder / "run.json").is_file():
        yield from run_counts(folder, artefacts)
    yield from sample_leaks(artefacts, near)
    if (folder / "manifest.json").is_file():
        yield from manifest_problems(folder, artefacts, near)
