"""From an asynchronous engine to the pipeline's plain iteration: a window of tasks on an event loop of its own.

The loop runs only while the pipeline waits for a reply; validation, guards and the journal run between, in the same
thread, so nothing needs a lock. New requests are taken whenever the window has room: no wave waits for its slowest.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Protocol

from vimedsynth.engines import Feed, Reply, Request


class Backend(Protocol):
    """The asynchronous side of an engine; every method runs on the bridge's loop."""

    async def begin(self) -> None:
        """Open connections or load weights."""

    async def answer(self, request: Request) -> Reply:
        """One reply; raises EngineUnavailable when nothing can be generated at all."""

    async def end(self) -> None:
        """Close what :meth:`begin` opened, whether or not it succeeded."""


class _Window:
    """Tasks in flight, and those that are done and not handed over yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.tasks: set[asyncio.Task[Reply]] = set()
        self.ready: deque[asyncio.Task[Reply]] = deque()
        self._woken = loop.create_future()

    def start(self, answer: Coroutine[Any, Any, Reply]) -> None:
        task = self.loop.create_task(answer)
        task.add_done_callback(self._done)
        self.tasks.add(task)

    def _done(self, task: asyncio.Task[Reply]) -> None:
        self.ready.append(task)
        if not self._woken.done():
            self._woken.set_result(None)

    def wait(self) -> None:
        """Run the loop until a task is done."""
        if not self.ready:
            self._woken = self.loop.create_future()
        self.loop.run_until_complete(self._woken)

    def take(self) -> list[asyncio.Task[Reply]]:
        """The tasks that are done; those that failed come last, so that no finished reply is lost to them."""
        done = sorted(self.ready, key=lambda task: task.exception() is not None)
        self.ready.clear()
        self.tasks.difference_update(done)
        return done

    def close(self) -> None:
        """Cancel what is in flight."""
        for task in self.tasks:
            task.cancel()
        if self.tasks:
            self.loop.run_until_complete(asyncio.gather(*self.tasks, return_exceptions=True))


def drive(feed: Feed, backend: Backend, width: Callable[[], int]) -> Iterator[Reply]:
    """Replies as they finish, at most ``width()`` in flight. What ``answer`` raises ends the iteration."""
    with asyncio.Runner() as runner:
        window = _Window(runner.get_loop())
        try:
            runner.run(backend.begin())
            while True:
                while len(window.tasks) < width() and (request := feed.take()) is not None:
                    window.start(backend.answer(request))
                if not window.tasks:
                    return
                window.wait()
                for task in window.take():
                    yield task.result()
        finally:
            window.close()
            runner.run(backend.end())
