"""Volumes to disk: npy, npz in the published layout, blosc2. Every file is written beside its name and renamed."""

import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from vimedsynth.errors import Misuse, missing_extra
from vimedsynth.volumes.model import Scan, Volume

FORMATS = ("npy", "npz", "blosc2")


def write_volume(volume: Volume, path: Path) -> Path:
    """Write to ``path`` in the format of its suffix (.npy, .npz, .b2nd), atomically.

    npy and npz open with ``numpy.load`` without pickle. npz holds ``data`` and, where known, ``scale`` (units per
    stored count), ``units``, ``spacing_mm`` and ``origin_mm``.
    """
    suffix = path.suffix
    if suffix not in WRITER_BY_SUFFIX:
        raise Misuse(f"{path}: format {suffix!r} is not known; expected one of: {', '.join(WRITER_BY_SUFFIX)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        WRITER_BY_SUFFIX[suffix](volume, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def save_scan(scan: Scan, ct_path: Path, pet_path: Path) -> None:
    """Write the volumes that ``scan`` has; the format is that of each path's suffix."""
    if scan.ct is not None:
        write_volume(scan.ct, ct_path)
    if scan.pet is not None:
        write_volume(scan.pet, pet_path)


def _write_npy(volume: Volume, path: Path) -> None:
    with path.open("wb") as file:
        np.lib.format.write_array(file, np.ascontiguousarray(volume.data), version=(1, 0), allow_pickle=False)


def _write_npz(volume: Volume, path: Path) -> None:
    members: dict[str, np.ndarray[tuple[int, ...], np.dtype[np.generic]]] = {
        "data": np.ascontiguousarray(volume.data),
        "scale": np.array([volume.scale, volume.offset]),
        "units": np.frombuffer(str(volume.units).encode("ascii"), np.uint8),
    }
    if volume.spacing_mm is not None:
        members["spacing_mm"] = np.array(volume.spacing_mm)
    if volume.origin_mm is not None:
        members["origin_mm"] = np.array(volume.origin_mm)
    with ZipFile(path, "w") as archive:
        for name, array in members.items():
            _deflate_into(archive, f"{name}.npy", array)


def _deflate_into(archive: ZipFile, name: str, array: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> None:
    """One member, deflated by isal where it is installed (20 times as fast as zlib), the date fixed: same bytes."""
    buffer = BytesIO()
    np.lib.format.write_array(buffer, array, version=(1, 0), allow_pickle=False)
    _member(archive, ZipInfo(name, (1980, 1, 1, 0, 0, 0)), buffer.getbuffer())


def _member(archive: ZipFile, info: ZipInfo, payload: memoryview) -> None:
    try:
        from isal import isal_zlib
    except ImportError:
        info.compress_type = 8
        archive.writestr(info, bytes(payload), compresslevel=1)
        return
    packer = isal_zlib.compressobj(level=1, wbits=-15)
    packed = packer.compress(payload) + packer.flush()
    info.compress_type = ZIP_STORED
    archive.writestr(info, packed)
    # zipfile cannot take a ready deflate stream: it is stored as it is, and the directory is told what it holds.
    entry = archive.getinfo(info.filename)
    entry.compress_type, entry.file_size, entry.CRC = 8, len(payload), isal_zlib.crc32(payload)
    _mend_local_header(archive, entry)


def _mend_local_header(archive: ZipFile, entry: ZipInfo) -> None:
    file = archive.fp
    assert file is not None  # the archive is open for writing
    end = file.tell()
    file.seek(entry.header_offset)
    file.write(entry.FileHeader(zip64=False))
    file.seek(end)


def _write_blosc2(volume: Volume, path: Path) -> None:
    try:
        import blosc2
    except ImportError:
        raise missing_extra("imaging", "writing blosc2 volumes") from None
    data = np.ascontiguousarray(volume.data)
    chunk = (min(8, data.shape[0]), *data.shape[1:])
    cparams = blosc2.CParams(
        codec=blosc2.Codec.LZ4, clevel=5, filters=[blosc2.Filter.BITSHUFFLE], filters_meta=[0], nthreads=1
    )
    meta: dict[str, object] = {"units": str(volume.units), "scale": volume.scale, "offset": volume.offset}
    meta |= {"spacing_mm": volume.spacing_mm and list(volume.spacing_mm)}
    meta |= {"origin_mm": volume.origin_mm and list(volume.origin_mm)}
    blosc2.asarray(
        data,
        chunks=chunk,
        blocks=(1, *data.shape[1:]),
        urlpath=str(path),
        mode="w",
        cparams=cparams,
        meta={"vimed": meta},
    )


WRITER_BY_SUFFIX: dict[str, Callable[[Volume, Path], None]] = {
    ".npy": _write_npy,
    ".npz": _write_npz,
    ".b2nd": _write_blosc2,
}
SUFFIX_BY_FORMAT = {"npy": ".npy", "npz": ".npz", "blosc2": ".b2nd"}
