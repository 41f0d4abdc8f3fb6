"""What Numba compiles: the linear warp of eight pictures at once, with the bytes of OpenCV's in half of its time, and noise.

Eight pictures lie in a ring of rows, each pixel beside the same pixel of the others, with a border of the fill around
them. The ring holds the rows of the source that one row of the target needs and moves on with it, so it stays in the
cache (1 MB for pictures of 512 x 512 turned by 12 degrees), and every picture is read and written in order.
"""

from functools import cache

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from vimedsynth.augment.compiled import Pictures, Stacks
from vimedsynth.augment.lanes import LANES, fma, mixed, turned

_OPENCV_LANES = 16  # columns that it takes at once; those left over it sums in another way
_LARGEST_RING = 64 * 1024**2
_FURTHEST = 2.0**30  # pixels from the picture: places are whole numbers of 32 bits
_SIGN = np.uint16(0x8000)
_NO_TABLE = np.empty(0, np.uint16)
_compiled = njit(cache=True, error_model="numpy")


def eightfold(matrix: NDArray[np.float64], shape: tuple[int, int], fill: int, table: Pictures | None) -> Stacks | None:
    """What warps stacks of pictures of ``shape`` by ``matrix``, with their sign bits turned, and turns them back or looks
    the result up in ``table``; None for pictures and matrices that it is not made for, and where OpenCV's bytes differ."""
    back = _back(matrix)
    with np.errstate(all="ignore"):
        near = bool((np.abs(back.reshape(2, 3)) @ np.array([shape[1], shape[0], 1.0]) < _FURTHEST).all())
    if shape[1] % _OPENCV_LANES or not near or 2 * _ring_size(back, shape) > _LARGEST_RING or not agrees(shape[1]):
        return None
    return _stack(matrix, shape, fill, _NO_TABLE if table is None else table)


def _back(matrix: NDArray[np.float64]) -> NDArray[np.float32]:
    with np.errstate(all="ignore"):  # what is too far for single precision is left to OpenCV
        back: NDArray[np.float32] = cv2.invertAffineTransform(matrix).astype(np.float32).ravel()
    return back


def _ring_size(back: NDArray[np.float32], shape: tuple[int, int]) -> int:
    """A power of two of rows, and two pixels of fill at the end for what comes from outside the picture."""
    rows, cols = shape
    needed = min(rows + 2, int(abs(back[3]) * cols) + 4)
    return LANES * ((1 << (needed - 1).bit_length()) * (cols + 2) + 2)


def _stack(matrix: NDArray[np.float64], shape: tuple[int, int], fill: int, table: Pictures) -> Stacks:
    back = _back(matrix)
    ring = np.empty(_ring_size(back, shape), np.uint16)

    def warp(sources: Pictures, targets: Pictures) -> None:
        sources = np.ascontiguousarray(sources)  # as it is, but for a memory-mapped one's type
        whole = len(sources) // LANES * LANES
        for first in range(0, whole, LANES):
            _warp(sources[first : first + LANES], targets[first : first + LANES], back, np.uint16(fill), table, ring)
        if left := len(sources) - whole:
            eight = np.empty((2, LANES, *shape), np.uint16)  # what is in the others does not matter
            eight[0, :left] = sources[whole:]
            _warp(eight[0], eight[1], back, np.uint16(fill), table, ring)
            targets[whole:] = eight[1, :left]

    return warp


@cache
def agrees(cols: int) -> bool:
    """Whether the bytes are OpenCV's here, for pictures of this width: its sums depend on its version and the machine."""
    shape = (96, cols)
    pictures = np.random.default_rng(0).integers(0, 65536, (LANES, *shape), np.uint16)
    for degrees, zoom in ((12, 1.05), (-100, 0.8), (0, -1)):
        matrix, made = cv2.getRotationMatrix2D((cols / 2, 47.3), degrees, zoom), np.empty_like(pictures)
        _stack(matrix, shape, 777, _NO_TABLE)(pictures, made)
        four = np.ascontiguousarray(pictures[:4].transpose(1, 2, 0) ^ _SIGN)
        border = (cv2.BORDER_CONSTANT, (777,) * 4)
        expected = cv2.warpAffine(four, matrix, (cols, shape[0]), None, cv2.INTER_LINEAR, *border)
        if not np.array_equal(made[:4].transpose(1, 2, 0) ^ _SIGN, expected):
            return False
    return True


@_compiled
def _warp(
    sources: Pictures, targets: Pictures, back: NDArray[np.float32], fill: np.uint16, table: Pictures, ring: Pictures
) -> None:
    _, rows, cols = sources.shape
    source, target = sources.reshape(-1), targets.reshape(-1)
    above, below = np.empty(cols, np.int32), np.empty(cols, np.int32)
    across, down = np.empty(cols, np.float32), np.empty(cols, np.float32)
    line = np.empty(LANES * cols, np.uint16)
    height = ring.size // LANES // (cols + 2)  # a power of two
    ring[-2 * LANES :] = fill
    taken = -1
    for number in range(rows):
        row = number if back[4] >= 0 else rows - 1 - number  # so that the ring moves down
        x = np.float32(row) * back[1] + back[2]
        y = np.float32(row) * back[4] + back[5]
        first, last = _reach(y, fma(back[3], np.float32(cols - 1), y), rows)
        for at in range(max(taken, first), last + 1):
            _take(source, rows, cols, at, ring, (at & (height - 1)) * (cols + 2), fill)
        taken = max(taken, last + 1)
        _place(back[0], back[3], x, y, np.int32(rows), np.int32(cols), np.int32(height), above, below, across, down)
        for n in range(cols):
            mixed(ring, above[n], below[n], across[n], down[n], line, n)
        _give(line, rows, cols, row, table, target)


@_compiled
def _reach(one: float, other: float, rows: int) -> tuple[int, int]:
    """The first and the last row of the source, or of its border, that lie between two heights."""
    first, last = np.floor(min(one, other)), np.floor(max(one, other))
    return int(max(-1.0, min(rows - 1.0, first))), int(max(-1.0, min(rows - 1.0, last))) + 1


@_compiled
def _take(source: Pictures, rows: int, cols: int, row: int, ring: Pictures, place: int, fill: np.uint16) -> None:
    """One row of the eight pictures, or of the border above and below them, into the ring at pixel ``place``."""
    line = ring[LANES * place : LANES * (place + cols + 2)]
    if row < 0 or row >= rows:
        line[:] = fill
        return
    line[:LANES] = fill
    line[-LANES:] = fill
    for n in range(0, cols, LANES):
        turned(source, row * cols + n, rows * cols, line, LANES * (1 + n), LANES, _SIGN)


@_compiled
def _place(
    right: np.float32, low: np.float32, x: np.float32, y: np.float32, rows: np.int32, cols: np.int32, height: np.int32,
    above: NDArray[np.int32], below: NDArray[np.int32], across: NDArray[np.float32], down: NDArray[np.float32],
) -> None:  # fmt: skip
    """Where in the ring the pixels of a row come from, from above and from below, and the shares to the right and down."""
    wide, mask = np.int32(cols + 2), np.int32(height - 1)
    outside = np.int32(height * wide)
    for n in range(above.size):
        at_x, at_y = fma(right, np.float32(np.int32(n)), x), fma(low, np.float32(np.int32(n)), y)
        col, row = np.int32(at_x), np.int32(at_y)  # towards zero, so one too many below it
        col, row = np.int32(col - np.int32(np.float32(col) > at_x)), np.int32(row - np.int32(np.float32(row) > at_y))
        across[n], down[n] = at_x - np.float32(col), at_y - np.float32(row)
        away = (col < -1) | (col >= cols) | (row < -1) | (row >= rows)
        above[n] = outside if away else np.int32(np.int32(row & mask) * wide + col + np.int32(1))
        below[n] = outside if away else np.int32(np.int32((row + np.int32(1)) & mask) * wide + col + np.int32(1))


@_compiled
def _give(line: Pictures, rows: int, cols: int, row: int, table: Pictures, target: Pictures) -> None:
    """A row of eight pictures to its places in them, through the table or with the sign bits turned back."""
    flip = np.uint16(0) if table.size else _SIGN
    if table.size:
        for n in range(line.size):
            line[n] = table[line[n]]
    for n in range(0, cols, LANES):
        turned(line, LANES * n, LANES, target, row * cols + n, rows * cols, flip)


@_compiled
def add_noise(picture: NDArray[np.int16], state: NDArray[np.uint64], counts: NDArray[np.int16], floor: int) -> None:
    """What ``NormalNoise`` draws, from the state of its SFC64 on, onto a flat picture; nothing below ``floor``."""
    noise = np.empty((-(-picture.size // 4), 4), np.int16)
    a, b, c, counter = state
    for n in range(len(noise)):
        word = a + b + counter
        counter += np.uint64(1)
        a, b = b ^ (b >> np.uint64(11)), c + (c << np.uint64(3))
        c = ((c << np.uint64(24)) | (c >> np.uint64(40))) + word
        for k in range(4):
            noise[n, k] = counts[(word >> np.uint64(16 * k)) & np.uint64(0xFFFF)]
    state[0], state[1], state[2], state[3] = a, b, c, counter
    flat = noise.reshape(-1)
    low, top = np.int32(floor), np.int32(32767)
    for n in range(picture.size):  # a loop of its own: the sums are done many at once, the look-ups cannot be
        value = np.int32(np.int32(picture[n]) + np.int32(flat[n]))  # 32 bits wide, or they are not
        value = low if value < low else value
        picture[n] = top if value > top else value
