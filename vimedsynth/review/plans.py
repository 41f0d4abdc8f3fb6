"""Which samples are reviewed: sampling plans, each a pure function of the run, a size and a seed."""

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vimedsynth.review.rows import Line

Stratum = Callable[[Line], str]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a plan chooses from. ``stratum`` names the finding type of a sample; ``refused`` counts rejections."""

    lines: Sequence[Line]
    size: int
    seed: int
    stratum: Stratum
    refused: Mapping[tuple[str, str], int]


def _draw(seed: int, sample_id: str) -> float:
    """A number in (0, 1) that depends on nothing but the seed and the sample."""
    digest = hashlib.sha256(f"{seed}/{sample_id}".encode()).digest()
    return (int.from_bytes(digest[:8], "big") + 1) / (2**64 + 2)


def _everything(choice: Choice) -> list[Line]:
    return list(choice.lines)[: choice.size]


def _random(choice: Choice) -> list[Line]:
    chosen = sorted(choice.lines, key=lambda line: _draw(choice.seed, line.sample_id))[: choice.size]
    return _in_run_order(choice, chosen)


def _per_finding(choice: Choice) -> list[Line]:
    """The same number from every finding type as far as there are enough; what is left goes round the others."""
    strata: dict[str, list[Line]] = {}
    for line in sorted(choice.lines, key=lambda line: _draw(choice.seed, line.sample_id)):
        strata.setdefault(choice.stratum(line), []).append(line)
    chosen: list[Line] = []
    depth = 0
    while len(chosen) < min(choice.size, len(choice.lines)):
        ring = [strata[name][depth] for name in sorted(strata) if len(strata[name]) > depth]
        chosen += ring[: choice.size - len(chosen)]
        depth += 1
    return _in_run_order(choice, chosen)


def risk(line: Line, made: Mapping[tuple[str, str], int], refused: Mapping[tuple[str, str], int]) -> float:
    """How doubtful a sample is: the refused share of its study and region, plus the tries it took itself."""
    place = (line.study_id, line.region)
    bad = refused.get(place, 0)
    return bad / (bad + made[place]) + (line.attempt - 1)


def _by_risk(choice: Choice) -> list[Line]:
    """Drawn without replacement, weighted by risk (Efraimidis and Spirakis 2006), the most doubtful first."""
    made = Counter((line.study_id, line.region) for line in choice.lines)
    weight = {line.sample_id: 0.05 + risk(line, made, choice.refused) for line in choice.lines}

    def rank(line: Line) -> float:
        return -math.log(_draw(choice.seed, line.sample_id)) / weight[line.sample_id]

    chosen = sorted(choice.lines, key=rank)[: choice.size]
    return sorted(chosen, key=lambda line: (-weight[line.sample_id], line.offset))


def _in_run_order(choice: Choice, chosen: list[Line]) -> list[Line]:
    """The samples of one study stand together in a run: the physician opens each scan once."""
    return sorted(chosen, key=lambda line: line.offset)


PLAN_BY_NAME: dict[str, Callable[[Choice], list[Line]]] = {
    "all": _everything,
    "random": _random,
    "finding": _per_finding,
    "risk": _by_risk,
}
