"""Where the regions lie: read from the images where they are clear, else from the height, and said so."""

from pathlib import Path

import numpy as np
import pytest

from vimedsynth.phantom import render
from vimedsynth.regions import ENOUGH, OVERLAP_SLICES, from_height, from_images, split
from vimedsynth.volumes import Modality, Scan, Units, Volume, read_volume

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "images"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the public images are not beside this checkout")


def test_the_phantom_is_cut_where_its_lungs_begin_and_end() -> None:
    found = split(render({"study_id": "x", "height": 1.7}))
    assert found.method == "image"
    assert found.confidence > 0.9
    half = OVERLAP_SLICES // 2
    assert found.ranges["head_neck"][1] - half == pytest.approx(27, abs=2)  # lungs: 0.267 to 0.503, the liver below
    assert found.ranges["abdomen_pelvis"][0] + half == pytest.approx(48, abs=3)
    assert found.ranges["chest"] == (found.ranges["head_neck"][1] - 20, found.ranges["abdomen_pelvis"][0] + 20)


def test_ranges_cover_everything_and_overlap_by_twenty() -> None:
    for height in (1.4, 1.6, 1.9):
        scan = render({"study_id": "x", "height": height}, pet_shape=(280, 16, 16), ct_shape=(280, 32, 32))
        ranges = from_height(scan, height).ranges
        assert ranges["head_neck"][0] == 0
        assert ranges["abdomen_pelvis"][1] == 280
        assert ranges["head_neck"][1] - ranges["chest"][0] == OVERLAP_SLICES
        assert ranges["chest"][1] - ranges["abdomen_pelvis"][0] == OVERLAP_SLICES


def test_a_taller_patient_is_cut_further_down() -> None:
    scan = Scan("x", Volume(np.zeros((290, 8, 8), np.int16), Modality.PET, Units.COUNTS))
    small, tall = from_height(scan, 1.45), from_height(scan, 1.85)
    assert small.ranges["head_neck"][1] < tall.ranges["head_neck"][1]
    assert small.ranges["chest"][1] < tall.ranges["chest"][1]


def test_pictures_without_lungs_fall_back_and_say_so() -> None:
    noise = np.random.default_rng(0).integers(-50, 50, (200, 32, 32)).astype(np.int16)
    scan = Scan("x", None, Volume(noise, Modality.CT, Units.HU))
    found = split(scan, 1.6)
    assert found.method == "height"
    assert found.confidence < ENOUGH
    assert "no lungs on the CT" in found.notes


def test_a_scan_without_ct_goes_by_height() -> None:
    scan = Scan("x", render({"study_id": "x"}).pet)
    assert from_images(scan) is None
    assert split(scan, 1.6).method == "height"


def test_a_scan_of_the_chest_alone_has_no_head() -> None:
    chest = render({"study_id": "x"}).slices(30, 45)
    found = from_images(chest)
    assert found is not None
    assert set(found.ranges) == {"chest"}


def test_other_slices_of_ct_and_pet_are_one_range() -> None:
    scan = render({"study_id": "x"}, pet_shape=(100, 48, 48), ct_shape=(250, 96, 96))
    part = scan.slices(*split(scan).ranges["chest"])
    assert part.pet is not None
    assert part.ct is not None
    ends = [part.grid(v).origin[0] - part.grid(v).spacing[0] / 2 for v in (part.pet, part.ct)]
    assert ends[0] == pytest.approx(ends[1], abs=part.grid(part.ct).spacing[0])


@needs_shared
def test_the_torso_ct_is_split_with_its_confidence() -> None:
    # lung bases in the first slices only, then liver to hips: no head, a little chest, the abdomen throughout
    found = split(Scan("torso", None, read_volume(SHARED / "torso_ct_3mm.nii.gz", Modality.CT)))
    assert found.method == "image"
    assert ENOUGH <= found.confidence < 0.9
    assert set(found.ranges) == {"chest", "abdomen_pelvis"}
    assert 10 < found.ranges["chest"][1] < 25
    assert found.ranges["abdomen_pelvis"] == (0, 112)


@pytest.mark.parametrize("depth", [1, 20])
def test_a_few_slices_are_no_body_to_cut(depth: int) -> None:
    few = Volume(np.zeros((depth, 8, 8), np.int16), Modality.PET, Units.COUNTS)
    assert split(Scan("s", few), 1.7).ranges == {}
    more = Volume(np.zeros((OVERLAP_SLICES + 1, 8, 8), np.int16), Modality.PET, Units.COUNTS)
    assert set(split(Scan("s", more), 1.7).ranges) == {"head_neck", "chest", "abdomen_pelvis"}
