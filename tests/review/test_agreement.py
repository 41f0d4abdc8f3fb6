"""Agreement against tables worked out elsewhere."""

import numpy as np
import pytest

from vimedsynth.review.agreement import ac1, ac1_interval, agreement, cohen, counts, fleiss

WORDS = ("accept", "edit", "reject")

# Fleiss 1971 as worked in the standard textbook table: 10 subjects, 14 raters, 5 categories; kappa 0.210.
TEXTBOOK = np.array([
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
], dtype=float)  # fmt: skip


def two(a: int, b: int, c: int, d: int) -> list[dict[str, str]]:
    """A 2 x 2 table: both accept, first accepts alone, second accepts alone, both reject."""
    cells = (
        [("accept", "accept")] * a
        + [("accept", "reject")] * b
        + [("reject", "accept")] * c
        + [("reject", "reject")] * d
    )
    return [{"An": one, "Bình": other} for one, other in cells]


def test_fleiss_of_the_textbook_table() -> None:
    assert fleiss(TEXTBOOK) == pytest.approx(0.20993, abs=5e-6)


def test_a_table_worked_by_hand() -> None:
    """20 both accept, 5 + 10 differ, 15 both reject: pa = 35/50 = 0.7.

    Cohen: pe = 0.5*0.6 + 0.5*0.4 = 0.5, kappa = 0.4. Fleiss: shares 0.55 and 0.45, pe = 0.505, kappa = 0.39394.
    AC1: pe = 2*0.55*0.45 = 0.495, AC1 = 0.40594.
    """
    items = two(20, 5, 10, 15)
    found = agreement(items, ("accept", "reject"))
    assert found.items == 50
    assert found.observed == pytest.approx(0.7)
    assert found.cohen == pytest.approx(0.4)
    assert found.fleiss == pytest.approx((0.7 - 0.505) / 0.495)
    assert found.ac1 == pytest.approx((0.7 - 0.495) / 0.505)


def test_ac1_is_steady_where_kappa_breaks_down() -> None:
    """The paradox that AC1 was made for: 118 + 5 + 2 + 0 of 125. pa = 0.944, Cohen below 0, AC1 = 0.9408."""
    items = two(118, 5, 2, 0)
    found = agreement(items, ("accept", "reject"))
    assert found.cohen is not None
    assert found.cohen < 0
    assert found.ac1 == pytest.approx(0.9408, abs=5e-5)


def test_cohen_is_scikit_learns() -> None:
    sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn comes with the text extra")
    rng = np.random.default_rng(3)
    one = [WORDS[i] for i in rng.integers(0, 3, 80)]
    other = [w if rng.random() < 0.6 else WORDS[rng.integers(0, 3)] for w in one]
    assert cohen(one, other) == pytest.approx(sklearn.cohen_kappa_score(one, other))


def test_all_agree_is_one_and_one_word_has_no_kappa() -> None:
    mixed = agreement(two(5, 0, 0, 5), WORDS)
    assert (mixed.cohen, mixed.fleiss, mixed.ac1) == (1.0, 1.0, 1.0)
    same = agreement(two(9, 0, 0, 0), WORDS)
    assert (same.cohen, same.fleiss, same.ac1) == (None, None, 1.0)


def test_nothing_read_twice_has_no_agreement() -> None:
    found = agreement([{"An": "accept"}, {}], WORDS)
    assert (found.items, found.observed, found.cohen, found.fleiss, found.ac1, found.ac1_interval) == (0, *[None] * 5)


def test_readers_do_not_change_places() -> None:
    """Cohen's kappa over several pairs weighs each pair by its items."""
    items = [*two(20, 5, 10, 15), *[{"An": "accept", "Chi": "accept"}] * 3, *[{"An": "reject", "Chi": "reject"}] * 3]
    assert agreement(items, WORDS).cohen == pytest.approx((0.4 * 50 + 1.0 * 6) / 56)


def test_the_interval_holds_the_value_and_is_the_same_again() -> None:
    table = counts(two(20, 5, 10, 15), WORDS)
    found, value = ac1_interval(table), ac1(table)
    assert found is not None
    assert value is not None
    assert found[0] < value < found[1]
    assert found == ac1_interval(table)
