"""npy and npz: the header is judged before any memory is taken, pickles are never opened, deflate goes through isal."""

import ast
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from vimedsynth.volumes.model import VolumeRefused

DEFAULT_LIMIT_BYTES = 2 * 1024**3
"""No volume may take more than this in memory (a whole-body CT at 512 x 512 takes 0.2 to 0.5 GiB)."""

_HEADER_LIMIT = 10_000
_CHUNK = 1 << 18  # what is packed and what comes out of it stay in the cache
_MAX_DEFLATE_RATIO = 1032  # no deflate stream unpacks to more
_NUMBER_KINDS = "iufb"

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Header:
    """What an npy header promises."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    length: int  # bytes before the data

    @property
    def nbytes(self) -> int:
        """Bytes of the data."""
        total = self.dtype.itemsize
        for size in self.shape:
            total *= size
        return total


def read_npy(path: Path, limit: int = DEFAULT_LIMIT_BYTES) -> Array:
    """The array, memory-mapped and read-only: slices cost what they hold."""
    with path.open("rb") as file:
        header = read_header(file, path)
    size = path.stat().st_size - header.length
    check_header(header, path, limit)
    if size != header.nbytes:
        raise VolumeRefused("size-disagrees", path, f"header promises {header.nbytes} bytes, the file holds {size}")
    order: Any = "F" if header.fortran else "C"
    return np.memmap(path, header.dtype, "r", header.length, header.shape, order)


def read_npz(path: Path, limit: int = DEFAULT_LIMIT_BYTES) -> dict[str, Array]:
    """``data`` (or the only member) and the small members beside it, as a mapping; nothing else is unpacked."""
    with zipfile.ZipFile(path) as archive:
        infos = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
        names = [name for name, info in infos.items() if info.filename.endswith(".npy")]
        main = "data" if "data" in names else names[0] if len(names) == 1 else None
        if main is None:
            raise VolumeRefused("no-data-member", path, f"expected a member 'data', found {sorted(names)[:8]}")
        small: list[str] = [
            name for name in ("scale", "units", "spacing_mm", "origin_mm") if name in names and name != main
        ]
        arrays: dict[str, Array] = {name: _member(archive, infos[name], path, 1 << 16) for name in small}
        arrays["data"] = _member(archive, infos[main], path, limit)
    return arrays


def read_header(file: BinaryIO, path: Path) -> Header:
    """Parse an npy header by hand: a literal, bounded, never evaluated; raises VolumeRefused."""
    magic = file.read(8)
    if len(magic) < 8 or magic[:6] != b"\x93NUMPY" or magic[6] not in (1, 2, 3):
        raise VolumeRefused("not-npy", path, "expected an npy header")
    width = 2 if magic[6] == 1 else 4
    raw = file.read(width)
    length = struct.unpack("<H" if width == 2 else "<I", raw)[0] if len(raw) == width else _HEADER_LIMIT + 1
    if length > _HEADER_LIMIT:
        raise VolumeRefused("bad-header", path, f"npy header of {length} bytes; at most {_HEADER_LIMIT} are read")
    text = file.read(length)
    if len(text) != length:
        raise VolumeRefused("truncated", path, "the npy header is cut off")
    return _parse_header(text.decode("latin-1"), 8 + width + length, path)


def _parse_header(text: str, length: int, path: Path) -> Header:
    try:
        fields = ast.literal_eval(text.strip())
        dtype = np.dtype(fields["descr"]) if isinstance(fields["descr"], str) else None
        shape, fortran = fields["shape"], fields["fortran_order"]
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError) as error:
        raise VolumeRefused("bad-header", path, "the npy header cannot be read") from error
    whole = isinstance(shape, tuple) and all(type(n) is int and 0 <= n < 2**40 for n in shape)
    if dtype is None or dtype.kind not in _NUMBER_KINDS or not whole or not isinstance(fortran, bool):
        raise VolumeRefused("bad-dtype", path, f"header {text.strip()[:80]!r}; expected an array of plain numbers")
    return Header(dtype, shape, fortran, length)


def check_header(header: Header, path: Path, limit: int) -> None:
    """Refuse what would take more memory than ``limit`` bytes."""
    if header.nbytes > limit:
        raise VolumeRefused(
            "too-large", path, f"shape {header.shape} of {header.dtype} is {header.nbytes} bytes, limit {limit}"
        )


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, limit: int) -> Array:
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or info.flag_bits & 1:
        raise VolumeRefused("bad-archive", path, f"member {info.filename!r} is encrypted or not deflated")
    stream = _Stream(_inflate(archive, info, path))
    header = read_header(stream, path)  # type: ignore[arg-type]
    check_header(header, path, limit)
    if header.nbytes > (info.compress_size + 64) * _MAX_DEFLATE_RATIO:
        raise VolumeRefused("size-disagrees", path, f"{info.compress_size} bytes cannot hold shape {header.shape}")
    flat = np.empty(header.nbytes, np.uint8)
    if stream.read_into(flat.data) != header.nbytes or stream.read(1):
        raise VolumeRefused("size-disagrees", path, f"member {info.filename!r} does not hold its {header.nbytes} bytes")
    if stream.crc != info.CRC:
        raise VolumeRefused("corrupt", path, f"member {info.filename!r} fails its checksum")
    return flat.view(header.dtype).reshape(header.shape, order="F" if header.fortran else "C")


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path) -> Iterator[bytes]:
    """The unpacked member in pieces of bounded size, whatever the stream claims."""
    with path.open("rb") as file:
        file.seek(_data_offset(file, info, path))
        left = info.compress_size
        unpack, rest = _unpacker(info)
        while left:
            packed = file.read(min(_CHUNK, left))
            if not packed:
                raise VolumeRefused("truncated", path, f"member {info.filename!r} is cut off")
            left -= len(packed)
            yield from unpack(packed)
        yield rest()


def _data_offset(file: BinaryIO, info: zipfile.ZipInfo, path: Path) -> int:
    file.seek(info.header_offset)
    local = file.read(30)
    if len(local) != 30 or local[:4] != b"PK\x03\x04":
        raise VolumeRefused("bad-archive", path, f"member {info.filename!r} has no local header")
    name, extra = struct.unpack("<HH", local[26:30])
    return int(info.header_offset + 30 + name + extra)


def _unpacker(info: zipfile.ZipInfo) -> tuple[Callable[[bytes], Iterator[bytes]], Callable[[], bytes]]:
    """What unpacks a piece, and what gives the bytes that are left when there are no more pieces."""
    if info.compress_type == zipfile.ZIP_STORED:
        return lambda packed: iter((packed,)), lambda: b""
    decoder = _decoder()

    def unpack(packed: bytes) -> Iterator[bytes]:
        while packed and not decoder.eof:
            piece = decoder.decompress(packed, 4 * _CHUNK)
            packed = decoder.unconsumed_tail
            if piece:
                yield piece
            elif not packed:
                return

    # The decoder may have taken all input and hold output back: when a piece came out just as long as allowed, the few
    # bits that it keeps of a very uniform stream can still mean kilobytes.
    return unpack, lambda: b"" if decoder.eof else decoder.flush()


def _decoder() -> Any:
    """A raw deflate decoder: isal's where it is installed (2.5 times zlib), else zlib's."""
    try:
        from isal import isal_zlib

        return isal_zlib.decompressobj(-15)
    except ImportError:
        import zlib

        return zlib.decompressobj(-15)


def _crc32() -> Callable[[Any, int], int]:
    try:
        from isal import isal_zlib

        crc: Callable[[Any, int], int] = isal_zlib.crc32
    except ImportError:
        import zlib

        crc = zlib.crc32
    return crc


class _Stream:
    """Reads from an iterator of byte pieces and keeps the checksum of what went through."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest, self.crc, self._crc32 = pieces, memoryview(b""), 0, _crc32()

    def _fill(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self.crc = self._crc32(piece, self.crc)
        self._rest = memoryview(piece)
        return True

    def read_into(self, target: memoryview) -> int:
        """Fill ``target`` as far as the stream goes; the number of bytes written."""
        done = 0
        while done < len(target) and (len(self._rest) or self._fill()):
            take = min(len(self._rest), len(target) - done)
            target[done : done + take] = self._rest[:take]
            self._rest = self._rest[take:]
            done += take
        return done

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes."""
        buffer = bytearray(size)
        return bytes(buffer[: self.read_into(memoryview(buffer))])
