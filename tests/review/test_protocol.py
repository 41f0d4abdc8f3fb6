"""Assignment, double reading, plans: laws over any number of readers and samples."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.review.making import Made
from vimedsynth.errors import Misuse
from vimedsynth.review.decisions import Decision, Verdict
from vimedsynth.review.plans import PLAN_BY_NAME, Choice
from vimedsynth.review.protocol import Protocol, State, Terms, deal, disagree, protocol_from, settle
from vimedsynth.review.rows import Line
from vimedsynth.review.server import Wish, open_desk, terms_of

TERMS = Terms("all", 100, 0, 1.0, ("An", "Bình", "Chi"), ("Dung",))


def line(number: int, kind: str = "size", study: str = "s", attempt: int = 1) -> Line:
    return Line(f"id-{number}", study, "p", "chest", "vqa-single", kind, attempt, number * 100, 90)


@given(st.integers(0, 60), st.integers(1, 6), st.floats(0, 1))
def test_everyone_reads_their_share_and_nobody_twice(count: int, readers: int, double: float) -> None:
    terms = replace(TERMS, readers=tuple(f"R{i}" for i in range(readers)), double=double)
    ids = [f"id-{i}" for i in range(count)]
    dealt = deal(ids, terms)
    assert list(dealt) == ids
    assert all(len(set(names)) == len(names) for names in dealt.values())
    doubled = sum(len(names) == 2 for names in dealt.values())
    assert doubled == (int(count * double) if readers > 1 else 0)
    first = Counter(names[0] for names in dealt.values())
    assert max(first.values(), default=0) - min((first[r] for r in terms.readers), default=0) <= 1


def test_every_pair_of_readers_meets() -> None:
    dealt = deal([f"id-{i}" for i in range(12)], TERMS)
    assert Counter(frozenset(names) for names in dealt.values()) == {
        frozenset(pair): 4 for pair in (("An", "Bình"), ("An", "Chi"), ("Bình", "Chi"))
    }


@given(st.dictionaries(st.sampled_from([f"id-{i}" for i in range(8)]), st.sampled_from(["An", "Bình", "Em"])))
def test_who_decided_keeps_the_sample(kept: dict[str, str]) -> None:
    dealt = deal([f"id-{i}" for i in range(8)], TERMS, {s: (name,) for s, name in kept.items()})
    assert all(kept[s] in names and len(names) == 2 for s, names in dealt.items() if s in kept)


def test_a_plan_is_what_it_was_recorded_as() -> None:
    ids = ("id-0", "id-1")
    protocol = Protocol(TERMS, ids, deal(ids, TERMS))
    assert protocol_from(protocol.json()) == protocol


def decision(reviewer: str, verdict: Verdict, after: str | None = None) -> Decision:
    content = {"text": after} if after else None
    return Decision(1, "", reviewer, "reader", "id-0", "", verdict, "", "", {"text": "x"}, content, (), 0)


def outcome(*said: Decision) -> State:
    protocol = Protocol(TERMS, ("id-0",), {"id-0": ("An", "Bình")})
    by_name = {d.reviewer: d for d in said}
    return settle("id-0", protocol, lambda _, name: by_name.get(name)).state


def test_two_must_agree_or_a_third_decides() -> None:
    yes, no = Verdict.ACCEPT, Verdict.REJECT
    assert outcome(decision("An", yes)) is State.WAITING
    assert outcome(decision("An", yes), decision("Bình", yes)) is State.SETTLED
    assert outcome(decision("An", yes), decision("Bình", no)) is State.DISPUTED
    assert outcome(decision("An", yes), decision("Bình", no), decision("Dung", no)) is State.SETTLED
    # The third's word does not count while a reading is missing.
    assert outcome(decision("An", yes), decision("Dung", no)) is State.WAITING


def test_two_edits_agree_only_on_the_same_words() -> None:
    edit = Verdict.EDIT
    assert outcome(decision("An", edit, "a"), decision("Bình", edit, "a")) is State.SETTLED
    assert outcome(decision("An", edit, "a"), decision("Bình", edit, "b")) is State.DISPUTED


def test_one_reading_is_never_a_dispute() -> None:
    protocol = Protocol(TERMS, ("id-0",), {"id-0": ("An",)})
    assert not disagree("id-0", protocol, lambda *_: decision("An", Verdict.REJECT))


@given(st.sampled_from(sorted(PLAN_BY_NAME)), st.integers(1, 40), st.integers(0, 99))
def test_a_plan_takes_what_it_was_asked_for(name: str, size: int, seed: int) -> None:
    lines = [line(i, kind=f"kind-{i % 4}", study=f"s{i % 5}", attempt=1 + i % 2) for i in range(30)]
    choice = Choice(lines, size, seed, lambda x: x.question_type, {("s1", "chest"): 3})
    chosen = PLAN_BY_NAME[name](choice)
    assert len(chosen) == min(size, 30) == len({x.sample_id for x in chosen})
    assert chosen == PLAN_BY_NAME[name](choice)


def test_per_finding_draws_from_rare_types_too() -> None:
    lines = [line(i, kind="common") for i in range(90)] + [line(100 + i, kind="rare") for i in range(5)]
    chosen = PLAN_BY_NAME["finding"](Choice(lines, 20, 0, lambda x: x.question_type, {}))
    assert Counter(x.question_type for x in chosen) == {"common": 15, "rare": 5}


def test_risk_puts_the_doubtful_first_and_draws_more_of_them() -> None:
    lines = [line(i, study="bad" if i % 10 == 0 else "good") for i in range(200)]
    chosen = PLAN_BY_NAME["risk"](Choice(lines, 30, 0, lambda x: "", {("bad", "chest"): 60}))
    bad = [x.study_id == "bad" for x in chosen]
    assert bad == sorted(bad, reverse=True)
    assert sum(bad) >= 12  # 3 of 30 if it were drawn alike


def test_random_keeps_a_study_together() -> None:
    chosen = PLAN_BY_NAME["random"](Choice([line(i) for i in range(50)], 20, 5, lambda x: "", {}))
    assert [x.offset for x in chosen] == sorted(x.offset for x in chosen)


def test_a_third_is_none_of_the_first_two() -> None:
    with pytest.raises(Misuse, match="An"):
        terms_of(Wish(readers=("An", "Bình"), adjudicators=("an",)), None, 5)
    with pytest.raises(Misuse, match="name"):
        terms_of(Wish(readers=("",)), None, 5)


def test_the_plan_stays_until_it_is_changed(made: Made) -> None:
    first = open_desk(made.run, None, Wish(readers=("An", "Bình"), plan="random", size=6, seed=3))
    again = open_desk(made.run, None, Wish())
    assert again.protocol == first.protocol
    more = open_desk(made.run, None, Wish(readers=("An", "Bình", "Chi")))
    assert more.protocol.ids == first.protocol.ids
    assert sum(r.kind == "plan" for r in more.ledger.records.after(0)) == 2
