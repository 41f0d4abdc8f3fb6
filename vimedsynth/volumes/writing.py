"""Volumes to disk: npy, npz in the published layout, blosc2. Every file is written beside its name and renamed.

A writer takes the slices a block at a time, so that what is made block by block is never whole in memory.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from vimedsynth.errors import Misuse, missing_extra
from vimedsynth.volumes.model import BLOCK, CHUNK, Scan, Volume

FORMATS = ("npy", "npz", "blosc2")

Blocks = Iterable[NDArray[np.int16]]


def write_volume(volume: Volume, path: Path, blocks: Blocks | None = None) -> Path:
    """Write to ``path`` in the format of its suffix (.npy, .npz, .b2nd), atomically.

    npy and npz open with ``numpy.load`` without pickle. npz holds ``data`` and, where known, ``scale`` (units per
    stored count), ``units``, ``spacing_mm`` and ``origin_mm``. ``blocks`` are written in place of the volume's own
    voxels: its slices in order, ``BLOCK`` at a time.
    """
    suffix = path.suffix
    if suffix not in WRITER_BY_SUFFIX:
        raise Misuse(f"{path}: format {suffix!r} is not known; expected one of: {', '.join(WRITER_BY_SUFFIX)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        WRITER_BY_SUFFIX[suffix](volume, _own(volume) if blocks is None else blocks, part)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _own(volume: Volume) -> Iterator[NDArray[np.int16]]:
    for first in range(0, volume.shape[0], BLOCK):
        yield np.ascontiguousarray(volume.data[first : first + BLOCK])


def save_scan(scan: Scan, ct_path: Path, pet_path: Path) -> None:
    """Write the volumes that ``scan`` has; the format is that of each path's suffix."""
    if scan.ct is not None:
        write_volume(scan.ct, ct_path)
    if scan.pet is not None:
        write_volume(scan.pet, pet_path)


def _write_npy(volume: Volume, blocks: Blocks, path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        np.lib.format.write_array_header_1_0(file, _header(volume.shape, "<i2"))
        for block in blocks:
            _write_all(file, _little(block).data.cast("B"))


def _write_all(file: Any, payload: memoryview) -> None:
    while payload:
        payload = payload[file.write(payload) :]


def _header(shape: tuple[int, ...], dtype: str) -> dict[str, Any]:
    return {"descr": dtype, "fortran_order": False, "shape": shape}


def _little(block: NDArray[np.int16]) -> NDArray[np.int16]:
    return block.astype("<i2", copy=False)


def _write_npz(volume: Volume, blocks: Blocks, path: Path) -> None:
    known: dict[str, NDArray[Any]] = {
        "scale": np.array([volume.scale, volume.offset]),
        "units": np.frombuffer(str(volume.units).encode("ascii"), np.uint8),
    }
    if volume.spacing_mm is not None:
        known["spacing_mm"] = np.array(volume.spacing_mm)
    if volume.origin_mm is not None:
        known["origin_mm"] = np.array(volume.origin_mm)
    with ZipFile(path, "w") as archive:
        _deflate_into(archive, "data.npy", volume.shape, "<i2", (_little(block) for block in blocks))
        for name, array in known.items():
            _deflate_into(archive, f"{name}.npy", array.shape, array.dtype.str, (array,))


def _deflate_into(
    archive: ZipFile, name: str, shape: tuple[int, ...], dtype: str, arrays: Iterable[NDArray[Any]]
) -> None:
    """One member, deflated by isal where it is installed (20 times as fast as zlib), the date fixed: same bytes."""
    header = BytesIO()
    np.lib.format.write_array_header_1_0(header, _header(shape, dtype))
    packer, crc32 = _packer()
    size = crc = 0
    with archive.open(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), "w") as member:
        for payload in chain((header.getbuffer(),), (array.data.cast("B") for array in arrays)):
            size, crc = size + payload.nbytes, crc32(payload, crc)
            member.write(packer.compress(payload))
        member.write(packer.flush())
    # zipfile cannot take a ready deflate stream: it is stored as it is, and the directory is told what it holds.
    entry = archive.getinfo(name)
    entry.compress_type, entry.file_size, entry.CRC = ZIP_DEFLATED, size, crc
    _mend_local_header(archive, entry)


def _packer() -> tuple[Any, Callable[[Any, int], int]]:
    """A raw deflate encoder and a checksum: isal's where it is installed, else zlib's."""
    try:
        from isal import isal_zlib

        return isal_zlib.compressobj(level=1, wbits=-15), isal_zlib.crc32
    except ImportError:
        import zlib

        return zlib.compressobj(level=1, wbits=-15), zlib.crc32


def _mend_local_header(archive: ZipFile, entry: ZipInfo) -> None:
    file = archive.fp
    assert file is not None  # the archive is open for writing
    end = file.tell()
    file.seek(entry.header_offset)
    file.write(entry.FileHeader(zip64=False))
    file.seek(end)


def _write_blosc2(volume: Volume, blocks: Blocks, path: Path) -> None:
    try:
        import blosc2
    except ImportError:
        raise missing_extra("imaging", "writing blosc2 volumes") from None
    depth, rows, cols = volume.shape
    meta: dict[str, object] = {"units": str(volume.units), "scale": volume.scale, "offset": volume.offset}
    meta |= {"spacing_mm": volume.spacing_mm and list(volume.spacing_mm)}
    meta |= {"origin_mm": volume.origin_mm and list(volume.origin_mm)}
    array = blosc2.empty(
        volume.shape,
        np.int16,
        chunks=(min(CHUNK, depth), rows, cols),
        blocks=(1, rows, cols),  # a slice is read without its neighbours
        urlpath=str(path),
        mode="w",
        cparams=blosc2.CParams(
            codec=blosc2.Codec.LZ4, clevel=5, filters=[blosc2.Filter.BITSHUFFLE], filters_meta=[0], nthreads=1
        ),
        meta={"vimed": meta},
    )
    chunk = min(CHUNK, depth)
    pieces = (block[first : first + chunk] for block in blocks for first in range(0, len(block), chunk))
    for number, piece in enumerate(pieces):
        array.schunk.update_data(number, _whole_chunk(piece, chunk), copy=False)


def _whole_chunk(block: NDArray[np.int16], depth: int) -> NDArray[np.int16]:
    """The last chunk is filled up with zeros, which no reader sees."""
    if len(block) == depth:
        return block
    return np.concatenate([block, np.zeros((depth - len(block), *block.shape[1:]), np.int16)])


WRITER_BY_SUFFIX: dict[str, Callable[[Volume, Blocks, Path], None]] = {
    ".npy": _write_npy,
    ".npz": _write_npz,
    ".b2nd": _write_blosc2,
}
SUFFIX_BY_FORMAT = {"npy": ".npy", "npz": ".npz", "blosc2": ".b2nd"}
