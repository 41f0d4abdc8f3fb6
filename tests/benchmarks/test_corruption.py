"""The corruption operators and rewrites: what they make, and the near misses that they must leave alone.

A corruption that is true, or a rewrite that is false, would poison every figure about the guard.
"""

import random

import pytest

from benchmarks.corruption import assertions, attributes, places, whole
from benchmarks.corruption.items import SENTENCE_OPERATORS, controls, items, operators, restore_thresholds
from benchmarks.corruption.rewrites import REPORT_RULES, RULES, apply_many, apply_rule
from benchmarks.corruption.source import Source, sources, stated_elsewhere
from vimedsynth.reports import Report, flat_report

TEXT = (
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não. "
    "Hình ảnh vài hạch ở góc hàm và phía trong cơ ức đòn chũm (nhóm IIB) hai bên, kích thước nhỏ 10 mm, "
    "không tăng chuyển hóa FDG khả năng do viêm hoặc quá sản. "
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. "
    "Không phát hiện hình ảnh tràn dịch màng phổi hai bên và tràn dịch màng tim. "
    "Hình ảnh khối mờ bờ tua gai có kích thước 34 x 27 mm ở thùy trên phổi phải, xâm lấn thành ngực, "
    "tăng chuyển hóa FDG (SUVmax: 13,5). "
    "Hình ảnh vài hạch ở rốn phổi trái. Hạch lớn nhất có kích thước 16 x 11 mm, tăng chuyển hóa FDG (SUVmax: 6,2). "
    "Cần lưu ý theo dõi. "
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở gan, lách, thượng thận và đài bể thận 2 bên. "
    "Hình ảnh nang thận trái, đường kính 18 mm, không tăng chuyển hóa FDG. "
    "Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở hệ thống cơ xương. "
    "Hình ảnh khối mờ có kích thước 34 x 27 mm ở thùy trên phổi phải, tăng chuyển hóa FDG "
    "tương ứng với tổn thương ác tính nguyên phát."
)


def source(*sentences: str) -> Source:
    """The first of ``sentences`` with the others as the rest of its report."""
    return next(iter(sources(flat_report(" ".join(sentences)))))


@pytest.fixture
def report() -> Report:
    return flat_report(TEXT)


@pytest.mark.parametrize(
    ("operator", "text", "false"),
    [
        (attributes.swap_side, "Hình ảnh nang gan phải.", "Hình ảnh nang gan trái."),
        (attributes.one_side, "Hình ảnh sỏi thận hai bên.", "Hình ảnh sỏi thận bên trái."),
        (attributes.change_size, "Hình ảnh hạch 20 x 14 mm ở cổ.", "Hình ảnh hạch 10 x 14 mm ở cổ."),
        (attributes.change_size, "Hình ảnh nang, đường kính 20 mm.", "Hình ảnh nang, đường kính 28 mm."),
        (attributes.change_suv, "Hình ảnh hạch (SUVmax: 12,6).", "Hình ảnh hạch (SUVmax: 6,3)."),
        (attributes.shift_decimal, "Hình ảnh hạch (SUVmax: 6,2).", "Hình ảnh hạch (SUVmax: 62)."),
        (attributes.shift_decimal, "Hình ảnh hạch (SUVmax: 6,2).", "Hình ảnh hạch (SUVmax: 0,62)."),
        (attributes.change_unit, "Hình ảnh hạch 9 mm ở cổ.", "Hình ảnh hạch 9 cm ở cổ."),
        (attributes.change_count, "Hình ảnh vài nốt mờ ở phổi.", "Hình ảnh một nốt mờ ở phổi."),
        (attributes.change_count, "Hình ảnh hạch 9 x 8 mm ở cổ.", "Hình ảnh nhiều hạch 9 x 8 mm ở cổ."),
        (attributes.change_intensity, "Hình ảnh hạch tăng chuyển hóa FDG.", "Hình ảnh hạch tăng nhẹ chuyển hóa FDG."),
        (attributes.threshold_to_value, "Hình ảnh hạch dưới 10 mm.", "Hình ảnh hạch khoảng 10 mm."),
        (attributes.threshold_to_value, "Hình ảnh nốt vài mm.", "Hình ảnh nốt 9 mm."),
        (places.change_lobe, "Hình ảnh nốt ở thùy giữa phổi phải.", "Hình ảnh nốt ở thùy dưới phổi phải."),
        (places.change_segment, "Hình ảnh nang ở hạ phân thùy VI gan.", "Hình ảnh nang ở hạ phân thùy VIII gan."),
        (places.change_station, "Hình ảnh hạch nhóm IIB.", "Hình ảnh hạch nhóm IV."),
        (places.change_mediastinum, "Hình ảnh hạch ở rốn phổi phải.", "Hình ảnh hạch ở dưới carina."),
        (places.change_organ, "Hình ảnh sỏi túi mật.", "Hình ảnh sỏi bàng quang."),
        (places.change_third, "Hình ảnh dày thực quản 1/3 trên.", "Hình ảnh dày thực quản 1/3 giữa."),
        (places.change_third, "Hình ảnh hủy xương ở thân đốt L3.", "Hình ảnh hủy xương ở thân đốt L4."),
        (places.change_shared_word, "Hình ảnh giảm tỉ trọng ở vùng đỉnh phải.", "Hình ảnh giảm tỉ trọng ở đỉnh phổi phải."),
        (assertions.flip_negation, "Hình ảnh nang gan phải, đường kính 9 mm.", "Không phát hiện hình ảnh nang gan phải."),
        (assertions.flip_negation, "Chưa phát hiện hình ảnh tràn dịch màng phổi.", "Hình ảnh tràn dịch màng phổi."),
        (assertions.flip_uptake, "Hình ảnh nốt, không tăng chuyển hóa FDG.", "Hình ảnh nốt, tăng chuyển hóa FDG."),
        (assertions.flip_uptake, "Hình ảnh nốt, tăng nhẹ chuyển hóa FDG (SUVmax: 3,1).", "Hình ảnh nốt, không tăng chuyển hóa FDG."),
        (assertions.certainty_up, "Hình ảnh dải mờ khả năng do viêm.", "Hình ảnh dải mờ nhiều khả năng do viêm."),
        (assertions.certainty_up, "Hình ảnh khối nghi ngờ xâm lấn da.", "Hình ảnh khối xâm lấn da."),
        (assertions.certainty_down, "Hình ảnh khối do metastases.", "Hình ảnh khối có thể do metastases."),
        (assertions.invent_advice, "Đối chiếu với nội soi (nếu cần).", "Đối chiếu với nội soi."),
        (assertions.add_reading, "Hình ảnh nang thận.", "Hình ảnh nang thận, gợi ý lành tính."),
        (assertions.flip_prior, "Hình ảnh hạch (mới xuất hiện so với PET/CT 9/2018).", "Hình ảnh hạch (không thay đổi so với PET/CT 9/2018)."),
    ],
)  # fmt: skip
def test_an_operator_makes_the_false_sentence(operator: object, text: str, false: str) -> None:
    assert callable(operator)
    assert false in list(operator(source(text)))


@pytest.mark.parametrize(
    ("operator", "sentences"),
    [
        # Both sides are stated, for one place or in a comparison.
        (attributes.swap_side, ["Hình ảnh nang gan phải và trái."]),
        (attributes.swap_side, ["Hình ảnh hạch rốn phổi phải, dưới carina và rốn phổi trái."]),
        (attributes.swap_side, ["Thùy trái tuyến giáp lớn hơn thùy phải."]),
        (attributes.swap_side, ["Hình ảnh nốt ở thùy giữa phổi phải."]),  # no left middle lobe: too easy
        (attributes.one_side, ["Hình ảnh tràn dịch hai bên (bên phải 9 mm, bên trái 7 mm)."]),
        # Boilerplate thresholds and values of an earlier study are not current sizes.
        (attributes.change_size, ["Hình ảnh vài hạch nách nhỏ ( 10 mm) ở hố nách."]),
        (attributes.change_size, ["Hình ảnh hạch (so với kích thước 20 x 14 mm trên PET/CT 9/2018)."]),
        (attributes.change_suv, ["Hình ảnh hạch (so với SUVmax: 4,1 trên PET/CT 9/2018)."]),
        (attributes.shift_decimal, ["Hình ảnh hạch (SUVmax: 14)."]),
        (attributes.change_count, ["Hình ảnh hạch ở cạnh khí quản và dưới carina."]),  # may be several
        (attributes.change_intensity, ["Hình ảnh nốt tăng nhẹ chuyển hóa FDG."]),
        (places.change_lobe, ["Hình ảnh dải mờ ở thùy trên phổi phải và thùy dưới phổi trái."]),
        (places.change_mediastinum, ["Hình ảnh hạch ở trước và dưới carina."]),
        (places.change_organ, ["Hình ảnh dày hang vị dạ dày."]),
        (places.change_third, ["Hình ảnh dày thực quản 1/3 giữa dưới."]),
        # The report itself holds what the negative denies.
        (assertions.flip_negation, ["Không phát hiện hình ảnh tràn dịch màng phổi.", "Hình ảnh tràn dịch màng phổi phải."]),
        (assertions.flip_negation, ["Chưa phát hiện hình ảnh tăng chuyển hóa FDG ở hệ xương.", "Hình ảnh hủy xương ở L2."]),
        (assertions.flip_uptake, ["Hình ảnh tăng chuyển hóa FDG ở khung đại tràng theo đặc điểm sinh lý."]),
        (assertions.flip_uptake, ["Hình ảnh nốt, không tăng chuyển hóa FDG (SUVmax: 11,7)."]),
        (assertions.certainty_up, ["Hình ảnh nốt ở gan phải khả năng do viêm.", "Hình ảnh nốt ở gan phải do viêm."]),
        (assertions.certainty_down, ["Hình ảnh khối khả năng do metastases."]),
        (assertions.add_reading, ["Hình ảnh dải mờ khả năng do viêm."]),
        (assertions.flip_prior, ["Hình ảnh khối không thay đổi tỉ trọng."]),
    ],
)  # fmt: skip
def test_an_operator_leaves_alone_what_would_stay_true(operator: object, sentences: list[str]) -> None:
    assert callable(operator)
    assert list(operator(source(*sentences))) == []


@pytest.mark.parametrize(("station", "never"), [("IIB", {"IIA", "IIB", "II"}), ("V", {"VA", "VB"})])
def test_a_station_never_becomes_its_own_part(station: str, never: set[str]) -> None:
    made = {text.split()[-1].rstrip(".") for text in places.change_station(source(f"Hình ảnh hạch nhóm {station}."))}
    assert made
    assert not made & never


def test_the_other_kidney_with_the_same_finding_is_not_false() -> None:
    kidney = source("Hình ảnh sỏi thận phải.", "Hình ảnh sỏi thận trái.")
    assert stated_elsewhere(kidney, "Hình ảnh sỏi thận trái.")
    assert not stated_elsewhere(source("Hình ảnh sỏi thận phải.", "Hình ảnh nang gan."), "Hình ảnh sỏi thận trái.")


def test_invented_advice_is_advice_that_the_report_never_gives() -> None:
    made = list(assertions.invent_advice(source("Hình ảnh nang thận.", "Hình ảnh nốt.", "Đối chiếu với nội soi.")))
    assert made
    assert not any("nội soi" in text for text in made)


def test_a_dropped_finding_takes_its_sentences_and_its_echo(report: Report) -> None:
    gone = [{report.sentences[n - 1].text.split(" có ")[0] for n in changes} for changes in whole.drop_finding(report)]
    assert {"Hình ảnh khối mờ bờ tua gai", "Hình ảnh khối mờ"} in gone
    assert {"Hình ảnh vài hạch ở rốn phổi trái.", "Hạch lớn nhất", "Cần lưu ý theo dõi."} in gone


def test_swapped_attributes_leave_every_number_in_the_report(report: Report) -> None:
    made = list(whole.swap_attributes(report))
    assert any(any("SUVmax: 6,2" in text and "khối mờ" in text for text in changes.values()) for changes in made)


def test_prior_and_current_values_change_places() -> None:
    text = "Hình ảnh hạch 19 x 11 mm (SUVmax: 30) ở cổ (so với kích thước 19 x 13 mm và SUVmax: 41 trên PET/CT 9/2018)."
    made = [changes[1] for changes in whole.swap_prior(flat_report(text))]
    assert text.replace("30", "#").replace("41", "30").replace("#", "41") in made


def test_exclusion_denies_an_avid_finding_of_another_region() -> None:
    text = TEXT.replace("không tăng chuyển hóa FDG. Chưa", "tăng chuyển hóa FDG (SUVmax: 5,5). Chưa")
    question, answer, denied = next(whole.exclusion(flat_report(text)))
    assert "thùy trên phổi phải" in question
    assert answer.startswith("Không")
    assert "thận" in denied.text


def test_items_are_the_same_for_the_same_seed_and_differ_from_the_truth(report: Report) -> None:
    made = list(items(report, 7))
    assert made == list(items(report, 7))
    assert all(item.false != item.source and item.text != report.text for item in made)
    assert {item.mode for item in made} == {"text", "answer"}


def test_a_false_text_differs_in_one_place_only(report: Report) -> None:
    for item in items(report, 7):
        if item.text is not None and item.operator in SENTENCE_OPERATORS and item.operator != "20":
            assert item.text == report.text.replace(item.source, item.false, 1)


def test_every_operator_has_its_row_of_the_table() -> None:
    table = operators()
    assert set(SENTENCE_OPERATORS) < set(table)
    assert all(1 <= row.severity <= 5 for row in table.values())


def test_lost_thresholds_are_restored_before_they_are_corrupted() -> None:
    assert "kích thước dưới 10 mm" in restore_thresholds(TEXT)
    assert restore_thresholds("nách nhỏ ( 10 mm) ở") == "nách nhỏ (< 10 mm) ở"
    assert restore_thresholds("kích thước 10 x 8 mm") == "kích thước 10 x 8 mm"


def test_controls_say_what_the_report_says(report: Report) -> None:
    for item in controls(report):
        assert item.text == report.text or item.source in item.answer


@pytest.mark.parametrize(
    ("rule", "text", "forms"),
    [
        ("negation", "Không phát hiện hình ảnh khối.", {"Không thấy hình ảnh khối.", "Chưa ghi nhận hình ảnh khối."}),
        ("uptake", "Nốt tăng nhẹ chuyển hóa FDG.", {"Nốt tăng nhẹ bắt xạ.", "Nốt tăng nhẹ hấp thu FDG."}),
        ("centimetres", "Khối 74 x 56 mm.", {"Khối 7,4 x 5,6 cm.", "Khối 7.4 x 5.6 cm."}),
        ("axes", "Khối 74 x 56 mm.", {"Khối 56 x 74 mm."}),
        ("axes", "Khối 74 x 56 x 30 mm.", {"Khối 74 x 56 x 30 mm."}),
        ("whole numbers", "Nốt (SUVmax: 7,0).", {"Nốt (SUVmax: 7)."}),
        ("both sides", "Sỏi thận hai bên.", {"Sỏi thận 2 bên.", "Sỏi thận bên phải và bên trái."}),
        ("both sides", "Dịch hai bên (bên phải 9 mm).", {"Dịch hai bên (bên phải 9 mm)."}),
        ("probable", "Dải mờ nhiều khả năng do viêm.", {"Dải mờ nhiều khả năng do viêm."}),
        ("probable", "Dải mờ khả năng do viêm.", {"Dải mờ có thể do viêm."}),
        ("diameter", "Nốt đường kính 10 mm.", {"Nốt đường kính 10 mm."}),  # "kích thước 10 mm" may be a threshold
        ("threshold", "Hạch, kích thước nhỏ 10 mm.", {"Hạch, kích thước < 10 mm.", "Hạch, kích thước dưới 10 mm."}),
        (
            "place first",
            "Hình ảnh hạch, kích thước 9 x 7 mm, không tăng chuyển hóa FDG ở cổ trái.",
            {"Hình ảnh hạch ở cổ trái, kích thước 9 x 7 mm, không tăng chuyển hóa FDG."},
        ),
    ],
)
def test_a_rewrite_has_these_forms(rule: str, text: str, forms: set[str]) -> None:
    made = {RULES[rule](text, random.Random(seed)) for seed in range(40)}
    assert forms <= made


@pytest.mark.parametrize("rule", [rule for rule in (*RULES, *REPORT_RULES) if rule not in {"centimetres", "dots"}])
def test_a_rewrite_keeps_every_number(rule: str, report: Report) -> None:
    text = apply_rule(rule, report, random.Random(1))
    for number in ("34", "27", "16", "11", "18", "13,5", "6,2"):
        assert text.count(number) == report.text.count(number)


def test_many_rewrites_at_once_leave_no_sentence_out(report: Report) -> None:
    text = apply_many(report, random.Random(3), share=1.0)
    assert text.count("lớn nhất") == 1
    assert len(text) > 0.8 * len(report.text)
