"""What lets a false answer look supported: a word of another finding, a vessel for its neighbour, the largest for all."""

import pytest

from vimedsynth.facts import sentence_facts
from vimedsynth.guards import check_answer, check_text
from vimedsynth.reports import Report, flat_report

REPORT = (
    "Bệnh nhân ung thư hắc tố gan bàn chân phải, đã cắt rộng và sinh thiết hạch bẹn phải. Không thấy hạch nách trái. Hạch nách "
    "phải kích thước 10 x 13 mm, tăng hấp thu FDG, SUVmax 5,1. Khối phổi trái ở phân thùy S6, kích thước 28 x 33 mm, tăng hấp "
    "thu FDG, SUVmax 9,6, co kéo màng phổi lân cận, không xâm lấn thành ngực. Tràn dịch màng phổi phải lượng ít. Thân tụy có "
    "khối 25 x 30 mm, tăng hấp thu FDG, SUVmax 7,3, ôm khoảng 1/3 chu vi tĩnh mạch mạc treo tràng trên. Hai hạch cạnh động mạch "
    "chủ bụng, hạch lớn hơn 9 x 14 mm, SUVmax 4,2. Gan có nốt 15 mm ở hạ phân thùy VI, hấp thu FDG tương đương nhu mô gan. Túi "
    "mật đã cắt. Tuyến tiền liệt có ổ tăng hấp thu FDG ở vùng ngoại vi bên phải, SUVmax 4,9. Thùy trái tuyến giáp có nốt 12 mm, "
    "tăng hấp thu FDG, SUVmax 6,4. Nhiều tổn thương tiêu xương ở thân đốt sống T9, L1 và cánh chậu trái, tăng hấp thu FDG, SUVmax "
    "cao nhất 11,8 ở L1. Dây thanh trái không tăng hấp thu FDG, khả năng liệt dây thanh trái. Gan hạ phân thùy II có nang 9 mm. "
    "Nốt thùy dưới phổi trái 6 mm. Nốt thùy giữa phổi phải 5 mm. Ổ tăng hấp thu FDG ở cung sau xương sườn 7 trái, không thấy biến đổi cấu "
    "trúc trên CT. Hạch rốn gan 11 mm. Tủy xương hấp thu FDG, nhiều khả năng sinh lý. Nốt đại tràng lên 13 mm. Nhiều hạch cổ trái "
    "nhóm II, III. Hạch cổ phải nhóm II 8 mm. Lách hấp thu FDG kém hơn gan. Diện đốt ở gan hạ phân thùy VIII 32 mm, chưa thấy tái phát. "
    "Đã hóa trị 4 chu kỳ. Kết luận: Hạch rốn gan nhiều khả năng viêm nhưng chưa loại trừ di căn. Nốt đại tràng lên khả năng polyp. "
    "Tổn thương gan tương ứng với di căn. Đề nghị theo dõi nốt thùy dưới phổi trái bằng CT ngực. "
    " Khối phổi trái nhiều khả năng u nguyên phát. Hạch nách phải nghi ngờ di căn. Nốt tuyến giáp: "
    "đề nghị siêu âm và chọc hút."
)  # fmt: skip

TWINS = [  # question, what the report bears out, what it does not
    ("Hạch nách có ở bên nào?", "Có, bên phải, 10 x 13 mm, SUVmax 5,1.", "Có, cả hai bên; bên phải 10 x 13 mm, SUVmax 5,1."),
    ("Màng phổi cạnh khối thế nào?", "Khối co kéo màng phổi lân cận.", "Màng phổi lân cận không bị co kéo."),
    ("U tụy ôm mạch nào?", "Ôm khoảng 1/3 chu vi tĩnh mạch mạc treo tràng trên.", "Ôm khoảng 1/3 chu vi động mạch mạc treo tràng trên."),
    ("Có mấy hạch cạnh động mạch chủ bụng?", "Hai hạch, hạch lớn hơn 9 x 14 mm.", "Hai hạch, cùng cỡ 9 x 14 mm."),
    ("Nốt gan hấp thu FDG thế nào?", "Nốt gan hấp thu FDG tương đương nhu mô gan.", "Nốt gan tăng hấp thu FDG so với nhu mô gan."),
    ("Túi mật thế nào?", "Túi mật đã cắt.", "Túi mật còn tại chỗ."),
    ("Ổ ở tuyến tiền liệt nằm ở vùng nào?", "Ổ tăng hấp thu FDG ở vùng ngoại vi bên phải.", "Ổ tăng hấp thu FDG ở vùng trung tâm bên phải."),
    ("Tuyến tiền liệt có gì?", "Tuyến tiền liệt có ổ tăng hấp thu FDG ở vùng ngoại vi bên phải.",
     "Tuyến tiền liệt có ổ tăng hấp thu FDG ở vùng chuyển tiếp bên phải."),
    ("SUVmax của các tổn thương xương?", "SUVmax cao nhất 11,8 ở L1.",
     "Các tổn thương ở thân đốt sống T9, L1 và cánh chậu trái đều có SUVmax 11,8."),
    ("Nốt giáp cần làm gì?", "Đề nghị siêu âm và chọc hút.", "Đề nghị siêu âm và chọc hút, vì nhiều khả năng ung thư giáp."),
    ("Đề nghị gì ở tuyến giáp?", "Siêu âm và chọc hút.", "Siêu âm và chọc hút vì nghi ngờ ác tính."),
    ("Nốt gan nằm ở đâu?", "Nốt gan nằm ở hạ phân thùy VI.", "Nốt gan nằm ở hạ phân thùy II."),
    ("Hạch nghi ngờ di căn nằm ở đâu?", "Hạch nghi ngờ di căn nằm ở nách phải.", "Hạch nghi ngờ di căn nằm ở cổ phải."),
    ("Dây thanh nào nghi bị liệt?", "Khả năng liệt dây thanh trái.", "Khả năng liệt dây thanh phải."),
    ("Đề nghị siêu âm ở đâu?", "Đề nghị siêu âm tuyến giáp.", "Đề nghị siêu âm tuyến tiền liệt."),
    ("Theo dõi gì bằng CT?", "Theo dõi nốt thùy dưới phổi trái bằng CT ngực.", "Theo dõi nốt thùy dưới phổi phải bằng CT ngực."),
    ("Theo dõi gì bằng CT ngực?", "Theo dõi nốt thùy dưới phổi trái bằng CT ngực.", "Theo dõi nốt thùy trên phổi trái bằng CT ngực."),
    ("Đã hóa trị bao nhiêu?", "Ung thư hắc tố, đã hóa trị 4 chu kỳ.", "Ung thư hắc tố, đã hóa trị 6 chu kỳ."),
    ("Nốt dưới phổi trái có biến đổi gì trên CT?", "Trên CT không thấy biến đổi cấu trúc ở cung sau xương sườn 7.",
     "Trên CT có biến đổi cấu trúc ở cung sau xương sườn 7."),
    ("Hạch ở rốn gan được đọc thế nào?", "Hạch rốn gan nhiều khả năng viêm nhưng chưa loại trừ di căn.",
     "Hạch rốn gan tương ứng với viêm nhưng chưa loại trừ di căn."),
    ("Hấp thu ở tủy xương là gì?", "Tủy xương hấp thu FDG nhiều khả năng sinh lý.", "Tủy xương hấp thu FDG chắc chắn là sinh lý."),
    ("Nốt đại tràng lên là gì?", "Nốt đại tràng lên, khả năng polyp.", "Nốt đại tràng lên, tương ứng với polyp."),
    ("Hạch cổ thế nào?", "Cổ trái có nhiều hạch, ở các nhóm II và III.", "Cổ phải có nhiều hạch, ở các nhóm II và III."),
    ("Tổn thương ở gan là gì?", "Tổn thương gan tương ứng với di căn gan.", "Tổn thương gan tương ứng với di căn lách."),
    ("Có tái phát ở diện đốt không?", "Chưa thấy tái phát; diện đốt cỡ 32 mm.", "Chưa thấy tái phát; diện đốt cỡ 62 mm."),
    ("Lách hấp thu FDG thế nào?", "Lách hấp thu FDG kém hơn gan.", "Lách hấp thu FDG kém hơn phổi."),
    ("Phổi phải có gì?", "Phổi phải có một nốt 5 mm ở thùy giữa.", "Phổi phải có hai nốt 5 mm ở thùy giữa."),
    ("Báo cáo đề nghị gì?", "Siêu âm và chọc hút.", "Siêu âm, chọc hút và sinh thiết."),
]  # fmt: skip


@pytest.mark.parametrize(("question", "true", "false"), TWINS)
def test_what_is_borne_out_passes_and_its_twin_does_not(question: str, true: str, false: str) -> None:
    report = flat_report(REPORT)
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections


ELSEWHERE = (
    "Dày thành thực quản 1/3 trên, SUVmax 7,6. Dày thành thực quản 1/3 dưới, không tăng hấp thu FDG. Vài hạch quanh trực tràng và "
    "nhiều hạch mạc treo, không tăng hấp thu FDG. Hạch ở trước thực quản, cạnh khí quản, SUVmax 5,5. Dạ dày đã phẫu thuật một phần. "
    "Tràn dịch màng phổi trái mức độ ít. Ổ tăng hấp thu FDG ở thành bụng trước, SUVmax 3,1."
)
ASTRAY = [
    ("Thực quản 1/3 trên có dày thành không?", "Có, dày thành thực quản 1/3 trên.", "Có, dày thành thực quản 1/3 dưới."),
    ("Có hạch quanh trực tràng không?", "Có, hạch quanh trực tràng.", "Có, nhiều hạch quanh trực tràng."),
    ("Hạch có SUVmax 5,5 ở đâu?", "Hạch ở trước thực quản, cạnh khí quản.", "Hạch ở sau thực quản, cạnh khí quản."),
    ("Dạ dày thế nào?", "Dạ dày đã phẫu thuật một phần.", "Dạ dày đã phẫu thuật hoàn toàn."),
    ("Màng phổi trái có gì?", "Tràn dịch màng phổi trái mức độ ít.", "Tràn dịch màng phổi trái mức độ mạnh."),
    ("Thành bụng có gì?", "Ổ tăng hấp thu FDG ở thành bụng trước.", "Ổ tăng hấp thu FDG ở thành bụng sau."),
]  # fmt: skip


@pytest.mark.parametrize(("question", "true", "false"), ASTRAY)
def test_a_neighbour_of_what_the_report_has_is_elsewhere(question: str, true: str, false: str) -> None:
    report = flat_report(ELSEWHERE)
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections


def test_two_thirds_in_one_word() -> None:
    (fact,) = sentence_facts("Nhiều hạch cạnh thực quản 1/3 trên - giữa.")
    assert {"third:upper", "third:middle"} <= fact.atoms


def test_what_has_gone_is_not_what_is_still_there() -> None:
    report = flat_report(
        "Các ổ tăng hấp thu FDG trong lách trước đây đã biến mất. Hạch cổ trái không còn quan sát được."
    )
    assert {f.polarity for s in report.sentences for f in sentence_facts(s.text)} == {"resolved"}
    assert check_text(report, report.text).accepted
    still = "Các ổ tăng hấp thu FDG trong lách trước đây hiện vẫn còn. Hạch cổ trái không còn quan sát được."
    assert not check_text(report, still).accepted


def test_a_neighbour_is_that_of_the_same_finding_where_it_has_a_place() -> None:
    (fact,) = sentence_facts("Khối phổi phải co kéo màng phổi lân cận.")
    assert not fact.points
    (fact,) = sentence_facts("Vài hạch lân cận tăng hấp thu FDG.")
    assert fact.points


def test_an_examination_that_is_over_is_no_advice() -> None:
    (done,), (advised,) = (
        sentence_facts("Đã sinh thiết hạch cổ phải."),
        sentence_facts("Đề nghị sinh thiết hạch cổ phải."),
    )
    assert not done.advice
    assert "biopsy" in advised.advice


def test_the_upper_mesentery_is_no_threshold() -> None:
    (fact,) = sentence_facts("Hình ảnh hạch mạc treo tràng trên 8 mm.")
    assert [m.op for m in fact.sizes] == ["="]
    assert "more-than" not in fact.modifiers


def test_the_response_of_the_patient_is_not_that_of_one_finding() -> None:
    report = flat_report(
        "Hạch cổ phải 10 x 8 mm, SUVmax 1,8. Gan có nốt 20 mm, SUVmax 4,4. Kết luận: Đáp ứng chuyển hóa một phần. "
        "Hạch cổ phải đáp ứng hoàn toàn."
    )
    asked = "Bệnh nhân đáp ứng điều trị ra sao?"
    assert check_answer(report, asked, "Bệnh nhân đáp ứng chuyển hóa một phần.").objections == ()
    assert check_answer(report, asked, "Bệnh nhân đáp ứng chuyển hóa hoàn toàn.").objections
    assert check_answer(report, asked, "Hạch cổ phải đáp ứng hoàn toàn.").objections == ()


PAIR = (
    "Thận trái teo nhỏ, thận phải lớn bù trừ. Buồng trứng phải có nang 12 mm, buồng trứng trái có nang 9 mm. Đã cắt tuyến vú phải và nạo "
    "hạch nách phải năm 2019, đã hóa trị 2 chu kỳ. Hạch cổ trái nhóm IV 14 mm, Deauville 3. Hạch cạnh động mạch chủ bụng 8 mm, Deauville 2. "
    "Kết luận: Hạch cổ trái và hạch cạnh động mạch chủ bụng Deauville 2-3. Đề nghị chụp lại PET/CT sau khi kết thúc hóa trị."
)
OF_A_PAIR = [
    ("Hai thận thế nào?", "Thận trái teo nhỏ và thận phải lớn bù trừ.", "Thận phải teo nhỏ và thận trái lớn bù trừ."),
    ("Buồng trứng thế nào?", "Buồng trứng trái có nang 9 mm.", "Buồng trứng trái có nang 12 mm."),
    ("Tiền sử phẫu thuật?", "Đã cắt tuyến vú phải và nạo hạch nách phải năm 2019.",
     "Đã cắt tuyến vú phải năm 2019 nhưng không nạo hạch nách phải."),
    ("Hạch cổ trái thế nào?", "Hạch cổ trái nhóm IV 14 mm, Deauville 3.", "Hạch cổ trái nhóm IV 14 mm, Deauville 2."),
    ("Đề nghị gì?", "Chụp lại PET/CT sau khi kết thúc hóa trị.", "Chụp lại PET/CT sau 2 chu kỳ hóa trị nữa."),
]  # fmt: skip


@pytest.mark.parametrize(("question", "true", "false"), OF_A_PAIR)
def test_what_is_of_one_of_a_pair_is_not_of_the_other(question: str, true: str, false: str) -> None:
    report = flat_report(PAIR)
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections


DETAILS = flat_report(
    "Không hạch cổ nào trên 10 mm. Hạch cổ phải nhóm II, III và Va, hạch lớn nhất ở nhóm II 32 x 24 mm, hoại tử trung tâm, "
    "SUVmax 14,1. Nốt kính mờ thùy trên phổi phải 8 mm, SUVmax 0,9. Nốt vôi hóa thùy giữa phổi phải 5 mm. Khối khoang sau "
    "đùi trái 96 x 63 mm, hoại tử ở trung tâm, SUVmax 12,4 ở rìa phía trong. Ổ đọng Lipiodol ở gan hạ phân thùy VIII, còn dải "
    "tăng hấp thu FDG ở bờ sau, SUVmax 5,9. Ổ hấp thu mạnh nhất ở xương cùng bên trái (SUVmax 13,1), ổ lớn nhất ở cánh chậu "
    "trái 41 mm (SUVmax 10,2)."
)  # fmt: skip
OF_DETAILS = [  # question, what the report bears out, what it does not
    ("Hạch cổ có to không?", "Không có hạch cổ nào trên 10 mm.", "Không có hạch cổ nào trên 5 mm."),
    ("Nốt thùy trên phổi phải ra sao?", "Nốt kính mờ 8 mm, SUVmax 0,9.", "Nốt đặc 8 mm, SUVmax 0,9."),
    ("Hạch cổ lớn nhất?", "Hạch nhóm II bên phải, hoại tử trung tâm, 32 x 24 mm.",
     "Hạch nhóm III bên phải, hoại tử trung tâm, 32 x 24 mm."),
    ("Khối đùi trái thế nào?", "Khối hoại tử ở trung tâm, SUVmax 12,4.", "Khối có SUVmax 12,4 ở vùng trung tâm."),
    ("Gan có gì?", "Hạ phân thùy VIII còn dải tăng hấp thu FDG ở bờ sau, SUVmax 5,9.",
     "Hạ phân thùy VIII còn dải tăng hấp thu FDG ở bờ trước, SUVmax 5,9."),
    ("Ổ xương hấp thu mạnh nhất?", "Ổ ở xương cùng bên trái, SUVmax 13,1.", "Ổ ở cánh chậu trái, SUVmax 10,2."),
    ("Tổn thương nào có SUVmax cao nhất?", "Hạch cổ phải nhóm II, SUVmax 14,1; kế đến là ổ ở xương cùng bên trái (13,1).",
     "Xương cùng bên trái, SUVmax 13,1; thứ hai là khối đùi trái (12,4)."),
    ("Liệt kê các hạch cổ phải kèm kích thước.", "Hạch cổ phải nhóm II, 32 x 24 mm.", "Hạch cổ phải nhóm II, 24 x 22 mm."),
]  # fmt: skip


LISTED = flat_report(
    "SUVmax tham chiếu: bể máu trung thất 1,8; gan 2,6. Hạch cổ phải nhóm IIA, SUVmax 9,7. Hạch rốn phổi trái 17 mm trước đây hiện "
    "không còn quan sát thấy. Khối trung thất trước 46 x 30 mm, SUVmax 4,1, không gây hẹp tĩnh mạch chủ trên. Hạch nách "
    "hai bên, tăng chuyển hóa FDG nhẹ (SUVmax: 3,8 bên phải; 3,5 bên trái). Có 4 hạch mạc treo trực tràng, trong đó 2 hạch tăng "
    "chuyển hóa FDG. Dày thành lệch tâm thực quản 1/3 dưới, SUVmax 14,1. Hình ảnh nhiều ổ tiêu xương tăng chuyển hóa FDG ở "
    "thân đốt sống T8, L3, xương sọ và cánh chậu phải; mạnh nhất ở L3 (SUVmax: 13,1), lớn nhất ở cánh chậu phải 41 mm (SUVmax: 10,4). "
    "Các ổ ở xương sọ không tăng chuyển hóa FDG. Gãy cũ xương sườn 7 trái. Tủy xương tăng chuyển hóa FDG lan tỏa, nghĩ do phản "
    "ứng. Nốt giảm tỉ trọng (-82 HU) 10 mm ở thận trái, khả năng u mỡ. Hạch sau hầu bên phải và bên trái (SUV lần lượt là 10 và 8,7). "
    "Phổi phải có nốt 6 mm ở thùy trên, không tăng chuyển hóa FDG. Kết luận: Hạch cổ phải nhóm IIA di căn. Không thấy tổn thương nghi di căn gan."
)  # fmt: skip
OF_LISTED = [  # question, what the report bears out, what it does not
    ("Gan có di căn không?", "Không thấy tổn thương nghi di căn gan.", "Không thấy hạch cổ nghi di căn."),
    ("Hạch rốn phổi trái lớn trước đây thế nào?", "Hạch rốn phổi trái 17 mm trước đây không còn quan sát thấy.",
     "Hạch rốn phổi trái hiện có kích thước 17 mm."),
    ("Khối trung thất có gây hẹp mạch không?", "Khối trung thất trước không gây hẹp tĩnh mạch chủ trên.",
     "Khối trung thất trước gây hẹp tĩnh mạch chủ trên."),
    ("Hạch nách hai bên ra sao?", "Hạch nách bắt FDG nhẹ (SUVmax 3,8 bên phải và 3,5 bên trái).",
     "Hạch nách bắt FDG nhẹ (SUVmax 3,5 bên phải và 3,8 bên trái)."),
    ("Có bao nhiêu hạch mạc treo trực tràng tăng chuyển hóa?", "Có 2 hạch.", "Có 4 hạch."),
    ("Hạch mạc treo trực tràng thế nào?", "4 hạch, trong đó 2 hạch tăng chuyển hóa FDG.", "Cả 4 hạch đều tăng chuyển hóa FDG."),
    ("Thành thực quản ra sao?", "Thành thực quản 1/3 dưới dày lệch tâm.", "Thành thực quản 1/3 dưới dày đồng tâm."),
    ("Vị trí xương nào có SUVmax cao nhất?", "Thân L3.", "Cánh chậu phải."),
    ("Vị trí xương nào có SUVmax cao nhất?", "Trong các tổn thương xương, thân L3 cao nhất.", "Trong các tổn thương xương, cánh chậu phải cao nhất."),
    ("Xương thế nào?", "Ổ tiêu xương ở L3 bắt FDG mạnh nhất (SUVmax 13,1).", "Ổ tiêu xương ở cánh chậu phải bắt FDG mạnh nhất (SUVmax 10,4)."),
    ("Ổ ở sọ thế nào?", "Các ổ tiêu xương ở xương sọ không tăng chuyển hóa FDG.", "Các nang ở xương sọ không tăng chuyển hóa FDG."),
    ("Tủy xương thế nào?", "Tủy xương tăng chuyển hóa FDG lan tỏa, được cho là phản ứng.", "Tủy xương tăng chuyển hóa FDG lan tỏa, chắc chắn là phản ứng."),
    ("Hạch cổ phải nhóm IIA là gì?", "Hạch cổ phải nhóm IIA di căn.", "Hạch cổ phải nhóm IIA được cho là viêm."),
    ("Nốt thận trái có đậm độ bao nhiêu?", "Nốt thận trái có đậm độ -82 HU.", "Nốt thận trái có đậm độ 82 HU."),
    ("Hạch sau hầu có SUV bao nhiêu?", "Hạch sau hầu SUV bên phải 10, bên trái 8,7.", "Hạch sau hầu SUV bên phải 8,7, bên trái 10."),
    ("Phổi phải có nốt nào không và có bắt xạ không?", "Phổi phải có nốt 6 mm ở thùy trên. Nốt không tăng chuyển hóa FDG.",
     "Phổi phải có nốt 6 mm ở thùy trên. Nốt tăng chuyển hóa FDG."),
    ("SUVmax tham chiếu?", "SUVmax bể máu trung thất 1,8; gan 2,6.", "SUVmax bể máu trung thất 1,8; gan 3,6."),
]  # fmt: skip


def test_what_a_form_is_without() -> None:
    (fact,) = sentence_facts("Khối trung thất không hoại tử.")
    assert fact.modifiers == {"no-necrosis"}
    (fact,) = sentence_facts("Khối trung thất hoại tử trung tâm.")
    assert fact.modifiers == {"necrosis", "necrosis:central"}
    assert [sorted(item.atoms) for item in fact.items] == [["mediastinum"]]


SUMMED = flat_report(
    "Đầu - cổ: Không thấy hạch cổ.\nLồng ngực: Khối phổi trái 40 mm, SUVmax 9,1, còn lớp mỡ ngăn cách với "
    "động mạch chủ ngực. Hạch tim hoành phải 11 x 8 mm, SUVmax 4,9.\nỔ bụng - khung chậu: Đã cắt tử cung và phần phụ hai bên, điều trị I-131 hai lần (tổng liều 250 mCi). Khối thận phải 61 x 55 mm, chưa vượt quá mạc Gerota. Hạch "
    "cạnh trái động mạch chủ bụng 14 x 10 mm, SUVmax 6,3.\nHệ cơ - xương: Hình ảnh tiêu xương cung sau xương sườn VI phải 19 mm, tăng "
    "chuyển hóa FDG (SUVmax: 7,5). Gãy cũ xương sườn VI trái.\nKết luận: Di căn xương sườn VI phải. Di căn hạch cạnh động mạch chủ bụng."
)  # fmt: skip
OF_SUMMED = [  # question, what the report bears out, what it does not
    ("Khối thận phải lan đến đâu?", "Khối thận phải chưa vượt quá mạc Gerota.", "Khối thận phải đã vượt quá mạc Gerota."),
    ("Khối phổi trái có liên quan động mạch chủ không?", "Khối phổi trái còn lớp mỡ ngăn cách với động mạch chủ ngực.",
     "Khối phổi trái mất lớp mỡ ngăn cách với động mạch chủ ngực."),
    ("Điều trị I-131 thế nào?", "Sau phẫu thuật bệnh nhân được điều trị I-131 hai lần, tổng liều 250 mCi.", "Sau phẫu thuật bệnh nhân được điều trị I-131 hai lần, mỗi lần 250 mCi."),
    ("Bệnh nhân đã phẫu thuật gì?", "Đã cắt tử cung và phần phụ hai bên.", "Đã cắt tử cung và phần phụ một bên."),
    ("Tổn thương xương sườn VI phải là gì?", "Tổn thương tiêu xương cung sau xương sườn VI phải, SUVmax 7,5, là di căn.",
     "Gãy cũ xương sườn VI trái là di căn."),
    ("Hạch nào di căn?", "Hạch cạnh trái động mạch chủ bụng (14 x 10 mm) là di căn.", "Hạch tim hoành phải (11 x 8 mm) là di căn."),
]  # fmt: skip


def test_no_to_all_of_them_is_told_by_the_one_that_is_so() -> None:
    report = flat_report(
        "Hình ảnh nhiều nốt đặc rải rác hai phổi, nốt lớn nhất ở đáy phổi trái kích thước 10 mm, tăng chuyển hóa FDG (SUVmax: 4,1), "
        "các nốt khác dưới 6 mm, không tăng chuyển hóa FDG. Hạch rốn phổi phải tăng chuyển hóa FDG (SUVmax: 3,0)."
    )
    question = "Có phải mọi nốt phổi đều tăng chuyển hóa FDG không?"
    true = "Không. Chỉ nốt lớn nhất ở đáy phổi trái, 10 mm, tăng chuyển hóa FDG (SUVmax 4,1)."
    assert check_answer(report, question, true).objections == ()
    for false in (
        "Không. Chỉ nốt lớn nhất ở đáy phổi phải, 10 mm, tăng chuyển hóa FDG (SUVmax 4,1).",
        "Không. Các nốt phổi tăng chuyển hóa FDG.",
        "Có. Các nốt phổi đều tăng chuyển hóa FDG.",
    ):
        assert check_answer(report, question, false).objections


SEGMENTS = flat_report(
    "Hình ảnh hạch nhỏ ở nhóm IIB, III hai bên, nhóm VB bên phải, không tăng chuyển hóa FDG. Hình ảnh nốt đặc phân thùy S2 thùy trên "
    "phổi phải 12 mm. Hình ảnh nốt kính mờ phân thùy S1+2 thùy trên phổi trái 9 mm. Tổn thương gan hạ phân thùy VI đã được điều trị TACE. "
    "Tổn thương đặc xương S2 7 mm. Hình ảnh khối đầu tụy 29 mm, ôm dưới 180 độ chu vi tĩnh mạch mạc treo tràng trên. Hình ảnh nốt tuyến "
    "thượng thận trái 22 x 18 mm, tăng chuyển hóa FDG (SUVmax: 4,7), cao hơn gan (SUVmax: 3,2)."
)  # fmt: skip
OF_SEGMENTS = [  # question, what the report bears out, what it does not
    ("Nhóm hạch nào có ở hai bên?", "Hạch thấy ở cả hai bên gồm nhóm IIB và III.", "Hạch thấy ở cả hai bên gồm nhóm IIB, III và VB."),
    ("Nốt phổi phải ở đâu?", "Ở S2 thùy trên phổi phải, 12 mm.", "Ở S3 thùy trên phổi phải, 12 mm."),
    ("Nốt phổi trái ở đâu?", "Nốt kính mờ S1+2 thùy trên phổi trái, 9 mm.", "Nốt kính mờ S3 thùy trên phổi trái, 9 mm."),
    ("Xương cùng có gì?", "Đặc xương S2 7 mm.", "Đặc xương S3 7 mm."),
    ("Khối tụy có ôm mạch không?", "Khối đầu tụy ôm dưới 180 độ chu vi tĩnh mạch mạc treo tràng trên.",
     "Khối đầu tụy ôm trên 180 độ chu vi tĩnh mạch mạc treo tràng trên."),
    ("SUVmax của nốt thượng thận trái?", "Nốt thượng thận trái có SUVmax 4,7.", "Nốt thượng thận trái có SUVmax 3,2."),
    ("Nốt thượng thận trái so với gan?", "Nốt thượng thận trái có SUVmax 4,7, cao hơn gan (3,2).",
     "Nốt thượng thận trái có SUVmax 4,7, cao hơn gan (3,6)."),
    ("Tổn thương gan đã điều trị gì?", "Tổn thương gan đã được điều trị bằng TACE.", "Tổn thương gan đã được điều trị bằng đốt sóng cao tần."),
]  # fmt: skip

OF_THEM = [
    (report, *row)
    for report, rows in ((DETAILS, OF_DETAILS), (LISTED, OF_LISTED), (SUMMED, OF_SUMMED), (SEGMENTS, OF_SEGMENTS))
    for row in rows
]


@pytest.mark.parametrize(("report", "question", "true", "false"), OF_THEM)
def test_a_detail_is_of_the_finding_that_has_it(report: Report, question: str, true: str, false: str) -> None:
    assert check_answer(report, question, true).objections == ()
    assert check_answer(report, question, false).objections
