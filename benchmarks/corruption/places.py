"""Operators on where a finding is: lobe, segment, station, mediastinal place, organ, third, vertebra."""

import re
from collections.abc import Iterator

from benchmarks.corruption.attributes import _put
from benchmarks.corruption.source import Source, words


def change_lobe(source: Source) -> Iterator[str]:
    """7a: another lobe of the lung that the sentence does not name already."""
    for lobe, other in words()["lobes"].items():
        for match in re.finditer(rf"\b{lobe}(?= phổi\b)", source.text):
            if other not in source.text:
                yield _put(source.text, match, other)


def change_segment(source: Source) -> Iterator[str]:
    """7b: another numeral of the same organ."""
    kind = "liver_segments" if re.search(r"\bgan\b", source.text) else "lung_segments"
    for match in re.finditer(r"(?<=hạ phân thùy )[IVX]+\b", source.text):
        present = set(re.findall(r"\b[IVX]+\b", source.text))
        yield from (_put(source.text, match, new) for new in words()[kind] if new not in present)


def change_station(source: Source) -> Iterator[str]:
    """7c: another neck station; never one that holds the true one or lies in it (II, IIA, IIB)."""
    for match in re.finditer(r"(?<=nhóm )(?:IB|IIA|IIB|II|III|IV|VA|VB|VI|V)\b", source.text):
        present = set(re.findall(r"\b(?:I[AB]?|II[AB]?|III|IV|V[AB]?|VI)\b", source.text))
        roots = {station.rstrip("AB") for station in present}
        new = [name for name in words()["stations"] if name.rstrip("AB") not in roots]
        yield from (_put(source.text, match, name) for name in new)


def change_mediastinum(source: Source) -> Iterator[str]:
    """7d: another mediastinal place; the words that belong to the old one (its side, its level) go with it."""
    text = source.text
    for place, others in words()["mediastinum"].items():
        tail = r"(?: (?:bên )?(?:phải|trái)| (?:hai|2) bên| đoạn (?:cao|thấp)(?: và đoạn thấp)?)?"
        for match in re.finditer(rf"(?<!và )(?<!-)\b{place}{tail}(?! và (?:trái|phải|dưới|trước))", text):
            for other in others:
                known = other in text or (other.startswith("cửa sổ") and "cửa sổ" in text)
                if not known and not _is_part(text, match):
                    yield _put(text, match, other)


def _is_part(text: str, match: re.Match[str]) -> bool:
    """Whether the place is part of a longer name or of another statement ("tĩnh mạch ...", "xâm lấn ...")."""
    lead = text[: match.start()].rstrip()
    return bool(re.search(r"(?:mạch|xâm lấn|dính vào|lan vào|đè đẩy|tràng|thân|nhánh)$", lead))


def change_organ(source: Source) -> Iterator[str]:
    """7e: an organ of the same kind that the sentence does not name and whose parts are not named either."""
    text = source.text
    if not source.is_finding or re.search(words()["organ_tied_words"], text):
        return
    for group in words()["organs"]:
        for organ in group:
            for match in re.finditer(rf"\b{organ}\b(?! (?:phải|trái) và)", text):
                others = [other for other in group if not re.search(rf"\b{other}\b", text)]
                sided = re.match(r" (?:bên )?(?:phải|trái)\b", text[match.end() :])
                if organ == "gan" and (sided or re.search(r"(?:cửa|tĩnh mạch|góc|dưới) $", text[: match.start()])):
                    continue
                yield from (_put(text, match, other) for other in others)


def change_third(source: Source) -> Iterator[str]:
    """7f: another third of the organ, another vertebra of the same part of the spine."""
    thirds = words()["thirds"]
    for third in thirds:
        for match in re.finditer(rf"{re.escape(third)}(?!,? ?(?:-|và)? ?(?:trên|giữa|dưới))", source.text):
            yield from (_put(source.text, match, other) for other in thirds if other not in source.text)
    if not re.search(r"đốt|cột sống|thân|xương", source.text):
        return
    present = set(re.findall(r"\b[CDLS]\d{1,2}\b", source.text))
    for match in re.finditer(r"\b([CDLS])(\d{1,2})\b(?![-–]\d)", source.text):
        top = words()["vertebrae"][match[1]]
        near = [int(match[2]) - 1, int(match[2]) + 1]
        names = [f"{match[1]}{number}" for number in near if 1 <= number <= top]
        yield from (_put(source.text, match, name) for name in names if name not in present)


def change_shared_word(source: Source) -> Iterator[str]:
    """21: the place of another organ that shares a word or a numeral with the true one."""
    if not source.is_finding:
        return
    for pattern, new in words()["shared_words"]:
        for match in re.finditer(pattern, source.text):
            yield _put(source.text, match, match.expand(new))
