"""The embedded paraphrase: facts stay, wording moves, the seed decides."""

import random
import re

import pytest

from benchmarks.corruption.natural import read_texts, text_of
from vimedsynth.grounded.clauses import parse_clause
from vimedsynth.grounded.measures import NumberStyle, is_threshold, restyle_size, size_phrase
from vimedsynth.grounded.paraphrase import write_paraphrase
from vimedsynth.grounded.phrases import Style
from vimedsynth.grounded.rewriting import rewrite
from vimedsynth.guards import check_text
from vimedsynth.reports import Report, Section, flat_report, sectioned_report

SENTENCES = [
    "Hình ảnh nốt mờ, bờ tua gai, kích thước 31 x 24 mm, tăng chuyển hóa FDG (SUVmax: 9,4) ở thùy giữa phổi phải.",
    "Hình ảnh khối mờ bờ đa cung có kích thước 44 x 52 mm ở thùy trên phổi trái, xâm lấn rốn phổi trái, tăng chuyển hóa FDG (SUVmax: 17,3).",
    "Hình ảnh vài hạch ở rốn phổi trái (hạch lớn nhất có kích thước 11 x 8 mm), tăng chuyển hóa FDG (SUVmax: 4,4).",
    "Hình ảnh dày thành gây hẹp lòng thực quản 1/3 giữa, tăng chuyển hóa FDG (SUVmax: 13,2) tương ứng với tổn thương ác tính nguyên phát.",
    "Hình ảnh tăng chuyển hóa FDG khu trú (SUVmax: 6,1) ở thân đốt sống L2 khả năng do metastases.",
    "Hình ảnh hạch thượng đòn phải, kích thước 14 x 9 mm, còn cấu trúc rốn hạch, không tăng chuyển hóa FDG.",
    "Hình ảnh tràn dịch khoang màng phổi trái, lớp dịch dày 21 mm, không tăng chuyển hóa FDG.",
]

REPORT = sectioned_report(
    {
        Section.HEAD_NECK: "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não. Hình ảnh dày niêm mạc xoang hàm trái, không tăng chuyển hóa FDG khả năng do viêm.",
        Section.CHEST: "Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. "
        + " ".join(SENTENCES[:2])
        + " Hình ảnh vài hạch ở rốn phổi phải. Hạch lớn nhất có đường kính 13 mm, tăng chuyển hóa FDG (SUVmax: 5,2).",
        Section.IMPRESSION: "Hình ảnh khối mờ ở thùy trên phổi trái, tăng chuyển hóa FDG khả năng ác tính. Đối chiếu với mô bệnh học. "
        "Chưa phát hiện hình ảnh tăng chuyển hóa FDG khu trú, bất thường tại các vị trí khác trên xạ hình PET/CT toàn thân.",
    }
)


def millimetres(text: str) -> list[tuple[float, ...]]:
    found = []
    for dims, unit in re.findall(r"(\d[\d.,]*(?: x \d[\d.,]*)*) (mm|cm)", text):
        values = (float(part.replace(",", ".")) * (10 if unit == "cm" else 1) for part in dims.split(" x "))
        found.append(tuple(sorted(round(value, 3) for value in values)))
    return sorted(found)


def suvs(text: str) -> list[float]:
    return sorted(float(value.replace(",", ".")) for value in re.findall(r"SUVmax\D{1,3}(\d+(?:[.,]\d)?)", text))


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("seed", range(6))
def test_numbers_sides_and_uptake_level_survive(sentence: str, seed: int) -> None:
    rng = random.Random(seed)
    said = rewrite(sentence, Style.sample(rng), rng)
    assert millimetres(said) == millimetres(sentence)
    assert suvs(said) == suvs(sentence)
    for word in ("phải", "trái", "hai bên", "không tăng", "nhẹ", "khu trú", "xâm lấn", "hẹp lòng", "lớn nhất"):
        assert (word in said.lower()) == (word in sentence.lower()), word


@pytest.mark.parametrize("sentence", SENTENCES)
def test_every_word_of_a_parsed_sentence_is_in_some_piece(sentence: str) -> None:
    clause = parse_clause(sentence.rstrip("."))
    assert clause is not None
    pieces = set(re.findall(r"\w+", clause.words))
    assert set(re.findall(r"\w+", sentence.removeprefix("Hình ảnh "))) - {"có"} <= pieces | {"lớn", "nhất"}


@pytest.mark.parametrize(
    "sentence",
    [
        "Hình ảnh nốt mờ có kích thước 9 x 8 mm ở gan phải và nốt kích thước 5 mm ở gan trái, không tăng chuyển hóa FDG",
        "Hình ảnh hạch sau hầu hai bên, tăng chuyển hóa FDG (SUV lần lượt là 10 và 8,7)",
        "Hình ảnh hạch có đường kính 6 mm, tăng chuyển hóa FDG (SUVmax: 4,8; không thay đổi so với hình ảnh PET/CT 3/2018)",
        "Không phát hiện hình ảnh tràn dịch màng phổi",
    ],
)
def test_sentences_that_bind_several_values_are_not_taken_apart(sentence: str) -> None:
    assert parse_clause(sentence) is None


@pytest.mark.parametrize("phrase", ["kích thước 10 mm", "kích thước nhỏ 10 mm", "( 10 mm)", "đường kính dưới 10 mm"])
def test_a_lost_threshold_is_written_as_one(phrase: str) -> None:
    assert is_threshold(phrase)
    said = size_phrase(phrase, NumberStyle(",", "cm"), random.Random(0))
    assert "dưới 10 mm" in said
    assert "khoảng" not in said


@pytest.mark.parametrize(
    "phrase", ["kích thước 10 x 4 mm", "kích thước 12 mm", "đường kính 11 mm", "kích thước 100 mm"]
)
def test_a_measure_is_not_a_threshold(phrase: str) -> None:
    assert not is_threshold(phrase)


def test_units_keep_their_precision() -> None:
    style = NumberStyle(",", "cm")
    assert restyle_size("29 mm", style, random.Random(0)) == "2,9 cm"
    assert restyle_size("20 mm", style, random.Random(0)) == "2,0 cm"
    assert restyle_size("8,5 mm", style, random.Random(0)) == "0,85 cm"
    assert restyle_size("15,5 cm", NumberStyle(".", "mm"), random.Random(0)) == "155 mm"


def test_the_seed_decides_and_seeds_differ() -> None:
    texts = [write_paraphrase(REPORT, seed=seed)["text"] for seed in range(5)]
    assert texts == [write_paraphrase(REPORT, seed=seed)["text"] for seed in range(5)]
    assert len(set(texts)) == 5


@pytest.mark.parametrize("seed", range(10))
def test_sections_keep_their_order_and_the_closing_line_stays_last(seed: int) -> None:
    lines = write_paraphrase(REPORT, seed=seed)["text"].split("\n")
    assert len(lines) == 3
    assert "não" in lines[0].lower()
    assert "tim" in lines[1].lower()
    assert "PET/CT toàn thân" in lines[2].split(". ")[-1]


@pytest.mark.parametrize("seed", range(10))
def test_the_largest_node_stays_with_its_group(seed: int) -> None:
    chest = write_paraphrase(REPORT, seed=seed, section=Section.CHEST)["text"]
    assert "\n" not in chest
    group, largest, _ = chest.lower().partition("hạch lớn nhất")
    assert largest
    assert group.rfind("rốn phổi phải") > group.rfind("thùy")


def test_an_empty_report_gives_an_empty_text() -> None:
    assert write_paraphrase(flat_report(""), seed=1) == {"text": ""}
    assert write_paraphrase(REPORT, seed=1, section=Section.MUSCULOSKELETAL) == {"text": ""}


def other_writers() -> list[Report]:
    rows = read_texts("other_writers.json")["reports"]
    return [flat_report(text_of(row)) for row in rows.values()]


@pytest.mark.parametrize("seed", range(3))
def test_rewrites_of_other_writers_keep_every_fact(seed: int) -> None:
    """Bullets, headings, ranges, a largest lesion with a side or place of its own, other ways to advise."""
    refused = [
        (objection.code, objection.quote)
        for report in other_writers()
        for objection in check_text(report, write_paraphrase(report, seed=seed)["text"]).objections
    ]
    assert refused == []
