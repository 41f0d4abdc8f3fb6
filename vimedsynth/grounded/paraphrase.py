"""A report written anew: every sentence reworded, findings of a section in another order, sentences merged and split."""

import random
import re
from collections.abc import Iterable
from functools import cache

from vimedsynth.grounded.phrases import Style
from vimedsynth.grounded.rewriting import rewrite, rewrite_merged
from vimedsynth.grounded.text import lower_first
from vimedsynth.grounded.wordings import table
from vimedsynth.reports import Report, Section, Sentence
from vimedsynth.sections import only_heading


@cache
def _orders() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in table("orders").items()}


def _groups(sentences: Iterable[Sentence]) -> list[list[Sentence]]:
    """Sentences that must stay together: a finding, its largest lesion, the advice that follows it."""
    groups: list[list[Sentence]] = []
    for sentence in sentences:
        if only_heading(sentence.text):
            continue  # the sections of a rewrite are lines
        if groups and _orders()["dependent"].search(sentence.text):
            groups[-1].append(sentence)
        else:
            groups.append([sentence])
    return groups


def _reordered(groups: list[list[Sentence]], rng: random.Random) -> list[list[Sentence]]:
    """The groups in another order; closing lines ("các vị trí khác") stay last, advice without a finding stays first."""
    orders = _orders()
    first = [g for g in groups[:1] if orders["advice"].match(g[0].text)]
    last = [g for g in groups[len(first) :] if orders["closing"].search(g[0].text)]
    middle = [g for g in groups[len(first) :] if g not in last]
    rng.shuffle(middle)
    return first + middle + last


def _group_text(group: list[Sentence], style: Style, rng: random.Random) -> str:
    """The sentences of one group; advice may join its finding after a semicolon."""
    merged = rewrite_merged(group[0].text, group[1].text, style, rng) if len(group) > 1 and rng.random() < 0.6 else None
    text, rest = (merged, group[2:]) if merged else (rewrite(group[0].text, style, rng), group[1:])
    advised = bool(_orders()["advice"].match(group[0].text))
    for sentence in rest:
        piece = rewrite(sentence.text, style, rng)
        advice = bool(_orders()["advice"].match(sentence.text))
        if advice and not advised and rng.random() < 0.4:
            low = lower_first(piece)
            text = f"{text.removesuffix('.')}; {'' if low.startswith(('cần', 'nên')) else 'cần '}{low}"
        else:
            text = f"{text} {piece}"
        advised = advice
    return text


def write_paraphrase(report: Report, *, seed: int, section: Section | None = None) -> dict[str, str]:
    """Another wording of the report, or of one of its sections, with every fact kept: ``{"text": ...}``.

    Sections keep their order and stand on lines of their own. The same report, seed and section give the same text.
    """
    rng = random.Random(f"paraphrase {seed} {section or 'whole'} {report.text}")
    style = Style.sample(rng)
    lines = []
    for part in Section if section is None else (section,):
        groups = _reordered(_groups(report.section(part)), rng)
        if groups:
            lines.append(" ".join(_group_text(group, style, rng) for group in groups))
    return {"text": "\n".join(lines)}
