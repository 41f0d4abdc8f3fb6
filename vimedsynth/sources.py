"""A report as evidence: its facts with their sentences, anaphora resolved, impression readings linked to findings."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple

from vimedsynth.clauses.sharing import NUMBERS, WHOLE_COUNT
from vimedsynth.facts import PARTS, Fact, Item, around, is_part, merged, sentence_facts, shifted, wider
from vimedsynth.lexicon import lexicon
from vimedsynth.pointing import NEXT, pointed
from vimedsynth.reports import Report, Section, Sentence
from vimedsynth.sections import only_heading, opened_section, preliminary, without_heading
from vimedsynth.words import fold, split

REGION_OF_SECTION: dict[Section, frozenset[str]] = {
    Section.HEAD_NECK: frozenset({"region:head_neck", "region:head", "region:neck"}),
    Section.CHEST: frozenset({"region:chest"}),
    Section.ABDOMEN_PELVIS: frozenset({"region:abdomen_pelvis", "region:abdomen", "region:pelvis", "abdominal-cavity"}),
    Section.MUSCULOSKELETAL: frozenset({"musculoskeletal"}),
    Section.IMPRESSION: frozenset(),
}


OF_BONE = frozenset({"lysis", "sclerosis"})
"""Forms that name their place themselves."""

BONE = (Item(frozenset({"bone"}), None),)

AVID = frozenset({"increased", "mild"})
GRAVE = frozenset({"malignant", "metastasis", "primary", "recurrent"})
_TIME = re.compile(r"(\d+(?:\s*(?:[-–]|đến)\s*\d+)?)\s*(tháng|tuần|ngày|năm|chu kỳ|đợt|phân liều)(?!\w)")
_YEAR = re.compile(r"\b(năm) (\d{4})\b")

Place = Callable[[Fact, int], Fact]
"""Moves the spans of a fact by so many characters."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact of a report with the sentences it was read from."""

    fact: Fact
    section: Section
    sentences: tuple[int, ...]  # sentence numbers
    places: tuple[frozenset[str], ...]  # for each item: its atoms and all that contains them, the section included
    all_places: frozenset[str]
    avid: bool
    lent: bool = False  # a denial without a place of its own: that of what stands before it in the sentence


@dataclass(frozen=True)
class Source:
    """All that a report asserts. ``facts`` are in reading order; ``linked`` adds findings joined with their readings.

    ``pool`` is both, the linked first; ``at[place]`` those of the pool that are there, beside it, or reach into it.
    """

    facts: tuple[Evidence, ...]
    linked: tuple[Evidence, ...]
    sentences: tuple[Sentence, ...]
    pool: tuple[Evidence, ...]
    at: Mapping[str, tuple[Evidence, ...]]

    @cached_property
    def tokens(self) -> frozenset[str]:
        """Every word of the report; few answers ask for one."""
        return frozenset(t for s in self.sentences for t in split(s.text))

    @cached_property
    def low(self) -> tuple[str, ...]:
        """The folded sentences."""
        return tuple(fold(s.text) for s in self.sentences)

    def says(self, word: str, sentences: tuple[int, ...]) -> bool:
        """Whether a folded word stands in one of the sentences with these numbers."""
        return any(word in split(self.sentences[number - 1].text) for number in sentences)

    @cached_property
    def times(self) -> frozenset[tuple[str, str]]:
        """Every length of time that the report names."""
        return frozenset(time for s in self.sentences for time in times_in(s.text))

    @cached_property
    def denied_words(self) -> Counter[str]:
        """What stands behind a denial, two words each: "chưa vượt quá" denies "vượt quá"."""
        return Counter(words for low in self.low for words in words_denied(low))

    def tells(self, words: str) -> int:
        """How often the report has these words, denied or not."""
        return sum(len(re.findall(rf"(?<!\w){words}(?!\w)", low)) for low in self.low)

    @cached_property
    def advice(self) -> tuple[Evidence, ...]:
        return tuple(e for e in self.facts if e.fact.advice)


_BEHIND_DENIAL = re.compile(
    r"\b(?:không|chưa)(?! so\b)(?: (?:bị|thấy|có|gây|làm|được|ghi|nhận|phát|hiện|dấu|hiệu|hình|ảnh)\b)* "
    r"([^\W\d_]+ [^\W\d_]+)"
)


def words_denied(low: str) -> list[str]:
    """The two words right behind each denial of a folded text."""
    return _BEHIND_DENIAL.findall(low) if "không" in low or "chưa" in low else []


def times_in(text: str) -> list[tuple[str, str]]:
    """The lengths of time in a text, in units or in courses of treatment, and the years.

    "sau 6-8 tuần" has ``("6-8", "tuần")``, "năm 2021" has ``("2021", "năm")``.
    """
    maybe = "tháng" in text or "tuần" in text or "ngày" in text or "ăm" in text or "đợt" in text  # "năm", "Năm"
    if not (maybe or "chu kỳ" in text or "phân liều" in text):
        return []
    low = fold(text)
    lengths = [(re.sub(r"\s*(?:[-–]|đến)\s*", "-", hit[1]), hit[2]) for hit in _TIME.finditer(low)]
    return lengths + [(hit[2], hit[1]) for hit in _YEAR.finditer(low)]


def _reach(atoms: frozenset[str]) -> frozenset[str]:
    """A place with all that contains it, and all that contains that."""
    within, wide = lexicon().within, wider(atoms)
    return wide.union(*(within.get(w, frozenset()) for w in wide))


@lru_cache(maxsize=8192)
def _places(atoms: frozenset[str], section: Section) -> frozenset[str]:
    """A place of a section with all that contains it."""
    places = _reach(atoms) | REGION_OF_SECTION[section]
    organ = {Section.CHEST: "lung", Section.ABDOMEN_PELVIS: "liver"}.get(section)
    if organ and any(a.startswith("seg:") for a in places) and not places & {"lung", "liver"}:
        return places | {organ}  # "hạ phân thùy VII" without an organ: the section says which
    return places


def _evidence(fact: Fact, section: Section, sentences: tuple[int, ...]) -> Evidence:
    region = REGION_OF_SECTION[section]
    places = tuple([_places(i.atoms, section) for i in fact.items])
    if len(places) > 1:
        places = _in_whole(fact.items, places)
    everything = region.union(*places) if places else region
    avid = bool(fact.levels & AVID) and fact.polarity == "present"
    return Evidence(fact, section, sentences, places, everything, avid)


def _in_whole(items: tuple[Item, ...], places: tuple[frozenset[str], ...]) -> tuple[frozenset[str], ...]:
    """ "tuyến tiền liệt có ổ ở vùng ngoại vi": the zone is that of the organ named before."""
    whole, out = frozenset[str](), []
    for item, place in zip(items, places, strict=True):
        if is_part(item.atoms):
            place |= whole
        elif not any(a.startswith(PARTS) for a in item.atoms):
            whole = place
        out.append(place)
    return tuple(out)


class Statement(NamedTuple):
    """What a report asserts once: a fact, and which facts of which sentences it was joined from."""

    fact: Fact
    section: Section
    sentences: tuple[int, ...]  # their numbers
    parts: tuple[tuple[int, int], ...]  # (number of the sentence, place among its facts)


def report_facts(report: Report, place: Place | None = shifted) -> list[Statement]:
    """The facts of all sentences in order; "Hạch lớn nhất ..." joined to the finding before, advice bound to it.

    ``place`` turns offsets in a sentence into offsets in the report; without it they stay what they are, which is faster
    and lets equal sentences give equal facts.
    """
    out: list[Statement] = []
    for sentence in report.sentences:
        if (len(sentence.text) < 40 and only_heading(sentence.text)) or preliminary(sentence):
            continue
        said, cut = told_in(sentence.text)
        for order, found in enumerate(said):
            fact = place(found, sentence.span.start + cut) if place else found
            last = len(out) - 1
            if fact.points and last >= 0:
                sides = next((row.fact.sides for row in out[:-4:-1] if row.fact.sides), frozenset[str]())
                fact = pointed(fact, out[last].fact, sides)
            while last > 0 and fact.anaphora and out[last].fact.polarity == "postoperative" and order == 0:
                last -= 1  # "Khối ... trên nền tử cung đã phẫu thuật. Khối này ..."
            if fact.anaphora and last >= 0 and _goes_on(out[last].fact, fact):
                before, section, numbers, parts = out[last]
                joined = numbers if sentence.number in numbers else (*numbers, sentence.number)
                out[last] = Statement(merged(before, fact), section, joined, (*parts, (sentence.number, order)))
                continue
            last = len(out) - 1
            if fact.advice and fact.polarity == "advice":
                of = last
                while of >= 0 and out[of].fact.polarity == "advice":
                    of -= 1
                if NEXT in fact.points and order + 1 < len(said):
                    of = last + 2
                fact = fact._replace(advice_of=of if of >= 0 else None)
            out.append(Statement(fact, sentence.section, (sentence.number,), ((sentence.number, order),)))
    return out


@lru_cache(maxsize=4096)
def told_in(text: str) -> tuple[tuple[Fact, ...], int]:
    """The facts of a sentence, and how long the heading is that was left out: one that says no more than their places."""
    section = opened_section(text)
    if section is None:
        return sentence_facts(text), 0
    body = without_heading(text)
    found = sentence_facts(body)
    region = REGION_OF_SECTION[section]
    whole = sentence_facts(text)
    implied = not region or all(f.items and all(_lies_in(i, region) for i in f.items) for f in found)
    return (found, len(text) - len(body)) if found and implied and len(found) == len(whole) else (whole, 0)


def _lies_in(item: Item, region: frozenset[str]) -> bool:
    """In this region and in no other: the trachea is in the neck and in the chest."""
    within = lexicon().within
    places = item.wider.union(*(within.get(w, frozenset()) for w in item.wider))
    return bool(places & region) and not any(a[:7] == "region:" for a in places - region)


def _goes_on(before: Fact, fact: Fact) -> bool:
    """Whether what is said of "this finding" can be joined to it without losing a denial or a certainty."""
    one_tier = before.tier is None or fact.tier is None or before.tier == fact.tier
    return not before.advice and before.polarity == fact.polarity == "present" and one_tier


def echoes(finding: Fact, impression: Fact) -> bool:
    """True when an impression fact says a finding again: every place of the finding is among its places."""
    if not finding.items or not impression.items or finding.polarity != "present":
        return False
    of_other_forms = _of_lesion(impression) or (
        impression.generic and len(impression.items) > 1
    )  # "hạch A, tổn thương B"
    if finding.heads and not finding.heads & impression.heads and not of_other_forms:
        return False
    if impression.heads and not finding.heads and not finding.levels & impression.levels:
        return False
    if finding.sizes and impression.sizes and not _sizes_agree(finding, impression):
        return False
    return all(_said_again(item, impression) for item in finding.items)


def _of_lesion(impression: Fact) -> bool:
    """ "Tổn thương xương sườn VI phải", "Di căn xương sườn VI phải": of whatever form it is."""
    return not impression.heads and (impression.generic or "metastasis" in impression.readings)


def _sizes_agree(finding: Fact, impression: Fact) -> bool:
    """The same measure, or "vài mm" for a threshold that lost its sign."""
    mine, theirs = {m.dims for m in finding.sizes}, {m.dims for m in impression.sizes}
    return bool(mine & theirs) or any(m.few for m in impression.sizes)


def _said_again(item: Item, impression: Fact) -> bool:
    within = lexicon().within
    wide = frozenset().union(*(within.get(a, frozenset()) for a in item.atoms))
    own = frozenset(a for a in item.atoms - wide if not a.startswith(("rel:", "zone:", "level:"))) or item.atoms
    own = frozenset(a for a in own if a[:4] == "stn:") or own  # "hạch cạnh khí quản trái (2L)" is of station 2L
    return any(own <= other.wider and compatible_sides(item.side, other.side) for other in impression.items)


def compatible_sides(one: str | None, other: str | None) -> bool:
    """Sides that can speak of the same place."""
    return one is None or other is None or one == other or "both" in (one, other)


def said_again(rows: Sequence[tuple[Fact, Section]]) -> dict[int, list[int]]:
    """For each finding the impression facts that speak of it, both by their number in ``rows``.

    An impression names every place of a finding, or so few words of it that they fit one finding alone.
    """
    found = [i for i, (f, s) in enumerate(rows) if s is not Section.IMPRESSION and f.polarity == "present"]
    said = [j for j, (f, s) in enumerate(rows) if s is Section.IMPRESSION and f.polarity == "present"]
    out: dict[int, list[int]] = {i: [] for i in found}
    for j in said:
        full = _grave([i for i in found if echoes(rows[i][0], rows[j][0])], rows, rows[j][0])
        if rows[j][0].tier or _of_lesion(rows[j][0]):
            seen = [i for i in found if _is_seen(rows[i][0])]  # and not "Bệnh nhân ung thư vòm họng"
            full += [i for i in _short(seen, full, rows, rows[j][0]) if i not in full]
        for i in full:
            out[i].append(j)
    return out


def _grave(full: list[int], rows: Sequence[tuple[Fact, Section]], said: Fact) -> list[int]:
    """ "Tổn thương gan hạ phân thùy V nghi ngờ di căn": of two at that place the one with uptake, and not the cyst."""
    if len(full) < 2 or said.readings.isdisjoint(GRAVE):
        return full
    avid = [rows[i][0].items for i in full if rows[i][0].levels & AVID or rows[i][0].suvs]
    return [i for i in full if "none" not in rows[i][0].levels or rows[i][0].items not in avid]


def _short(found: list[int], full: list[int], rows: Sequence[tuple[Fact, Section]], said: Fact) -> list[int]:
    """Findings that an impression names by few words: one alone has them, or all of those that were counted together."""
    out: list[int] = []
    for item in said.items or (None,):
        part = said._replace(items=(item,)) if item else said
        if item and any(_said_again(item, rows[i][0]) for i in full if i in found):
            continue
        fits = [i for i in found if i not in out and _shortened(rows[i][0], part)]
        if "many" in said.counts and not said.heads:
            fits = [i for i in fits if (rows[i][0].levels & AVID or rows[i][0].suvs) and not rows[i][0].readings]
        elif not said.heads and not said.counts and said.levels & AVID and len(fits) > 1:
            fits = [i for i in fits if rows[i][0].levels & AVID]
            fits = fits if len(fits) == 1 else []  # "tổn thương vòm họng tăng chuyển hóa FDG": of the one that is there
        elif len(fits) != 1 or said.counts & {"two", "three"}:
            count = said.counts & NUMBERS.keys() or {WHOLE_COUNT.get(len(fits))}
            fits = [i for i in fits if {c.removeprefix("of:") for c in rows[i][0].counts} == count]
            fits = fits if count == {WHOLE_COUNT.get(len(fits))} else []
        out += fits
    return out


def _is_seen(fact: Fact) -> bool:
    return bool(fact.heads or fact.generic or fact.levels or fact.sizes or fact.suvs)


def _same_form(finding: Fact, impression: Fact) -> bool:
    """The form that both name, "tổn thương", the wall that was measured as thick, or the tumour that it is."""
    if not impression.heads:
        return _of_lesion(impression) or bool(impression.levels and not finding.heads)
    if impression.heads == {"mass"} and "primary" in impression.readings:
        return bool(finding.heads & {"mass", "thickening"})
    thick = (
        impression.heads == {"thickening"} and not finding.heads and any(m.kind == "thickness" for m in finding.sizes)
    )
    return thick or impression.heads <= finding.heads


def _shortened(finding: Fact, impression: Fact) -> bool:
    """The impression says the form of the finding, or its uptake where it has none, and none but places of it."""
    if not _same_form(finding, impression):
        return False
    if finding.levels and impression.levels and not finding.levels & impression.levels:
        return False
    if finding.sizes and impression.sizes and not _sizes_agree(finding, impression):
        return False
    return all(_said_again(item, finding) for item in impression.items)


LESIONS = frozenset({"nodule", "mass", "hypodensity", "lysis", "sclerosis", "soft-tissue-density", "opacity-patch"})
"""Forms that an impression calls "tổn thương"."""


def _summed_up(rows: list[Evidence], again: Mapping[int, list[int]]) -> Iterator[tuple[int, Evidence]]:
    """ "Hạch cổ hai bên tăng chuyển hóa FDG, nhiều khả năng di căn": of all avid ones there that it reads no otherwise."""
    left = [i for i, said in again.items() if not said and not rows[i].fact.readings and _takes_up(rows[i].fact)]
    reading = [
        e for e in rows if left and e.section is Section.IMPRESSION and e.fact.tier and e.fact.readings and e.fact.items
    ]
    meant = [[i for i in left if _among(rows[i].fact, said.fact)] for said in reading]
    for said, found in zip(reading, meant, strict=True):
        if len(found) > 1 and not _of_several(said.fact, len(found)):
            continue
        yield from ((i, said) for i in found if sum(i in other for other in meant) == 1)


def _takes_up(fact: Fact) -> bool:
    return bool(fact.levels & AVID or (fact.suvs and not fact.levels))


def _among(finding: Fact, impression: Fact) -> bool:
    """Of the form that the impression names, and all of it at its places."""
    forms = impression.heads <= finding.heads if impression.heads else impression.generic and finding.heads <= LESIONS
    forms = forms and bool(finding.heads or finding.generic)
    if not (forms and finding.items) or (impression.sizes and not _sizes_agree(finding, impression)):
        return False
    named = [i for i in finding.items if i.atoms & lexicon().places or not any(a[:4] == "seg:" for a in i.atoms)]
    return bool(named) and all(any(_inside(item, place) for place in impression.items) for item in named)


def _inside(item: Item, place: Item) -> bool:
    return place.atoms <= around(item.atoms) and place.side in (item.side, "both", None)


def _of_several(impression: Fact, number: int) -> bool:
    """ "Ba nốt gan", "tổn thương xương", "hạch cổ hai bên": so many, or of a place that is neither a part nor a side."""
    counts = impression.counts - {"unmarked"}
    if counts:
        return counts <= {"many", "few", WHOLE_COUNT.get(number, f"n{number}")}
    return all(
        i.side in (None, "both") and not any(":" in a and a[:7] != "region:" for a in i.atoms) for i in impression.items
    )


def _more(found: Fact, said: Fact) -> frozenset[str]:
    """What the impression describes; a score of several ("Deauville 2-3") does not change that of one of them."""
    scored = any(m[:10] == "deauville:" for m in found.modifiers)
    return frozenset(m for m in said.modifiers if not (scored and m[:10] == "deauville:"))


def _joined(found: Fact, said: Fact) -> Fact:
    """A finding with what the impression says of it."""
    return found._replace(
        tier=said.tier or found.tier, readings=said.readings or found.readings, tiers=said.tiers or found.tiers,
        levels=found.levels | said.levels,
        modifiers=found.modifiers | _more(found, said), sizes=found.sizes + said.sizes,
        counts=found.counts if found.sizes else found.counts | said.counts, invasions=found.invasions + said.invasions,
        words=found.words | said.words, patterns=found.patterns | said.patterns, prior=found.prior | said.prior,
        prior_numbers=found.prior_numbers | said.prior_numbers, prior_suvs=found.prior_suvs | said.prior_suvs,
        prior_sizes=found.prior_sizes | said.prior_sizes,
    )  # fmt: skip


@lru_cache(maxsize=128)
def statements_of(report: Report) -> tuple[tuple[Statement, ...], Mapping[int, list[int]]]:
    """What a report asserts, and which of it the impression says again. Cached: it is read as findings and as evidence.

    The offsets are those in the sentences.
    """
    rows = tuple(report_facts(report, place=None))
    return rows, said_again([(row.fact, row.section) for row in rows])


@lru_cache(maxsize=128)
def source_of(report: Report) -> Source:
    """The evidence of a report. Cached: many pairs ask about one report."""
    rows, again = statements_of(report)
    facts = [_evidence(row.fact, row.section, row.sentences) for row in rows]
    _lend_places(facts)
    linked = []
    for i, e in enumerate(facts):
        for said in (facts[j] for j in again.get(i, ())):
            linked.append(_evidence(_joined(e.fact, said.fact), e.section, (*e.sentences, *said.sentences)))
    for i, said in _summed_up(facts, again):
        read = facts[i].fact._replace(tier=said.fact.tier, readings=said.fact.readings, tiers=said.fact.tiers)
        linked.append(_evidence(read, facts[i].section, (*facts[i].sentences, *said.sentences)))
    pool = (*linked, *facts)
    return Source(tuple(facts), tuple(linked), report.sentences, pool, _by_place(pool))


def _lend_places(rows: list[Evidence]) -> None:
    """ "Lách to, không thấy nốt khu trú": what is denied without a place is denied of what the sentence spoke of."""
    of: tuple[Item, ...] = ()
    number = 0
    for at, row in enumerate(rows):
        if row.sentences[-1] != number:
            of, number = (), row.sentences[-1]
        fact = row.fact
        if fact.polarity == "absent" and not fact.items:
            lent = fact.read_at or of or (BONE if fact.heads & OF_BONE else ())
            if lent:
                rows[at] = replace(_evidence(fact._replace(items=lent), row.section, row.sentences), lent=True)
        elif fact.items and fact.polarity != "advice":
            of = fact.items


def _by_place(pool: Sequence[Evidence]) -> dict[str, tuple[Evidence, ...]]:
    at: dict[str, list[Evidence]] = {}
    for row in pool:
        for place in row.all_places.union(*(r.target for r in row.fact.invasions)):
            at.setdefault(place, []).append(row)
    return {place: tuple(rows) for place, rows in at.items()}
