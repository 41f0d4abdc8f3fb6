"""One study in the authors' training layout: its PET cut by region, its report and rewrites as texts beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vimedsynth.corpora.naming import parse_name
from vimedsynth.errors import DataRefused
from vimedsynth.folders import write_bytes
from vimedsynth.regions import Regions, from_height, split
from vimedsynth.reports import Report, Section
from vimedsynth.studies import Study, examine_report
from vimedsynth.volumes import Modality, Volume, VolumeRefused, open_scan, read_volume, write_volume

Rewrites = tuple[tuple[str, str], ...]
"""(folder and section, text) of one study: ``("paraphrases_1/chest", "...")``."""


@dataclass(frozen=True, slots=True)
class Job:
    """One study with the regions that are left to write; small and picklable."""

    study: Study
    root: Path
    out: Path
    left: tuple[str, ...]
    rewrites: Rewrites
    cut: str  # images | height
    copy: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a study: one row or one refusal for each region that was left."""

    rows: tuple[dict[str, Any], ...] = ()
    refused: tuple[dict[str, str], ...] = ()
    rewrites: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """A region's slices of a PET volume."""

    source: Path
    volume: Volume
    slices: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the regions of a study lie and how that was found."""

    parts: Mapping[str, Part]
    method: str  # image | height | given, for volumes that are cut by region already
    confidence: float


def write_study(job: Job) -> Written:
    """Images first and the report last, each whole or not at all: a study is seen when its texts are there."""
    report, problems = examine_report(job.study)
    if report is None:
        return _refused(job, next(p.code for p in problems if p.excludes), "the report cannot be used")
    place = placed(job.study)
    if place is None:
        told = "the layout names a study by year, month and patient; expected an id like 2019/05/day_21_patient_47"
        return _refused(job, "no-published-name", told)
    try:
        texts = section_texts(report)
        cut, trouble = _cut_or_trouble(job)
        rows, refused = [], []
        for region in job.left:
            code = trouble[0] if trouble else _missing(region, texts, cut)
            if code is None and cut is not None:
                rows.append(_pair(job, cut, region, place))
            else:
                refused.append(_refusal(job, region, str(code), trouble[1] if trouble else f"no pair of {region}"))
        for folder, text in job.rewrites:
            _write_text(job.out, f"{place[0]}/{folder}/{place[1]}.txt", text)
        for section, text in texts.items():
            _write_text(job.out, f"{place[0]}/reports/{section}/{place[1]}.txt", text)
    except OSError as error:
        raise DataRefused(f"{job.out}: cannot be written: {error.strerror or error}") from error
    return Written(tuple(rows), tuple(refused), len(job.rewrites))


def placed(study: Study) -> tuple[str, str] | None:
    """The month's folder and the name of a study's files; None when the layout would read another study from them."""
    if study.year is None or study.month is None:
        return None
    month, stem = f"PETCT_{study.year}/THANG {study.month}", study.study_id.rsplit("/", 1)[-1]
    path = f"{month}/reports/{stem}.txt"
    named = parse_name(path)
    again = (named.study_id(path), named.patient_id, named.year, named.month)
    return (month, stem) if again == (study.study_id, study.patient_id, study.year, study.month) else None


def section_texts(report: Report) -> dict[str, str]:
    """The text of each section; what stands together in the report stays as it is, pieces are joined by line ends."""
    return {str(section): "\n".join(_runs(report, section)) for section in Section if section in report.sections}


def _runs(report: Report, section: Section) -> Iterator[str]:
    start = stop = None
    for sentence in (*report.sentences, None):
        if sentence is not None and sentence.section == section:
            start = sentence.span.start if start is None else start
            stop = sentence.span.end
        elif start is not None:
            yield report.text[start:stop]
            start = None


def _cut_or_trouble(job: Job) -> tuple[Cut | None, tuple[str, str] | None]:
    try:
        return _cut(job), None
    except VolumeRefused as error:
        return None, (error.code, str(error))


def _cut(job: Job) -> Cut:
    study = job.study
    if study.pet_path is None and study.region_paths:
        volumes = {name: (path, read_volume(path, Modality.PET)) for name, path in study.region_paths}
        parts = {name: Part(path, pet, (0, pet.shape[0])) for name, (path, pet) in volumes.items()}
        return Cut(parts, "given", 1.0)
    if study.pet_path is None:
        raise VolumeRefused("no-pet", study.study_id, "the study names no PET")
    by_height = job.cut == "height"
    scan = open_scan(replace(study, ct_path=None) if by_height else study)
    found: Regions = from_height(scan, study.height_m) if by_height else split(scan, study.height_m)
    assert scan.pet is not None  # its path was there
    parts = {name: Part(study.pet_path, scan.pet, span) for name, span in found.ranges.items()}
    return Cut(parts, found.method, found.confidence)


def _missing(region: str, texts: Mapping[str, str], cut: Cut | None) -> str | None:
    if region not in texts:
        return "missing-section"
    return None if cut is not None and region in cut.parts else "region-not-in-scan"


def _pair(job: Job, cut: Cut, region: str, place: tuple[str, str]) -> dict[str, Any]:
    part, (month, stem) = cut.parts[region], place
    files = {"report": f"{month}/reports/{region}/{stem}.txt"}
    pet = part.volume.slices(*part.slices)
    if job.copy:
        files["image"] = f"{month}/images/{region}/{stem}.npy"
        write_volume(pet, job.out / files["image"])
    files |= {
        name.split("/")[0]: f"{month}/{name}/{stem}.txt" for name, _ in job.rewrites if name.endswith(f"/{region}")
    }
    return {
        "study_id": job.study.study_id,
        "patient_id": job.study.patient_id,
        "region": region,
        "pet": part.source.relative_to(job.root).as_posix(),
        "slices": list(part.slices),
        "shape": list(pet.shape),
        "method": cut.method,
        "confidence": cut.confidence,
        "units": str(pet.units),
        "scale": pet.scale,
        "spacing_mm": pet.spacing_mm and list(pet.spacing_mm),
        "files": files,
    }


def _write_text(out: Path, name: str, text: str) -> None:
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, text.encode("utf-8"))


def _refused(job: Job, code: str, message: str) -> Written:
    return Written(refused=tuple(_refusal(job, region, code, message) for region in job.left))


def _refusal(job: Job, region: str, code: str, message: str) -> dict[str, str]:
    return {"study_id": job.study.study_id, "region": region, "code": code, "message": message}
