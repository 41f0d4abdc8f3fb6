"""Whether to use what Numba compiles: it must be there, give OpenCV's bytes, and pay for its start.

To import it and to load what it compiled costs a process 0.7 s, which its speed wins back over 3,000 pairs of slices. As
the bytes are the same, a process begins with OpenCV and changes over when it has seen that many pixels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import prod
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint16]
Stacks = Callable[[Pictures, Pictures], None]
"""``move(sources, targets)``: stacks of pictures."""


@dataclass(slots=True)
class Seen:
    """The pixels that this process was to warp so far."""

    pixels: int = 0
    enough: int = 2**30

    def hurry(self) -> None:
        """No more waiting."""
        self.pixels = self.enough


SEEN = Seen()


def compiled_warp(
    matrix: NDArray[np.float64], shape: tuple[int, int, int], fill: int, table: Pictures | None
) -> Stacks | None:
    """What warps the pictures of a stack of ``shape``, linearly and by the 2 x 3 ``matrix``; None: leave it to OpenCV."""
    SEEN.pixels += prod(shape)
    if (kernel := compiled()) is None:
        return None
    warp: Stacks | None = kernel.eightfold(matrix, shape[1:], fill, table)
    return warp


def compiled() -> ModuleType | None:
    """``vimedsynth.augment.kernel``, once it pays."""
    return _kernel() if SEEN.pixels >= SEEN.enough else None


@cache
def _kernel() -> ModuleType | None:
    try:
        from vimedsynth.augment import kernel
    except (ImportError, RuntimeError):  # RuntimeError: Numba finds no folder that it may keep compiled code in
        return None
    return kernel
