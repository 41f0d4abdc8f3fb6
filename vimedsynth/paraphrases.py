"""Does a rewrite keep every fact? Facts of the rewrite and of the report are matched one to one, both ways."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from vimedsynth.clauses.drafts import stop_words
from vimedsynth.contents import content
from vimedsynth.differences import Difference, differences, same_content
from vimedsynth.facts import Fact, Item, merged, moved
from vimedsynth.guards import Verdict
from vimedsynth.reports import Report, unsectioned_report
from vimedsynth.samples import Objection
from vimedsynth.sections import preliminary
from vimedsynth.sources import Place, report_facts
from vimedsynth.words import split

TOO_MANY = 90_000  # pairs of leftover facts: reports have some dozens of facts


@dataclass(frozen=True, slots=True)
class _Pairing:
    """Leftover facts after equal ones were taken away, with what sets each pair apart."""

    mine: list[Fact]  # of the rewrite
    theirs: list[Fact]  # of the report


def _facts(report: Report, place: Place | None = moved) -> list[Fact]:
    rows = [row[0] for row in report_facts(report, place)]
    return [_with_owner(f, rows) for f in rows]


def _with_owner(fact: Fact, rows: list[Fact]) -> Fact:
    """Advice carries the places of the finding that it belongs to, so that it cannot move to another."""
    if fact.advice_of is None:
        return fact
    return fact._replace(items=fact.items or rows[fact.advice_of].items, advice_of=0)


def _take_equal(mine: list[Fact], theirs: list[Fact]) -> _Pairing:
    index: dict[object, list[Fact]] = defaultdict(list)
    for fact in theirs:
        index[content(fact)].append(fact)
    left = []
    for fact in mine:
        same = index.get(content(fact))
        if same:
            same.pop()
        else:
            left.append(fact)
    return _Pairing(left, [f for rows in index.values() for f in rows])


def _closeness(mine: Fact, theirs: Fact) -> float:
    """How likely two facts speak of one finding: shared places and forms, then numbers."""
    places = len(mine.atoms & theirs.atoms) / (1 + len(mine.atoms | theirs.atoms))
    heads = len(mine.heads & theirs.heads) / (1 + len(mine.heads | theirs.heads))
    dims = {m.dims for m in mine.sizes} & {m.dims for m in theirs.sizes}
    score = 4 * places + 2 * heads + len(dims) + len(set(mine.suvs) & set(theirs.suvs))
    score += 0.5 * (mine.levels == theirs.levels) + 0.7 * (mine.polarity == theirs.polarity)
    score += 0.6 * bool(mine.readings & theirs.readings) + 0.8 * len(mine.advice & theirs.advice)
    return (
        score
        + 0.3 * len(mine.words & theirs.words)
        + 0.3 * (bool(mine.sizes) == bool(theirs.sizes))
        + 0.3 * (bool(mine.suvs) == bool(theirs.suvs))
    )


def _match(left: _Pairing) -> tuple[list[tuple[Fact, Fact]], list[Fact], list[Fact]]:
    """Greedy one-to-one pairs by closeness, and what stays alone on either side."""
    if len(left.mine) * len(left.theirs) > TOO_MANY:
        return [], left.mine, left.theirs  # another text altogether: nothing is gained by pairing it
    ranked = sorted(
        ((_closeness(m, t), i, j) for i, m in enumerate(left.mine) for j, t in enumerate(left.theirs)), reverse=True
    )
    used_m: dict[int, int] = {}
    used_t: set[int] = set()
    for score, i, j in ranked:
        if score > 1.6 and i not in used_m and j not in used_t:
            used_m[i] = j
            used_t.add(j)
    pairs = [(left.mine[i], left.theirs[j]) for i, j in used_m.items()]
    return (
        pairs,
        [m for i, m in enumerate(left.mine) if i not in used_m],
        [t for j, t in enumerate(left.theirs) if j not in used_t],
    )


def _both_sides(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The right and the left of one place, said in two sentences, are both sides of it."""
    sides: dict[frozenset[str], set[str | None]] = {}
    for item in items:
        sides.setdefault(item.atoms, set()).add(item.side)
    paired = {atoms for atoms, said in sides.items() if {"right", "left"} <= said}
    out = [Item(i.atoms, "both", i.span) if i.atoms in paired and i.side else i for i in items]
    return tuple(dict.fromkeys(out))


def _join(facts: list[Fact]) -> Fact:
    joined = facts[0]
    for fact in facts[1:]:
        joined = merged(joined, fact)._replace(heads=joined.heads | fact.heads, counts=joined.counts | fact.counts)
    return joined._replace(items=_both_sides(joined.items))


def _regroup(
    pairs: list[tuple[Fact, Fact]], extra: list[Fact], lost: list[Fact]
) -> tuple[list[tuple[Fact, Fact]], list[Fact], list[Fact]]:
    """Sentences merged or split on the way: several facts of one side that together say what one of the other says."""
    out, extra, lost = [], list(extra), list(lost)
    for mine, theirs in pairs:
        if differences(mine, theirs):
            joined = _absorb(theirs, lost, partial(_said_of_all, mine))
            if joined:
                lost = _without(lost, joined)
                continue
            joined = _absorb(mine, extra, partial(_says_all, theirs))
            if joined:
                extra = _without(extra, joined)
                continue
        out.append((mine, theirs))
    return out, extra, lost


def _without(facts: list[Fact], taken: list[Fact]) -> list[Fact]:
    """``facts`` less those taken: an equal one beside them is another finding and stays."""
    return [f for f in facts if not any(f is t for t in taken)]


def _says_all(theirs: Fact, parts: list[Fact]) -> bool:
    return same_content(_join(parts), theirs) and _in_turn(theirs, parts)


def _said_of_all(mine: Fact, parts: list[Fact]) -> bool:
    return same_content(mine, _join(parts)) and _in_turn(mine, parts)


def _in_turn(whole: Fact, parts: list[Fact]) -> bool:
    """The values of several places stand in the order of the places: none was given to another one."""
    valued = [(_place_in(whole, p), p) for p in parts if p.items and (p.sizes or p.suvs)]
    if len({at for at, _ in valued}) < len(valued) or len(valued) < 2:
        return True
    order = [p for _, p in sorted(valued, key=lambda row: row[0])]
    sizes, suvs = [m.dims for p in order for m in p.sizes], [v for p in order for v in p.suvs]
    own, others = [m.dims for m in whole.sizes], list(whole.suvs)
    return (sizes == own or len(sizes) != len(own)) and (suvs == others or len(suvs) != len(others))


def _place_in(whole: Fact, part: Fact) -> int:
    """Which item of ``whole`` has most of the places of ``part``, and its side."""
    alike = [
        max((len(i.atoms & p.atoms) + 0.5 * (i.side == p.side) for p in part.items), default=0.0) for i in whole.items
    ]
    return alike.index(max(alike)) if alike else -1


def _absorb(base: Fact, others: list[Fact], fits: Callable[[list[Fact]], bool]) -> list[Fact]:
    """The fewest of ``others`` that complete ``base``; empty when none do. Only facts that agree can be joined."""
    able = [
        o
        for o in others
        if o.polarity == base.polarity and (o.levels == base.levels or not o.levels or not base.levels)
    ]
    for one in able:
        if fits([base, one]):
            return [one]
    if 1 < len(able) <= 5:
        for i, one in enumerate(able):
            for two in able[i + 1 :]:
                if fits([base, one, two]):
                    return [one, two]
        if fits([base, *able]):
            return able
    return []


def _says_the_same(rewrite: Report, report: Report) -> bool:
    """Every fact has its equal and none is rounded: nothing to quote, so no offsets are needed."""
    mine = _facts(rewrite, None)
    if any(f.approximate for f in mine):
        return False
    left = _take_equal(mine, _facts(report, None))
    return not left.mine and not left.theirs


def _foreign_preliminaries(rewrite: Report, report: Report) -> tuple[Objection, ...]:
    """What precedes the findings ("Tiền sử: ...") is not read as findings, so its words must be those of the report."""
    opening = [s for s in rewrite.sentences[:8] if preliminary(s)]
    if not opening:
        return ()
    known = stop_words() - {"không", "chưa"} | set(split(report.text))
    return tuple(
        Objection("unsupported-term", f"{', '.join(sorted(foreign))}; the report does not say this", s.text)
        for s in opening
        if (foreign := set(split(s.text)) - known)
    )


def judge_paraphrase(report: Report, text: str) -> Verdict:
    """Nothing added, nothing lost: see :func:`vimedsynth.guards.check_text`."""
    rewrite = unsectioned_report(text)
    if foreign := _foreign_preliminaries(rewrite, report):
        return Verdict(foreign)
    if _says_the_same(rewrite, report):
        return Verdict()
    left = _take_equal(_facts(rewrite), _facts(report))
    pairs, extra, lost = _match(left)
    pairs, extra, lost = _regroup(pairs, extra, lost)
    objections: list[Objection] = []
    notes: list[Objection] = []
    for mine, theirs in pairs:
        for found in differences(mine, theirs):
            row = _objection(found, mine.span.of(rewrite.text), theirs.span.of(report.text))
            (notes if found.harmless else objections).append(row)
    for fact in extra:
        if _says_something(fact):
            objections.append(
                Objection(_added_code(fact), "the report does not say this", fact.span.of(rewrite.text).strip(" .,;"))
            )
    for fact in lost:
        if _says_something(fact):
            objections.append(
                Objection("dropped-finding", "the rewrite leaves this out", fact.span.of(report.text).strip(" .,;"))
            )
    return Verdict(tuple(objections), tuple(notes))


def _says_something(fact: Fact) -> bool:
    return bool(
        fact.heads
        or fact.levels
        or fact.items
        or fact.sizes
        or fact.suvs
        or fact.readings
        or fact.advice
        or fact.modifiers
        or fact.prior
        or fact.invasions
        or fact.polarity in ("physiologic", "postoperative")
        or (fact.polarity == "absent" and fact.generic)
    )


def _added_code(fact: Fact) -> str:
    if fact.polarity == "advice":
        return "added-advice"
    return "added-reading" if fact.readings and not fact.heads and not fact.levels else "added-finding"


def _objection(found: Difference, quote: str, said: str) -> Objection:
    return Objection(found.code, f"{found.message}; the report says: {said.strip(' .,;')}", quote.strip(" .,;"))
