"""A real HTTP server on loopback in a thread of its own; each answer comes from a function of the request's number."""

import asyncio
import math
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web


@dataclass
class Server:
    """Where it listens and what it was sent."""

    port: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most: int = 0  # requests in flight at once
    answered_before: float = math.inf  # requests of this number and later wait, until the test lets them go

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


Answer = Callable[[int, dict[str, Any]], web.StreamResponse | str | None]
"""From the number of the request (from 0) and its body: a response, the text of a completion, or None to hang up."""


def completion(text: str, finish: str = "stop") -> web.Response:
    """A chat completion as any OpenAI-compatible server writes it."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    return web.Response(body=orjson.dumps(body), content_type="application/json")


@contextmanager
def serving(answer: Answer, *, delay: float = 0.0, owner: str = "test", port: int = 0) -> Iterator[Server]:
    """Serve until the block ends."""
    server, loop = Server(), asyncio.new_event_loop()
    flying = 0

    async def chat(request: web.Request) -> web.StreamResponse:
        nonlocal flying
        number, body = len(server.bodies), orjson.loads(await request.read())
        server.bodies.append(body)
        server.headers.append(dict(request.headers))
        flying += 1
        server.most = max(server.most, flying)
        await asyncio.sleep(delay)
        while number >= server.answered_before:
            await asyncio.sleep(0.01)
        flying -= 1
        said = answer(number, body)
        if said is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return completion(said) if isinstance(said, str) else said

    async def models(request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": "m", "owned_by": owner}]})

    async def start() -> web.AppRunner:
        app = web.Application(client_max_size=1 << 24)
        app.router.add_post("/v1/chat/completions", chat)
        app.router.add_get("/v1/models", models)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        server.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return runner

    async def stop(runner: web.AppRunner) -> None:
        await runner.cleanup()
        await asyncio.sleep(0.05)  # so that the sockets are closed, as they are when a process ends

    runner = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(stop(runner), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
