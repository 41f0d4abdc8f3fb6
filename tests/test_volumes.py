"""Volumes from files: what is read is what was written, and what cannot be read has a name."""

import gzip
import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pytest

from vimedsynth.phantom import render
from vimedsynth.studies import Study
from vimedsynth.volumes import (
    Modality,
    Scan,
    Units,
    Volume,
    VolumeRefused,
    open_scan,
    read_volume,
    save_scan,
    write_volume,
)
from vimedsynth.volumes.arrays import read_npz

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "images"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the public images are not beside this checkout")
ARRAY = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)


def code_of(path: Path, modality: Modality = Modality.CT, limit: int | None = None) -> str:
    with pytest.raises(VolumeRefused) as caught:
        read_volume(path, modality, *([limit] if limit else []))
    assert str(path) in str(caught.value)
    return caught.value.code


NAMED = {"read", "unreadable", "bad-header", "bad-dtype", "truncated", "size-disagrees", "corrupt", "too-large", "wrong-rank",
         "empty", "not-npy", "no-data-member", "bad-archive", "not-axial", "not-finite", "out-of-range"}  # fmt: skip


def outcome_of(path: Path) -> str:
    """``read``, or the code of the refusal."""
    try:
        read_volume(path, Modality.CT, 1 << 26)
    except VolumeRefused as refused:
        return refused.code
    return "read"


def npy_bytes(header: str, payload: bytes = b"") -> bytes:
    text = header.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + payload


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".b2nd"])
def test_what_was_written_is_read_again(tmp_path: Path, suffix: str) -> None:
    pet = render({"study_id": "x"}).pet
    assert pet is not None
    path = write_volume(pet, tmp_path / f"pet{suffix}")
    again = read_volume(path, Modality.PET)
    assert np.array_equal(again.data, pet.data)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    if suffix != ".npy":  # an npy holds nothing but numbers
        assert (again.units, again.scale, again.spacing_mm, again.origin_mm) == (
            pet.units,
            pet.scale,
            pet.spacing_mm,
            pet.origin_mm,
        )


def test_npz_opens_with_plain_numpy_and_the_published_form_is_read(tmp_path: Path) -> None:
    ours = write_volume(Volume(ARRAY, Modality.CT, Units.HU), tmp_path / "ours.npz")
    with np.load(ours, allow_pickle=False) as archive:
        assert np.array_equal(archive["data"], ARRAY)
    assert zipfile.ZipFile(ours).testzip() is None
    np.savez_compressed(tmp_path / "published.npz", data=ARRAY)
    np.savez(tmp_path / "stored.npz", ARRAY)
    assert np.array_equal(read_volume(tmp_path / "published.npz", Modality.CT).data, ARRAY)
    assert np.array_equal(read_volume(tmp_path / "stored.npz", Modality.PET).data, ARRAY)
    assert read_volume(tmp_path / "published.npz", Modality.PET).units is Units.COUNTS


@pytest.mark.parametrize("depth", [8, 16, 7])
@pytest.mark.parametrize("noisy", [0, 1, 3])
def test_a_uniform_end_is_read_whole(tmp_path: Path, depth: int, noisy: int) -> None:
    """4 MiB of zeros and a header: the decoder gives 4 MiB and holds the rest in a few bits."""
    array = np.zeros((depth, 512, 512), np.int16)
    array[:noisy] = np.random.default_rng(0).integers(-1000, 1000, array[:noisy].shape)
    np.savez_compressed(tmp_path / "a.npz", data=array)
    write_volume(Volume(array, Modality.CT, Units.HU), tmp_path / "b.npz")
    for name in ("a.npz", "b.npz"):
        assert np.array_equal(read_volume(tmp_path / name, Modality.CT).data, array)


def test_same_volume_same_bytes(tmp_path: Path) -> None:
    volume = Volume(ARRAY, Modality.CT, Units.HU)
    first, second = (write_volume(volume, tmp_path / name).read_bytes() for name in ("a.npz", "b.npz"))
    assert first == second


def test_fortran_order_and_other_dtypes(tmp_path: Path) -> None:
    np.save(tmp_path / "f.npy", np.asfortranarray(ARRAY))
    np.savez_compressed(tmp_path / "f.npz", data=np.asfortranarray(ARRAY))
    np.save(tmp_path / "big.npy", ARRAY.astype(">i2"))
    np.save(tmp_path / "float.npy", ARRAY.astype(np.float32) / 10)
    for name in ("f.npy", "f.npz", "big.npy"):
        assert np.array_equal(read_volume(tmp_path / name, Modality.CT).data, ARRAY)
    pet = read_volume(tmp_path / "float.npy", Modality.PET)
    assert pet.units is Units.SUV
    assert np.allclose(pet.values(), ARRAY / 10, atol=0.001)
    assert np.array_equal(read_volume(tmp_path / "float.npy", Modality.CT).data, np.rint(ARRAY / 10))


def test_an_npy_is_mapped_not_read(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", ARRAY)
    assert isinstance(read_volume(tmp_path / "a.npy", Modality.CT).data, np.memmap)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "empty"),
        (b"hello", "not-npy"),
        (npy_bytes("{'descr': '|O', 'fortran_order': False, 'shape': (1, 1, 1)}", b"\x80\x04N."), "bad-dtype"),
        (npy_bytes("{'descr': '<i2', 'fortran_order': False, 'shape': (99999, 99999, 9)}"), "too-large"),
        (npy_bytes("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2, 2)}", b"\0" * 15), "size-disagrees"),
        (npy_bytes("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 2, -2)}", b"\0" * 16), "bad-dtype"),
        (npy_bytes("{'descr': '<i2', 'fortran_order': False, 'shape': (4, 4)}", b"\0" * 32), "wrong-rank"),
        (npy_bytes("{'descr': '<i2', 'fortran_order': False, 'shape': (0, 4, 4)}"), "empty"),
        (npy_bytes("__import__('os').getcwd()"), "bad-header"),
        (npy_bytes("(" * 3000), "bad-header"),
        (b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31), "bad-header"),
    ],
)
def test_broken_npy_is_named(tmp_path: Path, payload: bytes, code: str) -> None:
    (tmp_path / "x.npy").write_bytes(payload)
    assert code_of(tmp_path / "x.npy") == code


def test_nan_infinity_and_range_are_named(tmp_path: Path) -> None:
    for value in (np.nan, np.inf):
        np.save(tmp_path / "x.npy", np.full((2, 2, 2), value, np.float32))
        assert code_of(tmp_path / "x.npy", Modality.PET) == "not-finite"
    np.save(tmp_path / "x.npy", np.full((2, 2, 2), 70_000, np.int32))
    assert code_of(tmp_path / "x.npy") == "out-of-range"


def test_a_deflate_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    header = npy_bytes("{'descr': '<i2', 'fortran_order': False, 'shape': (40, 512, 512)}")
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.npy", header + bytes(40 * 512 * 512 * 2))
    assert code_of(tmp_path / "bomb.npz", limit=1 << 20) == "too-large"
    with zipfile.ZipFile(tmp_path / "liar.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "data.npy", npy_bytes("{'descr': '<i2', 'fortran_order': False, 'shape': (4, 4, 4)}") + bytes(10**6)
        )
    assert code_of(tmp_path / "liar.npz") == "size-disagrees"
    with zipfile.ZipFile(tmp_path / "short.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.npy", npy_bytes("{'descr': '<i2', 'fortran_order': False, 'shape': (400, 512, 512)}"))
    assert code_of(tmp_path / "short.npz") == "size-disagrees"


def test_a_large_side_member_is_not_unpacked(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "x.npz", data=ARRAY, spacing_mm=np.zeros(100_000))
    assert code_of(tmp_path / "x.npz") == "too-large"
    np.savez_compressed(tmp_path / "y.npz", data=ARRAY, other=np.zeros((900, 900)))
    assert set(read_npz(tmp_path / "y.npz")) == {"data"}


def test_a_flipped_bit_is_found(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", data=ARRAY)
    raw = bytearray((tmp_path / "x.npz").read_bytes())
    raw[raw.index(ARRAY.tobytes()) + 7] ^= 1
    (tmp_path / "x.npz").write_bytes(raw)
    assert code_of(tmp_path / "x.npz") == "corrupt"


def test_an_archive_without_data_and_a_pickle_are_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "two.npz", a=ARRAY, b=ARRAY)
    assert code_of(tmp_path / "two.npz") == "no-data-member"
    np.savez(tmp_path / "pickle.npz", data=np.array([{"a": 1}], dtype=object))
    assert code_of(tmp_path / "pickle.npz") == "bad-dtype"


def test_missing_and_unknown_files_are_named(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.npy") == "missing-file"
    (tmp_path / "x.jpg").write_bytes(b"x")
    assert code_of(tmp_path / "x.jpg") == "unknown-format"


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_nifti_comes_out_in_our_orientation(tmp_path: Path, suffix: str) -> None:
    ras = np.zeros((6, 5, 4), np.int16)  # right to left is x from high to low in RAS
    ras[5, 4, 3] = 7  # most right, most anterior, highest
    affine = np.diag([2.0, 3.0, 4.0, 1.0])
    affine[:3, 3] = [-10, -20, -30]
    nibabel.save(nibabel.Nifti1Image(ras, affine), tmp_path / f"a{suffix}")
    volume = read_volume(tmp_path / f"a{suffix}", Modality.CT)
    assert volume.shape == (4, 5, 6)
    assert volume.data[0, 0, 0] == 7
    assert volume.spacing_mm == (4.0, 3.0, 2.0)
    assert volume.origin_mm == (-(-30 + 3 * 4.0), -(-20 + 4 * 3.0), -(-10 + 5 * 2.0))


def test_nifti_refusals_are_named(tmp_path: Path) -> None:
    nibabel.save(nibabel.Nifti1Image(np.zeros((3, 3, 3, 2), np.int16), np.eye(4)), tmp_path / "four.nii")
    assert code_of(tmp_path / "four.nii") == "wrong-rank"
    turn = np.eye(4)
    turn[:2, :2] = [[0.8, -0.6], [0.6, 0.8]]
    nibabel.save(nibabel.Nifti1Image(np.zeros((3, 3, 3), np.int16), turn), tmp_path / "oblique.nii")
    assert code_of(tmp_path / "oblique.nii") == "not-axial"
    image = nibabel.Nifti1Image(np.zeros((3, 3, 3), np.int16), np.eye(4))
    raw = bytearray(image.to_bytes())
    raw[42:48] = struct.pack("<3h", 30000, 30000, 30000)
    (tmp_path / "bomb.nii.gz").write_bytes(gzip.compress(bytes(raw)))
    assert code_of(tmp_path / "bomb.nii.gz") == "too-large"
    (tmp_path / "cut.nii.gz").write_bytes(gzip.compress(image.to_bytes())[:-20])
    assert code_of(tmp_path / "cut.nii.gz") == "unreadable"


def test_pet_and_ct_of_different_depth_need_spacing(tmp_path: Path) -> None:
    from vimedsynth.studies import Study

    np.save(tmp_path / "pet.npy", np.zeros((4, 5, 6), np.int16))
    np.save(tmp_path / "ct.npy", np.zeros((5, 5, 6), np.int16))
    with pytest.raises(VolumeRefused, match="depth-mismatch"):
        open_scan(Study("s", "p", ct_path=tmp_path / "ct.npy", pet_path=tmp_path / "pet.npy"))
    with pytest.raises(VolumeRefused, match="no-volume"):
        open_scan(Study("s", "p"))


def test_volumes_without_spacing_share_one_box() -> None:
    pet = Volume(np.zeros((10, 64, 64), np.int16), Modality.PET, Units.COUNTS)
    ct = Volume(np.zeros((10, 128, 192), np.int16), Modality.CT, Units.HU)
    scan = Scan("s", pet, ct)
    assert np.allclose(scan.grid(pet).centre, scan.grid(ct).centre)
    assert np.allclose(np.multiply(scan.grid(pet).spacing, pet.shape), np.multiply(scan.grid(ct).spacing, ct.shape))


def test_a_range_of_slices_is_a_view_with_its_place() -> None:
    scan = render({"study_id": "x"})
    part = scan.slices(20, 45)
    assert part.pet is not None
    assert part.ct is not None
    assert scan.pet is not None
    assert np.shares_memory(part.pet.data, scan.pet.data)
    assert part.pet.shape[0] == part.ct.shape[0] == 25
    assert part.grid(part.pet).origin[0] == pytest.approx(
        scan.grid(scan.pet).origin[0] + 20 * scan.grid(scan.pet).spacing[0]
    )


@needs_shared
def test_the_torso_ct_reads_with_its_head_side_first() -> None:
    volume = read_volume(SHARED / "torso_ct_3mm.nii.gz", Modality.CT)
    assert volume.shape == (112, 101, 122)
    assert volume.spacing_mm == (3.0, 3.0, 3.0)
    bone = (volume.data > 400).reshape(112, -1).sum(axis=1)
    assert bone[-12:].mean() > 2 * bone[:12].mean()  # hips at the low end


def test_fuzzed_files_are_refused_by_name_or_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, data=ARRAY)
    nifti = nibabel.Nifti1Image(ARRAY, np.eye(4)).to_bytes()
    plain = io.BytesIO()
    np.save(plain, ARRAY)
    for suffix, good in (
        (".npz", buffer.getvalue()),
        (".npy", plain.getvalue()),
        (".nii", nifti),
        (".nii.gz", gzip.compress(nifti)),
    ):
        path = tmp_path / f"fuzz{suffix}"
        for _ in range(60):
            raw = bytearray(good)
            for place in rng.integers(0, len(raw), 1 + int(rng.integers(6))):
                raw[place] = int(rng.integers(256))
            path.write_bytes(raw[: int(rng.integers(len(raw)))] if rng.random() < 0.3 else raw)
            assert outcome_of(path) in NAMED


def test_reading_a_broken_nifti_logs_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    raw = bytearray(nibabel.Nifti1Image(ARRAY, np.eye(4)).to_bytes())
    raw[344:348] = b"\0\0\0\0"
    (tmp_path / "x.nii").write_bytes(raw)
    assert code_of(tmp_path / "x.nii") == "unreadable"
    assert not caplog.records


def test_pet_and_ct_of_different_places_are_no_scan(tmp_path: Path) -> None:
    scan = render({"study_id": "s"}, pet_shape=(60, 12, 12), ct_shape=(60, 24, 24))
    assert scan.ct is not None
    assert scan.ct.origin_mm is not None
    assert scan.ct.spacing_mm is not None
    long = scan.ct.spacing_mm[0] * 60

    def moved(distance: float) -> Scan:
        z, y, x = scan.ct.origin_mm  # type: ignore[union-attr, misc]
        away = replace(scan, ct=replace(scan.ct, origin_mm=(z + distance, y, x)))  # type: ignore[arg-type]
        save_scan(away, tmp_path / "ct.npz", tmp_path / "pet.npz")
        return open_scan(Study("s", "p", ct_path=tmp_path / "ct.npz", pet_path=tmp_path / "pet.npz"))

    for apart in (long + 1, -long - 1, 1e7):
        with pytest.raises(VolumeRefused) as caught:
            moved(apart)
        assert caught.value.code == "apart"
    beside = moved(long / 2)
    assert [v.shape[0] for v in beside.slices(35, 50).volumes] == [15, 15]
    with pytest.raises(VolumeRefused) as caught:
        beside.slices(5, 20)
    assert caught.value.code == "not-covered"
