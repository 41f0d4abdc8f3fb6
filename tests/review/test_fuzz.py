"""Anything at all against every route: an answer with a known status and a code, never a failure of ours."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.review.making import make_run
from tests.review.serving import Client, Serving, serving
from vimedsynth.review.app import READING, WRITING
from vimedsynth.review.decisions import Verdict

LOOSE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
ANYTHING = st.recursive(
    LEAF, lambda x: st.lists(x, max_size=4) | st.dictionaries(st.text(max_size=8), x, max_size=4), max_leaves=12
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Serving, Client]]:
    folder: Path = tmp_path_factory.mktemp("fuzz")
    with serving(make_run(folder, studies=3, volumes=1)) as found:
        yield found, found.client("An")


def fine(status: int, body: bytes) -> None:
    assert status in {200, 304, 400, 401, 403, 404, 405, 409, 413, 429}, (status, body)
    if status >= 400:
        assert isinstance(orjson.loads(body)["error"], str)


def wish(ids: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Bodies that are nearly right: known fields, some with a right value."""
    turn = st.fixed_dictionaries(
        {}, optional={"question": st.text(max_size=20) | LEAF, "answer": st.text(max_size=20) | LEAF}
    )
    edit = st.fixed_dictionaries({}, optional={"turns": st.lists(turn | LEAF, max_size=3) | LEAF, "text": LEAF}) | LEAF
    return st.fixed_dictionaries({}, optional={
        "key": st.just("key-0000001") | LEAF,
        "sample_id": st.sampled_from(ids) | LEAF,
        "sample_sha256": st.just("0" * 64) | LEAF,
        "verdict": st.sampled_from(list(Verdict)).map(str) | LEAF,
        "reason": st.sampled_from(["wrong-fact", "other", ""]) | LEAF,
        "note": LEAF,
        "edit": edit,
        "confirmed": st.booleans() | LEAF,
        "elapsed_ms": st.integers() | LEAF,
        "lesions": ANYTHING,
    })  # fmt: skip


@LOOSE
@given(data=st.data(), path=st.sampled_from(sorted(WRITING)))
def test_bodies(running: tuple[Serving, Client], data: st.DataObject, path: str) -> None:
    serving_, client = running
    body = data.draw(ANYTHING | wish(serving_.desk.protocol.ids))
    raw = json.dumps(body).encode()  # NaN, Infinity and lone surrogates too
    fine(*client.call("POST", path, raw, x_csrf_token=client.csrf)[:2])


@LOOSE
@given(data=st.data(), path=st.sampled_from(sorted(READING)))
def test_queries(running: tuple[Serving, Client], data: st.DataObject, path: str) -> None:
    serving_, client = running
    value = st.sampled_from([*serving_.desk.protocol.ids, "pet", "ct", "0", "5", "-1", "99999999999"]) | st.text(
        max_size=12
    )
    query = data.draw(st.dictionaries(st.sampled_from(["id", "z", "modality", "offset", "limit", "state"]), value))
    fine(*client.call("GET", f"{path}?{urlencode(query, errors='replace')}")[:2])


@LOOSE
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
    path=st.lists(
        st.sampled_from(["api", "static", "..", "%2e%2e", "", "item", "x", "%00", "%ff", "decide"]), max_size=5
    ),
    cookie=st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=";,"), max_size=40),
)
def test_paths_and_cookies(running: tuple[Serving, Client], method: str, path: list[str], cookie: str) -> None:
    client = Client(running[1].port, {"cookie": f"vimedsynth_review={cookie}"})
    status, body, headers = client.call(method, "/" + "/".join(path))
    assert status in {200, 400, 401, 403, 404, 405, 429}, (status, body)
    assert "default-src 'none'" in headers["content-security-policy"]


def test_the_server_is_still_there(running: tuple[Serving, Client]) -> None:
    """After all of that: no answer of 500, the record whole, and the next decision taken."""
    serving_, client = running
    time.sleep(1.5)  # the pace lets us through again
    item = client.item(serving_.desk.protocol.ids[-1])
    assert client.decide(item, "accept")[0] == 200
    assert serving_.desk.ledger.records.broken_link() is None
