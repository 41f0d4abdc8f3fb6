"""NIfTI as a volume: the header is judged first, gzip goes through isal, axes are turned to ours."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from vimedsynth.errors import missing_extra
from vimedsynth.volumes.arrays import DEFAULT_LIMIT_BYTES
from vimedsynth.volumes.convert import Raw
from vimedsynth.volumes.model import Modality, Units, VolumeRefused

_TILT = 0.02


def read_nifti(path: Path, modality: Modality, limit: int = DEFAULT_LIMIT_BYTES) -> Raw:
    """CT in HU, PET taken as SUV (NIfTI records no dose); raises VolumeRefused."""
    try:
        import nibabel
        from nibabel import orientations
    except ImportError:
        raise missing_extra("imaging", "reading NIfTI") from None
    with _open(path) as stream, _quiet(nibabel):
        image = nibabel.Nifti1Image.from_stream(stream)
        shape = tuple(int(n) for n in image.shape)
        if len(shape) != 3:
            raise VolumeRefused("wrong-rank", path, f"shape {shape}; expected three axes")
        if int(np.prod(shape, dtype=object)) * 4 > limit:
            raise VolumeRefused("too-large", path, f"shape {shape}, limit {limit} bytes")
        values = np.asarray(image.dataobj, np.float32)
        affine = np.asarray(image.affine, np.float64)
    _check_affine(affine, path)
    turn = orientations.ornt_transform(orientations.io_orientation(affine), orientations.axcodes2ornt(("I", "P", "L")))
    turned = affine @ orientations.inv_ornt_aff(turn, shape)
    # ``turned`` maps (depth, row, col) to RAS; ours is (-S, -A, -R)
    spacing = np.abs([turned[2, 0], turned[1, 1], turned[0, 2]])
    origin = -turned[[2, 1, 0], 3]
    units = Units.SUV if modality is Modality.PET else Units.HU
    data = orientations.apply_orientation(values, turn)
    return Raw(data, units, spacing=tuple(map(float, spacing)), origin=tuple(map(float, origin)))  # type: ignore[arg-type]


@contextmanager
def _quiet(nibabel: Any) -> Iterator[None]:
    """What it would log about a broken header is refused or accepted here by name."""
    logger = nibabel.imageglobals.logger
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)


def _open(path: Path) -> Any:
    if not path.name.lower().endswith(".gz"):
        return path.open("rb")
    try:
        from isal import igzip

        return igzip.open(path, "rb")
    except ImportError:
        import gzip

        return gzip.open(path, "rb")


def _check_affine(affine: "np.ndarray[Any, np.dtype[np.float64]]", path: Path) -> None:
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-9:
        raise VolumeRefused("bad-header", path, "the affine is not a map of space")
    directions = np.abs(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0))
    if (directions.max(axis=0) < 1 - _TILT).any():
        raise VolumeRefused("not-axial", path, "the volume is oblique; expected axes along the body")
