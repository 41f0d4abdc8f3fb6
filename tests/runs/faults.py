"""A server that fails in every way at once, and the run against it."""

import random
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from tests.engines_http.server import completion, serving
from tests.runs.scripts import corpus, rows, run, works
from vimedsynth.engines import EngineOptions
from vimedsynth.engines.grounded import write
from vimedsynth.engines.openai_ import TRIES, openai_engine
from vimedsynth.samples import Task

TIMEOUT = 1.2  # seconds; a busy machine must not make an answer late that the server counts as given
TRANSPORT = ("500", "429", "reset", "timeout")


@dataclass(frozen=True)
class Suffered:
    """What the server did, and what the run made of it."""

    done: Counter[str]
    lied: frozenset[int]  # the seeds of the requests that were answered with a lie
    counts: dict[str, Any]
    samples: list[dict[str, Any]]
    rejections: list[dict[str, Any]]


def suffer(folder: Path, reports: int, seed: int = 7) -> Suffered:
    """30 % of answers fail in transport, 10 % are cut-off JSON, 10 % lie in valid form; the run is driven to its end."""
    path, dice, done = corpus(folder, reports), random.Random(seed), Counter[str]()
    lied: set[int] = set()
    failed = Counter[int]()
    honest = orjson.dumps(write(next(works(path, (Task.VQA_SINGLE,))), 1)).decode()
    lie = honest.replace("6,8", "8,6").replace("phổi trái", "phổi phải")
    sayings = {
        "500": lambda: web.Response(status=500, text="internal"),
        "429": lambda: web.Response(status=429, headers={"Retry-After": "0.01"}),
        "reset": lambda: None,
        "timeout": lambda: _late(),
        "cut-off": lambda: completion(honest[: dice.randrange(20, len(honest) - 5)], dice.choice(["length", "stop"])),
        "lie": lambda: lie,
        "honest": lambda: honest,
    }

    def answer(number: int, body: dict[str, Any]) -> Any:
        chance = dice.random()
        kind = (
            dice.choice(TRANSPORT)
            if chance < 0.3
            and failed[body["seed"]] < TRIES - 3  # chance alone would use up the tries of one in a hundred runs
            else "cut-off"
            if chance < 0.4
            else "lie"
            if chance < 0.5
            else "honest"
        )
        done[kind] += 1
        failed[body["seed"]] += kind in TRANSPORT
        lied.update([body["seed"]] if kind == "lie" else [])
        return sayings[kind]()

    with serving(answer, delay=0.002) as server:
        options = EngineOptions(base_url=server.url, timeout=TIMEOUT, first_pause=0.005, concurrency=32)
        counts, made = run(folder / "run", path, openai_engine(options))
        time.sleep(2 * TIMEOUT)  # until the last late answer has given up
    return Suffered(done, frozenset(lied), counts, rows(made, "samples.jsonl"), rows(made, "rejections.jsonl"))


def _late() -> web.StreamResponse:
    """An answer whose body never comes."""

    class Silent(web.StreamResponse):
        async def prepare(self, request: web.BaseRequest) -> Any:
            import asyncio

            await asyncio.sleep(2 * TIMEOUT)
            return await super().prepare(request)

    return Silent()
