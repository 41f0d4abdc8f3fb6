"""Every layout gives the same studies; whatever is wrong is named with its file, and the rest goes on."""

import json
import os
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.corpora.trees import IMPRESSION, SECTIONS, archive, archive_row, report_json, volume, write
from vimedsynth.cli import cli
from vimedsynth.encodings import is_mojibake
from vimedsynth.errors import DataRefused
from vimedsynth.reports import Section
from vimedsynth.studies import BadReport, Corpus, open_corpus, read_report


def codes(corpus: Corpus) -> list[tuple[str, str]]:
    return [(problem.code, problem.file) for problem in corpus.problems]


def one_report(tmp_path: Path, text: str | bytes) -> Corpus:
    root = archive(tmp_path / "c", [archive_row(2019, 5, 1, "patient_1"), archive_row(2019, 5, 2, "patient_2")])
    write(root / "PETCT2019/THANG 5/reports/day_1_patient_1.json", text)
    return open_corpus(root)


def test_the_same_number_in_two_years_is_two_patients(tmp_path: Path) -> None:
    rows = [
        archive_row(2017, 8, 1, "patient_0"),
        archive_row(2018, 1, 1, "patient_0"),
        archive_row(2018, 2, 3, "patient_0"),
    ]
    studies = list(open_corpus(archive(tmp_path, rows)).studies)
    assert [s.study_id for s in studies] == [
        "2017/08/day_1_patient_0",
        "2018/01/day_1_patient_0",
        "2018/02/day_3_patient_0",
    ]
    assert [s.patient_id for s in studies] == ["2017/patient_0", "2018/patient_0", "2018/patient_0"]
    assert [(s.year, s.month, s.day, s.split) for s in studies][2] == (2018, 2, 3, "train")


def test_an_archive_without_its_index_gives_the_same_ids(tmp_path: Path) -> None:
    root = archive(tmp_path, [archive_row(2023, 10, 2, "patient_7"), archive_row(2023, 11, 2, "patient_8")])
    with_index = [(s.study_id, s.patient_id, s.split, s.pet_path) for s in open_corpus(root).studies]
    (root / "metadata.csv").unlink()
    assert [(s.study_id, s.patient_id, s.split, s.pet_path) for s in open_corpus(root).studies] == with_index


def test_studies_can_be_read_again(tmp_path: Path) -> None:
    corpus = open_corpus(archive(tmp_path, [archive_row(2019, 5, 1, "patient_1")]))
    assert list(corpus.studies) == list(corpus.studies) != []


VARIANTS = {
    "nfd": lambda text: unicodedata.normalize("NFD", text),
    "bom": lambda text: "\ufeff" + text,
    "crlf": lambda text: text.replace(', "', ',\r\n "'),
    "another dash and case in a key": lambda text: text.replace("Đầu - cổ", "ĐẦU–CỔ"),
    "impression key": lambda text: text.replace("Nhận định kết quả", "Kết luận"),
    "english keys": lambda text: (
        text.replace("Mô tả hình ảnh", "Findings")
        .replace("Nhận định kết quả", "Impression")
        .replace("Lồng ngực", "Chest")
    ),
    "json in a json string": lambda text: json.dumps(text),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_written_forms_of_one_report_are_one_report(tmp_path: Path, name: str) -> None:
    plain = read_report(next(iter(one_report(tmp_path / "a", report_json()).studies)))
    changed = one_report(tmp_path / "b", VARIANTS[name](report_json()))
    assert read_report(next(iter(changed.studies))) == plain
    assert changed.problems == ()
    assert plain.section(Section.IMPRESSION)[0].text == "Nốt đặc ở thùy dưới phổi trái."


REFUSED = {
    "report-empty": ["", "   \n", "{}", '{"Kết luận": " ", "Mô tả hình ảnh": {"Lồng ngực": ""}}'],
    "report-not-json": ['{"Mô tả hình ảnh": ', "Hình ảnh bắt xạ", '{"a": NaN}'],
    "report-not-utf8": ["Nhận định".encode("utf-16"), b'{"a": "\xff"}'],
    "report-not-object": ["[1, 2]", "17", "null"],
    "report-too-large": ['{"a": "' + "x" * 1_000_001 + '"}'],
}


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in REFUSED.items() for text in texts])
def test_a_report_that_cannot_be_used_is_named_and_the_rest_goes_on(tmp_path: Path, code: str, text: str) -> None:
    corpus = one_report(tmp_path, text)
    found = [problem for problem in corpus.problems if problem.excludes]
    assert [(p.code, p.file) for p in found] == [(code, "PETCT2019/THANG 5/reports/day_1_patient_1.json")]
    assert [study.study_id for study, _ in corpus.reports()] == ["2019/05/day_2_patient_2"]
    with pytest.raises(BadReport, match=code):
        read_report(next(iter(corpus.studies)))


WARNED = {
    "missing-impression": report_json(impression=None),
    "missing-findings": json.dumps({"Impression": IMPRESSION}),
    "unknown-section": report_json(**{"Chi dưới": "Không thấy bất thường."}),
    "section-not-text": report_json().replace(json.dumps(SECTIONS["Đầu - cổ"], ensure_ascii=False), "17"),
}


@pytest.mark.parametrize("code", WARNED)
def test_a_report_with_a_gap_is_named_and_used(tmp_path: Path, code: str) -> None:
    corpus = one_report(tmp_path, WARNED[code])
    assert codes(corpus) == [(code, "PETCT2019/THANG 5/reports/day_1_patient_1.json")]
    assert len(list(corpus.reports())) == 2


def test_volumes_and_reports_that_are_not_there_are_named(tmp_path: Path) -> None:
    rows = [archive_row(2019, 5, n, f"patient_{n}") for n in range(1, 5)]
    root = archive(tmp_path, rows[:3])
    (root / rows[0]["pet_path"]).unlink()
    (root / rows[1]["ct_path"]).unlink()
    (root / rows[2]["report_path"]).unlink()
    write(root / rows[3]["report_path"], report_json())
    corpus = open_corpus(root)
    assert codes(corpus) == [
        ("missing-pet", rows[0]["pet_path"]),
        ("missing-ct", rows[1]["ct_path"]),
        ("missing-report", rows[2]["report_path"]),
        ("unlisted-report", rows[3]["report_path"]),
    ]
    assert [s.pet_path is None for s in corpus.studies] == [True, False]


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../out.json", "a/../../out.json", "C:/x.json", "a\\b.json", "~/x", "link/r.json"]
)
def test_a_path_that_leaves_the_corpus_is_refused(tmp_path: Path, path: str) -> None:
    root = archive(tmp_path / "c", [archive_row(2019, 5, 1, "patient_1") | {"report_path": "r.json"}])
    write(tmp_path / "out.json", report_json())
    write(tmp_path / "elsewhere/r.json", report_json())
    os.symlink(tmp_path / "elsewhere", root / "link")
    index = root / "metadata.csv"
    index.write_text(index.read_text(encoding="utf-8").replace(",r.json,", f",{path},"), encoding="utf-8")
    corpus = open_corpus(root)
    assert list(corpus.studies) == []
    assert [(p.code, p.excludes) for p in corpus.problems] == [("unsafe-path", True)]


def test_a_link_that_stays_inside_is_followed(tmp_path: Path) -> None:
    root = archive(tmp_path, [archive_row(2019, 5, 1, "patient_1")])
    report = root / "PETCT2019/THANG 5/reports/day_1_patient_1.json"
    report.rename(root / "kept.json")
    report.symlink_to(root / "kept.json")
    assert open_corpus(root).problems == ()


def test_the_training_layout_joins_regions_into_one_study(tmp_path: Path) -> None:
    month = tmp_path / "PETCT_2019/THANG 5"
    for region, key in (("head_neck", "Đầu - cổ"), ("chest", "Lồng ngực"), ("abdomen_pelvis", "Ổ bụng - khung chậu")):
        write(month / "reports" / region / "day_21_patient_47.txt", SECTIONS[key])
        volume(month / "images" / region / "day_21_patient_47.npy")
        write(month / "paraphrases" / region / "day_21_patient_47.txt", "Một cách viết khác.")
    volume(month / "images/chest/day_22_patient_48.npy")
    corpus = open_corpus(tmp_path)
    (study,) = corpus.studies
    assert (corpus.layout, study.study_id, study.patient_id) == (
        "regions",
        "2019/05/day_21_patient_47",
        "2019/patient_47",
    )
    assert [region for region, _ in study.region_paths] == ["head_neck", "chest", "abdomen_pelvis"]
    assert [s.text for s in read_report(study).section(Section.HEAD_NECK)] == [SECTIONS["Đầu - cổ"]]
    assert codes(corpus) == [
        ("missing-impression", "PETCT_2019/THANG 5/reports/day_21_patient_47.txt"),
        ("missing-report", "PETCT_2019/THANG 5/images/chest/day_22_patient_48.npy"),
    ]


def table(root: Path, *lines: str, header: str = "study_id,patient_id,report,ct,pet,split,year,month") -> Corpus:
    write(root / "studies.csv", "\ufeff" + "\r\n".join([header, *lines]) + "\r\n")
    write(root / "r/a.json", report_json())
    write(root / "r/b.txt", " ".join(SECTIONS.values()))
    return open_corpus(root)


def test_a_table_names_its_studies(tmp_path: Path) -> None:
    corpus = table(tmp_path, "s1,p1,r/a.json,,,val,,", "visits/s2,p1,r/b.txt,,r/none.npz,,2023,11")
    first, second = corpus.studies
    assert (first.study_id, first.patient_id, first.split) == ("s1", "p1", "val")
    assert (second.study_id, second.split, second.pet_path) == ("visits/s2", "test", None)
    assert codes(corpus) == [("missing-pet", "r/none.npz"), ("missing-impression", "r/b.txt")]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("../s,p,r/a.json,,,,,", "bad-study-id"),
        (",p,r/a.json,,,,,", "bad-study-id"),
        ("s1,p,r/a.json,,,,,", "duplicate-study"),
        ("s2,,r/a.json,,,,,", "missing-patient"),
        ("s2,p,,,,,,", "missing-report"),
        ("s2,p,r/zz.json,,,,,", "missing-report"),
        ("s2,p", "bad-row"),
        ("s2,p,r/a.json,,,,,,,more", "bad-row"),
    ],
)
def test_a_bad_row_of_a_table_is_named(tmp_path: Path, line: str, code: str) -> None:
    corpus = table(tmp_path, "s1,p1,r/a.json,,,,,", line)
    assert [problem.code for problem in corpus.problems] == [code]
    assert [study.study_id for study in corpus.studies] == ["s1"]


def test_lines_are_named_by_patient_and_content(tmp_path: Path) -> None:
    texts = [" ".join(SECTIONS.values()) + " " + IMPRESSION, SECTIONS["Lồng ngực"] + " " + IMPRESSION]
    rows = [{"patient_id": "patient_400", "report": text} for text in (*texts, texts[0])]
    path = write(tmp_path / "r.jsonl", "\ufeff" + "\n".join(json.dumps(row) for row in rows) + "\n\n")
    corpus = open_corpus(path)
    first, second = corpus.studies
    assert first.study_id != second.study_id
    assert first.patient_id == second.patient_id == "patient_400"
    assert ("duplicate-study", "r.jsonl:3") in codes(corpus)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("{", "bad-row"),
        ("[]", "bad-row"),
        ('{"patient_id": 7, "report": "a"}', "missing-patient"),
        ('{"patient_id": "p", "report": ""}', "report-empty"),
        ('{"patient_id": "p"}', "report-empty"),
        ('{"patient_id": "../p", "report": "a"}', "bad-study-id"),
        ('{"patient_id": "p", "report": "' + "a" * 4_000_001 + '"}', "line-too-long"),
    ],
)
def test_a_bad_line_is_named_and_the_next_one_read(tmp_path: Path, line: str, code: str) -> None:
    good = json.dumps({"patient_id": "p", "report": report_json()})
    corpus = open_corpus(write(tmp_path / "r.jsonl", f"{line}\n{good}\n"))
    assert [(problem.code, problem.file) for problem in corpus.problems] == [(code, "r.jsonl:1")]
    assert [study.source for study in corpus.studies] == ["r.jsonl:2"]


@pytest.mark.parametrize("make", [lambda path: None, lambda path: path.mkdir(), lambda path: path.write_text("x")])
def test_what_is_no_corpus_is_refused_with_what_was_expected(tmp_path: Path, make: object) -> None:
    make(tmp_path / "nothing")  # type: ignore[operator]
    with pytest.raises(DataRefused, match="expected"):
        open_corpus(tmp_path / "nothing")


@pytest.mark.parametrize("data", [b"name\xff\n", b"name,sex\na,b\n", b""])
def test_an_index_that_cannot_be_read_is_refused_with_its_name(tmp_path: Path, data: bytes) -> None:
    write(tmp_path / "metadata.csv", data)
    with pytest.raises(DataRefused, match=r"metadata\.csv"):
        list(open_corpus(tmp_path).studies)


@pytest.mark.parametrize("times", [1, 2, 20, 200])
def test_a_report_in_the_place_of_its_path_is_named_by_line_and_never_shown(tmp_path: Path, times: int) -> None:
    text = SECTIONS["Lồng ngực"] * times
    write(tmp_path / "c/studies.csv", f'study_id,patient_id,report\ns1,p1,"{text}"\ns2,p2,r/b.json\n')
    write(tmp_path / "c/r/b.json", report_json())
    (problem,) = open_corpus(tmp_path / "c").problems
    assert (problem.code, problem.file, problem.excludes) == ("missing-report", "studies.csv:2", True)
    assert "report is no path of a file" in problem.message
    for command in (["corpus"], ["vqa", "-o", str(tmp_path / "run")]):
        done = CliRunner().invoke(cli, [command[0], str(tmp_path / "c"), *command[1:]])
        assert done.exit_code == 0, done.output
        assert "bắt xạ" not in done.output
        assert "nốt đặc" not in done.output


def test_a_text_in_the_place_of_a_scan_or_of_an_unsafe_path_is_not_shown(tmp_path: Path) -> None:
    text = SECTIONS["Lồng ngực"]
    write(tmp_path / "c/studies.csv", f'study_id,patient_id,report,ct\ns1,p1,r/b.json,"{text}"\ns2,p2,"../{text}",\n')
    write(tmp_path / "c/r/b.json", report_json())
    problems = open_corpus(tmp_path / "c").problems
    assert [problem.code for problem in problems] == ["missing-ct", "missing-report"]
    assert not [p for p in problems if "tim" in p.message + p.file]


def lines_corpus(tmp_path: Path, *rows: dict[str, object]) -> Corpus:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return open_corpus(write(tmp_path / "reports.jsonl", text))


def test_the_same_study_id_with_another_report_is_not_called_the_same_report(tmp_path: Path) -> None:
    first, second = (f"Hình ảnh nốt đường kính {n} mm ở phổi trái." for n in (8, 9))
    one = {"study_id": "s", "patient_id": "p", "report": first}
    for other in ({**one, "report": second}, {**one, "patient_id": "q"}):
        (problem,) = [p for p in lines_corpus(tmp_path, one, other).problems if p.code == "duplicate-study"]
        assert "another patient or report" in problem.message
        assert "same report" not in problem.message
    (problem,) = [p for p in lines_corpus(tmp_path, one, one).problems if p.code == "duplicate-study"]
    assert "the same patient with the same report" in problem.message


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
@pytest.mark.parametrize("text", [*SECTIONS.values(), IMPRESSION])
def test_a_report_in_shattered_letters_is_named(tmp_path: Path, text: str, wrong: str) -> None:
    shattered = "".join(
        bytes([byte]).decode(wrong, errors="ignore") or bytes([byte]).decode("latin-1") for byte in text.encode("utf-8")
    )
    corpus = lines_corpus(tmp_path, {"patient_id": "p", "report": shattered}, {"patient_id": "q", "report": text})
    assert [p.code for p in corpus.problems if p.excludes] == ["report-mojibake"]
    assert [study.patient_id for study, _ in corpus.reports()] == ["q"]


@pytest.mark.parametrize(
    "text",
    ["ĐÃ “CŨ” ĐÃ” rồi, “ĐÔ” và “ÁÂ”.", "Nốt ở phổi, café, naïve, 37 °C ± 2 µm.", "BỆNH LÝ Ã Ã Ã Ă Â Á » º ¡", "ÁÀẢÃẠ"],
)
def test_vietnamese_with_odd_marks_is_no_mojibake(text: str) -> None:
    assert not is_mojibake(text)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("study_id;patient_id;report", "cells are to be separated by commas"),
        ("Study_ID,patient_id,report", "found Study_ID, patient_id, report"),
        ("study_id,patient_id,report,report", "the column report stands there twice"),
    ],
)
def test_a_header_that_does_not_fit_is_told_with_what_was_found(tmp_path: Path, header: str, told: str) -> None:
    write(tmp_path / "studies.csv", f"{header}\na,b,c,d\n")
    done = CliRunner().invoke(cli, ["corpus", str(tmp_path)])
    assert done.exit_code == 1
    assert told in done.output


def test_a_year_that_is_no_number_is_named_and_the_study_stays(tmp_path: Path) -> None:
    write(tmp_path / "studies.csv", "study_id,patient_id,report,year,height\ns,p,r/a.json,abc,1m60\nt,q,r/a.json,,\n")
    write(tmp_path / "r/a.json", report_json())
    corpus = open_corpus(tmp_path)
    assert [(p.code, p.file, p.message.split(";")[0]) for p in corpus.problems] == [
        ("bad-number", "studies.csv:2", "year 'abc'"),
        ("bad-number", "studies.csv:2", "height '1m60'"),
    ]
    assert len(list(corpus.studies)) == 2


@pytest.mark.parametrize(
    ("encoding", "told"), [("utf-16", "looks like UTF-16"), ("utf-16-be", "looks like UTF-16"), ("cp1258", "byte 0x")]
)
def test_lines_in_another_encoding_are_called_that(tmp_path: Path, encoding: str, told: str) -> None:
    rows = '{"patient_id": "p", "report": "Hình ảnh ở phổi"}\n' * 2
    data = (
        unicodedata.normalize("NFD", rows).encode("cp1258", "ignore") if encoding == "cp1258" else rows.encode(encoding)
    )
    write(tmp_path / "reports.jsonl", data)
    said = str(tmp_path / "reports.jsonl")
    for command in (["corpus", said], ["vqa", said, "-o", str(tmp_path / "run")], ["extract", said]):
        done = CliRunner().invoke(cli, command)
        assert done.exit_code == 1
        assert "not UTF-8" in done.output
        assert told in done.output
        assert "{'" not in done.output
