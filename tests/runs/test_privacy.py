"""The privacy screen: Vietnamese forms of people, near-misses from clinical text, counts without words."""

from pathlib import Path

import pytest

from tests.runs.cases import case
from vimedsynth.errors import DataRefused
from vimedsynth.privacy import OFFLINE, TELEMETRY_OFF, redacted, refuse_people, screen, silence
from vimedsynth.reports import Section, sectioned_report
from vimedsynth.samples import Case

REPORTS = Path(__file__).parents[2].parent / "shared" / "data" / "vimed_pet" / "reports.jsonl"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bệnh nhân Nguyễn Văn An", "name"),
        ("BN: Lê Lợi", "name"),
        ("Họ tên: TRẦN THỊ BÍCH", "name"),
        ("bác sĩ Phạm Quỳnh Anh đọc", "name"),
        ("CCCD số 034056001234", "national-id"),
        ("034156001234", "national-id"),
        ("CMND: 012345678", "national-id"),
        ("Sinh năm 1956", "date-of-birth"),
        ("ngày sinh: 12/05/1956", "date-of-birth"),
        ("điện thoại 0912 345 678", "phone"),
        ("gọi +84 24 3826 1234", "phone"),
        ("Mã BN: 2300451", "hospital-number"),
        ("số hồ sơ 23-00451", "hospital-number"),
        ("Địa chỉ: 12 phố Huế", "address"),
        ("phường Bạch Mai", "address"),
        ("BHYT DN 4 01 012 345 6789", "insurance-number"),
        ("an.nguyen@example.org", "email"),
    ],
)
def test_people_are_seen_and_masked(text: str, kind: str) -> None:
    assert kind in {trace.kind for trace in screen(text)}
    assert f"[{kind}]" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hình ảnh khối kích thước 39 x 56 mm, SUVmax: 12,6, ở đốt sống D8-9.",
        "So với PET/CT 5/2017, hạch nhóm 4R, 4L, 7 không thay đổi.",
        "Tăng nhẹ chuyển hóa FDG ở xã hội? Không. Hố Rosenmuller hai bên bình thường.",
        "Cao hơn so với mô lân cận; Lâm sàng đối chiếu. Hà hơi.",
        "Kích thước 14 x 10 x 15,5 cm, đường kính 10 mm, 123456789 tế bào.",
    ],
)
def test_clinical_text_is_not_a_person(text: str) -> None:
    assert screen(text) == ()
    assert redacted(text) == text


def test_the_refusal_counts_and_names_studies_but_tells_nothing() -> None:
    text = sectioned_report({Section.CHEST: "Bệnh nhân Nguyễn Văn An, sinh năm 1956. Nốt phổi."})
    made = Case(case(name="y2023/p1").study, text, "whole")
    with pytest.raises(DataRefused) as refused:
        refuse_people([case(), made], "https://example.org")
    message = str(refused.value)
    assert "name 1" in message
    assert "y2023/p1" in message
    assert "An" not in message.split()
    refuse_people([case()], "https://example.org")


def test_the_switches_are_set_and_an_own_choice_of_going_online_is_kept() -> None:
    environment = {"HF_HUB_OFFLINE": "0", "DO_NOT_TRACK": "0"}
    silence(environment)
    assert environment["HF_HUB_OFFLINE"] == "0"
    assert {name: environment[name] for name in TELEMETRY_OFF} == TELEMETRY_OFF
    assert set(OFFLINE) <= set(environment)


@pytest.mark.skipif(not REPORTS.exists(), reason="the published reports are not part of the repository")
def test_published_reports_name_nobody() -> None:
    from vimedsynth.studies import open_corpus

    refuse_people((Case(study, report, "whole") for study, report in open_corpus(REPORTS).reports()), "anywhere")
