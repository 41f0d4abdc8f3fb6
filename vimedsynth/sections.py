"""Where the sections of a flat report begin, told from the sentences that open and close them.

The order never changes: head and neck, chest, abdomen and pelvis, musculoskeletal, impression. The heart line opens the
chest, the physiologic line of the abdominal organs the abdomen, the sentence after the last inguinal line the
musculoskeletal part, and the sentence after its normal line the impression. Where such a line is missing, the body part
that a sentence speaks of decides, and an impression is known by saying an earlier finding again without its SUVmax.
"""

import re
from functools import cache, cached_property, lru_cache

from vimedsynth.lexicon import lexicon, load_json
from vimedsynth.reports import Section, Sentence
from vimedsynth.words import Token, fold, introduced, tokens

PHYSIOLOGIC = r"(?:bắt xạ|tăng chuyển hóa|hấp thu|phân bố).*sinh l[ýí]"
CHEST = re.compile(PHYSIOLOGIC + r".*\b(?:ở |tại )?(?:cơ )?tim\b")
ABDOMEN = re.compile(PHYSIOLOGIC + r".*\b(?:gan|lách|thượng thận|đài bể thận|đài - bể thận|thận)\b")
MSK_NORMAL = re.compile(r"^(?:chưa|không) (?:phát hiện|thấy|ghi nhận).*(?:cơ xương|cơ - xương|hệ xương|hệ thống xương)")
INGUINAL = re.compile(r"\bbẹn\b")
WHOLE_BODY = re.compile(r"(?:vị trí|cơ quan|vùng) khác.*toàn thân|toàn thân")
ADVICE = re.compile(r"^(?:cần|nên|đối chiếu|đề nghị|khuyến)")
SUV = re.compile(r"\bsuv")
NUMBERED = re.compile(r"\W*(?:\d{1,2}|[ivx]{1,4})\W*")
HEADING_TRIM = re.compile(r"^[\W\d_]*(?:[ivx]{1,4}\s*[.)/]\s*)?")
MSK = frozenset({"bone", "musculoskeletal", "muscle", "soft-tissue", "skin", "subcutis"})
OF_BONES = frozenset({"sclerosis", "lysis", "osteophyte", "schmorl", "fracture"})
ABDOMINAL = frozenset({"region:abdomen", "region:pelvis"})
CONTENT_KINDS = frozenset({"organ", "part", "side", "head", "relation", "modifier", "uptake", "pattern"})
CHEST_PARTS = frozenset({"lung", "mediastinum", "pleura", "axilla", "breast", "esophagus", "heart", "pericardium"})


REGION_SECTION = {
    "region:head": Section.HEAD_NECK, "region:neck": Section.HEAD_NECK, "region:head_neck": Section.HEAD_NECK,
    "region:chest": Section.CHEST, "region:abdomen": Section.ABDOMEN_PELVIS, "region:pelvis": Section.ABDOMEN_PELVIS,
    "region:abdomen_pelvis": Section.ABDOMEN_PELVIS,
}  # fmt: skip


@cache
def _headings() -> dict[str, Section]:
    data = load_json("headings.json")
    return {form: section for section in Section for form in data[section.value]}


def _heading(low: str) -> Section | None:
    """The part of a report that a folded sentence opens, when it is or begins with a heading."""
    head, colon, _ = low[:60].partition(":")
    if not colon and len(low) > 40:
        return None
    plain = re.sub(r"\s+", " ", HEADING_TRIM.sub("", head.replace("–", "-"))).strip(" .-")
    return _headings().get(plain.removeprefix("vùng ").removeprefix("hình ảnh "))


class _Line:
    """What one sentence tells of its section; most of it is found only where it is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.low = low = fold(text)
        physiologic = "sinh l" in low
        self.opens_chest = physiologic and CHEST.search(low) is not None
        self.opens_abdomen = physiologic and ABDOMEN.search(low) is not None
        self.normal = MSK_NORMAL.match(low) is not None
        self.inguinal = "bẹn" in low and INGUINAL.search(low) is not None

    @cached_property
    def heading(self) -> Section | None:
        """The part of a report that it opens with its heading."""
        return _heading(self.low)

    @cached_property
    def only_heading(self) -> bool:
        return not self.low.partition(":")[2].strip() and self.heading is not None

    @cached_property
    def toks(self) -> tuple[Token, ...]:
        return tokens(introduced(self.text)[1])

    @cached_property
    def organs(self) -> frozenset[str]:
        return frozenset(t.value for t in self.toks if t.kind == "organ")

    @cached_property
    def wide(self) -> frozenset[str]:
        """The organs with all that they lie in."""
        within = lexicon().within
        return self.organs.union(*(within.get(o, frozenset()) for o in self.organs))

    @cached_property
    def msk(self) -> bool:
        """Whether it speaks of bones, muscles, soft tissue."""
        return bool(self.wide & MSK) or any(t.value in OF_BONES for t in self.toks)

    @cached_property
    def abdominal(self) -> bool:
        """Whether it speaks of the abdomen or pelvis."""
        within = ((o, lexicon().within.get(o, frozenset[str]())) for o in self.organs)
        return any((o in ABDOMINAL or wide & ABDOMINAL) and not wide & MSK for o, wide in within)

    @cached_property
    def content(self) -> frozenset[str]:
        return frozenset(f"{t.kind}:{t.value}" for t in self.toks if t.kind in CONTENT_KINDS)


@lru_cache(maxsize=4096)
def _line(text: str) -> _Line:
    return _Line(text)


def only_heading(text: str) -> bool:
    """Whether a sentence is nothing but a heading ("LỒNG NGỰC:"): it says where the next ones are, and asserts nothing."""
    return _line(text).only_heading


PRELIMINARY = re.compile(
    r"\W*(?:lâm sàng|chỉ định|chẩn đoán lâm sàng|tiền sử|bệnh sử|lý do|kỹ thuật|quy trình|đường huyết|thuốc phóng xạ|liều)\b"
)


def preliminary(sentence: Sentence) -> bool:
    """ "Chỉ định: u phổi phải ...": what is asked of the study, not what it shows."""
    return (
        sentence.number < 8
        and sentence.text[:1] in "LlCcTtBbKkQqĐđ-"
        and bool(PRELIMINARY.match(fold(sentence.text[:30])))
    )


def opened_section(text: str) -> Section | None:
    """The section that a sentence opens with its heading ("Bụng: sỏi túi mật")."""
    return _line(text).heading if ":" in text[:60] else None


@lru_cache(maxsize=4096)
def without_heading(text: str) -> str:
    """A sentence without the heading that it opens with: "Bụng: sỏi túi mật" -> "Sỏi túi mật"."""
    if ":" not in text[:60]:
        return text
    rest = text[text.index(":") + 1 :].strip()
    return rest[:1].upper() + rest[1:] if rest and _line(text).heading is not None else text


def _own_section(line: _Line) -> Section | None:
    """The one section that all organs of a sentence lie in; None for bones and soft tissue, and for more than one."""
    within = lexicon().within
    wide = line.wide.union(*(within.get(o, frozenset()) for o in line.wide))
    found = {REGION_SECTION[place] for place in wide if place in REGION_SECTION}
    return found.pop() if len(found) == 1 and not wide & MSK else None


def _first(told: list[bool], start: int) -> int | None:
    """The first sentence from ``start`` on of which ``told`` is true."""
    return told.index(True, start) if True in told[start:] else None


class _Labels:
    """The boundaries of one flat report."""

    def __init__(self, texts: list[str]) -> None:
        self.lines = [_line(t) for t in texts]
        self.low = [line.low for line in self.lines]
        self.opens_chest = [line.opens_chest for line in self.lines]
        self.opens_abdomen = [line.opens_abdomen for line in self.lines]
        self.normal = [line.normal for line in self.lines]
        self.n = len(texts)

    def labels(self) -> list[Section]:
        headed = self._headed()
        if headed is not None:
            return headed
        chest = self._chest()
        abdomen = self._abdomen(chest)
        msk, impression = self._tail(abdomen)
        cuts = [0, chest, abdomen, msk, impression, self.n]
        out = [s for s, a, b in zip(Section, cuts, cuts[1:], strict=False) for _ in range(max(0, b - a))]
        if True not in self.opens_chest or True not in self.opens_abdomen:
            # Without the lines that open its parts a report may have another order: what a sentence speaks of decides.
            out = [
                s if s is Section.IMPRESSION else _own_section(line) or s
                for s, line in zip(out, self.lines, strict=True)
            ]
        return out

    def _headed(self) -> list[Section] | None:
        """By the headings of a report that has them for two parts or more ("LỒNG NGỰC:", "2. Vùng ngực")."""
        if not any(":" in t or len(t) < 40 for t in self.low):
            return None
        found = [line.heading for line in self.lines]
        if len(set(found) - {None, Section.IMPRESSION}) < 2:
            return None
        out: list[Section] = []
        for i, section in enumerate(found):
            numbered = bool(NUMBERED.fullmatch(self.low[i])) and i + 1 < self.n and found[i + 1] is not None
            out.append(section or (found[i + 1] if numbered else None) or (out[-1] if out else Section.HEAD_NECK))
        return out

    def _chest(self) -> int:
        at = _first(self.opens_chest, 0)
        if at is not None:
            return at
        for i, line in enumerate(self.lines):
            if line.wide & CHEST_PARTS:
                return i
        return 0 if any(line.abdominal for line in self.lines) else self.n

    def _abdomen(self, chest: int) -> int:
        at = _first(self.opens_abdomen, chest + 1 if chest < self.n else chest)
        stop = _first(self.normal, chest)
        if at is not None and (stop is None or at < stop):
            return at
        end = self.n if stop is None else stop
        # No such line: the first sentence that speaks of the abdomen alone.
        for i in range(chest, end):
            line = self.lines[i]
            if line.abdominal and not any("region:chest" in lexicon().within.get(o, frozenset()) for o in line.organs):
                return i
        return end

    def _tail(self, abdomen: int) -> tuple[int, int]:
        normal = _first(self.normal, abdomen)
        inguinal = [i for i in range(abdomen, normal if normal is not None else self.n) if self.lines[i].inguinal]
        if normal is not None:
            return self._msk_before(normal, inguinal, abdomen), self._after_normal(normal)
        groin = self._first_groin(inguinal)
        start = groin + 1 if groin is not None else self._last_abdominal(abdomen)
        while (
            start < self.n
            and (self.lines[start].abdominal or ADVICE.match(self.low[start]))
            and not self.lines[start].msk
            and not self._echo(start)
        ):
            start += 1
        return start, self._impression(start)

    def _after_normal(self, normal: int) -> int:
        """The impression begins after the normal line, or after the musculoskeletal findings that follow it."""
        at = normal + 1
        while at < self.n and self.lines[at].msk and SUV.search(self.low[at]) and not self.lines[at].abdominal:
            at += 1
        return at

    def _first_groin(self, inguinal: list[int]) -> int | None:
        """The last inguinal line of the findings: one in the impression says an earlier one again."""
        own = [i for i in inguinal if not (i != inguinal[0] and self._echo(i))]
        run = own[:1]
        for i in own[1:]:
            if i - run[-1] <= 2:
                run.append(i)
        return run[-1] if run else None

    def _msk_before(self, normal: int, inguinal: list[int], abdomen: int) -> int:
        if inguinal:
            start = inguinal[-1] + 1
            while start < normal and self.lines[start].abdominal and not self.lines[start].msk:
                start += 1
            while start < normal and ADVICE.match(self.low[start]) and start == inguinal[-1] + 1:
                start += 1
            return start
        start = normal
        while (
            start - 1 > abdomen
            and (self.lines[start - 1].msk or ADVICE.match(self.low[start - 1]))
            and not self.lines[start - 1].abdominal
        ):
            start -= 1
        while start < normal and ADVICE.match(self.low[start]):
            start += 1
        return start

    def _last_abdominal(self, abdomen: int) -> int:
        at = abdomen
        while (
            at < self.n and not self._echo(at) and (self.lines[at].abdominal or at == abdomen or not self.lines[at].msk)
        ):
            if WHOLE_BODY.search(self.low[at]):
                break
            at += 1
        return at

    def _impression(self, start: int) -> int:
        at = start
        while at < self.n:
            msk = self.lines[at].msk
            advice = bool(ADVICE.match(self.low[at]))
            if SUV.search(self.low[at]):  # an impression does not give SUVmax
                at += 1
                continue
            if WHOLE_BODY.search(self.low[at]) or self._echo(at):
                return at
            if not msk and not advice and not re.match(r"(?:hạch|nốt|khối) lớn nhất", self.low[at]):
                return at
            at += 1
        return at

    def _echo(self, at: int) -> bool:
        """True when a sentence without SUVmax says an earlier finding again."""
        mine = self.lines[at].content
        plain = self.low[at].rstrip(". ")
        if len(plain) > 20 and any(self.low[j].startswith(plain) for j in range(at)):
            return True
        if SUV.search(self.low[at]) or len(mine) < 3 or self.low[at].startswith(("không phát hiện", "chưa phát hiện")):
            return False
        for j in range(at):
            theirs = self.lines[j].content
            if (
                (
                    len(theirs) >= 3
                    and len(mine & theirs) >= 0.75 * min(len(mine), len(theirs))
                    and len(mine & theirs) >= 3
                )
                and not self.low[j].startswith("tăng nhẹ")
                and "sinh lý" not in self.low[j]
            ):
                return True
        return False


def section_labels(texts: list[str]) -> list[Section]:
    """The section of each sentence of one flat report, in order."""
    return _Labels(texts).labels()
