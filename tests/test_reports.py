"""Reports: offsets select what they quote, sections are told apart, spellings do not matter."""

import unicodedata

import pytest

from vimedsynth.reports import Section, flat_report, sectioned_report, sentence_spans

FLAT = (
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não. Hình ảnh dày niêm mạc xoang hàm trái, không tăng chuyển hóa FDG "
    "khả năng do viêm. Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. Hình ảnh nốt mờ có đường kính 9 mm ở thùy giữa phổi "
    "phải, tăng chuyển hóa FDG (SUVmax: 4.7) Cần lưu ý theo dõi. Hình ảnh bắt xạ theo đặc điểm sinh lý ở gan, lách. "
    "Hình ảnh vài hạch bẹn, kích thước 10 mm, không tăng chuyển hóa FDG ở hố bẹn hai bên. Chưa phát hiện hình ảnh tăng "
    "chuyển hóa FDG bất thường ở hệ thống cơ xương. Hình ảnh nốt mờ ở thùy giữa phổi phải, tăng chuyển hóa FDG."
)


def test_offsets_select_the_sentence() -> None:
    report = flat_report(FLAT)
    assert all(report.text[s.span.start : s.span.end] == s.text for s in report.sentences)
    assert [s.number for s in report.sentences] == list(range(1, len(report.sentences) + 1))


def test_a_missing_full_stop_before_a_cue_still_ends_the_sentence() -> None:
    assert "Cần lưu ý theo dõi." in [s.text for s in flat_report(FLAT).sentences]


def test_sections_of_a_flat_text() -> None:
    report = flat_report(FLAT)
    counts = {s: len(report.section(s)) for s in Section}
    assert counts == {
        Section.HEAD_NECK: 2,
        Section.CHEST: 3,
        Section.ABDOMEN_PELVIS: 2,
        Section.MUSCULOSKELETAL: 1,
        Section.IMPRESSION: 1,
    }


def test_nfd_text_reads_like_nfc() -> None:
    assert flat_report(unicodedata.normalize("NFD", FLAT)) == flat_report(FLAT)


def test_an_impression_without_a_normal_line_is_known_by_its_echo() -> None:
    text = FLAT.replace("Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở hệ thống cơ xương. ", "")
    report = flat_report(text)
    assert [s.text for s in report.section(Section.IMPRESSION)] == [
        "Hình ảnh nốt mờ ở thùy giữa phổi phải, tăng chuyển hóa FDG."
    ]


def test_sectioned_report_keeps_the_order_of_writing() -> None:
    report = sectioned_report(
        {Section.IMPRESSION: "Cần theo dõi.", Section.CHEST: "\ufeffTim bình thường.\r\nPhổi bình thường."}
    )
    assert [s.section for s in report.sentences] == [Section.CHEST, Section.CHEST, Section.IMPRESSION]
    assert all(s.span.of(report.text) == s.text for s in report.sentences)


def test_an_empty_report_has_no_sentence() -> None:
    assert flat_report(" \n ").sentences == ()


@pytest.mark.parametrize(
    "opening", ["Ở rốn phổi phải có hạch", "Ứ trệ nước tiểu", "Đám mờ ở phổi trái", "Ổ tăng chuyển hóa FDG ở gan"]
)
def test_a_sentence_may_begin_with_any_large_letter(opening: str) -> None:
    text = f"Hạch nách trái, tăng chuyển hóa FDG (SUVmax: 6,8). {opening}."
    assert [s.text for s in flat_report(text).sentences][1:] == [f"{opening}."]


def test_a_small_letter_begins_no_sentence() -> None:
    assert len(flat_report("Hạch nách trái. ở gan không có gì.").sentences) == 1


def test_a_sentence_may_begin_with_a_fraction() -> None:
    text = "Vài nốt vôi hóa ở gan. 1/3 dưới thực quản tăng chuyển hóa FDG. Kích thước 3 x 5 mm."
    assert [span.of(text) for span in sentence_spans(text)] == [
        "Vài nốt vôi hóa ở gan.",
        "1/3 dưới thực quản tăng chuyển hóa FDG.",
        "Kích thước 3 x 5 mm.",
    ]


def test_without_the_opening_lines_the_organs_of_a_sentence_say_its_section() -> None:
    """A report in another order: a stomach that comes first is no finding of the neck."""
    text = "Hình ảnh khối u dạ dày vùng hang vị, kích thước 30 x 20 mm. Hình ảnh nốt mờ thùy trên phổi phải 6 mm. Gan nhiễm mỡ. Nhân thùy phải tuyến giáp 8 mm."
    assert [s.section for s in flat_report(text).sentences] == [
        Section.ABDOMEN_PELVIS,
        Section.CHEST,
        Section.ABDOMEN_PELVIS,
        Section.HEAD_NECK,
    ]
