"""Operations onto pixels: ``apply(scan, applied)`` is a pure function of its arguments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vimedsynth.augment import intensity
from vimedsynth.augment.geometry import Pass, PlaneAffine, about, forward, merged, random_field, thin_slices
from vimedsynth.augment.receipts import Applied, Measured
from vimedsynth.augment.rendering import Rendering, warped
from vimedsynth.augment.truth import Peaks, body_lost
from vimedsynth.volumes.model import Grid, Modality, Scan, Volume, VolumeRefused

GEOMETRY_NAMES = frozenset({"Affine", "AxisRotate", "HorizontalFlip", "RandomResizedCrop", "Elastic"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The scan after, the way points go, and what the images show."""

    scan: Scan
    passes: tuple[Pass, ...]
    measured: Measured

    def forward(self, points: Any) -> Any:
        """Where ``(n, 3)`` points (z, y, x in mm of the patient frame) went."""
        return forward(self.passes, points)


@dataclass(frozen=True, eq=False, slots=True)
class Prepared:
    """All operations on a scan, decided but not done: one rendering for each of its volumes, in their order."""

    scan: Scan  # as deep and on the same grids as what comes out
    renderings: tuple[Rendering, ...]
    passes: tuple[Pass, ...]
    body_lost: float
    peaks: Peaks | None

    def outcome(self) -> Outcome:
        """Done, in memory."""
        volumes = [rendering.volume() for rendering in self.renderings]
        return Outcome(_same_slots(self.scan, volumes), self.passes, self.measured())

    def measured(self) -> Measured:
        """What the images show, once every block of the renderings has been made."""
        if self.peaks is None:
            return Measured(self.body_lost)
        return Measured(self.body_lost, self.peaks.change(self.renderings[0].like.scale))


def apply(scan: Scan, applied: Sequence[Applied], region: str = "whole") -> Outcome:
    """Do all operations in memory; see :func:`prepare`."""
    return prepare(scan, applied, region).outcome()


def prepare(scan: Scan, applied: Sequence[Applied], region: str = "whole") -> Prepared:
    """Slices dropped first, one geometry for all volumes next, then the values of each.

    The order among the geometric operations, and among those of one volume's values, is the order given. Geometry goes
    through the frame of the reference volume, so PET and CT of any matrix size stay aligned. ``region`` says whose
    margins may be lost without harm.
    """
    after = _drop(scan, applied)
    reference = after.grid(after.reference)
    passes = merged(_pass(item, reference) for item in applied if item.name in GEOMETRY_NAMES)
    shifted = [_misregistration(item, reference) for item in applied if item.name == "Misregister"]

    own = {Modality.PET: merged([*passes, *shifted])}
    peaks = Peaks(scan, after, own[Modality.PET]) if scan.pet is not None and after.pet is not None else None
    renderings = [
        _rendering(volume, after.grid(volume), own.get(volume.modality, passes), reference, applied)
        for volume in after.volumes
    ]
    if peaks is not None:
        renderings[0] = replace(renderings[0], watch=peaks.see)
    return Prepared(after, tuple(renderings), tuple(passes), body_lost(scan, after, passes, region), peaks)


def _same_slots(scan: Scan, volumes: list[Volume]) -> Scan:
    rest = iter(volumes)
    pet = next(rest) if scan.pet is not None else None
    ct = next(rest) if scan.ct is not None else None
    return replace(scan, pet=pet, ct=ct, masks=tuple(rest))


def _pass(applied: Applied, grid: Grid) -> Pass:
    """One geometric operation as a map of the patient frame; fractions are of the reference volume's box."""
    params, (_, y, x) = applied.params, grid.centre
    interpolation = str(params.get("interpolation", "linear"))
    height, width = grid.shape[1] * grid.spacing[1], grid.shape[2] * grid.spacing[2]
    if applied.name == "Affine":
        shift = (params["shift"][0] * width, params["shift"][1] * height)
        if interpolation == "whole-voxel":  # nothing is interpolated in the reference: SUVs stay what they are
            shift = (_snapped(shift[0], grid.spacing[2]), _snapped(shift[1], grid.spacing[1]))
        return PlaneAffine("axial", about((x, y), params["linear"], shift), interpolation)
    if applied.name == "HorizontalFlip":
        return PlaneAffine("axial", about((x, y), [[-1, 0], [0, 1]], (0, 0)), interpolation)
    if applied.name == "RandomResizedCrop":
        return PlaneAffine("axial", _crop(params["box"], (x, y), (width, height)), interpolation)
    if applied.name == "AxisRotate":
        return _rotation(str(params["axis"]), float(params["degrees"]), grid, interpolation)
    low = tuple(o - s / 2 for o, s in zip(grid.origin, grid.spacing, strict=True))
    high = tuple(a + s * n for a, s, n in zip(low, grid.spacing, grid.shape, strict=True))
    box = ((low[0], low[1], low[2]), (high[0], high[1], high[2]))
    return random_field(float(params["amplitude_mm"]), int(params["cells"]), int(params["seed"]), box)


def _snapped(distance: float, spacing: float) -> float:
    return round(distance / spacing) * spacing


def _rotation(plane: str, degrees: float, grid: Grid, interpolation: str) -> PlaneAffine:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    z, y, x = grid.centre
    centre = {"axial": (x, y), "coronal": (x, z), "sagittal": (y, z)}[plane]
    return PlaneAffine(plane, about(centre, [[cos, sin], [-sin, cos]], (0, 0)), interpolation)


def _crop(
    box: Sequence[float], centre: tuple[float, float], extent: tuple[float, float]
) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The box (left, top, right, bottom in fractions) blown up to the whole picture."""
    left, top, right, bottom = box
    zoom = (1 / (right - left), 1 / (bottom - top))
    middle = ((left + right) / 2 - 0.5, (top + bottom) / 2 - 0.5)
    shift = [-m * e * z for m, e, z in zip(middle, extent, zoom, strict=True)]
    return about(centre, [[zoom[0], 0], [0, zoom[1]]], shift)


def _misregistration(applied: Applied, grid: Grid) -> PlaneAffine:
    _, y, x = grid.centre
    return PlaneAffine("axial", about((x, y), np.eye(2).tolist(), applied.params["shift_mm"]))


def _drop(scan: Scan, applied: Sequence[Applied]) -> Scan:
    """Slices off both ends, counted in slices of the reference; the others lose the same millimetres."""
    start = sum(int(item.params["start"]) for item in applied if item.name == "SliceDrop")
    end = sum(int(item.params["end"]) for item in applied if item.name == "SliceDrop")
    depth = scan.reference.shape[0]
    if not start and not end:
        return scan
    if start + end >= depth:
        raise VolumeRefused("too-thin", scan.study_id, f"{depth} slices, {start + end} to drop")
    return scan.slices(start, depth - end)


def _rendering(
    volume: Volume, grid: Grid, passes: list[Pass], reference: Grid, applied: Sequence[Applied]
) -> Rendering:
    """The passes, then thick slices, then values. What needs the volume whole is done now, the rest block by block."""
    thick = [float(item.params["factor"]) for item in applied if item.name == "Anisotropy"]
    last = passes[-1] if passes and not thick and passes[-1].plane == "axial" else None
    for item in passes if last is None else passes[:-1]:
        volume = warped(item, volume, grid)
    for factor in thick:
        volume = thin_slices(volume, grid, factor * reference.spacing[0])
    return intensity.change_all(Rendering(volume, grid, last), _chain(volume, applied))


def _chain(volume: Volume, applied: Sequence[Applied]) -> Sequence[Applied]:
    """The operations on the values of this volume, in their order."""
    if volume.modality is Modality.MASK:
        return []
    return [a for a in applied if a.name in intensity.PIXEL_NAMES and intensity.modality_of(a) is volume.modality]
