"""One POST to a server over aiohttp, and what came of it.

AsyncOpenAI knows the address, the key and the models; bodies go out and come back here as bytes. Its own way from bytes
to bytes costs 0.8 ms of processor time a request on the machine where this was measured, this one 0.2 ms: a run waits
for its server and not for its client. Redirects and proxies of the environment are off, since either would carry
reports elsewhere, and no cookie is kept.
"""

from dataclasses import dataclass
from typing import Any

from vimedsynth.engines import EngineOptions
from vimedsynth.errors import missing_extra

_SENT = frozenset({"authorization", "openai-organization", "openai-project", "user-agent"})
"""The client's headers that are sent. The rest tells a server about the machine, and nothing that it needs."""
CONNECTING = 10.0
"""Seconds to wait for a connection; the answer itself has the whole timeout."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, or with status 0 why there is none: ``timeout`` or ``connection-lost``, and the error's name."""

    status: int
    body: bytes = b""
    retry_after: str | None = None
    failure: str = ""
    reason: str = ""


class Wire:
    """A pool of connections to one server; made and closed on the event loop that uses it."""

    def __init__(self, options: EngineOptions, url: str, headers: dict[str, Any]) -> None:
        try:
            import aiohttp
        except ImportError as error:
            raise missing_extra("server", "the openai engine") from error
        self._where = f"{url}/chat/completions"
        kept = {name: value for name, value in headers.items() if name.lower() in _SENT and isinstance(value, str)}
        self._session = aiohttp.ClientSession(
            headers=kept | {"Content-Type": "application/json", "Accept": "application/json"},
            connector=aiohttp.TCPConnector(limit=options.concurrency + 8, limit_per_host=0),
            timeout=aiohttp.ClientTimeout(total=options.timeout, sock_connect=CONNECTING),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def post(self, body: bytes) -> Answer:
        """One try; never raises for what a server or a network does."""
        import aiohttp

        try:
            async with self._session.post(self._where, data=body, allow_redirects=False) as answer:
                return Answer(answer.status, await answer.read(), answer.headers.get("retry-after"))
        except aiohttp.ConnectionTimeoutError as error:
            return Answer(0, failure="connection-lost", reason=type(error).__name__)
        except TimeoutError:
            return Answer(0, failure="timeout", reason="TimeoutError")
        except (aiohttp.ClientError, OSError) as error:
            return Answer(0, failure="connection-lost", reason=type(error).__name__)

    async def close(self) -> None:
        await self._session.close()
