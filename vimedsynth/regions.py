"""Where head-neck, chest and abdomen-pelvis lie in a scan: from the images where they are clear, else from the height.

Ranges are half-open, in slices of the scan's reference volume (the PET where there is one), and overlap by
``OVERLAP_SLICES`` at each cut, as the authors of ViMed-PET cut theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vimedsynth.volumes.model import Modality, Scan, Volume

OVERLAP_SLICES = 20
NAMES = ("head_neck", "chest", "abdomen_pelvis")
DEFAULT_HEIGHT_M = 1.60

HEAD_NECK_OF_HEIGHT, CHEST_OF_HEIGHT = 0.16, 0.16
"""Vertex to the apex of the lungs, and from there to the diaphragm, as shares of the standing height."""

ENOUGH = 0.5
"""Below this confidence the height decides."""

Range = tuple[int, int]
Profile = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Regions:
    """The ranges and how they were found. A region that is not in the picture is absent from ``ranges``."""

    ranges: Mapping[str, Range]
    method: str  # image | height
    confidence: float  # 0..1; of the images, also where the height decided
    notes: tuple[str, ...] = ()


def split(scan: Scan, height_m: float | None = None) -> Regions:
    """From the images if they are clear enough, else from the height."""
    found = from_images(scan)
    if found is not None and found.confidence >= ENOUGH:
        return found
    fallback = from_height(scan, height_m)
    confidence = found.confidence if found else 0.0
    return Regions(fallback.ranges, "height", confidence, (*(found.notes if found else ("no CT",)), *fallback.notes))


def from_height(scan: Scan, height_m: float | None = None) -> Regions:
    """Shares of the patient's height from the top of the head, which slice 0 is taken to show."""
    grid = scan.grid(scan.reference)
    depth = grid.shape[0]
    if depth <= OVERLAP_SLICES:
        return Regions({}, "height", 0.0, (f"{depth} slices, no more than regions share",))
    height_mm = 1000 * (height_m if height_m and 0.4 < height_m < 2.6 else DEFAULT_HEIGHT_M)
    first = HEAD_NECK_OF_HEIGHT * height_mm / grid.spacing[0]
    second = first + CHEST_OF_HEIGHT * height_mm / grid.spacing[0]
    notes = [] if height_m else [f"height unknown, taken as {DEFAULT_HEIGHT_M} m"]
    if not 0.30 * depth < second < 0.75 * depth:  # not a scan from the head to the thighs: fixed shares
        first, second = 0.25 * depth, 0.50 * depth
        notes.append("fixed shares of 25/25/50 %")
    return Regions(_ranges(depth, round(first), round(second)), "height", 0.0, tuple(notes))


def from_images(scan: Scan) -> Regions | None:
    """Lung air on the CT gives the cuts; brain, bladder and bone say whether to believe them. None without CT."""
    if scan.ct is None:
        return None
    lung, body, bone = _profiles(scan.ct)
    run = _lungs(lung)
    if run is None:
        return Regions({}, "image", 0.0, ("no lungs on the CT",))
    checks = _checks(scan, lung, body, bone, run)
    confidence = round(
        sum(weight for passed, weight, _ in checks if passed) / sum(weight for _, weight, _ in checks), 3
    )
    notes = tuple(name if passed else f"not {name}" for passed, _, name in checks)
    depth, ct_depth = scan.reference.shape[0], scan.ct.shape[0]
    ct, own = scan.grid(scan.ct), scan.grid(scan.reference)
    cuts = [round((ct.origin[0] + cut * ct.spacing[0] - own.origin[0]) / own.spacing[0]) for cut in run]
    top, bottom = run[0] <= 0.02 * ct_depth, run[1] >= 0.98 * ct_depth
    return Regions(_ranges(depth, cuts[0], cuts[1], no_head=top, no_abdomen=bottom), "image", confidence, notes)


def _ranges(
    depth: int, first: int, second: int, *, no_head: bool = False, no_abdomen: bool = False
) -> dict[str, Range]:
    half = OVERLAP_SLICES // 2
    first, second = max(0, min(first, depth)), max(0, min(second, depth))
    ranges = {
        "head_neck": (0, min(depth, first + half)),
        "chest": (0 if no_head else max(0, first - half), depth if no_abdomen else min(depth, second + half)),
        "abdomen_pelvis": (max(0, second - half), depth),
    }
    absent = {"head_neck": no_head, "chest": False, "abdomen_pelvis": no_abdomen}
    return {name: r for name, r in ranges.items() if not absent[name] and r[0] < r[1]}


def _profiles(ct: Volume) -> tuple[Profile, Profile, Profile]:
    """Per slice: the share of lung air in the body, the body's share of the picture, bone's share of the body."""
    step = max(1, ct.shape[1] // 128)
    lung, body, bone = (np.zeros(ct.shape[0]) for _ in range(3))
    for index, picture in enumerate(ct.data[:, ::step, ::step]):
        hu = picture.astype(np.float32) * ct.scale + ct.offset
        solid = _without_table(hu > -400)
        inside = _filled(solid)
        area = max(1, int(inside.sum()))
        # gas of the bowel is darker than lung, its edges are few
        lung[index] = float((inside & (hu > -930) & (hu < -500)).sum()) / area
        bone[index] = float((solid & (hu > 250)).sum()) / area
        body[index] = float(inside.sum()) / hu.size
    return lung, body, bone


def _without_table(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected part: the body without the table under it."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(solid.astype(np.uint8), connectivity=4)
    if count < 2:
        return solid
    largest: NDArray[np.bool_] = labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return largest


def _filled(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The body with its air: what the outside, flooded from the border, does not reach."""
    import cv2

    padded = np.pad(solid.astype(np.uint8), 1)
    cv2.floodFill(padded, None, (0, 0), 2)
    inside: NDArray[np.bool_] = padded[1:-1, 1:-1] != 2
    return inside


def _lungs(lung: Profile) -> Range | None:
    """The run of slices around the airiest one that hold lung: more than 3 % of the body and a fifth of the peak."""
    peak = int(np.argmax(lung))
    at_edge = peak in (0, len(lung) - 1)  # the picture ends within the chest: what is seen may be a base or an apex
    if lung[peak] < (0.05 if at_edge else 0.15):
        return None
    level = max(0.03, 0.2 * float(lung[peak]))
    start = stop = peak
    while start > 0 and lung[start - 1] > level:
        start -= 1
    while stop < len(lung) and lung[stop] > level:
        stop += 1
    return start, stop


def _checks(scan: Scan, lung: Profile, body: Profile, bone: Profile, run: Range) -> list[tuple[bool, float, str]]:
    """(passed, weight, name): what a body looks like around its lungs."""
    assert scan.ct is not None
    length = (run[1] - run[0]) * scan.grid(scan.ct).spacing[0]
    cut_off = run[0] == 0 or run[1] == len(lung)
    middle = (run[0] + run[1]) // 2
    checks = [
        (length <= 380 and (length >= 130 or cut_off), 3.0, "lungs of a plausible length"),
        (lung[run[0] : run[1]].max() > 0.25, 2.0, "lungs that fill the chest"),
        (float(body[middle]) > 0.5 * float(body.max()), 1.0, "a chest among the widest parts"),
        (bool((bone[run[0] : run[1]] > 0.005).mean() > 0.5), 1.0, "ribs and spine beside the lungs"),
    ]
    return checks + _uptake_checks(scan, run)


def _uptake_checks(scan: Scan, run: Range) -> list[tuple[bool, float, str]]:
    pet, ct = scan.pet, scan.ct
    if pet is None or ct is None or pet.modality is not Modality.PET:
        return []
    hottest = pet.data.reshape(pet.shape[0], -1).max(axis=1).astype(np.float64)
    grid, own = scan.grid(ct), scan.grid(pet)
    first, last = (int((grid.origin[0] + cut * grid.spacing[0] - own.origin[0]) / own.spacing[0]) for cut in run)
    beside = hottest[max(0, first) : max(1, last)]  # none where the PET does not reach the lungs of the CT
    chest = float(np.median(beside)) if len(beside) else 0.0
    above, below = hottest[: max(0, first)], hottest[max(0, last) :]
    return [
        (len(above) > 0 and float(above.max()) > 1.3 * chest, 1.5, "a brain above the lungs"),
        (len(below) > 0 and float(below.max()) > 1.3 * chest, 1.5, "a bladder below the lungs"),
    ]
