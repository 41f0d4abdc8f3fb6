"""Facts of a report -> findings with the words they were written in."""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from vimedsynth.facts import Fact
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
from vimedsynth.reports import Report, Section, Sentence, Span
from vimedsynth.sources import report_facts, said_again
from vimedsynth.words import Token, fold, tokens

UPTAKE_WORDS = {"none": "không tăng chuyển hóa FDG", "mild": "tăng nhẹ chuyển hóa FDG", "increased": "tăng chuyển hóa FDG",
                "decreased": "giảm chuyển hóa FDG"}  # fmt: skip
HEAD_ORDER = (
    "node", "mass", "nodule", "thyroid-nodule", "cyst", "bulla", "effusion", "pneumothorax", "stone", "thickening", "lysis",
    "sclerosis", "opacity-patch", "consolidation", "ground-glass", "opacity-band", "interstitial", "tree-in-bud", "cavity",
)  # fmt: skip
GRADE = r"(?: nhẹ| mạnh| rõ| ít)?"
PATTERN = r"(?:[, ]+(?:lan tỏa|khu trú|không đều|không đồng đều|không đặc hiệu|không đối xứng|đối xứng|dạng viền|ngoại vi|bất thường))*"
UPTAKE = re.compile(
    rf"(?:không |chưa )(?:bắt xạ|hấp thu|bắt)(?: fdg)?|(?:hấp thu|bắt) fdg(?: nhẹ| mạnh| lan tỏa| rõ)+|"
    rf"(?:không còn |không |chưa |hơi )?(?:có |thấy |kèm |ghi nhận )?(?:tăng|giảm|cao){GRADE}{PATTERN} (?:chuyển hóa|bắt xạ|bắt|hấp thu|hấp thụ)(?: trên)?(?: fdg| glucose)?{GRADE}{PATTERN}"
)
SUV = re.compile(
    r"[(/]?\s*(?:với )?suv\s?(?:max|l)?\s?(?:[:;=]|lần lượt là|khoảng|là|đạt|đo được|cao nhất| )*\s*\d+(?:[.,]\d+)?(?: và \d+(?:[.,]\d+)?)?\s*\)?"
)
NUMBER = r"\d+(?:[.,]\d+)?"
HEADS = r"(?:khối hạch|đám hạch|nốt mờ|nốt vôi hóa|hạch|nốt|khối|nang|ổ|đám)"
LENGTHS = rf"{NUMBER}(?:\s*x\s*{NUMBER})*\s?(?:mm|cm)|{NUMBER}(?:\s*x\s*{NUMBER})+|vài mm"
SIZE = re.compile(
    rf"\(?\s*(?:,\s*)?(?:(?:trên )?đoạn thực quản\s|đoạn dày nhất\s|đoạn\s|lớp dịch\s|dịch\s|thành (?=dày \d))?(?:{HEADS}\s+lớn nhất\s*)?(?:có\s)?"
    rf"(?:kích thước|đường kính|trục ngắn|trục dài|chiều (?:cao|dày|dài|ngang)|bề dày|\b(?:kt|đk|d)(?=[\s=~:]*\d)|đo được|đo(?= \d)|dày(?= \d)|dài(?= \d))?(?:\s{HEADS}\s+lớn nhất)?(?:\scó)?(?:\skích thước|\sđường kính)?(?:\s(?:nhỏ|to|lớn)(?=[ (<]*\d))?(?:\slần lượt là|\slà)?"
    rf"[\s:=~]*\(?\s*(?:(?:dưới|khoảng|chừng|cỡ|<|~)\s*)?(?:{LENGTHS})(?:\s(?:và|x)\s(?:{LENGTHS}))?\s*\)?"
)
PRIOR_SUV = re.compile(r"suv\s?(?:max|l)?\s*(?:[:;=]|là|khoảng)*\s*(\d+(?:[.,]\d+)?)")
AMOUNT = re.compile(r"\s(?:mức độ|số lượng) (?:nhẹ|ít|vừa|nhiều|lớn|trung bình)")
OPERATED = re.compile(r"\s(?:đã |được |đã được )(?:phẫu thuật|cắt bỏ|cắt|mổ).*$")
OPENING = re.compile(
    r"^(?:(?:không|chưa) (?:phát hiện|thấy|ghi nhận|có)(?: thấy)?\s+|không còn\s+)?(?:hình ảnh|hinh ảnh|hình anh|có hình ảnh|có|ghi nhận|hình)\s+"
    r"|^(?:không|chưa) (?:phát hiện|thấy|ghi nhận|có)(?: thấy)?\s+|^không còn\s+",
    re.I,
)
CLOSING = re.compile(r"[\s,]*\b(?:và|hoặc|với)(?:\s+(?:vài|nhiều|một|hai))?\s*$", re.I)
PLACE_FIRST = re.compile(
    r"^\W*(?:ở |tại |trên )?([^:,;]{2,60}?)(:\s+|,?\s(?:có|thấy|ghi nhận|cho thấy|xuất hiện)\s(?:thấy |hình ảnh )*)",
    re.I,
)
PREPOSITION = re.compile(r"\s(?:ở|tại)\s")
BOTH_SIDES = re.compile(
    r"(?:cả )?(?:hai|2) bên(?:,? bên (?:phải|trái),? bên (?:phải|trái))?|bên phải và bên trái|bên trái và bên phải|(?:phải và trái|trái và phải)",
    re.I,
)
COUNT_WORDS = {"one": "một", "two": "hai", "three": "ba", "few": "vài", "many": "nhiều"}
ONE_SIDE = {"right": "bên phải", "left": "bên trái"}
OPEN_STATION = re.compile(r"\((?:nhóm|chặng|trạm)\b[^()]*$")
TRIM = " .,;:/()-"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one finding, cut from its sentence."""

    morphology: str
    place: str
    uptake: str
    reading: str
    comparison: str
    invasions: tuple[str, ...]


def _cut(text: str, low: str, pattern: re.Pattern[str]) -> tuple[str, str, list[str]]:
    """``text`` and its folded twin without the matches, and the matches."""
    if not any(sign in low for sign in SIGNS[pattern]):
        return text, low, []
    hits = [m.span() for m in pattern.finditer(low)]
    if not hits:
        return text, low, []
    keep = list(zip([0, *(b for _, b in hits)], [*(a for a, _ in hits), len(text)], strict=True))
    found = [text[a:b] for a, b in hits]
    return " , ".join(text[a:b] for a, b in keep), " , ".join(low[a:b] for a, b in keep), found


PRIOR = re.compile(
    r"(?:[(;/]\s*)?(?:không thay đổi[^()]*?|giảm[^(),]*?|tăng về[^(),]*?|mới xuất hiện\s*)?so với (?=[^)]*(?:pet|ct|chụp|kết quả|tháng|suv|\d))[^)]*\)?"
)
READING = re.compile(
    r"(?:nhiều khả năng|khả năng|có thể|tương ứng|phù hợp|chưa loại trừ|nghĩ nhiều|theo đặc điểm|(?<=fdg )do |(?<=, )do |(?<=,  )do |(?<=, )do |do metas|do di căn|do viêm|do mỡ nâu)[^.]*$"
)
INVASION = re.compile(
    r",?\s*(?:nghi ngờ )?(?:xâm lấn|dính vào|(?<!dày )dính|lan (?:vào|xuống|lên|theo|tới|đến|ra|sang)|đè đẩy|đẩy lồi|chèn ép|thâm nhiễm (?=các|vào|mỡ)|phá hủy|gây xẹp)(?:(?!, (?:tăng|không tăng|kích|xâm|dính|lan|nghi|đè|đẩy|gây|giảm)|\(|$|\.).)*"
)


SIGNS: dict[re.Pattern[str], tuple[str, ...]] = {
    OPERATED: ("phẫu thuật", "cắt", "mổ"),
    PRIOR: ("so với",),
    SUV: ("suv",),
    READING: ("khả năng", "có thể", "tương ứng", "phù hợp", "loại trừ", "nghĩ nhiều", "đặc điểm", "do "),
    UPTAKE: ("chuyển hóa", "bắt", "hấp thu", "hấp thụ"),
    SIZE: ("mm", "cm", *(f"{n} x" for n in range(10)), *(f"{n}x" for n in range(10))),
    INVASION: ("dính", "xâm lấn", "lan ", "đè đẩy", "đẩy lồi", "chèn ép", "thâm nhiễm", "phá hủy", "gây xẹp"),
    AMOUNT: ("mức độ", "số lượng"),
}
"""What must stand in a text for a pattern to be found: most findings have few of these attributes."""


@lru_cache(maxsize=4096)
def wording(text: str) -> Wording:
    """Cut one finding's text into its attributes by taking away what can be named; what is left is form and place."""
    text = CLOSING.sub("", OPENING.sub("", text.strip()))
    low = fold(text)
    text, low, operated = _cut(text, low, OPERATED)
    text, low, prior = _cut(text, low, PRIOR)
    text, low, _ = _cut(text, low, SUV)
    text, low, readings = _cut(text, low, READING)
    text, low, uptakes = _cut(text, low, UPTAKE)
    text, low, _ = _cut(text, low, SIZE)
    text, low, invasions = _cut(text, low, INVASION)
    text, low, amount = _cut(text, low, AMOUNT)
    form, place = _form_and_place(re.sub(r"\s+", " ", re.sub(r"\(\s*,?\s*\)", " ", text)))
    form = " ".join(x.strip(TRIM) for x in (form, *amount, *operated) if x.strip(TRIM))
    uptake = next(iter(uptakes), "")
    return Wording(form, place, uptake.strip(TRIM), _bracketed(" ".join(readings).strip(TRIM)), " ".join(prior).strip(TRIM),
                   tuple(i.strip(TRIM) for i in invasions))  # fmt: skip


def _bracketed(text: str) -> str:
    """``text`` with the bracket closed that was trimmed off its end: "lành tính (nang hoặc u máu)"."""
    return f"{text})" if text.count("(") == text.count(")") + 1 else text


def _tidy(text: str) -> str:
    text = re.sub(r"(?:\s*,)+\s*", ", ", text)
    text = re.sub(r"\(\s*[,;]?\s*\)", "", text)
    if text.count("(") == text.count(")") + 1 and OPEN_STATION.search(text):
        text = text.rstrip(" .,;:/-") + ")"  # what was cut held the closing bracket: "(chặng 1, 2 - hạch lớn nhất ...)"
    if text.count("(") != text.count(")"):
        text = text.replace("(", " ").replace(")", " ")
    return re.sub(r"\s+", " ", text).strip(" .,;:/-")


def _place_first(text: str) -> tuple[str, str] | None:
    """ "Gan có vài nang", "Ngực: nốt ở thùy dưới", "Thượng thận trái: nốt": the place that opens a sentence, and the rest."""
    hit = PLACE_FIRST.match(text)
    if not hit:
        return None
    before, after = tokens(hit[1]), tokens(text[hit.end() :])
    placed = any(t.kind in ("organ", "part") for t in before) and not any(t.kind in ("head", "generic") for t in before)
    formed = bool(after) and after[0].kind in ("head", "count", "generic", "num") and after[0].value != "enlargement"
    if not placed or not (formed or ":" in hit[2]):
        return None
    region = all(t.value.startswith("region:") for t in before if t.kind == "organ")
    return ("" if region and ":" in hit[2] else hit[1]), text[hit.end() :]


def _form_and_place(text: str, opening: bool = True) -> tuple[str, str]:
    """What it looks like and where: the first "ở" or "tại" parts them, or else the first word of a place."""
    opened = _place_first(text) if opening else None
    if opened:
        form, rest = _form_and_place(opened[1], ":" in text[:60] and opened[0] == "")
        return form, _tidy(", ".join(x for x in (opened[0], rest) if x))
    toks = tokens(text)
    hit = PREPOSITION.search(" " + text)
    organ = next(
        (t.start for t in toks if t.kind == "organ" or (t.kind == "relation" and _place_follows(toks, t))), None
    )
    station = re.search(r"\b(?:nhóm|hạ phân thùy|hpt)\b", fold(text))
    if station and (organ is None or station.start() < organ):
        organ = station.start()
    if hit and (organ is None or hit.start() <= organ + 14 or _is_node_prefix(text[:organ])):
        form, place = text[: max(0, hit.start() - 1)], text[hit.end() - 1 :]
    elif organ is not None:
        start = _chain_start(toks, organ)
        form, place = text[:start], text[start:]
    else:
        form, place = text, ""
    return _tidy(form), _tidy(place)


def _chain_start(toks: tuple[Token, ...], organ: int) -> int:
    """Where the run of relations, parts, sides and organs that ends at ``organ`` begins ("trước và hai bên khí quản")."""
    before = [t for t in toks if t.start < organ]
    start = organ
    for k in range(len(before) - 1, -1, -1):
        tok = before[k]
        kind = tok.kind in ("relation", "side", "organ") or (tok.kind == "part" and tok.value != "mucosa")
        joint = (
            tok.value in {"và", "vùng", "đoạn", ","}
            and k > 0
            and before[k - 1].kind in ("relation", "side", "organ", "part")
        )
        if not (kind or joint or tok.value == "vùng"):
            break
        start = tok.start
    return start


def _place_follows(toks: tuple[Token, ...], tok: Token) -> bool:
    after = [t for t in toks if t.start >= tok.end]
    return bool(after) and after[0].kind in ("organ", "part", "side", "relation")


def _is_node_prefix(before: str) -> bool:
    """ "vài hạch cổ ở ...": the organ before "ở" names the kind of node."""
    return bool(re.search(r"\bhạch\s*$", fold(before).strip()))


def findings_of(report: Report) -> tuple[Finding, ...]:
    """All findings outside the impression, with the impression's words on them."""
    rows = report_facts(report)
    again = said_again([(fact, section) for fact, section, _ in rows])
    numbers = {s.number: s for s in report.sentences}
    out: list[Finding] = []
    index_of: dict[int, int] = {}
    advice: dict[int, list[Recommendation]] = {}
    for i, (fact, section, sentence_numbers) in enumerate(rows):
        if fact.polarity == "advice" and fact.advice_of is not None:
            row = Recommendation(fact.span.of(report.text).strip(" .,;"), fact.span)
            advice.setdefault(fact.advice_of, []).append(row)
        elif section is not Section.IMPRESSION and (fact.heads or fact.levels or fact.items):
            index_of[i] = len(out)
            spans = tuple(numbers[n].span for n in sentence_numbers)
            said = [(rows[j][0], rows[j][2]) for j in again.get(i, ())]
            found = _finding(f"f{len(out) + 1}", fact, section, spans, report, said, numbers)
            out.append(_with_form(found, out[-1]) if out else found)
    for i, given in advice.items():
        if i in index_of:
            out[index_of[i]] = replace(out[index_of[i]], recommendation=given[0])
    return tuple(out)


def _with_form(finding: Finding, before: Finding) -> Finding:
    """ "nang ... ở thận phải và kích thước 19 x 15 mm ở thận trái": the second has the form of the first."""
    told = finding.morphology or not finding.sizes or finding.spans != before.spans or finding.head != before.head
    return finding if told else replace(finding, morphology=before.morphology, count=before.count)


def _finding(
    name: str,
    fact: Fact,
    section: Section,
    spans: tuple[Span, ...],
    report: Report,
    said: list[tuple[Fact, tuple[int, ...]]],
    numbers: dict[int, Sentence],
) -> Finding:
    own = Span(fact.span.start, min(fact.span.end, spans[0].end))
    words = wording(own.of(report.text))
    reading = _reading(fact, words) or next((r for f, n in said if (r := _said_reading(f, report))), None)
    polarity = Polarity(fact.polarity if fact.polarity != "advice" else "present")
    heads = [h for h in HEAD_ORDER if h in fact.heads] + sorted(fact.heads - set(HEAD_ORDER))
    level = _level(fact)
    place = words.place
    if len(fact.items) == 1 and fact.items[0].side in ONE_SIDE and fact.items[0].span.start >= 0:
        place = BOTH_SIDES.sub(ONE_SIDE[fact.items[0].side], place) if BOTH_SIDES.search(place) else place
        place = place.split(",")[0] if len(fact.sizes) == 1 and fact.sizes[0].kind == "thickness" else place
    if not place and len(spans) > 1:
        place = wording(spans[-1].of(report.text)).place
    return Finding(
        id=name, section=section, spans=spans, polarity=polarity, head=heads[0] if heads else ("uptake" if fact.levels or fact.suvs else "state"),
        morphology=words.morphology, count=_count(words.morphology) or _count_word(fact), places=_places(fact, report), place_text=place,
        uptake=level, uptake_text=_uptake_text(words, fact, level), sizes=_sizes(fact, report), suvs=_suvs(fact, report),
        invasions=tuple(Invasion(r.verb, " ".join(sorted(r.target)), r.certain, t) for r, t in zip(fact.invasions, words.invasions, strict=False)),
        reading=reading, comparison=_comparison(fact, words), reactive=_reactive(fact), boilerplate=_boilerplate(spans[0].of(report.text)),
        conflicts=_conflicts(fact, report), impression_spans=tuple(numbers[n].span for _, ns in said for n in ns),
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


def _said_reading(fact: Fact, report: Report) -> Reading | None:
    return _reading(fact, wording(fact.span.of(report.text)))


def _count(morphology: str) -> str | None:
    found = next((t for t in tokens(morphology) if t.kind == "count"), None)
    return found.text if found else ("đám" if fold(morphology).startswith("đám hạch") else None)


def _count_word(fact: Fact) -> str | None:
    """The number of a finding that was written in digits ("02 nhân") or away from its form."""
    said = sorted(fact.counts - {"unmarked"})
    return COUNT_WORDS.get(said[0].removeprefix("of:"), said[0].removeprefix("n")) if len(said) == 1 else None


def _places(fact: Fact, report: Report) -> tuple[Place, ...]:
    known = lexicon().within
    out = []
    for item in fact.items:
        organs = sorted((a for a in item.atoms if a in known), key=lambda a: -len(known[a]))
        parts = frozenset(a for a in item.atoms if a not in known)
        text = item.span.of(report.text) if item.span.start >= 0 else ""
        out.append(Place(text, organs[0] if organs else None, parts, Side(item.side) if item.side else None))
    return tuple(out)


def _sizes(fact: Fact, report: Report) -> tuple[Size, ...]:
    out = []
    for m in fact.sizes:
        text = m.span.of(report.text)
        before = fold(report.text[max(fact.span.start, m.span.start - 60) : m.span.start])
        largest = bool(re.search(r"(?:lớn nhất|dày nhất)[^,;]*$", before))
        dims = (
            tuple(
                float(n.replace(",", ".")) * (10.0 if re.search(r"\bcm\b|\dcm", fold(text)) else 1.0)
                for n in re.findall(NUMBER, text)
            )
            if not m.few
            else ()
        )
        if tuple(sorted(dims)) != m.dims:
            dims = m.dims  # "0,7 - 1,2 cm": the unit stands with the second
        kind = {"few": "few_mm", "size": "axes" if len(dims) > 1 else "diameter"}.get(m.kind, m.kind)
        op = "<" if m.op == "<" or _lost_threshold(before, dims, report.text[m.span.end : m.span.end + 2]) else m.op
        out.append(Size(dims, kind, op, "largest" if largest else "all", text))
    return tuple(out)


def _lost_threshold(before: str, dims: tuple[float, ...], after: str) -> bool:
    """ "kích thước nhỏ 10 mm" and "nhỏ ( 10 mm)" lost their "<" on the way (the sign was taken for a tag)."""
    return dims == (10.0,) and bool(re.search(r"nhỏ\s*(?:\(\s*)?$|\(\s+$", before))


def _suvs(fact: Fact, report: Report) -> tuple[Suv, ...]:
    out = []
    for value, span in zip(fact.suvs, fact.suv_spans, strict=True):
        before = fold(report.text[max(0, span.start - 14) : span.start])
        kind = "SUVL" if "suvl" in before else "SUVmax" if "max" in before else "SUV"
        sentence = fold(report.text[fact.span.start : span.start])
        largest = "lớn nhất" in sentence
        out.append(Suv(value, kind, "largest" if largest else "all", span.of(report.text)))
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


def _conflicts(fact: Fact, report: Report) -> tuple[str, ...]:
    out = []
    if fact.levels == {"none"} and fact.suvs:
        out.append("uptake-vs-suv")
    if len(fact.levels & {"none", "increased", "mild"}) > 1 and "none" in fact.levels:
        out.append("uptake-both-ways")
    return tuple(out)
