"""The compiled warp: OpenCV's bytes or none, and no start before it pays."""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vimedsynth.augment.apply import apply
from vimedsynth.augment.compiled import SEEN, compiled_warp
from vimedsynth.augment.noise import NormalNoise
from vimedsynth.augment.receipts import Applied
from vimedsynth.volumes import Modality, Scan, Units, Volume, read_volume

kernel = pytest.importorskip(
    "vimedsynth.augment.kernel", reason="needs numba, of the extra `compiled`", exc_type=ImportError
)

Pictures = NDArray[np.uint16]
SIGN = np.uint16(0x8000)
TURN = np.array([[0.95, 0.2, 1.5], [-0.2, 0.95, -2.5]])


@pytest.fixture
def started() -> Iterator[None]:
    """As in a process that has warped for long."""
    before = SEEN.pixels
    SEEN.hurry()
    yield
    SEEN.pixels = before


def pictures(depth: int, rows: int, cols: int) -> Pictures:
    """Every value a picture can hold, the extremes in plenty."""
    rng = np.random.default_rng(depth * rows * cols)
    values = rng.integers(0, 65536, (depth, rows, cols), np.uint16)
    values[rng.random(values.shape) < 0.1] = 65535
    values[rng.random(values.shape) < 0.1] = 0
    return values


def by_opencv(sources: Pictures, matrix: NDArray[np.float64], fill: int, table: Pictures | None) -> Pictures:
    size = (sources.shape[2], sources.shape[1])
    warped = [
        cv2.warpAffine(one ^ SIGN, matrix, size, None, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, fill) for one in sources
    ]
    return np.stack(warped) ^ SIGN if table is None else table[np.stack(warped)]


matrices = st.builds(
    lambda turn, across, down, slant, x, y: (
        np.array([[across, slant, x], [0.0, down, y]])
        @ np.vstack([cv2.getRotationMatrix2D((20.0, 12.0), turn, 1.0), [0, 0, 1]])
    ),
    st.sampled_from([0, 90, 180, 270]) | st.floats(-180, 180),
    *[st.sampled_from([1.0, -1.0]) | st.floats(0.25, 4) | st.floats(-4, -0.25)] * 2,
    st.floats(-1, 1),
    *[st.sampled_from([0.0, 0.5, 1000.0]) | st.floats(-60, 60)] * 2,
)


@settings(max_examples=300, deadline=None)
@given(
    matrices, st.integers(1, 17), st.integers(1, 40), st.sampled_from([16, 32, 48]), st.sampled_from([0, 31768, 65535]),
    st.booleans(),
)  # fmt: skip
def test_the_bytes_are_those_of_opencv(
    matrix: NDArray[np.float64], depth: int, rows: int, cols: int, fill: int, toned: bool
) -> None:
    sources = pictures(depth, rows, cols)
    table = np.random.default_rng(0).permutation(65536).astype(np.uint16) if toned else None
    warp = kernel.eightfold(matrix, (rows, cols), fill, table)
    if not kernel.agrees(cols):
        assert warp is None
        return
    made = np.empty_like(sources)
    warp(sources, made)
    assert np.array_equal(made, by_opencv(sources, matrix, fill, table))


def test_nothing_moves_by_the_identity() -> None:
    sources, made = pictures(8, 21, 32), np.empty((8, 21, 32), np.uint16)
    warp = kernel.eightfold(np.eye(2, 3), (21, 32), 7, None)
    if warp is not None:
        warp(sources, made)
        assert np.array_equal(made, sources)


@pytest.mark.parametrize(
    ("matrix", "shape"),
    [(TURN, (32, 33)), (TURN, (32, 40)), (TURN * np.nan, (32, 32)), (TURN * [1, 1, 1e10], (32, 32)), (TURN * 1e-40, (32, 32)),
     (TURN[:, [1, 0, 2]], (16384, 16384))],
)  # fmt: skip
def test_what_it_is_not_made_for_is_left_to_opencv(matrix: NDArray[np.float64], shape: tuple[int, int]) -> None:
    with np.errstate(all="raise"):
        assert kernel.eightfold(matrix, shape, 0, None) is None


@pytest.mark.parametrize("depth", [1, 7, 8, 9, 31, 33, 40, 41])
def test_a_process_that_changes_over_makes_the_same_copies(depth: int, started: None, tmp_path: Path) -> None:
    np.save(tmp_path / "ct.npy", pictures(depth, 24, 32).view(np.int16))
    ct = read_volume(tmp_path / "ct.npy", Modality.CT)  # memory-mapped and read-only
    pet = Volume(abs(pictures(depth, 16, 16).view(np.int16)), Modality.PET, Units.COUNTS)
    scan = Scan("s", pet, ct)
    applied = [
        Applied("Affine", {"linear": TURN[:, :2].tolist(), "shift": [0.02, 0.1]}),
        Applied("AxisRotate", {"axis": "coronal", "degrees": 7}),
        Applied("Affine", {"linear": TURN[:, :2].T.tolist(), "shift": [0, 0]}),
        Applied("RandomGamma", {"gamma": 1.2}),
    ]
    late = [volume.data for volume in apply(scan, applied).scan.volumes]
    SEEN.pixels = 0
    early = [volume.data for volume in apply(scan, applied).scan.volumes]
    assert all(np.array_equal(a, b) for a, b in zip(early, late, strict=True))


def test_it_begins_when_it_pays() -> None:
    before, SEEN.pixels = SEEN.pixels, 0
    try:
        shape = (SEEN.enough // (32 * 32) - 1, 32, 32)
        assert compiled_warp(np.eye(2, 3), shape, 0, None) is None
        assert (compiled_warp(np.eye(2, 3), (1, 32, 32), 0, None) is not None) == kernel.agrees(32)
    finally:
        SEEN.pixels = before


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (33, 4), (64, 64)])
@pytest.mark.parametrize("floor", [-32768, -700, 0])
def test_noise_is_the_same_number_by_number(shape: tuple[int, int], floor: int, started: None) -> None:
    made, plain = NormalNoise(3, 9000.0), NormalNoise(3, 9000.0)
    for n in range(3):  # the stream goes on from picture to picture
        picture = pictures(1, *shape)[0].view(np.int16)
        noisy = picture.copy()
        made.add(noisy, floor)
        drawn = plain.counts(shape)
        assert np.array_equal(noisy, np.clip(picture.astype(int) + drawn, max(floor, -32768), 32767)), n
    assert np.array_equal(made.counts((4, 4)), plain.counts((4, 4)))
