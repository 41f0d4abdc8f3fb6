"""Pixel values: tone by table, noise from tables of the normal distribution, blur. Geometry is elsewhere.

Operations become steps of a rendering. Noise is seeded from the receipt for each volume, and slices are filled in order,
so the bytes depend on nothing else.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vimedsynth.augment.noise import NormalNoise
from vimedsynth.augment.receipts import Applied
from vimedsynth.augment.rendering import Image, Rendering, Step
from vimedsynth.errors import DataRefused
from vimedsynth.volumes.model import Modality, Volume, extremes

TOP = 32767
CT_RANGE_HU = (-1024.0, 3071.0)
"""Gamma, brightness and contrast work on this range taken as 0..1."""

QUIET_NOISE_HU = 12.0
"""Noise of the CT as it is, for simulating a lower dose: sigma grows with sqrt(1 / fraction - 1)."""

Table = NDArray[np.float32]


def change_all(rendering: Rendering, chain: Sequence[Applied]) -> Rendering:
    """A chain of operations; neighbouring tones are one table."""
    while chain:
        table, rest = leading_table(rendering.like, chain)
        if table is not None:
            rendering, chain = rendering.toned(table), rest
        elif chain[0].name == "CountScale":
            rendering, chain = _rescaled(rendering, float(chain[0].params["factor"])), chain[1:]
        else:
            rendering, chain = rendering.then(step_of(rendering.like, chain[0])), chain[1:]
    return rendering


def step_of(volume: Volume, applied: Applied) -> Callable[[], Step]:
    """What begins an operation that is more than a table; its parameters are read now."""
    if applied.name == "GaussianBlur":
        return _blur(float(applied.params["sigma"]))
    if applied.name in ("GaussNoise", "Dose"):
        return _noise(volume, _noise_std(volume, applied), int(applied.params["seed"]))
    if applied.name == "ShotNoise":
        return _count_noise(float(applied.params["scale"]), int(applied.params["seed"]))
    raise DataRefused(f"operation {applied.name!r} is not known; expected one of: {', '.join(sorted(PIXEL_NAMES))}")


def leading_table(volume: Volume, chain: Sequence[Applied]) -> tuple[NDArray[np.int16] | None, Sequence[Applied]]:
    """The tones that a chain begins with as one table of stored values (at value + 32768), and the rest of it."""
    count = 0
    table = _values(volume)
    while count < len(chain) and chain[count].name in TONE_NAMES:
        table = _tone(volume, table, chain[count])
        count += 1
    return (_stored(volume, table), chain[count:]) if count else (None, chain)


TONE_NAMES = frozenset({"RandomGamma", "RandomBrightnessContrast", "Window", "SuvScale"})
PIXEL_NAMES = TONE_NAMES | {"CountScale", "GaussianBlur", "GaussNoise", "Dose", "ShotNoise"}


def modality_of(applied: Applied) -> Modality:
    """Which volume a pixel operation is for."""
    stated = applied.params.get("on")
    if stated is not None:
        return Modality(stated)
    pet = {"ShotNoise", "SuvScale", "CountScale", "GaussianBlur"}
    return Modality.PET if applied.name in pet else Modality.CT


def _values(volume: Volume) -> Table:
    """What each of the 65,536 stored values means, in units (HU) or counts (PET), indexed as uint16 with sign bit turned."""
    stored = np.arange(65536, dtype=np.float32) - 32768
    if volume.modality is not Modality.CT:
        return stored
    values: Table = stored * np.float32(volume.scale) + np.float32(volume.offset)
    return values


def _tone(volume: Volume, table: Table, applied: Applied) -> Table:
    params = applied.params
    if applied.name == "SuvScale":
        scaled: Table = table * np.float32(params["factor"])
        return scaled
    if applied.name == "Window":
        half = float(params["width"]) / 2
        windowed: Table = np.clip(table, float(params["centre"]) - half, float(params["centre"]) + half)
        return windowed
    low, high = CT_RANGE_HU if volume.modality is Modality.CT else (0.0, float(TOP))
    unit = np.clip((table - low) / (high - low), 0, 1)
    if applied.name == "RandomGamma":
        between = (unit > 0) & (unit < 1)  # the ends stay; most of the 65,536 are there
        unit[between] **= np.float32(params["gamma"])
    else:
        unit = np.clip(unit * np.float32(params["alpha"]) + np.float32(params["beta"]), 0, 1)
    toned: Table = unit * np.float32(high - low) + np.float32(low)
    return toned


def _stored(volume: Volume, table: Table) -> NDArray[np.int16]:
    if volume.modality is Modality.CT:
        table = (table - np.float32(volume.offset)) / np.float32(volume.scale)
    stored: NDArray[np.int16] = np.clip(np.rint(table), -32768, TOP).astype(np.int16)
    return stored


def _rescaled(rendering: Rendering, factor: float) -> Rendering:
    """Other stored counts for the same SUVs: the scale moves the other way. Never clips, so the maximum is looked for."""
    volume = rendering.volume()
    top = int(volume.data.max(initial=0))
    factor = min(factor, TOP / top) if top else factor
    counts = np.arange(65536, dtype=np.float32) - 32768
    table = np.clip(np.rint(counts * np.float32(factor)), -32768, TOP).astype(np.int16)
    return Rendering(replace(volume, scale=volume.scale / factor), rendering.grid).toned(table)


def _blur(sigma: float) -> Callable[[], Step]:
    def blur(picture: Image) -> None:
        cv2.GaussianBlur(picture, (0, 0), sigma, picture, sigma, cv2.BORDER_REPLICATE)

    return lambda: blur


def _noise_std(volume: Volume, applied: Applied) -> float:
    """In stored counts."""
    if applied.name == "Dose":
        return QUIET_NOISE_HU * float(np.sqrt(1 / float(applied.params["fraction"]) - 1)) / volume.scale
    full = TOP if volume.modality is Modality.PET else (CT_RANGE_HU[1] - CT_RANGE_HU[0]) / volume.scale
    return float(applied.params["std"]) * full


def _noise(volume: Volume, std: float, seed: int) -> Callable[[], Step]:
    # A PET has no values below its lowest: reconstructions without negative counts stay so.
    floor = min(0, extremes(volume)[1]) if volume.modality is Modality.PET else -32768

    def begin() -> Step:
        noise = NormalNoise(seed, std)

        return lambda picture: noise.add(picture, floor)

    return begin


def _count_noise(scale: float, seed: int) -> Callable[[], Step]:
    """Noise whose variance grows with the value, as counting does: ``var = value * scale`` on values 0..1."""
    gain = float(np.sqrt(scale * TOP))

    def begin() -> Step:
        noise = NormalNoise(seed, gain)

        def add(picture: Image) -> None:
            value = np.maximum(picture, 0).astype(np.float32)
            noisy = value + noise.values(picture.shape) * cv2.sqrt(value)
            picture[...] = np.rint(np.clip(noisy, 0, TOP))

        return add

    return begin
