"""Sample cards: a row, the report it is bound to with the evidence marked, and its slices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from vimedsynth.errors import VimedsynthError
from vimedsynth.regions import split
from vimedsynth.reports import REGIONS, Report
from vimedsynth.samples import sha256_text
from vimedsynth.stats.entries import Entry, Picture
from vimedsynth.stats.slices import Slice, slices
from vimedsynth.studies import Study, open_corpus
from vimedsynth.volumes import open_scan


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of report text and the numbers (from 1) of the turns whose evidence it is."""

    text: str
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A row to look at. ``report`` is empty where the corpus was not given, or has another text now."""

    entry: Entry
    report: tuple[Piece, ...]
    pictures: tuple[Slice, ...]


def marked(text: str, evidence: Sequence[Sequence[tuple[int, int]]]) -> tuple[Piece, ...]:
    """``text`` cut where evidence begins or ends; the pieces joined are the text. Overlaps carry several turns."""
    spans = [(start, stop, turn) for turn, ranges in enumerate(evidence, 1) for start, stop in ranges]
    cuts = sorted({0, len(text), *(min(point, len(text)) for start, stop, _ in spans for point in (start, stop))})
    pieces = []
    for start, stop in pairwise(cuts):
        turns = tuple(dict.fromkeys(turn for first, last, turn in spans if first <= start and stop <= last))
        pieces.append(Piece(text[start:stop], turns))
    return tuple(pieces)


def _picture(entry: Entry, study: Study | None, corpus: Path) -> Picture | None:
    """The row's own picture, else the study's volumes and where the row's region lies in them."""
    if entry.picture is not None or study is None or study.pet_path is None:
        return entry.picture
    root = corpus if corpus.is_dir() else corpus.parent
    names = [path.relative_to(root).as_posix() if path else None for path in (study.pet_path, study.ct_path)]
    return Picture(root, names[0], names[1], _region(study, entry.region))


def _region(study: Study, region: str) -> tuple[int, int] | None:
    """Slices ``[start, stop)`` of the PET volume; None for a whole study and where the region is not to be found."""
    if region not in REGIONS:
        return None
    try:
        return split(open_scan(study), study.height_m).ranges.get(region)
    except VimedsynthError:
        return None


def _card(entry: Entry, found: tuple[Study, Report] | None, corpus: Path | None) -> Card:
    study, report = found or (None, None)
    if corpus is not None:
        entry = replace(entry, picture=_picture(entry, study, corpus))
    known = report is not None and entry.report_sha256 in ("", sha256_text(report.text))
    pieces = marked(report.text, [turn.evidence for turn in entry.turns]) if report is not None and known else ()
    return Card(entry, pieces, slices(entry.picture))


def cards(entries: Sequence[Entry], corpus: Path | None) -> tuple[Card, ...]:
    """Cards of ``entries``. Raises DataRefused when ``corpus`` is not one."""
    wanted = {entry.study_id for entry in entries}
    found: dict[str, tuple[Study, Report]] = {}
    if corpus is not None:
        for study, report in open_corpus(corpus).reports():
            if study.study_id in wanted:
                found[study.study_id] = (study, report)
                if len(found) == len(wanted):
                    break
    return tuple(_card(entry, found.get(entry.study_id), corpus) for entry in entries)
