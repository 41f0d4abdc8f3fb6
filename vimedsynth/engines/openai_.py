"""Any OpenAI-compatible server: ``vllm serve``, llama.cpp's server, Ollama, or a hosted one when that is allowed.

The official AsyncOpenAI on its aiohttp transport lists the models, looks whether a server is there and holds the key;
completions are encoded and decoded by orjson and go over :mod:`vimedsynth.engines.wire`, since the client's own way
costs more than everything else that is done for a request, guard and journal included.
"""

import random
import time
from collections.abc import Iterator
from typing import Any

import orjson

from vimedsynth.engines import EngineOptions, Feed, Message, Reply, Request
from vimedsynth.engines.addresses import checked_address
from vimedsynth.engines.bridge import drive
from vimedsynth.engines.pacing import Breaker, Pacer, backoff, retry_after
from vimedsynth.engines.replies import read_reply
from vimedsynth.engines.wire import Answer, Wire
from vimedsynth.errors import EngineUnavailable, missing_extra
from vimedsynth.privacy import redacted

TRIES = 8
"""How often one request is sent before its failure counts as the answer."""
_TOO_LONG = ("context length", "context_length", "maximum context", "too long", "exceeds the available context")
_OVERLOADED = frozenset({408, 429, 503, 529})


class OpenAIEngine:
    """Requests in an adaptive window; a request that fails for good is a reply with a code."""

    name = "openai"
    prompted = True

    def __init__(self, options: EngineOptions, url: str, remote: bool, model: str, flavour: str) -> None:
        self.model, self.remote = model, remote
        self._options, self._url, self._flavour = options, url, flavour
        self._pacer = Pacer(options.concurrency)
        self._dice = random.Random(model)
        self._breaker = Breaker(self._probe, options.patience, url, dice=self._dice)
        self._client: Any = None
        self._wire: Any = None

    def complete(self, feed: Feed) -> Iterator[Reply]:
        return drive(feed, self, lambda: self._pacer.window)

    async def begin(self) -> None:
        self._client = client(self._options, self._url)
        self._wire = Wire(self._options, self._url, {**self._client.default_headers, **self._client.auth_headers})

    async def end(self) -> None:
        for opened in (self._client, self._wire):
            if opened is not None:
                await opened.close()

    async def answer(self, request: Request) -> Reply:
        """Send until there is an answer or the tries are out; waiting for a server that is gone costs no try."""
        body = orjson.dumps(self.body(request))
        failure, message = "", ""
        tried = 0
        while tried < TRIES:
            await self._breaker.gate()
            await self._pacer.gate()
            tried += 1
            reply, failure, message, pause = await self._send(request, body)
            if reply is not None:
                return reply
            if failure == "connection-lost" and self._breaker.open:
                tried -= 1
                continue
            await self._rest(tried, pause)
        return Reply(request.key, None, failure=failure, message=message)

    async def _rest(self, tried: int, pause: float) -> None:
        import asyncio

        await asyncio.sleep(max(pause, backoff(tried, self._dice, first=self._options.first_pause)))

    async def _send(self, request: Request, body: bytes) -> tuple[Reply | None, str, str, float]:
        """One try: a reply, or ``(None, code, message, seconds to wait)``."""
        answer = await self._wire.post(body)
        if answer.failure == "timeout":
            self._pacer.overload()
            return None, "timeout", f"no answer in {self._options.timeout:.0f} s", 0.0
        if answer.failure:
            self._breaker.dead()
            return None, answer.failure, answer.reason, 0.0
        self._breaker.alive()
        if answer.status != 200:
            return self._status(request, answer)
        self._pacer.success()
        return read_completion(request.key, answer.body), "", "", 0.0

    def _status(self, request: Request, answer: Answer) -> tuple[Reply | None, str, str, float]:
        status = answer.status
        if status < 400:
            raise EngineUnavailable(f"{self._url}: answered with HTTP {status}; redirects are not followed")
        if status in (401, 403):
            raise EngineUnavailable(f"{self._url}: HTTP {status}; the key in OPENAI_API_KEY is missing or not accepted")
        if status == 404:
            raise EngineUnavailable(
                f"{self._url}: HTTP 404; expected /chat/completions and a model named {self.model!r}"
            )
        pause = retry_after(answer.retry_after, time.time())
        if status in _OVERLOADED:
            self._pacer.overload(pause)
            return None, "rate-limited" if status == 429 else "server-busy", f"HTTP {status}", pause
        if status >= 500 or status in (409, 425):
            return None, "server-error", f"HTTP {status}", pause
        said = answer.body.decode("utf-8", "replace").lower()
        code = "prompt-too-long" if any(words in said for words in _TOO_LONG) else "request-refused"
        return Reply(request.key, None, failure=code, message=f"HTTP {status}"), "", "", 0.0

    async def _probe(self) -> bool:
        """Whether anything answers at the address."""
        import openai
        from httpx2 import Response

        try:
            await self._client.get("/models", cast_to=Response, options={"timeout": 5.0})
        except openai.APIStatusError:
            return True
        except openai.APIConnectionError:
            return False
        return True

    def body(self, request: Request) -> dict[str, Any]:
        """The body of a chat completion, with the schema in the form that the server takes."""
        messages = request.messages
        if self.remote and self._options.redact:
            messages = tuple(masked(message) for message in messages)
        body: dict[str, Any] = {
            "model": self.model,
            "messages": messages,
            "temperature": self._options.temperature,
            "seed": request.seed,
            "max_completion_tokens" if self._flavour == "hosted" else "max_tokens": request.max_tokens,
        }
        if self._flavour == "vllm":  # the same constraint, and no whitespace that could go on for ever
            return body | {"structured_outputs": {"json": request.schema, "disable_any_whitespace": True}}
        schema = {"name": f"{request.work.task}".replace("-", "_"), "schema": request.schema, "strict": True}
        return body | {"response_format": {"type": "json_schema", "json_schema": schema}}


def masked(message: Message) -> Message:
    """A message without what the privacy screen finds."""
    return {"role": message["role"], "content": redacted(message["content"])}


def read_completion(key: str, content: bytes) -> Reply:
    """A chat completion's bytes as a reply; what is not one is the failure ``bad-response``."""
    try:
        answer = orjson.loads(content)
        choice, usage = answer["choices"][0], answer.get("usage") or {}
        text, refusal = choice["message"].get("content") or "", choice["message"].get("refusal")
        tokens = (int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))
        finish = choice.get("finish_reason")
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError, ValueError):
        return Reply(key, None, content.decode("utf-8", "replace"), "bad-response", "not a chat completion")
    payload, failure = read_reply(text, "content_filter" if refusal else finish)
    return Reply(key, payload, text, failure, "", *tokens)


def client(options: EngineOptions, url: str) -> Any:
    """AsyncOpenAI for ``url``: no retries of its own, no redirects, no proxies, room for every connection."""
    try:
        from httpx2 import Limits, Timeout
        from openai import AsyncOpenAI, DefaultAioHttpClient
    except ImportError as error:
        raise missing_extra("server", "the openai engine") from error
    limits = Limits(max_connections=options.concurrency + 8, max_keepalive_connections=options.concurrency + 8)
    timeout = Timeout(options.timeout, connect=10.0)
    transport = DefaultAioHttpClient(trust_env=False, follow_redirects=False, limits=limits, timeout=timeout)
    key = options.api_key or "none"
    return AsyncOpenAI(base_url=url, api_key=key, max_retries=0, timeout=timeout, http_client=transport)


def openai_engine(options: EngineOptions) -> OpenAIEngine:
    """The engine for ``--base-url``. Without ``--model`` the server's only model is taken.

    Raises Misuse for a remote address that was not allowed, EngineUnavailable when the server does not tell.
    """
    url, remote = checked_address(options.base_url, options.allow_remote)
    if options.offline:
        return OpenAIEngine(options, url, remote, options.model or "(not named)", "")
    model, flavour = _served(options, url)
    return OpenAIEngine(options, url, remote, model, flavour)


def _served(options: EngineOptions, url: str) -> tuple[str, str]:
    """The model to ask for and what kind of server it is, from its list of models."""
    import asyncio

    import openai
    from httpx2 import Response

    async def listed() -> list[dict[str, Any]]:
        async with client(options, url) as session:
            answer = await session.get("/models", cast_to=Response, options={"timeout": 10.0})
            return list(orjson.loads(answer.content)["data"])

    if "api.openai.com" in url and options.model:
        return options.model, "hosted"
    try:
        models = asyncio.run(listed())
    except (openai.OpenAIError, orjson.JSONDecodeError, LookupError, TypeError) as error:
        told = "nothing listens there" if _nobody_there(url) else type(error).__name__
        raise EngineUnavailable(f"{url}/models: {told}; is the server running?") from error
    flavour = "vllm" if any(model.get("owned_by") == "vllm" for model in models) else ""
    names = [str(model.get("id")) for model in models]
    if options.model:
        return options.model, flavour
    if len(names) != 1:
        raise EngineUnavailable(f"{url} serves {len(names)} models ({', '.join(names[:8])}); name one with --model")
    return names[0], flavour


def _nobody_there(url: str) -> bool:
    """Whether the address refuses connections; the client calls that a timeout."""
    import socket
    from urllib.parse import urlsplit

    at = urlsplit(url)
    try:
        with socket.create_connection((at.hostname, at.port or {"https": 443}.get(at.scheme, 80)), 2.0):
            return False
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
