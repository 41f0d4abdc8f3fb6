"""The statistics page: figures that add up, evidence that is the report's own words, nothing fetched."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import orjson
import pytest
from click.testing import CliRunner

from vimedsynth.cli import cli
from vimedsynth.reports import flat_report
from vimedsynth.samples import content_id, sha256_text
from vimedsynth.stats.cards import cards, marked
from vimedsynth.stats.diversity import diversity
from vimedsynth.stats.entries import entries
from vimedsynth.stats.plots import histogram
from vimedsynth.stats.portrait import portrait

REPORT = (
    "Hình ảnh nốt mờ kích thước 12 x 14 mm ở thùy trên phổi phải, tăng chuyển hóa FDG (SUVmax: 4,2). "
    "Không phát hiện hình ảnh tràn dịch màng phổi hai bên."
)
VOID = {"meta", "link", "br", "input", "img"}


def sample(number: int, *, answer: str = "Nốt mờ có SUVmax 4,2.", split: str = "train") -> dict[str, object]:
    study = f"study-{number}"
    turns = [{"question": "Nốt mờ ở đâu?", "answer": answer, "question_type": "location", "evidence": [[0, 95]]}]
    turns.append(
        {"question": "Có tràn dịch không?", "answer": "Không.", "question_type": "effusion", "evidence": [[96, 149]]}
    )
    provenance = {
        "report_sha256": sha256_text(flat_report(REPORT).text),
        "engine": "grounded",
        "model": "m",
        "prompt": "",
    }
    provenance |= {"prompt_sha256": "", "schema_sha256": "", "seed": 0, "attempt": 1, "created": "2026-11-01T00:00:00Z"}
    row = {"task": "vqa-multi", "study_id": study, "patient_id": study, "region": "chest", "split": split}
    row_id = content_id(study, "chest", "vqa-multi", {"turns": turns})  # type: ignore[arg-type]
    return {"id": row_id, **row, "turns": turns, "claims": [], "image": None, "provenance": provenance}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder of six samples and three rejections."""
    folder = tmp_path / "run"
    folder.mkdir()
    rows = [sample(number, split="test" if number == 5 else "train") for number in range(6)]
    (folder / "samples.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    refused = {"code": "number", "message": "<script>alert(1)</script>", "candidate": {"text": "SUVmax & 9"}}
    (folder / "rejections.jsonl").write_bytes(3 * (orjson.dumps(refused) + b"\n"))
    return folder


class Page(HTMLParser):
    """Checks that tags nest, and keeps what could make a request."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.requests: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        named = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        for name in ("src", "href", "xlink:href", "srcset", "action", "data"):
            value = named.get(name) or ""
            if value and not value.startswith(("#", "data:")):
                self.requests.append(value)
        if tag in {"script", "iframe", "object", "embed"}:
            self.requests.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(*args: str | Path) -> str:
    result = CliRunner().invoke(cli, ["stats", *map(str, args)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return Path(str(args[args.index("-o") + 1])).read_text(encoding="utf-8")


def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "corpus"
    path.mkdir()
    lines = ["study_id,patient_id,report,ct,pet"]
    for number in range(6):
        (path / f"{number}.txt").write_text(REPORT, encoding="utf-8")
        volume = np.zeros((8, 16, 16), dtype=np.int16)
        volume[3, 4, 5] = 900
        np.save(path / f"{number}.npy", volume)
        lines.append(f"study-{number},study-{number},{number}.txt,,{number}.npy")
    (path / "studies.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_the_page_is_whole_and_asks_for_nothing(run: Path, tmp_path: Path) -> None:
    text = page(run, "--against", run, "-o", tmp_path / "report.html", "--corpus", corpus(tmp_path))
    parsed = Page(text)
    assert parsed.open == []
    assert parsed.requests == []
    assert len(parsed.ids) == len(set(parsed.ids))
    assert "@import" not in text
    assert "url(http" not in text
    assert "default-src 'none'" in text


def test_words_from_the_data_are_text_and_never_markup(run: Path, tmp_path: Path) -> None:
    text = page(run, "-o", tmp_path / "report.html")
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "SUVmax &amp; 9" in text


def test_both_languages_are_there(run: Path, tmp_path: Path) -> None:
    text = page(run, "-o", tmp_path / "report.html")
    for words in ("Từ chối theo mã", "Rejections by code", "Mẫu minh họa", "Sample cards"):
        assert words in text
    assert text.count('class="t-vi"') == text.count('class="t-en"')


def test_counts_add_up(run: Path) -> None:
    found = portrait(run, entries(run))
    assert found.rows == 6
    assert found.counts["split"] == {"train": 5, "test": 1}
    assert sum(found.counts["question_type"].values()) == 12 == len(found.values["question_length"])
    assert list(found.values["suv"]) == pytest.approx([4.2] * 6)
    assert found.yes_no == {"effusion": (0, 6)}
    assert found.rejections == {"number": 3}
    assert len(found.examples["number"]) == 2


def test_cards_mark_the_evidence_and_show_the_hottest_slice(run: Path, tmp_path: Path) -> None:
    found = portrait(run, entries(run))
    for card in cards(found.cards, corpus(tmp_path)):
        assert "".join(piece.text for piece in card.report) == flat_report(REPORT).text
        assert [piece.text for piece in card.report if 2 in piece.turns] == [REPORT[96:149]]
        assert [(picture.kind, picture.number) for picture in card.pictures] == [("pet", 3), ("mip", None)]
        assert all(picture.uri.startswith("data:image/png;base64,") for picture in card.pictures)


def test_a_report_that_changed_since_is_not_marked(run: Path, tmp_path: Path) -> None:
    folder = corpus(tmp_path)
    for number in range(6):
        (folder / f"{number}.txt").write_text("Báo cáo khác. " + REPORT, encoding="utf-8")
    assert all(card.report == () for card in cards(portrait(run, entries(run)).cards, folder))


def test_overlapping_evidence_keeps_every_turn_and_every_letter() -> None:
    pieces = marked("phổi phải", [[(0, 4)], [(2, 9), (20, 30)]])
    assert [(piece.text, piece.turns) for piece in pieces] == [("ph", (1,)), ("ổi", (1, 2)), (" phải", (2,))]


def test_diversity_of_one_text_repeated_and_of_different_ones() -> None:
    same, other = diversity(["phổi phải có nốt mờ"] * 10), diversity([f"câu {n} khác hẳn {n * 7}" for n in range(10)])
    assert same.distinct_texts == pytest.approx(0.1)
    assert same.self_bleu == pytest.approx(100)
    assert other.distinct_texts == 1.0
    assert other.self_bleu is not None
    assert other.self_bleu < 60
    assert diversity([]).self_bleu is None


def test_plots_are_the_same_bytes_each_time_and_take_the_ink_of_the_page() -> None:
    first, second = histogram("suv", [[1.0, 2.0, 3.0]]), histogram("suv", [[1.0, 2.0, 3.0]])
    assert first == second
    assert "currentColor" in first
    assert "#010203" not in first
    assert not re.search(r"<(metadata|script|image)\b", first)


def test_an_unfinished_run_and_a_folder_of_nothing_are_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["stats", str(tmp_path), "-o", str(tmp_path / "x.html")])
    assert result.exit_code == 1
    assert "neither a run nor a manifest" in result.stderr
    (tmp_path / "run.json").write_text("{}")
    result = CliRunner().invoke(cli, ["stats", str(tmp_path), "-o", str(tmp_path / "x.html")])
    assert "no samples.jsonl yet" in result.stderr
    assert not (tmp_path / "x.html").exists()
