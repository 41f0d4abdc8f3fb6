"""One geometry for every volume of a scan, in millimetres of the patient frame, and its pixels through OpenCV.

A geometry is a chain of passes. A pass moves points within one kind of plane: axial (x, y), coronal (x, z) or sagittal
(y, z); neighbouring affine passes of one plane are one warp.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vimedsynth.augment.compiled import Stacks, compiled_warp
from vimedsynth.augment.rendering import Image, Map, Warp
from vimedsynth.volumes.model import Grid, Modality, Triple, Volume

Points = NDArray[np.float64]

AXES_BY_PLANE: dict[str, tuple[int, int]] = {"axial": (2, 1), "coronal": (2, 0), "sagittal": (1, 0)}
"""Which of (z, y, x) are the horizontal and the vertical direction of a plane's pictures."""

_TOGETHER = 4
_INTERPOLATION_BY_NAME = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "whole-voxel": cv2.INTER_LINEAR}


class Pass(Map, Protocol):
    """A map of points and of pixels."""

    def forward(self, points: Points) -> Points:
        """Where ``(n, 3)`` points (z, y, x in mm) go."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class PlaneAffine:
    """``matrix`` is 3 x 3 on (horizontal, vertical, 1) in millimetres of the frame."""

    plane: str
    matrix: NDArray[np.float64]
    interpolation: str = "linear"

    def forward(self, points: Points) -> Points:
        moved = np.array(points, np.float64)
        axes = list(AXES_BY_PLANE[self.plane])
        moved[:, axes] = points[:, axes] @ self.matrix[:2, :2].T + self.matrix[:2, 2]
        return moved

    @property
    def together(self) -> int:
        return _TOGETHER

    def warper(self, volume: Volume, grid: Grid) -> Warp:
        matrix, flags = self._in_pixels(grid), _flags(volume, self.interpolation)

        def warp(source: Image, target: Image, fill: int) -> None:
            size = (source.shape[1], source.shape[0])
            cv2.warpAffine(source, matrix, size, target, flags, cv2.BORDER_CONSTANT, (fill,) * _TOGETHER)

        return warp

    def compiled(self, volume: Volume, grid: Grid, fill: int, table: Image | None) -> Stacks | None:
        if _flags(volume, self.interpolation) != cv2.INTER_LINEAR:
            return None
        horizontal, vertical = AXES_BY_PLANE[self.plane]
        depth = grid.shape[3 - horizontal - vertical]
        shape = (depth, grid.shape[vertical], grid.shape[horizontal])
        return compiled_warp(self._in_pixels(grid), shape, fill, table)

    def _in_pixels(self, grid: Grid) -> NDArray[np.float64]:
        """2 x 3."""
        to_mm = _pixel_to_mm(grid, self.plane)
        matrix: NDArray[np.float64] = (np.linalg.inv(to_mm) @ self.matrix @ to_mm)[:2]
        return matrix

    def after(self, first: "PlaneAffine") -> "PlaneAffine":
        """``first``, then this one, as one warp."""
        interpolation = "cubic" if "cubic" in (first.interpolation, self.interpolation) else "linear"
        return PlaneAffine(self.plane, self.matrix @ first.matrix, interpolation)


@dataclass(frozen=True, eq=False, slots=True)
class ElasticField:
    """A smooth transaxial displacement that changes smoothly from slice to slice: cubic B-splines on ``knots``.

    ``knots`` is (kz, ky, kx, 2), the displacement (x, y) in mm of the point to read from; it covers ``box`` (low and
    high corner, z, y, x in mm).
    """

    knots: NDArray[np.float64]
    box: tuple[Triple, Triple]

    def displacement(self, points: Points) -> Points:
        """(n, 2): dx, dy in mm at ``points``."""
        along = [_basis(points[:, a], self.box[0][a], self.box[1][a], n) for a, n in enumerate(self.knots.shape[:3])]
        at_z = (along[0] @ self.knots.reshape(self.knots.shape[0], -1)).reshape(-1, *self.knots.shape[1:])
        moved: Points = np.einsum("nx,nxd->nd", along[2], np.einsum("ny,nyxd->nxd", along[1], at_z))
        return moved

    def forward(self, points: Points) -> Points:
        moved = np.array(points, np.float64)
        for _ in range(8):  # the output point q with q + d(q) = p; the strain is far below one, so this converges fast
            delta = self.displacement(moved)
            moved[:, 2], moved[:, 1] = points[:, 2] - delta[:, 0], points[:, 1] - delta[:, 1]
        return moved

    @property
    def plane(self) -> str:
        return "axial"

    @property
    def together(self) -> int:
        return 1  # each slice has a map of its own

    def compiled(self, volume: Volume, grid: Grid, fill: int, table: Image | None) -> Stacks | None:
        return None

    def warper(self, volume: Volume, grid: Grid) -> Warp:
        depth, rows, cols = grid.shape
        centres = [
            grid.origin[axis] + grid.spacing[axis] * np.arange(n, dtype=np.float64) for axis, n in enumerate(grid.shape)
        ]
        along = [_basis(c, self.box[0][a], self.box[1][a], self.knots.shape[a]) for a, c in enumerate(centres)]
        base_x, base_y = np.arange(cols, dtype=np.float32), np.arange(rows, dtype=np.float32)[:, None]
        flags, number = _flags(volume, "linear"), iter(range(depth))

        def warp(source: Image, target: Image, fill: int) -> None:
            knots = np.tensordot(along[0][next(number)], self.knots, 1)
            field = np.einsum("ry,yxd,cx->drc", along[1], knots, along[2], optimize=True).astype(np.float32)
            map_x = base_x + field[0] / np.float32(grid.spacing[2])
            map_y = base_y + field[1] / np.float32(grid.spacing[1])
            cv2.remap(source, map_x, map_y, flags, target, cv2.BORDER_CONSTANT, fill)

        return warp


def random_field(amplitude_mm: float, cells: int, seed: int, box: tuple[Triple, Triple]) -> ElasticField:
    """A field whose knots are drawn evenly within ``amplitude_mm``."""
    rng = np.random.Generator(np.random.SFC64(seed))
    return ElasticField(rng.uniform(-amplitude_mm, amplitude_mm, (cells, cells, cells, 2)), box)


def merged(passes: Iterable[Pass]) -> list[Pass]:
    """Neighbouring affine passes of one plane as one: one interpolation instead of several."""
    chain: list[Pass] = []
    for item in passes:
        last = chain[-1] if chain else None
        if isinstance(item, PlaneAffine) and isinstance(last, PlaneAffine) and last.plane == item.plane:
            chain[-1] = item.after(last)
        else:
            chain.append(item)
    return chain


def forward(passes: Sequence[Pass], points: Points) -> Points:
    """Where points go through the whole chain."""
    moved = np.atleast_2d(np.asarray(points, np.float64))
    for item in passes:
        moved = item.forward(moved)
    return moved


def about(centre: Sequence[float], linear: Sequence[Sequence[float]], shift: Sequence[float]) -> NDArray[np.float64]:
    """3 x 3: ``linear`` about ``centre``, then ``shift``, all on (horizontal, vertical) in mm."""
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = np.asarray(centre) + np.asarray(shift) - matrix[:2, :2] @ np.asarray(centre)
    return matrix


def thin_slices(volume: Volume, grid: Grid, thickness_mm: float) -> Volume:
    """As if scanned with slices ``thickness_mm`` apart and put back on the grid by linear interpolation."""
    step = max(1, round(thickness_mm / grid.spacing[0]))
    depth = grid.shape[0]
    out = np.empty_like(volume.data)
    for index in range(depth):
        low = index // step * step
        high = min(low + step, (depth - 1) // step * step)
        share = (index - low) / step if high > low else 0.0
        if volume.modality is Modality.MASK:
            out[index] = volume.data[high if share >= 0.5 else low]
        else:
            cv2.addWeighted(volume.data[low], 1 - share, volume.data[high], share, 0, out[index])
    return volume.with_data(out)


def _pixel_to_mm(grid: Grid, plane: str) -> NDArray[np.float64]:
    u, v = AXES_BY_PLANE[plane]
    return np.array([[grid.spacing[u], 0, grid.origin[u]], [0, grid.spacing[v], grid.origin[v]], [0, 0, 1.0]])


def _flags(volume: Volume, interpolation: str) -> int:
    if volume.modality is Modality.MASK:
        return int(cv2.INTER_NEAREST)
    # Cubic is for the PET, whose peaks are quoted in the text; the CT stays linear, three times as fast.
    return int(_INTERPOLATION_BY_NAME[interpolation if volume.modality is Modality.PET else "linear"])


def _basis(where: Points, low: float, high: float, count: int) -> Points:
    """(n, count) weights of uniform cubic B-splines whose knots run from ``low`` to ``high``; flat outside."""
    place = np.clip((where - low) / (high - low), 0, 1) * (count - 1)
    distance = np.abs(place[:, None] - np.arange(count))
    near = 2 / 3 - distance**2 + distance**3 / 2
    far = np.clip(2 - distance, 0, None) ** 3 / 6
    weights = np.where(distance < 1, near, far)
    normal: Points = weights / weights.sum(axis=1, keepdims=True)
    return normal
