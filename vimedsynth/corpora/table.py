"""A folder with ``studies.csv``: ``study_id,patient_id,report,ct,pet``, paths relative; further columns optional."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from vimedsynth.corpora.archive import image
from vimedsynth.corpora.columns import number, read_table, sex
from vimedsynth.corpora.naming import parse_name
from vimedsynth.corpora.paths import MAX_ID, UnsafePath, inside, safe_id, shown
from vimedsynth.splits import SPLITS, paper_split
from vimedsynth.studies import Problem, Study

_COLUMNS = ("study_id", "patient_id", "report")
_NUMBERS: dict[str, type[int] | type[float]] = {
    "year": int, "month": int, "day": int, "height": float, "weight": float,
}  # fmt: skip


class Table:
    """Studies in the order of the table. ct and pet may be npz, npy, NIfTI or a DICOM series folder."""

    def recognises(self, root: Path) -> bool:
        """A studies.csv."""
        return root.is_dir() and (root / "studies.csv").is_file()

    def entries(self, root: Path) -> Iterator[Study | Problem]:
        """See :class:`vimedsynth.corpora.Layout`."""
        seen: set[str] = set()
        for where, row in read_table(root / "studies.csv", _COLUMNS):
            if isinstance(row, Problem):
                yield row
            elif problem := _refusal(row, where, seen):
                yield problem
            else:
                seen.add(row["study_id"])
                yield from _row_entries(root, where, row)


def _refusal(row: Mapping[str, str], where: str, seen: set[str]) -> Problem | None:
    study_id = row["study_id"]
    if not safe_id(study_id):
        return Problem("bad-study-id", where, f"study_id {study_id[:80]!r}; expected a plain name", excludes=True)
    if study_id in seen:
        return Problem("duplicate-study", where, f"study_id {study_id!r} is named twice", study_id, excludes=True)
    if not row["patient_id"]:
        return Problem("missing-patient", where, "patient_id is empty", study_id, excludes=True)
    return None


def _report(root: Path, text: str, where: str, study_id: str) -> Path | Problem:
    """The file of the report. What cannot be a path may be the report itself: it is named by its line alone."""
    if text and shown(text) != repr(text):
        told = "report is no path of a file; expected one relative to the folder, with its type: reports/a.txt"
        found = root / text if len(text) <= MAX_ID and "\0" not in text else None
        if found is None or not _is_file(found):
            return Problem("missing-report", where, told, study_id, excludes=True)
    try:
        report = inside(root, text)
    except UnsafePath as error:
        return Problem("unsafe-path" if text else "missing-report", where, str(error), study_id, excludes=True)
    if not report.is_file():
        return Problem("missing-report", text, f"named in {where} but not there", study_id, excludes=True)
    return report


def _bad_numbers(row: Mapping[str, str], where: str, study_id: str) -> Iterator[Problem]:
    for name, kind in _NUMBERS.items():
        if row.get(name) and number(row[name], kind) is None:
            told = f"{name} {row[name][:20]!r}; expected a {'whole ' if kind is int else ''}number; left out"
            yield Problem("bad-number", where, told, study_id)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _row_entries(root: Path, where: str, row: Mapping[str, str]) -> Iterator[Study | Problem]:
    study_id = row["study_id"]
    report = _report(root, row["report"], where, study_id)
    if isinstance(report, Problem):
        yield report
        return
    images: dict[str, Path | None] = {}
    for kind in ("ct", "pet"):
        found = image(root, kind, row.get(kind, ""), where, study_id)
        if isinstance(found, Problem):
            yield found
        images[kind] = None if isinstance(found, Problem) else found
    split = row.get("split") or None
    if split is not None and split not in SPLITS:
        yield Problem("bad-split", where, f"split {split[:40]!r}; expected one of {', '.join(SPLITS)}", study_id)
        split = None
    yield from _bad_numbers(row, where, study_id)
    named = parse_name(row["report"])
    year = number(row.get("year"), int) or named.year
    month = number(row.get("month"), int) or named.month
    yield Study(
        study_id=study_id,
        patient_id=row["patient_id"],
        report_path=report,
        ct_path=images["ct"],
        pet_path=images["pet"],
        split=split or paper_split(year, month),
        year=year,
        month=month,
        day=number(row.get("day"), int) or named.day,
        sex=sex(row.get("sex")),
        height_m=number(row.get("height"), float),
        weight_kg=number(row.get("weight"), float),
        source=row["report"],
    )
