"""Whether a corpus is the one that runs were made from: images and split of another one would be joined in silence."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from vimedsynth.errors import DataRefused
from vimedsynth.manifests.index import Index
from vimedsynth.runs import RUN, fingerprint
from vimedsynth.samples import sha256_text
from vimedsynth.studies import Corpus


def require_corpus(runs: tuple[Path, ...], corpus: Corpus, index: Index) -> None:
    """Raise DataRefused when a study of the runs is not in the corpus, or has another report there.

    A corpus whose fingerprint all the runs state needs no look. Only run folders state what their reports were; rows
    from elsewhere are held against the names of the studies alone.
    """
    stated = {_stated(run) for run in runs}
    if None not in stated and stated == {fingerprint(corpus.root)}:
        return
    wanted = set(index.studies)
    if unknown := sorted(wanted - {study.study_id for study in corpus.studies}):
        told = f"{len(unknown):,} of the {len(wanted):,} studies of the runs are not in it, first {unknown[0]!r}"
        raise DataRefused(f"{corpus.root}: {told}; expected the corpus that the runs were made from (study-unknown)")
    if None not in stated and (other := list(_changed(corpus, index))):
        told = f"{len(other):,} studies of the runs have another report there, first {other[0]!r}"
        raise DataRefused(f"{corpus.root}: {told}; expected the corpus that the runs were made from (report-differs)")


def _stated(run: Path) -> str | None:
    """The fingerprint in the run.json of a run folder; None for samples from elsewhere."""
    try:
        value = orjson.loads((run / RUN).read_bytes())["settings"]["corpus_sha256"]
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return value if isinstance(value, str) else None


def _changed(corpus: Corpus, index: Index) -> Iterator[str]:
    said = dict(index.sql.execute("SELECT study, report FROM studies WHERE report != ''"))
    for study, report in corpus.reports():
        if study.study_id in said and said[study.study_id] != sha256_text(report.text):
            yield study.study_id
