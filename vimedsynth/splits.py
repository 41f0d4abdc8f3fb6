"""Which study is for training, validation and test: the paper's months, or by patient, or a file."""

import csv
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.errors import DataRefused, Misuse
from vimedsynth.reports import nfc
from vimedsynth.studies import Study

SPLITS = ("train", "val", "test")
LEFT_OUT = "left-out"
"""In place of train for a patient of a frozen set."""

# arXiv 2509.24739: months by year; a month that is in no list of its year belongs to no split.
_PAPER: dict[int, dict[str, range]] = {
    2017: {"train": range(8, 11), "val": range(11, 12), "test": range(12, 13)},
    2018: {"train": range(1, 10), "val": range(10, 11), "test": range(11, 13)},
    2019: {"train": range(1, 11), "val": range(11, 12), "test": range(12, 13)},
    2023: {"train": range(1, 10), "val": range(10, 11), "test": range(11, 13)},
}

Assign = Callable[[str, str, str | None], str | None]
"""(study id, patient id, the study's own split) -> train | val | test, or None when the rule does not know it."""


def paper_split(year: int | None, month: int | None) -> str | None:
    """The temporal split of the ViMed-PET paper; None when the date is unknown to it."""
    months = _PAPER.get(year or 0, {})
    return next((name for name, span in months.items() if month in span), None)


def patient_split(patient_id: str, seed: int = 0) -> str:
    """80/10/10 by a hash of the patient: stable when the corpus grows, and a patient is never in two splits."""
    digest = hashlib.sha256(f"{seed}\0{patient_id}".encode()).digest()
    share = int.from_bytes(digest[:8], "big") / 2**64
    return "train" if share < 0.8 else "val" if share < 0.9 else "test"


@dataclass(frozen=True, slots=True)
class Named:
    """One row of a split file: a study, or a patient with all studies (``study_id`` empty), and the split."""

    study_id: str
    patient_id: str
    split: str


def read_split_file(path: Path) -> tuple[Named, ...]:
    """The rows of a CSV with a header: ``study_id`` or ``patient_id`` or both, and ``split``.

    Raises DataRefused with the line when an id is empty or named with two splits, or a split is unknown.
    """
    try:
        rows = list(csv.DictReader(nfc(path.read_text(encoding="utf-8-sig")).splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataRefused(f"{path}: not a readable UTF-8 CSV ({type(error).__name__})") from error
    found: dict[tuple[str, str], Named] = {}
    for line, row in enumerate(rows, 2):
        named = Named(row.get("study_id") or "", row.get("patient_id") or "", row.get("split") or "")
        key = ("study", named.study_id) if named.study_id else ("patient", named.patient_id)
        if not key[1] or named.split not in SPLITS:
            raise DataRefused(f"{path}:{line}: {key[1]!r}, {named.split!r}; expected an id and one of {SPLITS}")
        if found.setdefault(key, named).split != named.split:
            raise DataRefused(f"{path}:{line}: {key[1]!r} is in {found[key].split} and in {named.split}")
    if not found:
        raise DataRefused(f"{path}: no rows; expected a CSV with study_id or patient_id, and split")
    return tuple(found.values())


def split_rule(name: str, seed: int = 0) -> Assign:
    """The rule behind ``--split``: ``vimed-pet`` (the study's own split), ``patient``, or a CSV file."""
    if name == "vimed-pet":
        return lambda study_id, patient_id, own: own
    if name == "patient":
        return lambda study_id, patient_id, own: patient_split(patient_id, seed)
    path = Path(name)
    if not path.is_file():
        raise Misuse(f"split {name!r} is not known; expected vimed-pet, patient or a CSV file of ids and splits")
    rows = read_split_file(path)
    studies = {row.study_id: row.split for row in rows if row.study_id}
    patients = {row.patient_id: row.split for row in rows if not row.study_id}
    return lambda study_id, patient_id, own: studies.get(study_id) or patients.get(patient_id)


def frozen(rule: Assign, rows: Iterable[Named], patient_of: Mapping[str, str]) -> Assign:
    """``rule`` with a frozen set on top: what ``rows`` name has its split there, and none of its patients is in train.

    Another study of a frozen patient that ``rule`` would train on gets :data:`LEFT_OUT`. ``patient_of`` gives the
    patients of studies that the rows name without one.
    """
    named = tuple(rows)
    studies = {row.study_id: row.split for row in named if row.study_id}
    patients = {row.patient_id: row.split for row in named if not row.study_id}
    held = {row.patient_id or patient_of.get(row.study_id, "") for row in named if row.split != "train"}

    def assign(study_id: str, patient_id: str, own: str | None) -> str | None:
        split = studies.get(study_id) or patients.get(patient_id)
        if split is not None:
            return split
        split = rule(study_id, patient_id, own)
        return LEFT_OUT if split == "train" and patient_id in held else split

    return assign


def split_of(study: Study, rule: Assign) -> str | None:
    """The split of a study under a rule."""
    return rule(study.study_id, study.patient_id, study.split)
