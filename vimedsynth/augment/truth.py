"""Truth: what an operation makes false about a text, declared per operation and measured on the images.

Declared, with the reason (tests/test_truth.py measures every line on the phantom):

- rotation, shift: nothing (anatomy moves with its side; sizes and values stay). A rotation beyond 45 degrees makes
  right and left of the picture hard to tell: laterality.
- scale beyond 2 %, crop, elastic: size. Crop and elastic also move neighbours apart: elastic keeps places.
- flip: laterality and position (the heart is on the right then).
- slice drop beyond the overlap of the regions, misregistration beyond 3 mm: position.
- PET noise, blur, thick slices: suv; strong ones blur edges and hide small lesions: size, uptake. SuvScale: suv and uptake; CountScale: nothing.
- CT tone, window, noise: nothing that reports claim.

Measured afterwards: body that left the picture (position), peaks that moved (suv).
"""

from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np

from vimedsynth.augment.geometry import Pass, forward
from vimedsynth.augment.receipts import Applied, Measured, Params
from vimedsynth.samples import Claim
from vimedsynth.volumes.model import Modality, Scan, Volume, extremes

OVERLAP_SLICES = 20
"""Regions overlap by this many slices at the cuts; dropping as many there loses nothing of the region."""

MARGINS_BY_REGION = {
    "whole": (0, 0),
    "head_neck": (0, OVERLAP_SLICES),
    "chest": (OVERLAP_SLICES, OVERLAP_SLICES),
    "abdomen_pelvis": (OVERLAP_SLICES, 0),
}
"""Slices at the start and at the end of a region's volume that belong to its neighbour as well."""

DEFAULT_TOLERANCE = {"suv": 0.01, "body_lost": 0.01}

_NONE: frozenset[Claim] = frozenset()
_SIZE_TOLERANCE = 0.02
_STEADY_DEGREES = 45.0
_PEAKS = 24
_BODY_HU = -400.0


def declared(applied: Applied, region: str = "whole") -> frozenset[Claim]:
    """The claims that an operation with these parameters makes unsafe."""
    if applied.name == "SliceDrop":
        return _slice_drop(applied.params, region)
    return INVALIDATES_BY_NAME[applied.name](applied.params)


def _affine(params: Params) -> frozenset[Claim]:
    linear = np.asarray(params["linear"], float)
    stretches = np.linalg.svd(linear, compute_uv=False)
    claims = _NONE
    if np.abs(stretches - 1).max() > _SIZE_TOLERANCE:
        claims |= {Claim.SIZE}
    if np.linalg.det(linear) < 0:
        claims |= {Claim.LATERALITY, Claim.POSITION}
    return claims | _rotation({"degrees": np.degrees(np.arctan2(linear[1, 0], linear[0, 0]))})


def _rotation(params: Params) -> frozenset[Claim]:
    return frozenset({Claim.LATERALITY, Claim.POSITION}) if abs(float(params["degrees"])) > _STEADY_DEGREES else _NONE


def _slice_drop(params: Params, region: str) -> frozenset[Claim]:
    start, end = MARGINS_BY_REGION[region]
    lost = int(params["start"]) > start or int(params["end"]) > end
    return frozenset({Claim.POSITION}) if lost else _NONE


def _noise(params: Params) -> frozenset[Claim]:
    if params["on"] == "ct" or float(params["std"]) == 0:
        return _NONE
    strong = {Claim.UPTAKE, Claim.SIZE} if float(params["std"]) > 0.02 else set()
    return frozenset({Claim.SUV, *strong})


def _count_noise(params: Params) -> frozenset[Claim]:
    scale = float(params["scale"])
    claims = {Claim.SUV} | ({Claim.SIZE} if scale > 0.002 else set()) | ({Claim.UPTAKE} if scale > 0.02 else set())
    return frozenset(claims)


def _blur(params: Params) -> frozenset[Claim]:
    strong = {Claim.UPTAKE} if float(params["sigma"]) > 1.5 else set()
    return frozenset({Claim.SUV, Claim.SIZE, *strong}) if params.get("on") != "ct" else frozenset({Claim.SIZE})


def _misregister(params: Params) -> frozenset[Claim]:
    return frozenset({Claim.POSITION}) if np.hypot(*params["shift_mm"]) > 3.0 else _NONE


INVALIDATES_BY_NAME: dict[str, Callable[[Params], frozenset[Claim]]] = {
    "Affine": _affine,
    "AxisRotate": _rotation,
    "HorizontalFlip": lambda _: frozenset({Claim.LATERALITY, Claim.POSITION}),
    "RandomResizedCrop": lambda _: frozenset({Claim.SIZE}),
    "Elastic": lambda _: frozenset({Claim.SIZE}),
    "Anisotropy": lambda _: frozenset({Claim.SIZE, Claim.SUV}),
    "Misregister": _misregister,
    "GaussNoise": _noise,
    "ShotNoise": _count_noise,
    "GaussianBlur": _blur,
    "SuvScale": lambda _: frozenset({Claim.SUV, Claim.UPTAKE}),
    "CountScale": lambda _: _NONE,
    "RandomGamma": lambda params: frozenset({Claim.SUV, Claim.UPTAKE}) if params.get("on") == "pet" else _NONE,
    "RandomBrightnessContrast": lambda params: (
        frozenset({Claim.SUV, Claim.UPTAKE}) if params.get("on") == "pet" else _NONE
    ),
    "Window": lambda _: _NONE,
    "Dose": lambda _: _NONE,
}


def invalidated(
    applied: tuple[Applied, ...], measured: Measured, tolerance: dict[str, float], region: str = "whole"
) -> frozenset[Claim]:
    """Declared and measured together."""
    limits = {**DEFAULT_TOLERANCE, **tolerance}
    claims = frozenset[Claim]().union(*(declared(item, region) for item in applied))
    if measured.body_lost > limits["body_lost"]:
        claims |= {Claim.POSITION}
    if measured.peak_change is not None and measured.peak_change > limits["suv"]:
        claims |= {Claim.SUV}
    return claims


def mirrored(applied: tuple[Applied, ...]) -> bool:
    """Whether the body is seen in a mirror: an odd number of flips."""
    flips = sum(item.name == "HorizontalFlip" for item in applied)
    turned = sum(item.name == "Affine" and np.linalg.det(np.asarray(item.params["linear"])) < 0 for item in applied)
    return bool((flips + turned) % 2)


def body_lost(before: Scan, after: Scan, passes: Sequence[Pass], region: str = "whole") -> float:
    """The share of the body, without the margins of the region, that is outside the picture.

    Of ``after`` only the grids are looked at.
    """
    volume = before.ct or before.pet
    if volume is None:
        return 0.0
    step = tuple(max(1, n // 32) for n in volume.shape)
    coarse = volume.data[:: step[0], :: step[1], :: step[2]]
    points = before.grid(volume).to_mm(np.argwhere(coarse > _body_level(volume, coarse)).astype(np.float64) * step)
    points = points[_in_core(before, points[:, 0], region)]
    if not len(points):
        return 0.0
    target = after.ct if before.ct is not None else after.pet
    assert target is not None  # the same volumes are there before and after
    grid = after.grid(target)
    index = grid.to_index(forward(passes, points))
    inside = ((index > -0.5 - 1e-6) & (index < np.array(grid.shape) - 0.5 + 1e-6)).all(axis=1)
    return round(float(1 - inside.mean()), 6)


def _in_core(
    scan: Scan, depth_mm: np.ndarray[tuple[int, ...], np.dtype[np.float64]], region: str
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which depths are the region's own, by the slices of the reference."""
    grid = scan.grid(scan.reference)
    start, end = MARGINS_BY_REGION[region]
    slices = (depth_mm - grid.origin[0]) / grid.spacing[0]
    own: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = (slices >= start - 0.5) & (
        slices <= grid.shape[0] - end - 0.5
    )
    return own


def _body_level(volume: Volume, coarse: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> float:
    if volume.modality is Modality.CT:
        return (_BODY_HU - volume.offset) / volume.scale
    return float(coarse.mean())


class Peaks:
    """The hottest PET voxels before, looked for within a voxel of where they should be, block by block."""

    def __init__(self, before: Scan, after: Scan, passes: Sequence[Pass]) -> None:
        """``passes`` are those of the PET; of ``after`` only the grid is looked at."""
        assert before.pet is not None
        assert after.pet is not None
        index, self._before = _hottest(before.pet)
        grid = after.grid(after.pet)
        self._places = np.rint(grid.to_index(forward(passes, before.grid(before.pet).to_mm(index)))).astype(int)
        inside = ((self._places >= 0) & (self._places < grid.shape)).all(axis=1)
        self._known = inside & (self._before > 0)
        self._after = np.full(len(index), -np.inf)

    def see(self, first: int, block: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> None:
        """Slices from number ``first`` on, as they became."""
        depth = self._places[:, 0] - first
        for at in np.flatnonzero(self._known & (depth >= -1) & (depth <= len(block))):
            found = block[_around(self._places[at] - (first, 0, 0))].max()
            self._after[at] = max(self._after[at], float(found))

    def change(self, scale: float) -> float:
        """The largest relative change, once all blocks were seen; ``scale`` is that of the PET after."""
        changes = np.abs(self._after[self._known] * scale - self._before[self._known]) / self._before[self._known]
        return round(float(changes.max(initial=0.0)), 6)


def _hottest(
    pet: Volume,
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Places ``(n, 3)`` and values, in the units of the scale, of the hottest peaks."""
    hottest, depths = extremes(pet)[0], np.arange(pet.shape[0])
    index = np.stack([depths, *np.unravel_index(hottest, pet.shape[1:])], axis=1)
    values = pet.data[tuple(index.T)].astype(np.float64)
    # A slice's hottest voxel beside a hotter one of the next slice is a flank, not a peak.
    peaks = (at for at in np.argsort(-values, kind="stable") if pet.data[_around(index[at])].max() <= values[at])
    chosen = list(islice(peaks, _PEAKS))
    return index[chosen].astype(np.float64), values[chosen] * pet.scale


def _around(place: np.ndarray[tuple[int, ...], np.dtype[np.int_]]) -> tuple[slice, ...]:
    """The voxel and its neighbours."""
    return tuple(slice(max(0, p - 1), max(0, p + 2)) for p in place)
