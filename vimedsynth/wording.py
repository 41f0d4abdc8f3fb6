"""The words of one finding: its sentence cut into attributes; what is left is its form and its place."""

import re
from dataclasses import dataclass
from functools import lru_cache

from vimedsynth.words import Token, fold, tokens

GRADE = r"(?: nhẹ| mạnh| rõ| ít)?"
PATTERN = r"(?:[, ]+(?:lan tỏa|khu trú|không đều|không đồng đều|không đặc hiệu|không đối xứng|đối xứng|dạng viền|ngoại vi|bất thường))*"
UPTAKE = re.compile(
    rf"(?:không |chưa )(?:bắt xạ|hấp thu|bắt)(?: fdg)?|(?:hấp thu|bắt) fdg(?: nhẹ| mạnh| lan tỏa| rõ)+|"
    rf"(?:không còn |không |chưa |hơi )?(?:có |thấy |kèm |ghi nhận )?(?:tăng|giảm|cao){GRADE}{PATTERN} (?:chuyển hóa|bắt xạ|bắt|hấp thu|hấp thụ)(?: trên)?(?: fdg| glucose)?{GRADE}{PATTERN}"
)
SUV = re.compile(
    r"[(/]?\s*(?:với )?suv\s?(?:max|l)?\s?(?:[:;=]|lần lượt là|khoảng|là|đạt|đo được|cao nhất| )*\s*\d+(?:[.,]\d+)?(?: và \d+(?:[.,]\d+)?)?\s*\)?"
)
NUMBER = r"\d+(?:[.,]\d+)?"
HEADS = r"(?:khối hạch|đám hạch|nốt mờ|nốt vôi hóa|hạch|nốt|khối|nang|ổ|đám)"
LENGTHS = rf"{NUMBER}(?:\s*x\s*{NUMBER})*\s?(?:mm|cm)|{NUMBER}(?:\s*x\s*{NUMBER})+|vài mm"
SIZE_BEGINS = (
    r"(?=[(\s,]*+(?:[\d:=~<]|d[\s=~:]*\d|trên đ|đo|lớp d|dịch|thành d|khối|đám|nốt|hạch|nang|ổ|có|kích|đường|trục|chiều|bề d"
    r"|[kđ][tk]|dày|dài|nhỏ|to|lớn|lần|là|dưới|khoảng|chừng|cỡ|vài))"
)
"""The first word of all that can stand before a length: with it a text is left at once wherever none does."""
SIZE = re.compile(
    SIZE_BEGINS
    + rf"\(?\s*(?:,\s*)?(?:(?:trên )?đoạn thực quản\s|đoạn dày nhất\s|đoạn\s|lớp dịch\s|dịch\s|thành (?=dày \d))?(?:{HEADS}\s+lớn nhất\s*)?(?:có\s)?"
    rf"(?:kích thước|đường kính|trục ngắn|trục dài|chiều (?:cao|dày|dài|ngang)|bề dày|\b(?:kt|đk|d)(?=[\s=~:]*\d)|đo được|đo(?= \d)|dày(?= \d)|dài(?= \d))?(?:\s{HEADS}\s+lớn nhất)?(?:\scó)?(?:\skích thước|\sđường kính)?(?:\s(?:nhỏ|to|lớn)(?=[ (<]*\d))?(?:\slần lượt là|\slà)?"
    rf"[\s:=~]*\(?\s*(?:(?:dưới|khoảng|chừng|cỡ|<|~)\s*)?(?:{LENGTHS})(?:\s(?:và|x)\s(?:{LENGTHS}))?\s*\)?"
)
AMOUNT = re.compile(r"\s(?:mức độ|số lượng) (?:nhẹ|ít|vừa|nhiều|lớn|trung bình)")
OPERATED = re.compile(r"\s(?:đã |được |đã được )(?:phẫu thuật|cắt bỏ|cắt|mổ).*$")
OPENING = re.compile(
    r"^(?:(?:không|chưa) (?:phát hiện|thấy|ghi nhận|có)(?: thấy)?\s+|không còn\s+)?(?:hình ảnh|hinh ảnh|hình anh|có hình ảnh|có|ghi nhận|hình)\s+"
    r"|^(?:không|chưa) (?:phát hiện|thấy|ghi nhận|có)(?: thấy)?\s+|^không còn\s+",
    re.I,
)
JOINTS = ("và", "hoặc", "với", "vài", "nhiều", "một", "hai")
CLOSING = re.compile(r"[\s,]*\b(?:và|hoặc|với)(?:\s+(?:vài|nhiều|một|hai))?\s*$", re.I)
PLACE_FIRST = re.compile(
    r"^\W*(?:ở |tại |trên )?([^:,;]{2,60}?)(:\s+|,?\s(?:có|thấy|ghi nhận|cho thấy|xuất hiện)\s(?:thấy |hình ảnh )*)",
    re.I,
)
SAID_OF_PLACE = (":", "có", "thấy", "ghi nhận", "xuất hiện")
PREPOSITION = re.compile(r"\s(?:ở|tại)\s")
OPEN_STATION = re.compile(r"\((?:nhóm|chặng|trạm)\b[^()]*$")
EMPTY_BRACKETS = re.compile(r"\(\s*,?\s*\)")
COMMAS = re.compile(r"(?:\s*,)+\s*")
SPACES = re.compile(r"\s+")
STATION = re.compile(r"\b(?:nhóm|hạ phân thùy|hpt)\b")
TRIM = " .,;:/()-"


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one finding, cut from its sentence."""

    morphology: str
    place: str
    uptake: str
    reading: str
    comparison: str
    invasions: tuple[str, ...]


def _cut(text: str, low: str, kind: tuple[re.Pattern[str], tuple[str, ...]]) -> tuple[str, str, list[str]]:
    """``text`` and its folded twin without the matches, and the matches."""
    pattern, signs = kind
    if not any(map(low.__contains__, signs)):
        return text, low, []
    hits = [m.span() for m in pattern.finditer(low)]
    if not hits:
        return text, low, []
    keep = list(zip([0, *(b for _, b in hits)], [*(a for a, _ in hits), len(text)], strict=True))
    found = [text[a:b] for a, b in hits]
    return " , ".join([text[a:b] for a, b in keep]), " , ".join([low[a:b] for a, b in keep]), found


PRIOR = re.compile(
    r"(?:[(;/]\s*)?(?:không thay đổi[^()]*?|giảm[^(),]*?|tăng về[^(),]*?|mới xuất hiện\s*)?so với (?=[^)]*(?:pet|ct|chụp|kết quả|tháng|suv|\d))[^)]*\)?"
)
READING = re.compile(
    r"(?:nhiều khả năng|khả năng|có thể|tương ứng|phù hợp|chưa loại trừ|nghĩ nhiều|theo đặc điểm|(?<=fdg )do |(?<=, )do |(?<=,  )do |(?<=, )do |do metas|do di căn|do viêm|do mỡ nâu)[^.]*$"
)
INVASION = re.compile(
    r",?\s*(?:nghi ngờ )?(?:xâm lấn|dính vào|(?<!dày )dính|lan (?:vào|xuống|lên|theo|tới|đến|ra|sang)|đè đẩy|đẩy lồi|chèn ép|thâm nhiễm (?=các|vào|mỡ)|phá hủy|gây xẹp)(?:(?!, (?:tăng|không tăng|kích|xâm|dính|lan|nghi|đè|đẩy|gây|giảm)|\(|$|\.).)*"
)


SIGNS: dict[re.Pattern[str], tuple[str, ...]] = {
    OPERATED: ("phẫu thuật", "cắt", "mổ"),
    PRIOR: ("so với",),
    SUV: ("suv",),
    READING: ("khả năng", "có thể", "tương ứng", "phù hợp", "loại trừ", "nghĩ nhiều", "đặc điểm", "do "),
    UPTAKE: ("chuyển hóa", "bắt", "hấp thu", "hấp thụ"),
    SIZE: ("mm", "cm", *(f"{n} x" for n in range(10)), *(f"{n}x" for n in range(10))),
    INVASION: ("dính", "xâm lấn", "lan ", "đè đẩy", "đẩy lồi", "chèn ép", "thâm nhiễm", "phá hủy", "gây xẹp"),
    AMOUNT: ("mức độ", "số lượng"),
}
"""What must stand in a text for a pattern to be found: most findings have few of these attributes."""

# In pairs: to look a pattern up, Python would hash the whole of it each time.
_OPERATED, _PRIOR, _SUV, _READING, _UPTAKE, _SIZE, _INVASION, _AMOUNT = SIGNS.items()


@lru_cache(maxsize=4096)
def wording(text: str) -> Wording:
    """Cut one finding's text into its attributes by taking away what can be named; what is left is form and place."""
    text = text.strip()
    opening = OPENING.match(text)
    text = text[opening.end() :] if opening else text
    low = fold(text)
    if low.rstrip().endswith(JOINTS):
        text = CLOSING.sub("", text)
        low = fold(text)
    text, low, operated = _cut(text, low, _OPERATED)
    text, low, prior = _cut(text, low, _PRIOR)
    text, low, _ = _cut(text, low, _SUV)
    text, low, readings = _cut(text, low, _READING)
    text, low, uptakes = _cut(text, low, _UPTAKE)
    text, low, _ = _cut(text, low, _SIZE)
    text, low, invasions = _cut(text, low, _INVASION)
    text, low, amount = _cut(text, low, _AMOUNT)
    text = EMPTY_BRACKETS.sub(" ", text) if "(" in text else text
    form, place = _form_and_place(SPACES.sub(" ", text))
    form = " ".join(x.strip(TRIM) for x in (form, *amount, *operated) if x.strip(TRIM))
    uptake = next(iter(uptakes), "")
    return Wording(form, place, uptake.strip(TRIM), _bracketed(" ".join(readings).strip(TRIM)), " ".join(prior).strip(TRIM),
                   tuple(i.strip(TRIM) for i in invasions))  # fmt: skip


def _bracketed(text: str) -> str:
    """``text`` with the bracket closed that was trimmed off its end: "lành tính (nang hoặc u máu)"."""
    return f"{text})" if text.count("(") == text.count(")") + 1 else text


def _tidy(text: str) -> str:
    text = COMMAS.sub(", ", text) if "," in text else text
    text = _closed(text) if "(" in text or ")" in text else text
    return " ".join(text.split()).strip(" .,;:/-")


def _closed(text: str) -> str:
    """``text`` without empty brackets, and with every other bracket closed or left out."""
    text = re.sub(r"\(\s*[,;]?\s*\)", "", text)
    if text.count("(") == text.count(")") + 1 and OPEN_STATION.search(text):
        text = text.rstrip(" .,;:/-") + ")"  # what was cut held the closing bracket: "(chặng 1, 2 - hạch lớn nhất ...)"
    if text.count("(") != text.count(")"):
        text = text.replace("(", " ").replace(")", " ")
    return text


def _place_first(text: str) -> tuple[str, str] | None:
    """ "Gan có vài nang", "Ngực: nốt ở thùy dưới", "Thượng thận trái: nốt": the place that opens a sentence, and the rest."""
    hit = PLACE_FIRST.match(text) if any(map(text.lower().__contains__, SAID_OF_PLACE)) else None
    if not hit:
        return None
    before, after = tokens(hit[1]), tokens(text[hit.end() :])
    placed = any(t.kind in ("organ", "part") for t in before) and not any(t.kind in ("head", "generic") for t in before)
    formed = bool(after) and after[0].kind in ("head", "count", "generic", "num") and after[0].value != "enlargement"
    if not placed or not (formed or ":" in hit[2]):
        return None
    region = all(t.value.startswith("region:") for t in before if t.kind == "organ")
    return ("" if region and ":" in hit[2] else hit[1]), text[hit.end() :]


def _form_and_place(text: str, opening: bool = True) -> tuple[str, str]:
    """What it looks like and where: the first "ở" or "tại" parts them, or else the first word of a place."""
    opened = _place_first(text) if opening else None
    if opened:
        form, rest = _form_and_place(opened[1], ":" in text[:60] and opened[0] == "")
        return form, _tidy(", ".join(x for x in (opened[0], rest) if x))
    toks = tokens(text)
    hit = PREPOSITION.search(" " + text)
    organ = next(
        (t.start for t in toks if t.kind == "organ" or (t.kind == "relation" and _place_follows(toks, t))), None
    )
    station = STATION.search(fold(text))
    if station and (organ is None or station.start() < organ):
        organ = station.start()
    if hit and (organ is None or hit.start() <= organ + 14 or _is_node_prefix(text[:organ])):
        form, place = text[: max(0, hit.start() - 1)], text[hit.end() - 1 :]
    elif organ is not None:
        start = _chain_start(toks, organ)
        form, place = text[:start], text[start:]
    else:
        form, place = text, ""
    return _tidy(form), _tidy(place)


def _chain_start(toks: tuple[Token, ...], organ: int) -> int:
    """Where the run of relations, parts, sides and organs that ends at ``organ`` begins ("trước và hai bên khí quản")."""
    before = [t for t in toks if t.start < organ]
    start = organ
    for k in range(len(before) - 1, -1, -1):
        tok = before[k]
        kind = tok.kind in ("relation", "side", "organ") or (tok.kind == "part" and tok.value != "mucosa")
        joint = (
            tok.value in {"và", "vùng", "đoạn", ","}
            and k > 0
            and before[k - 1].kind in ("relation", "side", "organ", "part")
        )
        if not (kind or joint or tok.value == "vùng"):
            break
        start = tok.start
    return start


def _place_follows(toks: tuple[Token, ...], tok: Token) -> bool:
    after = [t for t in toks if t.start >= tok.end]
    return bool(after) and after[0].kind in ("organ", "part", "side", "relation")


def _is_node_prefix(before: str) -> bool:
    """ "vài hạch cổ ở ...": the organ before "ở" names the kind of node."""
    return bool(re.search(r"\bhạch\s*$", fold(before).strip()))
