"""Lesion sheets: what a physician confirms or corrects of the extracted lesions, in the official Vietnamese keys."""

import re
from typing import Any

from vimedsynth.lesions import FDG, INVASION, PLACE, SHAPE, SIZE, STAGE, UPTAKE, official_lesions
from vimedsynth.review.decisions import BadInput, clean_text
from vimedsynth.review.desk import Desk
from vimedsynth.review.files import pretty

SUV = "SUVmax"
TEXT_KEYS = (SIZE, SHAPE, PLACE, INVASION, STAGE)
MAX_LESIONS, MAX_FIELD, MAX_SUV = 200, 1000, 1000.0

Lesion = dict[str, Any]
_NUMBERS = re.compile(r"\d{1,4}([.,]\d{1,3})?([,;] ?\d{1,4}([.,]\d{1,3})?)*")


def _text(value: object) -> str:
    return "" if value is None else clean_text(str(value) if isinstance(value, int | float) else value, MAX_FIELD)


def read_suv(value: object) -> float | str:
    """A SUVmax: a number, a decimal comma allowed; several as they are written; empty for none. Raises BadInput."""
    if value is None or value == "":
        return ""
    text = str(value).strip() if isinstance(value, str | float | int) and not isinstance(value, bool) else ""
    if not _NUMBERS.fullmatch(text):
        raise BadInput("bad-suv")
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return text
    if not 0 < number < MAX_SUV:
        raise BadInput("bad-suv")
    return number


def read_lesion(value: object) -> Lesion:
    """One lesion from the page, in the official keys and no other. Raises BadInput."""
    if not isinstance(value, dict) or not isinstance(value.get(FDG), dict):
        raise BadInput("lesion-expected")
    if not set(value) <= {*TEXT_KEYS, FDG} or not set(value[FDG]) <= {SUV, UPTAKE}:
        raise BadInput("unknown-key")
    lesion: Lesion = {key: _text(value.get(key)) for key in (SIZE, SHAPE, PLACE)}
    if not lesion[PLACE]:
        raise BadInput("place-expected")
    lesion[FDG] = {SUV: read_suv(value[FDG].get(SUV)), UPTAKE: _text(value[FDG].get(UPTAKE))}
    return {**lesion, INVASION: _text(value.get(INVASION)), STAGE: _text(value.get(STAGE))}


def read_lesions(value: object) -> list[Lesion]:
    """A lesion list from the page. Raises BadInput."""
    if not isinstance(value, list) or len(value) > MAX_LESIONS:
        raise BadInput("lesions-expected")
    return [read_lesion(lesion) for lesion in value]


def show_sheet(desk: Desk, reviewer: str, sample_id: str) -> dict[str, Any]:
    """The sheet of a sample's study: the reviewer's own, else what was extracted. Raises NotYours."""
    item = desk.item(reviewer, sample_id)
    study_id = item["study"]
    own = desk.ledger.sheet(study_id, reviewer)
    report = desk.sources.report(study_id)
    lesions = list(own.lesions) if own else official_lesions(report) if report else []
    return {"study": study_id, "lesions": lesions, "confirmed": own.at if own else None, "report": item["report"]}


def keep_sheet(desk: Desk, reviewer: str, sample_id: str, key: str, lesions: list[Lesion]) -> dict[str, Any]:
    """Record the reviewer's list for a sample's study. Raises NotYours."""
    study_id = desk.item(reviewer, sample_id)["study"]
    sheet = desk.ledger.keep_sheet(reviewer, key, study_id, lesions)
    return {"study": study_id, "lesions": list(sheet.lesions), "confirmed": sheet.at}


def sheet_files(desk: Desk) -> dict[str, bytes]:
    """``lesions/<study>.json`` for every study with a sheet: an adjudicator's before a reader's, the later one first."""
    chosen: dict[str, tuple[tuple[bool, int], tuple[Lesion, ...]]] = {}
    for sheet in desk.ledger.sheets():
        rank = (sheet.reviewer in desk.protocol.terms.adjudicators, sheet.number)
        if sheet.study_id not in chosen or chosen[sheet.study_id][0] < rank:
            chosen[sheet.study_id] = (rank, sheet.lesions)
    return {f"lesions/{file_name(study_id)}.json": pretty(list(lesions)) for study_id, (_, lesions) in chosen.items()}


def file_name(study_id: str) -> str:
    """A study id as a file name: its own letters and digits, everything else an underscore."""
    return re.sub(r"[^\w.-]+", "_", study_id).strip("._") or "study"
