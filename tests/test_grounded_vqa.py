"""The embedded question writer: faithful to the finding's words, complete, balanced, deterministic."""

import re
from typing import Any

import pytest

from vimedsynth.findings import (
    Finding,
    Invasion,
    Place,
    Polarity,
    Reading,
    Side,
    Size,
    Suv,
    Tier,
    Uptake,
    read_findings,
)
from vimedsynth.generators.comparison import review_pair
from vimedsynth.grounded.comparison import write_comparison
from vimedsynth.grounded.vqa import write_vqa
from vimedsynth.grounded.wordings import table
from vimedsynth.guards import check_answer
from vimedsynth.reports import Report, Section, flat_report, sectioned_report
from vimedsynth.samples import Case
from vimedsynth.studies import Study

REPORT = sectioned_report(
    {
        Section.HEAD_NECK: "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não.",
        Section.CHEST: "Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. "
        "Không phát hiện hình ảnh tràn dịch màng phổi hai bên và tràn dịch màng tim. "
        "Hình ảnh khối mờ, bờ đa cung, kích thước 44 x 52 mm ở thùy trên phổi trái, nghi ngờ xâm lấn rốn phổi trái, "
        "tăng chuyển hóa FDG (SUVmax: 17,3). "
        "Hình ảnh vài hạch ở rốn phổi trái. Hạch lớn nhất có đường kính 13 mm, tăng nhẹ chuyển hóa FDG (SUVmax: 3,2). "
        "Hình ảnh vài hạch nách, kích thước 10 mm, không tăng chuyển hóa FDG ở hố nách hai bên.",
        Section.MUSCULOSKELETAL: "Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở hệ thống cơ xương.",
        Section.IMPRESSION: "Hình ảnh khối mờ ở thùy trên phổi trái, tăng chuyển hóa FDG khả năng ác tính. "
        "Chưa phát hiện hình ảnh tăng chuyển hóa FDG khu trú, bất thường tại các vị trí khác trên xạ hình PET/CT toàn thân.",
    }
)


def finding(name: str, sentences: list[int], **values: Any) -> Finding:
    spans = tuple(REPORT.sentences[n - 1].span for n in sentences)
    base: dict[str, Any] = {
        "section": REPORT.sentences[sentences[0] - 1].section,
        "polarity": Polarity.PRESENT,
        "head": "other",
        "morphology": "",
        "count": None,
        "places": (),
        "place_text": "",
        "uptake": Uptake.UNSTATED,
        "uptake_text": "",
    }
    return Finding(id=name, spans=spans, **(base | values))


def place(text: str, organ: str, side: Side | None) -> dict[str, Any]:
    return {"places": (Place(text, organ, frozenset(), side),), "place_text": f"ở {text}"}


FINDINGS = (
    finding("f1", [1], polarity=Polarity.PHYSIOLOGIC, morphology="bắt xạ", **place("não", "brain", None)),
    finding("f2", [2], polarity=Polarity.PHYSIOLOGIC, morphology="bắt xạ", **place("tim", "heart", None)),
    finding("f3", [3], polarity=Polarity.ABSENT, head="effusion", morphology="tràn dịch màng phổi hai bên và tràn dịch màng tim"),
    finding(
        "f4",
        [4],
        head="mass",
        morphology="khối mờ, bờ đa cung",
        **place("thùy trên phổi trái", "lung", Side.LEFT),
        uptake=Uptake.INCREASED,
        uptake_text="tăng chuyển hóa FDG",
        sizes=(Size((44.0, 52.0), "axes", "=", "all", "44 x 52 mm"),),
        suvs=(Suv(17.3, "SUVmax", "all", "17,3"),),
        invasions=(Invasion("xâm lấn", "rốn phổi trái", False, "nghi ngờ xâm lấn rốn phổi trái"),),
        reading=Reading(Tier.PROBABLE, "ác tính", "khả năng ác tính"),
        impression_spans=(REPORT.sentences[8].span,),
    ),
    finding(
        "f5",
        [5, 6],
        head="node",
        count="vài",
        morphology="vài hạch",
        **place("rốn phổi trái", "hilum", Side.LEFT),
        uptake=Uptake.MILD,
        uptake_text="tăng nhẹ chuyển hóa FDG",
        sizes=(Size((13.0,), "diameter", "=", "largest", "13 mm"),),
        suvs=(Suv(3.2, "SUVmax", "largest", "3,2"),),
    ),
    finding(
        "f6",
        [7],
        head="node",
        count="vài",
        morphology="vài hạch nách",
        **place("hố nách hai bên", "axilla", Side.BOTH),
        uptake=Uptake.NONE,
        uptake_text="không tăng chuyển hóa FDG",
        sizes=(Size((10.0,), "axes", "<", "all", "10 mm"),),
        boilerplate=True,
    ),
    finding("f7", [8], polarity=Polarity.ABSENT, head="uptake", morphology="tăng chuyển hóa FDG bất thường", **place("hệ thống cơ xương", "skeleton", None)),
)  # fmt: skip


def case(
    region: str = "whole", findings: tuple[Finding, ...] = FINDINGS, report: Report = REPORT, patient: str = "2019/a"
) -> Case:
    made = Case(Study(f"{patient}/1", patient), report, region)
    made.__dict__["all_findings"] = findings
    return made


def pairs(region: str = "whole", style: str = "single", seed: int = 1, **options: Any) -> list[dict[str, Any]]:
    return write_vqa(case(region), style=style, seed=seed, **options)["pairs" if style == "single" else "turns"]


EVERY = [(region, style) for region in ("whole", "head_neck", "chest") for style in ("single", "multi")]


@pytest.mark.parametrize(("region", "style"), EVERY)
@pytest.mark.parametrize("seed", range(4))
def test_every_finding_is_asked_about_and_no_question_comes_twice(region: str, style: str, seed: int) -> None:
    found = pairs(region, style, seed)
    assert {f.id for f in case(region).findings} == {name for pair in found for name in pair["findings"]}
    questions = [pair["question"].lower() for pair in found]
    assert len(set(questions)) == len(questions)


@pytest.mark.parametrize(("region", "style"), EVERY)
def test_every_answer_has_evidence_inside_its_region(region: str, style: str) -> None:
    allowed = {s.number for s in REPORT.sentences if region == "whole" or s.section in (region, "impression")}
    for pair in pairs(region, style):
        assert pair["evidence"]
        assert set(pair["evidence"]) <= allowed


@pytest.mark.parametrize("seed", range(8))
def test_answers_hold_only_numbers_of_the_report(seed: int) -> None:
    known = set(re.findall(r"\d+(?:,\d+)?", REPORT.text))
    for pair in pairs(seed=seed, per_finding=True):
        assert set(re.findall(r"\d+(?:,\d+)?", pair["answer"])) <= known, pair


@pytest.mark.parametrize("style", ["single", "multi"])
@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_added(style: str, seed: int) -> None:
    for pair in pairs(style=style, seed=seed, per_finding=True):
        answer = pair["answer"].lower()
        for word in (
            "khoảng",
            "mạnh",
            "rõ rệt",
            "nhiều khả năng",
            "gợi ý",
            "lành tính",
            "theo dõi",
            "so với",
            "sinh thiết",
        ):
            assert word not in answer
        if "10 mm" in answer:
            assert "dưới 10 mm" in answer


@pytest.mark.parametrize("seed", range(8))
def test_polar_answers_agree_with_their_question(seed: int) -> None:
    for pair in pairs(seed=seed):
        if pair["question"].endswith("không?"):
            assert pair["answer"].startswith(("Có", "Không"))
        else:
            assert not pair["answer"].startswith("Không,")


def test_yes_and_no_are_balanced_over_seeds() -> None:
    polar = [
        pair["answer"][:2] for seed in range(20) for pair in pairs(seed=seed) if pair["question"].endswith("không?")
    ]
    assert 0.4 <= polar.count("Có") / len(polar) <= 0.6


def test_the_uptake_of_the_largest_node_is_told_of_the_largest_node() -> None:
    for pair in pairs(per_finding=True):
        if pair["question_type"] in {"suvmax", "size"} and pair["findings"] == ["f5"]:
            assert "hạch lớn nhất" in pair["answer"].lower()


def test_a_doubt_stays_a_doubt() -> None:
    told = [p["answer"] for p in pairs(per_finding=True) if p["question_type"] in {"invasion", "certainty"}]
    assert len(told) == 2
    assert any("nghi ngờ xâm lấn rốn phổi trái" in answer for answer in told)
    assert any("khả năng ác tính" in answer for answer in told)


def test_the_same_seed_gives_the_same_set_and_another_seed_another() -> None:
    assert pairs(seed=5) == pairs(seed=5)
    assert pairs(seed=5) != pairs(seed=6)


def test_a_contradicted_denial_is_not_asked() -> None:
    wet = finding(
        "f8",
        [4],
        head="effusion",
        morphology="tràn dịch màng phổi trái",
        **place("màng phổi trái", "pleura", Side.LEFT),
    )
    found = write_vqa(case(findings=(*FINDINGS, wet)), style="single", seed=1)["pairs"]
    assert not any(pair["question_type"] == "negative" and "f3" in pair["findings"] for pair in found)


def test_what_a_contradicted_denial_says_besides_is_asked() -> None:
    """The half that nothing contradicts, and the line on the lungs as what is seen beside the nodule."""
    report = sectioned_report(
        {
            Section.CHEST: "Không phát hiện hình ảnh tràn dịch màng phổi hai bên và tràn dịch màng tim. "
            "Hình ảnh tràn dịch khoang màng phổi trái, dịch dày 7 mm. "
            "Hình ảnh nốt mờ có kích thước 11 x 15 mm ở thùy dưới phổi trái, tăng nhẹ chuyển hóa FDG (SUVmax: 3,1). "
            "Chưa phát hiện hình ảnh tăng chuyển hóa FDG khu trú, bất thường tại nhu mô hai phổi."
        }
    )
    found = read_findings(report)
    asked = write_vqa(case(findings=found, report=report), style="single", seed=1)["pairs"]
    assert {name for pair in asked for name in pair["findings"]} == {f.id for f in found}
    assert not any("màng phổi hai bên" in pair["question"] + pair["answer"] for pair in asked)
    assert any(pair["question_type"] == "negative" and "tràn dịch màng tim" in pair["question"] for pair in asked)
    assert any("SUVmax: 3,1" in pair["answer"] and "Ngoài ra, chưa phát hiện" in pair["answer"] for pair in asked)
    assert all(check_answer(report, pair["question"], pair["answer"]).accepted for pair in asked)


def test_a_denied_uptake_with_an_suv_is_not_asked_about() -> None:
    odd = finding("f9", [4], head="mass", morphology="khối", **place("gan", "liver", None), uptake=Uptake.NONE,
                  uptake_text="không tăng chuyển hóa FDG", suvs=(Suv(11.7, "SUVmax", "all", "11,7"),), conflicts=("uptake_vs_suv",))  # fmt: skip
    found = write_vqa(case(findings=(odd,)), style="single", seed=1, per_finding=True)["pairs"]
    assert not [pair for pair in found if pair["question_type"] in {"uptake", "suvmax"}]


def test_findings_with_one_name_are_told_apart_by_size_or_asked_together() -> None:
    def nodes(first: str, second: str, sizes: tuple[tuple[Size, ...], tuple[Size, ...]]) -> Case:
        report = sectioned_report({Section.CHEST: f"{first} {second}"})
        found = tuple(
            finding(f"f{n}", [5], head="node", morphology="hạch", **place("carina", "carina", None))._replace(
                spans=(sentence.span,), sizes=size)
            for n, (sentence, size) in enumerate(zip(report.sentences, sizes, strict=True), 1)
        )  # fmt: skip
        return case(findings=found, report=report)

    big, small = (Size((9.0, 8.0), "axes", "=", "all", "9 x 8 mm"),), (Size((5.0,), "axes", "=", "all", "5 mm"),)
    apart = nodes(
        "Hình ảnh hạch ở carina, kích thước 9 x 8 mm.", "Hình ảnh hạch ở carina, kích thước 5 mm.", (big, small)
    )
    described = [p for p in write_vqa(apart, style="single", seed=1)["pairs"] if p["findings"] == ["f1"]]
    assert described
    assert all("9 x 8 mm" in pair["question"] for pair in described)
    same = nodes("Hình ảnh hạch ở carina.", "Hình ảnh hạch ở carina.", ((), ()))
    together = write_vqa(same, style="single", seed=1)["pairs"]
    assert any(p["findings"] == ["f1", "f2"] and p["question_type"] == "description" for p in together)
    assert not any(p["findings"] == ["f1"] and p["question_type"] == "description" for p in together)


def test_no_findings_give_no_questions() -> None:
    assert write_vqa(case(findings=()), style="single", seed=1) == {"pairs": []}
    assert write_vqa(case(findings=()), style="multi", seed=1) == {"turns": []}


@pytest.mark.parametrize("kind", sorted(table("questions")))
def test_every_kind_of_question_has_twelve_wordings(kind: str) -> None:
    row = table("questions")[kind]
    assert len({form.lower() for form in row["forms"]}) >= 12
    assert all(form.endswith("không?") == bool(row.get("polar")) for form in row["forms"])


def test_a_follow_up_names_the_finding_only_after_it_was_named() -> None:
    for seed in range(10):
        before: set[str] = set()
        for turn in pairs(style="multi", seed=seed):
            if " này " in f" {turn['question'].lower()} " and "hình ảnh này" not in turn["question"].lower():
                assert set(turn["findings"]) <= before, turn
            before = set(turn["findings"])


def test_a_comparison_names_visits_or_patients() -> None:
    small = tuple(f for f in FINDINGS if f.id != "f4")
    visits = write_comparison(case("chest"), case("chest", small), seed=1)
    assert "lần chụp thứ nhất" in visits["differences"].lower()
    assert "17,3" in visits["differences"]
    assert "cả hai lần chụp" in visits["similarities"].lower()
    patients = write_comparison(case("chest"), case("chest", small, patient="2019/b"), seed=1)
    assert "ca a" in patients["differences"].lower()


def test_a_case_compared_with_itself_has_no_differences() -> None:
    same = write_comparison(case("chest"), case("chest"), seed=1)
    assert "Không có điểm khác nhau" in same["differences"]
    assert "vài hạch" in same["similarities"] or "hạch ở rốn phổi trái" in same["similarities"]


@pytest.mark.parametrize("style", ["single", "multi"])
def test_what_the_guard_would_refuse_is_not_handed_in(style: str) -> None:
    report = sectioned_report(
        {
            Section.ABDOMEN_PELVIS: "Hình ảnh dày thành môn vị dạ dày, tăng chuyển hóa FDG (SUVmax: 6), gây hẹp môn vị và "
            "giãn toàn bộ dạ dày. Hình ảnh nốt vôi hóa ở hạ phân thùy VII, không tăng chuyển hóa FDG. "
            "Hình ảnh tăng chuyển hóa FDG lan ở niêm mạc bờ cong lớn dạ dày (SUVmax: 5,1) có thể do viêm."
        }
    )
    case = Case(Study("2020/b/1", "2020/b"), report, "whole")
    for seed in range(6):
        found = write_vqa(case, style=style, seed=seed)["pairs" if style == "single" else "turns"]
        assert {f.id for f in case.findings} == {name for pair in found for name in pair["findings"]}
        assert all(check_answer(report, pair["question"], pair["answer"]).accepted for pair in found)


def test_two_cases_that_differ_are_never_said_to_be_alike() -> None:
    first = Case(
        Study("2020/c/1", "2020/c"), flat_report("Hình ảnh khối mờ, bờ không đều ở thùy trên phổi trái."), "whole"
    )
    second = Case(Study("2020/d/1", "2020/d"), flat_report("Hình ảnh nang ở gan phải, đường kính 9 mm."), "whole")
    for seed in range(6):
        told = write_comparison(first, second, seed=seed)
        assert review_pair(first, second, f"{told['similarities']}\n{told['differences']}").accepted
        assert "khối mờ" in told["differences"]
        assert "nang" in told["differences"]


def test_what_one_sentence_tells_of_two_things_is_told_apart() -> None:
    """Of another writer: a heading in the sentence, a second finding after a comma, uptake before the size."""
    text = (
        "Gan không to, hình ảnh nang gan phải kích thước 12 mm, không tăng chuyển hóa FDG. "
        "Khối u phổi phải tăng mạnh chuyển hóa FDG, kích thước 23 x 15 mm. Bụng: sỏi túi mật 8 mm."
    )
    seen = Case(Study("s", "p"), flat_report(text), "whole")
    answers = {p["answer"] for p in write_vqa(seen, style="single", seed=0, per_finding=True)["pairs"]}
    assert not [a for a in answers if "hông to" in a and "12 mm" in a and "ang ở gan phải" not in a]
    assert any("khối u ở phổi phải" in a and a.count("tăng mạnh chuyển hóa FDG") == 1 for a in answers)
    assert not [a for a in answers if "ụng:" in a]
    assert any("ỏi ở túi mật" in a and "8 mm" in a for a in answers)
