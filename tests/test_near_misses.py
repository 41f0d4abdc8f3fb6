"""For each way of writing: the same said otherwise passes, and the text that almost says it does not."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vimedsynth.checking import check_row
from vimedsynth.extraction import extract_row
from vimedsynth.facts import sentence_facts
from vimedsynth.guards import check_answer, check_text
from vimedsynth.reports import Section, flat_report, sentence_spans

SAME = [
    ("Hình ảnh hạch cổ trái nhóm III và nhóm IV, kích thước lần lượt là 12 x 8 mm và 10 x 7 mm.",
     "Hạch cổ trái nhóm IV kích thước 10 x 7 mm và hạch cổ trái nhóm III kích thước 12 x 8 mm."),
    ("Hình ảnh nhiều nốt vôi hóa rải rác ở đầu, thân và đuôi tụy.",
     "Hình ảnh nhiều nốt vôi hóa nằm rải rác ở đuôi tụy, thân tụy và đầu tụy."),
    ("Hình ảnh tràn dịch màng phổi phải.", "Có dịch màng phổi bên phải."),
    ("Tuyến giáp đã phẫu thuật.", "Tuyến giáp đã được mổ."),
    ("Tuyến tiền liệt có kích thước 40 x 53 mm, không tăng chuyển hóa FDG.",
     "Tuyến tiền liệt có kích thước 40 x 53 mm, không kèm tăng chuyển hóa FDG."),
    ("Hình ảnh dày thành gây hẹp lòng đại tràng sigma.", "Hình ảnh dày thành làm hẹp lòng đại tràng sigma."),
    ("Hình ảnh vài hạch ở góc hàm và phía trong cơ ức đòn chũm (nhóm IIB) hai bên, không tăng chuyển hóa FDG.",
     "Một vài hạch ở góc hàm và phía trong cơ ức đòn chũm, nhóm IIB, cả hai bên, không tăng chuyển hóa FDG."),
    ("Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim.", "Hoạt độ FDG do sinh lý ở tim."),
    ("Hình ảnh hạch thượng và hạ đòn phải.", "Hình ảnh hạch thượng đòn phải và hạch hạ đòn phải."),
    ("Hình ảnh khối ở phổi (P), không hấp thu FDG.", "Hình ảnh khối ở phổi phải, không tăng hấp thu FDG."),
    ("Hình ảnh nốt ở hạ phân thùy VI gan.", "Hình ảnh nốt ở HPT 6 gan."),
    ("Thể tích phổi phải nhỏ hơn phổi trái.", "Thể tích phổi trái lớn hơn phổi phải."),
    ("Hình ảnh tăng nhẹ chuyển hóa FDG ngoại vi ở khối thận phải.",
     "Hình ảnh tăng nhẹ chuyển hóa FDG ở ngoại vi, ở khối thận phải."),
    ("Hình ảnh hai nốt giảm tỉ trọng ở hạ phân thùy VII và hạ phân thùy V gan có kích thước lần lượt là 12 x 14 mm và 13 x 15 mm.",
     "Gan có hai nốt giảm tỉ trọng: nốt ở hạ phân thùy VII 12 x 14 mm và nốt ở hạ phân thùy V 13 x 15 mm."),
    ("Chưa phát hiện hạch to, tăng chuyển hóa FDG ở ổ bụng.", "Ổ bụng chưa thấy hạch to, chưa thấy tăng chuyển hóa FDG."),
    ("Hình ảnh nốt ở hạ phân thùy II, IV gan trái.", "Hình ảnh nốt ở gan trái (hạ phân thùy II, IV)."),
    ("Hình ảnh hai hạch ổ bụng cạnh động mạch chủ bụng, tăng chuyển hóa FDG.",
     "Hai hạch cạnh động mạch chủ bụng, tăng chuyển hóa FDG."),
]  # fmt: skip

OTHERWISE = [
    ("Hình ảnh vài hạch ở trước carina và dưới màng ngoài tim.",
     "Hình ảnh vài hạch ở dưới carina và trước màng ngoài tim.", "place"),
    ("Hình ảnh nốt mờ ở thùy trên và thùy dưới phổi phải, thùy trên phổi trái.",
     "Hình ảnh nốt mờ ở thùy dưới phổi phải, thùy trên phổi trái.", "side"),
    ("Hình ảnh tăng chuyển hóa FDG ở cung sau xương sườn VI bên phải.",
     "Hình ảnh tăng chuyển hóa FDG ở cung trước xương sườn VI bên phải.", "place"),
    ("Hình ảnh tăng chuyển hóa FDG ở cung sau xương sườn VI bên phải.",
     "Hình ảnh tăng chuyển hóa FDG ở cung sau xương sườn V bên phải.", "place"),
    ("Hình ảnh vài hạch ở rốn phổi phải. Hạch lớn nhất có kích thước 14 x 9 mm.",
     "Hình ảnh vài hạch ở rốn phổi phải, kích thước 14 x 9 mm.", "dropped-finding"),
    ("Hình ảnh vài hạch ở dưới carina và rốn phổi phải. Hạch lớn nhất ở dưới carina có kích thước 14 x 9 mm.",
     "Hình ảnh vài hạch ở dưới carina và rốn phổi phải. Hạch lớn nhất ở rốn phổi phải có kích thước 14 x 9 mm.",
     "added-finding"),
    ("Thể tích phổi phải nhỏ hơn phổi trái.", "Thể tích phổi trái nhỏ hơn phổi phải.", "added-finding"),
    ("Hình ảnh tuyến giáp đã phẫu thuật.", "Không phát hiện hình ảnh tuyến giáp đã phẫu thuật.", "negation"),
    ("Hình ảnh nốt. Cần đối chiếu với mô bệnh học để phân biệt viêm và ác tính.",
     "Hình ảnh nốt. Cần đối chiếu với mô bệnh học để phân biệt viêm và lành tính.", "unsupported-term"),
    ("Hình ảnh dưới 5 hạch quanh dạ dày.", "Hình ảnh trên 5 hạch quanh dạ dày.", "count"),
    ("Hình ảnh thận trái ứ nước độ III.", "Hình ảnh thận trái ứ nước độ I.", "added-finding"),
    ("Hình ảnh một hạch ở rốn phổi phải và nhiều hạch ở dưới carina.",
     "Hình ảnh nhiều hạch ở rốn phổi phải và nhiều hạch ở dưới carina.", "count"),
    ("Hình ảnh hai nốt ở hạ phân thùy VII và V gan có kích thước lần lượt là 12 x 14 mm và 13 x 15 mm.",
     "Gan có hai nốt: nốt ở hạ phân thùy V 12 x 14 mm và nốt ở hạ phân thùy VII 13 x 15 mm.", "number"),
    ("Hình ảnh nốt ở hạ phân thùy II, IV gan trái.", "Hình ảnh nốt ở gan phải (hạ phân thùy II, IV).", "side"),
    ("Hình ảnh khối xâm lấn rốn phổi, màng phổi.", "Hình ảnh khối xâm lấn rốn phổi.", "dropped-finding"),
    ("Hình ảnh khối xâm lấn sụn nhẫn.", "Hình ảnh khối xâm lấn sụn phễu.", "added-finding"),
]  # fmt: skip


@pytest.mark.parametrize(("report", "text"), SAME)
def test_the_same_in_other_words_passes_both_ways(report: str, text: str) -> None:
    assert check_text(flat_report(report), text).objections == ()
    assert check_text(flat_report(text), report).objections == ()


@pytest.mark.parametrize(("report", "text", "code"), OTHERWISE)
def test_what_almost_says_it_is_refused(report: str, text: str, code: str) -> None:
    assert code in {o.code for o in check_text(flat_report(report), text).objections}


TWINS = "Hình ảnh nang thận phải, đường kính 8 mm. Hình ảnh nang thận phải, đường kính 8 mm."


def test_of_two_equal_findings_none_may_go_missing_or_be_added() -> None:
    report, one = flat_report(TWINS), "Hình ảnh nang thận phải, đường kính 8 mm."
    assert check_text(report, TWINS).accepted
    assert [o.code for o in check_text(report, one).objections] == ["dropped-finding"]
    assert [o.code for o in check_text(report, f"{TWINS} {one}").objections] == ["added-finding"]


def test_a_twin_beside_a_merged_sentence_is_still_missed() -> None:
    node = "Hình ảnh vài hạch ở rốn phổi {}, tăng chuyển hóa FDG."
    merged = "Hình ảnh vài hạch ở rốn phổi phải và trái, tăng chuyển hóa FDG."
    pair = f"{node.format('phải')} {node.format('trái')}"
    assert check_text(flat_report(pair), merged).accepted
    assert not check_text(flat_report(f"{pair} {node.format('trái')}"), merged).accepted


REPORT = (
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. Hình ảnh khối mờ ở thùy trên phổi trái có kích thước 41 x 33 mm, tăng chuyển "
    "hóa FDG (SUVmax: 7,7) (PET/CT tháng 2/2023: kích thước 55 x 47 mm, SUVmax: 15,3). Hình ảnh hạch cạnh phải khí quản 25 x 19 "
    "mm, tăng chuyển hóa FDG (SUVmax: 9,3) và hạch rốn phổi trái 8 mm, không tăng chuyển hóa FDG. Hình ảnh vài nốt ở thùy dưới "
    "phổi phải, nốt lớn nhất có đường kính 7 mm. Hình ảnh nhiều ổ đặc xương ở xương chậu, tăng nhẹ chuyển hóa FDG (SUVmax: 3,2). "
    "Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở các vị trí khác của hệ thống cơ xương. Hình ảnh nhiều ổ đặc xương, "
    "tăng nhẹ chuyển hóa FDG khả năng do di căn."
)  # fmt: skip
ANSWERS = [
    ("Khối ở phổi trái lớn bao nhiêu?", "Khối ở thùy trên phổi trái kích thước 41 x 33 mm.", None),
    ("Khối ở phổi trái lớn bao nhiêu?", "Khối ở thùy trên phổi trái kích thước 55 x 47 mm.", "prior-as-current"),
    ("Khối thay đổi ra sao so với lần trước?",
     "Khối ở thùy trên phổi trái giảm từ 55 x 47 mm xuống 41 x 33 mm, SUVmax giảm từ 15,3 xuống 7,7.", None),
    ("Khối thay đổi ra sao so với lần trước?",
     "Khối ở thùy trên phổi trái giảm từ 41 x 33 mm xuống 25 x 19 mm.", "number"),
    ("Có hạch nào tăng chuyển hóa?",
     "Hạch cạnh phải khí quản 25 x 19 mm có SUVmax 9,3, còn hạch rốn phổi trái 8 mm không tăng chuyển hóa FDG.", None),
    ("Có hạch nào tăng chuyển hóa?",
     "Hạch cạnh phải khí quản 25 x 19 mm không tăng chuyển hóa FDG, còn hạch rốn phổi trái 8 mm có SUVmax 9,3.", "uptake"),
    ("Phổi phải có gì?", "Có vài nốt ở thùy dưới phổi phải, nốt lớn nhất đường kính 7 mm.", None),
    ("Phổi phải có gì?", "Có vài nốt ở thùy dưới phổi phải, các nốt đều có đường kính 7 mm.", "number"),
    ("Phổi phải có gì?", "Có vài nốt vôi hóa ở thùy dưới phổi phải.", "added-finding"),
    ("Xương có tổn thương gì?", "Nhiều ổ đặc xương ở xương chậu, khả năng do di căn.", None),
    ("Xương có tổn thương gì?", "Nhiều ổ đặc xương ở xương chậu, do di căn.", "certainty-up"),
    ("Bệnh nhân ở giai đoạn nào?", "Bệnh nhân có ung thư phổi giai đoạn IV.", "added-reading"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer", "code"), ANSWERS)
def test_answers_and_their_near_misses(question: str, answer: str, code: str | None) -> None:
    codes = {o.code for o in check_answer(flat_report(REPORT), question, answer).objections}
    assert codes == set() if code is None else code in codes


def test_headings_open_the_sections_of_other_hospitals() -> None:
    report = flat_report(
        "II. NGỰC\nNốt đáy phổi trái 7 mm.\nI. ĐẦU CỔ:\n- Não bình thường.\n3/ Bụng: gan có nang.\nKẾT LUẬN: nốt phổi."
    )
    found = {s.text: s.section for s in report.sentences}
    assert found["Nốt đáy phổi trái 7 mm."] is Section.CHEST
    assert found["- Não bình thường."] is Section.HEAD_NECK
    assert found["3/ Bụng: gan có nang."] is Section.ABDOMEN_PELVIS
    assert found["KẾT LUẬN: nốt phổi."] is Section.IMPRESSION


def test_one_heading_alone_does_not_make_a_report_headed() -> None:
    report = flat_report("Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. Ngực: nốt đáy phổi trái.")
    assert {s.section for s in report.sentences} == {Section.CHEST}


PIECES = st.one_of(
    st.sampled_from(["Hình ảnh", "hạch", "nốt", "ở", "phổi", "phải", "nhóm", "IIB", "12 x 8 mm", "SUVmax:", "7,7", "không", "tăng",
                     "chuyển hóa", "FDG", "khả năng", "do", "viêm", "và", ",", ".", "(", ")", ";", "lần lượt là", "từ", "xuống", "độ"]),
    st.text(max_size=6),
    st.sampled_from(["²", "①", "٣", "½", "\\x00", "\\u202e", "漢字", "a\\u0323\\u0301", "9" * 400]),
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_no_text_breaks_a_reader_and_each_is_faithful_to_itself(report: str, question: str, answer: str) -> None:
    extract_row({"report": report}, "vimed-pet", None, True)
    extract_row({"report": unicodedata.normalize("NFD", report)}, "findings", "chest", False)
    check_row({"report": report, "question": question, "answer": answer})
    check_row({"report": report, "text": answer})
    own = {o["code"] for o in check_row({"report": report, "text": report})["objections"]}
    assert own <= {"empty", "not-vietnamese", "escaped-text"} if report.strip() else own == {"schema"}


@pytest.mark.parametrize("unit", ["phổi ", "hạch nhóm IIA, ", "((", "12 x ", "không thấy tăng chuyển hóa FDG, "])
def test_a_text_without_stops_is_read_in_pieces(unit: str) -> None:
    text = unit * (60_000 // len(unit))
    assert max(span.end - span.start for span in sentence_spans(text)) <= 2000
    extract_row({"report": text}, "findings", None, True)
    check_row({"report": text, "question": "Có hạch không?", "answer": "Có hạch ở phổi."})


def test_a_superscript_is_no_number() -> None:
    assert sentence_facts("Diện tích 12 cm² ở gan.")
