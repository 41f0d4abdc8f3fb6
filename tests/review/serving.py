"""A real server on loopback and a plain client."""

import http.client
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson

from tests.review.making import Made
from vimedsynth.review.desk import Desk
from vimedsynth.review.server import Place, Wish, bind, links, make_server, open_desk


@dataclass
class Client:
    """One reviewer's browser, without the browser."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    def call(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            link.request(method, path, body, {**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}})
            answer = link.getresponse()
            return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            link.close()

    def get(self, path: str) -> Any:
        status, body, _ = self.call("GET", path)
        assert status == 200, (path, status, body)
        return orjson.loads(body)

    def post(self, path: str, body: object) -> tuple[int, Any]:
        status, answer, _ = self.call("POST", path, orjson.dumps(body), x_csrf_token=self.csrf)
        return status, orjson.loads(answer)

    def item(self, sample_id: str) -> Any:
        return self.get(f"/api/item?id={sample_id}")

    def decide(self, item: Any, verdict: str, **more: Any) -> tuple[int, Any]:
        body = {
            "key": secrets.token_hex(8),
            "sample_id": item["id"],
            "sample_sha256": item["sha256"],
            "verdict": verdict,
        }
        return self.post("/api/decide", {**body, "elapsed_ms": 1000, **more})

    def sign_in(self, token: str) -> int:
        status, _, headers = self.call("POST", "/api/session", orjson.dumps({"token": token}))
        if status == 200:
            self.headers["cookie"] = headers["set-cookie"].split(";")[0]
            self.csrf = self.get("/api/me")["csrf"]
        return status


@dataclass
class Serving:
    """A running review."""

    desk: Desk
    port: int
    addresses: dict[str, str]

    def link(self, name: str) -> str:
        """The link with the token, as printed."""
        return self.addresses[name]

    def token(self, name: str) -> str:
        return self.addresses[name].partition("#token=")[2]

    def client(self, name: str | None = None) -> Client:
        client = Client(self.port)
        if name is not None:
            assert client.sign_in(self.token(name)) == 200
        return client


@contextmanager
def serving(made: Made, wish: Wish | None = None, port: int = 0, corpus: bool = True) -> Iterator[Serving]:
    """The review of a made run on a free port, in a thread."""
    desk = open_desk(made.run, made.corpus if corpus else None, wish or Wish(readers=("An",)))
    place = Place(port=port)
    link = bind(place)
    port = link.getsockname()[1]
    server = make_server(desk, place, port)
    thread = threading.Thread(target=server.run, args=([link],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Serving(desk, port, links(desk, place, port, renew=False))
    finally:
        server.should_exit = True
        thread.join(20)
        link.close()
        desk.ledger.records.close()
