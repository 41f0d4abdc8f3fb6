"""Rewrites that keep every fact: equal words, forms of numbers, word order, order of findings.

A rule takes a sentence and gives the rewritten one, or the same when it does not apply.
"""

import json
import random
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files

from benchmarks.corruption.source import ADVICE, LARGEST, PRIOR
from vimedsynth.reports import Report, Sentence

Rule = Callable[[str, random.Random], str]

_DIMS = re.compile(r"\b\d+(?:,\d+)?(?:\s?x\s?\d+(?:,\d+)?)* ?mm\b")


@cache
def _word_rules(group: str) -> dict[str, Rule]:
    raw = files("benchmarks.corruption").joinpath("rewrites.json").read_text(encoding="utf-8")
    return {row["name"]: _word_rule(**row) for row in json.loads(raw)[group]}


def _word_rule(name: str, pattern: str, forms: list[str], unless: str | None = None) -> Rule:
    compiled, barred = re.compile(pattern), re.compile(unless) if unless else None

    def rule(text: str, rng: random.Random) -> str:
        if barred and barred.search(text):
            return text
        return compiled.sub(lambda match: match.expand(rng.choice(forms)), text)

    return rule


def _axes(text: str) -> list[str]:
    return re.findall(r"\d+(?:,\d+)?", text)


def centimetres(text: str, rng: random.Random) -> str:
    """Millimetres as centimetres, decimals with a comma or a dot."""
    mark = rng.choice(",.")

    def put(match: re.Match[str]) -> str:
        values = [f"{float(axis.replace(',', '.')) / 10:g}".replace(".", mark) for axis in _axes(match[0])]
        return " x ".join(values) + " cm"

    return _DIMS.sub(put, text)


def swap_axes(text: str, rng: random.Random) -> str:
    """The two axes of a size in the other order (no claim is made about which is which)."""
    return re.sub(r"(?<!x )\b(\d+(?:,\d+)?) ?x ?(\d+(?:,\d+)?)(?= ?mm\b)(?! ?x)", r"\2 x \1", text)


def dots(text: str, rng: random.Random) -> str:
    """The decimal dot."""
    return re.sub(r"(?<=\d),(?=\d)", ".", text)


def whole_numbers(text: str, rng: random.Random) -> str:
    """7,0 as 7."""
    return re.sub(r"(?<=SUVmax: )(\d+),0\b", r"\1", text)


def glued(text: str, rng: random.Random) -> str:
    """A unit without the space before it."""
    return re.sub(r"(?<=\d) mm\b", "mm", text)


_SIZE_FIRST = re.compile(
    r"^(?P<head>Hình ảnh [^,();]+?),? (?P<size>(?:có )?(?:kích thước|đường kính) [\dx, ]+mm),? "
    r"(?P<uptake>(?:không )?tăng (?:nhẹ )?chuyển hóa FDG(?: \(SUVmax: [\d,]+\))?) ở (?P<place>[^,();]+)\.$"
)


def place_first(text: str, rng: random.Random) -> str:
    """The place before the size; only where the sentence is head, size, uptake, place and nothing else."""
    match = _SIZE_FIRST.match(text)
    if (
        not match
        or re.search(r"\bở\b", match["head"])
        or re.search(r"khả năng|tương ứng|có thể|\bdo\b", match["place"])
    ):
        return text
    return f"{match['head']} ở {match['place']}, {match['size'].removeprefix('có ')}, {match['uptake']}."


RULES: dict[str, Rule] = {
    **_word_rules("rules"),
    "centimetres": centimetres,
    "axes": swap_axes,
    "dots": dots,
    "whole numbers": whole_numbers,
    "glued unit": glued,
    "place first": place_first,
}
FREER_RULES: dict[str, Rule] = _word_rules("freer")
"""Forms beyond the agreed list that writers and models use all the same; measured apart."""
REPORT_RULES = ("NFD", "order", "largest")


def apply_rule(name: str, report: Report, rng: random.Random) -> str:
    """The whole report rewritten by one rule wherever it applies."""
    if name == "NFD":
        return unicodedata.normalize("NFD", report.text)
    if name == "order":
        return _join(report, _reorder(report.sentences, rng), lambda text: text)
    if name == "largest":
        return _join(report, report.sentences, lambda text: text, brackets=True)
    rule = (RULES | FREER_RULES)[name]
    return _join(report, report.sentences, lambda text: rule(text, rng))


def apply_many(report: Report, rng: random.Random, share: float = 0.5, freer: bool = False) -> str:
    """The whole report with every sentence rewritten by several rules at once, each taken with ``share``.

    With ``freer`` the forms beyond the agreed list come in too, less often. Word rules come before number rules so that a pattern never meets its own result; NFD comes last.
    """
    sentences = _reorder(report.sentences, rng) if rng.random() < share else report.sentences

    def rewrite(text: str) -> str:
        names = (*FREER_RULES, *_in_order()) if freer else _in_order()
        for name in names:
            if rng.random() < (share / 2 if name in FREER_RULES else share):
                text = (RULES | FREER_RULES)[name](text, rng)
        return text

    text = _join(report, sentences, rewrite, brackets=rng.random() < share)
    return unicodedata.normalize("NFD", text) if rng.random() < share / 4 else text


@cache
def _in_order() -> tuple[str, ...]:
    """Rules that look at sentence form first, then words, then numbers, spelling last."""
    late = [name for name in RULES if name.startswith("spelling")]
    early = [
        "place first",
        "whole numbers",
        "axes",
        "threshold",
        "threshold bracket",
        "diameter",
        "size words",
        "about",
    ]
    rest = [name for name in RULES if name not in {*late, *early, "dots", "glued unit", "centimetres"}]
    return (*early, *rest, "centimetres", "glued unit", "dots", *late)


def unchanged(report: Report) -> str:
    """The report as the rules would give it back untouched."""
    return _join(report, report.sentences, lambda text: text)


def _join(report: Report, sentences: Sequence[Sentence], rewrite: Callable[[str], str], brackets: bool = False) -> str:
    """The sentences rewritten; sections stay on lines of their own where the report has them so."""
    out: list[str] = []
    for i, sentence in enumerate(sentences):
        text = rewrite(sentence.text)
        if brackets and out and LARGEST.match(sentence.text) and re.search(r"[^.)]\.$", out[-1]):
            inner = re.sub(r" ?\((SUV[^()]*)\)", r"; \1", text.rstrip("."))
            if "(" not in inner:
                out[-1] = f"{out[-1][:-1]} ({inner[0].lower()}{inner[1:]})."
                continue
        new_line = i and "\n" in report.text and sentences[i - 1].section is not sentence.section
        out.append(f"\n{text}" if new_line else text)
    return " ".join(out).replace(" \n", "\n")


_TIED = re.compile(r"\b(?:phần còn lại|khác|trên|dưới)\b|\b(?:thùy|eo) (?:phải|trái)\b|\bcùng\b|này\b")


def _reorder(sentences: Sequence[Sentence], rng: random.Random) -> list[Sentence]:
    """Findings of one section in another order; the first and last stay, and so does all that leans on a neighbour."""
    out: list[Sentence] = []
    for section in dict.fromkeys(s.section for s in sentences):
        blocks: list[list[Sentence]] = []
        for sentence in (s for s in sentences if s.section is section):
            leans = (
                LARGEST.match(sentence.text) or ADVICE.match(sentence.text) or not sentence.text.startswith("Hình ảnh")
            )
            if leans and blocks:
                blocks[-1].append(sentence)
            else:
                blocks.append([sentence])
        middle = blocks[1:-1]
        if not any(_leaning(block) for block in blocks):
            rng.shuffle(middle)
        out += [s for block in [*blocks[:1], *middle, *blocks[len(blocks[:1]) :][len(middle) :]] for s in block]
    return out


def _leaning(block: list[Sentence]) -> bool:
    first = block[0].text
    return bool(_TIED.search(first) and not re.search(r"\b(?:ở|tại)\b", first)) or bool(PRIOR.search(first))
