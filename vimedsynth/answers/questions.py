"""What a question is about, and how an answer opens."""

import re
from dataclasses import dataclass
from functools import lru_cache

from vimedsynth.facts import Fact, Item, sentence_facts
from vimedsynth.words import fold

ASKS_HISTORY = re.compile(
    r"so với|trước đây|lần trước|trước đó|thay đổi|tiến triển|diễn biến|mới xuất hiện|đáp ứng|sau điều trị"
)

ASKS_REGION = re.compile(r"vùng nào|bộ phận nào|khảo sát|phạm vi|kỹ thuật|loại hình|phương pháp|cơ quan nào được mô tả")

ONLY = re.compile(r"\bchỉ (?:ghi nhận|có|thấy|phát hiện)\b|\bduy nhất\b")

EXCLUDES = re.compile(
    r"^\s*(?:ngoài|bên cạnh|trừ)\s+(?!ra\b)(.+?),?\s+(?=có\b|còn\b|chưa\b|không\b|thì\b|liệu\b|phát hiện\b|ghi nhận\b|vị trí\b|ở\b.*\bcòn\b)|(?:khác|nào|còn|[,;])\s+(?:ngoài|trừ)\s+([^,?]+)"
)

ANSWER_EXCLUDES = re.compile(
    r"(?:^\s*|[,;]\s*|khác\s+|còn\s+)(?:ngoài|trừ)\s+(?!ra\b|da\b)(.+?)(?=,|\s(?:chưa|không)\b|[.;]|$)"
)

ALONE = re.compile(r"^\s*(?:là\s+|khoảng\s+)?(\d+(?:[.,]\d+)?)\s*\.?\s*$")

HIGHEST = re.compile(r"cao nhất|mạnh nhất")

LEAD = re.compile(r"^\s*(có|không|chưa|đúng|vâng|dạ)\b\s*(?:[,.:;]|$)", re.I)


@dataclass(frozen=True, slots=True)
class Focus:
    """What a question is about: its places and heads, what it leaves out ("ngoài ..."), and whether of an earlier study."""

    items: tuple[Item, ...]
    heads: frozenset[str]
    excluded: tuple[Fact, ...]
    history: bool
    facts: tuple[Fact, ...]
    text: str  # the question, folded


@lru_cache(maxsize=8192)
def focus_of(question: str) -> Focus:
    """Read a question."""
    low = fold(question)
    hit = EXCLUDES.search(low) if any(word in low for word in ("ngoài", "bên cạnh", "trừ")) else None
    excluded: tuple[Fact, ...] = ()
    rest = question
    if hit:
        group = 1 if hit[1] else 2
        excluded = sentence_facts(question[hit.start(group) : hit.end(group)])
        rest = question[: hit.start()] + " " + question[hit.end() :]
    facts = sentence_facts(rest)
    items = tuple(i for f in facts for i in f.items if i.atoms - {"region:body"} or i.side)
    heads = frozenset(h for f in facts for h in f.heads)
    return Focus(items, heads, excluded, bool(ASKS_HISTORY.search(low)), facts, low)


def lead_of(answer: str) -> tuple[str, str]:
    """The yes/no an answer opens with ("có", "không" or "") and the rest."""
    hit = LEAD.match(answer)
    if not hit:
        return "", answer
    word = {"chưa": "không", "đúng": "có", "vâng": "có", "dạ": "có"}.get(hit[1].lower(), hit[1].lower())
    return word, answer[hit.end() :]
