"""The run folder: what a run is, whether a folder may be gone on with, and the files that a finished run leaves.

``run.json`` is written when the run begins and again when it ends. Its ``settings`` decide what the samples are; the
same command with other settings is refused with the difference. ``begun`` and ``ended`` are wall-clock times;
``created``, which goes into every record, is the date of the source (see :func:`source_date`), so that the same work
gives the same bytes.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import orjson

from vimedsynth import __version__
from vimedsynth.errors import DataRefused, Misuse, SettingsDiffer
from vimedsynth.files import replacing
from vimedsynth.journal import DUPLICATE, Journal

RUN, JOURNAL, SAMPLES, REJECTIONS = "run.json", "journal.sqlite", "samples.jsonl", "rejections.jsonl"
_OWN = (RUN, JOURNAL, f"{JOURNAL}-wal", f"{JOURNAL}-shm", SAMPLES, REJECTIONS)
Settings = Mapping[str, Any]
"""What decides the samples: plain JSON values under stable names."""


@dataclass(frozen=True, slots=True)
class Run:
    """An open run folder: its journal, its recipe (the hash of its settings) and the date for its records."""

    folder: Path
    settings: Settings
    corpus: str  # as the user named it; not a setting: a corpus that moved is the same corpus
    created: str
    begun: str
    journal: Journal

    @property
    def recipe(self) -> str:
        """The hash of all settings that decide an answer; part of every work key."""
        return hashlib.sha256(orjson.dumps(dict(self.settings), option=orjson.OPT_SORT_KEYS)).hexdigest()


def open_run(folder: Path, settings: Settings, created: str, *, corpus: str = "", fresh: bool = False) -> Run:
    """Begin a run in ``folder`` or go on with the one that is there.

    Raises SettingsDiffer when it was begun with other settings, Misuse when the folder holds something else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if fresh:
        _clear(folder)
    before = _read(folder / RUN)
    if before is None:
        strangers = sorted(p.name for p in folder.iterdir() if p.name not in _OWN and not p.name.startswith("."))
        if strangers and not fresh:
            raise Misuse(f"{folder}: not a run ({strangers[0]} is there but no {RUN}); expected an empty folder")
        journal = Journal(folder / JOURNAL)
        before = {"settings": dict(settings), "corpus": corpus, "created": created, "begun": now()}
        _write_run(folder, before)
    else:
        refuse_difference(folder, before["settings"], settings, (before.get("corpus", ""), corpus))
        journal = Journal(folder / JOURNAL)
    return Run(folder, settings, corpus, before["created"], before["begun"], journal)


def refuse_difference(folder: Path, before: Settings, after: Settings, corpora: tuple[str, str] = ("", "")) -> None:
    """Raise SettingsDiffer with one line per setting that is not what the folder was begun with.

    ``corpora`` are the paths of the corpus then and now: its hash says nothing to a reader.
    """
    before, after = _plain(before), _plain(after)
    lines = [
        _corpus_line(*corpora)
        if name == "corpus_sha256" and all(corpora)
        else f"  {name}: {_shown(before, name)} in the folder, {_shown(after, name)} asked for"
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
    if lines:
        head = f"{folder} was begun with other settings; use another folder, or --fresh to begin anew:"
        raise SettingsDiffer("\n".join([head, *lines]))


def _corpus_line(before: str, after: str) -> str:
    if before == after:
        return f"  corpus: {after} is not as it was then (corpus_sha256)"
    return f"  corpus: {before} in the folder, {after} asked for, whose files are others (corpus_sha256)"


def _plain(settings: Settings) -> dict[str, Any]:
    plain: dict[str, Any] = orjson.loads(orjson.dumps(dict(settings)))
    return plain


def _shown(settings: Settings, name: str) -> str:
    return orjson.dumps(settings[name]).decode() if name in settings else "not set"


def _clear(folder: Path) -> None:
    if any(folder.iterdir()) and not (folder / RUN).is_file():
        raise Misuse(f"{folder}: --fresh empties run folders only, and there is no {RUN} in this one")
    _refuse_busy(folder / JOURNAL)
    for name in reversed(_OWN):  # run.json last: a kill in between leaves a folder that is still known as a run
        (folder / name).unlink(missing_ok=True)


def _refuse_busy(path: Path) -> None:
    """Raise Misuse while another process works on the run: it would go on writing into files that are gone."""
    if path.is_file():
        with suppress(DataRefused):  # a journal that cannot be read is why a user begins anew
            Journal(path).close()


def _read(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        run: dict[str, Any] = orjson.loads(path.read_bytes())
        if not isinstance(run["settings"], dict) or not isinstance(run["created"] + run["begun"], str):
            raise TypeError
    except (orjson.JSONDecodeError, KeyError, TypeError, OSError) as error:
        raise DataRefused(f"{path}: not the settings of a run; --fresh begins anew") from error
    return run


def _write_run(folder: Path, run: Mapping[str, Any]) -> None:
    with replacing(folder / RUN) as file:
        file.write(orjson.dumps({"format": 1, "vimedsynth": __version__, **run}, option=orjson.OPT_INDENT_2) + b"\n")


def finish_run(run: Run, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Write the two row files in work order and the counts; returns the counts. Samples + rejections = candidates."""
    totals = run.journal.totals()
    with replacing(run.folder / SAMPLES) as file:
        samples = _write_lines(file, run.journal.samples())
    codes: Counter[str] = Counter()
    with replacing(run.folder / REJECTIONS) as file:
        _write_lines(file, _rejection_rows(run.journal, codes))
    if totals["candidates"] != samples + codes.total():
        raise DataRefused(f"{run.folder}: {totals['candidates']} candidates but {samples} + {codes.total()} outcomes")
    counts = {
        "candidates": totals["candidates"],
        "samples": samples,
        "rejections": codes.total(),
        "rejections_by_code": dict(sorted(codes.items())),
        "requests": totals["requests"],
        "prompt_tokens": totals["prompt_tokens"],
        "completion_tokens": totals["completion_tokens"],
        "tasks": run.journal.coverage(),
        **extra,
    }
    head = {"settings": dict(run.settings), "corpus": run.corpus, "created": run.created, "begun": run.begun}
    _write_run(run.folder, {**head, "ended": now(), "counts": counts})
    return counts


def _rejection_rows(journal: Journal, codes: Counter[str]) -> Iterator[bytes]:
    for code, row in journal.rejections():
        codes[code or DUPLICATE] += 1
        yield row if code else _duplicate(row)


def _duplicate(row: bytes) -> bytes:
    sample = orjson.loads(row)
    candidate = {key: sample[key] for key in ("turns", "text") if key in sample}
    kept = {key: sample[key] for key in ("study_id", "region", "task")}
    message = f"the run already holds sample {sample['id']}"
    rejection = {"code": DUPLICATE, "message": message, "candidate": candidate, "provenance": sample["provenance"]}
    return orjson.dumps(kept | rejection)


def _write_lines(file: IO[bytes], rows: Iterable[bytes]) -> int:
    count = 0
    for row in rows:
        file.write(row + b"\n")
        count += 1
    return count


def now() -> str:
    """The wall clock, RFC 3339 in UTC, whole seconds."""
    return _stamp(datetime.now(UTC).timestamp())


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def source_date(corpus: Path, epoch: str | None) -> str:
    """The date for ``created``: ``epoch`` (SOURCE_DATE_EPOCH) where given, else when the newest text last changed."""
    if epoch:
        if not epoch.isdecimal():
            raise Misuse(f"SOURCE_DATE_EPOCH={epoch!r}: expected whole seconds since 1970")
        return _stamp(int(epoch))
    return _stamp(max((path.stat().st_mtime for path in _texts(corpus)), default=0))


def fingerprint(corpus: Path) -> str:
    """A hash that changes when the corpus does: the content of a .jsonl, else names, sizes and dates of its texts."""
    if corpus.is_file():
        with corpus.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    rows = sorted((p.relative_to(corpus).as_posix(), p.stat().st_size, p.stat().st_mtime_ns) for p in _texts(corpus))
    return hashlib.sha256(orjson.dumps(rows)).hexdigest()


def _texts(corpus: Path) -> Iterator[Path]:
    if corpus.is_file():
        yield corpus
        return
    for suffix in ("csv", "json", "txt"):
        yield from (path for path in corpus.rglob(f"*.{suffix}") if path.is_file())
