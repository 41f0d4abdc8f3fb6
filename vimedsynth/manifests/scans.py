"""Where the image of a sample comes from: its own slices, a volume cut by region, or an augmented copy of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vimedsynth.corpora.paths import UnsafePath, inside
from vimedsynth.errors import VimedsynthError
from vimedsynth.manifests.copies import Copy
from vimedsynth.manifests.images import ImageStore, NoImage, Stored
from vimedsynth.regions import split
from vimedsynth.reports import REGIONS
from vimedsynth.studies import Corpus, Study
from vimedsynth.volumes import open_scan

Slices = tuple[int, int] | None


class Scans:
    """The images of a corpus, cut as the samples say. Without a corpus every sample is text only."""

    def __init__(self, corpus: Corpus | None, store: ImageStore, wanted: set[str]) -> None:
        self.root = corpus.root if corpus else None
        self.store = store
        self._studies: dict[str, Study] = {}
        self._ranges: dict[str, Mapping[str, tuple[int, int]]] = {}
        for study in corpus.studies if corpus else ():
            if study.study_id in wanted and (study.pet_path or study.region_paths):
                self._studies[study.study_id] = study

    def image(self, sample: dict[str, Any]) -> Stored | NoImage:
        """The image of a sample as it is in the corpus."""
        found = self._source(sample)
        if isinstance(found, NoImage):
            return found
        source, slices = found
        return self.store.region(f"{sample['study_id']}/{sample['region']}", source, slices)

    def copy(self, sample: dict[str, Any], copy: Copy) -> Stored | NoImage | None:
        """The augmented copy of a sample's image; None when the copy shows another region.

        The copy of a region is taken whole. The copy of a whole scan is cut as the sample's own image is, and must be
        as deep as the scan, or its slices would show something else.
        """
        name = f"{sample['study_id']}/{copy.name}/{sample['region']}"
        if copy.cut:
            return self.store.region(name, copy.pet, None) if copy.region == sample["region"] else None
        found = self._source(sample)
        if isinstance(found, NoImage):
            return found
        source, slices = found
        study = self._studies.get(sample["study_id"])
        if study is None or source != study.pet_path:
            return None  # the sample's image is a volume cut by region: a copy of the whole is no copy of it
        return self.store.region(name, copy.pet, slices, depth=self.store.depth_of(source))

    def _source(self, sample: dict[str, Any]) -> tuple[Path, Slices] | NoImage:
        if self.root is None:
            return NoImage("no-corpus")
        study = self._studies.get(sample["study_id"])
        ready = dict(study.region_paths) if study else {}
        if sample["region"] in ready:
            return ready[sample["region"]], None
        image = sample.get("image")
        if image and image.get("pet"):
            try:
                return inside(self.root, image["pet"]), tuple(image["slices"])
            except UnsafePath:
                return NoImage("unsafe-path")
        if study is None or study.pet_path is None:
            return NoImage("no-image")
        if sample["region"] not in REGIONS:
            return study.pet_path, None
        span = self._ranges_of(study).get(sample["region"])
        return (study.pet_path, span) if span else NoImage("region-not-in-scan")

    def _ranges_of(self, study: Study) -> Mapping[str, tuple[int, int]]:
        """Where the regions lie in a study's PET; nothing when the scan does not open."""
        if study.study_id not in self._ranges:
            try:
                self._ranges[study.study_id] = split(open_scan(study), study.height_m).ranges
            except VimedsynthError:
                self._ranges[study.study_id] = {}
        return self._ranges[study.study_id]
