"""Text beside a mirrored picture: sides change places everywhere, or the text is refused."""

import unicodedata
from typing import Any

import pytest

from vimedsynth.augment.mirror import mirror_text
from vimedsynth.augment.pairing import fit

FLIP = {"name": "HorizontalFlip", "params": {}}


def receipt(*applied: dict[str, Any], invalidates: tuple[str, ...] = (), mirrored: bool = False) -> dict[str, Any]:
    return {"applied": list(applied), "invalidates": list(invalidates), "mirrored": mirrored, "region": "whole",
            "measured": {"body_lost": 0.0, "peak_change": 0.0}, "tolerance": {}}  # fmt: skip


def sample(answer: str, *claims: str) -> dict[str, Any]:
    turn = {
        "question": "Có tổn thương ở thận phải không?",
        "answer": answer,
        "question_type": "location",
        "evidence": [[0, 5]],
    }
    return {"claims": list(claims), "turns": [turn]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hình ảnh nốt mờ ở thùy trên phổi phải.", "Hình ảnh nốt mờ ở thùy trên phổi trái."),
        ("Hạch nách phải và hố thượng đòn trái.", "Hạch nách trái và hố thượng đòn phải."),
        ("Phải: 12 mm. TRÁI: 9 mm.", "Trái: 12 mm. PHẢI: 9 mm."),
        ("Thận hai bên bình thường, mật độ đều.", "Thận hai bên bình thường, mật độ đều."),
        ("Không có sỏi thận.", "Không có sỏi thận."),
    ],
)
def test_sides_change_places_and_nothing_else(text: str, expected: str) -> None:
    assert mirror_text(text).text == expected
    assert mirror_text(expected).text == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Nốt giảm tỉ trọng ở gan phải.", "asymmetric-anatomy: gan"),
        ("Tăng chuyển hóa FDG ở tim.", "asymmetric-anatomy: tim"),
        ("Nốt mờ ở thùy giữa phổi phải.", "asymmetric-anatomy: thùy giữa"),
        ("Nốt mờ ở thùy  lưỡi phổi trái.", "asymmetric-anatomy: thùy  lưỡi"),
        ("LÁCH không to.", "asymmetric-anatomy: lách"),
        ("Dày thành đại tràng trái.", "asymmetric-anatomy: đại tràng"),
        ("Nốt ở phân thùy VI phải.", "asymmetric-anatomy: phân thùy"),
        ("Đây không phải tổn thương ác tính.", "ambiguous-side: không phải"),
        ("Hạch nhóm 4R.", "ambiguous-side: nhóm 4r"),
        ("Nốt ở phổi P.", "ambiguous-side: phổi p"),
    ],
)
def test_what_cannot_be_exact_is_refused_by_name(text: str, reason: str) -> None:
    assert mirror_text(text).text is None
    assert mirror_text(text).reason == reason


def test_near_misses_are_not_refused() -> None:
    for text in ("Không tìm thấy nốt ở thận phải.", "Mật độ xương cổ tay trái đều.", "Viêm xoang hàm phải."):
        assert mirror_text(text).text is not None


def test_decomposed_text_is_the_same_text() -> None:
    text = unicodedata.normalize("NFD", "Nốt ở thận phải.")
    assert mirror_text(text).text == "Nốt ở thận trái."


def test_a_pair_is_kept_where_nothing_it_claims_is_touched() -> None:
    row = sample("Thận phải có nốt 12 mm.", "laterality", "size")
    assert fit(row, receipt(invalidates=("suv",))).sample is row
    assert fit(row, receipt(invalidates=("size",))).code == "claims-invalidated"


def test_a_mirrored_copy_gets_mirrored_text_or_none() -> None:
    turned = receipt(FLIP, invalidates=("laterality", "position"), mirrored=True)
    done = fit(sample("Thận phải có nốt.", "laterality", "position"), turned)
    assert done.code == "mirrored"
    assert done.sample is not None
    assert done.sample["turns"][0]["question"] == "Có tổn thương ở thận trái không?"
    assert done.sample["turns"][0]["answer"] == "Thận trái có nốt."
    assert fit(sample("Gan không to.", "position"), turned).code == "asymmetric-anatomy"


def test_a_sample_that_forgot_its_claim_is_mirrored_all_the_same() -> None:
    done = fit(sample("Thận phải có nốt."), receipt(FLIP, invalidates=("laterality", "position"), mirrored=True))
    assert done.code == "mirrored"


def test_a_flip_does_not_excuse_the_rest() -> None:
    scaled = {"name": "SuvScale", "params": {"factor": 1.4}}
    both = receipt(FLIP, scaled, invalidates=("laterality", "position", "suv", "uptake"), mirrored=True)
    assert fit(sample("Thận phải có SUVmax 5.", "suv"), both).code == "claims-invalidated"
    assert fit(sample("Thận phải có nốt.", "laterality"), both).code == "mirrored"


def test_a_paraphrase_is_mirrored_whole() -> None:
    row = {"claims": ["laterality"], "text": "Nốt ở thận trái. Hạch nách phải."}
    done = fit(row, receipt(FLIP, invalidates=("laterality", "position"), mirrored=True))
    assert done.sample == {"claims": ["laterality"], "text": "Nốt ở thận phải. Hạch nách trái."}
