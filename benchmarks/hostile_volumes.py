"""Ten thousand hostile or broken image files: each a named refusal or a sound volume, none a crash, memory bounded.

``python -m benchmarks.hostile_volumes [--files 10000] [--seed 0]``

Small valid files of every format are damaged (bytes changed, header fields set to extremes, cut, doubled, spliced) and
read with a limit of 64 MiB. Each format runs in a process of its own, so that a crash of a parser written in C would
be seen as one. Printed: outcomes by format, the slowest file, and the peak memory of the process above its start.
"""

import argparse
import gzip
import io
import resource
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from vimedsynth.phantom import render
from vimedsynth.volumes import Modality, Units, Volume, VolumeRefused, read_volume, write_volume

LIMIT = 64 * 1024**2
ARRAY = (np.arange(12 * 20 * 24) % 700 - 300).astype(np.int16).reshape(12, 20, 24)
EXTREMES = [b"\xff" * 8, b"\x00" * 8, b"\x7f" + b"\xff" * 7, b"99999999", b"-1-1-1-1", b"\x80" * 8]


def _npz() -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, data=ARRAY, spacing_mm=np.ones(3))
    return buffer.getvalue()


def _npy() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, ARRAY)
    return buffer.getvalue()


def _nifti() -> bytes:
    import nibabel

    raw: bytes = nibabel.Nifti1Image(ARRAY, np.eye(4)).to_bytes()
    return raw


def _dicom() -> bytes:
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, "1.2.840.10008.5.1.4.1.1.2"
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["x"])
    data = FileDataset("x", {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.Modality, data.SeriesInstanceUID = "CT", "1.2.3"
    data.Rows, data.Columns, data.BitsAllocated, data.BitsStored, data.HighBit = 20, 24, 16, 16, 15
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 1
    data.PixelSpacing, data.ImageOrientationPatient = [2.0, 1.5], [1, 0, 0, 0, 1, 0]
    data.ImagePositionPatient, data.RescaleSlope, data.RescaleIntercept = [0, 0, 0], 1, -1024
    data.PixelData = ARRAY[0].tobytes()
    buffer = io.BytesIO()
    data.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _blosc2() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        volume = render({"study_id": "x"}, pet_shape=ARRAY.shape, ct_shape=ARRAY.shape).ct
        return write_volume(volume or Volume(ARRAY, Modality.CT, Units.HU), Path(folder) / "a.b2nd").read_bytes()


GOOD_BY_SUFFIX: dict[str, Callable[[], bytes]] = {
    ".npz": _npz,
    ".npy": _npy,
    ".nii": _nifti,
    ".nii.gz": lambda: gzip.compress(_nifti()),
    ".dcm": _dicom,
    ".b2nd": _blosc2,
}


def damaged(good: bytes, rng: np.random.Generator) -> bytes:
    """One of several kinds of damage; most of it in the first 400 bytes, where headers are."""
    raw = bytearray(good)
    head = min(len(raw), 400)
    for _ in range(1 + int(rng.integers(8))):
        kind, at = int(rng.integers(6)), int(rng.integers(head if rng.random() < 0.7 else len(raw)))
        if kind <= 2:
            raw[at % len(raw)] = int(rng.integers(256))
        elif kind == 3:
            extreme = EXTREMES[int(rng.integers(len(EXTREMES)))][: 1 << int(rng.integers(4))]
            raw[at : at + len(extreme)] = extreme
        elif kind == 4:
            raw = raw[: max(1, at)] if rng.random() < 0.3 else raw
        else:
            raw[at:at] = raw[: int(rng.integers(1, 64))]
        head = min(len(raw), 400)
    return bytes(raw)


def attack(suffix: str, files: int, seed: int) -> tuple[Counter[str], float, float]:
    """Outcomes, the slowest file in seconds, the growth of peak memory in MiB."""
    warnings.simplefilter("ignore")
    good, rng, outcomes, slowest = GOOD_BY_SUFFIX[suffix](), np.random.default_rng(seed), Counter[str](), 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{suffix}"
        path.write_bytes(good)
        read_volume(path, Modality.CT, LIMIT)  # the good file reads, and the libraries are loaded
        start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(files):
            path.unlink()
            path.write_bytes(damaged(good, rng))
            begun = time.perf_counter()
            outcomes[outcome(path)] += 1
            slowest = max(slowest, time.perf_counter() - begun)
    return outcomes, slowest, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) / 1024


def outcome(path: Path) -> str:
    try:
        volume = read_volume(path, Modality.CT, LIMIT)
    except VolumeRefused as refused:
        return refused.code
    return "read" if volume.data.ndim == 3 and volume.data.dtype == np.int16 else "UNSOUND"


def main() -> None:
    """Print a line a format; exit 1 when anything but a sound volume or a named refusal came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    bad = 0
    for suffix in GOOD_BY_SUFFIX:
        count = -(-options.files // len(GOOD_BY_SUFFIX))
        try:
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                outcomes, slowest, grown = pool.submit(attack, suffix, count, options.seed).result()
        except BrokenProcessPool:
            print(f"{suffix:<8} CRASHED")
            bad += 1
            continue
        bad += outcomes["UNSOUND"]
        told = ", ".join(f"{name} {n}" for name, n in outcomes.most_common())
        print(
            f"{suffix:<8} {sum(outcomes.values()):6,} files, slowest {slowest:.2f} s, memory +{grown:.0f} MiB: {told}"
        )
    raise SystemExit(1 if bad else 0)


if __name__ == "__main__":
    main()
