"""Agreement between readers: Cohen's and Fleiss' kappa and Gwet's AC1.

Written out here because the one library that has all three (irrCAC) pins NumPy below 2; the tests hold the formulas
against published tables (Fleiss 1971; Gwet 2008) and against scikit-learn. A value is None where the formula has no
meaning: no item, or one category only under a kappa (chance agreement is then 1).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
"""``(items, categories)``: how many readers said each word; every row sums to two or more."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over the items that two or more readers read. ``ac1_interval`` is a 95 % bootstrap interval."""

    items: int
    observed: float | None
    cohen: float | None  # mean over the pairs of readers, weighted by their items
    fleiss: float | None
    ac1: float | None
    ac1_interval: tuple[float, float] | None


def counts(items: Sequence[Mapping[str, str]], categories: Sequence[str]) -> Counts:
    """The count table of items given as reader -> word."""
    tallies = [Counter(item.values()) for item in items]
    rows = [[tally[word] for word in categories] for tally in tallies]
    return np.asarray(rows, dtype=np.float64).reshape(len(items), len(categories))


def _agreeing(table: Counts) -> NDArray[np.float64]:
    """For each item the share of its pairs of words that are equal."""
    readers = table.sum(axis=1)
    shares: NDArray[np.float64] = ((table**2).sum(axis=1) - readers) / (readers * (readers - 1))
    return shares


def _shares(table: Counts) -> NDArray[np.float64]:
    """For each item the share of each category in its words."""
    shares: NDArray[np.float64] = table / table.sum(axis=1, keepdims=True)
    return shares


def _beyond(agreed: float, chance: float) -> float | None:
    return None if chance >= 1 else (agreed - chance) / (1 - chance)


def cohen(first: Sequence[str], second: Sequence[str]) -> float | None:
    """Cohen's kappa (1960) of two readers; each reader's own marginals give the chance."""
    if not first:
        return None
    agreed = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    one, two = Counter(first), Counter(second)
    return _beyond(agreed, sum(n * two[word] for word, n in one.items()) / len(first) ** 2)


def fleiss(table: Counts) -> float | None:
    """Fleiss' kappa (1971); the pooled marginals give the chance. Readers may differ from item to item."""
    if not len(table):
        return None
    chance = float((_shares(table).mean(axis=0) ** 2).sum())
    return _beyond(float(_agreeing(table).mean()), chance)


def ac1(table: Counts) -> float | None:
    """Gwet's AC1 (2008) over the categories of the table; steady where nearly all words are one."""
    if not len(table) or table.shape[1] < 2:
        return None
    shares = _shares(table).mean(axis=0)
    chance = float((shares * (1 - shares)).sum()) / (table.shape[1] - 1)
    return _beyond(float(_agreeing(table).mean()), chance)


def ac1_interval(table: Counts, draws: int = 1000) -> tuple[float, float] | None:
    """The 2.5 % and 97.5 % points of AC1 over bootstrap samples of the items; seeded; None under five items."""
    if len(table) < 5:
        return None
    rng = np.random.default_rng(20250924)
    values = [ac1(table[rng.integers(0, len(table), len(table))]) for _ in range(draws)]
    low, high = np.percentile([value for value in values if value is not None], [2.5, 97.5])
    return float(low), float(high)


def agreement(items: Sequence[Mapping[str, str]], categories: Sequence[str]) -> Agreement:
    """Agreement over items given as reader -> word; items with fewer than two words are left out."""
    rated = [item for item in items if len(item) > 1]
    table = counts(rated, categories)
    seen = float(_agreeing(table).mean()) if rated else None
    return Agreement(len(rated), seen, _pairwise_cohen(rated), fleiss(table), ac1(table), ac1_interval(table))


def _pairwise_cohen(items: Sequence[Mapping[str, Any]]) -> float | None:
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for item in items:
        for one, two in combinations(sorted(item), 2):
            pairs.setdefault((one, two), []).append((item[one], item[two]))
    weighted = [
        (kappa, len(both))
        for both in pairs.values()
        if (kappa := cohen([a for a, _ in both], [b for _, b in both])) is not None
    ]
    count = sum(n for _, n in weighted)
    return sum(kappa * n for kappa, n in weighted) / count if count else None
