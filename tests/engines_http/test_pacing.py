"""Pacing as laws, with a clock that is turned by hand."""

import asyncio
import random

import pytest

from vimedsynth.engines.pacing import LONGEST_PAUSE, Breaker, Pacer, backoff, retry_after
from vimedsynth.errors import EngineUnavailable


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_window_doubles_until_the_first_overload_then_grows_by_one() -> None:
    clock = Clock()
    pacer = Pacer(256, clock)
    for _ in range(pacer.window):
        pacer.success()
    assert pacer.window == 32
    pacer.overload()
    assert pacer.window == 22
    for _ in range(22):
        pacer.success()
    assert pacer.window in (22, 23)


def test_many_overloads_in_one_second_shrink_once_and_never_to_nothing() -> None:
    clock = Clock()
    pacer = Pacer(64, clock)
    for _ in range(50):
        pacer.overload()
    assert pacer.window == 11
    for _ in range(50):
        clock.now += 1.0
        pacer.overload()
    assert pacer.window == 1


def test_the_window_never_passes_its_bound() -> None:
    pacer = Pacer(3)
    for _ in range(100):
        pacer.success()
    assert pacer.window == 3


def test_a_pause_lasts_for_the_longest_asked() -> None:
    clock = Clock()
    pacer = Pacer(8, clock)
    pacer.overload(5.0)
    pacer.overload(2.0)
    assert pacer.pause == 5.0
    clock.now = 5.0
    assert pacer.pause == 0.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.5", 0.5),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20.0),
        ("99999999", LONGEST_PAUSE),
        ("-4", 0.0),
        ("soon", 0.0),
        ("nan", 0.0),
        (None, 0.0),
        ("Thu, 99 Foo 1970", 0.0),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date(header: str | None, seconds: float) -> None:
    assert retry_after(header, now=100.0) == seconds


def test_backoff_stays_under_its_bound_and_above_nothing() -> None:
    dice = random.Random(1)
    waits = [backoff(n, dice) for n in range(50) for _ in range(20)]
    assert min(waits) > 0
    assert max(waits) <= 30.0
    assert len(set(waits)) == len(waits)


def test_the_breaker_opens_on_failures_in_a_row_only() -> None:
    async def never() -> bool:
        return False

    breaker = Breaker(never, 10, "here", threshold=3)
    breaker.alive()
    for _ in range(10):
        breaker.dead()
        breaker.dead()
        breaker.alive()
    assert not breaker.open
    for _ in range(3):
        breaker.dead()
    assert breaker.open


def test_one_probe_serves_everyone_who_waits() -> None:
    probes = 0

    async def second_time() -> bool:
        nonlocal probes
        probes += 1
        return probes > 1

    async def wait() -> None:
        breaker = Breaker(second_time, 10, "here")
        breaker.dead()
        await asyncio.gather(*(breaker.gate() for _ in range(50)))
        assert not breaker.open

    asyncio.run(wait())
    assert probes == 2


def test_patience_runs_out_for_everyone() -> None:
    async def never() -> bool:
        return False

    async def wait() -> list[BaseException | None]:
        breaker = Breaker(never, 0.0, "http://here")
        breaker.dead()
        return await asyncio.gather(*(breaker.gate() for _ in range(5)), return_exceptions=True)

    assert all(isinstance(error, EngineUnavailable) and "http://here" in str(error) for error in asyncio.run(wait()))
