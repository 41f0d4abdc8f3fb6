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
        ("Phổi phải không thấy nốt.", "Phổi trái không thấy nốt."),
        ("Hạch rốn phổi phải và trái, phải > trái.", "Hạch rốn phổi trái và phải, trái > phải."),
        ("Xương sườn số 5 phải, L4 trái, nhóm IIA phải.", "Xương sườn số 5 trái, L4 phải, nhóm IIA trái."),
        ("Nốt thùy trên (phải), thành ngực-trái.", "Nốt thùy trên (trái), thành ngực-phải."),
        ("Trung thất lệch sang phải.", "Trung thất lệch sang trái."),
        ("Nốt 1/4 trên ngoài vú trái.", "Nốt 1/4 trên ngoài vú phải."),
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
        ("Thận P có sỏi.", "ambiguous-side: thận p"),
        ("Hai phổi: P > T.", "ambiguous-side: p > t"),
        ("Có phải nốt ở phổi trái ác tính không?", "ambiguous-side: có phải"),
        ("Nốt ở phổi trái tăng chuyển hóa FDG, phải không?", "ambiguous-side: phải không?"),
        ("Phải chăng đây là di căn?", "ambiguous-side: phải chăng"),
        ("Giãn mức độ vừa phải ở thận trái.", "ambiguous-side: vừa phải"),
        ("Viêm phổi mắc phải cộng đồng.", "ambiguous-side: mắc phải"),
        ("Tổn thương này phải loại trừ di căn.", "ambiguous-side: phải loại trừ"),
        ("Trái, phải.", "ambiguous-side: trái"),
        ("Nên phải đối chiếu.", "ambiguous-side: nên phải"),
        ("Nốt ở phổi phaỉ.", "ambiguous-side: phổi phaỉ"),
        ("Nốt ở phổi trai.", "ambiguous-side: phổi trai"),
        ("Hạch nhóm 4, 5.", "ambiguous-side: nhóm 4, 5"),  # the stations of the aortic window are on the left
        ("Nốt S7 phổi phải.", "ambiguous-side: s7"),
        ("Nốt HPT VI phổi phải.", "ambiguous-side: hpt vi"),
        ("Nốt vị trí 3 giờ vú trái.", "ambiguous-side: 3 giờ"),
        ("Hạch cửa sổ chủ - phổi.", "asymmetric-anatomy: cửa sổ chủ - phổi"),
        ("Vôi hóa ĐMC ngực.", "asymmetric-anatomy: đmc"),
        ("Dạ dầy dày thành.", "asymmetric-anatomy: dạ dầy"),
        ("Dày thành đại - trực tràng.", "asymmetric-anatomy: đại - trực tràng"),
        ("Khối hố chậu trái.", "asymmetric-anatomy: hố chậu trái"),
        ("Nốt cạnh phế quản trung gian.", "asymmetric-anatomy: phế quản trung gian"),
    ],
)
def test_what_cannot_be_exact_is_refused_by_name(text: str, reason: str) -> None:
    assert mirror_text(text).text is None
    assert mirror_text(text).reason == reason


def test_near_misses_are_not_refused() -> None:
    for text in ("Không tìm thấy nốt ở thận phải.", "Mật độ xương cổ tay trái đều.", "Viêm xoang hàm phải.", "Tổn thương lan trải rộng ở xương chậu trái.",
                 "Mật độ đều, phái nam.", "Hạch nhóm 15."):  # fmt: skip
        assert mirror_text(text).text is not None


def test_decomposed_text_is_the_same_text() -> None:
    text = unicodedata.normalize("NFD", "Nốt ở thận phải.")
    assert mirror_text(text).text == "Nốt ở thận trái."
