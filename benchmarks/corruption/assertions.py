"""Operators on what is asserted: presence, uptake, certainty, reading, advice, change since an earlier study."""

import re
from collections.abc import Iterator

from benchmarks.corruption.attributes import _put
from benchmarks.corruption.source import ADVICE, NEGATIVE, PHYSIOLOGIC, SUV, SUV_BRACKET, Source, overlap, words

_HEAD_END = re.compile(
    r",| \(|\.$| có kích thước| có đường kính| kích thước| đường kính| không tăng| tăng chuyển hóa| tăng nhẹ"
    r"| khả năng| tương ứng| có thể| do "
)
_PATTERN_WORDS = r"(?: (?:không đều|lan tỏa|khu trú|không đặc hiệu|dạng viền|ngoại vi|rõ))*"


def flip_negation(source: Source) -> Iterator[str]:
    """5: a negative stated as a finding, a finding denied; not where the report holds both."""
    text = source.text
    if match := NEGATIVE.match(text):
        rest = re.sub(r"^\s*(?:có |thấy )?(?:hình ảnh )?", "", text[match.end() :])
        if not _held_by_finding(source, rest):
            yield f"Hình ảnh {rest}"
    elif text.startswith("Hình ảnh ") and not re.search(r"phẫu thuật", text):
        body = text.removeprefix("Hình ảnh ")
        end = None if PHYSIOLOGIC.search(body) else _HEAD_END.search(body, 12 if body.startswith("tăng") else 0)
        head = (body[: end.start()] if end else body).rstrip(" .")
        yield f"Không phát hiện hình ảnh {head}."


def _held_by_finding(source: Source, rest: str) -> bool:
    """Whether some sentence of the report asserts what the negative denies, wholly or for a part of the place."""
    if rest.startswith("tràn"):
        probe = re.compile(r"\btràn (?:dịch|khí)|dịch màng")
    else:
        place = re.split(r"\b(?:ở|tại)\b", rest, maxsplit=1)[-1]
        if "vị trí khác" in place or "toàn thân" in place:
            return False
        organs = [w for w in ("xương", "phổi", "gan", "tuyến giáp", "vú", "đại tràng", "trực tràng") if w in place]
        if not organs:
            return True
        bones = "|đốt sống|cột sống|cơ |cánh chậu|sườn|tủy" if "xương" in organs else ""
        probe = re.compile("|".join(organs) + bones)
    return any(
        probe.search(s.text) and not NEGATIVE.match(s.text) and not PHYSIOLOGIC.search(s.text)
        for s in source.report.sentences
        if s.number != source.sentence.number
    )


def flip_uptake(source: Source) -> Iterator[str]:
    """6: no uptake <-> uptake; a number goes when the uptake does, none is made up when it comes."""
    text = source.text
    if not source.is_finding or _disputed(source):
        return
    for match in re.finditer(r"không tăng(?: nhẹ)?(?= (?:chuyển hóa|bắt|hấp thu))", text):
        if not SUV.search(text):
            yield _put(text, match, "tăng")
    pattern = rf"(?<!không )(?<!Hình ảnh )(?<!hình ảnh )tăng(?: nhẹ)? chuyển hóa(?: FDG)?{_PATTERN_WORDS}"
    for match in re.finditer(pattern, text):
        if match.start():
            yield SUV_BRACKET.sub("", _put(text, match, "không tăng chuyển hóa FDG"))


def _disputed(source: Source) -> bool:
    """Whether the report itself gives the same finding with and without uptake (impressions sometimes do)."""
    polar = "không tăng" in source.text
    rows = (s.text for s in source.report.sentences if s.number != source.sentence.number)
    return any(
        overlap(source.text, row) > 0.5 and re.search(r"(?<!không )tăng", row) and ("không tăng" in row) != polar
        for row in rows
    )


def certainty_up(source: Source) -> Iterator[str]:
    """9a: a probable reading made certain, or more certain."""
    yield from _retiered(source, words()["up"], weaker=False)


def certainty_down(source: Source) -> Iterator[str]:
    """9b: a certain reading made doubtful."""
    if not re.search(r"nghi ngờ", source.text):
        yield from _retiered(source, words()["down"], weaker=True)


def _retiered(source: Source, table: list[list[str]], weaker: bool) -> Iterator[str]:
    hedge = re.compile(words()["hedges"])
    if NEGATIVE.match(source.text) or ADVICE.match(source.text):
        return
    for pattern, new in table:
        for match in re.finditer(pattern, source.text):
            rivals = (s.text for s in source.report.sentences if s.number != source.sentence.number)
            # The same finding may be read with another certainty elsewhere in the report: then both are the report's.
            if not any(overlap(source.text, t) > 0.5 and bool(hedge.search(t)) == weaker for t in rivals):
                yield _put(source.text, match, match.expand(new))


def invent_advice(source: Source) -> Iterator[str]:
    """15: advice that nobody gave, another target of it, or "if needed" left out."""
    text, whole = source.text, source.report.text.lower()
    if source.is_finding and not source.advised and text.endswith("."):
        yield from (f"{text} {new}" for key, new in words()["advice"] if not re.search(key, whole))
    if ADVICE.match(text):
        if " (nếu cần)" in text:
            yield text.replace(" (nếu cần)", "")
        for target, other in words()["advice_targets"].items():
            if target in text and other.lower() not in whole:
                yield text.replace(target, other)


def add_reading(source: Source) -> Iterator[str]:
    """16: a reading for a finding that has none; only readings whose word the report never uses."""
    if not source.is_finding or re.search(words()["conclusion"], source.text) or not source.text.endswith("."):
        return
    yield from (
        source.text[:-1] + new + "." for key, new in words()["readings"] if not re.search(key, source.report.text, re.I)
    )


def flip_prior(source: Source) -> Iterator[str]:
    """19: another course since the earlier study."""
    if re.search(words()["prior_context"], source.text):
        for pattern, new in words()["prior"]:
            if match := re.search(pattern, source.text):
                yield _put(source.text, match, new)
                return
