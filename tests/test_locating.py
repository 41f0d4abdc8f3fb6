"""A sample's image is the part of the study's scan that shows its region."""

from pathlib import Path

import numpy as np
import pytest

from vimedsynth.locating import Locator
from vimedsynth.phantom import render
from vimedsynth.reports import flat_report
from vimedsynth.samples import WHOLE, Case
from vimedsynth.studies import Study
from vimedsynth.volumes import save_scan

REPORT = flat_report("Hình ảnh bắt xạ theo đặc điểm sinh lý ở não.")


def _case(root: Path, region: str, **paths: Path) -> Case:
    return Case(Study("s1", "p1", **paths), REPORT, region)  # type: ignore[arg-type]


@pytest.fixture
def scan(tmp_path: Path) -> dict[str, Path]:
    paths = {"ct_path": tmp_path / "CT" / "s1.npz", "pet_path": tmp_path / "PET" / "s1.npz"}
    save_scan(render({"study_id": "s1"}), paths["ct_path"], paths["pet_path"])
    return paths


def test_regions_follow_one_another_inside_the_whole(tmp_path: Path, scan: dict[str, Path]) -> None:
    locate = Locator(tmp_path)
    found = {name: locate(_case(tmp_path, name, **scan)) for name in ("head_neck", "chest", "abdomen_pelvis", WHOLE)}
    starts, stops = [], []
    for image in found.values():
        assert image is not None
        assert (image["ct"], image["pet"]) == ("CT/s1.npz", "PET/s1.npz")
        starts.append(image["slices"][0])
        stops.append(image["slices"][1])
    depth = np.load(scan["pet_path"])["data"].shape[0]
    assert (starts[0], stops[2]) == (0, depth) == (starts[3], stops[3])
    assert starts[0] < starts[1] < starts[2]
    assert stops[0] < stops[1] < stops[2]
    assert starts[1] < stops[0]  # neighbours overlap
    assert starts[2] < stops[1]


def test_a_study_without_a_scan_or_with_a_broken_one_has_no_image(tmp_path: Path) -> None:
    assert Locator(tmp_path)(_case(tmp_path, WHOLE)) is None
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"PK\x03\x04 not an archive")
    assert Locator(tmp_path)(_case(tmp_path, WHOLE, pet_path=broken)) is None
