"""PNG sheets of a scan before and after: PET (inverted grey), CT, fused, projections; lesions boxed where known.

Pictures are radiological: the patient's right is on the left of the sheet.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vimedsynth.errors import missing_extra
from vimedsynth.volumes.model import Grid, Modality, Scan, Triple, Units, Volume

Picture = NDArray[np.uint8]

SUV_WINDOW = (0.0, 8.0)
CT_WINDOW_BY_NAME = {"soft": (-160.0, 240.0), "lung": (-1000.0, 200.0), "whole": (-1000.0, 600.0)}

_TALL, _SQUARE, _MARGIN, _LABEL = 420, 340, 10, 24
_UPRIGHT = 8  # fewer slices make no picture of a body from the front
_BOX_COLOUR = (230, 60, 40)


class Moves(Protocol):
    """What is needed of an outcome of augmentation: the scan after, and where points went."""

    @property
    def scan(self) -> Scan: ...
    def forward(self, points: Any) -> Any: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """A lesion to box: its centre and axes (z, y, x) in mm of the patient frame."""

    centre_mm: Triple
    size_mm: Triple
    label: str = ""


def write_sheet(before: Scan, outcome: Moves | None, path: Path, title: str = "", marks: Sequence[Mark] = ()) -> Path:
    """One row of pictures for the scan, one more for the scan after ``outcome``; written atomically."""
    image = sheet(before, outcome, title, marks)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    image.save(part, "PNG")
    os.replace(part, path)
    return path


def sheet(before: Scan, outcome: Moves | None, title: str = "", marks: Sequence[Mark] = ()) -> Any:
    """The sheet as a Pillow image."""
    window, focus = _pet_window(before), np.array([marks[0].centre_mm if marks else _focus(before)])
    rows = [("before", _row(before, focus[0], window, marks))]
    if outcome is not None:
        moved = [Mark(_triple(outcome.forward([m.centre_mm])[0]), m.size_mm, m.label) for m in marks]
        rows.append(("after", _row(outcome.scan, outcome.forward(focus)[0], window, moved)))
    return _layout(rows, title)


Panel = tuple[str, Picture]


def _row(scan: Scan, focus: NDArray[np.float64], window: tuple[float, float], marks: Sequence[Mark]) -> list[Panel]:
    panels: list[Panel] = []
    if scan.pet is not None and scan.pet.shape[0] >= _UPRIGHT:
        panels.append(("PET, maximum projection", _projection(scan, scan.pet, window, marks)))
    if scan.ct is not None and scan.ct.shape[0] >= _UPRIGHT:
        panels.append(("CT, coronal", _coronal(scan, scan.ct, focus)))
    if scan.pet is not None:
        panels.append(("PET", _axial(scan, scan.pet, focus, window, marks)))
    if scan.ct is not None:
        panels += [(f"CT, {n}", _axial(scan, scan.ct, focus, CT_WINDOW_BY_NAME[n], marks)) for n in ("soft", "lung")]
    if scan.pet is not None and scan.ct is not None:
        panels.append(("fused", _fused(scan, scan.pet, scan.ct, focus, window)))
    return panels


def _pet_window(scan: Scan) -> tuple[float, float]:
    if scan.pet is None or scan.pet.units is Units.SUV:
        return SUV_WINDOW
    lit = scan.pet.data[scan.pet.data > 0]
    return 0.0, float(np.percentile(lit, 99.5)) * scan.pet.scale if lit.size else 1.0


def _focus(scan: Scan) -> Triple:
    """The hottest place of the trunk, in mm: neither the brain nor the bladder if it can be helped."""
    volume, grid = scan.reference, scan.grid(scan.reference)
    depth = volume.shape[0]
    low, high = (int(depth * 0.27), int(depth * 0.75)) if depth > 20 else (0, depth)
    place = np.unravel_index(int(volume.data[low:high].argmax()), (high - low, *volume.shape[1:]))
    return _triple(grid.to_mm(np.array([place], np.float64) + np.array([low, 0, 0]))[0])


def _grey(values: NDArray[Any], window: tuple[float, float]) -> Picture:
    scaled = (values - window[0]) / max(window[1] - window[0], 1e-6) * 255
    grey: Picture = np.clip(scaled, 0, 255).astype(np.uint8)
    return grey


def _units(volume: Volume, picture: NDArray[Any]) -> NDArray[np.float32]:
    return picture.astype(np.float32) * np.float32(volume.scale) + np.float32(volume.offset)


def _tones(volume: Volume, picture: NDArray[Any], window: tuple[float, float]) -> Picture:
    grey = _grey(_units(volume, picture), window)
    return 255 - grey if volume.modality is Modality.PET else grey


def _projection(scan: Scan, volume: Volume, window: tuple[float, float], marks: Sequence[Mark]) -> Picture:
    grid = scan.grid(volume)
    picture = _sized(_tones(volume, volume.data.max(axis=1), window), grid, (0, 2), _TALL)
    return _boxed(picture, grid, (0, 2), marks)


def _coronal(scan: Scan, volume: Volume, focus: NDArray[np.float64]) -> Picture:
    grid = scan.grid(volume)
    row = _index(grid, focus, 1)
    return _sized(_tones(volume, volume.data[:, row], CT_WINDOW_BY_NAME["whole"]), grid, (0, 2), _TALL)


def _axial(
    scan: Scan, volume: Volume, focus: NDArray[np.float64], window: tuple[float, float], marks: Sequence[Mark]
) -> Picture:
    grid = scan.grid(volume)
    picture = _sized(_tones(volume, volume.data[_index(grid, focus, 0)], window), grid, (1, 2), _SQUARE)
    near = [m for m in marks if abs(m.centre_mm[0] - focus[0]) <= m.size_mm[0] / 2 + grid.spacing[0]]
    return _boxed(picture, grid, (1, 2), near)


def _fused(scan: Scan, pet: Volume, ct: Volume, focus: NDArray[np.float64], window: tuple[float, float]) -> Picture:
    """CT in grey under the PET in a heat colour map, on the CT's grid."""
    cv2 = _cv2()
    own, other = scan.grid(ct), scan.grid(pet)
    hot = _grey(_units(pet, pet.data[_index(other, focus, 0)]), window)
    matrix = np.array([[own.spacing[a] / other.spacing[a] * (a == b) for b in (2, 1)] + [(own.origin[a] - other.origin[a]) / other.spacing[a]] for a in (2, 1)])  # fmt: skip
    laid = cv2.warpAffine(hot, matrix, own.shape[:0:-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    grey = _grey(_units(ct, ct.data[_index(own, focus, 0)]), CT_WINDOW_BY_NAME["soft"])[..., None].repeat(3, axis=2)
    colour = cv2.applyColorMap(laid, cv2.COLORMAP_INFERNO)[..., ::-1]
    share = np.minimum(laid.astype(np.float32) / 128, 1.0)[..., None] * 0.65
    return _sized((grey * (1 - share) + colour * share).astype(np.uint8), own, (1, 2), _SQUARE)


def _sized(picture: NDArray[Any], grid: Grid, axes: tuple[int, int], height: int) -> Picture:
    """To ``height`` pixels with square millimetres, in colour."""
    cv2 = _cv2()
    tall, wide = (grid.shape[axis] * grid.spacing[axis] for axis in axes)
    size = (max(16, min(2 * height, round(height * wide / tall))), height)
    scaled = cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_LINEAR)
    coloured: Picture = scaled if scaled.ndim == 3 else np.repeat(scaled[..., None], 3, axis=2)
    return coloured


def _boxed(picture: Picture, grid: Grid, axes: tuple[int, int], marks: Sequence[Mark]) -> Picture:
    cv2 = _cv2()
    out = np.ascontiguousarray(picture)
    for mark in marks:
        corners = []
        for sign in (-1, 1):
            ends = [mark.centre_mm[a] + sign * (mark.size_mm[a] / 2 + 6) for a in axes]
            v, u = ((e - grid.origin[a]) / grid.spacing[a] + 0.5 for e, a in zip(ends, axes, strict=True))
            corners.append(
                (round(u * out.shape[1] / grid.shape[axes[1]]), round(v * out.shape[0] / grid.shape[axes[0]]))
            )
        cv2.rectangle(out, corners[0], corners[1], _BOX_COLOUR, 1, cv2.LINE_AA)
    return out


def _layout(rows: list[tuple[str, list[Panel]]], title: str) -> Any:
    try:
        from PIL import Image, ImageDraw, ImageFont
    except ImportError:
        raise missing_extra("imaging", "writing previews") from None
    wide = max(sum(p.shape[1] + _MARGIN for _, p in panels) for _, panels in rows) + _MARGIN
    tall = (
        _LABEL + 6 + sum(2 * _LABEL + max((p.shape[0] for _, p in panels), default=0) + _MARGIN for _, panels in rows)
    )
    image = Image.new("RGB", (wide, tall), (250, 250, 250))
    draw, font, small = ImageDraw.Draw(image), ImageFont.load_default(15), ImageFont.load_default(12)
    draw.text((_MARGIN, 6), title, (20, 20, 20), font)
    top = _LABEL + 6
    for name, panels in rows:
        draw.text((_MARGIN, top), name, (20, 20, 20), font)
        left = _MARGIN
        for label, picture in panels:
            draw.text((left, top + _LABEL - 4), label, (70, 70, 70), small)
            image.paste(Image.fromarray(picture), (left, top + 2 * _LABEL - 8))
            draw.text((left + 3, top + 2 * _LABEL - 6), "R", (60, 120, 220), small)
            left += picture.shape[1] + _MARGIN
        top += 2 * _LABEL + max((p.shape[0] for _, p in panels), default=0) + _MARGIN
    return image


def _index(grid: Grid, focus: NDArray[np.float64], axis: int) -> int:
    return int(np.clip(round((focus[axis] - grid.origin[axis]) / grid.spacing[axis]), 0, grid.shape[axis] - 1))


def _triple(values: Any) -> Triple:
    z, y, x = (float(v) for v in values)
    return z, y, x


def _cv2() -> Any:
    try:
        import cv2
    except ImportError:
        raise missing_extra("imaging", "writing previews") from None
    return cv2
