"""What a model wrote: named failures, and ordinary clinical Vietnamese that must not be one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vimedsynth.engines.replies import LONGEST_LOOP, loops, read_reply, text_failure, vietnamese

GOOD = "Thùy trên phổi trái có nốt mờ tăng chuyển hóa FDG với SUVmax 5,2."


def pair(question: str, answer: str) -> dict[str, object]:
    return {"question": question, "answer": answer}


def test_words_that_recur_in_reports_are_not_a_loop() -> None:
    text = " ".join(f"Nhóm {n}: vài hạch không tăng chuyển hóa FDG." for n in range(12))
    assert not loops(text)
    assert not loops("0,0,0,0,0 ------ 14 x 11 mm, 14 x 11 mm")


@pytest.mark.parametrize("phrase", ["hạch", "không tăng", "ở thùy trên phổi trái và thùy dưới phổi phải,"])
def test_a_phrase_four_times_in_a_row_is_a_loop(phrase: str) -> None:
    assert loops(f"Có {phrase} {phrase} {phrase} {phrase}")
    assert not loops(f"Có {phrase} {phrase} {phrase} rồi thôi")


def test_a_pair_may_come_twice_but_not_again_and_again() -> None:
    assert text_failure({"pairs": [pair("Có nốt không?", GOOD)] * 2}) is None
    assert text_failure({"pairs": [pair("Có nốt không?", GOOD)] * 3}) == "repetitive"


def test_nfd_letters_are_read_as_nfc() -> None:
    import unicodedata

    payload, failure = read_reply(unicodedata.normalize("NFD", f'{{"text":"{GOOD}"}}'), "stop")
    assert failure is None
    assert payload == {"text": GOOD}


@pytest.mark.parametrize("broken", ["Th\\u00f9y tr\\u00ean", "ThÃ¹y trÃªn phá»\x95i", "ph\\xe1\\xbb\\x95i"])
def test_escaped_and_broken_letters_are_named(broken: str) -> None:
    assert text_failure({"text": f"{GOOD} {broken}"}) == "escaped-text"


@pytest.mark.parametrize("unseen", ["\x00", "\x1b", "\u200b", "\u202e", "\ufeff", "\ufffd", "\u00ad"])
def test_what_a_reader_does_not_see_is_named(unseen: str) -> None:
    assert text_failure({"text": GOOD.replace("5,2", f"5{unseen},2")}) == "escaped-text"
    assert text_failure({"text": GOOD.replace(" ", "\n\t", 1)}) is None


@pytest.mark.parametrize(
    ("text", "is_vietnamese"),
    [
        (GOOD, True),
        ("SUVmax: 5,2", True),
        ("Hạch IIB, D8-9, FDG, PET/CT, HCC, TOCE.", True),
        ("Có nốt di căn (metastases) do carcinoma ở gan phải, theo dõi bằng MRI và CT ba pha.", True),
        ("There is no sign of any effusion in the pleura or the pericardium.", False),
        ("Khong thay tran dich mang phoi hai ben va tran dich mang tim.", False),
        ("Thùy trên phổi trái 有一个结节", False),
        ("Тhùy trên phổi trái có нот", False),
    ],
)
def test_language(text: str, is_vietnamese: bool) -> None:
    assert vietnamese(text) is is_vietnamese


@pytest.mark.parametrize("text", ["[1]", "3", '"a"', "null", "{", '{"a":1}}', '{"a": NaN}', '{"a":"\\ud800"}'])
def test_what_is_no_object_is_not_json(text: str) -> None:
    assert read_reply(text, "stop") == (None, "not-json")


def test_a_payload_without_words_is_empty() -> None:
    assert read_reply('{"text":"  "}', "stop") == (None, "empty-reply")
    assert read_reply("{}", None) == (None, "empty-reply")


def test_white_space_that_a_grammar_allows_for_ever_is_named_and_gets_no_larger_budget() -> None:
    assert read_reply("{ \n" + " \n" * 40, "length") == (None, "whitespace-loop")
    assert read_reply('{"text": "Thùy trên phổi trái ', "length") == (None, "cut-off")


@given(st.lists(st.sampled_from(["hạch", "nốt", "không", "tăng"]), max_size=30))
def test_a_loop_is_found_wherever_it_stands_and_nowhere_else(words: list[str]) -> None:
    slow = any(
        words[i : i + p] * 4 == words[i : i + 4 * p]
        for p in range(1, LONGEST_LOOP + 1)
        for i in range(len(words) - 4 * p + 1)
    )
    assert loops(" ".join(words)) == slow
