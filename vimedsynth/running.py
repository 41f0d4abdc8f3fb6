"""A command's run from corpus to counts: open the folder, stream the work, stop well, write the files."""

import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

from vimedsynth import __version__
from vimedsynth.engines import Engine, EngineOptions, make_engine
from vimedsynth.errors import DataRefused, Interrupted
from vimedsynth.generators.payloads import schema_sha256
from vimedsynth.locating import Locator
from vimedsynth.pipeline import Loop
from vimedsynth.privacy import refuse_people
from vimedsynth.progress import Progress
from vimedsynth.runs import Run, fingerprint, finish_run, open_run, source_date
from vimedsynth.samples import WHOLE, Case, Task
from vimedsynth.studies import Corpus, Problem, Study, examine_report, open_corpus
from vimedsynth.work import Work

WorksOf = Callable[[Iterator[Case]], Iterator[Work]]
"""The work of a command over all cases, lazily and in corpus order."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What a user says about a run, whatever the task."""

    corpus: Path
    output: Path
    engine: str = "grounded"
    engine_options: EngineOptions = field(default_factory=EngineOptions)
    seed: int = 0
    max_retries: int = 2
    limit: int | None = None
    fresh: bool = False
    dry_run: bool = False
    quiet: bool = False
    source_epoch: str | None = None  # SOURCE_DATE_EPOCH


@dataclass
class Reading:
    """The cases of a corpus as a stream; what could not be read is counted by code as it goes by."""

    corpus: Corpus
    limit: int | None
    progress: Progress
    problems: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    first: Problem | None = None  # of those that leave a study out

    def cases(self) -> Iterator[Case]:
        """One whole-report case per readable study."""
        for study in islice(self._studies(), self.limit):
            self.progress.study()
            report, problems = examine_report(study)
            for problem in problems:
                self._meet(problem)
            if report is not None:
                self.reports += 1
                yield Case(study, report, WHOLE)

    def told(self) -> str:
        """The problems by code, and the first that left a study out."""
        counts = ", ".join(f"{code} {count:,}" for code, count in sorted(self.problems.items())) or "no study"
        return counts if self.first is None else f"{counts}; first {self.first.file}: {self.first.message}"

    def _meet(self, problem: Problem) -> None:
        self.problems[problem.code] += 1
        if problem.excludes and self.first is None:
            self.first = problem

    def _studies(self) -> Iterator[Study]:
        for entry in self.corpus.entries():
            if isinstance(entry, Problem):
                self._meet(entry)
            else:
                yield entry


def run_tasks(options: RunOptions, tasks: tuple[Task, ...], said: Mapping[str, Any], works: WorksOf) -> dict[str, Any]:
    """Do the work and return the counts of ``run.json``. ``said`` are the task's own settings.

    Raises Interrupted after SIGINT (what was in flight is finished), EngineUnavailable when the engine is gone for
    good; both leave a folder that the same command goes on with.
    """
    corpus = open_corpus(options.corpus)
    engine = make_engine(options.engine, replace(options.engine_options, offline=options.dry_run))
    counted = 1 if options.quiet else options.limit  # how many there are is said to nobody: one shows that it opens
    total = sum(1 for _ in islice(corpus.studies, counted))
    progress = Progress(total, options.quiet)
    reading = Reading(corpus, options.limit, progress)
    if options.dry_run:
        from vimedsynth.estimate import estimate

        return estimate(engine, works(reading.cases()), options.engine_options.concurrency)
    if engine.remote and not options.engine_options.redact:
        refuse_people(
            Reading(corpus, options.limit, Progress(quiet=True)).cases(), str(options.engine_options.base_url)
        )
    created = source_date(options.corpus, options.source_epoch)
    settings = _settings(options, tasks, said, engine)
    run = open_run(options.output, settings, created, corpus=str(options.corpus), fresh=options.fresh)
    with closing(run.journal):
        loop = Loop(
            run,
            engine,
            works(reading.cases()),
            retries=options.max_retries,
            locate=Locator(corpus.root),
            progress=progress,
            most_tokens=options.engine_options.max_tokens,
        )
        return _execute(run, loop, reading)


def _execute(run: Run, loop: Loop, reading: Reading) -> dict[str, Any]:
    with stopping(loop.stop):
        complete = loop.execute()
    reading.progress.show(last=True)
    if not complete:
        raise Interrupted(f"{run.folder}: stopped; what was finished is kept, the same command goes on")
    if not reading.reports:
        raise DataRefused(f"{reading.corpus.root}: no report that can be read ({reading.told()})")
    return finish_run(run, {"reports": reading.reports, "problems": dict(sorted(reading.problems.items()))})


def _settings(options: RunOptions, tasks: tuple[Task, ...], said: Mapping[str, Any], engine: Engine) -> dict[str, Any]:
    prompts: dict[str, str] = {}
    if engine.prompted:
        from vimedsynth.prompts import prompt_name, prompt_sha256

        prompts = {prompt_name(task): prompt_sha256(task) for task in tasks}
    return {
        "vimedsynth": __version__,
        "corpus_sha256": fingerprint(options.corpus),
        "engine": options.engine,
        "model": engine.model,
        "temperature": options.engine_options.temperature if engine.prompted else None,
        "max_tokens": options.engine_options.max_tokens if engine.prompted else None,
        "seed": options.seed,
        "redact": options.engine_options.redact if engine.remote else None,
        "max_retries": options.max_retries,
        "limit": options.limit,
        "tasks": [str(task) for task in tasks],
        "prompts": prompts,
        "schemas": {str(task): schema_sha256(task) for task in tasks},
        **said,
    }


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """SIGINT calls ``stop`` once; a second one interrupts at once, which the journal survives too."""

    def first(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        print("vimedsynth: finishing what is in flight; again to stop at once", file=sys.stderr)
        stop()

    try:
        before = signal.signal(signal.SIGINT, first)
    except ValueError:  # not in the main thread: whoever runs us handles signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
