"""The whole run against a server that answers after 50 ms, beside bare clients: ``python -m benchmarks.overhead``.

Ours is everything: prompts, requests, schema, guard, journal, files. The clients only send the same bodies and read the
text. Rounds are interleaved; the table has medians of requests a second and the ratio to the stock client.
"""

import asyncio
import contextlib
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from tests.runs.scripts import corpus, works
from vimedsynth.engines import EngineOptions
from vimedsynth.engines.grounded import write
from vimedsynth.engines.openai_ import openai_engine
from vimedsynth.pipeline import Loop
from vimedsynth.progress import Progress
from vimedsynth.runs import finish_run, open_run
from vimedsynth.samples import Task
from vimedsynth.work import Work

REQUESTS, PER_REPORT, ROUNDS, DELAY = 2000, 8, 3, 0.05
"""Eight requests a report, as ``vqa`` makes by default: two styles of three regions and the whole."""


def serve(port: Any, text: str) -> None:
    """The server, in a process of its own."""
    from aiohttp import web

    async def chat(request: web.Request) -> web.Response:
        await request.read()
        await asyncio.sleep(DELAY)
        message = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        body = {
            "id": "x",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [message],
            "usage": usage,
        }
        return web.Response(body=orjson.dumps(body), content_type="application/json")

    async def models(_: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": "m"}]})

    async def run() -> None:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_post("/v1/chat/completions", chat)
        app.router.add_get("/v1/models", models)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port.value = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        await asyncio.Event().wait()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


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


def main() -> None:
    """Print the table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        path = corpus(Path(folder), REQUESTS // PER_REPORT)
        work = next(works(path, (Task.VQA_SINGLE,)))
        text = orjson.dumps({"pairs": _one_of_each(write(work, 1)["pairs"])}).decode()
        context = multiprocessing.get_context("spawn")
        port = context.Value("i", 0)
        server = context.Process(target=serve, args=(port, text), daemon=True)
        server.start()
        while not port.value:
            time.sleep(0.05)
        url = f"http://127.0.0.1:{port.value}/v1"
        engine = openai_engine(EngineOptions(base_url=url))
        body = _body(engine, work)
        for concurrency in (64, 256):
            _table(concurrency, rounds, url, path, body)
        server.terminate()


def _body(engine: Any, work: Any) -> dict[str, Any]:
    from vimedsynth.engines import Request
    from vimedsynth.generators.payloads import schema_for
    from vimedsynth.prompts import messages_for, token_budget

    made: dict[str, Any] = engine.body(Request("k", work, messages_for(work), schema_for(work), 1, token_budget(work)))
    return made


def _table(concurrency: int, rounds: int, url: str, path: Path, body: dict[str, Any]) -> None:
    runs: dict[str, Callable[[], float]] = {
        "openai client": lambda: client(url, body, concurrency, False),
        "openai client, aiohttp transport": lambda: client(url, body, concurrency, True),
        "aiohttp alone": lambda: bare(url, body, concurrency),
        "vimedsynth, the whole run": lambda: ours(url, path, concurrency),
    }
    rates: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            rates[name].append(REQUESTS / run())
    stock = statistics.median(rates["openai client"])
    for name, values in rates.items():
        middle = statistics.median(values)
        print(f"{concurrency:4} {name:34} {middle:7.0f}/s {middle / stock:5.2f} of the stock client")


if __name__ == "__main__":
    main()
