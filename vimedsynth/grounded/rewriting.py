"""One sentence said differently: the same pieces in another order, voice and wording.

Standard sentences take one of their curated forms; sentences whose every word has a known role (``clauses``) are built
anew; all others keep their order and are reworded in place.
"""

import random
import re
from dataclasses import replace
from functools import cache

from vimedsynth.grounded.clauses import parse_clause
from vimedsynth.grounded.measures import restyle_numbers
from vimedsynth.grounded.phrases import Style, organ_list, reworded, shape, uptake_phrase
from vimedsynth.grounded.shapes import said_anew
from vimedsynth.grounded.text import capital, cleaned, lower_first
from vimedsynth.grounded.wordings import table


@cache
def _boilerplate() -> list[tuple[re.Pattern[str], list[str]]]:
    return [(re.compile(row["match"]), row["forms"]) for row in table("boilerplate")]


def _slots(match: re.Match[str], style: Style, rng: random.Random) -> dict[str, str]:
    slots = {name: value or "" for name, value in match.groupdict().items()}
    if "list" in slots:
        slots["list"] = organ_list(slots["list"], rng)
    if "organ" in slots:
        slots["organ"] = lower_first(slots["organ"])
    if "uptake" in slots:
        comma = ", " if slots["uptake"].startswith(",") else ""
        slots["uptake"] = comma + uptake_phrase(slots["uptake"], style) if slots["uptake"] else ""
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


def _anew(sentence: str, style: Style, rng: random.Random) -> str | None:
    clause = parse_clause(sentence)
    return None if clause is None or clause.head.endswith((" và", ",")) else said_anew(clause, style, rng)


def _in_place(sentence: str, style: Style, rng: random.Random) -> str:
    """Words and numbers changed where they stand; nothing moves."""
    text = sentence
    if "so với" not in text:
        text = restyle_numbers(text, style.numbers, rng)
    text = re.sub(r"^Hình ảnh (?=\S)", lambda _: f"{rng.choice(('Ghi nhận', 'Thấy', 'Có', 'Có hình ảnh'))} ", text)
    text = re.sub(r"(?<!\bvề )chuyển hóa FDG", style.increase.removeprefix("tăng "), text)
    return re.sub(r"\b(Không|Chưa) phát hiện", lambda m: f"{m[1]} {rng.choice(('thấy', 'ghi nhận'))}", text)


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
    if not shape("anaphoric").match(second.head) or not second.size or second.place or second.attributes:
        return None
    head = second.head.removesuffix(" lớn nhất")
    merged = replace(first, largest=(head, second.size), uptake=second.uptake, suv=second.suv, reading=second.reading)
    return _finished(said_anew(merged, style, rng), rng)
