"""Portraits and cards as one HTML page that needs nothing else: no script, no request, both languages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import orjson
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from vimedsynth import __version__
from vimedsynth.stats.cards import Card
from vimedsynth.stats.plots import bars, histogram
from vimedsynth.stats.portrait import Portrait

BREAKDOWNS = ("split", "region", "task", "subset", "question_type", "transform")
HISTOGRAMS = ("question_length", "answer_length", "text_length", "suv", "size_mm")
_ORDER = {name: place for place, name in enumerate(("train", "val", "test", "head_neck", "chest", "abdomen_pelvis"))}
_MOST = 16  # values of a breakdown that are drawn; all of them are in its table


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A drawing of counts and the same counts as rows, a number for each portrait."""

    name: str
    svg: Markup
    rows: tuple[tuple[str, tuple[int, ...]], ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Of the numbers of one portrait."""

    n: int
    median: str = ""
    p90: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A histogram and what it shows in words."""

    name: str
    svg: Markup
    summaries: tuple[Summary, ...]


def _rows(counts: Sequence[Any]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    total = {key: sum(series.get(key, 0) for series in counts) for series in counts for key in series}
    keys = sorted(total, key=lambda key: (_ORDER.get(key, len(_ORDER)), -total[key], key))
    return tuple((key, tuple(series.get(key, 0) for series in counts)) for key in keys)


def _breakdown(name: str, counts: Sequence[Any]) -> Breakdown:
    rows = _rows(counts)
    drawn = [key for key, _ in rows[:_MOST]]
    return Breakdown(name, Markup(bars(name.replace("_", "-"), counts, drawn)), rows)


def _breakdowns(portraits: Sequence[Portrait]) -> Iterator[Breakdown]:
    for name in BREAKDOWNS:
        counts = [portrait.counts.get(name, {}) for portrait in portraits]
        if any(counts):
            yield _breakdown(name, counts)


def _summary(values: Sequence[float]) -> Summary:
    if not len(values):
        return Summary(0)
    median, p90 = np.percentile(np.asarray(values, dtype=float), (50, 90))
    return Summary(len(values), f"{median:.4g}", f"{p90:.4g}")


def _histograms(portraits: Sequence[Portrait]) -> Iterator[Drawn]:
    for name in HISTOGRAMS:
        values = [portrait.values.get(name, ()) for portrait in portraits]
        if any(len(series) for series in values):
            svg = Markup(histogram(name.replace("_", "-"), values))
            yield Drawn(name, svg, tuple(_summary(series) for series in values))


def _facts(portrait: Portrait) -> list[tuple[str, Any]]:
    settings = portrait.run.get("settings", {})
    told = {
        "rows": portrait.rows,
        "studies": portrait.studies,
        "patients": portrait.patients,
        "rejected": portrait.rejections and sum(portrait.rejections.values()),
        "engine": settings.get("engine"),
        "model": settings.get("model"),
        "seed": settings.get("seed"),
        "created": portrait.run.get("created"),
        "version": portrait.run.get("vimedsynth"),
    }
    return [(name, value) for name, value in told.items() if value not in (None, "", {})]


def _matrix(portrait: Portrait) -> dict[str, Any]:
    tasks = sorted({task for _, task in portrait.region_by_task})
    regions = sorted({region for region, _ in portrait.region_by_task}, key=lambda r: (_ORDER.get(r, 99), r))
    rows = [(region, [portrait.region_by_task.get((region, task), 0) for task in tasks]) for region in regions]
    return {"tasks": tasks, "rows": rows}


def _yes_no(portrait: Portrait) -> list[tuple[str | None, int, int, float]]:
    yes, no = (sum(pair[side] for pair in portrait.yes_no.values()) for side in (0, 1))
    rows: list[tuple[str | None, int, int]] = [(kind, *pair) for kind, pair in portrait.yes_no.items()]
    return [(kind, y, n, round(100 * y / (y + n), 1)) for kind, y, n in [*rows, (None, yes, no)] if y + n]


def _coverage(portrait: Portrait) -> dict[str, Any]:
    tasks = portrait.run.get("counts", {}).get("tasks", {})
    names = {"works", "unanswered", "findings", "covered"}
    return {task: counts for task, counts in tasks.items() if isinstance(counts, dict) and names <= counts.keys()}


def render(portraits: Sequence[Portrait], cards: Sequence[tuple[int, Card]]) -> str:
    """The page. ``cards`` name the portrait they belong to, from 0."""
    folder = files("vimedsynth.stats")
    words = orjson.loads(folder.joinpath("words.json").read_bytes())
    yes_no = [_yes_no(portrait) for portrait in portraits]
    coverage = [_coverage(portrait) for portrait in portraits]
    codes = [portrait.rejections for portrait in portraits]
    left_out = {"yes_no": not any(yes_no), "coverage": not any(coverage)}
    names = ("overview", "breakdown", "distributions", "yes_no", "coverage", "diversity", "rejections", "cards")
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return template.from_string(folder.joinpath("page.html.j2").read_text(encoding="utf-8")).render(
        words=words,
        css=Markup(folder.joinpath("page.css").read_text(encoding="utf-8")),
        version=__version__,
        portraits=portraits,
        sections=[name for name in names if not left_out.get(name)],
        facts=[_facts(portrait) for portrait in portraits],
        breakdowns=list(_breakdowns(portraits)),
        matrices=[_matrix(portrait) for portrait in portraits],
        histograms=list(_histograms(portraits)),
        yes_no=yes_no,
        coverage=coverage,
        rejection_svg=_breakdown("rejections", codes).svg if any(codes) else None,
        cards=cards,
    )
