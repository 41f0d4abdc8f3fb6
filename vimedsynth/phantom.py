"""A body that nobody has: seeded PET and CT volumes with lesions at known places, for the demo and for the tests.

``render(spec)`` takes a specification (a mapping as read from JSON, or a :class:`PhantomSpec`)::

    {"study_id": "s01", "sex": "F", "height": 1.58, "seed": 7,
     "lesions": [{"organ": "upper lobe", "side": "right", "size_mm": [14, 12, 12], "suv_max": 8.4, "hu": 30},
                 {"organ": "liver", "side": "right", "position": [0.55, 0.4, 0.2], "size_mm": [20, 20, 20], "suv_max": 6}]}

``position`` is optional for an organ of ``phantom_anatomy.json`` (fractions of the body box: z 0 the top of the head
and 1 mid-thigh, y 0 anterior, x 0 the patient's right). ``size_mm`` are the axes (z, y, x), one number for a sphere.
A lesion without ``suv_max`` shows on CT alone, one without ``hu`` has soft-tissue density. The PET voxel nearest to a
lesion's centre holds exactly its ``suv_max`` (to the rounding of the stored counts).
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vimedsynth.errors import DataRefused
from vimedsynth.volumes.model import Grid, Modality, Scan, Triple, Units, Volume

PET_SHAPE = (100, 64, 64)
CT_SHAPE = (100, 128, 128)
FIELD_OF_VIEW_MM = 500.0
FULL_SCALE_SUV = 50.0
"""PET is stored as 0..32767 like the published arrays; ``scale`` of the volume is ``FULL_SCALE_SUV / 32767``."""

_TISSUE_SUV, _TISSUE_HU, _FAT_HU, _AIR_HU = 0.6, 40.0, -95.0, -1000.0
_SIDES = {"right", "left", None}


@dataclass(frozen=True, slots=True)
class Lesion:
    """One lesion: ``position`` in fractions of the body box, axes in mm (z, y, x)."""

    organ: str
    side: str | None
    position: Triple
    size_mm: Triple
    suv_max: float | None
    hu: float = 45.0


@dataclass(frozen=True, slots=True)
class PhantomSpec:
    """What to render. ``height`` in metres sets the size of the body box."""

    study_id: str
    sex: str = "F"
    height: float = 1.6
    lesions: tuple[Lesion, ...] = ()
    seed: int = 0

    @property
    def box_mm(self) -> Triple:
        """Extent (z, y, x) of the body box: top of the head to mid-thigh, belly to back, shoulder to shoulder."""
        width = 0.235 if self.sex.upper().startswith("M") else 0.22
        return 620.0 * self.height, 130.0 * self.height, 1000.0 * width * self.height


def read_spec(spec: Mapping[str, Any]) -> PhantomSpec:
    """A specification as read from JSON; raises DataRefused that names the study and the value."""
    study = str(spec.get("study_id", "phantom"))
    try:
        return PhantomSpec(
            study,
            str(spec.get("sex") or "F"),
            float(spec.get("height") or 1.6),
            tuple(_lesion(item) for item in spec.get("lesions", ())),
            int(spec.get("seed", zlib.crc32(study.encode()))),
        )
    except (TypeError, ValueError, KeyError, DataRefused) as error:
        raise DataRefused(f"phantom specification of {study}: {error}") from error


def organ_position(organ: str, side: str | None) -> Triple:
    """The middle of an organ or place of ``phantom_anatomy.json`` in fractions of the body box."""
    for entry in (*_anatomy()["places"], *_anatomy()["organs"]):
        if entry["name"] == organ and (side is None or entry["side"] in (side, None)):
            z, y, x = entry["position"]
            return z, y, x
    raise DataRefused(
        f"phantom: organ {organ!r} with side {side!r} has no place; give 'position', or one of {_names()}"
    )


def render(spec: PhantomSpec | Mapping[str, Any], *, pet_shape: Sequence[int] = PET_SHAPE,
           ct_shape: Sequence[int] = CT_SHAPE) -> Scan:  # fmt: skip
    """PET (SUV) and CT (HU) of ``spec`` as int16 on one patient frame; the same bytes for the same spec."""
    spec = spec if isinstance(spec, PhantomSpec) else read_spec(spec)
    full_scale = max(FULL_SCALE_SUV, *(1.1 * (lesion.suv_max or 0.0) for lesion in spec.lesions), 0.0)
    pet_grid, ct_grid = (_grid(spec, shape) for shape in (pet_shape, ct_shape))
    suv = _pet(spec, pet_grid)
    counts = np.rint(np.clip(suv, 0, full_scale) * (32767 / full_scale)).astype(np.int16)
    pet = Volume(counts, Modality.PET, Units.SUV, full_scale / 32767, 0.0, pet_grid.spacing, pet_grid.origin)
    ct = Volume(_ct(spec, ct_grid), Modality.CT, Units.HU, 1.0, 0.0, ct_grid.spacing, ct_grid.origin)
    return Scan(spec.study_id, pet, ct)


def lesion_centre_mm(spec: PhantomSpec, lesion: Lesion) -> Triple:
    """Where the lesion's centre lies in the patient frame (origin: top of the head, middle of the body)."""
    z, y, x = (f * extent for f, extent in zip(lesion.position, spec.box_mm, strict=True))
    return z, y - spec.box_mm[1] / 2, x - spec.box_mm[2] / 2


@cache
def _anatomy() -> dict[str, Any]:
    text = files("vimedsynth").joinpath("phantom_anatomy.json").read_text(encoding="utf-8")
    anatomy: dict[str, Any] = json.loads(text)
    return anatomy


def _names() -> str:
    return ", ".join(sorted({entry["name"] for part in ("organs", "places") for entry in _anatomy()[part]}))


def _lesion(item: Mapping[str, Any]) -> Lesion:
    side = item.get("side") or None
    if side not in _SIDES:
        raise ValueError(f"lesion side {side!r}: expected 'right', 'left' or null")
    organ = str(item["organ"])
    position = _triple(item["position"]) if item.get("position") else organ_position(organ, side)
    suv_max = item.get("suv_max")
    size = item["size_mm"]
    axes = _triple(size if isinstance(size, Sequence) else [size])
    if not all(np.isfinite(axes)) or min(axes) <= 0 or not all(0 <= p <= 1 for p in position):
        raise ValueError(f"lesion in {organ}: size {axes} must be positive, position {position} within 0..1")
    return Lesion(
        organ, side, position, axes, None if suv_max is None else float(suv_max), float(item.get("hu") or 45.0)
    )


def _triple(numbers: Sequence[float]) -> Triple:
    """Three numbers; the last is repeated for a shorter list (a sphere, or one transaxial diameter)."""
    values = [float(number) for number in numbers]
    if not 1 <= len(values) <= 3:
        raise ValueError(f"{numbers!r}: expected one to three numbers")
    z, y, x = (*values, *[values[-1]] * (3 - len(values)))
    return z, y, x


def _grid(spec: PhantomSpec, shape: Sequence[int]) -> Grid:
    depth, rows, cols = (int(n) for n in shape)
    spacing = (spec.box_mm[0] / depth, FIELD_OF_VIEW_MM / rows, FIELD_OF_VIEW_MM / cols)
    origin = (spacing[0] / 2, (spacing[1] - FIELD_OF_VIEW_MM) / 2, (spacing[2] - FIELD_OF_VIEW_MM) / 2)
    return Grid(spacing, origin, (depth, rows, cols))


def _paint(target: NDArray[np.float32], grid: Grid, centre: Triple, radii: Triple, value: float) -> None:
    """Blend an ellipsoid (millimetres) into ``target``: a voxel takes the share that the ellipsoid covers, roughly."""
    centre_index = grid.to_index(np.array(centre))
    radii_index = np.maximum(np.array(radii) / grid.spacing, 0.3)
    low = np.maximum(np.floor(centre_index - radii_index - 1).astype(int), 0)
    high = np.minimum(np.ceil(centre_index + radii_index + 2).astype(int), grid.shape)
    if (low >= high).any():
        return
    axes = np.ogrid[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    distance = sum(((a - c) / r) ** 2 for a, c, r in zip(axes, centre_index, radii_index, strict=True))
    cover = np.clip((1 - np.sqrt(distance)) * radii_index.min() + 0.5, 0, 1).astype(np.float32)
    box = target[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    box += cover * (np.float32(value) - box)


def _paint_part(target: NDArray[np.float32], grid: Grid, spec: PhantomSpec, part: Mapping[str, Any], value: float,
                shrink_mm: float = 0.0) -> None:  # fmt: skip
    box = spec.box_mm
    centre = tuple(f * e for f, e in zip(part["position"], box, strict=True))
    radii = tuple(max(f * e - shrink_mm, 1.0) for f, e in zip(part["radii"], box, strict=True))
    _paint(
        target, grid, (centre[0], centre[1] - box[1] / 2, centre[2] - box[2] / 2), (radii[0], radii[1], radii[2]), value
    )


def _pet(spec: PhantomSpec, grid: Grid) -> NDArray[np.float32]:
    suv = np.zeros(grid.shape, np.float32)
    for part in _anatomy()["body"]:
        _paint_part(suv, grid, spec, part, _TISSUE_SUV)
    for part in (*_anatomy()["bones"], *_anatomy()["organs"]):
        _paint_part(suv, grid, spec, part, part["suv"])
    noise = np.random.Generator(np.random.SFC64(spec.seed)).standard_normal(grid.shape, np.float32)
    suv += noise * np.sqrt(suv) * np.float32(0.04)
    for lesion in spec.lesions:
        if lesion.suv_max is not None:
            _paint_lesion(suv, grid, spec, lesion, lesion.suv_max)
    return suv


def _ct(spec: PhantomSpec, grid: Grid) -> NDArray[np.int16]:
    hu = np.full(grid.shape, _AIR_HU, np.float32)
    for part in _anatomy()["body"]:
        _paint_part(hu, grid, spec, part, _FAT_HU)
    for part in _anatomy()["body"]:
        _paint_part(hu, grid, spec, part, _TISSUE_HU, shrink_mm=9.0)
    for part in (*_anatomy()["bones"], *_anatomy()["organs"]):
        _paint_part(hu, grid, spec, part, part["hu"])
    for lesion in spec.lesions:
        _paint_lesion(hu, grid, spec, lesion, lesion.hu)
    noise = np.random.Generator(np.random.SFC64(spec.seed + 1)).standard_normal(grid.shape, np.float32)
    stored: NDArray[np.int16] = np.rint(np.clip(hu + 8 * noise, -1024, 3071)).astype(np.int16)
    return stored


def _paint_lesion(target: NDArray[np.float32], grid: Grid, spec: PhantomSpec, lesion: Lesion, value: float) -> None:
    centre = lesion_centre_mm(spec, lesion)
    axes = lesion.size_mm
    _paint(target, grid, centre, (axes[0] / 2, axes[1] / 2, axes[2] / 2), value)
    nearest = np.rint(grid.to_index(np.array(centre))).astype(int)
    if (nearest >= 0).all() and (nearest < grid.shape).all():
        target[tuple(nearest)] = value  # a lesion smaller than a voxel still shows its SUVmax
