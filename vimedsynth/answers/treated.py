"""What an answer says of earlier treatment: each operation and therapy is held against those that the report names."""

import re
from functools import lru_cache
from typing import NamedTuple

from vimedsynth.answers.advised import Advised
from vimedsynth.answers.matching import LOOSE
from vimedsynth.clauses.drafts import stop_words
from vimedsynth.facts import Item, sentence_facts
from vimedsynth.sources import compatible_sides
from vimedsynth.words import fold, split

RELATIVE = re.compile(
    r",? ?(?:\bnơi )?\bđã (?:được )?(?:phẫu thuật |mổ )?(?:cắt|vét|nạo)\b[^,;.:]*?(?=,| không| chưa|;|\.|$)"
)
"""A place that is told by its operation: "thành ngực trái, nơi đã cắt toàn bộ tuyến vú, ..."."""

_KIND = re.compile(
    r"\b(?:(?P<chemoradiation>hóa xạ trị)|(?P<surgery>(?:phẫu thuật|mổ)(?: cắt)?(?: bỏ)?|cắt(?: bỏ)?(?! lớp))"
    r"|(?P<dissection>nạo vét|vét|nạo)|(?P<chemotherapy>hóa trị|hóa chất)|(?P<radiotherapy>xạ trị)"
    r"|(?P<iodine>i[- ]?131)|(?P<embolisation>tace|nút mạch))\b"
)
_NOT_DONE = re.compile(r"\b(?:trước|chưa|không|đề nghị|nên|cần|chờ|sẽ|sẹo|vết|đường)(?: khi)?(?: được)? ?(?:\w+ )?$")
_ENDS = re.compile(r"[;.:]|\b(?:vì|do|hiện|đang|nay|để|so sánh|nhưng|không|chưa)\b")
_TIMES_AHEAD = re.compile(r"\d+ (?:lần|đợt) $")  # "2 lần TACE"
_EXTENT = frozenset({"toàn", "đoạn", "phần", "tồn", "rộng", "bán", "thùy"})
"""How much was taken away: "toàn bộ", "một phần", "bảo tồn"."""
_COUNTED = re.compile(r"\b(?:năm |hồi )?\d{4}\b|\b\d+ (?:lần|đợt|chu kỳ|tháng)\b|\bvới\b", re.I)
_DIGIT = {"một": "1", "hai": "2", "ba": "3", "bốn": "4", "sáu": "6", "đợt": "lần"}
_TOLD = frozenset(
    split(
        "bệnh nhân người đã được mổ phẫu thuật cắt bỏ vét nạo kèm rồi từng hồi lần đợt truyền hóa chất trị dùng cùng"
        " sau đó vì do bị cộng dồn tổng liều i ung thư dạ"
    )
)
"""Words that tell of a treatment, and say no more than its kind does."""


_DENIED = re.compile(
    r"(?:không(?<!\wkhông)|chưa(?<!\wchưa))(?: từng)?(?: được)?(?= (?:mổ|phẫu thuật|cắt|nạo|vét|xạ trị|hóa trị|hóa xạ trị)\b)"
)


class Treatment(NamedTuple):
    """An operation or a therapy that is over."""

    kind: str
    items: tuple[Item, ...]
    extent: frozenset[str]
    numbers: frozenset[tuple[str, str]]  # with the word behind each


class Treated(Advised):
    """Judges what is said of earlier treatment."""

    def _tells_treatment(self, sentence: str) -> bool:
        """Whether a sentence, where treatment is asked for, is nothing but treatments that the report names."""
        return self._all_given(sentence, None)

    def _all_given(self, text: str, side: str | None) -> bool:
        """Whether a text tells of treatments that the report names, and of nothing else: no other word, number or place."""
        told, low = treatments(text), fold(text)
        if not told or not all(self._given_treatment(t, side) for t in told):
            return False
        if any(_NOT_DONE.search(low[: hit.start()]) for hit in _KIND.finditer(low)):
            return False  # "..., không hóa trị"
        history = [s.text for s in self.source.sentences if treatments(s.text)]
        known = frozenset(w for sentence in history for w in split(sentence))
        places = [i for sentence in history for f in sentence_facts(sentence) for i in f.items]
        numbers = {n for t in told for n, _ in t.numbers} | {"131"}
        words, facts = set(split(text)), sentence_facts(text)
        more = any(f.sizes or f.suvs or f.levels or f.tier not in (None, "definite") or f.advice for f in facts)
        return (
            not more
            and {w for w in words if w.isalpha()} - stop_words() - _TOLD - _DIGIT.keys() <= known
            and {w for w in words if w[0].isdigit()} <= numbers
            and all(_fits_one(i, places) for f in facts for i in f.items if i.atoms)
        )

    def _given_treatment(self, told: Treatment, side: str | None = None) -> bool:
        """Whether the report names this treatment, of that place, as large, as often and when; ``side`` is that of its site."""
        for s in self.source.sentences:
            sides = {i.side for f in sentence_facts(s.text) for i in f.items if i.side}
            if side and sides and not sides & {side, "both"}:
                continue
            if any(_same(told, own) for own in treatments(s.text)):
                return True
        return False

    def _without_treated(self, sentence: str) -> str:
        """``sentence`` without the operation by which a place is told, where the report names it."""
        low = fold(sentence)
        for hit in RELATIVE.finditer(low):
            site = [i.side for f in sentence_facts(sentence[: hit.start()]) for i in f.items]
            if site and self._all_given(low[hit.start() : hit.end()], site[-1]):
                sentence = sentence[: hit.start()] + " " * (hit.end() - hit.start()) + sentence[hit.end() :]
        return sentence

    def _denied_treatments(self) -> None:
        """ "..., nhưng không nạo hạch nách": what is said not to have been done was not."""
        for hit in _DENIED.finditer(self.low):
            if any(self._given_treatment(t) for t in treatments(re.split(r"[,;.]", self.low[hit.end() :])[0])):
                self.object("negation", "the report says that this was done")

    def _denies_treatment(self) -> None:
        """ "Hạch bẹn trái đã nạo chưa?" - "Chưa": where the report says that it was."""
        if any(self._given_treatment(t) for t in treatments(self.focus.about)):
            self.object("negation", "the report says that this was done")


@lru_cache(maxsize=2048)
def treatments(text: str) -> tuple[Treatment, ...]:
    """The treatments that a text says are over; those that are planned or advised are none."""
    low = fold(text)
    hits = list(_KIND.finditer(low))
    out: list[Treatment] = []
    begin = 0
    for k, hit in enumerate(hits):
        end = hits[k + 1].start() if k + 1 < len(hits) else len(low)
        stop = _ENDS.search(low, hit.end(), end) or _TIMES_AHEAD.search(low, hit.end(), end)
        end = stop.start() if stop else end
        before, behind = low[begin : hit.start()], low[hit.end() : end]
        begin = end
        if _NOT_DONE.search(before):
            continue
        items = () if behind.lstrip().startswith(",") else _items(behind)
        if not items and hit.lastgroup in ("surgery", "dissection"):
            items = _items(before)  # "tử cung đã cắt"
        leads = _TIMES_AHEAD.search(before)
        numbers = _numbers(behind) | (_numbers(leads[0]) if leads else set())
        extent = _EXTENT & set(split(behind))
        kinds = ("chemotherapy", "radiotherapy") if hit.lastgroup == "chemoradiation" else (hit.lastgroup or "",)
        out.extend(Treatment(kind, items, frozenset(extent), frozenset(numbers)) for kind in kinds)
    return tuple(out)


def _same(told: Treatment, own: Treatment) -> bool:
    """Whether a treatment that is told is one that is known, and no more than that."""
    as_much = told.kind == own.kind and told.extent <= own.extent and told.numbers <= own.numbers
    return as_much and all(_fits_one(i, list(own.items)) for i in told.items)


def _items(text: str) -> tuple[Item, ...]:
    return tuple(i for f in sentence_facts(_COUNTED.sub("", text).strip()) for i in f.items if i.atoms)


def _numbers(text: str) -> set[tuple[str, str]]:
    """ "ba lần", "8 chu kỳ", "năm 2021": each number with the word behind it, where there is one."""
    words = [_DIGIT.get(token, token) for token in split(text)]
    units = {"lần", "chu", "tháng", "mci", "tuần", "gy"}
    pairs = zip(words, [*words, ""][1:], strict=True)
    return {(n, unit if unit in units else "") for n, unit in pairs if n[0].isdigit() and (unit in units or len(n) > 1)}


def _fits_one(item: Item, places: list[Item]) -> bool:
    """Whether a place is one of those, or contains one."""
    return any(item.atoms - LOOSE <= own.wider and compatible_sides(item.side, own.side) for own in places)
