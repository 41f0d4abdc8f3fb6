"""Findings -> the lesion list of the official Vietnamese keys."""

from typing import Any

from vimedsynth.findings import Finding, Polarity, Uptake, read_findings
from vimedsynth.reports import Report, Section

SIZE = "Kích thước khối u, tổn thương, bất thường"
SHAPE = "Hình dạng của khối u, tổn thương, bất thường"
PLACE = "Vị trí của khối u, tổn thương, bất thường"
FDG = "Mức độ FDG"
UPTAKE = "Tăng chuyển hoá FDG"  # the spelling that the official scorer reads
INVASION = "Xâm lấn"
STAGE = "Giai đoạn chuyển hoá"
UPTAKE_WORD = {Uptake.NONE: "Không tăng", Uptake.MILD: "Tăng nhẹ", Uptake.INCREASED: "Tăng", Uptake.DECREASED: "Giảm",
               Uptake.UNSTATED: ""}  # fmt: skip


def is_lesion(finding: Finding) -> bool:
    """Something abnormal that is there: not an absence, not physiologic, not an operated organ."""
    return finding.polarity is Polarity.PRESENT and finding.head != "state"


NOT_A_MASS = frozenset(
    {"effusion", "pneumothorax", "fluid", "gas", "atelectasis", "urinary-stasis", "stone", "steatosis"}
)
"""Physicians' lesion lists leave these out unless a thickening or mass goes with them."""


def official_lesion(finding: Finding) -> dict[str, Any]:
    """One finding in the official keys; a field that the report does not give is an empty string."""
    return {
        SIZE: ", ".join(_size(s.op, s.text) for s in finding.sizes),
        SHAPE: finding.morphology or finding.uptake_text,
        PLACE: finding.place_text,
        FDG: {"SUVmax": ", ".join(s.text for s in finding.suvs), UPTAKE: UPTAKE_WORD[finding.uptake]},
        INVASION: ", ".join(i.text for i in finding.invasions),
        STAGE: finding.reading.phrase if finding.reading else "",
    }


def _size(op: str, text: str) -> str:
    return f"< {text}" if op == "<" and "dưới" not in text else text


def official_lesions(
    report: Report, region: Section | None = None, include_reactive: bool = False
) -> list[dict[str, Any]]:
    """The lesions of a report, or of one region; boilerplate reactive nodes only on request."""
    return [
        official_lesion(f)
        for f in read_findings(report)
        if is_lesion(f)
        and (include_reactive or f.head not in NOT_A_MASS)
        and (region is None or f.section is region)
        and (include_reactive or not f.reactive)
    ]
