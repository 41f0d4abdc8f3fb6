"""What a report reads a finding as, how certain it is, and what it denies: true answers beside false ones near them."""

import pytest

from vimedsynth.facts import sentence_facts
from vimedsynth.guards import check_text
from vimedsynth.reports import flat_report

REWRITES = [  # report, rewrite, whether it says the same
    ("Hình ảnh miệng nối tăng hấp thu FDG nhẹ, nhiều khả năng do viêm, chưa loại trừ tái phát.",
     "Hình ảnh miệng nối tăng hấp thu FDG nhẹ, chưa loại trừ viêm, nhiều khả năng do tái phát.", False),
    ("Hình ảnh miệng nối tăng hấp thu FDG nhẹ, nhiều khả năng do viêm, chưa loại trừ tái phát.",
     "Miệng nối tăng hấp thu FDG mức độ nhẹ, nghĩ nhiều đến viêm, tuy nhiên chưa loại trừ được tái phát.", True),
    ("Hình ảnh miệng nối tăng hấp thu FDG nhẹ, nhiều khả năng do viêm, chưa loại trừ tái phát.",
     "Miệng nối tăng hấp thu FDG nhẹ, nghĩ nhiều đến viêm nhưng tái phát chưa được loại trừ.", True),
    ("Hình ảnh miệng nối tăng hấp thu FDG nhẹ, nhiều khả năng do viêm, chưa loại trừ tái phát.",
     "Miệng nối tăng hấp thu FDG nhẹ, chưa loại trừ tái phát, nhiều khả năng do viêm.", True),
    ("Lách to, tăng hấp thu FDG lan tỏa, không thấy nốt khu trú, nghĩ đến phản ứng.",
     "Lách to, tăng hấp thu FDG lan tỏa, nghĩ đến phản ứng, không thấy nốt khu trú.", True),
    ("Lách to, tăng hấp thu FDG lan tỏa, không thấy nốt khu trú, nghĩ đến phản ứng.",
     "Lách to, tăng hấp thu FDG lan tỏa, không thấy nốt khu trú, nghi ngờ phản ứng.", False),
    ("Vùng cổ trái thay đổi sau mổ, không thấy hạch tăng hấp thu FDG.",
     "Vùng cổ trái biến đổi sau phẫu thuật, không thấy hạch tăng hấp thu FDG.", True),
    ("Miệng nối không dày thành, tăng nhẹ chuyển hóa FDG, SUVmax 2,9.",
     "Miệng nối dày thành, tăng nhẹ chuyển hóa FDG, SUVmax 2,9.", False),
    ("Hố nách phải không thấy hạch, hố nách trái vài hạch, lớn nhất 11 mm.",
     "Hố nách trái không thấy hạch, hố nách phải vài hạch, lớn nhất 11 mm.", False),
    ("Hố nách phải không thấy hạch, hố nách trái vài hạch, lớn nhất 11 mm.",
     "Hố nách trái có vài hạch, lớn nhất 11 mm; hố nách phải không thấy hạch.", True),
    ("Xơ hóa đỉnh phổi trái sau xạ trị, không tăng chuyển hóa FDG.", "Đỉnh phổi trái xơ hóa sau xạ, không tăng chuyển hóa FDG.", True),
    ("Xơ hóa đỉnh phổi trái sau xạ trị, không tăng chuyển hóa FDG.", "Đỉnh phổi trái xơ hóa sau hóa trị, không tăng chuyển hóa FDG.", False),
    ("Gan có hai tổn thương 14 mm và 25 mm, tăng chuyển hóa FDG, SUVmax lần lượt là 5,8 và 8,3.",
     "Hai tổn thương ở gan tăng chuyển hóa FDG: tổn thương 14 mm có SUVmax 5,8, tổn thương 25 mm có SUVmax 8,3.", True),
    ("Gan có hai tổn thương 14 mm và 25 mm, tăng chuyển hóa FDG, SUVmax lần lượt là 5,8 và 8,3.",
     "Hai tổn thương ở gan tăng chuyển hóa FDG: tổn thương 14 mm có SUVmax 8,3, tổn thương 25 mm có SUVmax 5,8.", False),
]  # fmt: skip


@pytest.mark.parametrize(("report", "rewrite", "same"), REWRITES)
def test_a_rewrite_keeps_the_certainty_of_each_reading(report: str, rewrite: str, same: bool) -> None:
    assert check_text(flat_report(report), rewrite).accepted == same


@pytest.mark.parametrize(
    ("sentence", "tiers"),
    [
        ("Nốt nhiều khả năng do viêm, chưa loại trừ di căn.", {"inflammation": "likely", "metastasis": "suspect"}),
        ("Nốt có khả năng viêm nhưng di căn chưa được loại trừ.", {"inflammation": "probable", "metastasis": "suspect"}),
        ("Nốt tương ứng với di căn, nghi ngờ viêm do lao.",
         {"metastasis": "definite", "inflammation": "suspect", "tuberculosis": "suspect"}),
        ("Nốt nghi ngờ viêm hoặc di căn.", {}),
    ],
)  # fmt: skip
def test_each_reading_has_the_certainty_said_of_it(sentence: str, tiers: dict[str, str]) -> None:
    (fact,) = sentence_facts(sentence)
    assert dict(fact.tiers) == tiers


def test_a_question_is_no_side() -> None:
    """ "có phải" asks; it is not "bên phải"."""
    (fact,) = sentence_facts("Hạch này có phải di căn không?")
    assert not fact.sides
