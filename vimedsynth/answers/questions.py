"""What a question is about, and how an answer opens."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from vimedsynth.facts import Fact, Item, sentence_facts
from vimedsynth.pointing import REST
from vimedsynth.words import fold

ASKS_HISTORY = re.compile(
    r"so với|trước đây|lần trước|trước đó|trước và nay|thay đổi|tiến triển|thuyên giảm|diễn biến|mới xuất hiện|đáp ứng"
    r"|sau điều trị|nhỏ (?:lại|đi)|to lên|lớn lên|(?:giảm|tăng) bao nhiêu|\bhiện\b|\bcòn không\b|\b(?:là|thương|nốt|hạch|ổ|khối) mới\b"
)

ASKS_TREATED = re.compile(
    r"đã (?:được )?(?:điều trị|can thiệp|phẫu thuật|mổ|xử trí|cắt|nạo|vét)|tiền sử|tiền căn|(?:điều trị|can thiệp|phẫu thuật) (?:những )?gì"
)
ASKS_ADVICE = re.compile(r"đề nghị|khuyên|khuyến|làm thêm|khảo sát thêm|thăm dò|bước tiếp|cần làm|xét nghiệm gì")

ASKS_REGION = re.compile(r"vùng nào|bộ phận nào|khảo sát|phạm vi|kỹ thuật|loại hình|phương pháp|cơ quan nào được mô tả")

ONLY = re.compile(r"^\s*chỉ (?!số)|\bchỉ (?:ghi nhận|có|thấy|phát hiện)\b|\bduy nhất\b")

EXCLUDES = re.compile(
    r"^\s*(?:ngoài|bên cạnh|ngoại trừ|trừ)\s+(?!ra\b)(.+?),?\s+(?=có\b|còn\b|chưa\b|không\b|thì\b|liệu\b|phát hiện\b|ghi nhận\b|vị trí\b|ở\b.*\bcòn\b)|(?:khác|nào|còn|[,;])\s+(?:ngoài|trừ)\s+([^,?]+)"
)

ANSWER_EXCLUDES = re.compile(
    r"(?:^\s*|[,;]\s*|khác\s+|còn\s+)(?:ngoài|ngoại trừ|trừ)\s+(?!ra\b|da\b)(.+?)(?=,|\s(?:chưa|không)\b|[.;]|$)"
)

ALONE = re.compile(r"^\s*(?:là\s+|khoảng\s+)?(\d+(?:[.,]\d+)?)\s*\.?\s*$", re.I)

NUMBERED = re.compile(r"\W*\d{1,2}\W*")

EACH = re.compile(
    r"\bnào cũng\b|\bđều (?:có )?(?:kích thước|đường kính|đo|dài|dày|khoảng|suv)|\bmỗi (?:hạch|nốt|nang|khối|ổ)\b"
    r"|\bcùng (?:cỡ|kích thước|đường kính|suv)|\bbằng nhau\b"
)

EVERY = re.compile(r"(?<!không )(?<!chưa )(?<!đồng )\b(?:đều|tất cả|toàn bộ|mọi|cái nào cũng|nào cũng)\b")

HIGHEST = re.compile(r"cao nhất|mạnh nhất")

BARE_DENIAL = re.compile(r"\s*(?:dạ,? )?(?:không|chưa) (?:ghi nhận|thấy|phát hiện|có)(?: gì)?\s*\.?\s*", re.I)

LEAD = re.compile(r"^\s*(có|không|chưa|đúng|vâng|dạ)\b\s*(?:[,.:;]|$)", re.I)


@dataclass(frozen=True)
class Focus:
    """What a question is about: its places and heads, what it leaves out ("ngoài ..."), and whether of an earlier study.

    It is read when an answer leans on it: most answers are sentences that name their finding themselves.
    """

    text: str  # folded
    about: str  # the question without what it leaves out
    excluded: tuple[Fact, ...]
    advice: bool  # it asks for what is advised
    treatment: bool  # it asks for what was done before

    @cached_property
    def history(self) -> bool:
        """Whether it asks for a change since an earlier study."""
        return bool(ASKS_HISTORY.search(self.text))

    @cached_property
    def facts(self) -> tuple[Fact, ...]:
        """What it asserts or asks."""
        return sentence_facts(self.about)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Its places."""
        return tuple(i for f in self.facts for i in f.items if i.atoms - {"region:body"} or i.side)

    @cached_property
    def heads(self) -> frozenset[str]:
        """Its forms."""
        heads = frozenset(h for f in self.facts for h in f.heads)
        return heads - {"enlargement"} if " hơn" in self.text else heads  # "hạch nào lớn hơn?"

    @property
    def rest(self) -> bool:
        """Whether it asks for the others of several: "Các nốt còn lại to bao nhiêu?"."""
        named = "khác" in self.text or "còn lại" in self.text
        return named and any(REST in f.points for f in self.facts)


@lru_cache(maxsize=2048)
def focus_of(question: str) -> Focus:
    """A question, to be read when needed."""
    low = fold(question)
    hit = EXCLUDES.search(low) if any(word in low for word in ("ngoài", "bên cạnh", "trừ")) else None
    about, excluded = _apart(question, low, hit) if hit else (question, ())
    treated = ("đã " in low or " gì" in low or "tiền " in low) and bool(ASKS_TREATED.search(low))
    return Focus(low, about, excluded, bool(ASKS_ADVICE.search(low)), treated)


def _apart(question: str, low: str, hit: re.Match[str]) -> tuple[str, tuple[Fact, ...]]:
    """The question without what it leaves out, and that."""
    group = 1 if hit[1] else 2
    start, end = hit.start(group), hit.end(group)
    comma = low.rfind(", ", start, end)
    subject = ""
    # "Ngoài L2, xương còn ...?": what stands after the comma is asked about; "Ngoài gan, lách và tụy còn ...?" is a list
    if group == 1 and comma > 0 and low[end] != "," and " và " not in low[comma:end]:
        subject, end = question[comma + 1 : end], comma
    return f"{question[: hit.start()]} {subject} {question[hit.end() :]}", sentence_facts(question[start:end])


def lead_of(answer: str) -> tuple[str, str]:
    """The yes/no an answer opens with ("có", "không" or "") and the rest."""
    if answer.lstrip()[:1].lower() not in "ckđvd":  # a cheap look before the patterns
        return "", answer
    if len(answer) < 40 and BARE_DENIAL.fullmatch(answer):
        return "không", ""
    hit = LEAD.match(answer)
    if not hit:
        return "", answer
    word = {"chưa": "không", "đúng": "có", "vâng": "có", "dạ": "có"}.get(hit[1].lower(), hit[1].lower())
    return word, answer[hit.end() :]
