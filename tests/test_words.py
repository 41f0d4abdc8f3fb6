"""Folding keeps offsets; the lexicon finds the longest phrase."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vimedsynth.words import fold, tokens

VIETNAMESE = st.text(
    alphabet="aăâeêioôơuưyáàảãạắặấậéèẹếệíìịóòỏọốộớợúùủụứựýỳỵbcdđghklmnpqrstvx THÙYhoá0123456789.,()-/<", max_size=60
)


@given(VIETNAMESE)
def test_folding_keeps_every_offset(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    assert len(fold(text)) == len(text)


@given(VIETNAMESE)
def test_tokens_are_in_order_and_inside_the_text(text: str) -> None:
    text = unicodedata.normalize("NFC", text)
    found = tokens(text)
    assert all(0 <= t.start < t.end <= len(text) for t in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize(("old", "new"), [("hoá", "hóa"), ("thuỳ", "thùy"), ("lan toả", "lan tỏa"), ("huỷ", "hủy")])
def test_both_places_of_the_tone_mark_are_one(old: str, new: str) -> None:
    assert fold(old) == fold(new)


def test_quy_keeps_its_mark() -> None:
    assert fold("quý") == "quý"


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("tuyến nước bọt dưới hàm", "organ", "submandibular-gland"),
        ("đại tràng sigma", "organ", "colon-part:sigmoid"),
        ("chủ - phổi cửa sổ chủ - phổi", "organ", "ap-window"),
        ("hạch hạnh nhân", "organ", "amygdala"),
        ("amidan", "organ", "tonsil"),
        ("di căn", "reading", "metastasis"),
    ],
)
def test_the_longest_phrase_wins(text: str, kind: str, value: str) -> None:
    assert (kind, value) in [(t.kind, t.value) for t in tokens(text)]
