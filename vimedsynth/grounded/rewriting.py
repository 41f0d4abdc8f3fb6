"""One sentence said differently: the same pieces in another order, voice and wording.

Standard sentences take one of their curated forms; sentences whose every word has a known role (``clauses``) are built
anew; all others keep their order and are reworded in place.
"""

import random
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from vimedsynth.grounded.clauses import Clause, parse_clause
from vimedsynth.grounded.measures import NumberStyle, restyle_numbers, size_phrase, suv_phrase
from vimedsynth.grounded.wordings import table

_SIDES = re.compile(r"\b(phải|trái|hai bên|2 bên)\b")


@dataclass(frozen=True, slots=True)
class Style:
    """One writer's habits, kept all through one text."""

    numbers: NumberStyle
    increase: str  # "tăng chuyển hóa FDG" or an equal form

    @classmethod
    def sample(cls, rng: random.Random) -> "Style":
        common, *others = table("paraphrase")["increase"]
        return cls(NumberStyle.sample(rng), common if rng.random() < 0.06 else rng.choice(others))


@cache
def _compiled(kind: str) -> list[tuple[re.Pattern[str], list[str]]]:
    return [(re.compile(pattern), forms) for pattern, forms in table("paraphrase")[kind]]


@cache
def _fixes() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern), right) for pattern, right in table("paraphrase")["fixes"]]


@cache
def _boilerplate() -> list[tuple[re.Pattern[str], list[str]]]:
    return [(re.compile(row["match"]), row["forms"]) for row in table("boilerplate")]


@cache
def _shape(name: str) -> re.Pattern[str]:
    return re.compile(table("clauses")[name])


def capital(text: str) -> str:
    """``text`` with its first letter as a capital."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """``text`` with a small first letter, unless it is an abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def shuffled_list(text: str, rng: random.Random) -> str:
    """A list of places in another order, where no item borrows a word from its neighbour."""
    items = re.split(r", | và ", text)
    sides = [bool(_SIDES.search(item)) for item in items]
    free = all(_shape("organ_list").fullmatch(item) for item in items)
    if len(items) < 2 or not free or (any(sides) and not all(sides)) or "(" in text:
        return text
    rng.shuffle(items)
    return ", ".join(items[:-1]) + (" và " if rng.random() < 0.7 or len(items) == 2 else ", ") + items[-1]


def _organ_list(text: str, rng: random.Random) -> str:
    """A physiologic list: the organs before the last two change places; the last carries the side of both."""
    items = re.split(r", | và ", re.sub(r"\b2 bên\b", "hai bên", text))
    free = items[:-2]
    rng.shuffle(free)
    items = free + items[-2:]
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + (", " if " và " not in text else " và ") + items[-1]


def _slots(match: re.Match[str], style: Style, rng: random.Random) -> dict[str, str]:
    slots = {name: value or "" for name, value in match.groupdict().items()}
    if "list" in slots:
        slots["list"] = _organ_list(slots["list"], rng)
    if "organ" in slots:
        slots["organ"] = lower_first(slots["organ"])
    if "uptake" in slots:
        comma = ", " if slots["uptake"].startswith(",") else ""
        slots["uptake"] = comma + _uptake(slots["uptake"], style) if slots["uptake"] else ""
    if "kind" in slots:
        words = re.findall("khu trú|bất thường", slots["kind"])
        rng.shuffle(words)
        slots["kind"] = " " * bool(words) + ", ".join(words)
    slots["no"] = rng.choice(("không", "chưa"))
    slots["increase"] = style.increase
    return slots | {capital(name): capital(value) for name, value in slots.items()}


def _standard(sentence: str, style: Style, rng: random.Random) -> str | None:
    for pattern, forms in _boilerplate():
        match = pattern.fullmatch(sentence)
        if match:
            slots = _slots(match, style, rng)
            chosen = [form.format(**slots) for form in forms]
            other = [text for text in chosen if text != sentence]
            return capital(rng.choice(other or chosen))
    return None


def _uptake(text: str, style: Style) -> str:
    """The uptake words with the style's noun; level and pattern stay as they are."""
    noun = style.increase.removeprefix("tăng ")
    return re.sub(r"chuyển hóa(?: trên)?(?: FDG)?", noun, lower_first(text.lstrip(", ")), count=1)


def reworded(text: str, rng: random.Random) -> str:
    """Equal words for equal words, each place chosen on its own."""
    for pattern, forms in _compiled("words"):
        if pattern.search(text):
            form = rng.choice(forms)
            text = pattern.sub(lambda m, form=form: form.format(*m.groups()), text)  # type: ignore[misc]
    return text


def _reading(text: str, rng: random.Random) -> str:
    text = text.strip(" ,")
    for pattern, forms in _compiled("readings"):
        match = pattern.match(text)
        if match:
            return rng.choice(forms).format(*match.groups())
    return text


def _place(text: str, rng: random.Random) -> str:
    preposition, _, rest = text.partition(" ")
    return f"{rng.choice(table('paraphrase')['prepositions'][preposition])} {shuffled_list(rest, rng)}"


@dataclass(frozen=True, slots=True)
class _Parts:
    head: str
    place: str
    size: str
    largest: str
    uptake: str
    attributes: tuple[str, ...]
    reading: str


def _parts(clause: Clause, style: Style, rng: random.Random) -> _Parts:
    uptake = _uptake(clause.uptake, style) if clause.uptake else ""
    if clause.suv:
        uptake = suv_phrase(uptake, clause.suv, style.numbers, rng).lstrip(" ,")
    return _Parts(
        restyle_numbers(clause.head, style.numbers, rng),
        _place(clause.place, rng) if clause.place else "",
        size_phrase(clause.size, style.numbers, rng) if clause.size else "",
        _largest(clause.largest, style, rng) if clause.largest else "",
        uptake,
        tuple(restyle_numbers(text, style.numbers, rng) for text in clause.attributes),
        _reading(clause.reading, rng) if clause.reading else "",
    )


def _largest(largest: tuple[str, str], style: Style, rng: random.Random) -> str:
    head, size = largest
    phrase = size_phrase(size, style.numbers, rng).removeprefix("có ")
    return str(rng.choice(table("paraphrase")["largest"])).format(head=head, Head=capital(head), size=phrase)


def _joined(start: str, pieces: list[str]) -> str:
    """Pieces after ``start``: a place or "có kích thước" follows without a comma, the rest with one."""
    text = start
    for piece in filter(None, pieces):
        bare = piece.startswith(("ở ", "tại ")) or (
            piece.startswith("có ") and not piece.startswith("có thể") and "," not in text
        )
        if piece.startswith((", ", ". ", " (")):
            text += piece
        else:
            text += (" " if bare else ", ") + piece
    return text.lstrip(" ,")


def _tail(parts: _Parts, rng: random.Random) -> list[str]:
    """Size, attributes and uptake in one of the orders the reports themselves use; the reading comes last."""
    middle = [parts.size, *parts.attributes]
    if parts.largest:
        return [parts.size, parts.largest, *parts.attributes, parts.uptake, parts.reading]
    if parts.uptake and rng.random() < 0.4 and not parts.reading and not parts.attributes:
        return [parts.uptake, parts.size.removeprefix("có ")]
    return [*middle, parts.uptake, parts.reading]


def _finding(parts: _Parts, rng: random.Random) -> str:
    """One of four shapes: place first, uptake right after the lesion, size before the place, or the plain order."""
    wordings = table("paraphrase")
    shape = rng.random()
    if parts.place and _shape("front").match(parts.place) and shape < 0.45:
        start = str(rng.choice(wordings["front"])).format(Place=capital(parts.place), head=parts.head)
        return _joined(start, _tail(parts, rng))
    openings = ("", "Ghi nhận", "Hình ảnh") if _shape("organ").match(parts.head) else wordings["openings"]
    start = f"{rng.choice(openings)} {parts.head}".strip()
    simple = not re.search(r"[,)]| và |^tràn|dày", parts.head) and bool(_shape("front").match(parts.place))
    if parts.uptake and parts.place and simple and not parts.attributes and not parts.reading and shape < 0.8:
        rest = [parts.place, parts.size.removeprefix("có "), parts.largest]
        uptake = re.sub(r",? (?:với (?:giá trị )?)?(SUV[^()]*)$", r" (\1)", parts.uptake)
        return _joined(f"{start} {uptake}", rest)
    if parts.size and shape < 0.9:
        return _joined(start, [parts.size, parts.place, *_tail(replace(parts, size=""), rng)])
    return _joined(start, [parts.place, *_tail(parts, rng)])


def _uptake_finding(parts: _Parts, rng: random.Random) -> str:
    """A finding that is nothing but uptake: the place may become the subject."""
    rest = [*parts.attributes, parts.reading]
    organ = _shape("subject").fullmatch(parts.place)
    choice = rng.random()
    if organ and not parts.uptake.startswith("không") and choice < 0.5:
        return _joined(f"{organ['organ']} {parts.uptake}", rest)
    if parts.place and _shape("front").match(parts.place) and choice < 0.85:
        return _joined(f"{parts.place} {rng.choice(('có', 'thấy', 'ghi nhận', 'có hình ảnh'))} {parts.uptake}", rest)
    opening = rng.choice(("Ghi nhận", "Thấy", "Có", "Có hình ảnh", ""))
    return _joined(f"{opening} {parts.uptake}".strip(), [parts.place, *rest])


def _anew(sentence: str, style: Style, rng: random.Random) -> str | None:
    clause = parse_clause(sentence)
    return None if clause is None or clause.head.endswith((" và", ",")) else _said(clause, style, rng)


def _said(clause: Clause, style: Style, rng: random.Random) -> str:
    parts = _parts(clause, style, rng)
    if not clause.head:
        return _uptake_finding(parts, rng)
    if _shape("anaphoric").match(clause.head):
        if rng.random() < 0.4:
            parts = replace(parts, head=f"trong đó {parts.head}")
        size = f"có {parts.size.removeprefix('có ')}" if parts.size else ""
        return _joined(parts.head, [size, parts.place, *_tail(replace(parts, size=""), rng)])
    return _finding(parts, rng)


def _in_place(sentence: str, style: Style, rng: random.Random) -> str:
    """Words and numbers changed where they stand; nothing moves."""
    text = sentence
    if "so với" not in text:
        text = restyle_numbers(text, style.numbers, rng)
    text = re.sub(r"^Hình ảnh (?=\S)", lambda _: f"{rng.choice(('Ghi nhận', 'Thấy', 'Có', 'Có hình ảnh'))} ", text)
    text = re.sub(r"(?<!\bvề )chuyển hóa FDG", style.increase.removeprefix("tăng "), text)
    return re.sub(r"\b(Không|Chưa) phát hiện", lambda m: f"{m[1]} {rng.choice(('thấy', 'ghi nhận'))}", text)


@cache
def _slip() -> re.Pattern[str]:
    return re.compile("|".join(re.sub(r"\((?!\?)", "(?:", pattern) for pattern, _ in table("paraphrase")["fixes"]))


@lru_cache(maxsize=4096)
def cleaned(sentence: str) -> str:
    """The sentence without its full stop and without slips of the pen."""
    text = sentence.strip().rstrip(" .,")
    if not _slip().search(text):
        return text
    for pattern, right in _fixes():
        text = pattern.sub(right, text)
    return text


def _finished(said: str, rng: random.Random) -> str:
    said = re.sub(r"\s+", " ", reworded(said, rng)).strip(" ,")
    return ". ".join(capital(piece) for piece in said.split(". ")) + "."


def _overlap(said: str, source: str) -> float:
    """The share of three-syllable runs of ``said`` that ``source`` holds too: how shallow a rewrite is."""
    words, others = said.lower().split(), source.lower().split()
    known = set(zip(others, others[1:], others[2:], strict=False))
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return sum(run in known for run in runs) / max(1, len(runs))


def rewrite(sentence: str, style: Style, rng: random.Random) -> str:
    """The sentence (with or without its full stop) said differently, ending in a full stop.

    Of two drafts the one that shares fewer runs of words with the source is taken.
    """
    text = cleaned(sentence)
    standard = _standard(text, style, rng)
    if standard is not None:
        return _finished(standard, rng)
    drafts = [_finished(_anew(text, style, rng) or _in_place(text, style, rng), rng) for _ in range(2)]
    return min(drafts, key=lambda draft: _overlap(draft, sentence))


def rewrite_merged(sentence: str, largest: str, style: Style, rng: random.Random) -> str | None:
    """ "... hạch ở rốn phổi phải." and "Hạch lớn nhất có ..." as one sentence; None when the two do not fit together."""
    first, second = parse_clause(cleaned(sentence)), parse_clause(cleaned(largest))
    if first is None or second is None or first.uptake or first.size or first.largest or first.reading:
        return None
    if not _shape("anaphoric").match(second.head) or not second.size or second.place or second.attributes:
        return None
    head = second.head.removesuffix(" lớn nhất")
    merged = replace(first, largest=(head, second.size), uptake=second.uptake, suv=second.suv, reading=second.reading)
    return _finished(_said(merged, style, rng), rng)
