"""SUVbw by the QIBA rule: worked by hand on two real slices, and each branch on made ones."""

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.config import disable_value_validation
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from vimedsynth.volumes import Modality, Units, VolumeRefused, read_volume
from vimedsynth.volumes.suv import suv_factor

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "images"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the public images are not beside this checkout")


def pet(**changes: Any) -> Dataset:
    """A whole-body BQML slice: 70 kg, 350 MBq at 09:00, scan at 10:00, half-life 6586.2 s."""
    drug = Dataset()
    drug.RadiopharmaceuticalStartTime = "090000"
    drug.RadionuclideTotalDose = "350000000"
    drug.RadionuclideHalfLife = "6586.2"
    data = Dataset()
    data.Units, data.DecayCorrection, data.CorrectedImage = "BQML", "START", ["ATTN", "DECY", "SCAT"]
    data.PatientWeight = "70"
    data.SeriesDate = data.AcquisitionDate = "20230301"
    data.SeriesTime = data.AcquisitionTime = "100000"
    data.RadiopharmaceuticalInformationSequence = [drug]
    with disable_value_validation():  # broken values are the point
        _set(data, drug, changes)
    return data


def _set(data: Dataset, drug: Dataset, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        target = drug if name.startswith("Radio") and name != "RadiopharmaceuticalInformationSequence" else data
        if value is None:
            delattr(target, name)
        else:
            setattr(target, name, value)


def factor(data: Dataset) -> float:
    return suv_factor(data, Path("x.dcm")).factor


def code(data: Dataset) -> str:
    with pytest.raises(VolumeRefused) as caught:
        factor(data)
    return caught.value.code


@needs_shared
def test_first_real_slice_by_hand() -> None:
    # injected 14:17:00, series 15:23:16.921 -> 3976.921 s; 2 ** (-3976.921 / 6586.2) = 0.658018
    # dose then 178340011.6 * 0.658018 = 117.351e6 Bq; 69734.4 g / 117.351e6 Bq = 5.94238e-4 g/Bq
    # hottest stored value 1327 * 9.12329 = 12106.6 Bq/ml -> SUV 7.194
    volume = read_volume(SHARED / "pt_acrin_flt_1.dcm", Modality.PET)
    dose = 178340011.59668 * 2 ** (-3976.921 / 6586.2)
    assert volume.units is Units.SUV
    assert float(volume.values().max()) == pytest.approx(1327 * 9.12329 * 69734.4 / dose, rel=1e-4)
    assert float(volume.values().max()) == pytest.approx(7.194, abs=0.002)


@needs_shared
def test_second_real_slice_by_hand() -> None:
    # dynamic: injected 11:19:59, series 11:19:59.109 -> 0.109 s, no decay to speak of
    # 82174 g / 173.53e6 Bq = 4.73543e-4; 281 * 46.2619 = 12999.6 Bq/ml -> SUV 6.156
    volume = read_volume(SHARED / "pt_acrin_flt_2.dcm", Modality.PET)
    assert float(volume.values().max()) == pytest.approx(281 * 46.2619 * 82174 / 173529998.7793, rel=1e-3)
    assert float(volume.values().max()) == pytest.approx(6.156, abs=0.002)


@needs_shared
def test_both_ct_frames_are_read_in_order() -> None:
    volume = read_volume(SHARED / "ct_two_frames.dcm", Modality.CT)
    assert volume.shape == (2, 512, 512)
    raw = pydicom.dcmread(SHARED / "ct_two_frames.dcm")
    positions = [
        float(f.PlanePositionSequence[0].ImagePositionPatient[2]) for f in raw.PerFrameFunctionalGroupsSequence
    ]
    top = int(np.argmax(positions))
    assert volume.spacing_mm is not None
    assert volume.spacing_mm[0] == pytest.approx(abs(positions[0] - positions[1]))
    # the row direction of this file is reversed: columns are turned so that the patient's right comes first
    macro = raw.PerFrameFunctionalGroupsSequence[top].get(
        "PixelValueTransformationSequence"
    ) or raw.SharedFunctionalGroupsSequence[0].get("PixelValueTransformationSequence")
    intercept = float(macro[0].RescaleIntercept) if macro else 0.0
    slope = float(macro[0].RescaleSlope) if macro else 1.0
    assert np.allclose(volume.data[0], raw.pixel_array[top][:, ::-1] * slope + intercept)


def test_decay_to_the_start_of_the_series() -> None:
    assert factor(pet()) == pytest.approx(70_000 / (350e6 * 2 ** (-3600 / 6586.2)))


def test_decay_to_administration_takes_the_dose_as_given() -> None:
    assert factor(pet(DecayCorrection="ADMIN")) == pytest.approx(70_000 / 350e6)


def test_injection_before_midnight() -> None:
    late = pet(RadiopharmaceuticalStartTime="233000", SeriesTime="003000", AcquisitionTime="003000")
    assert factor(late) == pytest.approx(factor(pet()))


def test_a_full_start_date_time_goes_before_the_clock() -> None:
    stated = pet(RadiopharmaceuticalStartDateTime="20230301093000.00", RadiopharmaceuticalStartTime="010000")
    assert factor(stated) == pytest.approx(70_000 / (350e6 * 2 ** (-1800 / 6586.2)))


def test_a_series_time_after_acquisition_is_not_believed() -> None:
    assert code(pet(SeriesTime="120000")) == "bad-tag"
    ge = pet(SeriesTime="120000")
    ge.add_new((0x0009, 0x0010), "LO", "GEMS_PETD_01")
    ge.add_new((0x0009, 0x100D), "DT", "20230301100000.00")
    assert factor(ge) == pytest.approx(factor(pet()))


def test_suv_in_suv_out() -> None:
    assert factor(pet(Units="GML")) == 1.0
    assert code(pet(Units="GML", SUVType="LBM")) == "units-not-supported"


def test_philips_counts_need_their_private_factors() -> None:
    assert code(pet(Units="CNTS")) == "missing-tag"
    direct = pet(Units="CNTS")
    direct.add_new((0x7053, 0x0010), "LO", "Philips PET Private Group")
    direct.add_new((0x7053, 0x1000), "DS", "0.000551")
    assert factor(direct) == pytest.approx(0.000551)
    through = pet(Units="CNTS")
    through.add_new((0x7053, 0x0010), "LO", "Philips PET Private Group")
    through.add_new((0x7053, 0x1009), "DS", "1.5")
    assert factor(through) == pytest.approx(1.5 * factor(pet()))


def test_a_private_block_is_found_by_its_owner() -> None:
    """(7053,0010) may be another's: Philips' elements are then at (7053,11xx)."""
    moved = pet(Units="CNTS")
    moved.add_new((0x7053, 0x0010), "LO", "SOMEBODY ELSE")
    moved.add_new((0x7053, 0x1000), "DS", "7.0")
    assert code(moved) == "missing-tag"
    moved.add_new((0x7053, 0x0011), "LO", "Philips PET Private Group")
    moved.add_new((0x7053, 0x1100), "DS", "0.000551")
    assert factor(moved) == pytest.approx(0.000551)
    nameless = pet(Units="CNTS")  # anonymizers drop the name and keep the number
    nameless.add_new((0x7053, 0x1000), "DS", "0.000551")
    assert factor(nameless) == pytest.approx(0.000551)


def test_a_late_bed_that_is_named_first_does_not_decide_the_time(tmp_path: Path) -> None:
    """Reconstructed at 10:10, beds at 10:00 to 10:15: a series time after the first bed is no start of the scan."""
    times = ("101500", "101000", "100500", "100000")  # files are named against the order of the slices
    made = pet(SeriesTime="101000")
    tags = {e.keyword: e.value for e in made if e.keyword != "AcquisitionTime"}
    write_series(tmp_path, Modality="PT", AcquisitionTime=lambda n: times[::-1][n], **tags)
    assert refusal(tmp_path, Modality.PET) == "bad-tag"


@pytest.mark.filterwarnings("ignore:Invalid value for VR TM")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"PatientWeight": None}, "missing-tag"),
        ({"PatientWeight": "0"}, "bad-tag"),
        ({"RadionuclideTotalDose": None}, "missing-tag"),
        ({"RadionuclideHalfLife": None}, "missing-tag"),
        ({"RadiopharmaceuticalInformationSequence": []}, "missing-tag"),
        ({"RadiopharmaceuticalStartTime": "xx"}, "bad-tag"),
        ({"SeriesTime": None}, "missing-tag"),
        ({"Units": None}, "missing-tag"),
        ({"Units": "PROPCNTS"}, "units-not-supported"),
        ({"CorrectedImage": ["NORM"]}, "not-corrected"),
        ({"DecayCorrection": "NONE"}, "not-corrected"),
    ],
)
def test_what_is_missing_is_named(changes: dict[str, Any], expected: str) -> None:
    assert code(pet(**changes)) == expected


def write_series(folder: Path, count: int = 4, **changes: Any) -> None:
    """A small CT series, its files named against the order of its slices."""
    series = generate_uid()
    for number in range(count):
        meta = FileMetaDataset()
        meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, "1.2.840.10008.5.1.4.1.1.2"
        meta.MediaStorageSOPInstanceUID = generate_uid()
        data = FileDataset(str(folder), {}, file_meta=meta, preamble=b"\0" * 128)
        data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
        data.Modality, data.SeriesInstanceUID = "CT", series
        data.Rows, data.Columns, data.BitsAllocated, data.BitsStored, data.HighBit = 3, 4, 16, 16, 15
        data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 1
        data.PixelSpacing, data.ImageOrientationPatient = [2.0, 1.5], [1, 0, 0, 0, 1, 0]
        data.ImagePositionPatient = [-5.0, -6.0, 10.0 * number]
        data.RescaleSlope, data.RescaleIntercept = 1, -1024
        data.PixelData = np.full((3, 4), number, np.int16).tobytes()
        for name, value in changes.items():
            setattr(data, name, value(number) if callable(value) else value)
        data.save_as(folder / f"{9 - number}.dcm", enforce_file_format=True)


def refusal(folder: Path, modality: Modality = Modality.CT) -> str:
    with pytest.raises(VolumeRefused) as caught:
        read_volume(folder, modality)
    return caught.value.code


def test_a_series_is_ordered_from_the_head(tmp_path: Path) -> None:
    write_series(tmp_path)
    volume = read_volume(tmp_path, Modality.CT)
    assert volume.data[:, 0, 0].tolist() == [-1021, -1022, -1023, -1024]
    assert volume.spacing_mm == (10.0, 2.0, 1.5)
    assert volume.origin_mm == (-30.0, -6.0, -5.0)


def test_a_series_turned_about_is_turned_back(tmp_path: Path) -> None:
    ramp = np.arange(12, dtype=np.int16).reshape(3, 4)
    write_series(tmp_path, ImageOrientationPatient=[-1, 0, 0, 0, -1, 0], PixelData=ramp.tobytes())
    volume = read_volume(tmp_path, Modality.CT)
    assert np.array_equal(volume.data[0], ramp[::-1, ::-1] - 1024)
    assert volume.origin_mm == (-30.0, -6.0 - 2 * 2.0, -5.0 - 3 * 1.5)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"ImagePositionPatient": lambda n: [0, 0, [0, 10, 20, 50][n]]}, "uneven-slices"),
        ({"ImagePositionPatient": lambda n: [0, 0, [0, 10, 10, 20][n]]}, "uneven-slices"),
        ({"SeriesInstanceUID": lambda n: f"1.2.{n}"}, "several-series"),
        ({"ImageOrientationPatient": [0, 1, 0, 0, 0, -1]}, "not-axial"),
        ({"Modality": "MR"}, "wrong-modality"),
        ({"Rows": lambda n: 3 + (n == 2)}, "mixed-slices"),
        ({"Rows": 60000, "Columns": 60000}, "too-large"),
        ({"PixelSpacing": [0, 0]}, "missing-tag"),
        ({"PixelData": b"\0\0"}, "unreadable"),
    ],
)
def test_a_broken_series_is_named(tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    write_series(tmp_path, **changes)
    assert refusal(tmp_path) == expected


def test_a_folder_that_is_no_series_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "no-series"
    (tmp_path / "notes.txt").write_text("x")
    assert refusal(tmp_path) == "not-dicom"
