"""Samples -> rows: each with its image, and in training one more for every augmented copy that keeps it true."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from vimedsynth.augment.mirror import mirror_text
from vimedsynth.manifests.copies import Copy
from vimedsynth.manifests.images import NoImage, Stored
from vimedsynth.manifests.index import Place
from vimedsynth.manifests.rows import SUBSET_BY_TASK, Row, copy_id, turns_of
from vimedsynth.manifests.scans import Scans
from vimedsynth.samples import Claim, Task

Images = tuple[Stored, ...]


class Joiner:
    """Turns samples into rows; counts by code what is left out and what has no image."""

    def __init__(self, scans: Scans, copies: dict[str, tuple[Copy, ...]], pair_images: bool) -> None:
        self._scans, self._copies, self._pair = scans, copies, pair_images
        self.left_out = Counter[str]()
        self.notes = Counter[str]()

    def rows(self, samples: Iterable[tuple[Place, dict[str, Any]]]) -> Iterator[Row]:
        """The rows in sample order, copies right after their original."""
        for place, sample in samples:
            images = self._images(sample)
            if isinstance(images, NoImage):
                self.notes[images.code] += 1
                images = ()
            yield make_row(sample, place.split, images)
            if place.split == "train" and images:
                yield from self._copied(sample)

    def _images(self, sample: dict[str, Any]) -> Images | NoImage:
        first = self._scans.image(sample)
        if isinstance(first, NoImage) or sample["task"] != Task.COMPARISON:
            return first if isinstance(first, NoImage) else (first,)
        partner = sample.get("partner") or {}
        if not {"study_id", "patient_id"} <= partner.keys():
            return NoImage("no-partner-image")
        other = {"study_id": partner["study_id"], "region": sample["region"], "image": partner.get("image")}
        second = self._scans.image(other)
        if isinstance(second, NoImage):
            return NoImage("no-partner-image")
        if self._pair:
            return first, second
        name = f"{sample['study_id']}/with/{partner['study_id']}/{sample['region']}"
        joined = self._scans.store.joined(name, first, second)
        return joined if isinstance(joined, NoImage) else (joined,)

    def _copied(self, sample: dict[str, Any]) -> Iterator[Row]:
        copies = self._copies.get(sample["study_id"], ())
        if copies and sample["task"] == Task.COMPARISON:
            self.left_out["copy-of-comparison"] += len(copies)
            return
        for copy in copies:
            if copy.cut and copy.region != sample["region"]:
                continue
            text = self._text_for(sample, copy)
            if text is None:
                self.left_out["copy-invalidates-claims"] += 1
                continue
            image = self._scans.copy(sample, copy)
            if isinstance(image, Stored):
                yield make_row(text, "train", (image,), copy, mirrored=text is not sample)
            elif image is not None:
                self.left_out[f"copy-{image.code.removeprefix('copy-')}"] += 1

    def _text_for(self, sample: dict[str, Any], copy: Copy) -> dict[str, Any] | None:
        """The sample that is true of the copy: as it is, or mirrored, or None."""
        claims = frozenset(sample["claims"])
        if copy.keeps(claims):
            return sample
        if copy.exact_mirror and not claims & copy.invalidates - {Claim.LATERALITY, Claim.POSITION}:
            return mirrored_sample(sample)
        return None


def mirrored_sample(sample: dict[str, Any]) -> dict[str, Any] | None:
    """``sample`` as it reads for the mirrored picture; None when one of its texts has no exact mirror."""
    if "turns" not in sample:
        text = mirror_text(sample["text"]).text
        return None if text is None else {**sample, "text": text}
    turns = []
    for turn in sample["turns"]:
        said = {name: mirror_text(turn[name]).text for name in ("question", "answer")}
        if None in said.values():
            return None
        turns.append({**turn, **said})
    return {**sample, "turns": turns}


def make_row(
    sample: dict[str, Any], split: str, images: Images, copy: Copy | None = None, *, mirrored: bool = False
) -> Row:
    """A row of ``sample`` with its lineage; with a ``copy`` its id is another one."""
    row_id = copy_id(sample["id"], copy.name) if copy else sample["id"]
    subset = SUBSET_BY_TASK[sample["task"]]
    about = {name: sample[name] for name in ("task", "study_id", "patient_id", "region")}
    lineage = {
        "id": row_id,
        "sample_id": sample["id"],
        "split": split,
        "subset": subset,
        **about,
        "partner": sample.get("partner"),
        "images": [{"path": i.path, "sha256": i.sha256, "shape": list(i.shape)} for i in images],
        "augmentation": copy.receipt if copy else None,
        "mirrored": mirrored,
        "provenance": sample["provenance"],
    }
    return Row(
        row_id, split, subset, **about, turns=turns_of(sample), images=tuple(i.path for i in images), lineage=lineage
    )
