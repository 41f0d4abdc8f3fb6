"""A few slices of a row's volumes as small PNG pictures inside the page."""

from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vimedsynth.corpora.paths import UnsafePath, inside
from vimedsynth.errors import VimedsynthError
from vimedsynth.manifests.images import read_array
from vimedsynth.stats.entries import Picture

SIDE = 192
"""Longest side of a picture in pixels."""
_HU = (-160.0, 240.0)  # soft-tissue window


@dataclass(frozen=True, slots=True)
class Slice:
    """A picture: ``kind`` is pet, ct or mip; ``number`` the slice in the volume (None for a projection)."""

    kind: str
    number: int | None
    uri: str


def _volume(picture: Picture, name: str | None) -> NDArray[Any] | None:
    if name is None:
        return None
    try:
        volume = read_array(inside(picture.root, name))
    except (OSError, UnsafePath, VimedsynthError):
        return None
    return volume if volume.ndim == 3 and 0 not in volume.shape else None


def _png(plane: NDArray[Any], low: float, high: float, *, inverse: bool) -> str:
    """A data URI of ``plane`` between ``low`` and ``high``; PET is shown dark on light, as readers are used to."""
    from matplotlib.image import imsave

    step = max(1, -(-max(plane.shape) // SIDE))
    scaled = np.clip((plane[::step, ::step].astype(np.float32) - low) / max(high - low, 1e-6), 0, 1)
    file = BytesIO()
    imsave(file, scaled, cmap="gray_r" if inverse else "gray", vmin=0, vmax=1, format="png")
    return "data:image/png;base64," + b64encode(file.getvalue()).decode("ascii")


def slices(picture: Picture | None) -> tuple[Slice, ...]:
    """The hottest PET slice of the row's range, the CT slice beside it and the PET's projection from the front."""
    pet = _volume(picture, picture.pet) if picture else None
    if picture is None or pet is None:
        return ()
    start, stop = picture.slices or (0, len(pet))
    part = np.asarray(pet[start:stop])
    if not len(part):
        return ()
    hottest = int(part.reshape(len(part), -1).max(axis=1).argmax())
    top = float(np.percentile(part[hottest], 99.8)) or 1.0
    found = [Slice("pet", start + hottest, _png(part[hottest], 0, top, inverse=True))]
    ct = _volume(picture, picture.ct)
    if ct is not None:
        number = min(len(ct) - 1, round((start + hottest) * len(ct) / len(pet)))
        found.append(Slice("ct", number, _png(np.asarray(ct[number]), *_HU, inverse=False)))
    return (*found, Slice("mip", None, _png(part.max(axis=1), 0, top, inverse=True)))
