"""How much texts repeat one another: distinct n-grams and self-BLEU, over syllables."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_SYLLABLE = re.compile(r"\w+(?:[.,]\d+)?|[^\w\s]")
SELF_BLEU_TEXTS = 100
"""Texts that are held against one another for self-BLEU; its cost grows with their square."""


@dataclass(frozen=True, slots=True)
class Diversity:
    """Over ``texts`` texts: the share of different ones, of different n-grams (n = 1, 2, 3), self-BLEU-4 in percent.

    Distinct-n: Li et al. 2016, arXiv 1510.03055. Self-BLEU: Zhu et al. 2018, arXiv 1802.01886; lower is more diverse.
    """

    texts: int
    distinct_texts: float
    distinct: tuple[float, float, float]
    self_bleu: float | None  # None: fewer than two texts, or sacrebleu (extra stats) is not installed


def syllables(text: str) -> list[str]:
    """Lower-case syllables, numbers and punctuation marks."""
    return _SYLLABLE.findall(text.lower())


def _distinct(texts: Sequence[list[str]], n: int) -> float:
    grams = [tuple(text[i : i + n]) for text in texts for i in range(len(text) - n + 1)]
    return len(set(grams)) / len(grams) if grams else 0.0


def _self_bleu(texts: Sequence[list[str]]) -> float | None:
    if len(texts) < 2:
        return None
    try:
        from sacrebleu.metrics.bleu import BLEU
    except ImportError:
        return None  # one figure of a page: the rest of it does not wait for an extra
    bleu = BLEU(tokenize="none", effective_order=True)
    step = max(1, len(texts) // SELF_BLEU_TEXTS)
    lines = [" ".join(text) for text in texts[::step][:SELF_BLEU_TEXTS]]
    scores = [bleu.sentence_score(line, lines[:i] + lines[i + 1 :]).score for i, line in enumerate(lines)]
    return sum(scores) / len(scores)


def diversity(texts: Sequence[str]) -> Diversity:
    """The diversity of ``texts``, which the caller has sampled down to a bounded number."""
    cut = [syllables(text) for text in texts]
    share = len({" ".join(text) for text in cut}) / len(cut) if cut else 0.0
    return Diversity(len(cut), share, (_distinct(cut, 1), _distinct(cut, 2), _distinct(cut, 3)), _self_bleu(cut))
