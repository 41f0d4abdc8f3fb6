"""The leak test of a manifest: before it is written over studies and texts, after it over the images."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from vimedsynth.duplicates import fold_hash, groups
from vimedsynth.errors import DataRefused
from vimedsynth.leaks import Item, Key, Leak, find_leaks
from vimedsynth.manifests.copies import Copy
from vimedsynth.manifests.index import Index
from vimedsynth.splits import SPLITS
from vimedsynth.studies import Corpus

_KIND_BY_SUBSET = {"G": "paraphrase"}
_NAMED = 1000
"""Rows named for each side of a leak in leaks.jsonl; their number is always complete."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What the reports and the whole-report rewrites are: hashes of folded texts, and groups of near ones."""

    reports: dict[str, str] = field(default_factory=dict)  # study id -> hash of its folded report
    near: dict[str, str] = field(default_factory=dict)  # study id -> name of its report's group of near texts
    rewrites: dict[str, frozenset[str]] = field(default_factory=dict)  # study id -> groups that its rewrites are in


def read_texts(corpus: Corpus | None, index: Index) -> Texts:
    """The texts of the studies that the runs use; nothing without a corpus, where the runs' hashes must do."""
    if corpus is None:
        return Texts()
    wanted, hashes = set(index.studies), dict[str, str]()

    def texts() -> Iterator[tuple[str, str]]:
        for study, report in corpus.reports():
            if study.study_id in wanted:
                hashes[study.study_id] = fold_hash(report.text)
                yield study.study_id, report.text
        for place, sample in index.read(index.whole_rewrites()):
            yield f"{sample['study_id']}\0{place.id}", sample["text"]

    found = Texts(hashes)
    rewrites: dict[str, set[str]] = {}
    for group in groups(texts()):
        for member in group:
            study, _, rewrite = member.partition("\0")
            if rewrite:
                rewrites.setdefault(study, set()).add(group[0])
            else:
                found.near[study] = group[0]
    found.rewrites.update((study, frozenset(names)) for study, names in rewrites.items())
    return found


def items(index: Index, texts: Texts, copies: dict[str, tuple[Copy, ...]]) -> Iterator[Item]:
    """One item for each study, split and kind of row; its id is ``<study>#<kind>``.

    A comparison's partner is an item twice: in the split of the comparison, and in the split of its own, which it has
    whether or not it has a row there.
    """
    query = (
        "SELECT DISTINCT a.study, a.patient, a.report, s.split, s.subset, b.study, b.patient, b.report, b.split"
        " FROM samples s JOIN studies a ON a.n = s.study LEFT JOIN studies b ON b.n = s.partner WHERE s.reason IS NULL"
        " ORDER BY a.n, s.split, s.subset, b.n"
    )
    for study, patient, report, split, subset, other, other_patient, other_report, own in index.sql.execute(query):
        kinds = [_KIND_BY_SUBSET.get(subset, "")]
        if split == "train" and study in copies:
            kinds.append("augmented-copy")
        for kind in kinds:
            yield Item(f"{study}#{kind or subset}", split, _keys(study, patient, report, texts, kind))
        if other is not None:
            keys = _keys(other, other_patient, other_report, texts, "comparison-partner")
            yield Item(f"{study}#comparison-with#{other}", split, keys)
            if own in SPLITS:
                yield Item(f"{other}#own", own, _keys(other, other_patient, other_report, texts, ""))


def _keys(study: str, patient: str, report: str, texts: Texts, kind: str) -> tuple[Key, ...]:
    text, near = texts.reports.get(study, report), texts.near.get(study)
    keys = [Key("study", study, kind or "study"), Key("patient", patient, kind or "patient")]
    if text:
        keys.append(Key("report", text, kind or "report"))
    if near:
        keys.append(Key("near-report", near, kind or "near-report"))
    if kind == "paraphrase":
        keys += [Key("near-report", name, kind) for name in sorted(texts.rewrites.get(study, ())) if name != near]
    return tuple(keys)


def study_leaks(index: Index, texts: Texts, copies: dict[str, tuple[Copy, ...]]) -> tuple[Leak, ...]:
    """All leaks over studies, patients and reports."""
    return tuple(find_leaks(lambda: items(index, texts, copies)))


def drop_training_side(index: Index, leaks: tuple[Leak, ...]) -> None:
    """Leave out the rows of the earlier split that a held-out split would be learnt from: reason ``leak``."""
    for leak in leaks:
        where = "split = ? AND study = (SELECT n FROM studies WHERE study = ?)"
        study, _, rest = leak.other_id.partition("#")
        values = [leak.other_split, study]
        if rest.startswith("comparison-with#"):
            where += " AND partner = (SELECT n FROM studies WHERE study = ?)"
            values.append(rest.split("#", 1)[1])
        index.leave_out("leak", where, values)


def refuse(index: Index, leaks: tuple[Leak, ...], path: Path) -> DataRefused:
    """Write every leak with its rows to ``path``; the error that names the first of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as handle:
        for leak in leaks:
            rows, other = _rows(index, leak.split, leak.id), _rows(index, leak.other_split, leak.other_id)
            line = {**leak.json(), "rows": rows, "other_rows": other}
            handle.write(orjson.dumps(line) + b"\n")
    first = leaks[0]
    sample = ", ".join(row[:12] for row in _rows(index, first.split, first.id)[:3])
    return DataRefused(
        f"{len(leaks)} leaks between splits, the first: {first} (rows {sample}...); all of them with their rows: {path}. "
        "Another --split, or --on-leak drop, which leaves the training side out"
    )


def _rows(index: Index, split: str, item: str) -> list[str]:
    query = "SELECT s.id FROM samples s JOIN studies a ON a.n = s.study WHERE s.reason IS NULL AND s.split = ? AND a.study = ?"
    return [row[0] for row in index.sql.execute(f"{query} ORDER BY seq LIMIT {_NAMED}", (split, item.split("#")[0]))]
