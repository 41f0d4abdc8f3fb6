"""What sets two facts apart, each difference under a stable code."""

from dataclasses import dataclass

from vimedsynth.contents import Content, content
from vimedsynth.facts import Fact, Item
from vimedsynth.lexicon import lexicon
from vimedsynth.pointing import SAME_SIDE

TIERS = ("definite", "likely", "probable", "suspect")
BOUND = ("rel:", "lobe:", "third:", "pole:", "wall:")
NUMBERED = ("seg:", *(f"stn:{n}" for n in range(1, 10)))


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference; ``harmless`` ones are noted, not refused."""

    code: str
    message: str
    harmless: bool = False


def same_content(mine: Fact, theirs: Fact) -> bool:
    """True when nothing but harmless differences remain."""
    return content(mine) == content(theirs) or all(d.harmless for d in differences(mine, theirs))


def differences(mine: Fact, theirs: Fact) -> list[Difference]:
    """What ``mine`` (of a rewrite) says otherwise than ``theirs`` (of the report)."""
    a, b = content(mine), content(theirs)
    if a == b and not _rounded(mine, theirs):
        return []
    out: list[Difference] = []
    out += _polarity(a, b)
    out += _advice(a, b)
    if a.heads != b.heads:
        extra, gone = a.heads - b.heads, b.heads - a.heads
        out.append(
            Difference(
                "added-finding" if extra else "dropped-finding", f"another form ({', '.join(sorted(extra or gone))})"
            )
        )
    if a.counts != b.counts:
        out.append(Difference("count", f"count {_list(a.counts)}, not {_list(b.counts)}"))
    out += _places(a, b, mine, theirs)
    out += _numbers(a, b, mine, theirs)
    out += _uptake(a, b)
    out += _certainty(a, b)
    out += _rest(a, b)
    return out


def _list(values: frozenset[str]) -> str:
    return ", ".join(sorted(values)) or "none"


def _polarity(a: Content, b: Content) -> list[Difference]:
    if a.polarity == b.polarity:
        return []
    if {a.polarity, b.polarity} <= {"absent", "resolved"}:
        return [Difference("prior", "no longer there is not the same as not there")]
    if "physiologic" in (a.polarity, b.polarity):
        return [Difference("added-reading" if a.polarity == "physiologic" else "dropped-reading", "physiologic or not")]
    return [Difference("negation", f"{a.polarity}, not {b.polarity}")]


def _advice(a: Content, b: Content) -> list[Difference]:
    if a.advice == b.advice:
        return []
    if not b.advice <= a.advice or "if-needed" in b.advice ^ a.advice:
        code = "changed-advice" if a.advice else "dropped-advice"
        return [Difference(code, f"advises {_list(a.advice)}, not {_list(b.advice)}")]
    return [Difference("added-advice", f"advises {_list(a.advice - b.advice)}")]


def _places(a: Content, b: Content, mine: Fact, theirs: Fact) -> list[Difference]:
    out: list[Difference] = []
    if a.polarity == "advice" and b.polarity == "advice":
        moved = a.places and b.places and not a.places & b.places
        return [Difference("changed-advice", "the advice belongs to another finding")] if moved else []
    own, other = mine.sides, theirs.sides
    if a.places != b.places:
        extra, gone = a.places - b.places, b.places - a.places
        if not _implied(extra, b.places) or not _implied(gone, a.places) or _other_region(extra, gone):
            out.append(Difference("place", f"{_list(extra)} for {_list(gone)}"))
    elif not _same_bindings(mine.items, theirs.items):
        out.append(Difference("place", "the places are joined otherwise"))
    if own != other and not _both_point(mine, theirs):
        out.append(Difference("side", f"{_list(own)}, not {_list(other)}"))
    elif not out and not _sides_fit(mine.items, theirs.items):
        out.append(Difference("side", "the sides belong to other places"))
    return out


def _other_region(extra: frozenset[str], gone: frozenset[str]) -> bool:
    """ "Ngực: hạch cạnh khí quản" for "Cổ: hạch cạnh khí quản": the trachea is in both."""
    within = lexicon().within
    regions = [{x for x in places if x[:7] == "region:"} for places in (extra, gone)]
    return any(x not in within[y] and y not in within[x] for x in regions[0] for y in regions[1])


def _both_point(mine: Fact, theirs: Fact) -> bool:
    """ "cùng bên" in both, and in one of them the side cannot be told."""
    return SAME_SIDE in mine.points & theirs.points and not (mine.sides and theirs.sides)


def _bindings(items: tuple[Item, ...]) -> frozenset[tuple[str, str]]:
    """Which relation, lobe or third goes with which organ ("trước carina" and "dưới màng tim", not the reverse)."""
    known = lexicon().within
    return frozenset(
        (a, o) for i in items for a in i.atoms if a.startswith((*BOUND, *NUMBERED)) for o in i.atoms if o in known
    )


def _same_bindings(mine: tuple[Item, ...], theirs: tuple[Item, ...]) -> bool:
    """False when a relation goes with other organs here than there, or an organ with other relations.

    One that goes with more of them says no other thing.
    """
    a, b = _bindings(mine), _bindings(theirs)
    only_a, only_b = a - b, b - a
    organs = [{o for x, o in only if not x.startswith(NUMBERED)} for only in (only_a, only_b)]
    return not {x for x, _ in only_a} & {x for x, _ in only_b} and not organs[0] & organs[1]


def _implied(atoms: frozenset[str], said: frozenset[str]) -> bool:
    """Places that others already contain say nothing more ("trung thất" beside "trước carina")."""
    within = lexicon().within
    wide = frozenset().union(*(within.get(s, frozenset()) for s in said)) if said else frozenset()
    wide = wide.union(*(within.get(w, frozenset()) for w in wide))
    stations = {s[4:5].isdigit() for s in said if s.startswith("stn:")}
    implied = {"rel:along", "lobe"} | ({"abdominal-cavity"} if "region:abdomen" in wide else set())
    implied |= {"mucosa"} if "stomach" in said else set()  # "niêm mạc dạ dày" is read as the stomach
    implied |= {"mediastinum"} if True in stations else set()  # "4R"
    implied |= {"region:neck"} if False in stations else set()  # "IIA"
    return all(x in wide or x in implied for x in atoms)


def _sides_fit(mine: tuple[Item, ...], theirs: tuple[Item, ...]) -> bool:
    """Each place with a side has that side, or a list that leaves it open, on the other side of the comparison."""
    return all(_side_fits(i, theirs) for i in mine) and all(_side_fits(i, mine) for i in theirs)


def _side_fits(item: Item, others: tuple[Item, ...]) -> bool:
    if item.side is None:
        return True
    close = [o for o in others if item.atoms <= o.atoms or o.atoms <= item.atoms]
    if not close:
        own = {a for a in item.atoms if not a.startswith("rel:")}
        close = [o for o in others if own & o.atoms]
    if not close:
        return True
    exact = [o for o in close if o.atoms == item.atoms] or close
    sides = {o.side for o in exact}
    return item.side in sides or None in sides or (item.side == "both" and {"right", "left"} <= sides)


def _numbers(a: Content, b: Content, mine: Fact, theirs: Fact) -> list[Difference]:
    out: list[Difference] = []
    sizes, others = {d for d, _ in a.sizes}, {d for d, _ in b.sizes}
    if sizes != others:
        new, gone = sizes - others, others - sizes
        code = _number_code(new, others, theirs) if new else "dropped-number"
        out.append(Difference(code, f"size {_dims(new)}, not {_dims(gone)}" if new else f"size {_dims(gone)} left out"))
    elif a.axes and b.axes and a.axes != b.axes:
        out.append(Difference("number", "the length and the thickness are not those"))
    elif a.sizes != b.sizes:
        out.append(Difference("threshold-as-value", "a threshold and a measure are not the same"))
    elif _rounded(mine, theirs):
        loose = any(m.op == "~" and m.dims == (10.0,) for m in mine.sizes)
        out.append(
            Difference(
                "threshold-as-value" if loose else "approximate",
                "khoảng, where the report gives the value",
                harmless=not loose,
            )
        )
    if a.suvs != b.suvs:
        if not a.suvs:
            out.append(Difference("suv-left-out", "without its SUVmax", harmless=bool(a.levels & b.levels)))
        else:
            moved = {round(v * k, 4) for v in a.suvs for k in (10.0, 0.1, 100.0, 0.01)} & set(b.suvs)
            prior = set(a.suvs) & theirs.prior_numbers
            code = "prior-as-current" if prior else "decimal" if moved else "number"
            out.append(
                Difference(
                    code,
                    f"SUVmax {', '.join(f'{v:g}' for v in a.suvs)}, not {', '.join(f'{v:g}' for v in b.suvs) or 'none'}",
                )
            )
    return out


def _rounded(mine: Fact, theirs: Fact) -> bool:
    return (mine.approximate or any(m.op == "~" for m in mine.sizes)) and not theirs.approximate


def _number_code(new: set[tuple[float, ...]], others: set[tuple[float, ...]], theirs: Fact) -> str:
    for dims in new:
        if dims and set(dims) <= theirs.prior_numbers:
            return "prior-as-current"
        for scale in (0.1, 10.0):
            if tuple(round(d * scale, 3) for d in dims) in others:
                return "unit"
    return "number"


def _dims(sizes: set[tuple[float, ...]]) -> str:
    return ", ".join(" x ".join(f"{d:g}" for d in s) + " mm" if s else "vài mm" for s in sorted(sizes)) or "none"


def _level(levels: frozenset[str]) -> str:
    return "/".join(sorted(levels)) if levels else "not stated"


def _uptake(a: Content, b: Content) -> list[Difference]:
    out: list[Difference] = []
    if a.levels != b.levels:
        graded = {"mild", "increased"}
        if a.levels and b.levels and a.levels <= graded and b.levels <= graded:
            out.append(Difference("intensity-word", f"uptake {_list(a.levels)}, not {_list(b.levels)}"))
        else:
            out.append(Difference("uptake", f"uptake {_level(a.levels)}, not {_level(b.levels)}"))
    if a.intensity != b.intensity:
        out.append(Difference("intensity-word", f"uptake graded {_list(a.intensity)}, not {_list(b.intensity)}"))
    if a.patterns != b.patterns:
        out.append(Difference("pattern", f"uptake described as {_list(a.patterns)}, not {_list(b.patterns)}"))
    return out


def _certainty(a: Content, b: Content) -> list[Difference]:
    out: list[Difference] = []
    if a.readings != b.readings:
        extra = a.readings - b.readings
        out.append(
            Difference(
                "added-reading" if extra else "dropped-reading",
                f"reads it as {_list(a.readings)}, not {_list(b.readings)}",
            )
        )
    elif a.tier != b.tier:
        mine = TIERS.index(a.tier) if a.tier else 0
        theirs = TIERS.index(b.tier) if b.tier else 0
        out.append(
            Difference(
                "certainty-up" if mine < theirs else "certainty-down",
                f"{a.tier or 'certain'}, not {b.tier or 'certain'}",
            )
        )
    elif a.tiers != b.tiers:
        out.append(Difference("certainty-up", "another certainty for each reading"))
    sure = {(v, t) for v, t, c in a.invasions if c}, {(v, t) for v, t, c in b.invasions if c}
    said = {(v, t) for v, t, _ in a.invasions}, {(v, t) for v, t, _ in b.invasions}
    bare = [{(v, frozenset(x for x in t if not x.startswith("side:"))) for v, t in s} for s in said]
    if said[0] != said[1] and bare[0] == bare[1]:
        out.append(Difference("side", "the neighbour is on another side"))
    elif said[0] != said[1]:
        flat = [{(v, x) for v, t in s for x in t or {""}} for s in said]
        code = "added-finding" if flat[0] - flat[1] else "dropped-finding"
        out.append(Difference(code, "another relation to a neighbour"))
    elif sure[0] != sure[1]:
        out.append(
            Difference(
                "certainty-up" if sure[0] - sure[1] else "certainty-down",
                "the relation to a neighbour is not as certain",
            )
        )
    return out


def _rest(a: Content, b: Content) -> list[Difference]:
    out: list[Difference] = []
    if a.modifiers != b.modifiers:
        extra = a.modifiers - b.modifiers
        out.append(
            Difference(
                "added-finding" if extra else "dropped-finding",
                f"described as {_list(a.modifiers)}, not {_list(b.modifiers)}",
            )
        )
    if a.prior != b.prior:
        out.append(Difference("prior", f"change over time {_list(a.prior)}, not {_list(b.prior)}"))
    elif a.prior_numbers != b.prior_numbers:
        out.append(Difference("prior", "other values of the earlier study"))
    if a.words != b.words:
        extra, gone = a.words - b.words, b.words - a.words
        out.append(Difference("unsupported-term" if extra else "dropped-term", f"{_list(extra or gone)}"))
    return out
