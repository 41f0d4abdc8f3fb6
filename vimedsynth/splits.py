"""Which study is for training, validation and test: the paper's months, or by patient, or a file."""

import csv
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from vimedsynth.errors import DataRefused, Misuse
from vimedsynth.reports import nfc
from vimedsynth.studies import Study

SPLITS = ("train", "val", "test")

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


def read_split_file(path: Path) -> Mapping[str, str]:
    """``study or patient id -> split`` from a CSV with a header: ``study_id`` or ``patient_id``, and ``split``.

    Raises DataRefused with the line when an id is empty or named twice with two splits, or a split is unknown.
    """
    try:
        rows = list(csv.DictReader(nfc(path.read_text(encoding="utf-8-sig")).splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataRefused(f"{path}: not a readable UTF-8 CSV ({type(error).__name__})") from error
    table: dict[str, str] = {}
    for line, row in enumerate(rows, 2):
        key = row.get("study_id") or row.get("patient_id") or ""
        split = row.get("split") or ""
        if not key or split not in SPLITS:
            raise DataRefused(f"{path}:{line}: {key!r}, {split!r}; expected study_id or patient_id, and {SPLITS}")
        if table.setdefault(key, split) != split:
            raise DataRefused(f"{path}:{line}: {key!r} is in {table[key]} and in {split}")
    if not table:
        raise DataRefused(f"{path}: no rows; expected a CSV with study_id or patient_id, and split")
    return table


def split_rule(name: str, seed: int = 0) -> Assign:
    """The rule behind ``--split``: ``vimed-pet`` (the study's own split), ``patient``, or a CSV file."""
    if name == "vimed-pet":
        return lambda study_id, patient_id, own: own
    if name == "patient":
        return lambda study_id, patient_id, own: patient_split(patient_id, seed)
    path = Path(name)
    if not path.is_file():
        raise Misuse(f"split {name!r} is not known; expected vimed-pet, patient or a CSV file of ids and splits")
    table = read_split_file(path)
    return lambda study_id, patient_id, own: table.get(study_id) or table.get(patient_id)


def split_of(study: Study, rule: Assign) -> str | None:
    """The split of a study under a rule."""
    return rule(study.study_id, study.patient_id, study.split)
