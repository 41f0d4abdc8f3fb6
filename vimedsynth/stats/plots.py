"""Histograms and bars as SVG inside the page, drawn by matplotlib. Words stay in the page, so a plot has no language."""

import re
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from vimedsynth.errors import missing_extra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#010203"  # stands for the page's own text colour, light or dark
SERIES = ("#2a78b8", "#d9822b")
_INCHES = (3.6, 2.2)
_BINS = 24
_STYLE: Any = {
    **{"font.size": 9, "axes.linewidth": 0.6, "text.color": INK, "axes.edgecolor": INK, "axes.labelcolor": INK},
    **{"xtick.color": INK, "ytick.color": INK},
}


def _figure() -> "tuple[Any, Axes]":
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError as error:
        raise missing_extra("stats", "the plots of the page") from error
    with rc_context(_STYLE):
        figure = Figure(figsize=_INCHES, layout="constrained")
        axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _svg(figure: Any, name: str) -> str:
    """The figure as an ``<svg>`` element whose text is text, whose ids are its own and whose bytes depend on it alone."""
    from matplotlib import rc_context

    file = StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = file.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S).replace(INK, "currentColor")
    svg = re.sub(r'font: ([\d.]+)px [^;"]*', r"font: \1px sans-serif", svg)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\1{name}-", svg)
    return svg.replace("<svg ", '<svg role="img" aria-hidden="true" ', 1)


def histogram(name: str, values: Sequence[Sequence[float]]) -> str:
    """Shares of rows by value, one outline for each series; the last bin holds what lies above the 99th percentile."""
    figure, axes = _figure()
    filled = [np.asarray(series, dtype=float) for series in values]
    everything = np.concatenate(filled)
    low, high = float(everything.min()), float(np.percentile(everything, 99))
    edges = np.linspace(low, high if high > low else low + 1, _BINS + 1)
    for series, colour in zip(filled, SERIES, strict=False):
        if len(series):
            weights = np.full(len(series), 100 / len(series))
            clipped = np.clip(series, edges[0], edges[-1])
            axes.hist(clipped, edges.tolist(), weights=weights, color=colour, alpha=0.55, histtype="stepfilled")
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:g} %")
    return _svg(figure, name)


def bars(name: str, counts: Sequence[Mapping[str, int]], keys: Sequence[str]) -> str:
    """Horizontal bars for ``keys``, the first at the top, one colour a series."""
    figure, axes = _figure()
    figure.set_size_inches(_INCHES[0], 0.6 + 0.24 * len(keys) * len(counts))
    at, height = np.arange(len(keys), dtype=float), 0.8 / len(counts)
    for index, series in enumerate(counts):
        widths = [series.get(key, 0) for key in keys]
        drawn = axes.barh(at + index * height, widths, height, color=SERIES[index % len(SERIES)], alpha=0.8)
        axes.bar_label(drawn, [f"{width}" if width else "" for width in widths], padding=2, fontsize=8, color=INK)
    axes.set_yticks(at + height * (len(counts) - 1) / 2, keys)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    return _svg(figure, name)
