"""The image of a sample: the volumes of its study, relative to the corpus, and the slices that show its region."""

from functools import lru_cache
from pathlib import Path
from typing import Any

from vimedsynth.samples import WHOLE, Case
from vimedsynth.studies import Study

_STUDIES = 64  # studies whose ranges are remembered: all cases of one come close together


class Locator:
    """Finds ``{"ct", "pet", "slices"}`` for a case; each study's volumes are read once, and only if a case asks.

    None where there is no whole-body volume, where it cannot be read (``vimedsynth corpus`` names it), or where the
    region is not in the picture.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ranges = lru_cache(maxsize=_STUDIES)(_ranges)

    def __call__(self, case: Case) -> dict[str, Any] | None:
        study = case.study
        if study.pet_path is None and study.ct_path is None:
            return None
        slices = self._ranges(study).get(case.region)
        if slices is None:
            return None
        paths = {"ct": study.ct_path, "pet": study.pet_path}
        return {name: path and path.relative_to(self._root).as_posix() for name, path in paths.items()} | {
            "slices": list(slices)
        }


def _ranges(study: Study) -> dict[str, tuple[int, int]]:
    """Half-open slices of the PET (of the CT where there is no PET) by region, the whole included."""
    from vimedsynth.regions import split
    from vimedsynth.volumes import VolumeRefused, open_scan

    try:
        scan = open_scan(study)
    except VolumeRefused:
        return {}
    return {**split(scan, study.height_m).ranges, WHOLE: (0, scan.reference.shape[0])}
