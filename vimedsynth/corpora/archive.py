"""The published archive: ``PETCT<year>/THANG <m>/{PET,CT,reports}/day_<d>_patient_<n>``, with metadata.csv or without."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from vimedsynth.corpora.columns import number, read_table, sex
from vimedsynth.corpora.naming import parse_name
from vimedsynth.corpora.paths import UnsafePath, inside, shown
from vimedsynth.splits import paper_split
from vimedsynth.studies import Problem, Study

_COLUMNS = ("name", "year", "pet_path", "ct_path", "report_path")
_SHORT = 40  # characters of a name without a file type, the folder of a DICOM series, that a message may show
_REPORTS = "*/TH[AÁ]NG*/reports/*.json"


class Archive:
    """Studies of the archive, in the order of metadata.csv, or sorted by path."""

    def recognises(self, root: Path) -> bool:
        """A metadata.csv, or report files in month folders."""
        return root.is_dir() and ((root / "metadata.csv").is_file() or any(root.glob(_REPORTS)))

    def entries(self, root: Path) -> Iterator[Study | Problem]:
        """See :class:`vimedsynth.corpora.Layout`."""
        seen: set[str] = set()
        for where, row in self._rows(root):
            if isinstance(row, Problem):
                yield row
                continue
            for entry in _row_entries(root, where, row):
                if isinstance(entry, Study):
                    if entry.study_id in seen:
                        yield Problem("duplicate-study", where, f"{entry.study_id} is named twice", excludes=True)
                        continue
                    seen.add(entry.study_id)
                yield entry
        yield from _unlisted(root, seen)

    def _rows(self, root: Path) -> Iterator[tuple[str, Mapping[str, str] | Problem]]:
        index = root / "metadata.csv"
        if index.is_file():
            yield from read_table(index, _COLUMNS)
            return
        for path in sorted(root.glob(_REPORTS)):
            month, name = path.parent.parent.relative_to(root).as_posix(), path.stem
            yield (
                path.relative_to(root).as_posix(),
                {
                    "pet_path": f"{month}/PET/{name}.npz",
                    "ct_path": f"{month}/CT/{name}.npz",
                    "report_path": f"{month}/reports/{name}.json",
                },
            )


def _row_entries(root: Path, where: str, row: Mapping[str, str]) -> Iterator[Study | Problem]:
    report_path = row["report_path"]
    try:
        report = inside(root, report_path)
    except UnsafePath as error:
        yield Problem("unsafe-path", where, str(error), excludes=True)
        return
    named = parse_name(report_path)
    study_id = named.study_id(report_path)
    if not report.is_file():
        yield Problem("missing-report", report_path, f"named in {where} but not there", study_id, excludes=True)
        return
    images: dict[str, Path | None] = {}
    for kind in ("ct", "pet"):
        found = image(root, kind, row[f"{kind}_path"], where, study_id)
        if isinstance(found, Problem):
            yield found
        images[kind] = None if isinstance(found, Problem) else found
    year = named.year or number(row.get("year"), int)
    yield Study(
        study_id=study_id,
        patient_id=named.patient_id if named.year or not year else f"{year}/{named.name}",
        report_path=report,
        ct_path=images["ct"],
        pet_path=images["pet"],
        split=paper_split(year, named.month),
        year=year,
        month=named.month,
        day=named.day,
        sex=sex(row.get("sex")),
        height_m=number(row.get("height"), float),
        weight_kg=number(row.get("weight"), float),
        source=report_path,
    )


def image(root: Path, kind: str, text: str, where: str, study_id: str) -> Path | Problem | None:
    """The path of a volume; a problem when it is named but unsafe or not there; None when it is not named."""
    if not text:
        return None
    try:
        path = inside(root, text)
    except UnsafePath as error:
        return Problem("unsafe-path", where, f"{kind}: {error}", study_id)
    if not path.exists():
        file = text if shown(text) == repr(text) or len(text) <= _SHORT else where
        return Problem(f"missing-{kind}", file, f"named in {where} but not there", study_id)
    return path


def _unlisted(root: Path, seen: set[str]) -> Iterator[Problem]:
    for path in sorted(root.glob(_REPORTS)):
        relative = path.relative_to(root).as_posix()
        if parse_name(relative).study_id(relative) not in seen and (root / "metadata.csv").is_file():
            yield Problem("unlisted-report", relative, "not in metadata.csv, or refused there; left out")
