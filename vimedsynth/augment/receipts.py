"""Receipts: what was done to a scan, as JSON that replays to the same bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vimedsynth.errors import DataRefused
from vimedsynth.samples import Claim

Params = Mapping[str, Any]

PIXELS = 2
"""The version of the pixel operations: it grows when the same receipt would give other bytes. A receipt that does not say is of 1."""


@dataclass(frozen=True, slots=True)
class Applied:
    """One operation with its sampled parameters; nothing random is left in it but a recorded noise seed."""

    name: str
    params: Params

    def json(self) -> dict[str, Any]:
        """As it stands in a receipt row."""
        return {"name": self.name, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Measured:
    """What the images themselves show after the transform.

    ``body_lost``: share of the body that left the picture. ``peak_change``: the largest relative change among the
    hottest PET voxels of the slices (None without PET).
    """

    body_lost: float = 0.0
    peak_change: float | None = None

    def json(self) -> dict[str, Any]:
        """As it stands in a receipt row."""
        return {"body_lost": self.body_lost, "peak_change": self.peak_change}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One row of ``receipts.jsonl``: one copy of one region of one study."""

    study_id: str
    copy: int
    region: str  # head_neck | chest | abdomen_pelvis | whole
    slices: tuple[int, int]  # half-open range of the source's reference volume (PET where there is one)
    policy: str
    policy_sha256: str
    seed: int
    applied: tuple[Applied, ...]
    invalidates: frozenset[Claim]
    mirrored: bool
    measured: Measured
    tolerance: Mapping[str, float]
    files: Mapping[str, str]  # "ct" and "pet" -> path relative to the folder of the receipts
    shape: Mapping[str, Sequence[int]]
    scale: Mapping[str, Mapping[str, Any]]  # per volume: units, scale, offset, spacing_mm, origin_mm

    def json(self) -> dict[str, Any]:
        """The row."""
        return {
            "study_id": self.study_id,
            "copy": self.copy,
            "region": self.region,
            "slices": list(self.slices),
            "policy": self.policy,
            "policy_sha256": self.policy_sha256,
            "pixels": PIXELS,
            "seed": self.seed,
            "applied": [item.json() for item in self.applied],
            "invalidates": sorted(map(str, self.invalidates)),
            "mirrored": self.mirrored,
            "measured": self.measured.json(),
            "tolerance": dict(self.tolerance),
            "files": dict(self.files),
            "shape": {name: list(shape) for name, shape in self.shape.items()},
            "scale": {name: dict(scale) for name, scale in self.scale.items()},
        }


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done for one copy, before any pixel is seen; the part of a receipt that decides the bytes."""

    study_id: str
    copy: int
    region: str
    slices: tuple[int, int] | None  # None: found from the images
    policy: str
    policy_sha256: str
    seed: int
    applied: tuple[Applied, ...]
    tolerance: Mapping[str, float]


def read_plan(row: Mapping[str, Any], where: str) -> Plan:
    """The plan in a receipt row, for ``--replay``; raises DataRefused that names the line."""
    if isinstance(row, Mapping) and row.get("pixels", 1) != PIXELS:
        made = row.get("pixels", 1)
        raise DataRefused(
            f"{where}: made with pixel operations of version {made!r}; these are version {PIXELS} and give other bytes"
        )
    try:
        applied = tuple(Applied(str(item["name"]), dict(item["params"])) for item in row["applied"])
        start, stop = (int(n) for n in row["slices"])
        if str(row["region"]) not in ("whole", "head_neck", "chest", "abdomen_pelvis"):
            raise ValueError(f"region {row['region']!r}")
        return Plan(str(row["study_id"]), int(row["copy"]), str(row["region"]), (start, stop), str(row["policy"]),
                    str(row["policy_sha256"]), int(row["seed"]), applied, dict(row.get("tolerance") or {}))  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise DataRefused(f"{where}: not a receipt row ({type(error).__name__}: {error})") from error
