"""Numbers in other forms: axis order, millimetres and centimetres, decimal comma and point. A threshold stays one."""

import random
import re
from dataclasses import dataclass

from vimedsynth.grounded.wordings import table

_SIZE = re.compile(r"(?<![\d,.-])(?<!\d - )(?P<dims>\d[\d.,]*(?: ?x ?\d[\d.,]*){0,2}) ?(?P<unit>mm|cm)")
_SUV = re.compile(r"SUV(?P<kind>max|L)?\s*[:;=]?\s*(?P<value>\d+(?:[.,]\d+)?)")


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How one writer writes numbers all through one text."""

    decimal: str  # "," or "."
    unit: str  # mm | cm

    @classmethod
    def sample(cls, rng: random.Random) -> "NumberStyle":
        return cls(rng.choice((",", ",", ".")), rng.choice(("mm", "cm")))


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _written(value: float, decimal: str, places: int) -> str:
    """The value with at least ``places`` decimals: 10 mm is "1,0 cm", as exact as before."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return (text if "." in text or not places else f"{value:.{places}f}").replace(".", decimal)


def restyle_size(size: str, style: NumberStyle, rng: random.Random) -> str:
    """ "29 x 23 mm" -> "2,3 x 2,9 cm": the same axes in the style's unit, two axes in either order."""
    match = _SIZE.fullmatch(size.strip())
    if match is None:
        return size
    values = [_number(part) for part in match["dims"].split("x")]
    if values == [10.0] and match["unit"] == "mm":
        return "10 mm"  # perhaps a lost "< 10 mm": neither reading is decided here
    factor = {("mm", "cm"): 0.1, ("cm", "mm"): 10.0}.get((match["unit"], style.unit), 1.0)
    if len(values) == 2 and rng.random() < 0.5:
        values.reverse()
    places = 1 if factor < 1 else 0
    return " x ".join(_written(value * factor, style.decimal, places) for value in values) + f" {style.unit}"


def is_threshold(phrase: str) -> bool:
    """Whether a size is the corpus's lost "< 10 mm": one axis of exactly 10 mm that is called small or a size."""
    if "dưới" in phrase:
        return True
    match = _SIZE.search(phrase)
    alone = match is not None and match["unit"] == "mm" and match["dims"].strip() == "10"
    return alone and ("đường kính" not in phrase or "nhỏ" in phrase)


def size_phrase(phrase: str, style: NumberStyle, rng: random.Random) -> str:
    """A size as written ("có kích thước 29 x 23 mm", "( 10 mm)") in another wording and number form."""
    forms = table("paraphrase")["size"]
    if "vài mm" in phrase:
        return str(rng.choice(forms["few_mm"]))
    match = _SIZE.search(phrase)
    if match is None:
        return phrase
    diameter = "đường kính" in phrase
    if is_threshold(phrase):
        form = rng.choice(forms["diameter_below" if diameter else "below"])
        return str(form).format(size=f"{match['dims'].strip()} {match['unit']}")
    exact = diameter and match["dims"].strip() != "10"  # "kích thước 10 mm" would be read as a threshold
    form = rng.choice(forms["diameter"] if exact else forms["diameter"][:2] if diameter else forms["axes"])
    return str(form).format(size=restyle_size(match.group(), style, rng))


def suv_phrase(uptake: str, suv: str, style: NumberStyle, rng: random.Random) -> str:
    """The uptake together with its SUV: "tăng hấp thu FDG với SUVmax 11,2"."""
    match = _SUV.search(suv)
    if match is None:
        return f"{uptake} {suv}".strip()
    value = match["value"].replace(".", ",").replace(",", style.decimal)
    form = str(rng.choice(table("paraphrase")["suv"]))
    return form.format(uptake=uptake, kind=f"SUV{match['kind'] or ''}", value=value)


def restyle_numbers(text: str, style: NumberStyle, rng: random.Random) -> str:
    """Sizes and SUV values of a running text in the style's forms, where they stand."""
    text = re.sub(
        r"(?<=\()\s*SUV(max|L)?\s*[:;]?\s*(\d+(?:[.,]\d+)?)\s*(?=\))",
        lambda m: f"SUV{m[1] or ''} {m[2].replace('.', ',').replace(',', style.decimal)}",
        text,
    )

    def resize(match: re.Match[str]) -> str:
        if is_threshold(text[max(0, match.start() - 18) : match.end()]):
            return match.group()
        return restyle_size(match.group(), style, rng)

    return _SIZE.sub(resize, text)
