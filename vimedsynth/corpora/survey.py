"""What a corpus holds, in one pass: counts, problems, duplicate reports, leaks between splits."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vimedsynth.corpora import headers
from vimedsynth.duplicates import fold_hash, groups
from vimedsynth.errors import Misuse
from vimedsynth.leaks import Item, Key, Leak, find_leaks
from vimedsynth.reports import REGIONS, Report, Section
from vimedsynth.splits import SPLITS, Assign, split_of
from vimedsynth.studies import Corpus, Problem, Study, examine_report


@dataclass(frozen=True)
class Survey:
    """The findings of :func:`survey`; all lists are complete and in corpus order."""

    layout: str
    studies: int  # with a report that can be used
    patients: int
    returning: int  # patients with several studies
    splits: Counter[str]
    sections: Counter[str]  # studies that have the section
    regions: Counter[str]  # studies that have a report section and a volume for the region
    volumes: Counter[str]  # ct, pet: those whose headers can be read, where they are looked at
    problems: tuple[Problem, ...]
    identical: tuple[tuple[str, ...], ...]  # groups of studies with the same report
    near: tuple[tuple[str, ...], ...] | None  # and with nearly the same one; None when datasketch is not installed
    leaks: tuple[Leak, ...]

    @property
    def problem_counts(self) -> Counter[str]:
        """How many problems of each code."""
        return Counter(problem.code for problem in self.problems)

    @property
    def leak_counts(self) -> Counter[str]:
        """Held-out studies that leak, by kind and splits: ``patient: test in train``."""
        return Counter(f"{leak.kind}: {leak.split} in {leak.other_split}" for leak in self.leaks)

    def json(self) -> dict[str, Any]:
        """The survey as a JSON object."""
        counted = {name: dict(getattr(self, name)) for name in ("splits", "sections", "regions", "volumes")}
        return {
            "layout": self.layout,
            "studies": self.studies,
            "patients": self.patients,
            "returning_patients": self.returning,
            **counted,
            "problems": {
                "counts": dict(self.problem_counts),
                "items": [
                    {
                        "code": p.code,
                        "file": p.file,
                        "message": p.message,
                        "study_id": p.study_id,
                        "excludes": p.excludes,
                    }
                    for p in self.problems
                ],
            },
            "duplicate_reports": {"identical": self.identical, "near": self.near},
            "leaks": {"counts": dict(self.leak_counts), "items": [leak.json() for leak in self.leaks]},
        }


class _Tally:
    """What is counted while the corpus is read once."""

    def __init__(self, rule: Assign, root: Path | None) -> None:
        self.rule, self.root = rule, root  # no root: volumes are not looked at
        self.visits, self.splits, self.sections = Counter[str](), Counter[str](), Counter[str]()
        self.regions, self.volumes = Counter[str](), Counter[str]()
        self.problems: list[Problem] = []
        self.rows: list[tuple[str, str, str | None, str]] = []  # study, patient, split, hash of the folded report

    def take(self, study: Study, report: Report) -> None:
        split = split_of(study, self.rule)
        self.rows.append((study.study_id, study.patient_id, split, fold_hash(report.text)))
        self.visits[study.patient_id] += 1
        self.splits[split or "none"] += 1
        self.sections.update(str(section) for section in report.sections)
        faults = _volume_faults(study, self.root) if self.root is not None else {}
        pet = any(name not in faults for name in _pets(study))
        ct = study.ct_path is not None and "ct" not in faults
        self.volumes.update({"pet": int(pet), "ct": int(ct)})
        self.regions.update(str(region) for region in REGIONS if pet and region in report.sections)
        self.problems.extend(faults.values())

    def texts(self, corpus: Corpus) -> Iterator[tuple[str, str]]:
        """One text of each group of identical reports."""
        seen: set[str] = set()
        for study, report in corpus.reports():
            name = fold_hash(report.text)
            if name not in seen:
                seen.add(name)
                yield study.study_id, report.text


def survey(corpus: Corpus, rule: Assign, check_volumes: bool = True) -> Survey:
    """Look at all of ``corpus``; ``rule`` says which split a study belongs to (see :mod:`vimedsynth.splits`)."""
    tally = _Tally(rule, corpus.root if check_volumes else None)
    for entry in corpus.entries():
        if isinstance(entry, Problem):
            tally.problems.append(entry)
            continue
        report, problems = examine_report(entry)
        tally.problems.extend(problems)
        if report is not None:
            tally.take(entry, report)
    identical = _identical(tally.rows)
    near = _near(tally, corpus)
    return Survey(
        corpus.layout,
        len(tally.rows),
        len(tally.visits),
        sum(count > 1 for count in tally.visits.values()),
        _ordered(tally.splits, (*SPLITS, "none")),
        _ordered(tally.sections, tuple(map(str, Section))),
        _ordered(tally.regions, tuple(map(str, REGIONS))),
        _ordered(tally.volumes, ("ct", "pet")),
        tuple(tally.problems),
        identical,
        near,
        tuple(find_leaks(lambda: study_items(tally.rows, near or ()))),
    )


def study_items(rows: list[tuple[str, str, str | None, str]], near: tuple[tuple[str, ...], ...]) -> Iterator[Item]:
    """``(study, patient, split, report hash)`` as items of the leak test; a study without a split cannot leak."""
    cluster = {study: group[0] for group in near for study in group}
    for study, patient, split, report in rows:
        if split is not None:
            keys = [Key("patient", patient, "patient"), Key("report", report, "report")]
            if study in cluster:
                keys.append(Key("near-report", cluster[study], "near-report"))
            yield Item(study, split, tuple(keys))


def _pets(study: Study) -> tuple[str, ...]:
    """The names of a study's PET volumes: the whole one, those of its regions."""
    return (*(("pet",) if study.pet_path is not None else ()), *(name for name, _ in study.region_paths))


def _volume_faults(study: Study, root: Path) -> dict[str, Problem]:
    """The volumes of a study that do not open, by name."""
    found = {}
    for kind, path in (("ct", study.ct_path), ("pet", study.pet_path), *study.region_paths):
        if path is not None and (message := headers.fault(path)):
            file = path.relative_to(root).as_posix()
            found[kind] = Problem("volume-unreadable", file, f"{kind} {message}", study.study_id)
    return found


def _identical(rows: list[tuple[str, str, str | None, str]]) -> tuple[tuple[str, ...], ...]:
    by_text: dict[str, list[str]] = {}
    for study, _, _, report in rows:
        by_text.setdefault(report, []).append(study)
    return tuple(tuple(studies) for studies in by_text.values() if len(studies) > 1)


def _near(tally: _Tally, corpus: Corpus) -> tuple[tuple[str, ...], ...] | None:
    try:
        return tuple(groups(tally.texts(corpus)))
    except Misuse:
        return None  # datasketch is not installed: identical reports are still found


def _ordered(counts: Counter[str], names: tuple[str, ...]) -> Counter[str]:
    return Counter({name: counts[name] for name in names if counts[name]})
