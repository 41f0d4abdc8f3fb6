"""A manifest folder as a whole: its files are the ones that were hashed, every row has its lineage, no split leaks."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import numpy as np

from vimedsynth.corpora.paths import UnsafePath, inside
from vimedsynth.leaks import Item, Key, find_leaks
from vimedsynth.validation.artefacts import Artefact
from vimedsynth.validation.conformance import compiled, reference_faults
from vimedsynth.validation.problems import Place, Problem, show
from vimedsynth.validation.rows import Row, read_rows
from vimedsynth.validation.uniqueness import Ids

TRAINING = frozenset({"llava-row", "sharegpt-row", "jsonl-row"})
SPLITS = ("train", "val", "test")
Near = Mapping[str, str]
"""Study -> the name of its group of near reports; empty without a corpus."""


def fits(schema: str, value: Any) -> bool:
    """Whether ``value`` conforms to ``schema``."""
    fast = compiled(schema)
    return fast(value) if fast is not None else not reference_faults(schema, value)


def fitting_rows(artefact: Artefact) -> Iterator[Row]:
    """The rows that fit their schema; the others have been named already."""
    for row in read_rows(artefact.path, artefact.name):
        if isinstance(row, Row) and artefact.schema is not None and fits(artefact.schema, row.value):
            yield row


def split_of(name: str) -> str | None:
    """The split that a training file is for: ``train.json``, ``jsonl/val.jsonl``, ``parquet/test-00000.parquet``."""
    stem = PurePath(name).name.split(".")[0].split("-")[0]
    return stem if stem in SPLITS else None


def manifest_problems(folder: Path, artefacts: Sequence[Artefact], near: Near) -> Iterator[Problem]:
    """Everything that shows only between the files of a manifest."""
    path = folder / "manifest.json"
    manifest = next((row.value for row in read_rows(path, str(path)) if isinstance(row, Row)), None)
    if manifest is not None and fits("manifest", manifest):
        yield from file_problems(folder, Place(str(path)), manifest["files"])
        yield from count_problems(Place(str(path)), manifest, artefacts)
    lineage = [artefact for artefact in artefacts if artefact.schema == "lineage-row"]
    if not lineage:
        yield Problem(Place(str(folder)), "lineage-missing", "no lineage.jsonl", "a lineage row for every training row")
        return
    for one in lineage:
        yield from lineage_problems(one, [a for a in artefacts if a.schema in TRAINING])
        yield from lineage_leaks(one, near)


def file_problems(folder: Path, place: Place, files: dict[str, Any]) -> Iterator[Problem]:
    """Files that are gone, that leave the folder, or that are not the ones that were hashed."""
    for name, said in files.items():
        at = place.at(f"$.files[{show(name)}]")
        try:
            path = inside(folder, name)
        except UnsafePath as error:
            yield Problem(at, "path-unsafe", str(error), "a relative path that stays inside the manifest")
            continue
        if not path.is_file():
            yield Problem(at, "file-missing", show(name), "a file of the manifest")
            continue
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        if digest != said["sha256"]:
            yield Problem(at, "file-changed", f"{name} with SHA-256 {digest[:16]}…", f"SHA-256 {said['sha256'][:16]}…")


def count_problems(place: Place, manifest: dict[str, Any], artefacts: Sequence[Artefact]) -> Iterator[Problem]:
    """``rows`` against the lineage."""
    found: Counter[str] = Counter()
    for artefact in artefacts:
        if artefact.schema == "lineage-row":
            found.update(row.value["split"] for row in fitting_rows(artefact))
    for split in SPLITS:
        if manifest["rows"][split] != found[split]:
            expected = f"{found[split]}, as in the lineage"
            yield Problem(place.at(f"$.rows.{split}"), "count-differs", show(manifest["rows"][split]), expected)


class _Lineage:
    """Digest of every lineage id, sorted, with its row and split; 25 bytes a row."""

    def __init__(self, artefact: Artefact) -> None:
        ids, numbers, splits = Ids(), [], []
        for row in fitting_rows(artefact):
            ids.add(row.value["id"])
            numbers.append(row.number)
            splits.append(SPLITS.index(row.value["split"]))
        keys = ids.keys()
        self.order = np.argsort(keys, kind="stable")
        self.keys = keys[self.order]
        self.numbers = np.array(numbers, dtype=np.int64)[self.order]
        self.splits = np.array(splits, dtype=np.int8)[self.order]
        self.used = np.zeros(len(keys), dtype=bool)

    def find(self, ids: Ids) -> tuple[np.ndarray, np.ndarray]:
        """For each id: its place in ``keys`` and whether it is there; marks the places as used."""
        wanted = ids.keys()
        if not len(self.keys):
            return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        there = self.keys[at] == wanted
        self.used[at[there]] = True
        return at, there


def lineage_problems(lineage: Artefact, training: Sequence[Artefact]) -> Iterator[Problem]:
    """Training rows without lineage or in another split than their lineage says, and lineage without a row."""
    known = _Lineage(lineage)
    for artefact in training:
        yield from _unlinked(artefact, known)
    for number in sorted(known.numbers[~known.used].tolist()) if training else ():
        place = Place(lineage.name, number, None, "$.id")
        yield Problem(place, "lineage-unused", "an id that no training row has", "a training row for every lineage row")


def _unlinked(artefact: Artefact, known: _Lineage) -> Iterator[Problem]:
    ids, rows = Ids(), []
    for row in fitting_rows(artefact):
        if "id" in row.value:
            ids.add(row.value["id"])
            rows.append(row.number)
    at, there = known.find(ids)
    split = split_of(artefact.path.name)
    for index in np.flatnonzero(~there).tolist():
        place = Place(artefact.name, rows[index], None, "$.id")
        yield Problem(place, "lineage-missing", "an id that no lineage row has", "a lineage row for every training row")
    if split is None or not there.any():
        return
    wrong = there & (known.splits[at] != SPLITS.index(split))
    for index in np.flatnonzero(wrong).tolist():
        place, said = Place(artefact.name, rows[index], None, "$.id"), SPLITS[known.splits[at[index]]]
        yield Problem(place, "split-differs", f"a row of {split}", f"{said}, as its lineage says")


def _items(lineage: Artefact, near: Near) -> Iterator[Item]:
    for row in fitting_rows(lineage):
        value = row.value
        kind = "augmented-copy" if value["augmentation"] else "paraphrase" if value["subset"] == "G" else ""
        report = value["provenance"]["report_sha256"]
        keys = [
            Key("study", value["study_id"], kind or "study"),
            Key("patient", value["patient_id"], kind or "patient"),
        ]
        keys.append(Key("report", report, kind or "report"))
        if value["study_id"] in near:
            keys.append(Key("near-report", near[value["study_id"]], kind or "near-report"))
        keys += [Key("image", image["sha256"], kind or "image") for image in value["images"]]
        if partner := value["partner"]:
            keys.append(Key("study", partner["study_id"], "comparison-partner"))
            keys.append(Key("patient", partner["patient_id"], "comparison-partner"))
        yield Item(f"{row.number}", value["split"], tuple(keys))


def lineage_leaks(lineage: Artefact, near: Near) -> Iterator[Problem]:
    """Rows of a held-out split that share a study, patient, report, image or partner with an earlier split."""
    for leak in find_leaks(lambda: _items(lineage, near)):
        place = Place(lineage.name, int(leak.id), None, "$.split")
        expected = f"no {leak.kind} shared with row {leak.other_id} of {leak.other_split}"
        yield Problem(place, f"leak-{leak.kind}", f"{leak.split}: {leak.value}", expected)
