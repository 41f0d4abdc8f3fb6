"""Findings of a report keep their words, their span and what later sentences say of them."""

import os
import random
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import orjson
from click.testing import CliRunner

from vimedsynth.cli import cli
from vimedsynth.findings import Finding, Polarity, Tier, Uptake, read_findings
from vimedsynth.lesions import FDG, PLACE, SHAPE, SIZE, UPTAKE, official_lesions
from vimedsynth.reports import Section, flat_report
from vimedsynth.wording import SIGNS, SIZE_BEGINS
from vimedsynth.wording import SIZE as MEASURE
from vimedsynth.words import fold

REPORT = (
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não. Hình ảnh nhân giảm tỉ trọng ở thùy phải tuyến giáp có đường kính 11 mm, "
    "tăng nhẹ chuyển hóa FDG (SUVmax: 3,3). Cần đối chiếu với siêu âm và FNA. "
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. Hình ảnh khối mờ bờ tua gai có kích thước 31 x 27 mm ở thùy dưới phổi trái, "
    "nghi ngờ xâm lấn màng phổi thành sau, tăng chuyển hóa FDG (SUVmax: 13,7). Hình ảnh vài hạch ở rốn phổi trái. Hạch lớn "
    "nhất có kích thước 15 x 12 mm, tăng chuyển hóa FDG (SUVmax: 6,1). Hình ảnh vài hạch nách nhỏ ( 10 mm) ở hố nách hai bên, "
    "không tăng chuyển hóa FDG. Hình ảnh bắt xạ theo đặc điểm sinh lý ở gan, lách. Hình ảnh gan trái đã phẫu thuật. Hình ảnh "
    "nang thận phải, kích thước vài mm, không tăng chuyển hóa FDG. Hình ảnh vài hạch bẹn, kích thước 10 mm, không tăng chuyển "
    "hóa FDG ở hố bẹn hai bên. Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở hệ thống cơ xương. Hình ảnh khối mờ bờ "
    "tua gai có kích thước 31 x 27 mm ở thùy dưới phổi trái, tăng chuyển hóa FDG tương ứng với tổn thương ác tính nguyên phát. "
    "Hình ảnh vài hạch ở rốn phổi trái, tăng chuyển hóa FDG khả năng do metastases."
)  # fmt: skip


def by_head(head: str) -> Finding:
    return next(f for f in read_findings(flat_report(REPORT)) if f.head == head and not f.boilerplate)


def test_every_finding_points_at_its_sentence() -> None:
    report = flat_report(REPORT)
    for finding in read_findings(report):
        assert finding.spans
        assert all(span.of(report.text).strip() for span in finding.spans)


def test_words_of_a_mass() -> None:
    mass = by_head("mass")
    assert mass.morphology == "khối mờ bờ tua gai"
    assert mass.place_text == "thùy dưới phổi trái"
    assert [s.text for s in mass.sizes] == ["31 x 27 mm"]
    assert [s.text for s in mass.suvs] == ["13,7"]
    assert [(i.verb, i.certain) for i in mass.invasions] == [("invades", False)]


def test_the_impression_gives_the_reading() -> None:
    mass = by_head("mass")
    assert mass.reading is not None
    assert (mass.reading.tier, mass.reading.text) == (Tier.DEFINITE, "tổn thương ác tính nguyên phát")
    assert mass.impression_spans


def test_the_largest_node_of_the_next_sentence_belongs_to_the_nodes_before() -> None:
    node = next(f for f in read_findings(flat_report(REPORT)) if f.head == "node" and f.section is Section.CHEST)
    assert len(node.spans) == 2
    assert (node.sizes[0].applies_to, node.suvs[0].applies_to) == ("largest", "largest")
    assert node.uptake is Uptake.INCREASED


def test_advice_goes_to_the_finding_before() -> None:
    nodule = by_head("thyroid-nodule")
    assert nodule.recommendation is not None
    assert nodule.recommendation.text == "Cần đối chiếu với siêu âm và FNA"


def test_a_lost_sign_is_a_threshold() -> None:
    node = next(f for f in read_findings(flat_report(REPORT)) if "nách" in f.place_text)
    assert (node.sizes[0].op, node.reactive) == ("<", True)


def test_operated_organ_is_no_lesion() -> None:
    organ = next(f for f in read_findings(flat_report(REPORT)) if f.polarity is Polarity.POSTOPERATIVE)
    assert organ.place_text == "gan trái"
    assert "gan trái" not in [row[PLACE] for row in official_lesions(flat_report(REPORT))]


def test_official_keys() -> None:
    rows = official_lesions(flat_report(REPORT), Section.CHEST)
    assert [(r[SIZE], r[SHAPE], r[FDG]["SUVmax"], r[FDG][UPTAKE]) for r in rows] == [
        ("31 x 27 mm", "khối mờ bờ tua gai", "13,7", "Tăng"),
        ("15 x 12 mm", "vài hạch", "6,1", "Tăng"),
    ]


def test_extract_names_a_bad_row_and_goes_on(tmp_path) -> None:  # type: ignore[no-untyped-def]
    file = tmp_path / "reports.jsonl"
    file.write_bytes(orjson.dumps({"patient_id": "a", "report": REPORT}) + b'\n{"patient_id": "b"}\nnot json\n')
    result = CliRunner().invoke(cli, ["extract", str(file), "--keys", "vimed-pet"])
    assert result.exit_code == 1
    assert f"{file}:2: report is missing; expected a JSON string" in result.stderr
    assert f"{file}:3: not JSON" in result.stderr
    (row,) = [orjson.loads(line) for line in result.stdout.splitlines()]
    assert len(row["lesions"]) == 4


def test_extract_of_a_missing_file_is_wrong_usage(tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert CliRunner().invoke(cli, ["extract", str(tmp_path / "none.jsonl")]).exit_code == 2


def test_an_earlier_study_gives_its_own_sizes_and_suvs_and_no_dates() -> None:
    text = (
        "Hình ảnh hạch rốn phổi phải kích thước 12 x 9 mm, tăng chuyển hóa FDG (SUVmax: 5) "
        "(so với kích thước 20 x 14 mm và SUVmax: 9,2 trên hình ảnh PET/CT 3/2022)."
    )
    (finding,) = read_findings(flat_report(text))
    assert finding.comparison is not None
    assert finding.comparison.prior_suvs == (9.2,)
    assert [s.dims_mm for s in finding.comparison.prior_sizes] == [(20.0, 14.0)]


def test_a_second_place_with_a_size_of_its_own_has_the_form_of_the_first() -> None:
    text = (
        "Hình ảnh nang có đường kính 9 mm ở thận phải và kích thước 21 x 17 mm ở thận trái, không tăng chuyển hóa FDG."
    )
    assert [f.morphology for f in read_findings(flat_report(text))] == ["nang", "nang"]


def test_brackets_that_a_cut_left_open_are_closed() -> None:
    text = (
        "Hình ảnh vài hạch nách phải (chặng 1, 2 - hạch lớn nhất có kích thước 12 x 8 mm), tăng chuyển hóa FDG (SUVmax: 5,1). "
        "Hình ảnh nốt giảm tỉ trọng ở hạ phân thùy III gan, không tăng chuyển hóa FDG khả năng lành tính (nang hoặc u máu)."
    )
    nodes, nodule = read_findings(flat_report(text))
    assert nodes.place_text.endswith("(chặng 1, 2)")
    assert nodule.reading is not None
    assert nodule.reading.phrase == "khả năng lành tính (nang hoặc u máu)"


def test_no_attribute_is_found_without_its_sign() -> None:
    """The signs only save time: a pattern that is found where none of them stands would be passed over."""
    reports = Path(str(files("vimedsynth") / "sample_corpus")).rglob("reports/*.json")
    texts = [fold(path.read_text(encoding="utf-8")) for path in reports]
    pieces = [piece for text in texts for piece in re.split(r"[.,;()]|\s(?=ở|có|và)", text)]
    spoken = ["đk ~ 12 mm", "kt: 14x9 mm", "12 x 14 x 20", "vài mm", "đã cắt bỏ", "so với pet/ct 3/2022", "d 8 mm", "fdg do viêm", "số lượng nhiều", "lan vào trung thất"]  # fmt: skip
    seen = set()
    for piece in {*pieces, *spoken}:
        for pattern, signs in SIGNS.items():
            if pattern.search(f" {piece} "):
                seen.add(pattern)
                assert any(sign in piece for sign in signs), (pattern.pattern[:40], piece)
    assert seen == set(SIGNS)


def test_the_look_at_its_first_word_loses_no_measure() -> None:
    slow, rng = re.compile(MEASURE.pattern.removeprefix(SIZE_BEGINS)), random.Random(0)
    words = ["trên", "đoạn", "thực", "quản", "dày", "nhất", "lớp", "dịch", "thành", "khối", "hạch", "đám", "nốt", "mờ", "ổ", "lớn", "có", "kích", "thước", "đường", "kính", "trục", "ngắn", "dài", "chiều", "cao", "bề", "kt", "đk", "d", "đo", "được", "nhỏ", "to", "lần", "lượt", "là", "dưới", "khoảng", "cỡ", "<", "~", "(", ")", ",", ":", "=", "12", "mm", "cm", "x", "3,5", "và", "vài", "7x8", "gan", "."]  # fmt: skip
    for _ in range(2000):
        text = "".join(rng.choice(words) + rng.choice((" ", " ", "", "  ")) for _ in range(20))
        assert [m.span() for m in MEASURE.finditer(text)] == [m.span() for m in slow.finditer(text)]


def test_the_organ_of_a_place_that_names_two_does_not_go_by_chance(tmp_path: Path) -> None:
    """Python mixes the order of sets anew in each process; "màng phổi trung thất" is the pleura in all of them."""
    file = tmp_path / "reports.jsonl"
    text = "Hình ảnh dày màng phổi trung thất bên phải, tăng chuyển hóa FDG (SUVmax: 4,2)."
    file.write_bytes(orjson.dumps({"patient_id": "p1", "report": text}) + b"\n")
    organs = set()
    for seed in "012345":
        done = subprocess.run(
            [sys.executable, "-m", "vimedsynth", "extract", str(file)],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True,
        )  # fmt: skip
        (finding,) = orjson.loads(done.stdout)["findings"]
        organs.add(finding["places"][0]["organ"])
    assert organs == {"pleura"}


def test_a_sentence_is_read_alike_wherever_it_stands() -> None:
    line = "Hình ảnh nốt mờ có kích thước 12 x 8 mm ở thùy trên phổi phải, tăng chuyển hóa FDG (SUVmax: 3,1)."
    first, second = (
        next(f for f in read_findings(flat_report(text)) if f.head == "nodule")
        for text in (f"Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. {line}", f"Hình ảnh khối ở gan (SUVmax: 7). {line}")
    )
    assert first.spans != second.spans
    assert first._replace(id="", spans=(), section=second.section) == second._replace(id="", spans=())


def test_a_heading_that_opens_a_sentence_is_no_place_of_its_finding() -> None:
    """The guard leaves it out, and so do the findings."""
    (finding,) = read_findings(flat_report("Bụng: Hình ảnh nang gan phải 12 mm, không tăng chuyển hóa FDG."))
    assert [place.organ for place in finding.places] == ["liver"]
    assert finding.morphology == "nang"
    assert finding.spans[0].of("Bụng: Hình ảnh nang gan phải 12 mm, không tăng chuyển hóa FDG.").startswith("Bụng")
    node, *_ = read_findings(
        flat_report("Ngực: Hình ảnh vài hạch ở rốn phổi trái. Hạch lớn nhất có kích thước 15 x 12 mm.")
    )
    assert [(place.organ, place.text) for place in node.places] == [("hilum", "rốn phổi trái")]
    assert [size.text for size in node.sizes] == ["15 x 12 mm"]
