"""Answers that compare: with another finding, with what is around it, and with an earlier study."""

import pytest

from vimedsynth.facts import Fact, sentence_facts
from vimedsynth.guards import check_answer
from vimedsynth.reports import flat_report

REPORT = (
    "Hình ảnh hạch cổ phải nhóm II kích thước 18 x 13 mm, tăng hấp thu FDG, SUVmax 9,6. Hình ảnh hạch cổ phải nhóm IV kích "
    "thước 12 x 8 mm, tăng hấp thu FDG, SUVmax 5,3. Hình ảnh nốt thùy trên phổi phải kích thước 21 x 17 mm, tăng hấp thu FDG, "
    "SUVmax 7,1. Hình ảnh nốt thùy trên phổi trái kích thước 14 x 11 mm, tăng hấp thu FDG nhẹ, SUVmax 2,6. Bể máu trung thất "
    "SUVmax 1,7, nhu mô gan SUVmax 3,2. Lách hấp thu FDG thấp hơn gan. Hình ảnh tổn thương gan hạ phân thùy VI kích thước 32 x 27 mm, "
    "tăng hấp thu FDG, SUVmax 6,4. Hình ảnh tổn thương gan hạ phân thùy II kích thước 16 x 12 mm, tăng hấp thu FDG, SUVmax 8,2. "
    "Hình ảnh hạch bẹn trái kích thước 10 x 6 mm, tăng hấp thu FDG nhẹ, SUVmax 2,3. "
    "Dây thanh trái nằm cạnh đường giữa, không tăng hấp thu FDG; dây thanh phải tăng hấp thu FDG, SUVmax 4,5. Kết luận: Các hạch cổ phải nhiều khả năng di căn."
)  # fmt: skip

COMPARED = [  # question, what the report bears out, what it does not
    ("Nốt phổi phải hấp thu ra sao?", "Nốt thùy trên phổi phải có SUVmax 7,1, cao hơn gan (3,2).",
     ["Nốt thùy trên phổi phải có SUVmax 7,1, thấp hơn gan (3,2).", "Nốt thùy trên phổi phải có SUVmax 7,1, cao hơn gan (1,7).",
      "Nốt thùy trên phổi phải có SUVmax 7,1, cao hơn gan (6,4).", "Nốt thùy trên phổi phải có SUVmax 2,6, cao hơn gan (3,2).",
      "Nốt thùy trên phổi phải có SUVmax 7,1, cao hơn bể máu trung thất (3,2)."]),
    ("Nốt phổi trái hấp thu ra sao?", "SUVmax của nốt thùy trên phổi trái là 2,6, dưới mức nền gan là 3,2.",
     ["SUVmax của nốt thùy trên phổi trái là 2,6, trên mức nền gan là 3,2.",
      "SUVmax của nốt thùy trên phổi trái là 2,6, dưới mức bể máu là 3,2."]),
    ("Hai hạch cổ phải, hạch nào hấp thu mạnh hơn?", "Hạch nhóm II, SUVmax 9,6, so với 5,3 của hạch nhóm IV.",
     ["Hạch nhóm IV, SUVmax 5,3, so với 9,6 của hạch nhóm II.", "Hạch nhóm II, SUVmax 9,6, so với 6,4 của hạch nhóm IV.",
      "Hạch nhóm II, SUVmax 9,6, so với 5,3 của hạch nhóm III.", "Hạch nhóm II, SUVmax 5,3, so với 9,6 của hạch nhóm IV."]),
    ("Hạch cổ phải nào có SUVmax cao hơn?", "Hạch nhóm II có SUVmax 9,6, trong khi hạch nhóm IV chỉ là 5,3.",
     ["Hạch nhóm IV có SUVmax 5,3, trong khi hạch nhóm II chỉ là 9,6.", "Hạch nhóm II có SUVmax 9,6, trong khi hạch nhóm IV chỉ là 3,5.",
      "Hạch nhóm II có SUVmax 5,3, trong khi hạch nhóm IV chỉ là 9,6."]),
    ("So sánh hai nốt ở thùy trên hai phổi.", "Bên phải lớn hơn (2,1 x 1,7 cm), SUVmax cũng cao hơn (7,1 so với 2,6).",
     ["Bên trái lớn hơn (1,4 x 1,1 cm), SUVmax cũng cao hơn (7,1 so với 2,6).", "Bên phải lớn hơn (1,4 x 1,1 cm), SUVmax cũng cao hơn (7,1 so với 2,6).",
      "Bên phải lớn hơn (2,1 x 1,7 cm), SUVmax cũng thấp hơn (7,1 so với 2,6).", "Bên phải lớn hơn (2,1 x 1,7 cm), SUVmax cũng cao hơn (7,1 so với 2,3).",
      "Bên phải nhỏ hơn (2,1 x 1,7 cm), SUVmax cũng cao hơn (7,1 so với 2,6)."]),
    ("Tổn thương gan nào lớn hơn?",
     "Tổn thương hạ phân thùy VI lớn hơn, 32 x 27 mm và SUVmax 6,4, so với 16 x 12 mm và SUVmax 8,2 của tổn thương hạ phân thùy II.",
     ["Tổn thương hạ phân thùy II lớn hơn, 16 x 12 mm và SUVmax 8,2, so với 32 x 27 mm và SUVmax 6,4 của tổn thương hạ phân thùy VI.",
      "Tổn thương hạ phân thùy VI lớn hơn, 32 x 27 mm và SUVmax 6,4, so với 16 x 12 mm và SUVmax 2,8 của tổn thương hạ phân thùy II.",
      "Tổn thương hạ phân thùy VI lớn hơn, 32 x 27 mm và SUVmax 8,2, so với 16 x 12 mm và SUVmax 6,4 của tổn thương hạ phân thùy II."]),
    ("Tổn thương gan lớn hơn có hấp thu cao hơn không?",
     "Ngược lại: tổn thương ở hạ phân thùy VI lớn hơn nhưng SUVmax 6,4, thấp hơn tổn thương 16 x 12 mm ở hạ phân thùy II (8,2).",
     ["Ngược lại: tổn thương ở hạ phân thùy II lớn hơn nhưng SUVmax 8,2, thấp hơn tổn thương 32 x 27 mm ở hạ phân thùy VI (6,4).",
      "Ngược lại: tổn thương ở hạ phân thùy VI lớn hơn nhưng SUVmax 6,4, cao hơn tổn thương 16 x 12 mm ở hạ phân thùy II (8,2).",
      "Ngược lại: tổn thương ở hạ phân thùy VI lớn hơn nhưng SUVmax 6,4, thấp hơn tổn thương 12 x 8 mm ở hạ phân thùy II (8,2)."]),
    ("Dây thanh có gì?", "Dây thanh trái nằm cạnh đường giữa và không tăng hấp thu FDG, trong khi bên phải có SUVmax 4,5.",
     ["Dây thanh trái nằm cạnh đường giữa và không tăng hấp thu FDG, trong khi bên phải có SUVmax 5,3.",
      "Dây thanh phải nằm cạnh đường giữa và không tăng hấp thu FDG, trong khi bên trái có SUVmax 4,5."]),
    ("Trong các hạch, hạch nào hấp thu FDG cao nhất?", "Hạch cổ phải nhóm II với SUVmax 9,6, cũng là hạch lớn nhất.",
     ["Hạch cổ phải nhóm II với SUVmax 9,6, cũng là hạch nhỏ nhất.", "Hạch cổ phải nhóm IV với SUVmax 5,3, cũng là hạch lớn nhất.",
      "Hạch bẹn trái với SUVmax 2,3."]),
    ("Nốt phổi phải hấp thu hơn nốt phổi trái không?", "Có, SUVmax của nốt phổi phải cao hơn nốt kia (7,1 so với 2,6).",
     ["Có, SUVmax của nốt phổi phải gấp đôi nốt kia (7,1 so với 2,6).", "Có, SUVmax của nốt phổi phải cao hơn nốt kia (2,6 so với 7,1).",
      "Có, SUVmax của nốt phổi phải thấp hơn nốt kia (7,1 so với 2,6)."]),
]  # fmt: skip

EARLIER = (
    "Hình ảnh khối hạch trung thất trước kích thước 40 x 26 mm (trước là 71 x 50 mm), tăng hấp thu FDG, SUVmax 4,4 (trước là "
    "13,8). Hình ảnh hạch cổ trái nhóm III, kích thước giảm từ 25 x 19 mm xuống 11 x 8 mm, SUVmax giảm từ 11,2 xuống 2,9. Hình "
    "ảnh hạch cổ phải nhóm II, kích thước tăng từ 8 x 6 mm lên 15 x 12 mm, SUVmax tăng từ 2,1 lên 6,7. Hình ảnh hạch cổ phải nhóm "
    "Va kích thước 9 x 7 mm, SUVmax 3,1, không thay đổi so với trước điều trị. Hạch nách trái trên phim trước điều trị hiện không "
    "còn quan sát thấy. Hình ảnh dày thành miệng nối 9 mm, SUVmax 5,8 (lần trước 3,4). Hình ảnh nốt gan phải kích thước 12 mm, "
    "tăng hấp thu FDG, SUVmax 4,1. Kết luận: Khối hạch trung thất trước còn tăng hấp thu FDG, giảm kích thước so với trước điều trị, còn "
    "tăng hoạt động chuyển hóa (Deauville 4)."
)  # fmt: skip

CHANGED = [
    ("Khối trung thất thay đổi thế nào?", "Khối nhỏ lại từ 7,1 x 5,0 cm còn 4,0 x 2,6 cm, SUVmax hạ từ 13,8 xuống 4,4.",
     ["Khối nhỏ lại từ 4,0 x 2,6 cm còn 7,1 x 5,0 cm, SUVmax hạ từ 13,8 xuống 4,4.", "Khối nhỏ lại từ 7,1 x 5,0 cm còn 4,0 x 2,6 cm, SUVmax hạ từ 11,2 xuống 4,4.",
      "Khối nhỏ lại từ 7,1 x 5,0 cm còn 4,0 x 2,6 cm, SUVmax hạ từ 13,8 lên 4,4.", "Khối nhỏ lại từ 13,8 x 5,0 cm còn 4,0 x 2,6 cm, SUVmax hạ từ 71 xuống 4,4.",
      "Khối to lên từ 7,1 x 5,0 cm còn 4,0 x 2,6 cm, SUVmax hạ từ 13,8 xuống 4,4.", "Khối nhỏ lại từ 7,1 x 5,0 cm còn 4,0 x 2,6 cm, SUVmax tăng từ 13,8 xuống 4,4."]),
    ("SUVmax miệng nối thay đổi thế nào?", "Tăng, hồi trước 3,4 bây giờ 5,8.",
     ["Giảm, hồi trước 3,4 bây giờ 5,8.", "Tăng, hồi trước 5,8 bây giờ 3,4.", "Tăng, hồi trước 4,3 bây giờ 5,8.", "Giảm, hồi trước 5,8 bây giờ 3,4."]),
    ("Hạch cổ trái nhóm III đáp ứng ra sao?", "Giảm, SUVmax 11,2 giờ còn 2,9, kích thước còn 11 x 8 mm (trước là 25 x 19 mm).",
     ["Giảm, SUVmax 13,8 giờ còn 2,9, kích thước còn 11 x 8 mm (trước là 25 x 19 mm).", "Giảm, SUVmax 11,2 giờ còn 2,9, kích thước còn 25 x 19 mm (trước là 11 x 8 mm).",
      "Giảm, SUVmax 2,9 giờ còn 11,2, kích thước còn 11 x 8 mm (trước là 25 x 19 mm)."]),
    ("Hạch cổ hai bên đáp ứng thế nào?", "Nhóm III bên trái nhỏ đi, trong khi nhóm II bên phải lại to lên với SUVmax từ 2,1 lên 6,7.",
     ["Nhóm III bên trái to lên, trong khi nhóm II bên phải lại nhỏ đi với SUVmax từ 2,1 lên 6,7.", "Nhóm III bên trái nhỏ đi, trong khi nhóm II bên phải lại to lên với SUVmax từ 2,9 lên 6,7.",
      "Nhóm II bên trái nhỏ đi, trong khi nhóm III bên phải lại to lên với SUVmax từ 2,1 lên 6,7."]),
    ("Hạch nách trái hiện còn không?", "Không, hạch nách trái thấy trước điều trị nay không còn quan sát được.",
     ["Không, hạch nách phải thấy trước điều trị nay không còn quan sát được.", "Có, hạch nách trái vẫn còn 8 mm."]),
    ("Hạch cổ phải có còn không?", "Có, hạch cổ phải nhóm II kích thước 15 x 12 mm.",
     ["Không, các hạch cổ phải thấy trước điều trị nay không còn quan sát được."]),
    ("Các hạch cổ thay đổi thế nào?", "Hạch cổ trái nhóm III giảm kích thước, hạch cổ phải nhóm Va không thay đổi.",
     ["Các hạch cổ đều giảm kích thước so với trước điều trị.", "Ngoài hạch cổ phải nhóm II, các hạch cổ đều giảm kích thước."]),
    ("Khối trung thất còn hoạt động không?", "Còn, khối trung thất trước SUVmax 4,4, Deauville 4.", ["Còn, khối trung thất trước SUVmax 4,4, Deauville 3.",
      "Còn, khối trung thất trước SUVmax 13,8, Deauville 4."]),
    ("Khối trung thất hiện to bao nhiêu?", "Khối trung thất trước hiện còn 40 x 26 mm, trước đây là 71 x 50 mm.",
     ["Khối trung thất trước hiện còn 71 x 50 mm, trước đây là 40 x 26 mm.", "Khối trung thất trước hiện còn 40 x 26 mm, trước đây là 25 x 19 mm."]),
    ("Khối trung thất thay đổi thế nào?", "Khối nhỏ lại từ 71 x 50 mm còn 40 x 26 mm (giảm 44%), SUVmax hạ từ 13,8 xuống 4,4 (giảm khoảng 68%).",
     ["Khối nhỏ lại từ 71 x 50 mm còn 40 x 26 mm (giảm 54%), SUVmax hạ từ 13,8 xuống 4,4 (giảm khoảng 68%).",
      "Khối nhỏ lại từ 71 x 50 mm còn 40 x 26 mm (giảm 44%), SUVmax hạ từ 13,8 xuống 4,4 (giảm khoảng 32%)."]),
]  # fmt: skip


def pairs(rows: list[tuple[str, str, list[str]]]) -> list[tuple[str, str, str]]:
    return [(question, true, false) for question, true, falses in rows for false in falses]


@pytest.mark.parametrize(("question", "true", "false"), pairs(COMPARED))
def test_what_a_finding_is_compared_with_is_held_against_the_report(question: str, true: str, false: str) -> None:
    report = flat_report(REPORT)
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections


@pytest.mark.parametrize(("question", "true", "false"), pairs(CHANGED))
def test_a_change_has_its_values_on_their_sides_and_its_way(question: str, true: str, false: str) -> None:
    report = flat_report(EARLIER)
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections


def one(text: str) -> Fact:
    (fact,) = sentence_facts(text)
    return fact


@pytest.mark.parametrize(
    "text",
    [
        "Hạch có SUVmax 4,4 (trước là 13,8).",
        "Hạch có SUVmax trước đây 13,8, nay chỉ còn 4,4.",
        "Hạch có SUVmax từ 13,8 trước điều trị còn 4,4.",
        "Hạch có SUVmax 4,4 so với 13,8.",
    ],
)
def test_the_value_now_and_the_value_then(text: str) -> None:
    fact = one(text)
    assert fact.suvs == (4.4,)
    assert fact.prior_suvs == {13.8}


def test_what_is_no_longer_seen_is_not_there() -> None:
    assert one("Hạch nách trái trên phim trước điều trị hiện không còn quan sát thấy.").polarity == "resolved"
    assert one("Hạch nách trái trước đây nhỏ hơn.").polarity == "present"


def test_a_lump_of_nodes_may_be_called_a_mass_and_a_node_may_not() -> None:
    report = flat_report("Hình ảnh khối hạch rốn phổi trái 40 x 26 mm. Hình ảnh hạch nách trái 12 mm.")
    assert check_answer(report, "Rốn phổi trái có gì?", "Khối 40 x 26 mm.").accepted
    assert not check_answer(report, "Nách trái có gì?", "Khối 12 mm.").accepted


ADVISED_REPORT = (
    "Hạch cổ trái nhóm III kích thước 13 x 9 mm, tăng hấp thu FDG, nghi ngờ di căn, đề nghị siêu âm và chọc hút tế bào. Nốt kính "
    "mờ thùy trên phổi phải đường kính 8 mm, đề nghị CT ngực sau 6 tháng. Tổn thương gan hạ phân thùy VII kích thước 16 x 12 mm, "
    "chưa loại trừ di căn, đề nghị MRI gan có tiêm tương phản. Dày thành đại tràng sigma, đề nghị nội soi đại tràng. Khối phần phụ "
    "phải kích thước 41 x 30 mm, đề nghị sinh thiết. Nốt vú trái kích thước 9 mm, đề nghị chụp nhũ ảnh."
)  # fmt: skip

ADVISED = [
    ("Báo cáo khuyên làm thêm những gì?", "Chọc hút tế bào hạch nhóm III bên trái, MRI gan, rồi chụp lại CT ngực sau 6 tháng.",
     ["Chọc hút tế bào hạch nhóm III bên phải, MRI gan, rồi chụp lại CT ngực sau 6 tháng.",
      "Chọc hút tế bào hạch nhóm III bên trái, MRI não, rồi chụp lại CT ngực sau 6 tháng.",
      "Chọc hút tế bào hạch nhóm III bên trái, MRI gan, rồi chụp lại CT ngực sau 3 tháng.",
      "Chọc hút tế bào hạch nhóm IV bên trái, MRI gan, rồi chụp lại CT ngực sau 6 tháng.",
      "Chọc hút tế bào hạch nhóm III bên trái, sinh thiết gan, rồi chụp lại CT ngực sau 6 tháng.",
      "Chọc hút tế bào hạch nhóm III bên trái, MRI gan, rồi xạ hình xương sau 6 tháng."]),
    ("Báo cáo đề nghị những thăm dò nào?", "Có ba đề nghị: siêu âm cổ, nội soi đại tràng và sinh thiết khối phần phụ phải.",
     ["Có hai đề nghị: siêu âm cổ, nội soi đại tràng và sinh thiết khối phần phụ phải.",
      "Có ba đề nghị: siêu âm cổ, nội soi dạ dày và sinh thiết khối phần phụ phải.",
      "Có ba đề nghị: siêu âm cổ, nội soi đại tràng và sinh thiết khối phần phụ trái.",
      "Có ba đề nghị: siêu âm bụng, nội soi đại tràng và sinh thiết khối phần phụ phải."]),
    ("Báo cáo đề nghị khảo sát thêm những tổn thương nào?",
     "Ba tổn thương: hạch cổ trái nhóm III (siêu âm, chọc hút tế bào), khối phần phụ phải (sinh thiết) và nốt vú trái (nhũ ảnh).",
     ["Ba tổn thương: hạch cổ trái nhóm III (sinh thiết), khối phần phụ phải (siêu âm, chọc hút tế bào) và nốt vú trái (nhũ ảnh).",
      "Ba tổn thương: hạch cổ trái nhóm III (siêu âm, chọc hút tế bào), khối phần phụ phải (sinh thiết) và nốt vú phải (nhũ ảnh)."]),
    ("Báo cáo đề nghị sinh thiết ở đâu?", "Báo cáo đề nghị sinh thiết khối phần phụ phải.", ["Báo cáo đề nghị sinh thiết hạch thượng đòn phải.",
      "Báo cáo đề nghị sinh thiết gan."]),
    ("Nốt phổi phải cần làm gì?", "Nốt kính mờ thùy trên phổi phải 8 mm, nên chụp lại CT ngực sau 6 tháng.",
     ["Nốt kính mờ thùy trên phổi phải 8 mm, nên chụp lại CT ngực sau 3 tháng.", "Nốt kính mờ thùy trên phổi phải 8 mm, nên nội soi phế quản.",
      "Nốt kính mờ thùy trên phổi phải 8 mm, nên chụp lại CT bụng sau 6 tháng."]),
]  # fmt: skip


@pytest.mark.parametrize(("question", "true", "false"), pairs(ADVISED))
def test_advice_is_given_for_its_place_and_its_time(question: str, true: str, false: str) -> None:
    report = flat_report(ADVISED_REPORT)
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections


REST_REPORT = (
    "Hình ảnh nhiều nốt nhỏ rải rác hai phổi, nốt lớn nhất ở thùy dưới phổi phải đường kính 9 mm, tăng hấp thu FDG nhẹ, SUVmax "
    "2,1; các nốt còn lại đường kính dưới 5 mm, không tăng hấp thu FDG. Hình ảnh vài hạch nách trái, hạch lớn nhất 14 x 9 mm, "
    "tăng hấp thu FDG, SUVmax 4,3; các hạch khác dưới 8 mm."
)  # fmt: skip

REST = [
    ("Mô tả các nốt ở phổi.", "Nốt to nhất 9 mm ở thùy dưới phổi phải, SUVmax 2,1. Những nốt khác đều nhỏ hơn 5 mm và không tăng hấp thu FDG.",
     ["Nốt to nhất 9 mm ở thùy dưới phổi phải, SUVmax 2,1. Những nốt khác đều nhỏ hơn 8 mm và không tăng hấp thu FDG.",
      "Nốt to nhất 9 mm ở thùy dưới phổi phải, SUVmax 2,1. Những nốt khác đều nhỏ hơn 5 mm và tăng hấp thu FDG.",
      "Nốt to nhất 9 mm ở thùy dưới phổi phải, SUVmax 2,1. Các nốt đều nhỏ hơn 5 mm và không tăng hấp thu FDG.",
      "Nốt to nhất 9 mm ở thùy dưới phổi phải, SUVmax 2,1. Những nốt khác 9 mm."]),
    ("Mô tả các hạch nách trái.", "Vài hạch nách trái, hạch lớn nhất 14 x 9 mm, SUVmax 4,3, các hạch khác nhỏ hơn 8 mm.",
     ["Vài hạch nách trái, hạch lớn nhất 14 x 9 mm, SUVmax 4,3, các hạch khác nhỏ hơn 5 mm.", "Các hạch nách trái nhỏ hơn 8 mm."]),
]  # fmt: skip


@pytest.mark.parametrize(("question", "true", "false"), pairs(REST))
def test_what_is_said_of_the_others_is_not_said_of_the_largest(question: str, true: str, false: str) -> None:
    report = flat_report(REST_REPORT)
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections


TREATED_REPORT = (
    "Chỉ định: Ung thư đại tràng phải đã phẫu thuật cắt nửa đại tràng phải năm 2021, đã hóa trị bổ trợ 6 chu kỳ; tiền sử ung thư "
    "tuyến giáp thể nhú đã cắt toàn bộ tuyến giáp và nạo vét hạch cổ trái năm 2015, đã điều trị I-131 hai lần, tổng liều 250 mCi. "
    "Chưa xạ trị. Giường tuyến giáp không thấy khối, không tăng hấp thu FDG. Vú phải đã phẫu thuật cắt bỏ, thành ngực phải không "
    "thấy tổn thương tăng hấp thu FDG. Miệng nối không dày. Đề nghị hóa trị bổ sung."
)  # fmt: skip

TREATED = [
    ("Bệnh nhân đã được điều trị những gì?", "Bệnh nhân đã mổ cắt nửa đại tràng phải năm 2021 và đã hóa trị bổ trợ 6 chu kỳ.",
     ["Bệnh nhân đã mổ cắt nửa đại tràng trái năm 2021 và đã hóa trị bổ trợ 6 chu kỳ.", "Bệnh nhân đã mổ cắt nửa đại tràng phải năm 2015 và đã hóa trị bổ trợ 6 chu kỳ.",
      "Bệnh nhân đã mổ cắt nửa đại tràng phải năm 2021 và đã hóa trị bổ trợ 8 chu kỳ.", "Bệnh nhân đã mổ cắt nửa đại tràng phải năm 2021 và đã xạ trị bổ trợ.",
      "Bệnh nhân đã mổ cắt toàn bộ đại tràng năm 2021 và đã hóa trị bổ trợ 6 chu kỳ.", "Bệnh nhân đã mổ cắt nửa đại tràng phải năm 2021, không hóa trị.",
      "Bệnh nhân đã mổ cắt nửa đại tràng phải năm 2021 vì di căn và đã hóa trị bổ trợ 6 chu kỳ."]),
    ("Tiền sử tuyến giáp thế nào?", "Bệnh nhân đã cắt toàn bộ tuyến giáp, vét hạch cổ bên trái, rồi dùng I-131 hai lần, tổng liều 250 mCi.",
     ["Bệnh nhân đã cắt một phần tuyến giáp, vét hạch cổ bên trái, rồi dùng I-131 hai lần, tổng liều 250 mCi.",
      "Bệnh nhân đã cắt toàn bộ tuyến giáp, vét hạch cổ bên phải, rồi dùng I-131 hai lần, tổng liều 250 mCi.",
      "Bệnh nhân đã cắt toàn bộ tuyến giáp, vét hạch cổ bên trái, rồi dùng I-131 hai lần, mỗi lần 250 mCi.",
      "Bệnh nhân đã cắt toàn bộ tuyến giáp, vét hạch cổ bên trái, rồi dùng I-131 ba lần, tổng liều 250 mCi.",
      "Bệnh nhân đã phẫu thuật bảo tồn tuyến giáp, vét hạch cổ bên trái."]),
    ("Có tái phát ở thành ngực không?", "Không, thành ngực phải, nơi đã cắt bỏ vú phải, không thấy tổn thương tăng hấp thu FDG.",
     ["Không, thành ngực trái, nơi đã cắt bỏ vú trái, không thấy tổn thương tăng hấp thu FDG.", "Không, thành ngực phải, nơi đã cắt thùy trên phổi phải, không thấy tổn thương tăng hấp thu FDG.",
      "Không, thành ngực phải, nơi đã cắt bỏ vú phải, không dày và tăng hấp thu FDG.",
      "Có, thành ngực phải, nơi đã cắt bỏ vú phải, có tổn thương tăng hấp thu FDG."]),
    ("Hạch cổ trái trước đây đã nạo chưa?", "Rồi, đã nạo vét hạch cổ trái năm 2015.", ["Chưa.", "Chưa, năm 2015 chỉ cắt tuyến giáp.",
      "Rồi, đã nạo vét hạch cổ trái năm 2021."]),
]  # fmt: skip


@pytest.mark.parametrize(("question", "true", "false"), pairs(TREATED))
def test_a_treatment_is_one_that_the_report_names(question: str, true: str, false: str) -> None:
    report = flat_report(TREATED_REPORT)
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections
