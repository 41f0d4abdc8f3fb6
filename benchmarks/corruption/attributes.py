"""Operators on what a finding measures: side, size, SUVmax, decimals, unit, count, intensity, threshold."""

import re
from collections.abc import Iterator

from benchmarks.corruption.source import DIAMETER, DIMS, SUV, Source, decimal, words

_OTHER = {"phải": "trái", "trái": "phải"}
_SIDE = re.compile(r"\b(phải|trái)\b")
_BOTH_SIDES = re.compile(r"\b(?:phải|trái)(?:,| và| hoặc) (?:bên )?(?:phải|trái)\b")
_FIXED_SIDE = re.compile(r"thùy (?:giữa|lưỡi)|hạ phân thùy [IVX]+ gan|(?:manh|đại) tràng|ruột thừa")


def _put(text: str, match: re.Match[str], new: str, group: int = 0) -> str:
    return text[: match.start(group)] + new + text[match.end(group) :]


def swap_side(source: Source) -> Iterator[str]:
    """1: one side for the other, where the sentence does not give both for the same place."""
    text = source.text
    if _BOTH_SIDES.search(text) or _FIXED_SIDE.search(text):
        return
    for match in _SIDE.finditer(text):
        lead = " ".join(text[: match.start()].split()[-2:])
        other = _OTHER[match[1]]
        last = lead.lower().split()[-1].strip("(,;") if lead else ""
        if last == "cần" or f"{last} {other}" in text.lower():
            continue
        yield _put(text, match, other)


def one_side(source: Source) -> Iterator[str]:
    """1b: "hai bên" -> one of them, where no sides are given besides."""
    if _SIDE.search(source.text):
        return
    for match in re.finditer(r"\b(?:cả )?(?:hai|2) bên\b", source.text):
        yield from (_put(source.text, match, f"bên {side}") for side in _OTHER)


def change_size(source: Source) -> Iterator[str]:
    """2: one axis or the diameter of a current size; never the boilerplate threshold of 10 mm."""
    for match in DIMS.finditer(source.now):
        axes = re.split(r"\s*x\s*", match[0])
        for i, axis in enumerate(axes):
            yield from (
                _put(source.text, match, " x ".join([*axes[:i], new, *axes[i + 1 :]])) for new in _resized(axis)
            )
    for match in DIAMETER.finditer(source.now):
        yield from (_put(source.text, match, new) for new in _resized(match[0]))


def _resized(axis: str) -> Iterator[str]:
    value = float(axis.replace(",", "."))
    for factor in (0.5, 0.7, 1.4, 2.0):
        new = max(1, round(value * factor))
        if new != value:
            yield str(new)


def change_suv(source: Source) -> Iterator[str]:
    """3: another SUV, with one decimal."""
    for match in SUV.finditer(source.now):
        value = float(match[1].replace(",", "."))
        for factor in (0.5, 0.6, 1.5, 1.8):
            new = decimal(value * factor, match[1])
            if float(new.replace(",", ".")) != value:
                yield _put(source.text, match, new, 1)


def shift_decimal(source: Source) -> Iterator[str]:
    """4: the decimal mark of an SUV lost or moved by one place."""
    for match in SUV.finditer(source.now):
        if found := re.fullmatch(r"(\d+)([.,])(\d)", match[1]):
            whole, mark, part = found.groups()
            if part != "0" or len(whole) > 1:
                yield _put(source.text, match, f"{whole}{part}", 1)
            yield _put(source.text, match, f"{whole[:-1] or '0'}{mark}{whole[-1]}{part}", 1)


def change_unit(source: Source) -> Iterator[str]:
    """12: millimetres become centimetres, digits kept."""
    for match in re.finditer(r"(?<=\d)\s*mm\b", source.now):
        yield _put(source.text, match, " cm")


def change_count(source: Source) -> Iterator[str]:
    """8: several -> one; a single one (of one size, at one place) -> many."""
    table = words()
    text = source.text
    if not source.is_finding:
        return
    for match in re.finditer(rf"\b(?:{table['many']})(?= (?:{table['counted']})\b)", text):
        yield _put(text, match, "một" if match.start() else "Một")
    plural = source.after is not None and "lớn nhất" in source.after.text
    if re.search(r"\bvà\b|lớn nhất|lần lượt|rải rác|hai bên|2 bên", text) or plural or not DIMS.search(text):
        return
    if match_one := re.match(r"Hình ảnh (?=(?:hạch|nốt|khối)\b)", text):
        yield _put(text, match_one, "Hình ảnh nhiều ")


def change_intensity(source: Source) -> Iterator[str]:
    """17: an intensity word that the report has not; "nhẹ" never where another sentence has it."""
    if not source.is_finding or re.search(r"tăng [^.,]*(?:nhẹ|mạnh|rõ|vừa)", source.text):
        return
    elsewhere = any("tăng nhẹ" in s.text for s in source.report.sentences if "sinh lý" not in s.text)
    for match in re.finditer(r"(?<!không )tăng(?= (?:chuyển hóa|bắt|hấp thu))", source.text):
        yield _put(source.text, match, "tăng mạnh")
        if not elsewhere:
            yield _put(source.text, match, "tăng nhẹ")


def threshold_to_value(source: Source) -> Iterator[str]:
    """20: "under 10 mm" read as "about 10 mm"; "some millimetres" given a number."""
    for match in re.finditer(r"(?:dưới|<|nhỏ hơn) (?=\d+ ?mm)", source.now):
        yield _put(source.text, match, "khoảng ")
    for match in re.finditer(r"vài (?=mm|milimet)", source.now):
        yield from (_put(source.text, match, number) for number in ("9 ", "khoảng 10 "))
