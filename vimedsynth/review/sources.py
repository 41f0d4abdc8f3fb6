"""The reports and scans behind the samples: a corpus, or nothing at all, in which case the page works on text alone."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from vimedsynth.errors import DataRefused
from vimedsynth.reports import Report
from vimedsynth.samples import sha256_text
from vimedsynth.studies import Study, open_corpus, read_report
from vimedsynth.volumes import Scan, open_scan

T = TypeVar("T")
SCAN_BYTES = 1_500_000_000
KEPT_REPORTS = 512


class Kept(Generic[T]):
    """The most recently used values up to a total weight; each is made once, whoever asks at the same time."""

    def __init__(self, capacity: int, weigh: Callable[[T], int]) -> None:
        self._capacity, self._weigh = capacity, weigh
        self._values: OrderedDict[str, T] = OrderedDict()
        self._making: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, name: str, make: Callable[[], T]) -> T:
        """The value called ``name``; what ``make`` raises is not kept."""
        with self._lock:
            making = self._making.setdefault(name, threading.Lock())
        with making:
            with self._lock:
                if name in self._values:
                    self._values.move_to_end(name)
                    return self._values[name]
            value = make()
            with self._lock:
                self._values[name] = value
                self._shed()
        return value

    def _shed(self) -> None:
        while len(self._values) > 1 and sum(map(self._weigh, self._values.values())) > self._capacity:
            name, _ = self._values.popitem(last=False)
            self._making.pop(name, None)


def _bytes(scan: Scan) -> int:
    return sum(volume.data.nbytes for volume in scan.volumes)


class Sources:
    """Reports and scans by study id; empty without a corpus."""

    def __init__(self, corpus: Path | None) -> None:
        """Index the corpus. Raises DataRefused when it is none."""
        self.has_corpus = corpus is not None
        self._studies = {study.study_id: study for study in open_corpus(corpus).studies} if corpus else {}
        self._reports: Kept[Report | None] = Kept(KEPT_REPORTS, lambda _: 1)
        self._scans: Kept[Scan | None] = Kept(SCAN_BYTES, lambda scan: _bytes(scan) if scan else 0)

    def study(self, study_id: str) -> Study | None:
        """The study, when the corpus has it."""
        return self._studies.get(study_id)

    def report(self, study_id: str) -> Report | None:
        """The report of a study; None when there is none that can be read."""
        study = self._studies.get(study_id)
        return self._reports.get(study_id, lambda: _readable(study)) if study else None

    def report_of_sample(self, study_id: str, sha256: str | None) -> tuple[Report | None, str | None]:
        """The report a sample was made from, or a code that says why it cannot be shown.

        A report whose text is no longer the one that was read for the sample is not shown: its offsets would lie.
        """
        if not self.has_corpus:
            return None, "no-corpus"
        report = self.report(study_id)
        if report is None:
            return None, "report-missing"
        if sha256 and sha256_text(report.text) != sha256:
            return None, "report-changed"
        return report, None

    def has_scan(self, study_id: str) -> bool:
        """Whether the corpus names volumes for the study; they are not opened for that."""
        study = self._studies.get(study_id)
        return bool(study and (study.ct_path or study.pet_path))

    def scan(self, study_id: str) -> Scan | None:
        """PET and CT of a study; None when there are none or they cannot be read."""
        study = self._studies.get(study_id)
        if study is None or not self.has_scan(study_id):
            return None
        return self._scans.get(study_id, lambda: _openable(study))


def _readable(study: Study) -> Report | None:
    try:
        return read_report(study)
    except DataRefused:
        return None


def _openable(study: Study) -> Scan | None:
    try:
        return open_scan(study)
    except DataRefused:
        return None
