"""The server as a reviewer's browser meets it, and as an attacker's does."""

import secrets
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.review.making import Made
from tests.review.serving import Client, Serving, serving
from vimedsynth.errors import Misuse
from vimedsynth.review.people import give_token, reviewer_of, revoke_tokens
from vimedsynth.review.security import Bucket
from vimedsynth.review.server import Place, Wish, check_place, hosts_of


def first(client: Client) -> Any:
    return client.item(client.get("/api/me")["start"])


# ---- work


def test_a_decision_moves_on_and_counts(page: Serving) -> None:
    client = page.client("An")
    item = first(client)
    status, made = client.decide(item, "accept")
    assert status == 200
    assert made["next"] == item["next"]
    assert made["progress"]["done"] == 1
    assert client.item(item["id"])["decision"]["verdict"] == "accept"


def test_the_engine_stays_hidden(page: Serving) -> None:
    client = page.client("An")
    _, body, _ = client.call("GET", f"/api/item?id={client.get('/api/me')['start']}")
    assert b"secret" not in body
    assert b"provenance" not in body


def test_evidence_points_into_the_report(page: Serving) -> None:
    item = first(page.client("An"))
    (start, end), *_ = item["sample"]["turns"][0]["evidence"]
    assert "nốt mờ" in item["report"]["text"][start:end]


def test_rejection_needs_a_known_reason_and_other_a_note(page: Serving) -> None:
    client = page.client("An")
    item = first(client)
    assert client.decide(item, "reject") == (400, {"error": "reason-expected"})
    assert client.decide(item, "reject", reason="no-such")[0] == 400
    assert client.decide(item, "reject", reason="other") == (400, {"error": "note-expected"})
    assert client.decide(item, "accept", reason="other")[0] == 400
    assert client.decide(item, "reject", reason="other", note="lặp lại")[0] == 200


def test_the_same_request_twice_is_one_decision(page: Serving) -> None:
    client = page.client("An")
    item, key = first(client), secrets.token_hex(8)
    one, two = (client.decide(item, "accept", key=key)[1] for _ in range(2))
    assert one["number"] == two["number"]
    assert len(page.desk.ledger.decisions()) == 1


def test_undo_goes_back_step_by_step_and_erases_nothing(page: Serving) -> None:
    client = page.client("An")
    item = first(client)
    client.decide(item, "accept")
    client.decide(item, "reject", reason="language")
    client.post("/api/undo", {"key": "undo-0001"})
    assert client.item(item["id"])["decision"]["verdict"] == "accept"
    client.post("/api/undo", {"key": "undo-0001"})  # the same request again
    assert client.item(item["id"])["decision"]["verdict"] == "accept"
    client.post("/api/undo", {"key": "undo-0002"})
    assert client.item(item["id"])["decision"] is None
    assert client.post("/api/undo", {"key": "undo-0003"}) == (409, {"error": "nothing-to-undo"})
    kinds = [r.kind for r in page.desk.ledger.records.after(0)]
    assert (kinds.count("decision"), kinds.count("undo")) == (2, 2)


def test_a_skipped_sample_comes_back_at_the_end(page: Serving) -> None:
    client = page.client("An")
    skipped = first(client)
    here = client.decide(skipped, "skip")[1]["next"]
    for _ in range(19):
        here = client.decide(client.item(here), "accept")[1]["next"]
    assert here == skipped["id"]
    assert client.decide(client.item(here), "accept")[1]["next"] is None


def test_a_stale_sample_is_not_decided(page: Serving) -> None:
    client = page.client("An")
    item = {**first(client), "sha256": "0" * 64}
    assert client.decide(item, "accept") == (409, {"error": "sample-changed"})


def test_edits_must_fit_the_sample(page: Serving) -> None:
    client = page.client("An")
    item = first(client)
    turn = {k: item["sample"]["turns"][0][k] for k in ("question", "answer")}
    for edit, code in (
        ({"turns": [turn]}, "nothing-changed"),
        ({"turns": [turn, turn]}, "turns-do-not-fit"),
        ({"turns": [None]}, "no-turn-left"),
        ({"turns": [{"question": "?", "answer": "  "}]}, "empty-turn"),
        ({"text": "một đoạn"}, "turns-expected"),
        ({"turns": []}, "turns-expected"),
        (None, "edit-expected"),
    ):
        assert client.decide(item, "edit", edit=edit) == (400, {"error": code}), code


def test_the_list_is_cut_and_filtered(page: Serving) -> None:
    client = page.client("An")
    client.decide(first(client), "accept")
    assert client.get("/api/queue?limit=3")["total"] == 20
    assert len(client.get("/api/queue?limit=3&offset=18")["items"]) == 2
    assert [i["place"] for i in client.get("/api/queue?state=accept")["items"]] == [0]


def test_without_a_corpus_the_text_alone_is_reviewed(made: Made) -> None:
    with serving(made, corpus=False) as running:
        client = running.client("An")
        item = first(client)
        assert (item["report"], item["report_problem"]) == (None, "no-corpus")
        assert client.decide(item, "accept")[0] == 200


def test_a_changed_report_is_not_shown(made: Made) -> None:
    path = made.corpus / "report_0.json"
    path.write_bytes(path.read_bytes().replace("nốt mờ".encode(), "nốt sáng".encode()))
    with serving(made) as running:
        assert first(running.client("An"))["report_problem"] == "report-changed"


# ---- two readers and a third


def test_two_readers_do_not_see_each_other_and_a_third_settles(panel: Serving) -> None:
    an, binh, chi = (panel.client(name) for name in ("An", "Bình", "Chi"))
    item = first(an)
    an.decide(item, "accept", note="đúng báo cáo")
    seen = binh.item(item["id"])
    assert (seen["decision"], seen["readings"]) == (None, [])
    assert chi.get("/api/me")["start"] is None
    binh.decide(seen, "reject", reason="unclear")
    assert chi.get("/api/me")["start"] == item["id"]
    disputed = chi.item(item["id"])
    assert {r["verdict"] for r in disputed["readings"]} == {"accept", "reject"}
    assert b"B\\u00ecnh" not in orjson.dumps(disputed)
    assert "Bình" not in str(disputed["readings"])
    assert chi.decide(disputed, "accept")[1]["next"] is None
    assert chi.get("/api/me")["progress"]["done"] == 1


def test_a_sample_of_another_queue_is_not_there(made: Made) -> None:
    with serving(made, Wish(readers=("An", "Bình"), double=0.0)) as running:
        an, binh = running.client("An"), running.client("Bình")
        item = first(an)
        assert binh.call("GET", f"/api/item?id={item['id']}")[0] == 404
        assert binh.decide(item, "accept") == (404, {"error": "not-in-your-queue"})


# ---- the door


def test_nothing_without_a_session(page: Serving) -> None:
    client = page.client()
    for path in ("/api/me", "/api/item?id=x", "/api/queue"):
        assert client.call("GET", path)[0] == 401
    for path in ("/api/decide", "/api/undo", "/api/check"):
        assert client.post(path, {})[0] == 401


def test_a_token_is_compared_whole_and_can_be_revoked(page: Serving) -> None:
    ledger = page.desk.ledger
    token = give_token(ledger, "An")
    assert reviewer_of(ledger, token, now=0) == "An"
    assert reviewer_of(ledger, token[:-1], now=0) is None
    assert reviewer_of(ledger, "", now=0) is None
    assert reviewer_of(ledger, token, now=1e12) is None
    revoke_tokens(ledger)
    assert reviewer_of(ledger, token, now=0) is None
    assert page.client().sign_in(page.token("An")) == 403


def test_tokens_are_not_kept_in_the_clear(page: Serving, made: Made) -> None:
    page.client("An")
    files = [made.run / name for name in ("review.sqlite", "review.sqlite-wal") if (made.run / name).exists()]
    assert all(page.token("An").encode() not in path.read_bytes() for path in files)


def test_guessing_tokens_is_slowed_down(page: Serving) -> None:
    client = page.client()
    answers = [client.sign_in(f"guess-{i}") for i in range(60)]
    assert answers[0] == 403
    assert answers[-1] == 429


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1", "localhost:1", ""])
def test_a_name_that_was_made_to_point_here_is_refused(page: Serving, host: str) -> None:
    assert page.client().call("GET", "/", host=host)[0] == 421


def test_another_sites_page_cannot_write(page: Serving) -> None:
    client = page.client("An")
    item = first(client)
    body = {"key": "key-00001", "sample_id": item["id"], "sample_sha256": item["sha256"], "verdict": "accept"}
    raw = orjson.dumps({**body, "elapsed_ms": 0})
    assert client.call("POST", "/api/decide", raw)[0] == 403  # no word
    assert client.call("POST", "/api/decide", raw, x_csrf_token="0" * 64)[0] == 403
    right = {"x_csrf_token": client.csrf}
    assert client.call("POST", "/api/decide", raw, **right, origin="https://evil.example")[0] == 403
    assert client.call("POST", "/api/decide", raw, **right, sec_fetch_site="cross-site")[0] == 403
    assert client.call("POST", "/api/decide", raw, **right, origin=f"http://127.0.0.1:{page.port}")[0] == 200


def test_another_reviewers_word_does_not_do(panel: Serving) -> None:
    an, binh = panel.client("An"), panel.client("Bình")
    an.csrf = binh.csrf
    assert an.post("/api/undo", {"key": "key-00001"}) == (403, {"error": "csrf"})


@pytest.mark.parametrize("cookie", ["x", "a.b.c.d", "..", "é.1.2.3", "616e.99999999999.00.{good}"])
def test_a_made_up_cookie_is_no_session(page: Serving, cookie: str) -> None:
    good = page.client("An").headers["cookie"].rpartition(".")[2]
    client = page.client()
    client.headers["cookie"] = "vimedsynth_review=" + cookie.format(good=good).encode().decode("latin-1")
    assert client.call("GET", "/api/me")[0] == 401


@pytest.mark.parametrize("path", [
    "/static/../app.py", "/static/..%2fapp.py", "/../../etc/passwd", "/static/%2e%2e/%2e%2e/errors.py", "//etc/passwd",
    "/static/", "/wording/../reasons.json", "/static/page.css%00", "/review.sqlite", "/samples.jsonl",
])  # fmt: skip
def test_no_path_leads_out(page: Serving, path: str) -> None:
    status, body, _ = page.client().call("GET", path)
    assert (status, orjson.loads(body)) == (404, {"error": "not-found"})


def test_every_answer_carries_the_policy(page: Serving) -> None:
    client = page.client()
    for path in ("/", "/static/main.js", "/api/me", "/nothing"):
        _, _, headers = client.call("GET", path)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    assert client.call("GET", "/", host="evil")[2]["content-security-policy"]


def test_the_cookie_is_out_of_reach(page: Serving) -> None:
    body = orjson.dumps({"token": page.token("An")})
    _, _, headers = page.client().call("POST", "/api/session", body)
    cookie = headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_too_much_is_not_read(page: Serving) -> None:
    client = page.client("An")
    assert client.call("POST", "/api/decide", b"x" * 300_000, x_csrf_token=client.csrf)[0] == 413
    item = first(client)
    assert client.decide(item, "accept", note="x" * 2001) == (400, {"error": "text-too-long"})


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b'"x"', b"1e999", b'{"verdict": 1}', b"[" * 5000]
)
def test_a_broken_body_is_a_refusal(page: Serving, body: bytes) -> None:
    client = page.client("An")
    for path in ("/api/decide", "/api/undo", "/api/check"):
        status, answer, _ = client.call("POST", path, body, x_csrf_token=client.csrf)
        assert status == 400, (path, answer)


def test_a_flood_is_slowed_down_for_the_flooder_alone() -> None:
    bucket = Bucket(rate=1, burst=3)
    assert [bucket.take("a", 0.0) for _ in range(5)] == [True, True, True, False, False]
    assert bucket.take("b", 0.0)
    assert not bucket.take("a", 0.5)
    assert bucket.take("a", 1.1)


def test_the_bucket_forgets_the_oldest_callers() -> None:
    bucket = Bucket(rate=1, burst=1, keep=10)
    for i in range(100):
        bucket.take(f"caller {i}", 0.0)
    assert len(bucket._levels) == 10


def test_another_address_needs_tls(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.5", "pet.example"):
        with pytest.raises(Misuse, match="tls-cert"):
            check_place(Place(host))
    with pytest.raises(Misuse, match="both"):
        check_place(Place(certificate=tmp_path / "cert.pem"))
    check_place(Place("::1"))
    check_place(Place("192.168.1.5", certificate=tmp_path / "c", key=tmp_path / "k"))


def test_hosts_are_the_ones_that_lead_here() -> None:
    assert hosts_of(Place(), 8765) == {"127.0.0.1:8765", "localhost:8765", "[::1]:8765"}
    away = Place("192.168.1.5", certificate=Path("c"), key=Path("k"), names=("pet.example",))
    assert hosts_of(away, 443) == {"192.168.1.5:443", "pet.example:443", "192.168.1.5", "pet.example"}


def test_sessions_outlive_the_server(made: Made) -> None:
    with serving(made) as running:
        client, port = running.client("An"), running.port
        item = first(client)
    with serving(made, port=port):
        assert client.decide(item, "accept")[0] == 200
