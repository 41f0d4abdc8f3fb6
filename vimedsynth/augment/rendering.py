"""Pixels on their way: some slices at a time through a warp, a table and changes in place, while the cache has them.

OpenCV 5 warps int16 slowly and to 1/32 pixel; through uint16 with the sign bit turned it is twice as fast and exact to
a count. Slices that share one map go through it as the channels of one picture: the same values, linear ones in a third
of the time, cubic hardly faster. A block is written or compressed before the next one is made.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from vimedsynth.augment.compiled import Stacks
from vimedsynth.volumes.model import BLOCK, Grid, Modality, Volume

Image = NDArray[Any]
Table = NDArray[np.int16]
Warp = Callable[[Image, Image, int], None]
"""``warp(source, target, fill)``: one picture of a plane, or several as its channels, uint16."""

Step = Callable[[Image], None]
"""Changes one slice ``(rows, cols)``, int16, in place; called for the slices in their order."""

_STACK_BY_PLANE = {"axial": 0, "coronal": 1, "sagittal": 2}
_SIGN = 0x8000
_AIR = {Modality.PET: 0.0, Modality.CT: -1000.0, Modality.MASK: 0.0}


class Map(Protocol):
    """A map of the pictures of one plane."""

    @property
    def plane(self) -> str: ...
    @property
    def together(self) -> int:
        """How many pictures share one map."""
        ...

    def warper(self, volume: Volume, grid: Grid) -> Warp:
        """What moves the pictures of ``volume``, in their order."""
        ...

    def compiled(self, volume: Volume, grid: Grid, fill: int, table: Image | None) -> Stacks | None:
        """What moves whole stacks to the same bytes, the sign bits and the table included; None where there is none."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Rendering:
    """A volume to be. ``like`` has its grid, units and scale, and the voxels that go in.

    ``table`` (of 65,536, at value + 32768) is looked up after the map; ``steps`` follow, each begun anew for a pass over
    the slices. ``watch`` is shown every block with the number of its first slice.
    """

    like: Volume
    grid: Grid
    map: Map | None = None
    table: Table | None = None
    steps: tuple[Callable[[], Step], ...] = ()
    watch: Callable[[int, Image], None] | None = None

    def toned(self, table: Table) -> "Rendering":
        """A table after all that is there already."""
        if self.table is None and not self.steps:
            return replace(self, table=table)
        return self.then(lambda: _through(table))

    def then(self, step: Callable[[], Step]) -> "Rendering":
        """One more step."""
        return replace(self, steps=(*self.steps, step))

    def volume(self) -> Volume:
        """All of it in memory; the very volume that goes in when nothing is to be done."""
        if not self._changes:
            for _ in self.blocks():
                pass  # the watch sees them
            return self.like
        out = array_for(self.like.shape, cached=bool(self.steps)).view(np.int16)
        for _ in self.blocks(out):
            pass
        return self.like.with_data(out)

    def blocks(self, into: NDArray[np.int16] | None = None) -> Iterator[NDArray[np.int16]]:
        """Up to ``BLOCK`` slices at a time, int16 and contiguous, in order; the next block overwrites one.

        With ``into``, of the shape of the volume, each block is its own part of that.
        """
        steps = [begin() for begin in self.steps]
        for first, block in self._moved(into):
            for step in steps:
                for picture in block:
                    step(picture)
            if self.watch is not None:
                self.watch(first, block)
            yield block

    @property
    def _changes(self) -> bool:
        return self.map is not None or self.table is not None or bool(self.steps)

    def _moved(self, into: NDArray[np.int16] | None) -> Iterator[tuple[int, NDArray[np.int16]]]:
        depth, buffer = self.like.shape[0], into
        if into is None and self._changes:
            buffer = array_for((BLOCK, *self.like.shape[1:]), cached=bool(self.steps)).view(np.int16)
        group = _group(self.map, self.like, self.grid, self.table) if self.map is not None else self._alone
        for first in range(0, depth, BLOCK):
            sources = self.like.data[first : first + BLOCK]
            if buffer is None:
                yield first, np.ascontiguousarray(sources)
                continue
            block = buffer[first : first + BLOCK] if into is not None else buffer[: len(sources)]
            group(sources, block)
            yield first, block

    def _alone(self, sources: Image, targets: Image) -> None:
        if self.table is None:
            np.copyto(targets, sources)
            return
        tone = _through(self.table)
        for source, target in zip(sources, targets, strict=True):
            np.copyto(target, source)
            tone(target)


def warped(item: Map, volume: Volume, grid: Grid) -> Volume:
    """The whole volume after a map of any plane."""
    axis = _STACK_BY_PLANE[item.plane]
    stack = np.ascontiguousarray(np.moveaxis(volume.data, axis, 0))
    out, group = np.empty(stack.shape, np.int16), _group(item, volume, grid, None)
    group(stack, out)
    return volume.with_data(np.ascontiguousarray(np.moveaxis(out, 0, axis)))


def _group(item: Map, volume: Volume, grid: Grid, table: Table | None) -> Callable[[Image, Image], None]:
    """What moves some pictures of a stack into others: compiled where that is to be had, else ``item.together`` at once."""
    fill = int(np.clip(round((_AIR[volume.modality] - volume.offset) / volume.scale), -32768, 32767)) + _SIGN
    lookup = table.view(np.uint16) if table is not None else None
    if (compiled := item.compiled(volume, grid, fill, lookup)) is not None:
        return lambda sources, targets: compiled(sources.view(np.uint16), targets.view(np.uint16))
    warp, many = item.warper(volume, grid), item.together
    buffers: list[Image] = []

    def move(sources: Image, targets: Image) -> None:
        before, after = sources.view(np.uint16), targets.view(np.uint16)
        if not buffers:
            buffers.extend(array_for((*sources.shape[1:], many), cached=True) for _ in range(2))
        turned, moved = buffers
        for first in range(0, len(before), many):
            numbers = [min(first + n, len(before) - 1) for n in range(many)]  # the last one fills the last group
            cv2.merge([before[n] for n in numbers], turned)
            np.bitwise_xor(turned, _SIGN, out=turned)
            warp(turned, moved, fill)
            if lookup is None:
                np.bitwise_xor(moved, _SIGN, out=moved)
            else:
                look_up(moved, lookup, moved)
            cv2.split(moved, [after[n] for n in numbers])

    return move


def array_for(shape: tuple[int, ...], *, cached: bool) -> NDArray[np.uint16]:
    """An empty array that begins at a multiple of 64 bytes, or just beside one: ``cached``, for what is read again soon.

    OpenCV's merge and split write to aligned memory past the cache. What reads it at once waits for the memory: on
    pictures of 512 x 512 a quarter of the time of a warp. What does not leaves the cache to others.
    """
    size = prod(shape)
    raw = np.empty(size + 64, np.uint16)
    start = (-raw.ctypes.data % 64) // 2 + int(cached)
    return raw[start : start + size].reshape(shape)


def look_up(source: Image, table: Image, target: Image) -> None:
    """``target = table[source]`` for uint16 pictures and a table of 65,536; the two may be one."""
    if int(cv2.__version__.split(".")[0]) >= 5:  # 16-bit tables came with OpenCV 5
        cv2.LUT(source, table, target)
    else:
        target[...] = np.take(table, source, mode="clip")


def _through(table: Table) -> Step:
    by_bits = np.roll(table, 32768).view(np.uint16)  # index 0 is the bit pattern of 0, 32768 that of -32768

    def tone(picture: Image) -> None:
        look_up(picture.view(np.uint16), by_bits, picture.view(np.uint16))

    return tone
