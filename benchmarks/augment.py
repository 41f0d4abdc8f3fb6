"""Paired PET/CT augmentation beside its peers, one core, in pairs of slices a second.

``python -m benchmarks.augment [--depth 100] [--rounds 5] [--cpu] [--workers [--studies 16]] [--json]``

The same volumes and operations for everyone: PET int16 0..32767 at 256 x 256 and CT int16 HU at 512 x 512; rotation of
12 degrees, scale 1.05, shift 3 %; PET gaussian noise of std 3276; CT gamma and brightness. Ratios are against OpenCV's
plain int16 warp of the same pair (geometry only). Ours is ``augment.apply``: geometry, noise, tone, and the measurement
of what became untrue. Rounds are interleaved, medians are shown; ``--cpu`` counts the process's
own CPU seconds instead of the clock's, for a machine that others use too. Peers that are not installed are left out and named.

End to end is npz in, written output out, for one copy a read and for four: ours, slices written as they are made, against
reading once and writing as often (what is written there is the augmented volume as well), and against albumentations from
npz to npz as the published arrays are stored, which is measured last. ``--workers`` runs the whole command's work with one process and with two.

Measured on two shared AVX-512 cores, in CPU seconds, medians of five rounds in six runs, as shares of reading and writing
alone, with the extra ``compiled``: one copy a read 0.87 to 0.91 (npz), 0.81 to 0.85 (blosc2), 0.77 to 0.79 (npy, once 0.99: its
writing is the kernel's); four copies a read 0.84 to 0.85 (npz), 0.71 to 0.73 (blosc2), 0.57 to 0.60 (npy). The wish is 0.8.
All operations on a pair cost 0.33 ms (the CT 0.21, the PET 0.08, what is looked for before 0.04), reading it 1.0 ms, writing
it 1.7 ms (npz), 0.6 ms (blosc2) or 0.2 ms (npy); ``docs/adr/0052`` has the arithmetic. A process gets there after some 3,300 pairs; the benchmark does not wait. Without
``compiled`` they cost 0.6 ms, which leaves 0.81, 0.73 and 0.68 of one copy. In memory, everything: 3.7 to 4.0 times OpenCV's
int16 warp of the pair (2.6 without ``compiled``), where albumentations has 0.52, batchgeneratorsv2 0.3.6 0.28, MONAI 1.6.1
0.21 and TorchIO 1.2.1 0.09. From npz to npz 14 times albumentations, to blosc2 21 times. Two workers against one on a quiet
machine, without ``compiled``: 1.76 times by the clock, 1.90 once they have started (median of two rounds, 10 studies of four
copies).
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")

import cv2
import numpy as np

from vimedsynth.augment.apply import apply, prepare
from vimedsynth.augment.compiled import SEEN
from vimedsynth.augment.policy import load_policy
from vimedsynth.augment.receipts import Applied
from vimedsynth.augment.run import Settings, augment
from vimedsynth.pool import settle_process
from vimedsynth.studies import Study
from vimedsynth.volumes import Modality, Scan, Units, Volume, read_volume, write_volume

DEGREES, SCALE, SHIFT, GAMMA, ALPHA, BETA = 12.0, 1.05, 0.03, 1.1, 1.1, 0.02
PET_SIZE, CT_SIZE = 256, 512
COPIES = (1, 4)
FLOOR, WHOLE = "reading and writing alone", "vimedsynth, everything"
Clock = Callable[[], float]


@dataclass(frozen=True)
class Pair:
    """The volumes that everyone gets."""

    pet: np.ndarray[Any, np.dtype[np.int16]]
    ct: np.ndarray[Any, np.dtype[np.int16]]

    @property
    def scan(self) -> Scan:
        return Scan("bench", Volume(self.pet, Modality.PET, Units.COUNTS), Volume(self.ct, Modality.CT, Units.HU))


def make_pair(depth: int) -> Pair:
    """Smooth bodies in noisy air that deflate packs about 2.9 times, as it does the published arrays."""
    rng = np.random.default_rng(0)

    def volume(size: int, low: float, high: float, noise: float, air: float) -> np.ndarray[Any, np.dtype[np.int16]]:
        y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
        body = ((x / 0.8) ** 2 + (y / 0.55) ** 2 < 1).astype(np.float32)
        slices = []
        for _ in range(depth):
            coarse = cv2.resize(rng.random((size // 16, size // 16), np.float32), (size, size))
            grain = rng.standard_normal((size, size), np.float32) * (air + body * (noise - air))
            slices.append(low + body * coarse * (high - low) * 0.2 + grain)
        return np.clip(np.rint(slices), low, high).astype(np.int16)

    return Pair(volume(PET_SIZE, 0, 32767, 120, 20), volume(CT_SIZE, -1010, 1500, 12, 6))


def matrix(size: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    middle = (size - 1) / 2
    turned = cv2.getRotationMatrix2D((middle, middle), DEGREES, SCALE)
    turned[:, 2] += SHIFT * size
    return turned


def ours_operations() -> list[Applied]:
    linear = (matrix(1025)[:, :2]).tolist()
    return [
        Applied("Affine", {"linear": linear, "shift": [SHIFT, SHIFT]}),
        Applied("GaussNoise", {"on": "pet", "std": 0.1, "seed": 7}),
        Applied("RandomGamma", {"gamma": GAMMA}),
        Applied("RandomBrightnessContrast", {"alpha": ALPHA, "beta": BETA}),
    ]


def ours(pair: Pair) -> Any:
    return apply(pair.scan, ours_operations()).scan


def opencv_warp(pair: Pair) -> Any:
    """The reference: geometry only, int16, slice by slice."""
    out = []
    for volume, size, fill in ((pair.pet, PET_SIZE, 0), (pair.ct, CT_SIZE, -1000)):
        target, turned = np.empty_like(volume), matrix(size)
        for source, place in zip(volume, target, strict=True):
            cv2.warpAffine(source, turned, (size, size), place, cv2.INTER_LINEAR, cv2.BORDER_CONSTANT, fill)
        out.append(target)
    return out


def copy_only(pair: Pair) -> Any:
    return pair.pet.copy(), pair.ct.copy()


def albumentations_slices() -> Callable[[Pair], Any]:
    """Its fastest form: per slice, float32 for the CT tone as it has no int16 one, its own noise."""
    import albumentations as A

    affine = A.Affine(rotate=(DEGREES, DEGREES), scale=(SCALE, SCALE), translate_percent=(SHIFT, SHIFT), p=1)
    noise = A.GaussNoise(std_range=(0.1, 0.1), p=1)
    tone = A.Compose([A.RandomGamma((110, 110), p=1), A.RandomBrightnessContrast((BETA, BETA), (0.1, 0.1), p=1)])

    def run(pair: Pair) -> Any:
        pet, ct = np.empty_like(pair.pet), np.empty_like(pair.ct)
        for index in range(len(pet)):
            turned = affine(image=pair.pet[index].astype(np.float32) / 32767)["image"]
            pet[index] = noise(image=np.clip(turned, 0, 1))["image"] * 32767
            unit = (affine(image=pair.ct[index].astype(np.float32))["image"] + 1024) / 4095
            ct[index] = tone(image=np.clip(unit, 0, 1))["image"] * 4095 - 1024
        return pet, ct

    return run


def scipy_authors() -> Callable[[Pair], Any]:
    """The authors' rotation (order 3, no reshape) and noise; no scale, shift or CT tone."""
    from scipy.ndimage import rotate

    def run(pair: Pair) -> Any:
        pet = rotate(pair.pet, DEGREES, axes=(1, 2), reshape=False)
        pet = pet + np.random.default_rng(0).normal(0, 3276, pet.shape)
        return pet, rotate(pair.ct, DEGREES, axes=(1, 2), reshape=False)

    return run


def torchio_volume() -> Callable[[Pair], Any]:
    import torch
    import torchio as tio

    torch.set_num_threads(1)
    geometry = tio.RandomAffine(
        scales=(SCALE,) * 6, degrees=(DEGREES, DEGREES, 0, 0, 0, 0), translation=(0, 0, 9, 9, 9, 9)
    )
    noise = tio.RandomNoise(std=(3276, 3276))
    gamma = tio.RandomGamma(log_gamma=(0.095, 0.095))

    def run(pair: Pair) -> Any:
        pet = torch.from_numpy(pair.pet[None].astype(np.float32))
        ct = torch.from_numpy((pair.ct[None].astype(np.float32) + 1024) / 4095)
        # it refuses two matrix sizes in one subject: one subject each, with the same fixed parameters
        first = tio.Subject(pet=tio.ScalarImage(tensor=pet, affine=np.diag([2.0, 2, 2, 1])))
        second = tio.Subject(ct=tio.ScalarImage(tensor=ct, affine=np.eye(4)))
        return noise(geometry(first)), gamma(geometry(second))

    return run


def monai_slices() -> Callable[[Pair], Any]:
    import torch
    from monai.transforms import AdjustContrast, Affine, RandGaussianNoise

    torch.set_num_threads(1)
    turned = {
        size: Affine(rotate_params=np.radians(DEGREES), scale_params=(1 / SCALE,) * 2, translate_params=(SHIFT * size,) * 2,
                     padding_mode="zeros", image_only=True) for size in (PET_SIZE, CT_SIZE)
    }  # fmt: skip
    noise, gamma = RandGaussianNoise(prob=1, std=0.1), AdjustContrast(GAMMA)

    def run(pair: Pair) -> Any:
        out = []
        for pet, ct in zip(pair.pet, pair.ct, strict=True):
            out.append(noise(turned[PET_SIZE](torch.from_numpy(pet[None].astype(np.float32) / 32767))))
            out.append(gamma(turned[CT_SIZE](torch.from_numpy((ct[None].astype(np.float32) + 1024) / 4095))))
        return out

    return run


def batchgenerators_slices() -> Callable[[Pair], Any]:
    import torch
    from batchgeneratorsv2.transforms.intensity.gamma import GammaTransform
    from batchgeneratorsv2.transforms.intensity.gaussian_noise import GaussianNoiseTransform
    from batchgeneratorsv2.transforms.spatial.spatial import SpatialTransform

    torch.set_num_threads(1)
    turned = {
        size: SpatialTransform((size, size), 0, random_crop=False, p_rotation=1, rotation=np.radians(DEGREES), p_scaling=1,
                               scaling=(1 / SCALE, 1 / SCALE), p_elastic_deform=0) for size in (PET_SIZE, CT_SIZE)
    }  # fmt: skip
    noise, gamma = (
        GaussianNoiseTransform((0.01, 0.01)),
        GammaTransform((GAMMA, GAMMA), p_invert_image=0, synchronize_channels=False, p_per_channel=1, p_retain_stats=0),
    )

    def run(pair: Pair) -> Any:
        out = []
        for pet, ct in zip(pair.pet, pair.ct, strict=True):
            out.append(noise(**turned[PET_SIZE](image=torch.from_numpy(pet[None].astype(np.float32) / 32767))))
            out.append(gamma(**turned[CT_SIZE](image=torch.from_numpy((ct[None].astype(np.float32) + 1024) / 4095))))
        return out

    return run


PEER_BY_NAME: dict[str, Callable[[], Callable[[Pair], Any]]] = {
    "albumentations, per slice": albumentations_slices,
    "scipy, as the authors (rotation, noise)": scipy_authors,
    "TorchIO, 3-D": torchio_volume,
    "MONAI, per slice": monai_slices,
    "batchgeneratorsv2, per slice": batchgenerators_slices,
}


def contenders() -> tuple[dict[str, Callable[[Pair], Any]], list[str]]:
    found: dict[str, Callable[[Pair], Any]] = {
        "memory copy": copy_only,
        "OpenCV int16 warp (reference)": opencv_warp,
        "vimedsynth, everything": ours,
    }
    missing = []
    for name, build in PEER_BY_NAME.items():
        try:
            found[name] = build()
        except ImportError:
            missing.append(name)
    return found, missing


def rate(run: Callable[[Pair], Any], pair: Pair, clock: Clock) -> float:
    begun = clock()
    run(pair)
    return len(pair.pet) / (clock() - begun)


def measure(pair: Pair, rounds: int, clock: Clock) -> tuple[dict[str, float], list[str]]:
    """Median pairs/s by name; slow peers get the first slices only."""
    runs, missing = contenders()
    few = Pair(pair.pet[:20], pair.ct[:20])
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            slow = name in PEER_BY_NAME and not name.startswith("albumentations")
            rates[name].append(rate(run, few if slow else pair, clock))
    return {name: statistics.median(values) for name, values in rates.items()}, missing


def end_to_end(pair: Pair, rounds: int, folder: Path, clock: Clock) -> dict[str, float]:
    """Pairs/s from npz to written output."""
    pet_in, ct_in = folder / "pet.npz", folder / "ct.npz"
    np.savez_compressed(pet_in, data=pair.pet)
    np.savez_compressed(ct_in, data=pair.ct)
    peer = albumentations_slices()

    def read() -> Scan:
        return Scan("bench", read_volume(pet_in, Modality.PET), read_volume(ct_in, Modality.CT))

    def write(scan: Scan, suffix: str) -> None:
        for volume in scan.volumes:
            write_volume(volume, folder / f"out.{volume.modality}{suffix}")

    def plain() -> None:
        pet, ct = (np.load(path)["data"] for path in (pet_in, ct_in))
        pet, ct = peer(Pair(pet, ct))
        np.savez_compressed(folder / "peer.npz", data=pet)
        np.savez_compressed(folder / "peer2.npz", data=ct)

    def whole(suffix: str, copies: int) -> None:
        scan = read()
        for _ in range(copies):
            prepared = prepare(scan, ours_operations())
            for item in prepared.renderings:
                write_volume(item.like, folder / f"out.{item.like.modality}{suffix}", item.blocks())
            prepared.measured()

    def floor(suffix: str, copies: int) -> None:
        read()
        for _ in range(copies):
            write(made, suffix)  # what is written is the augmented volume, noise and all, which packs worse

    made = apply(read(), ours_operations()).scan
    steps: dict[str, Callable[[], None]] = {}
    for suffix in (".npy", ".npz", ".b2nd"):
        for copies in COPIES:
            steps[f"npz -> {copies} x {suffix}: {FLOOR}"] = partial(floor, suffix, copies)
            steps[f"npz -> {copies} x {suffix}: {WHOLE}"] = partial(whole, suffix, copies)
    rates: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(rounds):
        whole(".npy", 1)  # not counted: what follows a compressed output pays for the memory that it left in disorder
        for name, step in steps.items():
            rates[name].append(int(name.split()[2]) * rate(lambda _, step=step: step(), pair, clock))  # type: ignore[misc]
    # Not in turn with the others: it leaves memory in disorder, and who comes next would pay for that.
    rates["npz -> npz: albumentations"] = [rate(lambda _: plain(), pair, clock) for _ in range(rounds)]
    return {name: statistics.median(values) for name, values in rates.items()}


def shares(whole: dict[str, float]) -> dict[str, float]:
    """Ours as a share of what reading and writing alone allow, by format and copies a read."""
    return {
        name.removesuffix(f": {WHOLE}"): value / whole[name.replace(WHOLE, FLOOR)]
        for name, value in whole.items()
        if name.endswith(WHOLE)
    }


def scaling(pair: Pair, folder: Path, studies: int, rounds: int) -> dict[str, float]:
    """A whole ``augment`` run with one worker process and with two, interleaved: pairs/s by the clock, from the first
    study on (after the start of the workers), and per CPU second of all processes. The last of these shows what the
    workers cost each other, even where others use the second core and the clock cannot tell."""
    write_volume(pair.scan.volumes[0], folder / "pet.npz")
    write_volume(pair.scan.volumes[1], folder / "ct.npz")
    made = [Study(f"s{n}", f"p{n}", ct_path=folder / "ct.npz", pet_path=folder / "pet.npz") for n in range(studies)]
    runs: dict[str, list[float]] = {}
    _run(made[:1], folder, 1, len(pair.pet))  # albumentations is imported once, in the parent
    for _ in range(rounds):
        for workers in (1, 2):
            for kind, value in _run(made, folder, workers, len(pair.pet)).items():
                runs.setdefault(f"light, npz -> 4 x .npy, {workers} worker(s), {kind}", []).append(value)
    return {name: statistics.median(values) for name, values in runs.items()}


def _run(studies: list[Study], folder: Path, workers: int, depth: int) -> dict[str, float]:
    seen: list[tuple[float, int]] = []
    SEEN.pixels = -(2**40)  # as its share is too small for any of two workers, the one shall not change over either
    begun, spent = time.perf_counter(), _cpu_seconds()
    tally = augment(
        studies,
        load_policy("light"),
        Settings(folder / "out", copies=4, workers=workers),
        lambda tally: seen.append((time.perf_counter(), tally.copies)),
    )
    clock, cpu = time.perf_counter() - begun, _cpu_seconds() - spent
    shutil.rmtree(folder / "out")  # unwritten pages of one run must not slow the next
    pairs = tally.copies * depth
    # the first results of all workers come together, so counting begins after them
    first, last = seen[min(workers, len(seen)) - 1], seen[-1]
    steady = (last[1] - first[1]) * depth / (last[0] - first[0]) if last[0] > first[0] else 0.0
    return {"by the clock": pairs / clock, "once started": steady, "per CPU second": pairs / cpu}


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--depth", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--workers", action="store_true", help="also one process against two")
    parser.add_argument("--studies", type=int, default=16, help="of a run for --workers")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    settle_process()  # as every process of a run
    pair = make_pair(options.depth)
    clock = time.process_time if options.cpu else time.perf_counter
    with tempfile.TemporaryDirectory() as folder:
        # first: the one worker is this process, in whose memory the others leave a disorder
        workers = scaling(pair, Path(folder), options.studies, options.rounds) if options.workers else {}
        SEEN.hurry()  # from here on as a process that has made some thousand slices
        operations, missing = measure(pair, options.rounds, clock)
        whole = end_to_end(pair, options.rounds, Path(folder), clock)
    if options.json:
        print(
            json.dumps(
                {
                    "operations": operations,
                    "end_to_end": whole,
                    "shares": shares(whole),
                    "workers": workers,
                    "missing": missing,
                }
            )
        )
        return
    reference = operations["OpenCV int16 warp (reference)"]
    for name, value in operations.items():
        print(f"{name:<45} {value:9.1f} pairs/s  {value / reference:6.2f}")
    peer = whole["npz -> npz: albumentations"]
    for name, value in whole.items():
        print(f"{name:<45} {value:9.1f} pairs/s  {value / peer:6.2f} of albumentations npz -> npz")
    for name, value in shares(whole).items():
        print(f"{name:<45} {value:9.2f} of reading and writing alone")
    for name, value in workers.items():
        print(f"{name:<45} {value:9.1f} pairs/s")
    for name in missing:
        print(f"not installed: {name}", file=sys.stderr)


if __name__ == "__main__":
    main()
