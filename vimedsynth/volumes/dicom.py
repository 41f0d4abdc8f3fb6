"""A DICOM series (a folder, or one file of one or several frames) as a volume. Headers first, pixels after."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vimedsynth.errors import missing_extra
from vimedsynth.volumes.arrays import DEFAULT_LIMIT_BYTES
from vimedsynth.volumes.convert import Raw
from vimedsynth.volumes.model import Modality, Units, VolumeRefused
from vimedsynth.volumes.suv import suv_factor

_MAX_FILES = 6000
_MODALITY_BY_DICOM = {"PT": Modality.PET, "CT": Modality.CT}
_TILT = 0.02  # direction cosines may miss an axis by this much


@dataclass(frozen=True, slots=True)
class Frame:
    """One slice of one file: where it lies and how its stored values become units."""

    path: Path
    index: int
    position: tuple[float, float, float]  # DICOM x, y, z of the first pixel
    slope: float
    intercept: float


@dataclass(frozen=True, slots=True)
class Layout:
    """What all slices share."""

    rows: int
    cols: int
    spacing: tuple[float, float]  # between rows, between columns
    flip_rows: bool
    flip_cols: bool


def read_dicom(path: Path, modality: Modality, limit: int = DEFAULT_LIMIT_BYTES) -> Raw:
    """Slices ordered from the head down, PET in SUVbw, CT in HU; raises VolumeRefused."""
    headers = [(file, _header(file)) for file in _files(path)]
    _one_series(headers, path, modality)
    layout = _layout(headers[0][1], path)
    frames = [frame for file, header in headers for frame in _frames(file, header, layout, path)]
    if len(frames) * layout.rows * layout.cols * 4 > limit:
        raise VolumeRefused(
            "too-large", path, f"{len(frames)} slices of {layout.rows} x {layout.cols}, limit {limit} bytes"
        )
    frames.sort(key=lambda frame: -frame.position[2])
    step = _step(frames, headers[0][1], path)
    factor = suv_factor(_earliest(headers), path).factor if modality is Modality.PET else 1.0
    values = _pixels(frames, layout, factor)
    origin = _origin(frames[0], layout)
    units = Units.SUV if modality is Modality.PET else Units.HU
    return Raw(values, units, spacing=(step, *layout.spacing), origin=origin)


def _files(path: Path) -> list[Path]:
    files = (
        [path] if path.is_file() else sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
    )
    files = [f for f in files if f.name.upper() != "DICOMDIR"]
    if not 1 <= len(files) <= _MAX_FILES:
        raise VolumeRefused("no-series", path, f"{len(files)} files; expected 1 to {_MAX_FILES} DICOM slices")
    return files


def _header(path: Path) -> Any:
    try:
        import pydicom
        from pydicom.errors import InvalidDicomError
    except ImportError:
        raise missing_extra("imaging", "reading DICOM") from None
    try:
        return pydicom.dcmread(path, stop_before_pixels=True)
    except InvalidDicomError as error:
        raise VolumeRefused("not-dicom", path, "no DICOM preamble") from error


def _one_series(headers: list[tuple[Path, Any]], path: Path, modality: Modality) -> None:
    series = {str(header.get("SeriesInstanceUID", "")) for _, header in headers}
    if len(series) != 1:
        raise VolumeRefused("several-series", path, f"{len(series)} series in one folder; expected one")
    named = {str(header.get("Modality", "")) for _, header in headers}
    if {_MODALITY_BY_DICOM.get(name) for name in named} != {modality}:
        raise VolumeRefused("wrong-modality", path, f"Modality {sorted(named)}; expected {modality}")


def _earliest(headers: list[tuple[Path, Any]]) -> Any:
    """The slice that was acquired first: a series time after it is that of a later reconstruction."""
    return min(
        (header for _, header in headers),
        key=lambda h: (str(h.get("AcquisitionDate", "")), str(h.get("AcquisitionTime", ""))),
    )


def _shared(header: Any, name: str, frame: int = 0) -> Any:
    """A functional-group macro of an enhanced object: of the frame, else the shared one, else None."""
    for sequence, index in (("PerFrameFunctionalGroupsSequence", frame), ("SharedFunctionalGroupsSequence", 0)):
        groups = header.get(sequence) or []
        if index < len(groups) and groups[index].get(name):
            return groups[index].get(name)[0]
    return None


def _value(header: Any, keyword: str, macro: str, frame: int = 0) -> Any:
    value = header.get(keyword)
    if value is None:
        group = _shared(header, macro, frame)
        value = group.get(keyword) if group is not None else None
    return value


def _layout(header: Any, path: Path) -> Layout:
    cosines = [float(c) for c in _value(header, "ImageOrientationPatient", "PlaneOrientationSequence") or ()]
    spacing = [float(s) for s in _value(header, "PixelSpacing", "PixelMeasuresSequence") or ()]
    rows, cols = int(header.get("Rows", 0) or 0), int(header.get("Columns", 0) or 0)
    if len(cosines) != 6 or len(spacing) != 2 or min(spacing) <= 0 or min(rows, cols) <= 0:
        raise VolumeRefused("missing-tag", path, "ImageOrientationPatient, PixelSpacing, Rows and Columns are needed")
    along_row, along_col = cosines[:3], cosines[3:]
    if abs(abs(along_row[0]) - 1) > _TILT or abs(abs(along_col[1]) - 1) > _TILT:
        raise VolumeRefused("not-axial", path, f"ImageOrientationPatient {cosines}; expected axial slices")
    return Layout(rows, cols, (spacing[0], spacing[1]), along_col[1] < 0, along_row[0] < 0)


def _frames(file: Path, header: Any, layout: Layout, path: Path) -> list[Frame]:
    if (int(header.get("Rows", 0) or 0), int(header.get("Columns", 0) or 0)) != (layout.rows, layout.cols):
        raise VolumeRefused("mixed-slices", path, f"{file.name} has another matrix than the first slice")
    count = int(header.get("NumberOfFrames", 1) or 1)
    if not 1 <= count <= _MAX_FILES:
        raise VolumeRefused("bad-tag", path, f"NumberOfFrames {count}; expected 1 to {_MAX_FILES}")
    return [_frame(file, header, index, path) for index in range(count)]


def _frame(file: Path, header: Any, index: int, path: Path) -> Frame:
    position = _value(header, "ImagePositionPatient", "PlanePositionSequence", index)
    if position is None or len(position) != 3:
        raise VolumeRefused("missing-tag", path, f"ImagePositionPatient of {file.name}, frame {index + 1}")
    slope = _value(header, "RescaleSlope", "PixelValueTransformationSequence", index)
    intercept = _value(header, "RescaleIntercept", "PixelValueTransformationSequence", index)
    x, y, z = (float(p) for p in position)
    return Frame(file, index, (x, y, z), float(1 if slope is None else slope), float(intercept or 0))


def _step(frames: list[Frame], header: Any, path: Path) -> float:
    """Distance between slices in mm; refuses gaps and doubles."""
    if len(frames) == 1:
        thickness = _value(header, "SliceThickness", "PixelMeasuresSequence")
        return float(thickness or 1.0)
    gaps = -np.diff([frame.position[2] for frame in frames])
    if gaps.min() <= 0.01 or gaps.max() > gaps.min() * 1.05 + 0.01:
        raise VolumeRefused(
            "uneven-slices", path, f"slice distances {gaps.min():.2f} to {gaps.max():.2f} mm; expected one"
        )
    return float(np.median(gaps))


def _origin(frame: Frame, layout: Layout) -> tuple[float, float, float]:
    x, y, z = frame.position
    if layout.flip_cols:
        x -= (layout.cols - 1) * layout.spacing[1]
    if layout.flip_rows:
        y -= (layout.rows - 1) * layout.spacing[0]
    return -z, y, x


def _pixels(frames: list[Frame], layout: Layout, factor: float) -> NDArray[np.float32]:
    volume = np.empty((len(frames), layout.rows, layout.cols), np.float32)
    loaded: tuple[Path, NDArray[Any]] | None = None
    for target, frame in zip(volume, frames, strict=True):
        if loaded is None or loaded[0] != frame.path:
            loaded = frame.path, _stored(frame.path, layout)
        step = (slice(None, None, -1 if layout.flip_rows else 1), slice(None, None, -1 if layout.flip_cols else 1))
        target[:] = (loaded[1][frame.index][step].astype(np.float32) * frame.slope + frame.intercept) * factor
    return volume


def _stored(path: Path, layout: Layout) -> NDArray[Any]:
    import pydicom

    array = pydicom.dcmread(path).pixel_array
    frames: NDArray[Any] = array.reshape(-1, layout.rows, layout.cols)
    return frames
