"""Runs and scans -> a manifest folder: index, select, test for leaks, write every format in one pass, publish at once.

Everything is written under ``.building`` and moved into place when it is whole; images alone are kept from an
interrupted build, for they are written one by one and never change.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson

from vimedsynth import __version__
from vimedsynth.errors import DataRefused, Misuse
from vimedsynth.holding import holding
from vimedsynth.leaks import Item, Key, Leak, find_leaks
from vimedsynth.manifests import WRITER_BY_NAME, Writer, leakage
from vimedsynth.manifests.card import write_card
from vimedsynth.manifests.copies import Copy, read_copies
from vimedsynth.manifests.coverage import coverage_of, require_coverage
from vimedsynth.manifests.croissant import write_croissant
from vimedsynth.manifests.finished import BUILDING, digest, existing
from vimedsynth.manifests.images import ImageStore
from vimedsynth.manifests.index import Index, open_index, samples_file
from vimedsynth.manifests.joining import Joiner
from vimedsynth.manifests.origin import require_corpus
from vimedsynth.manifests.originals import write_originals
from vimedsynth.manifests.rows import Row
from vimedsynth.manifests.scans import Scans
from vimedsynth.manifests.select import Policy, balance, cap_duplicates, drop_near, mix, statistics
from vimedsynth.runs import fingerprint
from vimedsynth.splits import SPLITS, Assign, frozen, read_split_file, split_rule
from vimedsynth.studies import Corpus, open_corpus

_VERSION = 1


@dataclass(frozen=True)
class Plan:
    """What to build. Raises nothing by itself; see :func:`build`."""

    runs: tuple[Path, ...]
    folder: Path
    corpus: Path | None = None
    augmented: tuple[Path, ...] = ()
    formats: tuple[str, ...] = ("llava",)
    split: str = "vimed-pet"
    seed: int = 0
    test_set: Path | None = None  # a frozen set whose patients stay out of training
    mix: Mapping[str, float] = field(default_factory=dict)
    originals: bool = False
    duplicates: Policy = field(default_factory=lambda: Policy("report"))
    near: Policy = field(default_factory=lambda: Policy("off"))
    balance: Policy = field(default_factory=lambda: Policy("report"))
    min_coverage: float = 0.0  # least share of the findings that each task of the runs must ask about
    on_leak: str = "fail"  # fail | drop
    pair_images: bool = False  # a comparison keeps its two images; else they are joined along depth
    embed: bool = False  # images inside parquet and webdataset
    fresh: bool = False

    def settings(self) -> dict[str, Any]:
        """What decides the content: two builds with the same settings are the same build."""
        return {
            "runs": [digest(samples_file(run)) for run in self.runs],
            "corpus": fingerprint(self.corpus) if self.corpus else None,
            "augmented": [digest(folder / "receipts.jsonl") for folder in self.augmented],
            "formats": sorted(self.formats),
            "split": self.split if not Path(self.split).is_file() else digest(Path(self.split)),
            "seed": self.seed,
            "test_set": digest(self.test_set) if self.test_set else None,
            "mix": {name: round(share, 9) for name, share in sorted(self.mix.items())},
            "originals": self.originals or "O" in self.mix,
            "duplicates": [self.duplicates.action, self.duplicates.limit],
            "near_duplicates": [self.near.action, self.near.limit],
            "balance": self.balance.action,
            "on_leak": self.on_leak,
            "pair_images": self.pair_images,
            "embed_images": self.embed,
        }


def build(plan: Plan, progress: Callable[[int], None] = lambda rows: None) -> dict[str, Any]:
    """Build the manifest and return what is in its ``manifest.json``; ``progress`` hears the number of rows written.

    Raises DataRefused when a split leaks, nothing is left or the disk is full, SettingsDiffer when the folder holds
    another manifest.
    """
    try:
        return _build(plan, progress)
    except OSError as error:
        raise DataRefused(f"{error.filename or plan.folder}: {error.strerror or type(error).__name__}") from error


def _build(plan: Plan, progress: Callable[[int], None]) -> dict[str, Any]:
    if unknown := [name for name in plan.formats if name not in WRITER_BY_NAME]:
        raise Misuse(f"format {unknown[0]!r} is not known; expected {', '.join(WRITER_BY_NAME)}")
    settings = plan.settings()
    with holding(plan.folder):
        return existing(plan.folder, settings, plan.fresh) or _anew(plan, settings, progress)


def _anew(plan: Plan, settings: dict[str, Any], progress: Callable[[int], None]) -> dict[str, Any]:
    coverage = coverage_of(plan.runs)
    require_coverage(coverage, plan.min_coverage)
    part = _begin(plan.folder, settings)
    corpus = open_corpus(plan.corpus) if plan.corpus else None
    runs = _with_originals(plan, corpus, part)
    own = {study.study_id: study.split for study in corpus.studies if study.split} if corpus else {}
    with open_index(part / "index.sqlite", runs, own) as index:
        index.add_runs(_rule(plan, corpus))
        if corpus is not None:
            require_corpus(plan.runs, corpus, index)
        copies = read_copies(plan.augmented)
        near = _select(plan, index, corpus, copies)
        manifest = _write(plan, index, corpus, copies, part, progress)
        manifest |= {
            "settings": settings,
            "statistics": {**statistics(index), "near_duplicates": near, "coverage": coverage},
        }
    (part / "manifest.json").write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    write_card(part, manifest)
    write_croissant(part, manifest)
    _publish(part, plan.folder)
    return manifest


def _begin(folder: Path, settings: dict[str, Any]) -> Path:
    """An empty building folder; the images of an interrupted build stay if it had the same settings."""
    part = folder / BUILDING
    said = part / "settings.json"
    same = said.is_file() and said.read_bytes() == orjson.dumps(settings)
    if (folder / "images").exists() and not same:
        if not part.is_dir():
            raise DataRefused(
                f"{folder}: has images but no manifest.json; expected an empty folder or a manifest of ours"
            )
        shutil.rmtree(folder / "images")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    said.write_bytes(orjson.dumps(settings))
    return part


def _with_originals(plan: Plan, corpus: Corpus | None, part: Path) -> tuple[Path, ...]:
    if not plan.originals and "O" not in plan.mix:
        return plan.runs
    if corpus is None:
        raise Misuse("the original reports (subset O) need --corpus")
    write_originals(corpus, part / "originals.jsonl")
    return (*plan.runs, part / "originals.jsonl")


def _rule(plan: Plan, corpus: Corpus | None) -> Assign:
    rule = split_rule(plan.split, plan.seed)
    if plan.test_set is None:
        return rule
    rows = read_split_file(plan.test_set)
    named = {row.study_id for row in rows if row.study_id and not row.patient_id}
    patients = {s.study_id: s.patient_id for s in corpus.studies if s.study_id in named} if corpus and named else {}
    return frozen(rule, rows, patients)


def _select(plan: Plan, index: Index, corpus: Corpus | None, copies: dict[str, tuple[Copy, ...]]) -> int:
    leaks = leakage.study_leaks(index, leakage.read_texts(corpus, index), copies)
    if leaks and plan.on_leak == "drop":
        leakage.drop_training_side(index, leaks)
    elif leaks:
        raise leakage.refuse(index, leaks, plan.folder / "leaks.jsonl")
    cap_duplicates(index, plan.duplicates)
    near = drop_near(index, plan.near)
    balance(index, plan.balance)
    mix(index, dict(plan.mix))
    if not index.count():
        hint = "; the studies have no split of their own: try --split patient" if index.reasons()["no-split"] else ""
        raise DataRefused(
            f"{', '.join(map(str, plan.runs))}: no sample is left for the manifest ({dict(index.reasons()) or 'the runs are empty'}){hint}"
        )
    return near


def _write(
    plan: Plan,
    index: Index,
    corpus: Corpus | None,
    copies: dict[str, tuple[Copy, ...]],
    part: Path,
    progress: Callable[[int], None],
) -> dict[str, Any]:
    store = ImageStore(plan.folder)
    joiner = Joiner(Scans(corpus, store, set(index.studies)), copies, plan.pair_images)
    writers = {name: WRITER_BY_NAME[name](part, plan.folder, plan.embed) for name in plan.formats}
    tally = _Tally()
    with (part / "lineage.jsonl").open("wb") as lineage:
        for number, row in enumerate(joiner.rows(index.read(index.kept())), 1):
            progress(number)
            if not _write_row(row, writers, lineage, tally):
                joiner.left_out["no-format-holds-it"] += 1
    files = [name for writer in writers.values() for name in writer.close()]
    if leaks := image_leaks(part / "lineage.jsonl"):
        raise DataRefused(f"{len(leaks)} images are in two splits, the first: {leaks[0]}; build with another --split")
    if empty := [name for name in plan.formats if not tally.formats[name]]:
        reasons = dict(joiner.notes)
        raise DataRefused(
            f"no row has what the format {empty[0]} needs, an image each ({reasons}); "
            "give --corpus with volumes, or --format jsonl or sharegpt for text only"
        )
    return {
        "manifest_version": _VERSION,
        "vimedsynth": __version__,
        "rows": tally.splits(),
        "rows_by_subset": dict(sorted(tally.subsets.items())),
        "rows_by_format": {name: tally.formats[name] for name in plan.formats},
        "augmented_rows": tally.augmented,
        "images": store.count,
        "left_out": dict(sorted((index.reasons() + joiner.left_out).items())),
        "notes": dict(sorted(joiner.notes.items())),
        "schemas": _schemas(plan.formats),
        "files": {name: _file(part / name) for name in sorted([*files, "lineage.jsonl"])},
    }


class _Tally:
    """Rows counted as they are written."""

    def __init__(self) -> None:
        self.by_split, self.subsets, self.formats = Counter[str](), Counter[str](), Counter[str]()
        self.augmented = 0

    def splits(self) -> dict[str, int]:
        return {split: self.by_split[split] for split in SPLITS}


def _write_row(row: Row, writers: dict[str, Writer], lineage: IO[bytes], tally: _Tally) -> bool:
    """Whether any format took the row; only then it has lineage and counts."""
    taken = [name for name, writer in writers.items() if writer.write(row)]
    tally.formats.update(taken)
    if taken:
        lineage.write(orjson.dumps(row.lineage) + b"\n")
        tally.by_split[row.split] += 1
        tally.subsets[row.subset] += 1
        tally.augmented += row.lineage["augmentation"] is not None
    return bool(taken)


def image_leaks(lineage: Path) -> tuple[Leak, ...]:
    """Images with the same bytes in two splits, from a lineage file."""

    def items() -> Iterator[Item]:
        seen: set[tuple[str, str]] = set()
        with lineage.open("rb") as handle:
            for row in map(orjson.loads, handle):
                keys = [image["sha256"] for image in row["images"] if (row["split"], image["sha256"]) not in seen]
                seen.update((row["split"], key) for key in keys)
                if keys:
                    kind = "augmented-copy" if row["augmentation"] else "image"
                    yield Item(row["id"], row["split"], tuple(Key("image", key, kind) for key in keys))

    return tuple(find_leaks(items))


def _schemas(formats: tuple[str, ...]) -> dict[str, str]:
    names = {"llava": "llava-row", "sharegpt": "sharegpt-row", "jsonl": "jsonl-row"}
    rows = {names[name]: f"urn:vimedsynth:schema:{names[name]}:1" for name in formats if name in names}
    return {"lineage-row": "urn:vimedsynth:schema:lineage-row:1", **rows}


def _file(path: Path) -> dict[str, Any]:
    return {"sha256": digest(path), "bytes": path.stat().st_size}


def _publish(part: Path, folder: Path) -> None:
    """Move the files into place, ``manifest.json`` last: where it is, the manifest is whole."""
    hidden = {"originals.jsonl", "settings.json", "index.sqlite"}
    files = [path for path in sorted(part.rglob("*")) if path.is_file() and path.name not in hidden]
    for path in sorted(files, key=lambda path: path.name == "manifest.json"):
        target = folder / path.relative_to(part)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    shutil.rmtree(part)
    (folder / "leaks.jsonl").unlink(missing_ok=True)
