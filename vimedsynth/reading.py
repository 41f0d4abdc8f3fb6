"""Facts of a report -> findings with the words they were written in."""

import re
from functools import cache, lru_cache, reduce

from vimedsynth.facts import Fact, joined, merged, moved, shifted
from vimedsynth.findings import (
    Comparison,
    Finding,
    Invasion,
    Place,
    Polarity,
    Reading,
    Recommendation,
    Side,
    Size,
    Suv,
    Tier,
    Uptake,
)  # fmt: skip
from vimedsynth.lexicon import lexicon, load_json
from vimedsynth.pointing import REFERENCE
from vimedsynth.reports import Report, Section, Span
from vimedsynth.sources import Statement, statements_of, told_in
from vimedsynth.wording import LENGTHS, NUMBER, Wording, wording
from vimedsynth.words import fold, tokens

UPTAKE_WORDS = {"none": "không tăng chuyển hóa FDG", "mild": "tăng nhẹ chuyển hóa FDG", "increased": "tăng chuyển hóa FDG",
                "decreased": "giảm chuyển hóa FDG"}  # fmt: skip
HEAD_ORDER = (
    "node", "mass", "nodule", "thyroid-nodule", "cyst", "bulla", "effusion", "pneumothorax", "stone", "thickening", "lysis",
    "sclerosis", "opacity-patch", "consolidation", "ground-glass", "opacity-band", "interstitial", "tree-in-bud", "cavity",
)  # fmt: skip
PRIOR_SUV = re.compile(r"suv\s?(?:max|l)?\s*(?:[:;=]|là|khoảng)*\s*(\d+(?:[.,]\d+)?)")
BOTH_SIDES = re.compile(
    r"(?:cả )?(?:hai|2) bên(?:,? bên (?:phải|trái),? bên (?:phải|trái))?|bên phải và bên trái|bên trái và bên phải|(?:phải và trái|trái và phải)",
    re.I,
)
LARGEST = re.compile(r"(?:lớn nhất|dày nhất)[^,;]*$")
IN_CM = re.compile(r"\bcm\b|\dcm")
COUNT_WORDS = {"one": "một", "two": "hai", "three": "ba", "few": "vài", "many": "nhiều"}
ONE_SIDE = {"right": "bên phải", "left": "bên trái"}


def findings_of(report: Report) -> tuple[Finding, ...]:
    """All findings outside the impression, with the impression's words on them."""
    rows, again = statements_of(report)
    out: list[Finding] = []
    index_of: dict[int, int] = {}
    advice: dict[int, list[Recommendation]] = {}
    for i, row in enumerate(rows):
        fact = row.fact
        if fact.polarity == "advice" and fact.advice_of is not None:
            span = _span_of(row, report)
            given = Recommendation(span.of(report.text).strip(" .,;"), span)
            advice.setdefault(fact.advice_of, []).append(given)
        elif row.section is not Section.IMPRESSION and _tells_finding(fact):
            index_of[i] = len(out)
            said = [rows[j] for j in again.get(i, ())]
            found = _in_report(f"f{len(out) + 1}", row, said, report)
            out.append(_with_form(found, out[-1]) if out else found)
    for i, recommended in advice.items():
        if i in index_of:
            out[index_of[i]] = out[index_of[i]]._replace(recommendation=recommended[0])
    return tuple(out)


def _in_report(name: str, row: Statement, said: list[Statement], report: Report) -> Finding:
    """The finding of one statement with what the impression says of it."""
    spans = tuple(report.sentences[n - 1].span for n in row.sentences)
    found = _alone(row.parts[0], report) if len(row.parts) == 1 else _finding(_whole(row, report), spans, report.text)
    reading = found.reading or next((r for other in said if (r := _said_reading(other, report))), None)
    again = tuple(report.sentences[n - 1].span for other in said for n in other.sentences)
    return found._replace(id=name, section=row.section, spans=spans, reading=reading, impression_spans=again)


def _tells_finding(fact: Fact) -> bool:
    return bool(fact.heads or fact.levels or fact.items) and REFERENCE not in fact.points


def _span_of(row: Statement, report: Report) -> Span:
    """Where a statement is told, from its first part to its last."""
    spans = []
    for number, order in row.parts:
        sentence = report.sentences[number - 1]
        told, cut = told_in(sentence.text)
        spans.append(moved(told[order], sentence.span.start + cut).span)
    return reduce(joined, spans)


def _whole(row: Statement, report: Report) -> Fact:
    """A fact that several sentences tell, with all its offsets in the report."""
    sentences = [report.sentences[number - 1] for number, _ in row.parts]
    pieces = []
    for sentence, (_, order) in zip(sentences, row.parts, strict=True):
        told, cut = told_in(sentence.text)
        pieces.append(shifted(told[order], sentence.span.start + cut))
    return reduce(merged, pieces)


def _alone(part: tuple[int, int], report: Report) -> Finding:
    number, order = part
    return _of_sentence(report.sentences[number - 1].text, order)


@lru_cache(maxsize=4096)
def _of_sentence(text: str, order: int) -> Finding:
    """A finding that one sentence tells, by its place among the facts of the sentence. Cached: standard lines recur."""
    told, cut = told_in(text)
    return _finding(told[order], (Span(0, len(text) - cut),), text[cut:])


def _with_form(finding: Finding, before: Finding) -> Finding:
    """ "nang ... ở thận phải và kích thước 19 x 15 mm ở thận trái": the second has the form of the first."""
    told = finding.morphology or not finding.sizes or finding.spans != before.spans or finding.head != before.head
    return finding if told else finding._replace(morphology=before.morphology, count=before.count)


def _finding(fact: Fact, spans: tuple[Span, ...], text: str) -> Finding:
    """A finding without a name, from a fact whose offsets, like ``spans``, are in ``text``."""
    words = wording(Span(fact.span.start, min(fact.span.end, spans[0].end)).of(text))
    polarity = Polarity(fact.polarity if fact.polarity != "advice" else "present")
    heads = [h for h in HEAD_ORDER if h in fact.heads] + sorted(fact.heads - set(HEAD_ORDER))
    level = _level(fact)
    place = words.place
    if len(fact.items) == 1 and fact.items[0].side in ONE_SIDE and fact.items[0].span.start >= 0:
        place = BOTH_SIDES.sub(ONE_SIDE[fact.items[0].side], place) if BOTH_SIDES.search(place) else place
        place = place.split(",")[0] if len(fact.sizes) == 1 and fact.sizes[0].kind == "thickness" else place
    if not place and len(spans) > 1:
        place = wording(spans[-1].of(text)).place
    return Finding(
        id="", section=Section.HEAD_NECK, spans=spans, polarity=polarity, head=heads[0] if heads else ("uptake" if fact.levels or fact.suvs else "state"),
        morphology=words.morphology, count=_count(words.morphology) or _count_word(fact), places=_places(fact, text), place_text=place,
        uptake=level, uptake_text=_uptake_text(words, fact, level), sizes=_sizes(fact, text), suvs=_suvs(fact, text),
        invasions=tuple(Invasion(r.verb, " ".join(sorted(r.target)), r.certain, t) for r, t in zip(fact.invasions, words.invasions, strict=False)),
        reading=_reading(fact, words), comparison=_comparison(fact, words), reactive=_reactive(fact),
        boilerplate=_boilerplate(spans[0].of(text)), conflicts=_conflicts(fact),
    )  # fmt: skip


def _level(fact: Fact) -> Uptake:
    for name in ("increased", "mild", "none", "decreased"):
        if name in fact.levels and not (name == "increased" and fact.levels >= {"increased", "none"}):
            return Uptake(name)
    return Uptake.UNSTATED


def _uptake_text(words: Wording, fact: Fact, level: Uptake) -> str:
    if words.uptake:
        return words.uptake
    return UPTAKE_WORDS.get(str(level), "")


def _reading(fact: Fact, words: Wording) -> Reading | None:
    if not fact.tier or not words.reading or not fact.readings or fact.polarity == "physiologic":
        return None
    plain = re.sub(
        r"^(?:nhiều khả năng|chưa loại trừ khả năng|chưa loại trừ|khả năng|có thể|tương ứng với|tương ứng|phù hợp với|phù hợp)\s*",
        "",
        words.reading,
        flags=re.I,
    )
    plain = re.sub(r"^(?:là do|do|là)\s+", "", plain, flags=re.I)
    return Reading(Tier(fact.tier), plain, words.reading)


def _said_reading(row: Statement, report: Report) -> Reading | None:
    return _reading(row.fact, wording(_span_of(row, report).of(report.text)))


def _count(morphology: str) -> str | None:
    found = next((t for t in tokens(morphology) if t.kind == "count"), None)
    return found.text if found else ("đám" if fold(morphology).startswith("đám hạch") else None)


def _count_word(fact: Fact) -> str | None:
    """The number of a finding that was written in digits ("02 nhân") or away from its form."""
    said = sorted(fact.counts - {"unmarked"})
    return COUNT_WORDS.get(said[0].removeprefix("of:"), said[0].removeprefix("n")) if len(said) == 1 else None


def _places(fact: Fact, whole: str) -> tuple[Place, ...]:
    known = lexicon().within
    out = []
    for item in fact.items:
        organs = [a for a in item.atoms if a in known]
        parts = item.atoms.difference(organs)
        text = item.span.of(whole) if item.span.start >= 0 else ""
        organ = organs[0] if len(organs) == 1 else _innermost(organs, text)
        out.append(Place(text, organ, parts, Side(item.side) if item.side else None))
    return tuple(out)


def _innermost(organs: list[str], text: str) -> str | None:
    """The organ that lies within most others; of those that lie as deep, the one named first."""
    known = lexicon().within
    depth = max((len(known[organ]) for organ in organs), default=0)
    deep = sorted(organ for organ in organs if len(known[organ]) == depth)
    if len(deep) < 2:
        return deep[0] if deep else None
    return next((token.value for token in tokens(text) if token.value in deep), deep[0])


def _sizes(fact: Fact, whole: str) -> tuple[Size, ...]:
    out = []
    for m in fact.sizes:
        text = m.span.of(whole)
        scale = 10.0 if IN_CM.search(fold(text)) else 1.0
        before = fold(whole[max(fact.span.start, m.span.start - 60) : m.span.start])
        largest = bool(LARGEST.search(before))
        dims = () if m.few else tuple(float(n.replace(",", ".")) * scale for n in re.findall(NUMBER, text))
        if tuple(sorted(dims)) != m.dims:
            dims = m.dims  # "0,7 - 1,2 cm": the unit stands with the second
        kind = {"few": "few_mm", "size": "axes" if len(dims) > 1 else "diameter"}.get(m.kind, m.kind)
        op = "<" if m.op == "<" or _lost_threshold(before, dims, whole[m.span.end : m.span.end + 2]) else m.op
        out.append(Size(dims, kind, op, "largest" if largest else "all", text))
    return tuple(out)


def _lost_threshold(before: str, dims: tuple[float, ...], after: str) -> bool:
    """ "kích thước nhỏ 10 mm" and "nhỏ ( 10 mm)" lost their "<" on the way (the sign was taken for a tag)."""
    return dims == (10.0,) and bool(re.search(r"nhỏ\s*(?:\(\s*)?$|\(\s+$", before))


def _suvs(fact: Fact, whole: str) -> tuple[Suv, ...]:
    out = []
    for value, span in zip(fact.suvs, fact.suv_spans, strict=True):
        before = fold(whole[max(0, span.start - 14) : span.start])
        kind = "SUVL" if "suvl" in before else "SUVmax" if "max" in before else "SUV"
        sentence = fold(whole[fact.span.start : span.start])
        largest = "lớn nhất" in sentence
        out.append(Suv(value, kind, "largest" if largest else "all", span.of(whole)))
    return tuple(out)


def _comparison(fact: Fact, words: Wording) -> Comparison | None:
    relations = fact.prior - {"versus"}
    if not fact.prior or not (relations or words.comparison):
        return None
    names = {"both-down": "smaller", "both-up": "larger"}
    relation = next((names.get(r, r) for r in sorted(relations)), None)
    low = fold(words.comparison)  # its dates are numbers too, and neither sizes nor SUVs
    suvs = tuple(float(m[1].replace(",", ".")) for m in PRIOR_SUV.finditer(low))
    sizes = tuple(_prior_size(words.comparison[m.start() : m.end()]) for m in re.finditer(LENGTHS, low))
    return Comparison(relation, sizes, suvs, words.comparison)


def _prior_size(text: str) -> Size:
    scale = 10.0 if "cm" in fold(text) else 1.0
    dims = tuple(float(n.replace(",", ".")) * scale for n in re.findall(NUMBER, text))
    return Size(dims, "axes" if len(dims) > 1 else "diameter" if dims else "few_mm", "=", "all", text)


def _reactive(fact: Fact) -> bool:
    """Small nodes of the neck, the axilla or the groin without uptake: the standard line of reactive nodes."""
    small = "small" in fact.modifiers or any(m.few or m.dims == (10.0,) for m in fact.sizes)
    if "node" in fact.heads and "none" in fact.levels and small and "hilum-kept" in fact.modifiers:
        return True  # a small node with its fatty hilum and no uptake is reactive by its form
    places = {"jaw-angle", "sternocleidomastoid", "axilla", "inguinal", "stn:iib"}
    return "node" in fact.heads and "none" in fact.levels and small and not fact.suvs and bool(fact.atoms & places)


@cache
def _standard() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in load_json("boilerplate.json")["sentences"]))


@lru_cache(maxsize=4096)
def _boilerplate(sentence: str) -> bool:
    plain = re.sub(r"\d+(?:[.,]\d+)?\s?", "# ", fold(sentence)).replace("2 bên", "hai bên")
    return bool(_standard().fullmatch(" ".join(plain.split())))


def _conflicts(fact: Fact) -> tuple[str, ...]:
    out = []
    if fact.levels == {"none"} and fact.suvs:
        out.append("uptake-vs-suv")
    if len(fact.levels & {"none", "increased", "mild"}) > 1 and "none" in fact.levels:
        out.append("uptake-both-ways")
    return tuple(out)
