"""Corpus layouts -> studies. What is missing or malformed is reported, never dropped in silence.

A corpus is read lazily: iterating :attr:`Corpus.studies` touches the index and the file names, not the volumes, so a
corpus of a million lines costs the memory of one. The layouts are in :mod:`vimedsynth.corpora`, one file each.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from vimedsynth.errors import DataRefused
from vimedsynth.reports import Report


@dataclass(frozen=True, slots=True)
class Study:
    """One PET/CT exam.

    ``study_id`` is made from the report's path inside the corpus (patient numbers repeat across years, and a patient
    can have several visits); ``patient_id`` is ``<year>/<name>`` where the year is known.
    """

    study_id: str
    patient_id: str
    report_path: Path | None = None  # None for text-only corpora, whose text is given inline
    report_text: str | None = None
    ct_path: Path | None = None
    pet_path: Path | None = None
    split: str | None = None  # train | val | test
    year: int | None = None
    month: int | None = None
    sex: str | None = None
    height_m: float | None = None
    weight_kg: float | None = None
    region_paths: tuple[tuple[str, Path], ...] = ()  # PET volumes that are already cut by region: (region, npy)
    source: str = ""  # where it was read, relative to the corpus: "reports.jsonl:17", "2019/THANG 5/reports/x.json"
    day: int | None = None  # day of the month, where the file name says it; orders a patient's visits


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a corpus: a stable code, the file (and line) inside the corpus, what was expected.

    ``excludes`` is true when the study cannot be used at all; else it goes on without the missing part.
    """

    code: str
    file: str
    message: str
    study_id: str | None = None
    excludes: bool = False


class BadReport(DataRefused):
    """A report that cannot be read; ``problem`` has the code and the file. Count it and go on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.file}: {problem.message} ({problem.code})")
        self.problem = problem


class _Studies:
    """The studies of a corpus, read anew at each iteration."""

    def __init__(self, entries: Callable[[], Iterator[Study | Problem]]) -> None:
        self._entries = entries

    def __iter__(self) -> Iterator[Study]:
        return (entry for entry in self._entries() if isinstance(entry, Study))


@dataclass(frozen=True)
class Corpus:
    """The studies of a folder or file. ``entries()`` yields studies and the problems met on the way, in order."""

    root: Path
    layout: str  # archive | regions | table | lines
    entries: Callable[[], Iterator[Study | Problem]]

    @property
    def studies(self) -> Iterable[Study]:
        """All studies in the corpus's own order; lazy, and may be iterated again. Their reports are not read yet."""
        return _Studies(self.entries)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything wrong with the index, the files and the reports, found in one pass; volumes are not opened."""
        return tuple(self._problems())

    def _problems(self) -> Iterator[Problem]:
        for entry in self.entries():
            if isinstance(entry, Problem):
                yield entry
            else:
                yield from examine_report(entry)[1]

    def reports(self) -> Iterator[tuple[Study, Report]]:
        """The studies whose report can be read, with it; the others are in :attr:`problems`."""
        for study in self.studies:
            report, _ = examine_report(study)
            if report is not None:
                yield study, report


def open_corpus(path: Path | str) -> Corpus:
    """The corpus at ``path``: a folder in one of the known layouts or a ``.jsonl`` of reports.

    Raises DataRefused when there is nothing there or the layout is not known.
    """
    from vimedsynth.corpora import layouts

    root = Path(path)
    if not root.exists():
        raise DataRefused(f"{root}: no such corpus; expected a folder or a .jsonl file")
    for name, layout in layouts():
        if layout.recognises(root):
            return Corpus(root, name, partial(layout.entries, root))
    raise DataRefused(
        f"{root}: no known corpus layout; expected metadata.csv or PETCT<year>/THANG <m>/reports/*.json, "
        "PETCT_<year>/THANG <m>/{images,reports}/<region>/, studies.csv, or a .jsonl of {patient_id, report}"
    )


def examine_report(study: Study) -> tuple[Report | None, tuple[Problem, ...]]:
    """The report of a study and what is wrong with it; None when it cannot be used at all."""
    from vimedsynth.corpora.reading import read_parts

    return read_parts(study)


def read_report(study: Study) -> Report:
    """The report of a study. Raises BadReport (with its ``problem``) when there is none that can be used."""
    report, problems = examine_report(study)
    if report is None:
        raise BadReport(next(problem for problem in problems if problem.excludes))
    return report
