"""Report -> findings: what each clause asserts, in comparable form, with the span it was read from."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from vimedsynth.reports import Report, Section, Span


class Polarity(StrEnum):
    """How a finding is asserted."""

    PRESENT = "present"
    ABSENT = "absent"  # "Không/Chưa phát hiện ..."
    RESOLVED = "resolved"  # "Không còn ..."
    PHYSIOLOGIC = "physiologic"  # "theo đặc điểm sinh lý"
    POSTOPERATIVE = "postoperative"  # "đã phẫu thuật"


class Side(StrEnum):
    """Side of the body as the report says it."""

    RIGHT = "right"
    LEFT = "left"
    BOTH = "both"


class Uptake(StrEnum):
    """FDG uptake as worded; never derived from the number."""

    NONE = "none"  # "không tăng"
    MILD = "mild"  # "tăng nhẹ"
    INCREASED = "increased"
    DECREASED = "decreased"
    UNSTATED = "unstated"


class Tier(StrEnum):
    """How certain a reading is, strongest first."""

    DEFINITE = "definite"  # tương ứng với, do
    LIKELY = "likely"  # nhiều khả năng
    PROBABLE = "probable"  # khả năng, có thể
    SUSPECT = "suspect"  # nghi ngờ, chưa loại trừ


@dataclass(frozen=True, slots=True)
class Place:
    """One place: the organ's concept id, the parts of it ("lobe:upper", "segment:VIII", "station:IIB"), the side."""

    text: str  # as written, without "ở": "hạ phân thùy VIII gan phải"
    organ: str | None
    parts: frozenset[str]
    side: Side | None


@dataclass(frozen=True, slots=True)
class Size:
    """A measure. ``dims_mm`` is in writing order; empty for "vài mm". ``op`` is ``<`` for thresholds ("dưới 10 mm")."""

    dims_mm: tuple[float, ...]
    kind: str  # axes | diameter | length | thickness | few_mm
    op: str  # = | < | ~
    applies_to: str  # all | largest | each
    text: str  # as written: "12 x 14 mm"


@dataclass(frozen=True, slots=True)
class Suv:
    """A current SUV value; ``kind`` is SUVmax, SUVL or SUV as written."""

    value: float
    kind: str
    applies_to: str  # all | largest
    text: str  # the number as written: "12,6"


@dataclass(frozen=True, slots=True)
class Invasion:
    """A relation to a neighbour: xâm lấn, dính vào, lan, đè đẩy, thâm nhiễm, phá hủy, gây hẹp, gây xẹp."""

    verb: str
    target: str  # as written; may be empty ("gây hẹp lòng")
    certain: bool
    text: str  # as written, with "nghi ngờ"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the report takes the finding to be."""

    tier: Tier
    text: str  # the reading without its certainty word: "viêm hoặc quá sản"
    phrase: str  # as written with it: "khả năng do viêm hoặc quá sản"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A statement about an earlier study; its numbers are never current values."""

    relation: str | None  # unchanged | new | larger | smaller | increased | decreased | resolved
    prior_sizes: tuple[Size, ...]
    prior_suvs: tuple[float, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Advice that belongs to the finding before it, as written."""

    text: str
    span: Span


class Finding(NamedTuple):
    """One finding of one report. A named tuple, as its writers change a few of its many fields at a time.

    ``spans`` are the pieces of text it was read from, the main clause first ("hạch lớn nhất ..." sentences follow).
    ``impression_spans`` are the impression sentences that say the same again.
    """

    id: str  # "f1", "f2", ... in report order
    section: Section
    spans: tuple[Span, ...]
    polarity: Polarity
    head: str  # concept id of the morphology: node, nodule, mass, cyst, effusion, thickening, uptake, ...
    morphology: str  # as written, without "Hình ảnh": "vài nốt kính mờ bờ tua gai"
    count: str | None  # type: ignore[assignment]  # as a field, not a method; một | vài | nhiều | hai | ... as written, folded; None if unmarked
    places: tuple[Place, ...]
    place_text: str  # as written with its preposition: "ở thùy dưới phổi phải"; "" if none
    uptake: Uptake
    uptake_text: str  # as written without the SUV: "tăng nhẹ chuyển hóa FDG không đều"; "" if unstated
    sizes: tuple[Size, ...] = ()
    suvs: tuple[Suv, ...] = ()
    invasions: tuple[Invasion, ...] = ()
    reading: Reading | None = None
    comparison: Comparison | None = None
    recommendation: Recommendation | None = None
    reactive: bool = False  # the boilerplate line of small reactive nodes
    boilerplate: bool = False  # a standard sentence that says nothing about disease
    conflicts: tuple[str, ...] = ()  # notes on contradictions in the source
    impression_spans: tuple[Span, ...] = ()


def read_findings(report: Report) -> tuple[Finding, ...]:
    """All findings of ``report`` in reading order; sentences of the impression are linked, not counted again."""
    from vimedsynth.reading import findings_of

    return findings_of(report)
