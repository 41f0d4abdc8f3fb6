"""PET stored values to SUVbw by the QIBA vendor-neutral rule.

Source: QIBA FDG-PET/CT profile, "SUV vendor-neutral pseudo-code" (also in the wiki of the Quantitative Imaging
Biomarkers Alliance): attenuation and decay must be corrected; BQML with decay correction to START takes the dose
decayed from injection to the start of the series, ADMIN takes the dose as given; GML is SUV already; CNTS needs Philips'
private factors. Times are compared as the tags give them; nothing is guessed when a tag is missing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from vimedsynth.volumes.model import VolumeRefused

_PHILIPS, _GE = (0x7053, "Philips PET Private Group"), (0x0009, "GEMS_PETD_01")
_PHILIPS_SUV, _PHILIPS_ACTIVITY, _GE_SCAN_TIME = 0x00, 0x09, 0x0D


@dataclass(frozen=True, slots=True)
class SuvFactor:
    """``SUVbw = value * factor`` where value is after rescale slope and intercept; ``rule`` says how it was found."""

    factor: float
    rule: str


def suv_factor(dataset: Any, path: Path) -> SuvFactor:
    """The factor of one PET dataset; raises VolumeRefused (missing-tag, bad-tag, units-not-supported)."""
    units = str(_tag(dataset, "Units", path)).strip().upper()
    if units == "GML":
        kind = str(dataset.get("SUVType", "") or "BW").strip().upper()
        if kind != "BW":
            raise VolumeRefused("units-not-supported", path, f"SUVType {kind!r}; expected BW")
        return SuvFactor(1.0, "GML")
    if units == "CNTS":
        return _philips(dataset, path)
    if units != "BQML":
        raise VolumeRefused("units-not-supported", path, f"Units {units!r}; expected BQML, GML or CNTS")
    return SuvFactor(_per_becquerel(dataset, path), f"BQML/{_decay_correction(dataset, path)}")


def _philips(dataset: Any, path: Path) -> SuvFactor:
    suv = _private_number(dataset, _PHILIPS_SUV)
    if suv:
        return SuvFactor(suv, "CNTS/Philips SUV factor (7053,xx00)")
    activity = _private_number(dataset, _PHILIPS_ACTIVITY)
    if activity:
        return SuvFactor(activity * _per_becquerel(dataset, path), "CNTS/Philips activity factor (7053,xx09)")
    raise VolumeRefused("missing-tag", path, "Units CNTS without Philips' factors (7053,1000) or (7053,1009)")


def _per_becquerel(dataset: Any, path: Path) -> float:
    """SUVbw of 1 Bq/ml: body weight in grams over the dose in becquerel at the reference time."""
    corrected = {str(word).strip().upper() for word in _words(_tag(dataset, "CorrectedImage", path))}
    if not {"ATTN", "DECY"} <= corrected:
        raise VolumeRefused("not-corrected", path, f"CorrectedImage {sorted(corrected)}; expected ATTN and DECY")
    weight = _number(_tag(dataset, "PatientWeight", path), "PatientWeight", path)
    drug = _radiopharmaceutical(dataset, path)
    dose = _number(_tag(drug, "RadionuclideTotalDose", path), "RadionuclideTotalDose", path)
    if _decay_correction(dataset, path) == "ADMIN":
        return weight * 1000 / dose
    half_life = _number(_tag(drug, "RadionuclideHalfLife", path), "RadionuclideHalfLife", path)
    elapsed = _elapsed_seconds(dataset, drug, path)
    return float(weight * 1000 / (dose * 2 ** (-elapsed / half_life)))


def _decay_correction(dataset: Any, path: Path) -> str:
    kind = str(_tag(dataset, "DecayCorrection", path)).strip().upper()
    if kind not in ("START", "ADMIN"):
        raise VolumeRefused("not-corrected", path, f"DecayCorrection {kind!r}; expected START or ADMIN")
    return kind


def _radiopharmaceutical(dataset: Any, path: Path) -> Any:
    sequence = _tag(dataset, "RadiopharmaceuticalInformationSequence", path)
    if not len(sequence):
        raise VolumeRefused("missing-tag", path, "RadiopharmaceuticalInformationSequence is empty")
    return sequence[0]


def _elapsed_seconds(dataset: Any, drug: Any, path: Path) -> float:
    """From injection to the time that the values are decay-corrected to."""
    scan = _scan_start(dataset, path)
    stated = str(drug.get("RadiopharmaceuticalStartDateTime", "") or "").strip()
    if stated:
        injected = _moment(stated[:8], stated[8:], "RadiopharmaceuticalStartDateTime", path)
    else:
        clock = str(_tag(drug, "RadiopharmaceuticalStartTime", path))
        injected = _moment(scan.strftime("%Y%m%d"), clock, "RadiopharmaceuticalStartTime", path)
        if injected > scan:  # injected before midnight, scanned after it
            injected -= timedelta(days=1)
    elapsed = (scan - injected).total_seconds()
    if not 0 <= elapsed <= 86_400:
        raise VolumeRefused("bad-tag", path, f"injection at {injected} and scan at {scan}; expected within one day")
    return elapsed


def _scan_start(dataset: Any, path: Path) -> datetime:
    series = _moment(_tag(dataset, "SeriesDate", path), _tag(dataset, "SeriesTime", path), "SeriesTime", path)
    acquired = _moment(
        dataset.get("AcquisitionDate") or dataset.get("SeriesDate"), _tag(dataset, "AcquisitionTime", path), "AcquisitionTime", path
    )  # fmt: skip
    if series <= acquired:
        return series
    # A series time after the acquisition is that of a later reconstruction; GE keeps the true start in a private tag.
    private = _private(dataset, _GE, _GE_SCAN_TIME)
    if private is not None and str(private.value).strip():
        value = private.value.decode("ascii", "replace") if isinstance(private.value, bytes) else str(private.value)
        return _moment(value[:8], value[8:], "(0009,100D)", path)
    raise VolumeRefused(
        "bad-tag", path, f"SeriesTime {series} is after AcquisitionTime {acquired}, and no GE (0009,100D)"
    )


def _moment(date: object, clock: object, name: str, path: Path) -> datetime:
    digits = str(clock).strip().replace(":", "").split("+")[0].split("-")[0]
    whole, _, fraction = digits.partition(".")
    try:
        moment = datetime.strptime(f"{str(date).strip()}{whole:0<6}", "%Y%m%d%H%M%S")
        return moment + timedelta(seconds=float(f"0.{fraction or 0}"))
    except ValueError as error:
        raise VolumeRefused("bad-tag", path, f"{name} {clock!r} on {date!r}; expected YYYYMMDD and HHMMSS") from error


def _tag(dataset: Any, name: str, path: Path) -> Any:
    value = dataset.get(name)
    if value is None or value == "":
        raise VolumeRefused("missing-tag", path, f"{name} is missing; SUV cannot be computed")
    return value


def _number(value: Any, name: str, path: Path) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise VolumeRefused("bad-tag", path, f"{name} {value!r}; expected a number") from error
    if not 0 < number < 1e15:
        raise VolumeRefused("bad-tag", path, f"{name} {number:g}; expected a positive number")
    return number


def _words(value: Any) -> list[Any]:
    return [value] if isinstance(value, str) else list(value)


def _private(dataset: Any, owner: tuple[int, str], element: int) -> Any:
    """An element of a private block, wherever the file has put the block; the first one where no creator is named."""
    group, creator = owner
    try:
        return dataset.get(dataset.private_block(group, creator).get_tag(element))
    except KeyError:
        foreign = dataset.get((group, 0x10))
        return dataset.get((group, 0x1000 | element)) if foreign is None else None


def _private_number(dataset: Any, element: int) -> float | None:
    found = _private(dataset, _PHILIPS, element)
    try:
        number = float(found.value) if found is not None else 0.0
    except (TypeError, ValueError):
        return None
    return number if 0 < number < 1e15 else None
