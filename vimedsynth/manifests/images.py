"""The image of a row: the PET volume of a region as an ``.npy`` that ``numpy.load`` opens without pickle.

Each image is written once, whole or not at all, under ``images/<study>/<region>.npy`` of the manifest folder.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vimedsynth.errors import VimedsynthError

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """An image in the manifest folder."""

    path: str  # relative to the manifest folder
    sha256: str
    shape: tuple[int, ...]  # (depth, rows, cols)


@dataclass(frozen=True, slots=True)
class NoImage:
    """Why there is no image: a stable code."""

    code: str


class ImageStore:
    """Writes the images of one manifest. Only the last volume read is kept in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, Stored | NoImage] = {}
        self._last: tuple[Path, Array] | None = None
        self._depths: dict[Path, int | None] = {}

    def region(
        self, name: str, source: Path, slices: tuple[int, int] | None, depth: int | None = None
    ) -> Stored | NoImage:
        """``source[start:stop]`` as ``images/<name>.npy``; all of it when ``slices`` is None.

        ``depth`` is what the volume must have (an augmented copy has the slices of its original, or it is another cut).
        """
        return self._once(name, lambda: self._cut(source, slices, depth))

    def joined(self, name: str, first: Stored, second: Stored) -> Stored | NoImage:
        """Two stored volumes as one, along depth, the form that the authors' loader reads for comparisons."""

        def make() -> Array | NoImage:
            one, two = (
                np.load(self.folder / image.path, mmap_mode="r", allow_pickle=False) for image in (first, second)
            )
            if one.shape[1:] != two.shape[1:]:
                return NoImage("partner-shape-differs")
            return np.concatenate([one, two.astype(one.dtype, copy=False)])

        return self._once(name, make)

    def _once(self, name: str, make: Callable[[], Array | NoImage]) -> Stored | NoImage:
        if name not in self._known:
            self._known[name] = self._store(f"images/{name}.npy", make)
        return self._known[name]

    def _store(self, relative: str, make: Callable[[], Array | NoImage]) -> Stored | NoImage:
        path = self.folder / relative
        if not path.exists():
            array = make()
            if isinstance(array, NoImage):
                return array
            _write(path, array)
        shape = np.load(path, mmap_mode="r", allow_pickle=False).shape
        with path.open("rb") as handle:
            return Stored(relative, hashlib.file_digest(handle, "sha256").hexdigest(), shape)

    def _cut(self, source: Path, slices: tuple[int, int] | None, depth: int | None) -> Array | NoImage:
        if not source.exists():
            return NoImage("image-missing")
        try:
            volume = self._volume(source)
        except (OSError, VimedsynthError):
            return NoImage("image-unreadable")
        if volume.ndim != 3 or volume.dtype.kind not in "iuf":
            return NoImage("image-not-a-volume")
        if depth is not None and len(volume) != depth:
            return NoImage("copy-depth-differs")
        start, stop = slices or (0, len(volume))
        if not 0 <= start < stop <= len(volume):
            return NoImage("slices-outside")
        return volume[start:stop]

    @property
    def count(self) -> int:
        """Images in the manifest so far."""
        return sum(isinstance(image, Stored) for image in self._known.values())

    def depth_of(self, source: Path) -> int | None:
        """Slices of a volume, remembered by path; None when it cannot be read."""
        if source not in self._depths:
            try:
                self._depths[source] = len(self._volume(source))
            except (OSError, VimedsynthError):
                self._depths[source] = None
        return self._depths[source]

    def _volume(self, source: Path) -> Array:
        if self._last is None or self._last[0] != source:
            self._last = (source, read_array(source))
        return self._last[1]


def read_array(path: Path) -> Array:
    """The voxels ``(depth, rows, cols)`` of a PET volume: npy memory-mapped, npz under ``data`` or its only member,
    both as they are; NIfTI, DICOM and blosc2 as :func:`vimedsynth.volumes.read_volume` gives them. Raises
    VolumeRefused.
    """
    from vimedsynth.volumes import Modality, VolumeRefused, read_volume

    if path.suffix not in (".npy", ".npz"):
        return read_volume(path, Modality.PET).data
    try:
        return _read_numpy(path)
    except VolumeRefused:
        raise
    # A broken archive raises whatever zipfile, zlib or isal happen to stumble over; here it gets one name.
    except (Exception, MemoryError) as error:
        raise VolumeRefused("unreadable", path, f"cannot be read ({type(error).__name__})") from error


def _read_numpy(path: Path) -> Array:
    from vimedsynth.volumes.arrays import read_npy, read_npz

    return read_npy(path) if path.suffix == ".npy" else read_npz(path)["data"]


def _write(path: Path, array: Array) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as handle:
            np.save(handle, np.ascontiguousarray(array), allow_pickle=False)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
