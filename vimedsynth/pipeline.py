"""The only place where the stages meet: work -> request -> reply -> candidates -> guards -> samples and rejections.

A unit of work is asked about until it has an answer: what the guards refuse is asked for again with their objections,
a bounded number of times; what is still missing then is written by the grounded engine and marked so. Units are
taken lazily and their state lives only while they are in flight, so memory does not grow with the corpus; after a
kill the state is read back from the journal.
"""

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import orjson

from vimedsynth.engines import Engine, Reply, Request
from vimedsynth.engines.grounded import GroundedEngine
from vimedsynth.generators.payloads import schema_for, schema_sha256
from vimedsynth.journal import Ended, Finished, Step
from vimedsynth.judging import Judged, Locate, judge
from vimedsynth.progress import Progress
from vimedsynth.runs import Run
from vimedsynth.samples import Objection, Provenance, Task, sha256_text
from vimedsynth.work import Work, attempt_seed, work_key

FALLBACK = "grounded-fallback"
"""The engine name in the records of answers that the grounded engine wrote in the place of a model."""
_TOGETHER = 16
"""Units that an engine without a model ends before they are committed: to write them again costs milliseconds."""
HOPELESS = frozenset({"nothing-to-say", "report-too-long", "prompt-too-long", "request-refused"})
"""Failures that asking again cannot mend."""


@dataclass
class _Open:
    """A unit of work that has been begun and not ended."""

    ordinal: int
    key: str
    work: Work
    attempt: int = 0
    samples: set[str] = field(default_factory=set)
    covered: set[str] = field(default_factory=set)
    objections: tuple[Objection, ...] = ()
    failure: str | None = None

    @property
    def uncovered(self) -> frozenset[str]:
        return frozenset(f.id for f in self.work.case.findings) - self.covered

    @property
    def answered(self) -> bool:
        """Nothing refused, or nothing missing in spite of it."""
        if not self.samples or not self.objections:
            return bool(self.samples)
        return self.work.task is Task.VQA_SINGLE and not self.uncovered

    def learn(self, reply: Reply, judged: Judged) -> None:
        self.samples |= judged.samples
        self.covered |= judged.covered
        self.objections, self.failure = judged.objections, reply.failure


class Loop:
    """The feed and the judge of one run. ``stop()`` ends the feed; what is in flight is still finished."""

    def __init__(
        self,
        run: Run,
        engine: Engine,
        works: Iterator[Work],
        *,
        retries: int,
        locate: Locate,
        progress: Progress,
        most_tokens: int | None = None,
    ) -> None:
        self._run, self._engine, self._works = run, engine, enumerate(works)
        self._recipe = run.recipe
        self._retries, self._locate, self._progress = retries, locate, progress
        self._most_tokens = most_tokens
        self._again: deque[_Open] = deque()
        self._flight: dict[str, _Open] = {}
        self._pending: list[Step] = []
        self._grounded = GroundedEngine()
        self._stopped = False

    def execute(self) -> bool:
        """Work until there is no more, or until stopped; True when all is done."""
        try:
            for reply in self._engine.complete(self):
                self._finish(self._flight.pop(reply.key), reply)
        finally:
            self._commit()
        return not self._stopped

    def stop(self) -> None:
        """Take no new work."""
        self._stopped = True

    def take(self) -> Request | None:
        """The next request (see :class:`vimedsynth.engines.Feed`): what is asked again before what is new.

        What a model has finished is committed first, so that a kill never costs more than a window of requests; without
        a model some units are committed together.
        """
        if self._engine.prompted or len(self._pending) >= _TOGETHER:
            self._commit()
        while not self._stopped:
            opened = self._again.popleft() if self._again else self._next()
            if opened is None:
                return None
            if opened.attempt == 0:
                self._recover(opened)
            if self._over(opened):
                self._end(opened, [])
                continue
            request = self._request(opened)
            self._flight[request.key] = opened
            return request
        return None

    def _commit(self) -> None:
        if self._pending:
            self._run.journal.commit_all(self._pending)
            self._pending.clear()

    def _next(self) -> _Open | None:
        for ordinal, work in self._works:
            key = work_key(work, self._recipe)
            if not self._run.journal.done(key):
                return _Open(ordinal, key, work)
            self._progress.skipped()
        return None

    def _recover(self, opened: _Open) -> None:
        """Take in what an earlier process finished of this unit."""
        for attempt, reply in self._run.journal.replies(opened.key):
            opened.attempt = attempt
            opened.learn(reply, self._judged(opened, reply))

    def _over(self, opened: _Open) -> bool:
        return opened.answered or opened.attempt > self._retries or opened.failure in HOPELESS

    def _request(self, opened: _Open) -> Request:
        opened.attempt += 1
        work, attempt = opened.work, opened.attempt
        key, seed = f"{opened.key}:{attempt}", attempt_seed(work, attempt)
        if not self._engine.prompted:
            return Request(key, work, (), {}, seed, attempt=attempt, objections=opened.objections)
        from vimedsynth.prompts import messages_for, token_budget

        budget = min(token_budget(work), self._most_tokens or sys.maxsize) * (2 if opened.failure == "cut-off" else 1)
        messages = messages_for(work, opened.objections, opened.uncovered)
        return Request(key, work, messages, schema_for(work), seed, budget, attempt, opened.objections)

    def _finish(self, opened: _Open, reply: Reply) -> None:
        judged = self._judged(opened, reply)
        opened.learn(reply, judged)
        row = Finished(opened.attempt, reply, self._kept(reply, judged), judged.outcomes)
        if self._over(opened):
            self._end(opened, [row])
            return
        self._pending.append(Step(opened.key, opened.ordinal, (row,), None))
        self._progress.reply(row)
        self._again.append(opened)

    def _kept(self, reply: Reply, judged: Judged) -> bytes | None:
        """The payload for the journal: a model's always, the grounded engine's only where something was refused."""
        keep = reply.payload is not None and (self._engine.prompted or judged.objections)
        return orjson.dumps(reply.payload) if keep else None

    def _end(self, opened: _Open, rows: list[Finished]) -> None:
        """Close a unit of work; a model's gaps are filled by the grounded engine in the same transaction."""
        engine = self._engine.name
        if self._engine.prompted and (filled := self._fill(opened)):
            rows, engine = [*rows, filled], FALLBACK
        findings = len(opened.work.case.findings)
        ended = Ended(opened.work.task, engine, findings, findings - len(opened.uncovered), len(opened.samples))
        self._pending.append(Step(opened.key, opened.ordinal, tuple(rows), ended))
        for row in rows:
            self._progress.reply(row)
        self._progress.ended()

    def _fill(self, opened: _Open) -> Finished | None:
        """The grounded answer to a unit without a sample, or to the findings that no accepted question is about."""
        partly = bool(opened.samples)
        if partly and (opened.work.task is not Task.VQA_SINGLE or not opened.uncovered):
            return None
        opened.attempt += 1
        seed = attempt_seed(opened.work, opened.attempt)
        reply = self._grounded.reply(Request(f"{opened.key}:{FALLBACK}", opened.work, (), {}, seed))
        wanted = opened.uncovered if partly else None
        provenance = self._provenance(opened, FALLBACK, self._grounded.model, "", "")
        judged = judge(opened.work, reply, provenance, self._locate, wanted)
        opened.samples |= judged.samples
        opened.covered |= judged.covered
        return Finished(opened.attempt, reply, None, judged.outcomes)

    def _judged(self, opened: _Open, reply: Reply) -> Judged:
        """The engine's own reply, judged; the grounded engine's later attempts propose what is still missing."""
        name, digest, wanted = "", "", None
        if self._engine.prompted:
            from vimedsynth.prompts import prompt_name, prompt_sha256

            name, digest = prompt_name(opened.work.task), prompt_sha256(opened.work.task)
        elif opened.samples and opened.work.task is Task.VQA_SINGLE:
            wanted = opened.uncovered
        provenance = self._provenance(opened, self._engine.name, self._engine.model, name, digest)
        return judge(opened.work, reply, provenance, self._locate, wanted)

    def _provenance(self, opened: _Open, engine: str, model: str, prompt: str, digest: str) -> Provenance:
        return Provenance(
            report_sha256=sha256_text(opened.work.case.report.text),
            engine=engine,
            model=model,
            prompt=prompt,
            prompt_sha256=digest,
            schema_sha256=schema_sha256(opened.work.task),
            seed=attempt_seed(opened.work, opened.attempt),
            attempt=opened.attempt,
            created=self._run.created,
        )
