"""From what a file holds to our int16: rank, size and finiteness are judged here, for every format alike."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vimedsynth.volumes.model import Modality, Triple, Units, Volume, VolumeRefused

_TOP = 32767
_LONGEST_AXIS = 16_384  # OpenCV warps pictures of up to 32,766 pixels a side; no scanner comes near


@dataclass(frozen=True, eq=False, slots=True)
class Raw:
    """An array as its file gives it, oriented, in ``units`` after ``scale`` and ``offset``."""

    values: NDArray[Any]
    units: Units
    scale: float = 1.0
    offset: float = 0.0
    spacing: Triple | None = None
    origin: Triple | None = None


def to_volume(raw: Raw, modality: Modality, path: Path) -> Volume:
    """int16 as it is; other numbers rounded (CT, in HU) or scaled to 0..32767 (PET); raises VolumeRefused."""
    values = raw.values
    if values.ndim != 3:
        raise VolumeRefused("wrong-rank", path, f"shape {values.shape}; expected (depth, rows, cols)")
    if 0 in values.shape:
        raise VolumeRefused("empty", path, f"shape {values.shape} holds no voxel")
    if max(values.shape) > _LONGEST_AXIS:
        raise VolumeRefused("too-large", path, f"shape {values.shape}; no axis may exceed {_LONGEST_AXIS}")
    if raw.spacing is not None and not (np.isfinite(raw.spacing).all() and min(raw.spacing) > 0):
        raise VolumeRefused("bad-header", path, f"spacing {raw.spacing}; expected positive millimetres")
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise VolumeRefused("not-finite", path, "holds NaN or infinity")
    data, scale = (values, raw.scale) if values.dtype == np.int16 else _stored(values, raw, modality, path)
    return Volume(np.ascontiguousarray(data) if not data.flags.c_contiguous else data, modality, raw.units, scale, raw.offset, raw.spacing, raw.origin)  # fmt: skip


def _stored(values: NDArray[Any], raw: Raw, modality: Modality, path: Path) -> tuple[NDArray[np.int16], float]:
    low, high = float(values.min()), float(values.max())
    if modality is Modality.PET and values.dtype.kind == "f":
        step = max(abs(low), abs(high)) / _TOP or 1.0
        stored: NDArray[np.int16] = np.rint(values / step).astype(np.int16)
        return stored, raw.scale * step
    if low < -32768 or high > _TOP:
        raise VolumeRefused("out-of-range", path, f"values {low:g} to {high:g} do not fit 16 bits")
    return np.rint(values).astype(np.int16) if values.dtype.kind == "f" else values.astype(np.int16), raw.scale
