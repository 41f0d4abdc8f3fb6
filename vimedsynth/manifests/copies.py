"""Augmented copies, from the receipts of `vimedsynth augment`: which texts still hold for which copy."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.corpora.paths import UnsafePath, inside, safe_id
from vimedsynth.errors import DataRefused
from vimedsynth.samples import WHOLE, Claim


@dataclass(frozen=True, slots=True)
class Copy:
    """One augmented copy of a region of a study: its PET volume, what its transforms make false, its receipt."""

    name: str  # "copy1-<first digits of the policy's hash>"
    region: str  # what the file shows: head_neck | chest | abdomen_pelvis | whole
    slices: tuple[int, int] | None  # which slices of the source it was made from; None when not said
    pet: Path
    invalidates: frozenset[str]
    mirrored: bool
    receipt: dict[str, Any]

    @property
    def exact_mirror(self) -> bool:
        """Whether a flip is all that moves anything: a mirrored text is then true of the copy."""
        return self.mirrored and _nothing_else_moves(self.receipt, self.region)

    @property
    def cut(self) -> bool:
        """Whether the file shows one region already."""
        return self.region != WHOLE

    def keeps(self, claims: frozenset[str]) -> bool:
        """Whether a text with these claims still holds for the copy."""
        return not claims & self.invalidates


def read_copies(folders: tuple[Path, ...]) -> dict[str, tuple[Copy, ...]]:
    """Study id -> its copies, in the order of the receipts. Raises DataRefused for a receipt that is not one."""
    found: dict[str, list[Copy]] = {}
    for folder in folders:
        for study, copy in _read(folder):
            found.setdefault(study, []).append(copy)
    return {study: tuple(copies) for study, copies in found.items()}


def _read(folder: Path) -> Iterator[tuple[str, Copy]]:
    path = folder / "receipts.jsonl"
    try:
        with path.open("rb") as handle:
            for number, line in enumerate(handle, 1):
                if line.strip():
                    yield _copy(folder, f"{path}:{number}", line)
    except OSError as error:
        raise DataRefused(f"{path}: cannot be read; expected the output of `vimedsynth augment`") from error


def _copy(folder: Path, where: str, line: bytes) -> tuple[str, Copy]:
    try:
        receipt = orjson.loads(line)
        study, pet = receipt["study_id"], receipt["files"]["pet"]
        name = f"copy{int(receipt['copy'])}-{str(receipt['policy_sha256'])[:12]}"
        invalidates = frozenset(map(str, receipt["invalidates"]))
        region, slices = str(receipt.get("region") or WHOLE), receipt.get("slices")
        span = (int(slices[0]), int(slices[1])) if slices else None
        if not isinstance(study, str) or not safe_id(study) or not safe_id(name):
            raise ValueError(f"study_id {study!r} or copy {name!r} is no plain name")
        source = inside(folder, pet)
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError, AttributeError, UnsafePath) as error:
        raise DataRefused(f"{where}: not a receipt ({type(error).__name__}: {error})") from error
    return study, Copy(name, region, span, source, invalidates, receipt.get("mirrored") is True, receipt)


def _nothing_else_moves(receipt: dict[str, Any], region: str) -> bool:
    from vimedsynth.augment.receipts import Applied
    from vimedsynth.augment.truth import DEFAULT_TOLERANCE, declared

    places = {Claim.LATERALITY, Claim.POSITION}
    try:
        others = [
            Applied(step["name"], step["params"]) for step in receipt["applied"] if step["name"] != "HorizontalFlip"
        ]
        if any(declared(step, region) & places for step in others):
            return False
        allowed = receipt.get("tolerance", {}).get("body_lost", DEFAULT_TOLERANCE["body_lost"])
        return bool(receipt.get("measured", {}).get("body_lost", 0.0) <= allowed)
    except (LookupError, TypeError, ValueError):
        return False  # an operation that this version does not know
