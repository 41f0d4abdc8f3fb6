"""Answers as people and models really give them: each false one beside a true one that differs in what matters."""

import pytest

from vimedsynth.facts import Fact, sentence_facts
from vimedsynth.guards import check_answer
from vimedsynth.reports import flat_report

REPORT = (
    "Chỉ định: Ung thư phổi phải, đánh giá sau 4 chu kỳ hóa trị. Hình ảnh hạch cổ trái nhóm IV kích thước 14 x 9 mm, SUVmax 2,2 "
    "(trước điều trị 30 x 22 mm, SUVmax 15,4). Hình ảnh xoang hàm phải dày niêm mạc, hấp thu FDG nhẹ, SUVmax 2,6; xoang hàm "
    "trái thông thoáng. Hình ảnh nốt đặc thùy trên phổi phải (phân thùy S3), kích thước 24 x 20 mm, tăng hấp thu FDG mạnh, "
    "SUVmax 11,4. Hình ảnh nốt đặc thùy dưới phổi phải (phân thùy S8), kích thước 9 x 8 mm, tăng hấp thu FDG nhẹ, SUVmax 2,3. "
    "Hình ảnh nốt kính mờ thùy trên phổi trái, đường kính 7 mm, không tăng hấp thu FDG. Hình ảnh vài hạch dưới carina, trục "
    "ngắn dưới 10 mm, không tăng hấp thu FDG. Hình ảnh vài hạch cạnh khí quản, hạch lớn nhất kích thước 16 x 11 mm, tăng hấp "
    "thu FDG, SUVmax 7,2. Không tràn dịch màng phổi phải. Tuyến thượng thận trái có nốt kích thước 17 x 12 mm, tăng hấp thu "
    "FDG, SUVmax 5,7. Tuyến thượng thận phải không thấy bất thường. Hình ảnh tổn thương gan: hạ phân thùy III, kích thước "
    "20 x 17 mm, SUVmax 6,6 và hạ phân thùy VIII, kích thước 14 x 13 mm, SUVmax 9,1. Lách không to, hấp thu FDG thấp hơn gan. "
    "Không thấy dịch ổ bụng, không thấy nốt phúc mạc, ngoại trừ một nốt cạnh rãnh đại tràng trái, kích thước 12 mm, SUVmax 4,4. "
    "Hình ảnh tăng hấp thu FDG sinh lý ở đài bể thận và bàng quang. Xương sườn IX T gãy bệnh lý, không bắt FDG. Hình ảnh tổn "
    "thương tiêu xương thân đốt sống L2, kích thước 19 mm, tăng hấp thu FDG, SUVmax 8,3. Hình ảnh tổn thương đặc xương cánh "
    "chậu trái, kích thước 6 mm, không tăng hấp thu FDG. Kết luận: Nốt thùy trên phổi phải tương ứng với u nguyên phát. Nốt "
    "thùy dưới phổi phải nghi ngờ di căn. Tổn thương thân đốt sống L2 nhiều khả năng di căn. Hạch cổ trái nhóm IV đáp ứng một "
    "phần. Đề nghị chụp CT ngực sau 6-8 tuần."
)  # fmt: skip

TWINS = [  # question, what the report bears out, what it does not
    ("Hạch dưới carina to bao nhiêu?", "Vài hạch, trục ngắn chưa tới 10 mm.", "Vài hạch, trục ngắn 10 mm."),
    ("Khi nào chụp lại CT ngực?", "Nên chụp CT ngực sau 6-8 tuần.", "Nên chụp CT ngực sau 6-8 tháng."),
    ("Lách hấp thu FDG thế nào so với gan?", "Lách hấp thu FDG thấp hơn gan.", "Lách hấp thu FDG cao hơn gan."),
    ("Các nốt phổi có tăng hấp thu FDG không?", "Có, nốt thùy trên phổi phải tăng hấp thu FDG mạnh.",
     "Có, các nốt ở hai phổi đều tăng hấp thu FDG."),
    ("Mô tả hạch cạnh khí quản.", "Vài hạch cạnh khí quản, hạch lớn nhất 16 x 11 mm.",
     "Có vài hạch cạnh khí quản, cái nào cũng 16 x 11 mm."),
    ("Nốt phổi nào lớn nhất?", "Nốt thùy trên phổi phải.", "Nốt thùy dưới phổi phải."),
    ("Nốt phổi nào nghi ngờ di căn?", "Nốt thùy dưới phổi phải.", "Nốt thùy trên phổi phải."),
    ("Mô tả tổn thương gan hạ phân thùy III.", "Tổn thương kích thước 20 x 17 mm, SUVmax 6,6.", "Tổn thương kích thước 20 x 17 mm, SUVmax 9,1."),
    ("So sánh hai nốt ở phổi phải.", "Nốt thùy trên phổi phải lớn hơn nốt thùy dưới phổi phải.",
     "Nốt thùy dưới phổi phải lớn hơn nốt thùy trên phổi phải."),
    ("Phúc mạc có nốt không?", "Có một nốt cạnh rãnh đại tràng trái, kích thước 12 mm.", "Không thấy nốt phúc mạc."),
    ("Hoạt động FDG ở bàng quang là gì?", "Bàng quang tăng hấp thu FDG sinh lý.", "Bàng quang tăng hấp thu FDG bệnh lý."),
    ("Xương sườn nào gãy?", "Xương sườn IX bên trái, không bắt FDG.", "Xương sườn X bên trái, không bắt FDG."),
    ("Hạch cổ trái nhóm IV hiện tại thế nào?", "Hạch kích thước 14 x 9 mm, SUVmax 2,2.", "Hạch kích thước 30 x 22 mm, SUVmax 2,2."),
    ("Hạch cổ trái nhóm IV đáp ứng thế nào?", "Hạch cổ trái nhóm IV đáp ứng một phần.", "Hạch cổ trái nhóm IV đáp ứng hoàn toàn."),
    ("Ngoài L2, xương còn tổn thương nào không?", "Còn tổn thương đặc xương cánh chậu trái 6 mm.", "Không còn tổn thương xương nào."),
    ("Xoang hàm phải có SUVmax bao nhiêu?", "SUVmax 2,6.", "SUVmax 7,2."),
    ("Hai tuyến thượng thận thế nào?", "Bên trái có nốt 17 x 12 mm, SUVmax 5,7. Bên phải không thấy bất thường.",
     "Bên phải có nốt 17 x 12 mm, SUVmax 5,7. Bên trái không thấy bất thường."),
    ("Có tràn dịch màng phổi không?", "Không tràn dịch màng phổi phải.", "Không tràn dịch màng phổi hai bên."),
    ("Hai tổn thương nào đáng chú ý?",
     "Nốt thùy trên phổi phải 24 x 20 mm. Nốt thượng thận trái 17 x 12 mm. Cả hai tăng hấp thu FDG.",
     "Nốt kính mờ thùy trên phổi trái 7 mm. Nốt thượng thận trái 17 x 12 mm. Cả hai tăng hấp thu FDG."),
    ("Tổn thương L2 là gì?", "Tổn thương thân đốt sống L2 nhiều khả năng di căn xương.",
     "Tổn thương thân đốt sống L2 nhiều khả năng di căn não."),
    ("Phổi phải có mấy nốt?", "Phổi phải có hai nốt.", "Phổi phải có ba nốt."),
    ("Nốt thùy trên phổi phải thuộc phân thùy nào?", "Nốt ở S3 thùy trên phổi phải.", "Nốt ở S8 thùy trên phổi phải."),
]  # fmt: skip


@pytest.mark.parametrize(("question", "true", "false"), TWINS)
def test_a_true_answer_passes_beside_its_false_twin(question: str, true: str, false: str) -> None:
    report = flat_report(REPORT)
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections


@pytest.mark.parametrize(
    ("question", "answer", "code"),
    [
        ("Hạch cổ trái đáp ứng mức nào?", "Hoàn toàn về chuyển hóa.", "not-understood"),
        ("SUVmax trước và nay?", "Trước 15,4, nay 11,9.", "number"),
        ("Xoang hàm trái dày niêm mạc có SUVmax bao nhiêu?", "SUVmax 2,6.", "number"),
        ("Nốt kính mờ có tăng hấp thu FDG không?", "Có, nhưng nên chụp CT ngực.", "uptake"),
        ("Gan có tổn thương tăng hấp thu FDG không?", "Có, lách không tăng hấp thu FDG.", "question-polarity"),
        ("Nốt phổi nào lớn nhất?", "Nốt thùy dưới phổi phải.", "superlative"),
        ("Nốt phổi nào tương ứng với u nguyên phát?", "Nốt thùy dưới phổi phải.", "added-reading"),
        ("Có gì ở Xyzt?", "Có.", "not-understood"),
    ],
)
def test_what_cannot_be_told_or_is_otherwise_is_refused_by_name(question: str, answer: str, code: str) -> None:
    found = {objection.code for objection in check_answer(flat_report(REPORT), question, answer).objections}
    assert code in found


def one(text: str) -> Fact:
    (fact,) = sentence_facts(text)
    return fact


def test_s_numbers_are_segments_in_a_lung_and_vertebrae_in_the_sacrum() -> None:
    assert "seg:iii" in one("Hình ảnh nốt ở S3 thùy trên phổi phải.").atoms
    assert {"seg:i", "seg:ii"} <= one("Hình ảnh nốt kính mờ thùy trên phổi trái (S1+2).").atoms
    assert "vert:s2" in one("Hình ảnh tổn thương tiêu xương ở S2.").atoms


def test_density_in_hounsfield_units_is_no_grade() -> None:
    assert not any(m.startswith("grade") for m in one("Hình ảnh nốt thượng thận phải đậm độ 5 HU.").modifiers)
    assert "grade:1" in one("Thận phải ứ nước độ I.").modifiers


def test_uptake_that_is_there_is_increased_unless_it_is_physiologic_or_denied() -> None:
    assert one("Hạch nách trái có bắt FDG.").levels == {"increased"}
    assert not one("Não bắt FDG sinh lý.").levels
    assert one("Hạch nách trái không bắt FDG.").levels == {"none"}


def test_the_exception_of_a_denial_is_there_with_the_form_denied() -> None:
    denied, left = sentence_facts(
        "Không thấy nốt phúc mạc, ngoại trừ một nốt cạnh rãnh đại tràng trái, kích thước 10 mm."
    )
    assert (denied.polarity, left.polarity) == ("absent", "present")
    assert left.heads == denied.heads
    assert "peritoneum" in left.atoms
    assert not denied.sizes
    assert [m.dims for m in left.sizes] == [(10.0,)]


def test_an_old_fracture_is_no_new_one_and_a_denied_effect_no_effect() -> None:
    old, new = one("Hình ảnh gãy cũ xương sườn VIII trái."), one("Hình ảnh gãy mới xương sườn VIII trái.")
    assert ("old" in old.modifiers, "new" in new.prior) == (True, True)
    caused, spared = one("Hình ảnh sỏi thận phải 6 mm, gây giãn đài bể thận."), one("Hình ảnh sỏi thận phải 6 mm, không gây giãn đài bể thận.")  # fmt: skip
    assert caused.modifiers != spared.modifiers
