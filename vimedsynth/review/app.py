"""The routes: read a request, ask the desk, answer with JSON. Every refusal has a stable code."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from vimedsynth.errors import DataRefused
from vimedsynth.review import security
from vimedsynth.review.assets import Assets
from vimedsynth.review.decisions import BadInput, Verdict, clean_text, read_edit, read_key, read_submission
from vimedsynth.review.desk import TODO, Desk, NotYours, Objected, Stale
from vimedsynth.review.ledger import ENTRY
from vimedsynth.review.people import SESSION_SECONDS, Session, Sessions, reviewer_of
from vimedsynth.review.pictures import describe, mip_bytes, slice_bytes
from vimedsynth.review.protocol import Role
from vimedsynth.review.records import Entry
from vimedsynth.review.sheets import keep_sheet, read_lesions, show_sheet
from vimedsynth.review.summary import summarise
from vimedsynth.volumes import Scan

COOKIE = "vimedsynth_review"
MAX_LIMIT = 200


@dataclass(frozen=True)
class House:
    """What the routes need: the desks, the door's keys, the page's files."""

    desk: Desk
    sessions: Sessions
    assets: Assets
    secure: bool  # TLS: the cookie is sent over nothing else
    sign_ins: security.Bucket
    title: str


class Refused(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def answer(value: object, status: int = 200) -> Response:
    """JSON that no cache keeps."""
    headers = {"cache-control": "no-store"}
    return Response(orjson.dumps(value), status, headers, media_type="application/json")


Work = Callable[[House, Session, Any], Any]
"""(house, who asks, query or body) -> what is answered; runs in a worker thread."""


def _session(house: House, request: Request) -> Session:
    found = house.sessions.read(request.cookies.get(COOKIE, ""), time.time())
    if found is None or house.desk.protocol.role(found.reviewer) is None:
        raise Refused(401, "not-signed-in")
    return found


async def _body(request: Request) -> Any:
    try:
        return orjson.loads(await request.body())
    except orjson.JSONDecodeError:
        raise Refused(400, "not-json") from None


def _guarded(house: House, session: Session, work: Work, given: Any) -> Any:
    try:
        house.desk.ledger.refresh()
        return work(house, session, given)
    except BadInput as error:
        raise Refused(400, str(error)) from None
    except NotYours:
        raise Refused(404, "not-in-your-queue") from None
    except Stale:
        raise Refused(409, "sample-changed") from None
    except DataRefused:
        raise Refused(409, "run-changed") from None


def _reading(house: House, work: Work) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        session = _session(house, request)
        found = await run_in_threadpool(_guarded, house, session, work, dict(request.query_params))
        return found if isinstance(found, Response) else answer(found)

    return endpoint


def _writing(house: House, work: Work) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        session = _session(house, request)
        if not security.same_word(session.csrf, request.headers.get("x-csrf-token", "")):
            raise Refused(403, "csrf")
        found = await run_in_threadpool(_guarded, house, session, work, await _body(request))
        return found if isinstance(found, Response) else answer(found)

    return endpoint


def _number(query: dict[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > most:
        raise BadInput(f"bad-{name}")
    return int(text)


def _id(query: dict[str, str]) -> str:
    return clean_text(query.get("id"), 256)


def _me(house: House, session: Session, _: Any) -> Any:
    desk, name = house.desk, session.reviewer
    role = desk.protocol.role(name)
    return {
        "reviewer": name,
        "role": role,
        "csrf": session.csrf,
        "title": house.title,
        "corpus": desk.sources.has_corpus,
        "double": desk.protocol.terms.double > 0 and len(desk.protocol.terms.readers) > 1,
        "start": desk.next_open(name, -1) or next(iter(desk.queue(name)), None),
        "progress": desk.progress(name),
    }


def _item(house: House, session: Session, query: Any) -> Any:
    return house.desk.item(session.reviewer, _id(query))


def _queue(house: House, session: Session, query: Any) -> Any:
    wanted = query.get("state") or None
    if wanted not in (None, TODO, *Verdict):
        raise BadInput("bad-state")
    offset, limit = _number(query, "offset", 0, 10**9), _number(query, "limit", 50, MAX_LIMIT)
    return house.desk.listing(session.reviewer, wanted, offset, limit)


def _objections(found: tuple[Any, ...]) -> dict[str, Any]:
    return {"objections": [asdict(objection) for objection in found]}


def _check(house: House, session: Session, body: Any) -> Any:
    if not isinstance(body, dict):
        raise BadInput("object-expected")
    sample_id = clean_text(body.get("sample_id"), 256)
    return _objections(house.desk.objections(session.reviewer, sample_id, read_edit(body.get("edit"))))


def _decide(house: House, session: Session, body: Any) -> Any:
    desk, name = house.desk, session.reviewer
    given = read_submission(body, house.assets.reasons)
    made = desk.decide(name, given)
    if isinstance(made, Objected):
        return answer({"error": "objections", **_objections(made.objections)}, 409)
    place = desk.queue(name).index(given.sample_id)
    return {"number": made.number, "next": desk.next_open(name, place), "progress": desk.progress(name)}


def _undo(house: House, session: Session, body: Any) -> Any:
    if not isinstance(body, dict):
        raise BadInput("object-expected")
    undone = house.desk.ledger.undo(session.reviewer, read_key(body.get("key")))
    if undone is None:
        raise Refused(409, "nothing-to-undo")
    progress = house.desk.progress(session.reviewer)
    return {"sample_id": undone.sample_id, "verdict": undone.verdict, "progress": progress}


def _sign_in(house: House) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if not house.sign_ins.take(address, time.monotonic()):
            raise Refused(429, "too-many-requests")
        body = await _body(request)
        token = body.get("token") if isinstance(body, dict) else None
        if not isinstance(token, str) or len(token) > 128:
            raise Refused(400, "token-expected")
        cookie = await run_in_threadpool(_admit, house, token)
        response = answer({"signed_in": True})
        response.set_cookie(
            COOKIE, cookie, SESSION_SECONDS, path="/", secure=house.secure, httponly=True, samesite="strict"
        )
        return response

    return endpoint


def _admit(house: House, token: str) -> str:
    ledger, now = house.desk.ledger, time.time()
    ledger.refresh()
    name = reviewer_of(ledger, token, now)
    if name is None or house.desk.protocol.role(name) is None:
        raise Refused(403, "bad-token")
    cookie = house.sessions.open(name, now)
    ledger.records.append(Entry(f"{ENTRY}/{cookie[-32:]}", name, ENTRY, name, {}))
    return cookie


def _sign_out(_: House, __: Session, ___: Any) -> Any:
    response = answer({"signed_in": False})
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


def _asset(house: House) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        found = house.assets.find(request.url.path)
        if found is None:
            raise Refused(404, "not-found")
        headers = {"etag": found.etag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == found.etag:
            return Response(None, 304, headers)
        return Response(found.body, 200, headers, media_type=found.media_type)

    return endpoint


async def _on_refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return answer({"error": error.code}, error.status)


async def _on_http(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 400
    return answer({"error": {404: "not-found", 405: "method-refused"}.get(status, "refused")}, status)


def _sheet(house: House, session: Session, query: Any) -> Any:
    return show_sheet(house.desk, session.reviewer, _id(query))


def _keep_sheet(house: House, session: Session, body: Any) -> Any:
    if not isinstance(body, dict):
        raise BadInput("object-expected")
    sample_id, key = clean_text(body.get("sample_id"), 256), read_key(body.get("key"))
    return keep_sheet(house.desk, session.reviewer, sample_id, key, read_lesions(body.get("lesions")))


def _summary(house: House, session: Session, _: Any) -> Any:
    if house.desk.protocol.role(session.reviewer) is not Role.ADJUDICATOR:
        raise Refused(403, "for-the-adjudicator")  # a reader who knows the others' words is no second reader
    return summarise(house.desk).json()


def _scan_of(house: House, session: Session, query: Any) -> tuple[Scan, Any]:
    """The scan behind a sample of the reviewer's queue, and its slices."""
    line, slices = house.desk.shown(session.reviewer, _id(query))
    scan = house.desk.sources.scan(line.study_id)
    if scan is None:
        raise Refused(404, "no-scan")
    return scan, slices


def _scan(house: House, session: Session, query: Any) -> Any:
    scan, slices = _scan_of(house, session, query)
    return describe(scan, slices)


def _voxels(found: bytes | None) -> Response:
    if found is None:
        raise Refused(404, "no-slice")
    headers = {"cache-control": "private, max-age=600"}
    return Response(found, 200, headers, media_type="application/octet-stream")


def _slice(house: House, session: Session, query: Any) -> Any:
    scan, _ = _scan_of(house, session, query)
    modality = query.get("modality")
    if modality not in ("pet", "ct"):
        raise BadInput("bad-modality")
    return _voxels(slice_bytes(scan, modality, _number(query, "z", 0, 10**6)))


def _mip(house: House, session: Session, query: Any) -> Any:
    scan, _ = _scan_of(house, session, query)
    return _voxels(mip_bytes(scan))


READING: dict[str, Work] = {"/api/me": _me, "/api/item": _item, "/api/queue": _queue, "/api/sheet": _sheet,
                           "/api/summary": _summary, "/api/scan": _scan, "/api/slice": _slice, "/api/mip": _mip}  # fmt: skip
WRITING: dict[str, Work] = {"/api/check": _check, "/api/decide": _decide, "/api/undo": _undo,
                           "/api/sheet": _keep_sheet}  # fmt: skip


async def _on_failure(_: Request, __: Exception) -> Response:
    return answer({"error": "failed"}, 500)


def build_app(house: House, hosts: frozenset[str], pace: security.Bucket) -> security.App:
    """The whole application behind its door; ``hosts`` are the ``Host`` headers it answers to."""
    routes = [Route(path, _reading(house, work), methods=["GET"]) for path, work in READING.items()]
    routes += [Route(path, _writing(house, work), methods=["POST"]) for path, work in WRITING.items()]
    routes += [
        Route("/api/session", _sign_in(house), methods=["POST"]),
        Route("/api/sign-out", _writing(house, _sign_out), methods=["POST"]),
        Route("/{path:path}", _asset(house), methods=["GET"]),
    ]
    handlers: dict[Any, Any] = {Refused: _on_refused, HTTPException: _on_http, ClientDisconnect: _on_http}
    handlers[Exception] = _on_failure
    app = Starlette(routes=routes, exception_handlers=handlers)

    def caller(scope: security.Scope) -> str:
        request = Request(scope)
        session = house.sessions.read(request.cookies.get(COOKIE, ""), time.time())
        return f"reviewer {session.reviewer}" if session else f"address {request.client.host if request.client else ''}"

    return security.Door(app, hosts, "https" if house.secure else "http", pace, caller)
