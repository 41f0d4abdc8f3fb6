"""The rows of a run or a manifest in one form, whatever file they come from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vimedsynth.errors import DataRefused
from vimedsynth.validation.artefacts import Artefact, find_artefacts
from vimedsynth.validation.rows import Row, read_rows


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and its answer; ``evidence`` are half-open ranges of the report text."""

    question: str
    answer: str
    kind: str = ""
    evidence: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Volumes under ``root``, and the slices ``[start, stop)`` of them that the row is about (None: all)."""

    root: Path
    pet: str | None
    ct: str | None = None
    slices: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: what it is about, and its words."""

    id: str
    task: str
    region: str
    study_id: str
    patient_id: str
    split: str = ""
    subset: str = ""
    turns: tuple[Turn, ...] = ()
    text: str = ""
    picture: Picture | None = None
    augmentation: tuple[str, ...] = ()  # names of the transforms, in order
    report_sha256: str = field(default="", repr=False)


def _objects(artefact: Artefact) -> Iterator[dict[str, Any]]:
    """The rows of a file. Raises DataRefused at one that is no JSON object: a page about the rest would not say so."""
    for number, row in enumerate(read_rows(artefact.path, artefact.name), 1):
        if not isinstance(row, Row) or not isinstance(row.value, dict):
            raise DataRefused(f"{artefact.name}: row {number} is no JSON object; see `vimedsynth validate`")
        yield row.value


def _sample_entry(row: dict[str, Any], root: Path) -> Entry:
    image = row.get("image")
    picture = Picture(root, image["pet"], image["ct"], tuple(image["slices"])) if image else None
    turns = tuple(
        Turn(t["question"], t["answer"], t["question_type"], tuple((start, stop) for start, stop in t["evidence"]))
        for t in row.get("turns", ())
    )
    about = {name: row[name] for name in ("id", "task", "region", "study_id", "patient_id")}
    words = {"turns": turns, "text": row.get("text", ""), "picture": picture, "split": row.get("split") or ""}
    return Entry(**about, **words, report_sha256=row["provenance"]["report_sha256"])


def run_entries(folder: Path, corpus: Path | None) -> Iterator[Entry]:
    """The samples of a run. Raises DataRefused for one that is not a sample."""
    path = folder / "samples.jsonl" if folder.is_dir() else folder
    for number, row in enumerate(_objects(Artefact(path, str(path), "sample", folder)), 1):
        try:
            yield _sample_entry(row, corpus or folder)
        except (KeyError, TypeError, ValueError) as error:
            raise DataRefused(f"{path}: row {number} is no sample ({error}); see `vimedsynth validate`") from error


_MESSAGES = (("messages", "content"), ("conversations", "value"))


def _row_turns(row: dict[str, Any]) -> tuple[Turn, ...]:
    name, text = next((name, text) for name, text in _MESSAGES if name in row)
    said = [turn[text].replace("<image>\n", "") for turn in row[name] if turn.get("role", turn.get("from")) != "system"]
    return tuple(Turn(question, answer) for question, answer in zip(said[::2], said[1::2], strict=True))


def _lineage_entry(row: dict[str, Any], lineage: dict[str, Any], folder: Path) -> Entry:
    images = lineage["images"]
    applied = (lineage["augmentation"] or {}).get("applied", ())
    return Entry(
        **{name: lineage[name] for name in ("id", "task", "region", "study_id", "patient_id", "split", "subset")},
        turns=_row_turns(row),
        picture=Picture(folder, images[0]["path"]) if images else None,
        augmentation=tuple(step["name"] for step in applied),
    )


def manifest_entries(folder: Path) -> Iterator[Entry]:
    """The rows of the first complete format of a manifest, with their lineage, both in manifest order.

    Raises DataRefused when rows and lineage do not go together.
    """
    artefacts = find_artefacts(folder)
    lineage = next((a for a in artefacts if a.schema == "lineage-row"), None)
    if lineage is None:
        raise DataRefused(f"{folder}: no lineage.jsonl; expected a folder that `vimedsynth manifest` made")
    rows = _training_rows(artefacts)
    row = next(rows, None)
    for about in _objects(lineage):
        if row is None or row.get("id") != about.get("id"):
            continue  # the format has no place for this row (llava, without an image)
        try:
            yield _lineage_entry(row, about, folder)
        except (KeyError, TypeError, ValueError, StopIteration) as error:
            raise DataRefused(
                f"{folder}: row {row.get('id')} is broken ({error}); see `vimedsynth validate`"
            ) from error
        row = next(rows, None)
    if row is not None:
        raise DataRefused(f"{folder}: row {row.get('id')} has no lineage in order; see `vimedsynth validate`")


def _training_rows(artefacts: tuple[Artefact, ...]) -> Iterator[dict[str, Any]]:
    for schema in ("jsonl-row", "sharegpt-row", "llava-row"):
        found = [artefact for artefact in artefacts if artefact.schema == schema]
        folders = sorted({artefact.path.parent for artefact in found})
        if found:
            for split in ("train", "val", "test"):
                for artefact in found:
                    if artefact.path.parent == folders[0] and artefact.path.name.startswith(split):
                        yield from _objects(artefact)
            return


def entries(path: Path, corpus: Path | None = None) -> Iterator[Entry]:
    """The rows at ``path``: a run folder, a file of samples or a manifest folder. Raises DataRefused for all else."""
    if (path / "manifest.json").is_file():
        return manifest_entries(path)
    if (path / "samples.jsonl").is_file() or path.is_file():
        return run_entries(path, corpus)
    if (path / "run.json").is_file():
        raise DataRefused(f"{path}: the run has no samples.jsonl yet; finish it with the command that began it")
    raise DataRefused(f"{path}: neither a run nor a manifest; expected samples.jsonl or manifest.json in it")
