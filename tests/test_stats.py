"""The statistics page: figures that add up, evidence that is the report's own words, nothing fetched."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.handmade import REPORT, report, write_corpus, write_run
from vimedsynth.cli import cli
from vimedsynth.stats.cards import cards, marked
from vimedsynth.stats.diversity import diversity
from vimedsynth.stats.entries import entries
from vimedsynth.stats.plots import histogram
from vimedsynth.stats.portrait import portrait

VOID = {"meta", "link", "br", "input", "img"}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run folder of six samples and three rejections."""
    return write_run(tmp_path / "run")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The corpus behind it."""
    return write_corpus(tmp_path / "corpus")


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


def test_the_page_is_whole_and_asks_for_nothing(run: Path, corpus: Path, tmp_path: Path) -> None:
    text = page(run, "--against", run, "-o", tmp_path / "report.html", "--corpus", corpus)
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
    assert found.counts["split"] == {"train": 4, "val": 1, "test": 1}
    assert sum(found.counts["question_type"].values()) == 12 == len(found.values["question_length"])
    assert list(found.values["suv"]) == pytest.approx([4.2] * 6)
    assert found.yes_no == {"effusion": (0, 6)}
    assert found.rejections == {"number": 3}
    assert len(found.examples["number"]) == 2


def test_cards_mark_the_evidence_and_show_the_hottest_slice(run: Path, corpus: Path) -> None:
    found = portrait(run, entries(run, corpus))
    for card in cards(found.cards, corpus):
        assert "".join(piece.text for piece in card.report) == report(int(card.entry.study_id[-1]))
        assert [piece.text for piece in card.report if 2 in piece.turns] == [REPORT[96:149]]
        assert [(picture.kind, picture.number) for picture in card.pictures] == [("pet", 3), ("mip", None)]
        assert all(picture.uri.startswith("data:image/png;base64,") for picture in card.pictures)


def test_a_report_that_changed_since_is_not_marked(run: Path, corpus: Path) -> None:
    for number in range(6):
        (corpus / f"{number}.txt").write_text("Báo cáo khác. " + report(number), encoding="utf-8")
    assert all(card.report == () for card in cards(portrait(run, entries(run)).cards, corpus))


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
