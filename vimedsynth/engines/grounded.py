"""The embedded engine: no model, no network; answers are written from the findings (see vimedsynth.grounded)."""

from collections.abc import Iterator
from typing import Any

from vimedsynth import __version__
from vimedsynth.engines import EngineOptions, Feed, Reply, Request
from vimedsynth.generators.payloads import fits, overlong, rewritten_length
from vimedsynth.samples import Task
from vimedsynth.work import Work


class GroundedEngine:
    """One reply per request, at once, deterministic in the request's seed."""

    name = "grounded"
    model = f"vimedsynth-{__version__}"
    remote = False
    prompted = False

    def complete(self, feed: Feed) -> Iterator[Reply]:
        while (request := feed.take()) is not None:
            yield self.reply(request)

    def reply(self, request: Request) -> Reply:
        """The payload of one request; a case that gives no material is the failure ``nothing-to-say``.

        A report whose text the form of the answer cannot hold is the failure ``report-too-long``.
        """
        if told := overlong(request.work.task, rewritten_length(request.work)):
            return Reply(request.key, None, failure="report-too-long", message=told)
        payload = write(request.work, request.seed)
        longest = max((len(text) for text in payload.values() if isinstance(text, str)), default=0)
        if told := overlong(request.work.task, longest):
            return Reply(request.key, None, failure="report-too-long", message=told)
        empty = not any(payload.values())
        return Reply(request.key, None, failure="nothing-to-say") if empty else Reply(request.key, payload)


def write(work: Work, seed: int) -> dict[str, Any]:
    """The grounded payload of a unit of work, in the form that any engine returns for its task.

    The writers are read when they are asked: a run needs one of them.
    """
    if work.task is Task.PARAPHRASE:
        from vimedsynth.grounded.paraphrase import write_paraphrase

        return dict(write_paraphrase(work.case.report, seed=seed, section=work.section))
    if work.task is Task.COMPARISON:
        from vimedsynth.grounded.comparison import write_comparison

        assert work.partner is not None, "a comparison has two studies"
        return dict(write_comparison(work.case, work.partner, seed=seed))
    from vimedsynth.grounded.vqa import write_vqa

    style = "single" if work.task is Task.VQA_SINGLE else "multi"
    written = write_vqa(work.case, style=style, seed=seed, per_finding=work.per_finding)
    return {name: [turn for turn in turns if fits(work.task, turn)] for name, turns in written.items()}


def grounded_engine(options: EngineOptions) -> GroundedEngine:
    """The embedded engine; it has no options."""
    return GroundedEngine()
