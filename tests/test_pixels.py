"""What the fast forms of warping and noise must keep: the values of the plain forms."""

from itertools import pairwise
from statistics import NormalDist

import cv2
import numpy as np
import pytest

from vimedsynth.augment.apply import apply, prepare
from vimedsynth.augment.noise import NormalNoise, quantiles
from vimedsynth.augment.receipts import Applied
from vimedsynth.volumes import Modality, Scan, Units, Volume
from vimedsynth.volumes.model import BLOCK

TURN = [[0.98, 0.17], [-0.17, 0.98]]


def volume(depth: int, modality: Modality) -> Volume:
    values = np.random.default_rng(depth).integers(-1024, 3000, (depth, 33, 47), np.int16)
    units = Units.HU if modality is Modality.CT else Units.COUNTS
    return Volume(values if modality is Modality.CT else abs(values), modality, units)


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5, 8, 11])
@pytest.mark.parametrize("modality", [Modality.PET, Modality.CT])
@pytest.mark.parametrize("interpolation", ["linear", "cubic"])
def test_a_stack_is_warped_as_its_slices_are(depth: int, modality: Modality, interpolation: str) -> None:
    turn = [Applied("Affine", {"linear": TURN, "shift": [0.03, -0.02], "interpolation": interpolation})]

    def warped(one: Volume) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
        pet, ct = (one, None) if modality is Modality.PET else (None, one)
        return apply(Scan("s", pet, ct), turn).scan.reference.data

    whole = volume(depth, modality)
    alone = [warped(whole.slices(n, n + 1))[0] for n in range(depth)]
    assert np.array_equal(warped(whole), np.stack(alone))


def test_slices_warped_together_are_what_opencv_makes_of_each() -> None:
    whole = volume(6, Modality.CT)
    after = apply(Scan("s", None, whole), [Applied("Affine", {"linear": TURN, "shift": [0.0, 0.0]})]).scan.reference
    middle = np.array([(47 - 1) / 2, (33 - 1) / 2])
    linear = np.array(TURN)
    matrix = np.column_stack([linear, middle - linear @ middle])
    for before, turned in zip(whole.data, after.data, strict=True):
        plain = cv2.warpAffine(
            (before.astype(np.int32) + 32768).astype(np.uint16), matrix, (47, 33), borderValue=(31768,)
        )
        assert np.abs(turned - (plain.astype(np.int32) - 32768)).max() <= 1


def test_noise_is_normal_and_differs_between_slices() -> None:
    quiet = Volume(np.full((6, 101, 99), 16000, np.int16), Modality.PET, Units.COUNTS)

    def noise(seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        noisy = [Applied("GaussNoise", {"on": "pet", "std": 0.05, "seed": seed})]
        return (apply(Scan("s", quiet), noisy).scan.reference.data.astype(np.float64) - 16000) / (0.05 * 32767)

    drawn = noise(3)
    assert abs(drawn.mean()) < 0.02
    assert drawn.std() == pytest.approx(1, abs=0.01)
    for limit, share in ((1, 0.6827), (2, 0.9545), (3, 0.9973)):
        assert (abs(drawn) < limit).mean() == pytest.approx(share, abs=0.01)
    assert abs(np.corrcoef(drawn.reshape(6, -1)) - np.eye(6)).max() < 0.05
    assert abs(np.corrcoef(drawn[:, :, 1:].ravel(), drawn[:, :, :-1].ravel())[0, 1]) < 0.02
    assert np.array_equal(noise(3), drawn)
    assert not np.array_equal(noise(4), drawn)


def test_the_tails_of_the_noise_are_normal() -> None:
    drawn = NormalNoise(11, 1000.0).counts((1000, 1000)) / 1000
    for limit in (3.0, 3.5, 4.0):
        expected = 2 * (1 - NormalDist().cdf(limit))
        assert (abs(drawn) > limit).mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / 1e6))
    assert (drawn**3).mean() == pytest.approx(0, abs=4 * np.sqrt(15 / 1e6))
    assert (drawn**4).mean() == pytest.approx(3, abs=4 * np.sqrt(96 / 1e6))
    assert quantiles().std() == pytest.approx(1, abs=1e-12)
    assert abs(drawn).max() < 4.4  # the last of 65,536 quantiles: stated in the module


def test_noise_goes_on_from_picture_to_picture() -> None:
    """Odd sizes use up whole random words, so a picture never begins with what the last one ended with."""
    noise, again = NormalNoise(5, 100.0), NormalNoise(5, 100.0)
    pictures = [noise.counts((3, 5)) for _ in range(4)]
    assert all(not np.array_equal(a, b) for a, b in pairwise(pictures))
    for picture in pictures:
        assert np.array_equal(np.rint(again.values((3, 5))), picture)


@pytest.mark.parametrize("depth", [1, 7, BLOCK, BLOCK + 1, 2 * BLOCK + 3])
def test_blocks_are_the_volume(depth: int) -> None:
    whole = volume(depth, Modality.CT)
    for applied in (
        [],
        [Applied("RandomGamma", {"gamma": 1.2})],
        [Applied("Affine", {"linear": TURN, "shift": [0.03, 0.0]}), Applied("Dose", {"fraction": 0.3, "seed": 2})],
        [Applied("Elastic", {"amplitude_mm": 9.0, "cells": 5, "seed": 4}), Applied("RandomGamma", {"gamma": 0.9})],
        [Applied("AxisRotate", {"axis": "coronal", "degrees": 9}), Applied("Dose", {"fraction": 0.5, "seed": 3})],
    ):
        (rendering,) = prepare(Scan("s", None, whole), applied).renderings
        blocks = [block.copy() for block in rendering.blocks()]
        assert [len(block) for block in blocks] == [min(BLOCK, depth - first) for first in range(0, depth, BLOCK)]
        assert np.array_equal(np.concatenate(blocks), rendering.volume().data)


def test_peaks_are_found_at_the_seams_of_blocks() -> None:
    """A hot voxel in every slice in turn: moved by nothing, its change is nothing; taken away, it is all."""
    depth = BLOCK + 2
    for at in (0, 1, BLOCK - 1, BLOCK, BLOCK + 1):
        data = np.full((depth, 12, 12), 10, np.int16)
        data[at, 5, 6] = 20000
        scan = Scan("s", Volume(data, Modality.PET, Units.COUNTS))
        prepared = prepare(scan, [Applied("SuvScale", {"factor": 0.5})])
        assert prepared.outcome().measured.peak_change == pytest.approx(0.5, abs=1e-3)
        assert apply(scan, [Applied("CountScale", {"factor": 1.5})]).measured.peak_change == pytest.approx(0, abs=1e-3)
