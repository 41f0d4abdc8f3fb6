"""Images that a row names: inside their root, there, and opening as volumes without running anything.

Only the headers are read: a file that is shorter than its header says is found, its voxels are not looked at.
"""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

import numpy as np

from vimedsynth.corpora.paths import UnsafePath, inside

NPZ_KEY = "data"
_MAGIC = b"\x93NUMPY"


@dataclass(frozen=True, slots=True)
class Opened:
    """An image that can be read; ``shape`` is ``(depth, rows, cols)``, None for formats whose header is not read here."""

    shape: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Broken:
    """Why an image cannot be used."""

    code: str
    value: str
    expected: str


def _npy(path: Path) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    with path.open("rb") as stream:
        head = stream.read(len(_MAGIC))
    if head != _MAGIC:  # numpy would call anything without its header a pickle
        raise ValueError("a pickle" if head.startswith(b"\x80") else "no NumPy header")
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    return array.shape, array.dtype


def _npy_header(stream: BinaryIO) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(stream)
    if dtype.hasobject:
        raise ValueError("the array holds Python objects")
    return shape, dtype


def _npz(path: Path) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".npy")]
        name = f"{NPZ_KEY}.npy" if f"{NPZ_KEY}.npy" in names or len(names) != 1 else names[0]
        info = archive.getinfo(name)
        with archive.open(info) as stream:
            shape, dtype = _npy_header(stream)  # type: ignore[arg-type]
            header = stream.tell()
    if info.file_size - header != dtype.itemsize * int(np.prod(shape, dtype=np.int64)):
        raise ValueError("the member is not as long as its header says")
    return shape, dtype


_READERS: dict[str, Callable[[Path], tuple[tuple[int, ...], np.dtype[np.generic]]]] = {".npy": _npy, ".npz": _npz}
_ERRORS = (ValueError, OSError, KeyError, EOFError, zipfile.BadZipFile, NotImplementedError)


def _volume(path: Path, text: str) -> Opened | Broken:
    if path.suffix.lower() not in _READERS:
        return Opened(None)
    try:
        shape, dtype = _READERS[path.suffix.lower()](path)
    except _ERRORS as error:
        pickled = "bject" in str(error) or "pickle" in str(error)
        code = "image-pickled" if pickled else "image-unreadable"
        return Broken(code, f"{text} ({type(error).__name__})", "an array that numpy.load opens without pickle")
    if len(shape) != 3 or 0 in shape:
        return Broken("image-shape", f"{text} {shape}", "a filled (depth, rows, cols)")
    if dtype.kind not in "iuf":
        return Broken("image-type", f"{text} {dtype}", "numbers")
    return Opened(shape)


@lru_cache(maxsize=200_000)
def open_image(root: Path, text: str) -> Opened | Broken:
    """The volume that ``text`` names under ``root``; each file is opened once."""
    try:
        path = inside(root, text)
    except UnsafePath as error:
        return Broken("path-unsafe", str(error), "a relative path that stays inside the image folder")
    if path.is_dir() and any(path.iterdir()):
        return Opened(None)  # a DICOM series
    if not path.is_file():
        return Broken("image-missing", text, f"a file under {root.name or root}")
    if path.stat().st_size == 0:
        return Broken("image-unreadable", f"{text} (0 bytes)", "a volume")
    return _volume(path, text)
