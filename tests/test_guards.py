"""The guard: for each code the wrong text that almost passes, and the right one beside it."""

import os
import re
import subprocess
import sys
import unicodedata

import orjson
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from vimedsynth.cli import cli
from vimedsynth.guards import VIETNAMESE, check_answer, check_text, language_objections, review, sentences_at
from vimedsynth.reports import Span, flat_report, nfc
from vimedsynth.samples import Candidate, Case, Task, Turn
from vimedsynth.studies import Study

REPORT = (
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não. Hình ảnh dày niêm mạc xoang hàm trái, không tăng chuyển hóa FDG khả năng do "
    "viêm. Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. Không phát hiện hình ảnh tràn dịch màng phổi hai bên và tràn dịch màng "
    "tim. Hình ảnh khối mờ có kích thước 34 x 29 mm ở thùy trên phổi phải, nghi ngờ xâm lấn màng phổi, tăng chuyển hóa FDG "
    "(SUVmax: 11,8). Hình ảnh vài hạch trước carina, đường kính 9 mm, tăng nhẹ chuyển hóa FDG (SUVmax: 2,9). Hình ảnh vài hạch "
    "nách, kích thước dưới 10 mm, không tăng chuyển hóa FDG ở hố nách hai bên. Hình ảnh bắt xạ theo đặc điểm sinh lý ở lách, "
    "thượng thận và đài bể thận 2 bên. Hình ảnh nốt giảm tỉ trọng có kích thước 13 x 8 mm ở hạ phân thùy VI gan, không tăng "
    "chuyển hóa FDG. Đối chiếu với siêu âm (nếu cần). Hình ảnh vài hạch bẹn, kích thước 10 mm, không tăng chuyển hóa FDG ở hố "
    "bẹn hai bên. Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở hệ thống cơ xương. Hình ảnh khối mờ có kích thước "
    "34 x 29 mm ở thùy trên phổi phải, tăng chuyển hóa FDG khả năng ác tính."
)  # fmt: skip
PHOI, GAN, HACH = "Phổi có tổn thương gì?", "Gan có bất thường gì?", "Có hạch trung thất không?"
WRONG = [
    (PHOI, "Có khối mờ kích thước 34 x 39 mm ở thùy trên phổi phải.", "number"),
    (PHOI, "Có khối mờ kích thước 34 x 29 cm ở thùy trên phổi phải.", "unit"),
    (PHOI, "Khối ở thùy trên phổi phải có SUVmax 118.", "decimal"),
    (PHOI, "Có khối mờ ở thùy trên phổi trái.", "side"),
    (PHOI, "Có khối mờ ở thùy dưới phổi phải.", "place"),
    (PHOI, "Khối ở thùy trên phổi phải không tăng chuyển hóa FDG.", "uptake"),
    (PHOI, "Khối ở thùy trên phổi phải tăng mạnh chuyển hóa FDG.", "intensity-word"),
    (PHOI, "Khối ở thùy trên phổi phải xâm lấn màng phổi.", "certainty-up"),
    (PHOI, "Khối ở thùy trên phổi phải tương ứng với tổn thương ác tính.", "certainty-up"),
    (PHOI, "Khối ở thùy trên phổi phải chưa loại trừ ác tính.", "certainty-down"),
    (PHOI, "Có nhiều khối mờ ở thùy trên phổi phải.", "count"),
    (HACH, "Có một hạch trước carina, tăng nhẹ chuyển hóa FDG.", "count"),
    (HACH, "Hạch trước carina tăng nhẹ chuyển hóa FDG, gợi ý lành tính.", "added-reading"),
    (HACH, "Hạch trước carina có SUVmax 11,8.", "number"),
    (GAN, "Không thấy bất thường ở gan.", "negation"),
    (GAN, "Nốt ở hạ phân thùy VII gan, không tăng chuyển hóa FDG.", "place"),
    (GAN, "Nốt ở hạ phân thùy VI phổi phải, không tăng chuyển hóa FDG.", "place"),
    (GAN, "Nốt ở hạ phân thùy VI gan, không tăng chuyển hóa FDG, không thay đổi so với PET/CT 2/2021.", "needs-history"),
    (GAN, "Nốt ở hạ phân thùy VI gan. Cần sinh thiết.", "added-advice"),
    (GAN, "Nốt ở hạ phân thùy VI gan. Cần đối chiếu với siêu âm.", "changed-advice"),
    ("Hạch nách thế nào?", "Hạch nách hai bên kích thước khoảng 10 mm.", "threshold-as-value"),
    ("Có tràn dịch màng phổi không?", "Có tràn dịch màng phổi bên phải.", "negation"),
    ("Có tràn dịch màng phổi không?", "Có.", "negation"),
    ("Khối phổi có tăng chuyển hóa FDG không?", "Không, khối ở thùy trên phổi phải tăng chuyển hóa FDG.", "question-polarity"),
    ("Ngoài phổi, có vị trí nào khác tăng chuyển hóa FDG không?", "Không, chưa phát hiện vị trí nào khác.", "negation"),
    ("Tổn thương nào có SUVmax cao nhất?", "Hạch trước carina có SUVmax 2,9.", "number"),
    (PHOI, "There is a mass in the right upper lobe of the lung.", "not-vietnamese"),
    (PHOI, "C\\u00f3 kh\\u1ed1i m\\u1edd", "escaped-text"),
    (PHOI, "  ", "empty"),
]  # fmt: skip
RIGHT = [
    (PHOI, "Có khối mờ kích thước 2,9 x 3,4 cm ở thùy trên của phổi phải, tăng chuyển hoá FDG với SUVmax khoảng 11,8."),
    (PHOI, "Khối mờ ở thùy trên phổi phải, có thể ác tính, nghi ngờ xâm lấn màng phổi."),
    (HACH, "Có vài hạch trước carina, đường kính 9 mm, tăng nhẹ chuyển hóa FDG."),
    (GAN, "Có một nốt giảm tỉ trọng 13 x 8 mm ở hạ phân thùy VI gan, không tăng chuyển hóa FDG."),
    (GAN, "Nốt ở hạ phân thùy VI gan. Đối chiếu với siêu âm nếu cần."),
    ("Hạch nách thế nào?", "Vài hạch nhỏ dưới 10 mm ở hố nách hai bên, không tăng chuyển hóa FDG."),
    ("Có tràn dịch không?", "Không. Không phát hiện tràn dịch màng phổi hai bên hay tràn dịch màng tim."),
    ("Có tràn dịch màng phổi không?", "Không."),
    ("Não bắt xạ thế nào?", "Não bắt xạ theo đặc điểm sinh lý."),
    ("SUVmax của khối phổi phải là bao nhiêu?", "SUVmax của khối ở thùy trên phổi phải là 11,8."),
    ("Tổn thương nào có SUVmax cao nhất?", "Khối mờ ở thùy trên phổi phải, SUVmax 11,8."),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer", "code"), WRONG)
def test_a_false_answer_is_refused_with_its_code(question: str, answer: str, code: str) -> None:
    verdict = check_answer(flat_report(REPORT), question, answer)
    assert code in [o.code for o in verdict.objections], verdict


@pytest.mark.parametrize(("question", "answer"), RIGHT)
def test_a_faithful_answer_passes(question: str, answer: str) -> None:
    verdict = check_answer(flat_report(REPORT), question, answer)
    assert verdict.accepted, verdict.objections


@pytest.mark.parametrize(("question", "answer"), RIGHT)
def test_a_faithful_answer_passes_in_decomposed_letters(question: str, answer: str) -> None:
    assert check_answer(flat_report(REPORT), question, unicodedata.normalize("NFD", answer)).accepted


def test_each_objection_quotes_the_answer() -> None:
    for question, answer, _ in WRONG:
        for objection in check_answer(flat_report(REPORT), question, answer).objections:
            assert objection.quote.strip(" .,;") in answer or not objection.quote


def test_the_report_itself_is_a_faithful_paraphrase() -> None:
    assert check_text(flat_report(REPORT), REPORT).accepted


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (
            "Hình ảnh vài hạch trước carina, đường kính 9 mm, tăng nhẹ chuyển hóa FDG (SUVmax: 2,9). ",
            "",
            "dropped-finding",
        ),
        ("Đối chiếu với siêu âm (nếu cần). ", "", "dropped-finding"),
        ("Không phát hiện hình ảnh tràn dịch", "Hình ảnh tràn dịch", "negation"),
        ("ở hạ phân thùy VI gan", "ở hạ phân thùy VI phổi", "place"),
        ("khả năng ác tính", "tương ứng với ác tính", "certainty-up"),
        ("khả năng do viêm", "do viêm", "certainty-up"),
        ("nghi ngờ xâm lấn", "xâm lấn", "certainty-up"),
        ("(SUVmax: 11,8)", "(SUVmax: 2,9)", "number"),
        ("đường kính 9 mm", "đường kính 9 cm", "unit"),
        ("dưới 10 mm", "khoảng 10 mm", "threshold-as-value"),
        ("hố nách hai bên", "hố nách bên trái", "side"),
        ("Đối chiếu với siêu âm (nếu cần).", "Đối chiếu với MRI (nếu cần).", "changed-advice"),
        ("Đối chiếu với siêu âm (nếu cần).", "Đối chiếu với siêu âm.", "changed-advice"),
        ("ở hệ thống cơ xương.", "ở hệ thống cơ xương. Hình ảnh nốt vôi hóa ở lách.", "added-finding"),
    ],
)
def test_a_false_paraphrase_is_refused_with_its_code(old: str, new: str, code: str) -> None:
    assert REPORT.count(old) == 1
    verdict = check_text(flat_report(REPORT), REPORT.replace(old, new))
    assert code in [o.code for o in verdict.objections], verdict


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("34 x 29 mm ở thùy trên phổi phải, nghi", "2,9 x 3,4 cm ở thùy trên phổi phải, nghi"),
        ("Không phát hiện hình ảnh tràn dịch", "Chưa ghi nhận tràn dịch"),
        ("tăng nhẹ chuyển hóa FDG (SUVmax: 2,9)", "tăng nhẹ hấp thu FDG với SUVmax = 2.9"),
        ("Hình ảnh nốt giảm tỉ trọng có kích thước 13 x 8 mm ở hạ phân thùy VI gan", "Ở hạ phân thùy VI gan có nốt giảm tỷ trọng kích thước 8 x 13 mm"),
        ("khả năng do viêm", "có thể do viêm"),
        ("dưới 10 mm", "< 10 mm"),
    ],
)  # fmt: skip
def test_an_equal_form_passes(old: str, new: str) -> None:
    assert REPORT.count(old) == 1
    verdict = check_text(flat_report(REPORT), REPORT.replace(old, new))
    assert verdict.accepted, verdict.objections


def test_swapped_values_of_two_findings_are_refused() -> None:
    swapped = (
        REPORT.replace("(SUVmax: 11,8)", "(SUVmax: #)").replace("(SUVmax: 2,9)", "(SUVmax: 11,8)").replace("#", "2,9")
    )
    assert not check_text(flat_report(REPORT), swapped).accepted


def test_findings_in_another_order_pass() -> None:
    sentences = [s.text for s in flat_report(REPORT).sentences]
    a, b = 4, 5
    sentences[a], sentences[b] = sentences[b], sentences[a]
    assert check_text(flat_report(REPORT), " ".join(sentences)).accepted


def _case() -> Case:
    return Case(Study("s", "p"), flat_report(REPORT), "whole")


def _single(evidence: tuple[Span, ...]) -> Candidate:
    turn = Turn("Não bắt xạ thế nào?", "Não bắt xạ theo đặc điểm sinh lý.", "physiologic", evidence)
    return Candidate(Task.VQA_SINGLE, "whole", (turn,))


@pytest.mark.parametrize(
    ("evidence", "code"),
    [((), "evidence-missing"), ((Span(0, 10**6),), "evidence-outside"), ((Span(5, 5),), "evidence-outside"), ((Span(-3, 4),), "evidence-outside")],
)  # fmt: skip
def test_evidence_must_select_report_text(evidence: tuple[Span, ...], code: str) -> None:
    assert code in [o.code for o in review(_case(), _single(evidence)).objections]


def test_a_good_candidate_passes() -> None:
    assert review(_case(), _single((Span(0, 43),))).accepted


def test_a_conversation_does_not_ask_twice() -> None:
    turn = _single((Span(0, 43),)).turns[0]
    verdict = review(_case(), Candidate(Task.VQA_MULTI, "whole", (turn, turn)))
    assert "repeated-question" in [o.code for o in verdict.objections]


def test_a_contradiction_of_the_source_is_a_note() -> None:
    report = flat_report(REPORT.replace("nghi ngờ xâm lấn màng phổi,", "xâm lấn màng phổi,").replace("Hình ảnh vài hạch trước carina", "Hình ảnh tràn dịch màng phổi phải. Hình ảnh vài hạch trước carina"))  # fmt: skip
    verdict = check_answer(report, "Có tràn dịch màng phổi không?", "Không phát hiện tràn dịch màng phổi hai bên.")
    assert verdict.accepted
    assert [n.code for n in verdict.notes] == ["source-contradiction"]


def test_check_keeps_the_order_and_exits_1_when_any_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    rows = [{"id": i, "report": REPORT, "question": q, "answer": a} for i, (q, a) in enumerate(RIGHT)]
    rows.append({"id": "bad", "report": REPORT, "text": REPORT.replace("34 x 29 mm", "34 x 92 mm")})
    file, out = tmp_path / "pairs.jsonl", tmp_path / "out.jsonl"
    file.write_bytes(b"\n".join(orjson.dumps(r) for r in rows))
    result = CliRunner().invoke(cli, ["check", str(file), "-o", str(out)])
    found = [orjson.loads(line) for line in out.read_bytes().splitlines()]
    assert result.exit_code == 1
    assert [r["id"] for r in found] == [r["id"] for r in rows]
    assert [r["accepted"] for r in found] == [True] * len(RIGHT) + [False]
    assert set(found[-1]["objections"][0]) == {"code", "message", "quote"}


def test_check_of_faithful_pairs_exits_0(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "pairs.jsonl"
    file.write_bytes(orjson.dumps({"id": 1, "report": REPORT, "text": REPORT}))
    assert CliRunner().invoke(cli, ["check", str(file)]).exit_code == 0


def test_evidence_of_another_place_does_not_support() -> None:
    start = REPORT.index("Hình ảnh vài hạch bẹn")
    assert "evidence-not-supporting" in [
        o.code for o in review(_case(), _single((Span(start, start + 30),))).objections
    ]


def test_evidence_must_hold_the_number_of_the_answer() -> None:
    answer = "Khối ở thùy trên phổi phải có SUVmax 11,8."
    near = REPORT.index("Hình ảnh khối mờ")
    echo = REPORT.rindex("Hình ảnh khối mờ")  # the impression says it again without the SUVmax
    for start, codes in ((near, []), (echo, ["evidence-not-supporting"])):
        turn = Turn("SUVmax của khối phổi phải là bao nhiêu?", answer, "suv", (Span(start, start + 20),))
        verdict = review(_case(), Candidate(Task.VQA_SINGLE, "whole", (turn,)))
        assert [o.code for o in verdict.objections] == codes


WORDS = st.sampled_from(
    ["nốt", "phổi", "mass", "a", "é", "ở", "CT", "7", "12,5", "x/y", "gan-phổi", "a/b/c/ở", "...", "(", "ở" * 30]
)


@given(st.lists(WORDS, max_size=14), st.sampled_from([" ", "  ", "/", "\n"]))
def test_a_text_is_foreign_when_more_than_four_words_in_five_are_plain(words: list[str], between: str) -> None:
    text = nfc(between.join(words))
    found = re.findall(r"[^\W\d_]+", text)
    plain = sum(VIETNAMESE.isdisjoint(word) for word in found)
    expected = len(found) >= 4 and plain > 0.8 * len(found)
    codes = {objection.code for objection in language_objections(text)}
    assert ("not-vietnamese" in codes) == (expected and bool(text.strip()))


SPANS = st.tuples(st.integers(0, 1200), st.integers(1, 60)).map(lambda s: Span(s[0], s[0] + s[1]))


@given(st.lists(SPANS, min_size=1, max_size=4))
def test_evidence_shows_each_sentence_that_it_touches_once_and_in_order(spans: list[Span]) -> None:
    report = flat_report(REPORT)
    touched = [s for s in report.sentences if any(p.start < s.span.end and s.span.start < p.end for p in spans)]
    assert sentences_at(report, spans) == touched


HASHED = """
from vimedsynth.guards import check_answer
from vimedsynth.reports import flat_report
report = flat_report("Hình ảnh nang gan phải 12 mm. Hình ảnh nốt phổi phải 8 mm, khả năng cao lao, chưa loại trừ di căn.")
for answer in ("Gan phải có nốt hang 12 mm.", "Nốt phổi phải chắc chắn là lao, chắc chắn là di căn."):
    print([(o.code, o.message) for o in check_answer(report, "Có gì?", answer).objections])
"""


def test_what_a_guard_says_does_not_go_by_the_order_of_a_set() -> None:
    """Python orders a set of words another way in each process: the objections stay."""
    said = {
        subprocess.run(
            [sys.executable, "-c", HASHED], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout.decode()
        for seed in "012345"
    }
    (only,) = said
    assert all(what in only for what in ("cavity", "nodule", "certainty-up"))
