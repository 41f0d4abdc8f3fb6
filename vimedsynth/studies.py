"""Corpus layouts -> studies. What is missing or malformed is reported, never dropped in silence."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Study:
    """One PET/CT exam.

    ``study_id`` is made from the report's path inside the corpus (patient numbers repeat across years, and a patient
    can have several visits); ``patient_id`` is ``<year>/<name>`` where the year is known.
    """

    study_id: str
    patient_id: str
    report_path: Path | None = None  # None for text-only corpora, whose text is given inline
    report_text: str | None = None
    ct_path: Path | None = None
    pet_path: Path | None = None
    split: str | None = None  # train | val | test
    year: int | None = None
    month: int | None = None
    sex: str | None = None
    height_m: float | None = None
    weight_kg: float | None = None
