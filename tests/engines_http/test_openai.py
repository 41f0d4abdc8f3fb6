"""The openai engine against a real server on loopback: answers, faults, pauses, a server that is gone."""

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from aiohttp import web

from tests.engines_http.server import Answer, completion, serving
from tests.runs.cases import case
from vimedsynth.engines import EngineOptions, Reply, Request
from vimedsynth.engines.openai_ import TRIES, OpenAIEngine, openai_engine
from vimedsynth.errors import EngineUnavailable, Misuse
from vimedsynth.samples import Task
from vimedsynth.work import Work

TEXT = '{"text":"Thùy trên phổi trái có nốt mờ tăng chuyển hóa FDG."}'


class Requests:
    """A feed of ``count`` requests."""

    def __init__(self, count: int) -> None:
        self._left = deque(range(count))

    def take(self) -> Request | None:
        if not self._left:
            return None
        number = self._left.popleft()
        work = Work(case(), Task.PARAPHRASE, number)
        messages = ({"role": "user", "content": f"câu {number} của Nguyễn Văn An"},)
        return Request(f"k{number}", work, messages, {"type": "object"}, seed=number, max_tokens=99)


def ask(answer: Answer, count: int, **options: Any) -> tuple[list[Reply], list[dict[str, Any]], int]:
    """The replies to ``count`` requests, what the server was sent and how many were in flight at once."""
    delay, owner = options.pop("delay", 0.0), options.pop("owner", "test")
    with serving(answer, delay=delay, owner=owner) as server:
        engine = openai_engine(EngineOptions(base_url=server.url, **options))
        replies = list(engine.complete(Requests(count)))
        return replies, server.bodies, server.most


def test_every_request_is_answered_once_with_its_own_key() -> None:
    replies, bodies, _ = ask(lambda number, body: TEXT, 40)
    assert sorted(reply.key for reply in replies) == sorted(f"k{n}" for n in range(40))
    assert sorted(body["seed"] for body in bodies) == list(range(40))
    assert {reply.failure for reply in replies} == {None}
    assert replies[0].payload == orjson.loads(TEXT)
    assert (replies[0].prompt_tokens, replies[0].completion_tokens) == (11, 7)


def test_the_schema_goes_in_the_form_that_the_server_takes() -> None:
    _, (plain,), _ = ask(lambda number, body: TEXT, 1)
    assert plain["response_format"]["json_schema"]["schema"] == {"type": "object"}
    assert plain["max_tokens"] == 99
    assert plain["model"] == "m"
    _, (vllm,), _ = ask(lambda number, body: TEXT, 1, owner="vllm")
    assert vllm["structured_outputs"] == {"json": {"type": "object"}, "disable_any_whitespace": True}


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (completion(TEXT[:20], "length"), "cut-off"),
        (completion(TEXT, "length"), "cut-off"),  # whole by luck, and still not trusted
        (completion("   "), "empty-reply"),
        (completion("Xin lỗi, tôi không thể."), "not-json"),
        (completion(f"```json\n{TEXT}\n```"), "not-json"),
        (completion('{"text":"Th\\\\u00f9y tr\\\\u00ean ph\\\\u1ed5i"}'), "escaped-text"),
        (completion('{"text":"' + "không tăng chuyển hóa " * 9 + '"}'), "repetitive"),
        (completion('{"text":"The left upper lobe shows a nodule with increased uptake."}'), "wrong-language"),
        (completion(TEXT, "content_filter"), "model-refused"),
        (web.json_response({"choices": []}), "bad-response"),
        (web.Response(body=b"\xff\xfe not json"), "bad-response"),
        (web.json_response({"error": "maximum context length is 4096 tokens"}, status=400), "prompt-too-long"),
        (web.json_response({"error": "bad grammar"}, status=422), "request-refused"),
    ],
)
def test_each_bad_answer_is_a_named_failure_and_never_a_payload(answer: web.Response, failure: str) -> None:
    def fresh(number: int, body: dict[str, Any]) -> web.Response:
        return web.Response(body=answer.body, status=answer.status, content_type="application/json")

    replies, bodies, _ = ask(fresh, 1)
    assert (replies[0].failure, replies[0].payload) == (failure, None)
    assert len(bodies) == 1  # asking again is the pipeline's decision


def test_faults_in_transport_are_tried_again_until_there_is_an_answer() -> None:

    def answer(number: int, body: dict[str, Any]) -> web.StreamResponse | str | None:
        faults = {0: web.Response(status=500), 1: web.Response(status=429), 2: None}
        return faults.get(number % 10, TEXT)

    replies, bodies, _ = ask(answer, 60, first_pause=0.001)
    assert [reply.failure for reply in replies] == [None] * 60
    assert len(bodies) > 60


def test_a_request_that_always_fails_comes_back_with_its_code_and_others_go_on() -> None:
    replies, bodies, _ = ask(
        lambda number, body: web.Response(status=500) if body["seed"] == 3 else TEXT, 8, first_pause=0.001
    )
    assert {reply.key: reply.failure for reply in replies if reply.failure} == {"k3": "server-error"}
    assert sum(body["seed"] == 3 for body in bodies) == TRIES


def test_retry_after_holds_everyone_back() -> None:
    times: list[float] = []

    def answer(number: int, body: dict[str, Any]) -> web.StreamResponse | str:
        times.append(time.monotonic())
        return web.Response(status=429, headers={"Retry-After": "1"}) if number == 0 else TEXT

    replies, _, _ = ask(answer, 3, concurrency=1)
    assert [reply.failure for reply in replies] == [None] * 3
    assert times[1] - times[0] >= 0.95


def test_the_window_opens_to_the_concurrency_and_no_further() -> None:
    _, _, most = ask(lambda number, body: TEXT, 200, concurrency=24, delay=0.02)
    assert 20 <= most <= 24


def test_a_server_that_went_away_stops_the_engine_with_what_was_finished() -> None:
    with serving(lambda number, body: TEXT, delay=0.01) as server:
        engine = openai_engine(EngineOptions(base_url=server.url, concurrency=4, patience=0.3))
        replies = engine.complete(Requests(10_000))
        done = [next(replies) for _ in range(8)]
    with pytest.raises(EngineUnavailable, match="goes on"):
        done.extend(replies)
    assert len({reply.key for reply in done}) == len(done) >= 8


def test_a_server_that_comes_back_is_gone_on_with() -> None:
    with serving(lambda number, body: TEXT, delay=0.01) as server:
        port = server.port
        engine = openai_engine(EngineOptions(base_url=server.url, concurrency=4, patience=20))
        replies: Iterator[Reply] = engine.complete(Requests(40))
        done = [next(replies) for _ in range(8)]
    with serving(lambda number, body: TEXT, port=port):
        done.extend(replies)
    assert sorted(reply.key for reply in done) == sorted(f"k{n}" for n in range(40))
    assert {reply.failure for reply in done} == {None}


def test_no_server_at_all_is_said_at_once() -> None:
    with serving(lambda number, body: TEXT) as server:
        url = server.url
    with pytest.raises(EngineUnavailable, match="is the server running"):
        openai_engine(EngineOptions(base_url=url))


@pytest.mark.parametrize(("status", "words"), [(401, "OPENAI_API_KEY"), (404, "a model named"), (307, "redirects")])
def test_a_wrong_set_up_stops_the_engine(status: int, words: str) -> None:
    with serving(lambda number, body: TEXT) as elsewhere:
        location = {"Location": f"{elsewhere.url}/chat/completions"}
        with pytest.raises(EngineUnavailable, match=words):
            ask(lambda number, body: web.Response(status=status, headers=location), 1)
        assert elsewhere.bodies == []  # a redirect would have carried the report there


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.7/v1", "https://api.example.com/v1", "http://127.0.0.1.evil.org/v1", "http://localhost.evil.org"],
)
def test_another_machine_must_be_allowed(url: str) -> None:
    with pytest.raises(Misuse, match="--allow-remote"):
        openai_engine(EngineOptions(base_url=url, offline=True))
    assert openai_engine(EngineOptions(base_url=url, offline=True, allow_remote=True)).remote


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "127.0.0.1:8000", "http://", "http://[::1/v1", "http://127.0.0.1:x/"]
)
def test_what_is_no_address_is_wrong_usage(url: str) -> None:
    with pytest.raises(Misuse, match="base-url"):
        openai_engine(EngineOptions(base_url=url, offline=True))


def test_loopback_is_not_remote() -> None:
    for url in ("http://127.0.0.1:1/v1", "http://127.8.9.1/v1", "http://[::1]:8/v1", "http://localhost:8000/v1"):
        assert not openai_engine(EngineOptions(base_url=url, offline=True)).remote


def test_what_goes_to_another_machine_is_masked_on_request() -> None:
    request = Requests(1).take()
    assert request is not None
    options = EngineOptions(allow_remote=True, redact=True)
    body = OpenAIEngine(options, "https://example.org/v1", True, "m", "").body(request)
    assert body["messages"][0]["content"] == "câu 0 của [name]"


def test_the_key_comes_from_the_options_and_proxies_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving(lambda number, body: TEXT) as server:
        engine = openai_engine(EngineOptions(base_url=server.url, api_key="k-123"))
        assert [reply.failure for reply in engine.complete(Requests(1))] == [None]
        sent = server.headers[0]
        assert sent["Authorization"] == "Bearer k-123"
        assert not [name for name in sent if name.lower().startswith("x-stainless")]  # nothing about this machine
        assert "Cookie" not in sent


def test_a_server_that_does_not_answer_in_time_is_a_timeout_and_is_asked_again() -> None:
    replies, bodies, _ = ask(lambda number, body: TEXT, 1, delay=0.6, timeout=0.1, first_pause=0.001)
    assert replies[0].failure == "timeout"
    assert len(bodies) == TRIES


def test_an_answer_that_breaks_off_on_the_way_is_asked_for_again_and_never_read() -> None:
    class Broken(web.StreamResponse):
        """Promises more bytes than it sends."""

        async def prepare(self, request: web.BaseRequest) -> Any:
            self.content_length = 999
            writer = await super().prepare(request)
            await self.write(b'{"choices": [')
            assert request.transport is not None
            request.transport.abort()
            return writer

    replies, bodies, _ = ask(lambda number, body: Broken() if number < 3 else TEXT, 1, first_pause=0.001)
    assert replies[0].payload == orjson.loads(TEXT)
    assert len(bodies) == 4


def test_no_cookie_is_kept() -> None:
    def answer(number: int, body: dict[str, Any]) -> web.Response:
        said = completion(TEXT)
        said.set_cookie("who", "you")
        return said

    with serving(answer) as server:
        engine = openai_engine(EngineOptions(base_url=server.url, concurrency=1))
        assert len(list(engine.complete(Requests(3)))) == 3
        assert not any("Cookie" in sent for sent in server.headers)
