"""One study at a time: read once, make all its copies, write them. What a worker process runs; no albumentations here."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from vimedsynth.augment.apply import Outcome, prepare
from vimedsynth.augment.receipts import Measured, Plan, Receipt
from vimedsynth.augment.truth import invalidated, mirrored
from vimedsynth.errors import DataRefused
from vimedsynth.regions import Regions, split
from vimedsynth.samples import Claim
from vimedsynth.volumes import Scan, Volume, VolumeRefused, open_scan, write_volume
from vimedsynth.volumes.writing import SUFFIX_BY_FORMAT

WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Job:
    """One study with the copies to make of it; small and picklable."""

    study_id: str
    ct_path: Path | None
    pet_path: Path | None
    height_m: float | None
    plans: tuple[Plan, ...]
    out: Path
    format: str = "npy"
    preview: bool = False
    cut: bool = False  # the files hold one region each already


@dataclass(frozen=True, slots=True)
class Refusal:
    """A study, or one of its copies, that could not be made."""

    study_id: str
    region: str
    code: str
    message: str

    def json(self) -> dict[str, Any]:
        """A row of ``refused.jsonl``."""
        return {name: getattr(self, name) for name in ("study_id", "region", "code", "message")}


def run_job(job: Job) -> tuple[list[Receipt], list[Refusal]]:
    """All copies of one study. Bad data comes back as refusals; an error of the file system is raised."""
    try:
        scan = open_scan(job)
        regions = _regions(scan, job)
    except VolumeRefused as error:
        return [], [Refusal(job.study_id, WHOLE, error.code, str(error))]
    receipts: list[Receipt] = []
    refusals: dict[tuple[str, str], Refusal] = {}
    for plan in job.plans:
        try:
            receipts.append(_copy(scan, plan, regions, job))
        except VolumeRefused as error:
            refusals[plan.region, error.code] = Refusal(job.study_id, plan.region, error.code, str(error))
        except MemoryError:
            told = f"{job.study_id}: shape {scan.reference.shape} needs more memory than there is"
            refusals[plan.region, "out-of-memory"] = Refusal(job.study_id, plan.region, "out-of-memory", told)
    return receipts, list(refusals.values())


def safe_name(study_id: str) -> str:
    """A folder name for any study id: letters, digits, ``._-``; a piece of its hash where anything was replaced."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", study_id).strip("._")[:80]
    if name and name == study_id:
        return name
    return f"{name or 'study'}-{hashlib.sha256(study_id.encode('utf-8')).hexdigest()[:8]}"


def copy_files(plan: Plan, job_format: str, modalities: tuple[str, ...]) -> dict[str, str]:
    """The files of one copy, relative to the output folder, with forward slashes."""
    region = "" if plan.region == WHOLE else f".{plan.region}"
    stem = f"{safe_name(plan.study_id)}/copy_{plan.copy}{region}"
    return {name: f"{stem}.{name}{SUFFIX_BY_FORMAT[job_format]}" for name in modalities}


def _regions(scan: Scan, job: Job) -> Regions | None:
    wanted = not job.cut and any(plan.region != WHOLE and plan.slices is None for plan in job.plans)
    return split(scan, job.height_m) if wanted else None


def _range(scan: Scan, plan: Plan, regions: Regions | None) -> tuple[int, int]:
    if plan.slices is not None:
        return _inside(plan.slices, scan, plan)
    if plan.region == WHOLE or regions is None:
        return 0, scan.reference.shape[0]
    if plan.region not in regions.ranges:
        raise VolumeRefused("region-not-in-scan", plan.study_id, f"{plan.region} is not in the picture")
    return regions.ranges[plan.region]


def _inside(slices: tuple[int, int], scan: Scan, plan: Plan) -> tuple[int, int]:
    depth = scan.reference.shape[0]
    if not 0 <= slices[0] < slices[1] <= depth:
        raise VolumeRefused("bad-receipt", plan.study_id, f"slices {list(slices)} of a scan of {depth}")
    return slices


def _copy(scan: Scan, plan: Plan, regions: Regions | None, job: Job) -> Receipt:
    start, stop = _range(scan, plan, regions)
    part = scan if (start, stop) == (0, scan.reference.shape[0]) else scan.slices(start, stop)
    with _named(plan, job):
        prepared = prepare(part, plan.applied, plan.region)
        files = copy_files(plan, job.format, tuple(r.like.modality.value for r in prepared.renderings))
        if job.preview:
            _write_with_preview(part, prepared.outcome(), plan, job, files)
        else:
            for rendering, name in zip(prepared.renderings, files.values(), strict=True):
                write_volume(rendering.like, job.out / name, rendering.blocks())
        measured = prepared.measured()
        claims = invalidated(plan.applied, measured, dict(plan.tolerance), plan.region)
    volumes = {r.like.modality.value: r.like for r in prepared.renderings}
    return _receipt(plan, (start, stop), measured, claims, volumes, files)


@contextmanager
def _named(plan: Plan, job: Job) -> Iterator[None]:
    """An operation that cannot be done is a refusal of the copy; a folder that cannot be written ends the run."""
    try:
        with np.errstate(invalid="raise", divide="raise", over="raise"):
            yield
    except OSError as error:
        raise DataRefused(f"{job.out}: cannot be written: {error.strerror or error}") from error
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError, cv2.error) as error:
        # a policy cannot get here, its parameters were drawn by the program; a receipts file from elsewhere can
        told = f"what is to be applied for copy {plan.copy} is not valid ({type(error).__name__})"
        raise VolumeRefused("bad-receipt", plan.study_id, told) from error


def _write_with_preview(before: Scan, outcome: Outcome, plan: Plan, job: Job, files: dict[str, str]) -> None:
    for volume, name in zip(outcome.scan.volumes, files.values(), strict=True):
        write_volume(volume, job.out / name)
    _preview(before, outcome, plan, job)


def _receipt(
    plan: Plan,
    slices: tuple[int, int],
    measured: Measured,
    claims: frozenset[Claim],
    volumes: dict[str, Volume],
    files: dict[str, str],
) -> Receipt:
    return Receipt(
        plan.study_id,
        plan.copy,
        plan.region,
        slices,
        plan.policy,
        plan.policy_sha256,
        plan.seed,
        plan.applied,
        claims,
        mirrored(plan.applied),
        measured,
        dict(plan.tolerance),
        {name: files[name] for name in sorted(files)},
        {name: volume.shape for name, volume in volumes.items()},
        {name: _scale(volume) for name, volume in volumes.items()},
    )


def _scale(volume: Volume) -> dict[str, Any]:
    """What an npy cannot say of itself."""
    return {
        "units": str(volume.units),
        "scale": volume.scale,
        "offset": volume.offset,
        "spacing_mm": volume.spacing_mm and list(volume.spacing_mm),
        "origin_mm": volume.origin_mm and list(volume.origin_mm),
    }


def _preview(before: Scan, outcome: Outcome, plan: Plan, job: Job) -> None:
    from vimedsynth.preview import write_sheet

    name = f"{safe_name(plan.study_id)}.copy_{plan.copy}" + ("" if plan.region == WHOLE else f".{plan.region}")
    title = f"{plan.study_id}  {plan.region}  copy {plan.copy}  {plan.policy}"
    title += "  (mirrored: R is what its texts call right)" if mirrored(plan.applied) else ""
    write_sheet(before, outcome, job.out / "preview" / f"{name}.png", title)
