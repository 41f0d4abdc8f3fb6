"""Text beside a mirrored picture: sides change places everywhere, or the text is refused."""

import unicodedata

import pytest

from vimedsynth.augment.mirror import mirror_text


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
