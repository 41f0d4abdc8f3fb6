"""Leaks are named once for each held-out item, key and earlier split; near texts are found at the threshold, not below."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vimedsynth.duplicates import NearIndex, fold, fold_hash, groups
from vimedsynth.leaks import Item, Key, find_leaks
from vimedsynth.splits import Named, frozen, paper_split, patient_split, split_rule


def item(name: str, split: str, *keys: tuple[str, str]) -> Item:
    return Item(name, split, tuple(Key("study", value, kind) for value, kind in keys))


def named(items: list[Item]) -> list[tuple[str, str, str]]:
    return [(leak.kind, leak.id, leak.other_id) for leak in find_leaks(lambda: items)]


def test_the_held_out_side_is_named_with_the_first_of_each_earlier_split() -> None:
    items = [item("a", "train", ("x", "study")), item("b", "train", ("x", "study")), item("c", "val", ("x", "study"))]
    assert named([*items, item("d", "test", ("x", "study"))]) == [
        ("study", "c", "a"),
        ("study", "d", "a"),
        ("study", "d", "c"),
    ]


def test_a_special_kind_gives_the_leak_its_name_on_either_side() -> None:
    plain, rewrite = item("a", "train", ("x", "study")), item("b", "train", ("x", "paraphrase"))
    assert named([plain, rewrite, item("c", "test", ("x", "study"))]) == [("paraphrase", "c", "b")]
    assert named([plain, item("c", "test", ("x", "augmented-copy"))]) == [("augmented-copy", "c", "a")]


def test_keys_of_another_space_or_in_one_split_are_no_leak() -> None:
    patient = Item("c", "test", (Key("patient", "x", "patient"),))
    assert named([item("a", "train", ("x", "study")), item("b", "train", ("x", "study")), patient]) == []


@given(st.lists(st.tuples(st.sampled_from(["train", "val", "test"]), st.integers(0, 4)), max_size=12))
def test_there_is_a_leak_exactly_when_a_key_is_in_two_splits(rows: list[tuple[str, int]]) -> None:
    items = [item(str(n), split, (str(key), "study")) for n, (split, key) in enumerate(rows)]
    splits = {key: {s for s, k in rows if k == key} for _, key in rows}
    assert bool(named(items)) == any(len(found) > 1 for found in splits.values())


def words(count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [f"w{rng.randrange(10**6)}" for _ in range(count)]


@pytest.mark.parametrize(("changed", "near"), [(0, True), (2, True), (40, False)])
def test_near_texts_are_those_at_the_threshold(changed: int, near: bool) -> None:
    first = words(300, 1)
    second = first[:-changed] + words(changed, 2) if changed else first
    assert bool(groups([("a", " ".join(first)), ("b", " ".join(second))])) is near


def test_chains_of_near_texts_are_one_group_and_short_texts_are_compared_whole() -> None:
    chain = words(400, 3)
    texts = [("a", " ".join(chain)), ("b", " ".join([*chain[8:], *words(8, 4)])), ("other", " ".join(words(400, 5)))]
    texts.append(("c", " ".join([*chain[16:], *words(16, 4)])))
    assert groups(texts) == [("a", "b", "c")]
    index = NearIndex()
    assert index.add("x", "gan") == []
    assert [match.key for match in index.add("y", "Gan.")] == ["x"]
    assert index.add("z", "") == []


def test_folding_keeps_numbers_apart_and_spellings_together() -> None:
    assert fold("SUVmax: 3,1 – Ổ bụng") == fold("suvmax:3.1  ổ bụng")
    assert fold_hash("10 mm") != fold_hash("1,0 mm")


def test_the_papers_months_and_what_lies_outside_them() -> None:
    assert [paper_split(2018, month) for month in (9, 10, 11, 12)] == ["train", "val", "test", "test"]
    assert [paper_split(2019, month) for month in (10, 11, 12)] == ["train", "val", "test"]
    assert [paper_split(*date) for date in ((2017, 7), (2020, 5), (None, 5), (2018, None))] == [None] * 4


def test_a_patient_is_in_one_split_and_the_shares_are_about_right() -> None:
    found = [patient_split(f"2023/patient_{n}", seed=7) for n in range(5000)]
    assert abs(found.count("train") / 5000 - 0.8) < 0.03
    assert abs(found.count("val") / 5000 - 0.1) < 0.02
    assert patient_split("2023/patient_1", 7) == found[1]


def test_a_frozen_patient_is_never_trained_on_but_may_be_held_out_elsewhere() -> None:
    rule = frozen(split_rule("vimed-pet"), [Named("s1", "", "test"), Named("", "p2", "val")], {"s1": "p1"})
    assert rule("s1", "p1", "train") == "test"
    assert rule("s9", "p1", "train") == "left-out"
    assert rule("s9", "p1", "val") == "val"
    assert rule("s5", "p2", "train") == "val"
    assert rule("s6", "p3", "train") == "train"
