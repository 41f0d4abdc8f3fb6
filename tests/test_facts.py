"""What one sentence asserts, however it is written."""

import pytest

from vimedsynth.clauses import ClauseReader
from vimedsynth.contents import content
from vimedsynth.differences import same_content
from vimedsynth.facts import Fact, sentence_facts
from vimedsynth.lexicon import Node, lexicon
from vimedsynth.words import introduced, split


def one(text: str) -> Fact:
    (fact,) = sentence_facts(text)
    return fact


SAME = [
    ("Hình ảnh nốt mờ kích thước 24 x 16 mm ở thùy trên phổi phải.", "Hình ảnh nốt mờ kích thước 1,6 x 2,4 cm ở thùy trên phổi phải."),
    ("Hình ảnh nang gan trái, đường kính 7 mm.", "Hình ảnh nang gan trái, kích thước 7,0 mm."),
    ("Không phát hiện hình ảnh tràn dịch màng phổi hai bên.", "Chưa ghi nhận tràn dịch màng phổi 2 bên."),
    ("Hình ảnh hạch rốn phổi phải, tăng chuyển hóa FDG (SUVmax: 4,0).", "Hình ảnh hạch rốn phổi bên phải, tăng bắt xạ với SUVmax 4."),
    ("Hình ảnh vài hạch nách, kích thước nhỏ 10 mm, không tăng chuyển hóa FDG.", "Hình ảnh vài hạch nách, kích thước dưới 10 mm, không tăng bắt FDG."),
    ("Hình ảnh vài hạch trước và cạnh khí quản.", "Hình ảnh vài hạch cạnh khí quản và trước khí quản."),
    ("Hình ảnh dày niêm mạc xoang hàm trái khả năng do viêm.", "Hình ảnh dày niêm mạc xoang hàm trái có thể do viêm."),
    ("Hình ảnh hạch bẹn trái do metastases.", "Hình ảnh hạch bẹn trái do di căn."),
    ("Hình ảnh nốt mờ ở đáy phổi trái, không tăng chuyển hóa FDG.", "Hình ảnh nốt mờ ở đáy phổi trái, không thấy tăng chuyển hoá FDG."),
]  # fmt: skip
OTHER = [
    ("Hình ảnh nốt mờ ở thùy trên phổi phải.", "Hình ảnh nốt mờ ở thùy trên phổi trái."),
    ("Hình ảnh nốt mờ ở thùy trên phổi phải.", "Hình ảnh nốt mờ ở thùy dưới phổi phải."),
    ("Hình ảnh hạch bẹn hai bên.", "Hình ảnh hạch bẹn bên phải."),
    ("Hình ảnh nang gan, đường kính 24 mm.", "Hình ảnh nang gan, đường kính 24 cm."),
    ("Hình ảnh nốt ở hạ phân thùy VI gan.", "Hình ảnh nốt ở hạ phân thùy VII gan."),
    ("Hình ảnh nốt ở hạ phân thùy VI gan.", "Hình ảnh nốt ở hạ phân thùy VI phổi phải."),
    ("Hình ảnh vài hạch nhóm IIA.", "Hình ảnh vài hạch nhóm VA."),
    ("Hình ảnh hạch trước carina.", "Hình ảnh hạch dưới carina."),
    ("Hình ảnh vài nốt mờ ở phổi trái.", "Hình ảnh một nốt mờ ở phổi trái."),
    ("Hình ảnh nốt mờ, không tăng chuyển hóa FDG.", "Hình ảnh nốt mờ, tăng chuyển hóa FDG."),
    ("Hình ảnh nốt mờ, tăng chuyển hóa FDG.", "Hình ảnh nốt mờ, tăng mạnh chuyển hóa FDG."),
    ("Hình ảnh khối ở gan khả năng do viêm.", "Hình ảnh khối ở gan nhiều khả năng do viêm."),
    ("Hình ảnh khối ở phổi trái, nghi ngờ xâm lấn màng phổi.", "Hình ảnh khối ở phổi trái, xâm lấn màng phổi."),
    ("Hình ảnh hạch có SUVmax: 6,3.", "Hình ảnh hạch có SUVmax: 63."),
    ("Hình ảnh vài hạch nách, kích thước dưới 10 mm.", "Hình ảnh vài hạch nách, kích thước khoảng 10 mm."),
    ("Đối chiếu với nội soi (nếu cần).", "Đối chiếu với nội soi."),
    ("Hình ảnh tổn thương ở thân đốt sống L3.", "Hình ảnh tổn thương ở thân đốt sống L4."),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), SAME)
def test_equal_forms_have_equal_content(first: str, second: str) -> None:
    assert same_content(one(first), one(second)), (content(one(first)), content(one(second)))


@pytest.mark.parametrize(("first", "second"), OTHER)
def test_a_change_of_one_word_is_a_difference(first: str, second: str) -> None:
    assert not same_content(one(second), one(first))


def test_two_findings_of_opposite_uptake_are_two_facts() -> None:
    first, second = sentence_facts(
        "Hình ảnh nốt kính mờ ở thùy giữa phổi phải, không tăng chuyển hóa FDG và hạch rốn phổi trái, tăng nhẹ chuyển hóa FDG."
    )
    assert (first.levels, second.levels) == ({"none"}, {"mild"})
    assert (first.sides, second.sides) == ({"right"}, {"left"})


def test_values_given_respectively_go_to_their_sides() -> None:
    found = sentence_facts(
        "Hình ảnh hạch thượng đòn bên trái và bên phải, tăng chuyển hóa FDG (SUV lần lượt là 5,5 và 9)."
    )
    assert [(f.items[0].side, f.suvs) for f in found] == [("left", (5.5,)), ("right", (9.0,))]


def test_thickness_of_each_side_is_its_own() -> None:
    found = sentence_facts("Hình ảnh tràn dịch màng phổi hai bên (bên phải dày 21 mm, bên trái dày 4 mm).")
    assert [(f.items[0].side, f.sizes[0].dims) for f in found] == [("right", (21.0,)), ("left", (4.0,))]


def test_values_of_an_earlier_study_are_not_current() -> None:
    fact = one("Hình ảnh hạch rốn phổi phải kích thước 12 x 9 mm, tăng chuyển hóa FDG (SUVmax: 5) (so với 20 x 14 mm và SUVmax: 9,2 trên PET/CT 3/2022).")  # fmt: skip
    assert [m.dims for m in fact.sizes] == [(9.0, 12.0)]
    assert fact.suvs == (5.0,)
    assert {9.2, 14.0, 20.0} <= fact.prior_numbers


def test_anatomical_comparison_is_no_earlier_study() -> None:
    assert not one("Hình ảnh giảm tỉ trọng nhu mô gan so với nhu mô lách.").prior


def test_spans_select_the_written_numbers() -> None:
    text = "Hình ảnh nốt mờ kích thước 24 x 16 mm, tăng chuyển hóa FDG (SUVmax: 12,6)."
    fact = one(text)
    assert fact.sizes[0].span.of(text) == "24 x 16 mm"
    assert fact.suv_spans[0].of(text) == "12,6"


def test_denied_uptake_behind_a_finding_belongs_to_the_finding() -> None:
    fact = one("Hình ảnh nốt mờ ở thùy giữa phổi phải, không ghi nhận tăng chuyển hóa FDG.")
    assert (fact.polarity, fact.levels) == ("present", {"none"})


def test_a_place_put_first_belongs_to_the_denial() -> None:
    fact = one("Ở phúc mạc, chưa phát hiện hình ảnh tăng chuyển hóa FDG khu trú.")
    assert fact.polarity == "absent"
    assert "peritoneum" in fact.atoms


def test_relations_before_a_shared_organ_are_both_of_that_organ() -> None:
    one_order = one("Hình ảnh vài hạch trung thất ở cạnh và dưới quai động mạch chủ, không tăng chuyển hóa FDG.")
    other = one("Cạnh và dưới quai động mạch chủ có vài hạch trung thất, không tăng chuyển hóa FDG.")
    assert {i.atoms for i in one_order.items} == {i.atoms for i in other.items}


def test_a_sentence_that_was_not_told_apart_lends_its_form_to_none() -> None:
    first, second = sentence_facts("Nốt mờ ở gan phải, không tăng chuyển hóa FDG . 1/3 dưới thực quản, SUVmax 7,7.")
    assert first.heads == {"nodule"}
    assert (second.heads, second.suvs) == (frozenset(), (7.7,))


def test_a_denial_with_a_place_of_its_own_takes_none_from_the_denial_before() -> None:
    own = sentence_facts("Không thấy tràn dịch màng tim, không thấy tràn dịch màng phổi hai bên.")
    assert [f.atoms for f in own] == [{"pericardium"}, {"pleura"}]
    shared = sentence_facts("Ổ bụng chưa thấy hạch to, chưa thấy tăng chuyển hóa FDG bất thường.")
    assert shared[0].atoms == shared[1].atoms


INTRODUCTIONS = ("Có ", "Ghi nhận ", "Hình ảnh ", "Quan sát thấy ", "PET/CT ghi nhận ", "Trên PET/CT, ", "Trên PET/CT thấy ",
                 "Theo nhận định, ", "trên PET/CT có hình ảnh ")  # fmt: skip
INTRODUCED = sorted(
    {text.removeprefix("Hình ảnh ") for pair in (*SAME, *OTHER) for text in pair if text.startswith("Hình ảnh ")}
    | {
        "hạch cổ trái nhóm III và nhóm IV, tăng chuyển hóa FDG (SUVmax lần lượt là 10 và 8,7).",
        "tràn dịch màng phổi hai bên (bên phải dày 20 mm, bên trái dày 58 mm), không tăng chuyển hóa FDG.",
        "khả năng do viêm.",
        "lẽ là nang gan.",
        "tính chất sinh lý ở não.",
        "nên làm lại sau 3 tháng.",
        "và siêu âm để đối chiếu nếu cần.",
    }
)


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("said", INTRODUCED)
def test_an_introduction_is_read_as_if_word_by_word(introduction: str, said: str) -> None:
    """The short way, past the introduction, gives just what reading all of the sentence gives, offsets included."""
    assert sentence_facts(introduction + said) == ClauseReader(introduction + said).facts()


def test_no_form_of_the_lexicon_begins_within_an_introduction_and_ends_outside_it() -> None:
    """What the introduction takes away must not be the beginning of a longer word: "có thể", "trên đòn"."""
    broken = [
        form
        for word in ("có", "ghi", "ghi nhận", "quan", "quan sát", "thấy", "hình", "hình ảnh", "trên pet/ct", "pet/ct", "theo nhận định")
        for form in _longer(word)
        if introduced(form + " x")[1] != form + " x"
    ]  # fmt: skip
    assert not broken


def _longer(word: str) -> list[str]:
    node: Node | None = Node(longer=lexicon().forms)
    for token in split(word):
        node = node.longer.get(token) if node else None
    return [entry[2] for entry in _entries(node) if entry[2] != word] if node else []


def _entries(node: Node) -> list[tuple[str, str, str]]:
    return [*([node.entry] if node.entry else []), *(e for later in node.longer.values() for e in _entries(later))]
