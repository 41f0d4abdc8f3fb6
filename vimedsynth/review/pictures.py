"""Slices of a scan as the page draws them: stored int16 voxels and the numbers that make them SUV or HU.

The page draws; the server only cuts. So windows, fusion and the value under the cursor cost no request.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vimedsynth.volumes import Modality, Scan, Volume

_HOT_PERCENTILE = 99.9


def _volume(scan: Scan, modality: str) -> Volume | None:
    return {Modality.PET: scan.pet, Modality.CT: scan.ct}.get(Modality(modality))


def describe(scan: Scan, slices: tuple[int, int] | None) -> dict[str, Any]:
    """Geometry and units of each volume, the slices of the sample's region, and where the page should open."""
    shown = {name: _describe(scan, v) for name, v in (("pet", scan.pet), ("ct", scan.ct)) if v is not None}
    depth = scan.reference.shape[0]
    start, stop = slices if slices and 0 <= slices[0] < slices[1] <= depth else (0, depth)
    return {
        "measured": scan.measured,
        "volumes": shown,
        "reference": "pet" if scan.pet is not None else "ct",
        "slices": [start, stop],
        "open_at": _opening(scan, start, stop),
    }


def _describe(scan: Scan, volume: Volume) -> dict[str, Any]:
    grid = scan.grid(volume)
    found = {
        "shape": list(volume.shape),
        "spacing": list(grid.spacing),
        "origin": list(grid.origin),
        "units": str(volume.units),
        "scale": volume.scale,
        "offset": volume.offset,
    }
    if volume is scan.pet:
        top = float(np.percentile(volume.data[:: max(1, volume.shape[0] // 64)], _HOT_PERCENTILE))
        found["hot"] = top * volume.scale + volume.offset
    return found


def _opening(scan: Scan, start: int, stop: int) -> list[float]:
    """The hottest PET voxel of the region, else the region's middle, in millimetres (z, y, x)."""
    volume = scan.reference
    grid = scan.grid(volume)
    if volume is scan.pet:
        part = volume.data[start:stop]
        z, y, x = np.unravel_index(int(part.argmax()), part.shape)
        index = (start + int(z), int(y), int(x))
    else:
        index = ((start + stop) // 2, volume.shape[1] // 2, volume.shape[2] // 2)
    return [float(value) for value in grid.to_mm(np.asarray([index], np.float64))[0]]


def slice_bytes(scan: Scan, modality: str, z: int) -> bytes | None:
    """One axial slice, rows by columns, int16 little-endian; None for one that is not there."""
    volume = _volume(scan, modality)
    if volume is None or not 0 <= z < volume.shape[0]:
        return None
    return _little(volume.data[z])


def mip_bytes(scan: Scan) -> bytes | None:
    """The PET's maximum-intensity projection from the front, depth by columns, int16 little-endian."""
    return _little(scan.pet.data.max(axis=1)) if scan.pet is not None else None


def _little(array: NDArray[np.int16]) -> bytes:
    return np.ascontiguousarray(array, dtype="<i2").tobytes()
