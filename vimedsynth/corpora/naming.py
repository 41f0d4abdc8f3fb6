"""What the published file names say: year, month, day, patient."""

import re
from dataclasses import dataclass

_YEAR = re.compile(r"(?:^|/)[^/]*?(?<!\d)((?:19|20)\d\d)(?!\d)[^/]*(?=/)")
_MONTH = re.compile(r"(?:^|/)TH[AÁ]NG[ _-]?(\d{1,2})(?=/)", re.I)
_STEM = re.compile(r"(?:^|/)(?:day_(\d{1,2})_)?([^/]+?)(?:\.[A-Za-z]+)?$")


@dataclass(frozen=True, slots=True)
class Named:
    """The parts of a published name; a part that the path does not say is None."""

    year: int | None
    month: int | None
    day: int | None
    name: str  # patient_0
    stem: str  # day_1_patient_0

    def study_id(self, path: str) -> str:
        """``2017/08/day_1_patient_0``, the same in every layout; the path without its ending if it has no date."""
        if self.year is None or self.month is None:
            return path.rsplit(".", 1)[0]
        return f"{self.year}/{self.month:02d}/{self.stem}"

    @property
    def patient_id(self) -> str:
        """``<year>/<name>``: the counter restarts every year, so the name alone is no person."""
        return self.name if self.year is None else f"{self.year}/{self.name}"


def parse_name(path: str) -> Named:
    """The parts of a path such as ``PETCT2017/THANG 8/reports/day_1_patient_0.json`` (forward slashes)."""
    year, month, stem = _YEAR.search(path), _MONTH.search(path), _STEM.search(path)
    day, name = stem.groups() if stem else (None, path)
    in_year = int(month[1]) if month and 1 <= int(month[1]) <= 12 else None
    full = f"day_{day}_{name}" if day else name
    return Named(int(year[1]) if year else None, in_year, int(day) if day else None, name, full)
