"""Pairs of studies: visits first and in order, never across a split, used evenly, the same for the same seed."""

from collections import Counter

import pytest

from vimedsynth.pairs import Pair, plan_pairs, visit_date
from vimedsynth.studies import Study


def study(number: int, patient: str | None = None, **kw: object) -> Study:
    values: dict[str, object] = {"year": 2019, "month": 5, "day": number % 28 + 1, "sex": "M", "split": "train", **kw}
    return Study(f"s{number:04d}", patient or f"2019/p{number}", **values)  # type: ignore[arg-type]


def keys(pairs: list[Pair]) -> list[tuple[str, str, str, str]]:
    return [(p.first.study_id, p.second.study_id, p.region, p.why) for p in pairs]


def test_visits_come_first_and_in_their_true_order() -> None:
    late, early, other = study(1, "2019/a", month=8), study(2, "2019/a", month=2), study(3)
    pairs = list(plan_pairs([late, other, early], 4))
    assert [p.why for p in pairs] == ["visits"] * 3 + ["matched"]
    assert {(p.first.study_id, p.second.study_id) for p in pairs[:3]} == {("s0002", "s0001")}
    assert [p.region for p in pairs[:3]] == ["head_neck", "chest", "abdomen_pelvis"]


@pytest.mark.parametrize("change", [{"month": None}, {"day": 2}])
def test_visits_without_an_order_are_not_a_pair_of_visits(change: dict[str, object]) -> None:
    pairs = list(plan_pairs([study(1, "2019/a"), study(2, "2019/a", **(change | {"day": 2}))], 10))
    assert pairs == []  # nor are two studies of one patient strangers


def test_no_pair_crosses_a_split_or_a_sex_and_none_comes_twice() -> None:
    studies = [study(n, split=("train", "val", "test")[n % 3], sex=("M", "F", None)[n % 5 % 3]) for n in range(60)]
    pairs = list(plan_pairs(studies, 100_000))
    assert all(p.first.split == p.second.split and p.first.sex == p.second.sex for p in pairs)
    assert len({p.key for p in pairs}) == len(pairs)
    groups = Counter((s.split, s.sex) for s in studies)
    assert len(pairs) == 3 * sum(n * (n - 1) // 2 for n in groups.values())  # every allowed pair, once


def test_the_plan_is_the_same_for_the_same_seed_whatever_the_order_and_another_for_another_seed() -> None:
    studies = [study(n) for n in range(40)]
    first = keys(list(plan_pairs(studies, 50, seed=3)))
    assert first == keys(list(plan_pairs(reversed(studies), 50, seed=3)))
    assert first != keys(list(plan_pairs(studies, 50, seed=4)))


def test_agreement_and_difference_take_turns_and_studies_are_used_evenly() -> None:
    studies = [study(n) for n in range(100)]
    pairs = list(
        plan_pairs(studies, 600, signature=lambda s, region: frozenset({"node"} if int(s.study_id[1:]) % 2 else ()))
    )
    kinds = Counter(p.why for p in pairs)
    assert abs(kinds["agree"] - kinds["differ"]) <= 70
    used = Counter(s.study_id for p in pairs for s in (p.first, p.second))
    assert max(used.values()) <= 4 * min(used.values())
    assert len(used) == 100


def test_ten_thousand_pairs_from_2757_studies() -> None:
    studies = [study(n, sex="MF"[n % 3 == 0], split="train" if n % 3 else "test") for n in range(2757)]
    assert len(list(plan_pairs(studies, 10_000))) == 10_000


@pytest.mark.parametrize("wanted", [0, -1])
def test_nothing_wanted_or_nothing_there_gives_nothing(wanted: int) -> None:
    assert list(plan_pairs([study(1), study(2)], wanted)) == []
    assert list(plan_pairs([], 5)) == []
    assert visit_date(study(1, year=None)) is None
