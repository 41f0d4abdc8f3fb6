"""A scan in memory: PET and CT volumes of any matrix size on one patient frame.

Every array is ``(depth, rows, cols)`` int16 with depth 0 at the top of the head, row 0 anterior and column 0 on the
patient's right. The patient frame is millimetres along the same three axes: z grows towards the feet, y towards the
back, x towards the patient's left (DICOM's z with the sign turned, its y, its x).
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vimedsynth.errors import DataRefused

Triple = tuple[float, float, float]

NOMINAL_PET_SPACING_MM: Triple = (3.27, 2.73, 2.73)
"""Taken for arrays without spacing (the published ones): 256 columns over 700 mm and 3.27 mm slices."""


CHUNK = 8
"""Slices in one compressed chunk of a file."""

BLOCK = CHUNK
"""Slices that are made at once, and then written at once, while the cache has most of them."""


class Modality(StrEnum):
    """What a volume shows; MASK holds labels and is never interpolated."""

    PET = "pet"
    CT = "ct"
    MASK = "mask"


class Units(StrEnum):
    """What ``data * scale + offset`` means."""

    SUV = "suv"  # SUVbw, g/ml
    HU = "hu"
    COUNTS = "counts"  # stored values whose scale nobody recorded (the published PET)
    LABEL = "label"


class VolumeRefused(DataRefused):
    """A file that is not a usable volume. ``code`` is stable and kebab-case; the message names file and value."""

    def __init__(self, code: str, path: Path | str, message: str) -> None:
        super().__init__(f"{path}: {message} [{code}]")
        self.code, self._args = code, (code, path, message)

    def __reduce__(self) -> tuple[type["VolumeRefused"], tuple[str, Path | str, str]]:
        """Refusals travel between processes."""
        return VolumeRefused, self._args


@dataclass(frozen=True, eq=False, slots=True)
class Volume:
    """One volume. ``origin_mm`` is where the centre of voxel (0, 0, 0) lies in the patient frame."""

    data: NDArray[np.int16]
    modality: Modality
    units: Units
    scale: float = 1.0
    offset: float = 0.0
    spacing_mm: Triple | None = None
    origin_mm: Triple | None = None

    @property
    def shape(self) -> tuple[int, int, int]:
        """(depth, rows, cols)."""
        depth, rows, cols = self.data.shape
        return depth, rows, cols

    def values(self) -> NDArray[np.float32]:
        """The array in its units, as float32."""
        return (self.data.astype(np.float32) * self.scale + self.offset).astype(np.float32)

    def with_data(self, data: NDArray[np.int16]) -> "Volume":
        """The same volume with other voxels on the same grid."""
        return replace(self, data=data)

    def slices(self, start: int, stop: int) -> "Volume":
        """Slices ``[start, stop)`` as a view; the origin moves with the first slice."""
        origin = self.origin_mm
        if origin is not None and self.spacing_mm is not None:
            origin = (origin[0] + start * self.spacing_mm[0], origin[1], origin[2])
        return replace(self, data=self.data[start:stop], origin_mm=origin)


@lru_cache(maxsize=1)  # every copy of a scan asks
def extremes(volume: Volume) -> tuple[NDArray[np.intp], int]:
    """Where in each slice, taken flat, the highest value is, and the lowest value of all."""
    pictures = volume.data.reshape(volume.shape[0], -1)
    found = [(int(picture.argmax()), int(picture.min())) for picture in pictures]  # both while the cache has a slice
    return np.array([place for place, _ in found]), min(low for _, low in found)


@dataclass(frozen=True, slots=True)
class Grid:
    """Where voxel centres lie: ``origin + index * spacing`` in millimetres of the patient frame."""

    spacing: Triple
    origin: Triple
    shape: tuple[int, int, int]

    @property
    def centre(self) -> Triple:
        """The middle of the grid in millimetres."""
        z, y, x = (o + s * (n - 1) / 2 for o, s, n in zip(self.origin, self.spacing, self.shape, strict=True))
        return z, y, x

    def to_mm(self, index: NDArray[np.float64]) -> NDArray[np.float64]:
        """``(n, 3)`` voxel indices to millimetres."""
        point: NDArray[np.float64] = np.asarray(index, np.float64) * self.spacing + self.origin
        return point

    def to_index(self, point: NDArray[np.float64]) -> NDArray[np.float64]:
        """``(n, 3)`` millimetres to voxel indices."""
        index: NDArray[np.float64] = (np.asarray(point, np.float64) - self.origin) / np.asarray(self.spacing)
        return index


@dataclass(frozen=True, slots=True)
class Scan:
    """PET and CT of one study, either of which may be missing, with optional masks on a grid of their own."""

    study_id: str
    pet: Volume | None = None
    ct: Volume | None = None
    masks: tuple[Volume, ...] = ()

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """PET, CT and masks that are present, in this order."""
        return tuple(v for v in (self.pet, self.ct, *self.masks) if v is not None)

    @property
    def measured(self) -> bool:
        """Whether every volume has its spacing and origin; else relative coordinates are used."""
        return all(v.spacing_mm is not None and v.origin_mm is not None for v in self.volumes)

    def grid(self, volume: Volume) -> Grid:
        """Where the voxels of ``volume`` lie.

        Without spacing the volumes are taken to show one and the same box (the published arrays do): the box that the
        PET, or the only volume, has at the nominal spacing.
        """
        if self.measured and volume.spacing_mm is not None and volume.origin_mm is not None:
            return Grid(volume.spacing_mm, volume.origin_mm, volume.shape)
        extent = [s * n for s, n in zip(self._box_spacing(), self.reference.shape, strict=True)]
        spacing = tuple(e / n for e, n in zip(extent, volume.shape, strict=True))
        return Grid(
            (spacing[0], spacing[1], spacing[2]), (spacing[0] / 2, spacing[1] / 2, spacing[2] / 2), volume.shape
        )

    def _box_spacing(self) -> Triple:
        return self.reference.spacing_mm or NOMINAL_PET_SPACING_MM

    @property
    def reference(self) -> Volume:
        """The volume whose box carries the geometry: the PET, else the CT."""
        return self.volumes[0]

    def slices(self, start: int, stop: int) -> "Scan":
        """Slices ``[start, stop)`` of the reference, and the same millimetres of the other volumes (views).

        Raises VolumeRefused (``not-covered``) when one of them shows nothing there.
        """
        grid = self.grid(self.reference)
        edges = [grid.origin[0] + (edge - 0.5) * grid.spacing[0] for edge in (start, stop)]
        return Scan(
            self.study_id,
            self.pet and self._cut(self.pet, edges),
            self.ct and self._cut(self.ct, edges),
            tuple(self._cut(mask, edges) for mask in self.masks),
        )

    def _cut(self, volume: Volume, edges: list[float]) -> Volume:
        grid = self.grid(volume)
        first, last = (round((edge - grid.origin[0]) / grid.spacing[0] + 0.5) for edge in edges)
        part = volume.slices(max(0, min(first, volume.shape[0])), max(0, min(last, volume.shape[0])))
        if not part.shape[0]:
            told = f"the {volume.modality} has no slice between {edges[0]:.0f} and {edges[1]:.0f} mm"
            raise VolumeRefused("not-covered", self.study_id, told)
        return part
