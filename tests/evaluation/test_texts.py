"""Text metrics: figures worked out by hand, Vietnamese letters kept, boilerplate apart."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from vimedsynth.cli import cli
from vimedsynth.evaluation.boilerplate import is_boilerplate, split_boilerplate
from vimedsynth.evaluation.texts import Pair, report_texts, score_pairs
from vimedsynth.evaluation.tokenizers import LOADER_BY_NAME, RougeTokens, load_tokenizer, syllables

HEART = "Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim."
NODULE = "Hình ảnh nốt mờ có kích thước 21 x 17 mm ở thùy dưới phổi trái, tăng chuyển hóa FDG (SUVmax: 6,4)."


@pytest.mark.parametrize("name", LOADER_BY_NAME)
def test_tokenizers_lose_no_letter(name: str) -> None:
    tokens = load_tokenizer(name)(NODULE)
    assert "".join(tokens).replace("_", "") == NODULE.replace(" ", "")
    assert "6,4" in tokens


@pytest.mark.parametrize("name", ["underthesea", "pyvi"])
def test_word_tokenizers_join_the_syllables_of_a_word(name: str) -> None:
    assert "kích_thước" in load_tokenizer(name)(NODULE)


def test_nfd_text_has_the_same_tokens() -> None:
    import unicodedata

    assert syllables(unicodedata.normalize("NFD", NODULE)) == syllables(NODULE)


def test_rouge_words_are_lower_case_without_punctuation() -> None:
    assert RougeTokens(syllables).tokenize("Hạch (SUVmax: 6,4).") == ["hạch", "suvmax", "6,4"]


def test_equal_texts_score_100() -> None:
    scores = score_pairs([Pair(NODULE, NODULE)], syllables)
    assert (scores.bleu4, scores.rouge1, scores.rouge_l) == (100.0, 100.0, 100.0)


def test_figures_worked_out_by_hand() -> None:
    # reference a b c d e f, generated a b c d f e: 4 of the 6 tokens in order + one of e/f = LCS 5.
    # n-grams found: 6/6, 3/5 (ab bc cd), 2/4 (abc bcd), 1/3 (abcd); (1 * .6 * .5 * .3333) ** .25 = 0.5623.
    scores = score_pairs([Pair("a b c d f e", "a b c d e f")], syllables)
    assert scores.rouge1 == 100.0
    assert scores.rouge_l == pytest.approx(100 * 5 / 6, abs=0.01)
    assert scores.bleu4 == pytest.approx(56.23, abs=0.01)


def test_a_lost_diacritic_is_a_lost_word() -> None:
    assert score_pairs([Pair("phoi phai", "phổi phải")], syllables).rouge1 == 0.0


@pytest.mark.parametrize(
    "sentence",
    [
        HEART,
        "Tăng nhẹ chuyển hoá FDG ở amydal, rìa lưỡi 2 bên theo đặc điểm sinh lí.",
        "Không phát hiện hình ảnh tràn dịch màng phổi hai bên và tràn dịch màng tim.",
        "Hình ảnh vài hạch bẹn, kích thước 10mm, không tăng chuyển hóa FDG ở hố bẹn hai bên.",
        "Hình ảnh vài hạch nách nhỏ ( 10 mm) ở hố nách hai bên, không tăng chuyển hóa FDG.",
        "Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở hệ thống cơ xương.",
    ],
)
def test_standard_sentences_are_boilerplate(sentence: str) -> None:
    assert is_boilerplate(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        NODULE,
        "Hình ảnh vài hạch bẹn, kích thước 12 x 8 mm, tăng chuyển hóa FDG (SUVmax: 4,1) ở hố bẹn hai bên.",
        "Hình ảnh vài hạch bẹn, kích thước 12 x 18 mm, tăng nhẹ chuyển hóa FDG ở hố bẹn phải.",
        "Hình ảnh tràn dịch màng phổi phải, lớp dịch dày 20 mm.",
        "Chưa phát hiện hình ảnh tăng chuyển hóa FDG khu trú do tái phát tại thành ngực phải.",
        "Hình ảnh nang gan phải, đường kính 12 mm, không tăng chuyển hóa FDG.",
    ],
)
def test_sentences_about_disease_are_not(sentence: str) -> None:
    assert not is_boilerplate(sentence)


def test_boilerplate_alone_says_nothing_about_disease() -> None:
    report = report_texts([Pair(HEART, f"{HEART} {NODULE}")], syllables)
    assert report.boilerplate is not None
    assert report.boilerplate.bleu4 == 100.0
    assert report.disease is not None
    assert report.disease.rouge1 == 0.0
    assert split_boilerplate(f"{HEART} {NODULE}").disease == NODULE


def test_regions_come_from_the_row_or_from_the_text() -> None:
    named = report_texts([Pair(NODULE, NODULE, "chest"), Pair("a b", "c d", "head_neck")], syllables)
    assert {name: scores.rouge1 for name, scores in named.regions.items()} == {"chest": 100.0, "head_neck": 0.0}
    brain = "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não."
    split = report_texts([Pair(f"{brain} {HEART}", f"{brain} {HEART} {NODULE}")], syllables)
    assert split.regions["head_neck"].rouge1 == 100.0
    assert split.regions["chest"].rouge1 < 100.0


def _run(path: Path, *more: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["evaluate", str(path), "--tokenizer", "syllable", *more])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize("name", ["pairs.json", "pairs.jsonl"])
def test_the_command_reads_json_and_json_lines(tmp_path: Path, name: str) -> None:
    rows = [{"generated": NODULE, "ground_truth": NODULE}, {"generated": HEART, "ground_truth": HEART}]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    path = tmp_path / name
    path.write_text(lines if name.endswith("l") else json.dumps(rows), encoding="utf-8-sig")
    code, stdout, _ = _run(path, "--json")
    assert code == 0
    assert json.loads(stdout)["overall"] == {"pairs": 2, "BLEU-4": 100.0, "ROUGE-1": 100.0, "ROUGE-L": 100.0}
    assert "without boilerplate" in _run(path)[1]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "holds no pairs"),
        (b'{"generated": "a"}', "row 1: 'ground_truth'"),
        (b'{"generated": "a", "ground_truth": "b"}\n{', "line 2"),
        (b"[1]", "row 1"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, body: bytes, says: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(body)
    code, stdout, stderr = _run(path)
    assert (code, stdout) == (1, "")
    assert says in stderr
    assert "pairs.jsonl" in stderr


def test_clinical_options_on_a_text_file_are_wrong_usage(tmp_path: Path) -> None:
    path = tmp_path / "pairs.json"
    path.write_text("[]", encoding="utf-8")
    assert _run(path, "--protocol", "vimed-pet")[0] == 2


@pytest.mark.skipif(find_spec("bert_score") is not None, reason="bert-score is installed here: nothing is missing")
def test_a_missing_extra_says_how_to_install_it(tmp_path: Path) -> None:
    path = tmp_path / "pairs.json"
    path.write_text(json.dumps([{"generated": "a", "ground_truth": "a"}]), encoding="utf-8")
    code, _, stderr = _run(path, "--bertscore", "nowhere")
    assert code == 2
    assert "vimedsynth[bertscore]" in stderr
