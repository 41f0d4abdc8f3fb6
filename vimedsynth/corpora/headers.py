"""Whether a volume opens: its header alone is read, never its voxels."""

import gzip
import zipfile
import zlib
from pathlib import Path
from typing import IO

import numpy as np

_DICOM_AT = 128


def fault(path: Path) -> str | None:
    """Why the volume at ``path`` does not open; None when its header is that of a 3-D array of numbers."""
    try:
        return _folder(path) if path.is_dir() else _file(path)
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        return f"does not open ({type(error).__name__})"


def _file(path: Path) -> str | None:
    if path.suffix == ".npz":
        return _npz(path)
    if path.suffix == ".npy":
        with path.open("rb") as handle:
            return _npy(handle)
    if path.name.endswith((".nii", ".nii.gz")):
        return _nifti(path)
    if path.suffix in {".dcm", ".b2nd", ".b2"}:
        return None if path.stat().st_size > _DICOM_AT else "is too short"
    return f"has an ending that is not known: {path.suffix!r}; expected npz, npy, nii, nii.gz or a DICOM folder"


def _npz(path: Path) -> str | None:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if "data.npy" not in names:
            return f"has no key 'data'; found {', '.join(names)[:80] or 'nothing'}"
        with archive.open("data.npy") as handle:
            return _npy(handle)


def _npy(handle: IO[bytes]) -> str | None:
    major, _ = np.lib.format.read_magic(handle)
    read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    shape, _, dtype = read(handle)
    if dtype.hasobject or dtype.kind not in "iuf":
        return f"holds {dtype}; expected numbers"
    if len(shape) != 3 or 0 in shape:
        return f"has shape {shape}; expected (depth, rows, cols)"
    return None


def _nifti(path: Path) -> str | None:
    with path.open("rb") as handle, gzip.GzipFile(fileobj=handle) if path.suffix == ".gz" else handle as opened:
        head = opened.read(352)
    magic = head[344:348]
    return None if magic in {b"n+1\0", b"ni1\0"} or head[4:8] == b"n+2\0" else "has no NIfTI header"


def _folder(path: Path) -> str | None:
    for file in sorted(path.iterdir()):
        if file.is_file():
            with file.open("rb") as handle:
                if handle.read(_DICOM_AT + 4)[_DICOM_AT:] == b"DICM":
                    return None
    return "is a folder without a DICOM file"
