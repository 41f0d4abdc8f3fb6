"""How fast to ask: adaptive concurrency, Retry-After, jittered backoff, and a circuit breaker for a server that is gone.

The clock and the dice are arguments, so that the laws can be tested without waiting.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from vimedsynth.errors import EngineUnavailable

_log = logging.getLogger("vimedsynth")
LONGEST_PAUSE = 300.0
"""Seconds; a Retry-After beyond it is cut to it."""


def backoff(attempt: int, dice: random.Random, *, first: float = 0.25, most: float = 30.0) -> float:
    """Seconds before try ``attempt + 1``: full jitter under a doubling bound, never zero."""
    bound = min(most, first * float(1 << min(attempt, 20)))
    return bound * (0.1 + 0.9 * dice.random())


def retry_after(value: str | None, now: float) -> float:
    """Seconds asked for by a Retry-After header (seconds or an HTTP date); 0.0 when there is none that can be read."""
    if not value:
        return 0.0
    try:
        seconds = float(value)
    except ValueError:
        from email.utils import parsedate_to_datetime

        try:
            seconds = parsedate_to_datetime(value).timestamp() - now
        except (ValueError, TypeError, OverflowError):
            return 0.0
    return min(LONGEST_PAUSE, seconds) if seconds > 0 else 0.0


@dataclass
class Pacer:
    """The width of the window of requests in flight, and the pause all of them keep.

    The width doubles with each window of successes until the first overload; from then on it grows by one a window
    and falls by 30 % at an overload, at most once a second.
    """

    most: int
    clock: Callable[[], float] = time.monotonic
    width: float = 0.0
    _slow_start: bool = True
    _shrunk: float = float("-inf")
    _until: float = float("-inf")

    def __post_init__(self) -> None:
        self.width = float(min(self.most, 16))

    @property
    def window(self) -> int:
        """How many requests may be in flight now."""
        return max(1, int(self.width))

    def success(self) -> None:
        """A request was answered."""
        self.width = min(float(self.most), self.width + (1.0 if self._slow_start else 1.0 / self.width))

    def overload(self, pause: float = 0.0) -> None:
        """The server said it is too much (429, 503, a timeout), perhaps with seconds to wait."""
        now = self.clock()
        self._slow_start = False
        self._until = max(self._until, now + pause)
        if now - self._shrunk >= 1.0:
            self._shrunk, self.width = now, max(1.0, 0.7 * self.width)

    @property
    def pause(self) -> float:
        """Seconds until the next request may be sent."""
        return max(0.0, self._until - self.clock())

    async def gate(self) -> None:
        """Return when a request may be sent."""
        while (pause := self.pause) > 0:
            await asyncio.sleep(pause)


@dataclass
class Breaker:
    """Opens after failures in a row without any HTTP answer; while open, one probe at a time looks for the server.

    ``patience`` is how many seconds the server may be gone; then EngineUnavailable is raised to everyone.
    """

    probe: Callable[[], Awaitable[bool]]
    patience: float
    where: str
    threshold: int = 5
    clock: Callable[[], float] = time.monotonic
    dice: random.Random = field(default_factory=random.Random)
    _failures: int = 0
    _met: bool = False
    _waiting: asyncio.Task[None] | None = None

    def alive(self) -> None:
        """The server answered, whatever it said."""
        self._failures, self._met = 0, True

    def dead(self) -> None:
        """A connection failed."""
        self._failures += 1

    @property
    def open(self) -> bool:
        return self._failures >= self.threshold or (not self._met and self._failures > 0)

    async def gate(self) -> None:
        """Return when the server is believed to be there. Raises EngineUnavailable when patience is out."""
        if not self.open:
            return
        if self._waiting is None or self._waiting.done():
            self._waiting = asyncio.ensure_future(self._look())
        await asyncio.shield(self._waiting)

    async def _look(self) -> None:
        patience = self.patience if self._met else min(self.patience, 20.0)
        began, tries = self.clock(), 0
        while not await self.probe():
            tries += 1
            if tries == 1:
                _log.warning("%s does not answer; waiting for it for up to %.0f s", self.where, patience)
            if self.clock() - began >= patience:
                raise EngineUnavailable(
                    f"{self.where}: no answer for {patience:.0f} s; what was finished is kept, the same command goes on"
                )
            await asyncio.sleep(backoff(tries, self.dice, first=0.2, most=10.0))
        self.alive()
