"""A corpus through a policy: plans in the parent, pixels in workers, receipts in the folder."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vimedsynth.augment.policy import Policy
from vimedsynth.augment.receipts import PIXELS, Plan, read_plan
from vimedsynth.augment.work import WHOLE, Job, run_job
from vimedsynth.errors import DataRefused, Misuse
from vimedsynth.folders import Folder, Names, Row, read_rows
from vimedsynth.holding import holding
from vimedsynth.pool import results
from vimedsynth.studies import Study
from vimedsynth.volumes.writing import FORMATS

Progress = Callable[["Tally"], None]


def row_key(row: Row) -> tuple[str, str, int]:
    """What a receipt row is about."""
    return str(row["study_id"]), str(row["region"]), int(row["copy"])


RECEIPTS = Names(
    "augment.json",
    "receipts.jsonl",
    "refused.jsonl",
    row_key,
    made=("**/copy_[0-9]*.np[yz]", "**/copy_[0-9]*.b2nd", "preview/*.copy_[0-9]*.png"),
    kind="augmented scans",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """How to augment. Everything but ``workers`` and ``preview`` decides what is written."""

    out: Path
    copies: int = 1
    seed: int = 0
    regions: tuple[str, ...] = (WHOLE,)
    format: str = "npy"
    workers: int = 1
    preview: bool = False
    fresh: bool = False


@dataclass(slots=True)
class Tally:
    """Counts while running and at the end; ``copies + refused + kept`` covers every copy asked for."""

    studies: int = 0
    copies: int = 0
    kept: int = 0  # were there already
    refused: Counter[str] = field(default_factory=Counter)
    invalidates: Counter[str] = field(default_factory=Counter)

    def json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"studies": self.studies, "copies": self.copies, "kept": self.kept, "refused": dict(self.refused),
                "invalidates": dict(self.invalidates)}  # fmt: skip


def augment(studies: Iterable[Study], policy: Policy, settings: Settings, progress: Progress | None = None) -> Tally:
    """Make ``copies`` copies of every region of every study; raises Misuse, SettingsDiffer, DataRefused."""
    from vimedsynth.augment.sampling import Sampler, copy_seed

    _check(settings)
    sampler = Sampler(policy)

    def plans(study: Study) -> Iterator[Plan]:
        for region in _regions_of(study, settings):
            for copy in range(settings.copies):
                seed = copy_seed(settings.seed, study.study_id, region, copy, policy.sha256)
                applied = sampler.sample(seed, region)
                yield Plan(
                    study.study_id, copy, region, None, policy.name, policy.sha256, seed, applied, policy.tolerance
                )

    kept = {"policy": policy.name, "policy_sha256": policy.sha256, "copies": settings.copies, "seed": settings.seed,
            "regions": list(settings.regions), "format": settings.format, "pixels": PIXELS}  # fmt: skip
    return _run(((study, list(plans(study))) for study in studies), kept, settings, progress)


def replay(studies: Iterable[Study], receipts: Path, settings: Settings, progress: Progress | None = None) -> Tally:
    """Make again what a receipts file records, from the same studies: the same bytes."""
    import hashlib

    _check(settings)
    if not receipts.is_file():
        raise Misuse(f"{receipts}: no such receipts file")
    plans: dict[str, list[Plan]] = {}
    for number, row in enumerate(read_rows(receipts, row_key), 1):
        plans.setdefault(str(row["study_id"]), []).append(read_plan(row, f"{receipts}:{number}"))
    digest = hashlib.sha256(receipts.read_bytes()).hexdigest()
    wanted = ((study, plans.pop(study.study_id)) for study in studies if study.study_id in plans)
    tally = _run(wanted, {"replay_sha256": digest, "format": settings.format, "pixels": PIXELS}, settings, progress)
    if plans:
        raise DataRefused(f"{receipts}: {len(plans)} studies are not in the corpus, first {next(iter(plans))!r}")
    return tally


def _regions_of(study: Study, settings: Settings) -> tuple[str, ...]:
    """The regions asked for; of a study that comes cut by region, those that it has."""
    cut = tuple(name for name, _ in study.region_paths)
    if not cut or study.pet_path is not None or study.ct_path is not None:
        return settings.regions
    return cut if settings.regions == (WHOLE,) else tuple(name for name in settings.regions if name in cut)


def _check(settings: Settings) -> None:
    if settings.format not in FORMATS:
        raise Misuse(f"format {settings.format!r} is not known; expected one of: {', '.join(FORMATS)}")
    if settings.workers < 1 or settings.copies < 1:
        raise Misuse(f"--workers {settings.workers} and --copies {settings.copies} must be at least 1")


def _run(
    wanted: Iterable[tuple[Study, Sequence[Plan]]], kept: dict[str, Any], settings: Settings, progress: Progress | None
) -> Tally:
    with holding(settings.out):
        return _fill(wanted, kept, settings, progress)


def _fill(
    wanted: Iterable[tuple[Study, Sequence[Plan]]], kept: dict[str, Any], settings: Settings, progress: Progress | None
) -> Tally:
    folder = Folder(settings.out, RECEIPTS, kept, settings.fresh)
    rows = folder.done()
    folder.begin(rows.values())
    tally, refused = Tally(), []
    for receipts, refusals in results(run_job, _jobs(wanted, set(rows), settings, tally), settings.workers):
        new = [receipt.json() for receipt in receipts]
        folder.add(new)
        rows.update((row_key(row), row) for row in new)
        refused += [refusal.json() for refusal in refusals]
        tally.copies += len(new)
        tally.refused.update(refusal.code for refusal in refusals)
        if progress:
            progress(tally)
    for row in rows.values():
        tally.invalidates.update(row["invalidates"])
    folder.finish(rows.values(), refused)
    return tally


def _jobs(
    wanted: Iterable[tuple[Study, Sequence[Plan]]], done: set[tuple[str, str, int]], settings: Settings, tally: Tally
) -> Iterator[Job]:
    for study, plans in wanted:
        tally.studies += 1
        left = tuple(plan for plan in plans if (plan.study_id, plan.region, plan.copy) not in done)
        tally.kept += len(plans) - len(left)
        if left and study.region_paths and study.pet_path is None and study.ct_path is None:
            for region, path in study.region_paths:
                own = tuple(plan for plan in left if plan.region == region)
                if own:
                    yield Job(
                        study.study_id, None, path, None, own, settings.out, settings.format, settings.preview, True
                    )
        elif left:
            yield Job(study.study_id, study.ct_path, study.pet_path, study.height_m, left, settings.out,
                      settings.format, settings.preview)  # fmt: skip
