"""A fact being built, and the words that need no lexicon."""

from dataclasses import dataclass, field
from functools import cache

from vimedsynth.facts import Item, Measure
from vimedsynth.lexicon import lexicon, load_json
from vimedsynth.reports import Span
from vimedsynth.words import split

RIBS = {r: str(n) for n, r in enumerate(("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"), 1)}

ARABIC = {n: r for r, n in RIBS.items()}

ROMANS = frozenset(numeral + letter for numeral in RIBS for letter in ("", "a", "b"))
"""The Roman numerals of segments and stations, with or without their letter."""

PAIRED = frozenset({"lung", "kidney", "adrenal", "breast", "ovary", "hilum", "lung-base", "lung-apex", "tonsil", "pleura",
                    "axilla", "inguinal", "testis", "parotid", "supraclavicular", "vocal-cord", "ureter",
                    "submandibular-gland", "adnexa", "renal-pelvis", "hemisphere", "maxillary-sinus", "fallopian-tube",
                    "seminal-vesicle", "jaw-angle", "eye", "psoas", "femoral-head", "hip-joint", "shoulder-joint"})  # fmt: skip

MEASURE_WORDS = frozenset(
    {"kích", "đường", "suvmax", "suv", "đều"}
)  # "...; kích thước 24 mm" goes on with the finding before

OTHER_SIDE = {"right": "left", "left": "right"}

PLACE_KINDS = frozenset({"organ", "part", "side", "relation"})

SPACES = frozenset({"pleura", "pericardium", "abdominal-cavity", "peritoneum"})

TIERS = ("definite", "likely", "probable", "suspect")

LISTING = frozenset({",", "/", ";", "và", "hoặc", "hay", "cùng", "lẫn", "&"})

COUNTS = {"1": "one", "2": "two", "3": "three"}

DEGREES = {
    "mức độ nhẹ": "mild",
    "mức độ ít": "mild",
    "mức độ vừa": "moderate",
    "mức độ trung bình": "moderate",
    "mức độ nhiều": "strong",
}

ONE = {"phải": "right", "trái": "left"}

SITE_NOUNS = frozenset({"sụn", "cơ", "xương", "khớp", "tuyến", "hố", "rãnh"})

SHORT_SIDES = {"p": "right", "t": "left"}

STATION_WORDS = frozenset({"nhóm", "chặng", "trạm", "level"})

CONTRAST = frozenset({"nhưng", "song", "còn", "tuy"})


LONE_TARGETS = frozenset({"biopsy", "ultrasound", "fna", "endoscopy", "mri", "ct3", "specialist", "histology"})


@cache
def stop_words() -> frozenset[str]:
    """Function words and the words with which an answer is introduced: they assert nothing."""
    return frozenset(t for form in load_json("discourse.json")["stop"] for t in split(form))


def number(text: str) -> float:
    """The value of a number with a decimal comma or dot."""
    return float(text.replace(",", "."))


@dataclass(slots=True)
class Draft:
    """A fact being built. Its sets are frozen, as those of the fact: most of them stay empty."""

    start: int
    end: int
    polarity: str = "present"
    heads: frozenset[str] = frozenset()
    generic: bool = False
    counts: frozenset[str] = frozenset()
    items: list[tuple[set[str], str | None, Span]] = field(default_factory=list)
    sizes: list[Measure] = field(default_factory=list)
    suvs: list[tuple[float, Span]] = field(default_factory=list)
    levels: frozenset[str] = frozenset()
    intensity: frozenset[str] = frozenset()
    patterns: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()
    invasions: list[tuple[str, set[str], bool]] = field(default_factory=list)
    tier: str | None = None
    readings: frozenset[str] = frozenset()
    tiers: dict[str, str] = field(default_factory=dict)  # the certainty said last before each reading
    prior: frozenset[str] = frozenset()
    prior_numbers: frozenset[float] = frozenset()
    prior_suvs: frozenset[float] = frozenset()
    prior_sizes: frozenset[tuple[float, ...]] = frozenset()
    advice: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    anaphora: bool = False
    approximate: bool = False
    points: frozenset[str] = frozenset()
    fresh_count: bool = False  # the last count was said once

    def apart(self) -> frozenset[tuple[str, str]]:
        """The certainty of each reading where one is not that of all."""
        if not self.tiers or all(t == self.tier for t in self.tiers.values()):
            return frozenset()
        return frozenset(self.tiers.items())

    def measured_then(self) -> None:
        """What is measured is of an earlier study."""
        self.prior_sizes |= {m.dims for m in self.sizes if m.dims}
        self.prior_suvs |= {value for value, _ in self.suvs}
        self.prior_numbers = self.prior_numbers.union(self.prior_suvs, *self.prior_sizes)
        self.sizes, self.suvs = [], []

    def empty(self) -> bool:
        """Nothing asserted yet."""
        return not (self.heads or self.items or self.sizes or self.suvs or self.levels or self.readings or self.advice
                    or self.invasions or self.modifiers or self.prior or self.patterns)  # fmt: skip


LOBED = frozenset({"lung", "lingula", "liver", "thyroid", "prostate", "brain", "hemisphere", "cerebellum"})
NEAR = 16
"""How many characters may stand between two places of one list."""

LOBAR = ("lobe:", "quadrant:", "seg:")
WHOLE_OF = {"pancreas-head": "pancreas", "pancreas-body": "pancreas", "pancreas-tail": "pancreas"}
NAMED_PARTS = {"part-head": "pancreas-head", "body": "pancreas-body", "tail": "pancreas-tail"}


FilledItem = tuple[frozenset[str], str | None, Span]
RawItem = tuple[set[str], str | None, Span]


def _after_organ(raw: list[RawItem]) -> list[RawItem]:
    """ "Tụy có nốt ở đầu, thân và đuôi": the parts of the organ that was named first."""
    if not any("pancreas" in atoms for atoms, _, _ in raw):
        return raw
    return [(a | {"pancreas"} if a and a <= NAMED_PARTS.keys() else a, s, span) for a, s, span in raw]


def _part_named(atoms: frozenset[str]) -> frozenset[str]:
    """ "đầu, thân và đuôi tụy": each is the part that "đầu tụy" names in one word."""
    if "pancreas" not in atoms or not atoms & NAMED_PARTS.keys():
        return atoms
    return frozenset(NAMED_PARTS.get(a, a) for a in atoms if a != "pancreas")


def _carried(raw: list[RawItem], known: dict[str, frozenset[str]]) -> list[RawItem]:
    """ "cổ trái nhóm III và nhóm IV": a bare station keeps the organ and the side before it, unless its list has its own."""
    if not any(_bare_station(atoms) for atoms, _, _ in raw):
        return raw
    later = _side_of_list(raw)
    out: list[RawItem] = []
    for (atoms, side, span), its_own in zip(raw, later, strict=True):
        if side is None and not its_own and out and _bare_station(atoms):
            before, carried, _ = out[-1]
            if carried and before & known.keys() and any(a.startswith("stn:") for a in before):
                atoms, side = atoms | (before & known.keys()), carried
        out.append((atoms, side, span))
    return out


def _side_of_list(raw: list[RawItem]) -> list[str | None]:
    """For each item the side with which the run of bare stations that it begins ends, if there is one."""
    out: list[str | None] = []
    later: str | None = None
    for atoms, side, _ in reversed(raw):
        later = (side or later) if _bare_station(atoms) else None
        out.append(later)
    return out[::-1]


def _bare_station(atoms: set[str]) -> bool:
    return bool(atoms) and all(a.startswith("stn:") for a in atoms)


def _parts_of_before(items: list[FilledItem]) -> list[FilledItem]:
    """ "vài nốt phổi phải, nốt lớn nhất ở thùy dưới", "gan hạ phân thùy VII và IV": what names no organ is of the one before."""
    out: list[FilledItem] = []
    for places, side, span in items:
        if places and out and all(a.startswith(LOBAR) or a == "lobe" for a in places):
            before, its_side, _ = out[-1]
            organ = before & (LOBED | {"breast"})
            if organ:
                places, side = places | organ, side or its_side
        out.append((places, side, span))
    return out


def draft_items(raw: list[tuple[set[str], str | None, Span]]) -> tuple[Item, ...]:
    """Items with the organ that a list shares given to each ("trước và cạnh khí quản"), and right + left made both."""
    if len(raw) < 2:
        return tuple([Item(_part_named(frozenset(atoms)), side, span) for atoms, side, span in raw])
    known = lexicon().within
    raw = _after_organ(_carried(raw, known))
    if any(atoms and side == "both" for atoms, side, _ in raw):
        raw = [row for row in raw if row[0]]  # "hai bên, đặc biệt bên trái"
    filled: list[FilledItem] = []
    organ: set[str] = set()
    of_list: str | None = None
    begins = raw[-1][2].end
    for at, (atoms, side, span) in reversed([*enumerate(raw)]):
        if begins - span.end > NEAR:
            # "thành bên và thành sau, ..., làm mất hố Rosenmüller": of what stands before
            named = next((row for row in raw[at - 1 :: -1] if row[0] & known.keys()), None) if at else None
            if named or not atoms:
                organ, of_list = (named[0] & known.keys(), named[1]) if named else (set(), None)
        begins = span.start
        own = {a for a in atoms if a in known or a.startswith(("stn:", "vert:", "rib:", "site:"))}
        if own:
            organ, of_list = {WHOLE_OF.get(a, a) for a in atoms if a in known}, side
        elif side is None and any(a.startswith(("lobe:", "seg:")) for a in atoms):
            side = of_list  # "thùy trên và thùy dưới phổi phải"
        lobe = any(a.startswith("lobe:") for a in atoms) and not organ & LOBED
        filled.append((_part_named(frozenset(atoms if own or lobe else atoms | organ)), side, span))
    sides: dict[frozenset[str], dict[str | None, Span]] = {}
    for places, side, span in _parts_of_before(filled[::-1]):
        sides.setdefault(places, {}).setdefault(side, span)
    out: list[Item] = []
    for places, found in sides.items():
        if len(found) > 1 and {"right", "left"} <= found.keys():
            first, last = min(found.values()), max(found.values())
            out.append(Item(places, "both", Span(first.start, last.end)))
        else:
            out.extend(Item(places, side, span) for side, span in found.items())
    return tuple(out)
