"""The bundled sample corpus: 18 written studies in the published archive layout, and what their phantoms hold.

Beside each ``reports/<name>.json`` stands ``phantoms/<name>.json``: the lesions of that report at their place, on their
side, with their SUVmax, for :mod:`vimedsynth.phantom` to draw. No patient stands behind any of it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Any

import orjson


@dataclass(frozen=True, slots=True)
class SampleStudy:
    """One study of the sample corpus: its files inside a corpus folder, and the phantom specification."""

    name: str  # "PETCT2023/THANG 3/day_5_patient_12"
    spec: dict[str, Any]  # as phantom.render takes it

    def path(self, kind: str, suffix: str) -> PurePosixPath:
        """Where the file of a ``kind`` (reports, PET, CT) lies inside the corpus, as ``metadata.csv`` says it."""
        at = PurePosixPath(self.name)
        return at.parent / kind / f"{at.name}{suffix}"

    def report(self) -> bytes:
        """The report file as it is: UTF-8 JSON with the published Vietnamese keys."""
        return _at(self.path("reports", ".json")).read_bytes()


def metadata() -> bytes:
    """``metadata.csv`` as it is: name, sex, height, weight, year and the paths of each study."""
    return _at(PurePosixPath("metadata.csv")).read_bytes()


def sample_studies() -> Iterator[SampleStudy]:
    """The studies in the order of ``metadata.csv``."""
    header, *rows = metadata().decode("utf-8").splitlines()
    column = header.split(",").index("report_path")
    for row in rows:
        report = PurePosixPath(row.split(",")[column])
        spec = orjson.loads(_at(report.parent.parent / "phantoms" / report.name).read_bytes())
        yield SampleStudy(str(report.parent.parent / report.stem), spec)


def _at(path: PurePosixPath) -> Traversable:
    return files(__name__).joinpath(*path.parts)
