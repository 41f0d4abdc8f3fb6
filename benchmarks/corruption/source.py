"""A sentence of a report in its surroundings, and the question whether a changed sentence is really false of it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from vimedsynth.reports import Report, Section, Sentence

FINDINGS = tuple(section for section in Section if section is not Section.IMPRESSION)
LARGEST = re.compile(r"^(?:Kích thước )?(?:Khối hạch|Đám hạch|Hạch|Nốt|Khối|Nang|Nhân|Ổ|Đám) lớn nhất", re.I)
ADVICE = re.compile(r"^(?:Cần|Nên|Đối chiếu|Lưu ý|Đề nghị)\b")
SUV = re.compile(r"\(?\s*SUV\s?(?:max|L)?\s*[:;=]?\s*(?:lần lượt là|là)?\s*(\d+(?:[.,]\d+)?)")
SUV_BRACKET = re.compile(r"\s*\((?:[^()]*?;\s*)?SUV[^()]*\)")
DIMS = re.compile(r"\d+(?:,\d+)?(?:\s*x\s*\d+(?:,\d+)?){1,2}(?=\s*[cm]m)")
DIAMETER = re.compile(r"(?<=đường kính )\d+(?:,\d+)?(?=\s*mm)|(?<=dày )\d+(?:,\d+)?(?=\s*mm)")
PRIOR = re.compile(r"\(?so với|không thay đổi|mới xuất hiện|trên hình ảnh PET/CT|PET/CT (?:tháng )?\d")
PHYSIOLOGIC = re.compile(r"theo đặc điểm sinh l[ýí]")
NEGATIVE = re.compile(r"^(?:Chưa|Không) (?:phát hiện|thấy|ghi nhận)|^Không còn")
DENIES = re.compile(r"\b(?:không|chưa) (?:thấy|phát hiện|ghi nhận|có)\b|bình thường", re.I)
POSTOPERATIVE = re.compile(r"phẫu thuật")


@cache
def words() -> dict[str, Any]:
    """The word lists that operators exchange."""
    text = files("benchmarks.corruption").joinpath("words.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@dataclass(frozen=True, slots=True)
class Source:
    """One sentence with its report and its neighbours in the same section."""

    report: Report
    sentence: Sentence
    before: Sentence | None
    after: Sentence | None

    @property
    def text(self) -> str:
        return self.sentence.text

    @property
    def is_finding(self) -> bool:
        """Says what is there (no negative, no physiologic uptake, no advice, nothing about an operation)."""
        out = (NEGATIVE, DENIES, PHYSIOLOGIC, ADVICE, POSTOPERATIVE)
        return not any(pattern.search(self.text) for pattern in out)

    @property
    def advised(self) -> bool:
        """Whether the next sentence is advice about this one."""
        return self.after is not None and ADVICE.match(self.after.text) is not None

    @property
    def now(self) -> str:
        """The part of the sentence before any statement about an earlier study."""
        cut = PRIOR.search(self.text)
        return self.text[: cut.start()] if cut else self.text


def sources(report: Report) -> Iterator[Source]:
    """Every sentence of the report with its neighbours."""
    rows = report.sentences
    for i, sentence in enumerate(rows):
        before = rows[i - 1] if i and rows[i - 1].section is sentence.section else None
        after = rows[i + 1] if i + 1 < len(rows) and rows[i + 1].section is sentence.section else None
        yield Source(report, sentence, before, after)


def replaced(report: Report, changes: dict[int, str]) -> str:
    """The report's text with the sentences of these numbers exchanged; an empty text takes the sentence out."""
    out, at = [], 0
    for sentence in report.sentences:
        if sentence.number in changes:
            out.append(report.text[at : sentence.span.start] + changes[sentence.number])
            at = sentence.span.end
    return re.sub(r"[ ]{2,}", " ", "".join(out) + report.text[at:]).strip()


_NOISE = re.compile(r"\b(?:hình ảnh|có|ở|tại|và|của|là|với|được|khoảng)\b")


@lru_cache(maxsize=20_000)
def tokens(text: str) -> Counter[str]:
    """Folded words and numbers of a sentence, without the words that carry no fact and without SUV brackets."""
    folded = SUV_BRACKET.sub(" ", text).lower().replace("2 bên", "hai bên").replace("tỷ", "tỉ")
    return Counter(re.findall(r"\d+(?:[.,]\d+)?|\w+", _NOISE.sub(" ", folded)))


def overlap(text: str, other: str) -> float:
    """Share of the words of ``text`` that ``other`` has too."""
    own, seen = tokens(text), tokens(other)
    return sum((own & seen).values()) / max(1, sum(own.values()))


_HEAD = re.compile(r"\b(?:hạch|nốt|khối|nang|sỏi|nhân|dải mờ|kính mờ|tràn dịch|dày|đông đặc|tăng chuyển hóa)\b", re.I)


def stated_elsewhere(source: Source, false: str, at_least: float = 0.8) -> bool:
    """Whether another sentence of the report says (nearly) what the changed sentence says: then it is not false.

    Reports contradict themselves and repeat themselves, and a right kidney may look like the left one. A sentence
    without any measure counts as said when another one has a finding of that kind at the changed words.
    """
    others = [s.text for s in source.report.sentences if s.number != source.sentence.number]
    gained = tokens(false) - tokens(source.text)
    if any(overlap(false, other) >= at_least and not gained - tokens(other) for other in others):
        return True
    head = _HEAD.search(false)
    if not gained or head is None or DIMS.search(false) or DIAMETER.search(false) or SUV.search(false):
        return False
    same_kind = (other for other in others if head[0].lower() in other.lower() and not NEGATIVE.match(other))
    return any(not gained - tokens(other) for other in same_kind)


def decimal(value: float, like: str) -> str:
    """``value`` with one decimal, written with the decimal mark of ``like``."""
    return f"{value:.1f}".replace(".", "." if "." in like else ",")
