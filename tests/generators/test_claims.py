"""What a text claims is told by whole words: "phải" is a side, "phảin" is none."""

import re
from importlib.resources import files

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vimedsynth.generators.claims import claims_of
from vimedsynth.samples import Claim

ROWS = orjson.loads(files("vimedsynth.generators").joinpath("claims.json").read_bytes())
WORDS = sorted({word for row in ROWS.values() for word in (*row.get("words", ()), *row.get("phrases", ()))})
TEXT = st.lists(st.sampled_from([*WORDS, " ", " ", "3 mm", "3mm2", "cm", "7", "x", ".", ",", "nốt"]), max_size=12).map(
    "".join
)


@given(TEXT)
def test_every_word_counts_as_a_whole_word_and_every_phrase_anywhere(text: str) -> None:
    low, words = text.lower(), set(re.findall(r"\w+", text.lower()))
    expected = {
        name
        for name, row in ROWS.items()
        if words & set(row.get("words", ()))
        or any(phrase in low for phrase in row.get("phrases", ()))
        or any(re.search(rf"\d\s*{unit}(?!\w)", low) for unit in row.get("units", ()))
    }
    assert claims_of(text) == {Claim(name) for name in expected}


@pytest.mark.parametrize(
    ("text", "claims"),
    [
        ("Nốt mờ thùy trên phổi phải 12 mm.", {Claim.LATERALITY, Claim.POSITION, Claim.SIZE}),
        ("PHẢI", {Claim.LATERALITY}),
        ("Nốt 12 mmol, phảin.", set()),
        ("SUVmax là bao nhiêu?", {Claim.SUV}),
        ("Không tăng chuyển hoá FDG.", {Claim.UPTAKE}),
        ("", set()),
    ],
)
def test_claims_and_near_misses(text: str, claims: set[Claim]) -> None:
    assert claims_of(text) == claims
