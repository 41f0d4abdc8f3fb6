"""A corpus written in the authors' training layout: PET volumes cut by region, reports and rewrites in parallel folders.

``PETCT_<year>/THANG <m>/images/<region>/day_<d>_patient_<n>.npy`` and ``.../reports/<section>/day_<d>_patient_<n>.txt``;
the rewrites of runs under ``paraphrases_1``, ``paraphrases_2`` ... beside ``reports``. ``regions.jsonl`` has a row for
each pair of a region's image and text: which slices of which file, how they were found, and the files.
:mod:`vimedsynth.corpora.by_region` reads all of it back but the rewrites.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.corpora.region_files import Job, Rewrites, Written, write_study
from vimedsynth.errors import DataRefused, Misuse
from vimedsynth.folders import Folder, Names, Row
from vimedsynth.holding import holding
from vimedsynth.pool import results
from vimedsynth.reports import REGIONS, Section
from vimedsynth.runs import fingerprint
from vimedsynth.samples import WHOLE, Task
from vimedsynth.studies import Corpus

WHOLE_BODY = "whole_body"
CUTS = ("images", "height")


@dataclass(frozen=True, slots=True)
class RegionSettings:
    """How to write. Everything but ``workers`` and ``limit`` decides what is in a file."""

    out: Path
    rewrites: tuple[Path, ...] = ()  # runs of `vimedsynth paraphrase`
    cut: str = "images"  # images | height: the lungs on the CT with the height to fall back on, or the height alone
    copy: bool = True  # without: the slices are named and no image is written
    workers: int = 1
    limit: int | None = None
    fresh: bool = False

    def kept(self, corpus: Corpus) -> dict[str, Any]:
        """What a folder must have been made with to be gone on with."""
        runs = [fingerprint(samples_file(run)) for run in self.rewrites]
        return {"corpus": fingerprint(corpus.root), "rewrites": runs, "cut": self.cut, "copy": self.copy}


@dataclass(slots=True)
class Tally:
    """Counts of one call; ``pairs`` + ``kept`` + ``refused`` covers every region of every study."""

    studies: int = 0
    pairs: int = 0
    kept: int = 0  # were there already
    rewrites: int = 0  # texts
    methods: Counter[str] = field(default_factory=Counter)  # how the regions of a study were found
    refused: Counter[str] = field(default_factory=Counter)

    def json(self) -> dict[str, Any]:
        """For ``--json``."""
        return {"studies": self.studies, "pairs": self.pairs, "kept": self.kept, "rewrites": self.rewrites,
                "methods": dict(self.methods), "refused": dict(self.refused)}  # fmt: skip


def row_key(row: Row) -> tuple[str, str]:
    """What a row of ``regions.jsonl`` is about."""
    return str(row["study_id"]), str(row["region"])


REGION_ROWS = Names("regions.json", "regions.jsonl", "refused.jsonl", row_key, "*/*/*/*/.*.part", kind="region pairs")


def write_regions(corpus: Corpus, settings: RegionSettings, progress: Callable[[Tally], None] | None = None) -> Tally:
    """Write the region pairs of a corpus, or go on with that; raises Misuse, SettingsDiffer, DataRefused."""
    if settings.cut not in CUTS:
        raise Misuse(f"cut {settings.cut!r} is not known; expected one of: {', '.join(CUTS)}")
    if settings.out.resolve().is_relative_to(corpus.root.resolve()):
        raise Misuse(f"{settings.out}: is the corpus or lies in it; expected another folder")
    rewrites = read_rewrites(settings.rewrites)
    with holding(settings.out):
        return _fill(corpus, settings, rewrites, progress)


def _fill(
    corpus: Corpus, settings: RegionSettings, rewrites: dict[str, Rewrites], progress: Callable[[Tally], None] | None
) -> Tally:
    _make_room(settings)
    folder = Folder(settings.out, REGION_ROWS, settings.kept(corpus), settings.fresh)
    rows, tally = folder.done(), Tally()
    refused: list[dict[str, str]] = []
    folder.begin(rows.values())
    for done in results(write_study, _jobs(corpus, rewrites, set(rows), settings, tally), settings.workers):
        folder.add(done.rows)
        rows.update((row_key(row), row) for row in done.rows)
        refused += done.refused
        _count(tally, done)
        if progress:
            progress(tally)
    folder.finish(rows.values(), refused)
    return tally


def _make_room(settings: RegionSettings) -> None:
    """Nothing of another corpus may stand among the files, or it would be read with them."""
    root = settings.out
    ours = [p for p in root.glob("PETCT_*/THANG */*/*/*") if p.suffix in (".npy", ".txt")] if root.is_dir() else []
    if ours and not (root / REGION_ROWS.settings).is_file():
        raise Misuse(f"{root}: holds {ours[0].relative_to(root)} and no {REGION_ROWS.settings}; expected a new folder")
    if settings.fresh:
        for path in ours:
            path.unlink()


def _count(tally: Tally, done: Written) -> None:
    tally.pairs += len(done.rows)
    tally.rewrites += done.rewrites
    tally.methods.update({row["method"] for row in done.rows})
    tally.refused.update(row["code"] for row in done.refused)


def read_rewrites(runs: tuple[Path, ...]) -> dict[str, Rewrites]:
    """Study -> its rewrites, numbered within each section in the order of the runs. Raises DataRefused."""
    found: dict[str, list[tuple[str, str]]] = {}
    numbers: Counter[tuple[str, str]] = Counter()
    for path in map(samples_file, runs):
        with path.open("rb") as handle:
            for number, line in enumerate(handle, 1):
                try:
                    sample = orjson.loads(line)
                    if sample["task"] != Task.PARAPHRASE:
                        continue
                    study, text = str(sample["study_id"]), str(sample["text"])
                    name = WHOLE_BODY if sample["region"] == WHOLE else str(Section(sample["region"]))
                except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                    raise DataRefused(f"{path}:{number}: not a sample; expected the rewrites of a run") from error
                numbers[study, name] += 1
                found.setdefault(study, []).append((f"paraphrases_{numbers[study, name]}/{name}", text))
    return {study: tuple(texts) for study, texts in found.items()}


def samples_file(run: Path) -> Path:
    """The samples of a run folder, or the ``.jsonl`` named itself."""
    from vimedsynth.manifests.index import samples_file as found

    return found(run)


def _jobs(
    corpus: Corpus,
    rewrites: dict[str, Rewrites],
    done: set[tuple[Any, ...]],
    settings: RegionSettings,
    tally: Tally,
) -> Iterator[Job]:
    for study in corpus.studies:
        if settings.limit is not None and tally.studies >= settings.limit:
            return
        tally.studies += 1
        left = tuple(str(region) for region in REGIONS if (study.study_id, str(region)) not in done)
        tally.kept += len(REGIONS) - len(left)
        if left:
            own = rewrites.get(study.study_id, ())
            yield Job(study, corpus.root, settings.out, left, own, settings.cut, settings.copy)
