"""Which two studies to compare: the same patient's visits in their true order first, then matched strangers.

A pair never crosses a split: the text about a training study must not describe a test study. Strangers are of one sex
and one region; half of the pairs share a finding and half do not, as far as the corpus allows, and every study is used
about as often as every other.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, count, islice

from vimedsynth.reports import REGIONS
from vimedsynth.studies import Study

Signature = Callable[[Study, str], frozenset[str]]
"""(study, region) -> what is found there, as concept ids; standard sentences left out."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two studies to compare in one region; for ``visits`` the first is the earlier one."""

    first: Study
    second: Study
    region: str  # head_neck | chest | abdomen_pelvis
    why: str  # visits | agree | differ | matched (when no signature was given)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes a pair the same pair, in either order."""
        first, second = sorted((self.first.study_id, self.second.study_id))
        return first, second, self.region


def plan_pairs(
    studies: Iterable[Study],
    wanted: int,
    *,
    signature: Signature | None = None,
    regions: Iterable[str] = REGIONS,
    seed: int = 0,
) -> Iterator[Pair]:
    """At most ``wanted`` different pairs, the same for the same arguments; fewer when the corpus has no more.

    ``signature`` is asked at most once for a study and region, and only when visits alone are too few.
    """
    known = list(studies)
    names = [str(region) for region in regions]
    seen: set[tuple[str, str, str]] = set()
    plan = chain(_visits(known, names), _strangers(known, names, signature, seed))
    fresh = (pair for pair in plan if pair.key not in seen and not seen.add(pair.key))  # type: ignore[func-returns-value]
    yield from islice(fresh, max(wanted, 0))


def visit_date(study: Study) -> tuple[int, int, int] | None:
    """Year, month and day of a study; None when the year or the month is unknown."""
    if study.year is None or study.month is None:
        return None
    return study.year, study.month, study.day or 0


def _visits(studies: list[Study], regions: list[str]) -> Iterator[Pair]:
    """Every earlier-later pair of one patient; visits without a date or on one day have no true order: left out."""
    by_patient: dict[tuple[str, str | None], list[tuple[tuple[int, int, int], Study]]] = defaultdict(list)
    for study in studies:
        if date := visit_date(study):
            by_patient[study.patient_id, study.split].append((date, study))
    for visits in by_patient.values():
        visits.sort(key=lambda item: (item[0], item[1].study_id))
        for (earlier, first), (later, second) in combinations(visits, 2):
            if earlier < later:
                yield from (Pair(first, second, region, "visits") for region in regions)


def _strangers(studies: list[Study], regions: list[str], signature: Signature | None, seed: int) -> Iterator[Pair]:
    groups = _groups(studies, seed)
    found: dict[tuple[str, str], frozenset[str]] = {}

    def findings(study: Study, region: str) -> frozenset[str]:
        key = (study.study_id, region)
        if signature and key not in found:
            found[key] = signature(study, region)
        return found.get(key, frozenset())

    def why(first: Study, second: Study, region: str) -> str:
        if signature is None:
            return "matched"
        a, b = findings(first, region), findings(second, region)
        return "agree" if a & b or a == b else "differ"

    yield from _alternate(
        Pair(first, second, region, why(first, second, region))
        for first, second in _neighbours(groups)
        for region in regions
    )


def _groups(studies: list[Study], seed: int) -> list[list[Study]]:
    """Studies that may be compared: one split, one known sex; shuffled once."""
    groups: dict[tuple[str, str], list[Study]] = defaultdict(list)
    for study in sorted(studies, key=lambda study: study.study_id):
        groups[study.split or "", study.sex or ""].append(study)
    rng = random.Random(seed)
    for key in sorted(groups):
        rng.shuffle(groups[key])
    return [groups[key] for key in sorted(groups)]


def _neighbours(groups: list[list[Study]]) -> Iterator[tuple[Study, Study]]:
    """Each study with the one ``offset`` places on, for growing offsets: even use, and no pair twice.

    The groups take turns within an offset by their size, so that a small group is not used up first.
    """
    for offset in count(1):
        active = [group for group in groups if len(group) > 2 * offset - 1]
        if not active:
            return
        for group in active:
            stop = len(group) // 2 if 2 * offset == len(group) else len(group)
            for at in range(stop):
                first, second = group[at], group[(at + offset) % len(group)]
                if first.patient_id != second.patient_id:
                    yield first, second


_WINDOW = 64
"""How many pairs of one kind may wait for one of the other kind: the balance is local, the memory small."""


def _alternate(pairs: Iterator[Pair]) -> Iterator[Pair]:
    """The same pairs, kinds taking turns where both are at hand."""
    waiting: dict[str, list[Pair]] = {}
    last = ""
    for pair in pairs:
        waiting.setdefault(pair.why, []).append(pair)
        while True:
            other = next((kind for kind, queue in waiting.items() if queue and kind != last), None)
            kind = other or (last if len(waiting.get(last, [])) > _WINDOW else None)
            if kind is None:
                break
            last = kind
            yield waiting[kind].pop(0)
    yield from chain.from_iterable(waiting.values())
