"""A scripted engine: replies from a function of the request, for tests, demonstrations and replays."""

from collections import deque
from collections.abc import Callable, Iterator

from vimedsynth.engines import Feed, Reply, Request

Script = Callable[[Request], Reply]


class ScriptedEngine:
    """Answers with ``script(request)``; ``width`` requests are in flight and come back last first.

    The reversed order inside the window is on purpose: what a run writes may not depend on who finishes first.
    """

    name = "scripted"
    remote = False
    prompted = True

    def __init__(self, script: Script, *, model: str = "script", width: int = 4) -> None:
        self._script, self.model, self._width = script, model, width

    def complete(self, feed: Feed) -> Iterator[Reply]:
        flight: deque[Request] = deque()
        while True:
            while len(flight) < self._width and (request := feed.take()) is not None:
                flight.append(request)
            if not flight:
                return
            yield self._script(flight.pop())
