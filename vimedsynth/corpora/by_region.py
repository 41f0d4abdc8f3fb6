"""The authors' training layout: ``PETCT_<year>/THANG <m>/{images,reports}/<region>/day_<d>_patient_<n>.{npy,txt}``.

The images are PET volumes that are already cut by region; a report is put together from its region texts and, where
there is one, a text of the whole body.
"""

from collections.abc import Iterator
from pathlib import Path

import orjson

from vimedsynth.corpora.naming import parse_name
from vimedsynth.corpora.paths import UnsafePath, inside
from vimedsynth.corpora.reading import MAX_BYTES, decode, flat_parts
from vimedsynth.reports import REGIONS, Section
from vimedsynth.splits import paper_split
from vimedsynth.studies import Problem, Study

_WHOLE = "whole_body"
_DEPTHS = ("reports", "*/reports", "*/*/reports")


class ByRegion:
    """Studies sorted by path; paraphrases in other parallel folders are not reports and are left alone."""

    def recognises(self, root: Path) -> bool:
        """A ``reports`` folder, at most two levels down, with a region folder in it."""
        return root.is_dir() and any(_months(root))

    def entries(self, root: Path) -> Iterator[Study | Problem]:
        """See :class:`vimedsynth.corpora.Layout`."""
        for reports in _months(root):
            stems = {path.stem for path in reports.glob("*/*.txt")}
            for stem in sorted(stems):
                yield from _study(root, reports, stem)
            yield from _images_alone(root, reports, stems)


def _months(root: Path) -> Iterator[Path]:
    for pattern in _DEPTHS:
        for folder in sorted(root.glob(pattern)):
            if any((folder / region).is_dir() for region in (*REGIONS, _WHOLE)):
                yield folder


def _study(root: Path, reports: Path, stem: str) -> Iterator[Study | Problem]:
    relative = f"{reports.relative_to(root).as_posix()}/{stem}.txt"
    named = parse_name(relative)
    if named.year is None:  # it may be in the name of the corpus folder itself
        named = parse_name(f"{root.resolve().name}/{relative}")
    study_id = named.study_id(relative)
    parts: dict[str, str] = {}
    for found in _texts(root, reports, stem, study_id):
        if isinstance(found, Problem):
            yield found
        else:
            parts.update(found)
    images = _region_images(root, reports, stem)
    for region in REGIONS:
        if region in parts and region not in dict(images):
            yield Problem("missing-pet", relative, f"no image of the region {region}", study_id)
    yield Study(
        study_id=study_id,
        patient_id=named.patient_id,
        report_text=orjson.dumps(parts).decode(),
        split=paper_split(named.year, named.month),
        year=named.year,
        month=named.month,
        day=named.day,
        region_paths=images,
        source=relative,
    )


def _texts(root: Path, reports: Path, stem: str, study_id: str) -> Iterator[dict[str, str] | Problem]:
    for name in (_WHOLE, *Section):  # a region's own text wins over its part of the whole
        path = reports / name / f"{stem}.txt"
        if not path.is_file():
            continue
        relative = path.relative_to(root).as_posix()
        try:
            with inside(root, relative).open("rb") as handle:
                text = decode(handle.read(MAX_BYTES + 1))
        except (UnsafePath, OSError) as error:
            yield Problem("unsafe-path", relative, f"cannot be read ({error})", study_id)
            continue
        if not isinstance(text, str):
            yield Problem(text.code, relative, text.message, study_id)
        elif not text.strip():
            yield Problem("section-empty", relative, "the file is empty", study_id)
        elif name == _WHOLE:
            yield {str(section): part for section, part in flat_parts(text).items()}
        else:
            yield {str(name): text}


def _region_images(root: Path, reports: Path, stem: str) -> tuple[tuple[str, Path], ...]:
    found = []
    for region in REGIONS:
        path = reports.parent / "images" / region / f"{stem}.npy"
        if path.is_file():
            try:
                found.append((str(region), inside(root, path.relative_to(root).as_posix())))
            except UnsafePath:
                continue
    return tuple(found)


def _images_alone(root: Path, reports: Path, stems: set[str]) -> Iterator[Problem]:
    for path in sorted((reports.parent / "images").glob("*/*.npy")):
        if path.stem not in stems:
            yield Problem(
                "missing-report", path.relative_to(root).as_posix(), "an image without a report", excludes=True
            )
