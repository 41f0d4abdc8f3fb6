"""The whole run against a server that answers after 50 ms, beside bare clients: ``python -m benchmarks.overhead``.

Ours is everything: prompts, requests, schema, guard, journal, files. The clients only send the same bodies and read the
text; the frameworks (``--peers FOLDER``) keep what they keep. Rounds are interleaved; the table has medians of requests
a second while requesting, their spread and the ratio to the stock client.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from benchmarks.loopback import serving
from benchmarks.peers import DRIVERS
from tests.runs.scripts import corpus, works
from vimedsynth.engines import EngineOptions
from vimedsynth.engines.grounded import write
from vimedsynth.engines.openai_ import openai_engine
from vimedsynth.pipeline import Loop
from vimedsynth.progress import Progress
from vimedsynth.runs import finish_run, open_run
from vimedsynth.samples import Task
from vimedsynth.work import Work

REQUESTS, PER_REPORT = 2000, 8
"""Eight requests a report, as ``vqa`` makes by default: two styles of three regions and the whole."""
SLOW, SLOW_REQUESTS = ("sdk",), 400
"""Environments that get fewer requests, since they take minutes for all."""


def ours(url: str, path: Path, concurrency: int) -> float:
    """Seconds of a whole run."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run = open_run(Path(folder) / "run", {"seed": 1}, "2026-01-01T00:00:00Z")
        engine = openai_engine(EngineOptions(base_url=url, concurrency=concurrency))
        loop = Loop(run, engine, _work(path), retries=0, locate=lambda case: None, progress=Progress(quiet=True))
        loop.execute()
        counts = finish_run(run, {})
        run.journal.close()
        assert counts["tasks"]["vqa-single"]["works"] == REQUESTS, counts
        return time.perf_counter() - began


def _work(path: Path) -> Iterator[Work]:
    """Each report's chest, PER_REPORT times."""
    for work in works(path):
        yield from (replace(work, index=index, seed=work.seed + index) for index in range(PER_REPORT))


def _one_of_each(pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first pair about each finding: a reply that leaves nothing to fill in."""
    return list({pair["findings"][0]: pair for pair in reversed(pairs) if len(pair["findings"]) == 1}.values())


def client(url: str, body: dict[str, Any], concurrency: int, transport: bool) -> float:
    """Seconds of the openai client behind a semaphore, on its own transport or on aiohttp's."""
    from openai import AsyncOpenAI, DefaultAioHttpClient

    async def run() -> float:
        extra = {"http_client": DefaultAioHttpClient()} if transport else {}
        async with AsyncOpenAI(base_url=url, api_key="x", max_retries=0, **extra) as session:
            gate = asyncio.Semaphore(concurrency)

            async def one() -> None:
                async with gate:
                    answer = await session.chat.completions.create(**body)
                    assert answer.choices[0].message.content

            began = time.perf_counter()
            await asyncio.gather(*(one() for _ in range(REQUESTS)))
            return time.perf_counter() - began

    return asyncio.run(run())


def bare(url: str, body: dict[str, Any], concurrency: int) -> float:
    """Seconds of aiohttp alone."""
    import aiohttp

    async def run() -> float:
        connector = aiohttp.TCPConnector(limit=concurrency)
        async with aiohttp.ClientSession(connector=connector) as session:
            gate = asyncio.Semaphore(concurrency)

            async def one() -> None:
                async with gate, session.post(f"{url}/chat/completions", data=orjson.dumps(body)) as answer:
                    orjson.loads(await answer.read())

            began = time.perf_counter()
            await asyncio.gather(*(one() for _ in range(REQUESTS)))
            return time.perf_counter() - began

    return asyncio.run(run())


def peer(python: Path, script: Path, url: str, body: Path, concurrency: int, count: int) -> float | None:
    """Requests a second of another framework in its own environment; None when it fails or loses replies."""
    with tempfile.TemporaryDirectory() as folder:
        said = [python, script, url, str(count), str(concurrency), folder, body]
        done = subprocess.run(said, capture_output=True, text=True, cwd=folder, check=False)
    try:
        made = orjson.loads(done.stdout.strip().splitlines()[-1])
    except (orjson.JSONDecodeError, IndexError):
        print(f"  {script.stem}: {(done.stderr.strip().splitlines() or ['no output'])[-1][:200]}", file=sys.stderr)
        return None
    return count / float(made["seconds"]) if made["valid"] == count else None


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--peers", type=Path, help="folder of environments, see benchmarks/peers")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = corpus(Path(folder), REQUESTS // PER_REPORT)
        work = next(works(path, (Task.VQA_SINGLE,)))
        text = orjson.dumps({"pairs": _one_of_each(write(work, 1)["pairs"])}).decode()
        with serving(text) as url:
            body = _body(openai_engine(EngineOptions(base_url=url)), work)
            (Path(folder) / "body.json").write_bytes(orjson.dumps(body))
            for concurrency in said.concurrency:
                runs = _own(concurrency, url, path, body)
                runs |= _peers(said.peers, concurrency, url, Path(folder) / "body.json") if said.peers else {}
                _table(concurrency, said.rounds, runs)


Rate = Callable[[], float | None]


def _own(concurrency: int, url: str, path: Path, body: dict[str, Any]) -> dict[str, Rate]:
    return {
        "openai client": lambda: REQUESTS / client(url, body, concurrency, False),
        "openai client, aiohttp transport": lambda: REQUESTS / client(url, body, concurrency, True),
        "aiohttp alone": lambda: REQUESTS / bare(url, body, concurrency),
        "vimedsynth, the whole run": lambda: REQUESTS / ours(url, path, concurrency),
    }


def _peers(folder: Path, concurrency: int, url: str, body: Path) -> dict[str, Rate]:
    """The frameworks whose environments are there; the others are named and left out."""
    here, runs = Path(__file__).parent / "peers", dict[str, Rate]()
    for name, (environment, script) in DRIVERS.items():
        python = folder.resolve() / environment / "bin" / "python"
        count = SLOW_REQUESTS if environment in SLOW else REQUESTS
        if python.exists():
            runs[name] = partial(peer, python, here / script, url, body, concurrency, count)
        else:
            print(f"{name}: not installed in {folder}, left out")
    return runs


def _body(engine: Any, work: Any) -> dict[str, Any]:
    from vimedsynth.engines import Request
    from vimedsynth.generators.payloads import schema_for
    from vimedsynth.prompts import messages_for, token_budget

    made: dict[str, Any] = engine.body(Request("k", work, messages_for(work), schema_for(work), 1, token_budget(work)))
    return made


def _table(concurrency: int, rounds: int, runs: dict[str, Rate]) -> None:
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            rates[name] += [rate for rate in (run(),) if rate is not None]
    stock = statistics.median(rates["openai client"])
    for name, values in rates.items():
        if len(values) < rounds:
            print(f"{concurrency:4} {name:34} failed or lost replies in {rounds - len(values)} of {rounds} rounds")
            continue
        middle, spread = statistics.median(values), f"{min(values):.0f}-{max(values):.0f}"
        print(
            f"{concurrency:4} {name:34} {middle:7.0f}/s ({spread:>9}) {middle / stock:5.2f} of the stock client",
            flush=True,
        )


if __name__ == "__main__":
    main()
