"""What the READMEs say of the guard, they show truly; every file and command they name is there."""

import re
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from vimedsynth.cli import COMMANDS, cli
from vimedsynth.guards import check_answer
from vimedsynth.reports import Report, flat_report
from vimedsynth.sample_corpus import sample_studies

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.vi.md")

ANSWERS = [
    (
        "Tổn thương ở thùy dưới phổi trái có đặc điểm gì?",
        "Nốt mờ bờ tua gai ở hạ phân thùy IX thùy dưới phổi trái, kích thước 2,3 x 1,9 cm, tăng chuyển hóa FDG với SUVmax 8.9.",
        None,
    ),
    ("Nốt mờ bờ tua gai nằm ở đâu?", "Nốt nằm ở hạ phân thùy IX thùy dưới phổi phải.", "side"),
    ("Nốt ở thùy dưới phổi trái có SUVmax bao nhiêu?", "SUVmax của nốt là 4,7.", "number"),
    ("Nốt ở thùy dưới phổi trái có kích thước bao nhiêu?", "Nốt có kích thước 23 x 19 cm.", "unit"),
    (
        "Nốt ở thùy dưới phổi trái có tăng chuyển hóa FDG không?",
        "Có, nốt tăng nhẹ chuyển hóa FDG.",
        "intensity-word",
    ),
    (
        "Hạch rốn phổi trái và dưới carina do nguyên nhân gì?",
        "Các hạch này tăng chuyển hóa FDG do viêm.",
        "certainty-up",
    ),
    (
        "Có hạch ở rốn phổi trái không?",
        "Có một hạch ở rốn phổi trái và dưới carina, tăng chuyển hóa FDG.",
        "count",
    ),
    (
        "Hạch nách hai bên có bất thường không?",
        "Vài hạch nách nhỏ hai bên, không tăng chuyển hóa FDG, gợi ý lành tính.",
        "added-reading",
    ),
    (
        "Nốt ở thùy dưới phổi trái có đặc điểm gì?",
        "Nốt mờ bờ tua gai kích thước 23 x 19 mm, cần sinh thiết.",
        "added-advice",
    ),
    ("Phổi phải có tổn thương gì?", "Có khối 30 mm ở thùy trên phổi phải.", "added-finding"),
]


@pytest.fixture(scope="module")
def report() -> Report:
    study = next(s for s in sample_studies() if s.name == "PETCT2023/THANG 3/day_5_patient_12")
    parts = orjson.loads(study.report())
    return flat_report(" ".join([*parts["Mô tả hình ảnh"].values(), parts["Nhận định kết quả"]]))


@pytest.mark.parametrize(("question", "answer", "code"), ANSWERS, ids=lambda value: str(value)[:24])
def test_the_guard_judges_as_the_readmes_say(report: Report, question: str, answer: str, code: str | None) -> None:
    codes = {objection.code for objection in check_answer(report, question, answer).objections}
    assert code in codes if code else not codes


@pytest.mark.parametrize("name", READMES)
def test_the_examples_of_the_readme_are_these(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("**", "")
    for _, answer, code in ANSWERS:
        row = next(line for line in text.splitlines() if line.startswith("| ") and answer[:24] in line and
                   (code is None or f"`{code}`" in line))  # fmt: skip
        assert answer[-12:-1] in row or "…" in row


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_links_and_commands_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target
    assert set(re.findall(r"^\$ vimedsynth +([a-z]+)", text, re.M)) <= set(COMMANDS)


def _fenced(name: str, language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    assert found, f"{name} shows no {language}"
    return found[1]


@pytest.mark.parametrize("name", READMES)
def test_the_pair_that_is_shown_is_one_that_check_accepts(name: str, tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text(_fenced(name, "json"), "utf-8")
    done = CliRunner().invoke(cli, ["check", str(tmp_path / "pairs.jsonl")])
    assert (done.exit_code, orjson.loads(done.stdout)["accepted"]) == (0, True)


@pytest.mark.parametrize("name", [*READMES, "docs/corpora.md"])
def test_the_table_that_is_shown_is_a_corpus_with_a_split(name: str, tmp_path: Path) -> None:
    shown = _fenced(name, "csv")
    (tmp_path / "studies.csv").write_text(shown, "utf-8")
    row = dict(zip(*(line.split(",") for line in shown.split()), strict=True))
    for kind in ("report", "ct", "pet"):
        (tmp_path / row[kind]).parent.mkdir()
        (tmp_path / row[kind]).write_text("Hình ảnh nốt mờ ở thùy trên phổi trái.", "utf-8")
    done = CliRunner().invoke(cli, ["corpus", str(tmp_path), "--json", "--no-volumes"])
    found = orjson.loads(done.stdout)
    assert (found["layout"], found["studies"]) == ("table", 1)
    assert set(found["splits"]) <= {"train", "val", "test"}
    assert list(found["splits"].values()) == [1]
    assert set(found["problems"]["counts"]) <= {"missing-impression"}
