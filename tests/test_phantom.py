"""The phantom says where its lesions are; these tests hold it to that."""

import numpy as np
import pytest

from vimedsynth.errors import DataRefused
from vimedsynth.phantom import CT_SHAPE, PET_SHAPE, lesion_centre_mm, read_spec, render
from vimedsynth.volumes import Units

SPEC = {
    "study_id": "p1",
    "sex": "M",
    "height": 1.7,
    "lesions": [
        {"organ": "upper lobe", "side": "right", "size_mm": [30, 30, 30], "suv_max": 12.6, "hu": 30},
        {"organ": "liver", "side": "right", "position": [0.55, 0.4, 0.2], "size_mm": 24, "suv_max": 7.5},
        {"organ": "thyroid", "side": "left", "size_mm": [4, 4], "suv_max": 5.1},
    ],
}


def test_every_lesion_holds_its_suvmax_at_its_centre() -> None:
    spec, scan = read_spec(SPEC), render(SPEC)
    assert scan.pet is not None
    grid, suv = scan.grid(scan.pet), scan.pet.values()
    for lesion in spec.lesions:
        index = np.rint(grid.to_index(np.array(lesion_centre_mm(spec, lesion)))).astype(int)
        assert suv[tuple(index)] == pytest.approx(lesion.suv_max, rel=1e-3)


def test_right_is_the_low_columns_and_left_the_high() -> None:
    scan = render(SPEC)
    assert scan.pet is not None
    spec = read_spec(SPEC)
    columns = [scan.grid(scan.pet).to_index(np.array(lesion_centre_mm(spec, item)))[2] for item in spec.lesions]
    assert columns[0] < 31.5
    assert columns[2] > 31.5


def test_shapes_units_and_range_follow_the_published_layout() -> None:
    scan = render(SPEC)
    assert scan.pet is not None
    assert scan.ct is not None
    assert (scan.pet.shape, scan.ct.shape) == (PET_SHAPE, CT_SHAPE)
    assert scan.pet.units is Units.SUV
    assert scan.pet.data.dtype == scan.ct.data.dtype == np.int16
    assert scan.pet.data.min() >= 0
    assert scan.ct.data.min() >= -1024
    assert scan.pet.scale * 32767 == pytest.approx(50.0)


def test_same_spec_same_bytes_and_another_seed_others() -> None:
    first, second, third = render(SPEC), render(SPEC), render({**SPEC, "seed": 99})
    assert first.pet is not None
    assert second.pet is not None
    assert third.pet is not None
    assert np.array_equal(first.pet.data, second.pet.data)
    assert not np.array_equal(first.pet.data, third.pet.data)


def test_physiologic_uptake_is_where_it_belongs() -> None:
    scan = render({"study_id": "plain"})
    assert scan.pet is not None
    suv = scan.pet.values()
    hottest = suv.reshape(suv.shape[0], -1).max(axis=1)
    assert hottest[:15].max() > 6  # brain
    assert hottest[82:94].max() > 14  # bladder
    assert hottest[20:28].max() < 2  # neck


@pytest.mark.parametrize(
    "lesion",
    [
        {"organ": "elbow", "side": "left", "size_mm": 10},
        {"organ": "liver", "side": "up", "size_mm": 10},
        {"organ": "liver", "side": "right", "size_mm": -1},
        {"organ": "liver", "side": "right", "position": [2, 0, 0], "size_mm": 10},
        {"organ": "liver", "side": "right"},
    ],
)
def test_a_wrong_lesion_is_refused_by_name(lesion: dict[str, object]) -> None:
    with pytest.raises(DataRefused, match="p9"):
        render({"study_id": "p9", "lesions": [lesion]})
