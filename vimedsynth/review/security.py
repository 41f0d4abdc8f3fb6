"""The door: what a request must be before the page's code sees it, and the headers that every answer carries."""

import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

import orjson

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MAX_BODY = 256 * 1024
_log = logging.getLogger(__name__)
SAFE = frozenset({"GET", "HEAD"})
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


@dataclass
class Bucket:
    """A token bucket: ``rate`` a second, ``burst`` at once. The oldest of more than ``keep`` callers is forgotten."""

    rate: float
    burst: float
    keep: int = 4096
    _levels: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def take(self, caller: str, now: float) -> bool:
        """Whether the caller may go on."""
        level, then = self._levels.pop(caller, (self.burst, now))
        level = min(self.burst, level + (now - then) * self.rate)
        self._levels[caller] = (level - 1 if level >= 1 else level, now)
        if len(self._levels) > self.keep:
            self._levels.popitem(last=False)
        return level >= 1


class _TooLarge(Exception):
    """More came than was allowed."""


class Door:
    """ASGI middleware: host names, origin, size, pace, headers. Everything it refuses is one line of JSON.

    ``caller`` names who sent a request: the reviewer whose signed session it carries, else the address. A made-up
    cookie therefore buys no pace of its own.
    """

    def __init__(
        self, app: App, hosts: frozenset[str], scheme: str, pace: Bucket, caller: Callable[[Scope], str]
    ) -> None:
        self.app, self.hosts, self.scheme, self.pace, self.caller = app, hosts, scheme, pace, caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        refused = self._refused(scope, headers)
        if refused:
            await _answer(send, *refused)
            return
        try:
            await self.app(scope, _bounded(receive), _with_headers(send))
        except _TooLarge:
            await _answer(send, 413, "too-large")
        except Exception as error:  # answered with 500 below; its words may hold report text and are not logged
            _log.error("%s %s failed: %s", scope["method"], scope["path"], type(error).__name__)

    def _refused(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str] | None:
        host = headers.get(b"host", b"").decode("latin-1").lower()
        if host not in self.hosts:  # a name that was made to point here (DNS rebinding)
            return 421, "host-refused"
        if scope["method"] not in SAFE and not self._same_origin(headers, host):
            return 403, "origin-refused"
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > MAX_BODY:
            return 413, "too-large"
        return None if self.pace.take(self.caller(scope), time.monotonic()) else (429, "too-many-requests")

    def _same_origin(self, headers: dict[bytes, bytes], host: str) -> bool:
        if headers.get(b"sec-fetch-site", b"same-origin") != b"same-origin":
            return False
        origin = headers.get(b"origin")
        return origin is None or origin.decode("latin-1").lower() == f"{self.scheme}://{host}"


def same_word(one: str, other: str) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(one.encode(), other.encode(errors="replace"))


async def _answer(send: Send, status: int, code: str) -> None:
    body = orjson.dumps({"error": code})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _bounded(receive: Receive) -> Receive:
    total = 0

    async def bounded() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > MAX_BODY:
            raise _TooLarge
        return message

    return bounded


def _with_headers(send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *HEADERS]
        await send(message)

    return with_headers
