"""What an operation declares, measured on the phantom: centre, side, size, SUVmax and the PET/CT alignment."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vimedsynth.augment.apply import Outcome, apply
from vimedsynth.augment.receipts import Applied
from vimedsynth.augment.truth import INVALIDATES_BY_NAME, declared, invalidated, mirrored
from vimedsynth.phantom import PhantomSpec, lesion_centre_mm, read_spec, render
from vimedsynth.samples import Claim
from vimedsynth.volumes import Modality, Scan, Units, Volume

SPEC = {
    "study_id": "truth",
    "height": 1.62,
    "lesions": [
        {"organ": "upper lobe", "side": "right", "size_mm": [44, 44, 44], "suv_max": 14.0, "hu": 2500},
        {"organ": "lower lobe", "side": "left", "size_mm": [48, 40, 40], "suv_max": 11.0, "hu": 2500},
    ],
}
ROTATED = [[0.9781476, 0.2079117], [-0.2079117, 0.9781476]]  # 12 degrees
SCALED = [[1.1, 0.0], [0.0, 1.1]]

OPERATIONS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "rotation": ("Affine", {"linear": ROTATED, "shift": [0.03, -0.02]}),
    "cubic rotation": ("Affine", {"linear": ROTATED, "shift": [0.0, 0.0], "interpolation": "cubic"}),
    "shift": ("Affine", {"linear": [[1, 0], [0, 1]], "shift": [0.041, 0.027]}),
    "scale": ("Affine", {"linear": SCALED, "shift": [0, 0]}),
    "coronal rotation": ("AxisRotate", {"axis": "coronal", "degrees": 8}),
    "sagittal rotation": ("AxisRotate", {"axis": "sagittal", "degrees": -8}),
    "axial rotation": ("AxisRotate", {"axis": "axial", "degrees": 14}),
    "flip": ("HorizontalFlip", {}),
    "crop": ("RandomResizedCrop", {"box": [0.1, 0.15, 0.95, 0.9]}),
    "elastic": ("Elastic", {"amplitude_mm": 6.0, "cells": 6, "seed": 11}),
    "slice drop": ("SliceDrop", {"start": 12, "end": 5}),
    "misregistration": ("Misregister", {"shift_mm": [16.0, -8.0]}),
    "anisotropy": ("Anisotropy", {"factor": 3}),
    "gauss noise": ("GaussNoise", {"on": "pet", "std": 0.1, "seed": 5}),
    "count noise": ("ShotNoise", {"scale": 0.004, "seed": 5}),
    "blur": ("GaussianBlur", {"sigma": 1.2}),
    "suv scale": ("SuvScale", {"factor": 1.3}),
    "count scale": ("CountScale", {"factor": 0.6}),
    "gamma": ("RandomGamma", {"gamma": 1.2}),
    "tone": ("RandomBrightnessContrast", {"alpha": 1.1, "beta": 0.02}),
    "window": ("Window", {"centre": 40, "width": 1600}),
    "dose": ("Dose", {"fraction": 0.3, "seed": 9}),
}


@dataclass(frozen=True)
class Seen:
    """A lesion as the images show it."""

    centre: NDArray[np.float64]
    size: float
    suv_max: float


@cache
def before() -> tuple[PhantomSpec, Scan]:
    return read_spec(SPEC), render(SPEC, pet_shape=(200, 112, 112), ct_shape=(200, 160, 160))


@cache
def done(name: str) -> Outcome:
    operation, params = OPERATIONS[name]
    return apply(before()[1], [Applied(operation, params)])


def mean_of_draws(name: str) -> Outcome:
    """Noise hides where a lesion is and must not move it: the mean of 16 draws, where one draw is a matter of luck."""
    operation, params = OPERATIONS[name]
    if name not in ("gauss noise", "count noise"):
        return done(name)
    drawn = [apply(before()[1], [Applied(operation, {**params, "seed": seed})]) for seed in range(16)]
    pets = [outcome.scan.pet for outcome in drawn]
    assert pets[0] is not None
    mean = np.mean([pet.data for pet in pets if pet is not None], axis=0)
    scan = replace(drawn[0].scan, pet=pets[0].with_data(np.rint(mean).astype(np.int16)))
    return replace(drawn[0], scan=scan)


def seen(scan: Scan, volume: Volume | None, near: NDArray[np.float64], share: float, reach: float = 45.0) -> Seen:
    """Centre (mm), equivalent diameter (mm) and maximum of what exceeds ``share`` of the maximum around ``near``."""
    assert volume is not None
    grid = scan.grid(volume)
    low = np.maximum(np.ceil(grid.to_index(near - reach)), 0).astype(int)
    high = np.minimum(np.floor(grid.to_index(near + reach)) + 1, volume.shape).astype(int)
    values = volume.values()[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
    level = share * float(values.max())
    inside = np.argwhere(values > level)
    weight = values[tuple(inside.T)] - level
    centre = (grid.to_mm(inside + low) * weight[:, None]).sum(axis=0) / weight.sum()
    size = float(6 / np.pi * len(inside) * np.prod(grid.spacing)) ** (1 / 3)
    return Seen(centre, size, float(values.max()))


def pet_lesions(scan: Scan, centres: NDArray[np.float64]) -> list[Seen]:
    return [seen(scan, scan.pet, centre, 0.45) for centre in centres]


def stated() -> NDArray[np.float64]:
    spec = before()[0]
    return np.array([lesion_centre_mm(spec, lesion) for lesion in spec.lesions])


def test_every_operation_is_measured() -> None:
    assert {name for name, _ in OPERATIONS.values()} == {*INVALIDATES_BY_NAME, "SliceDrop"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_lesions_are_where_the_receipt_says(name: str) -> None:
    outcome = done(name)
    old = np.array([item.centre for item in pet_lesions(before()[1], stated())])
    predicted = outcome.forward(old)
    if name == "misregistration":
        predicted = predicted + np.array([0.0, -8.0, 16.0])
    voxel = np.array(before()[1].grid(outcome.scan.volumes[0]).spacing)
    for new, expected in zip(pet_lesions(outcome.scan, predicted), predicted, strict=True):
        assert (np.abs(new.centre - expected) < voxel).all()


@pytest.mark.parametrize("name", OPERATIONS)
def test_what_is_not_declared_is_kept(name: str) -> None:
    outcome, applied = done(name), Applied(*OPERATIONS[name])
    claims = invalidated((applied,), outcome.measured, {})
    assert declared(applied) <= claims
    for old, new in zip(
        pet_lesions(before()[1], stated()), pet_lesions(outcome.scan, outcome.forward(stated())), strict=True
    ):
        if Claim.SUV not in claims:
            assert new.suv_max == pytest.approx(old.suv_max, rel=0.01)
        if Claim.SIZE not in claims:
            assert new.size == pytest.approx(old.size, rel=0.02)
        if Claim.LATERALITY not in claims:
            middle = before()[1].grid(before()[1].volumes[0]).centre[2]
            assert np.sign(new.centre[2] - middle) == np.sign(old.centre[2] - middle)


@pytest.mark.parametrize(
    ("name", "claim"),
    [("flip", Claim.LATERALITY), ("scale", Claim.SIZE), ("crop", Claim.SIZE), ("gauss noise", Claim.SUV),
     ("count noise", Claim.SUV), ("suv scale", Claim.SUV)],
)  # fmt: skip
def test_what_is_declared_does_happen(name: str, claim: Claim) -> None:
    outcome = done(name)
    assert claim in declared(Applied(*OPERATIONS[name]))
    old, new = pet_lesions(before()[1], stated()), pet_lesions(outcome.scan, outcome.forward(stated()))
    if claim is Claim.LATERALITY:
        assert all((a.centre[2] < 0) != (b.centre[2] < 0) for a, b in zip(old, new, strict=True))
    elif claim is Claim.SIZE:
        assert any(abs(b.size / a.size - 1) > 0.02 for a, b in zip(old, new, strict=True))
    else:
        assert any(abs(b.suv_max / a.suv_max - 1) > 0.01 for a, b in zip(old, new, strict=True))


@pytest.mark.parametrize("name", [n for n in OPERATIONS if n != "misregistration"])
def test_pet_and_ct_stay_within_half_a_voxel(name: str) -> None:
    outcome = mean_of_draws(name)
    centres = outcome.forward(stated())
    voxel = np.array(outcome.scan.grid(outcome.scan.volumes[0]).spacing)
    for centre in centres:
        pet = seen(outcome.scan, outcome.scan.pet, centre, 0.45)
        ct = seen(outcome.scan, outcome.scan.ct, centre, 0.45)
        assert (np.abs(pet.centre - ct.centre) < voxel / 2).all()


@pytest.mark.parametrize("name", ["blur", "anisotropy"])
def test_smoothing_lowers_small_lesions(name: str) -> None:
    small = {**SPEC, "lesions": [{"organ": "upper lobe", "side": "right", "size_mm": 12, "suv_max": 9.0}]}
    outcome = apply(render(small), [Applied(*OPERATIONS[name])])
    centre = np.array(lesion_centre_mm(read_spec(small), read_spec(small).lesions[0]))
    assert seen(outcome.scan, outcome.scan.pet, centre, 0.45).suv_max < 8.0


def test_a_flip_twice_is_the_scan_and_not_mirrored() -> None:
    scan, flip = before()[1], Applied("HorizontalFlip", {})
    twice = apply(apply(scan, [flip]).scan, [flip]).scan
    for old, new in zip(scan.volumes, twice.volumes, strict=True):
        assert np.array_equal(old.data, new.data)
    assert mirrored((flip,))
    assert not mirrored((flip, flip))
    assert mirrored((Applied("Affine", {"linear": [[-1, 0], [0, 1]], "shift": [0, 0]}),))


def test_nothing_applied_is_the_same_scan() -> None:
    outcome = apply(before()[1], [])
    assert all(a is b for a, b in zip(outcome.scan.volumes, before()[1].volumes, strict=True))
    assert not invalidated((), outcome.measured, {})


def test_whole_voxel_shift_keeps_every_value() -> None:
    scan = before()[1]
    moved = apply(
        scan, [Applied("Affine", {"linear": [[1, 0], [0, 1]], "shift": [0.033, -0.02], "interpolation": "whole-voxel"})]
    )
    assert moved.scan.pet is not None
    assert scan.pet is not None
    assert moved.measured.peak_change == 0
    assert np.array_equal(np.roll(scan.pet.data, (-2, 4), axis=(1, 2)), moved.scan.pet.data)


def test_body_that_leaves_the_picture_is_measured_and_costs_position() -> None:
    far = Applied("Affine", {"linear": [[1, 0], [0, 1]], "shift": [0.4, 0]})
    outcome = apply(before()[1], [far])
    assert outcome.measured.body_lost > 0.1
    assert Claim.POSITION in invalidated((far,), outcome.measured, {})
    dropped = apply(before()[1], [Applied("SliceDrop", {"start": 60, "end": 0})])
    assert 0.1 < dropped.measured.body_lost < 0.4


def test_slice_drop_within_the_overlap_keeps_the_region() -> None:
    drop = Applied("SliceDrop", {"start": 0, "end": 20})
    assert declared(drop, "head_neck") == frozenset()
    assert declared(drop, "abdomen_pelvis") == {Claim.POSITION}
    assert declared(Applied("SliceDrop", {"start": 0, "end": 21}), "chest") == {Claim.POSITION}


def test_the_margin_of_a_region_may_be_lost() -> None:
    chest = before()[1].slices(50, 120)
    within, beyond = (Applied("SliceDrop", {"start": n, "end": 0}) for n in (20, 40))
    assert apply(chest, [within], "chest").measured.body_lost == 0
    assert apply(chest, [beyond], "chest").measured.body_lost > 0.1
    assert apply(chest, [within], "abdomen_pelvis").measured.body_lost == 0
    assert apply(chest, [within], "head_neck").measured.body_lost > 0.1


def test_lost_peaks_cost_the_suv() -> None:
    tiny = {**SPEC, "lesions": [{"organ": "thyroid", "side": "left", "size_mm": 3, "suv_max": 20.0}]}
    scan, turn = render(tiny), Applied(*OPERATIONS["rotation"])
    outcome = apply(scan, [turn])
    assert declared(turn) == frozenset()
    assert Claim.SUV in invalidated((turn,), outcome.measured, {})


def test_count_scale_never_clips_and_keeps_suvs() -> None:
    scan = before()[1]
    outcome = apply(scan, [Applied("CountScale", {"factor": 50.0})])
    assert scan.pet is not None
    assert outcome.scan.pet is not None
    assert outcome.scan.pet.data.max() == 32767
    assert np.allclose(outcome.scan.pet.values(), scan.pet.values(), atol=0.001)


def test_a_tone_done_with_the_warp_is_the_tone_after_it() -> None:
    turn, tones = Applied(*OPERATIONS["rotation"]), [Applied(*OPERATIONS["gamma"]), Applied(*OPERATIONS["tone"])]
    together = apply(before()[1], [turn, *tones]).scan
    apart = apply(apply(before()[1], [turn]).scan, tones).scan
    for first, second in zip(together.volumes, apart.volumes, strict=True):
        assert np.array_equal(first.data, second.data)


def test_a_tone_on_the_pet_costs_suv_and_leaves_the_ct() -> None:
    gamma = Applied("RandomGamma", {"gamma": 1.3, "on": "pet"})
    outcome = apply(before()[1], [gamma])
    assert declared(gamma) == {Claim.SUV, Claim.UPTAKE}
    assert outcome.scan.ct is before()[1].ct
    assert outcome.measured.peak_change is not None
    assert outcome.measured.peak_change > 0.1


def test_masks_go_with_the_scan_and_keep_their_labels() -> None:
    scan = before()[1]
    assert scan.ct is not None
    labels = (scan.ct.data > 1200).astype(np.int16) * 3
    mask = replace(scan.ct, data=labels, modality=Modality.MASK, units=Units.LABEL)
    ops = [Applied(*OPERATIONS[name]) for name in ("rotation", "elastic", "anisotropy", "dose", "gamma")]
    outcome = apply(replace(scan, masks=(mask,)), ops)
    moved = outcome.scan.masks[0]
    assert set(np.unique(moved.data)) == {0, 3}
    centre = outcome.forward(stated())[0]
    index = np.rint(outcome.scan.grid(moved).to_index(centre)).astype(int)
    assert moved.data[tuple(index)] == 3
