"""Start the page: who may connect, where it listens, what is printed."""

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from vimedsynth.engines.addresses import is_loopback_host
from vimedsynth.errors import Misuse, missing_extra
from vimedsynth.review.desk import Desk
from vimedsynth.review.guarding import judge_edit
from vimedsynth.review.ledger import Ledger
from vimedsynth.review.people import Sessions, check_name, give_token, revoke_tokens, signing_key
from vimedsynth.review.plans import PLAN_BY_NAME, Choice
from vimedsynth.review.protocol import Terms, adopt, protocol_from
from vimedsynth.review.records import Records
from vimedsynth.review.rows import RunRows
from vimedsynth.review.sources import Sources
from vimedsynth.review.strata import stratum_of

if TYPE_CHECKING:
    import uvicorn

RECORDS_FILE, KEY_FILE = "review.sqlite", "review.key"
REQUESTS_PER_SECOND, REQUESTS_AT_ONCE = 60.0, 240.0
SIGN_INS_PER_SECOND, SIGN_INS_AT_ONCE = 0.2, 10.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen. ``names`` are further host names that the certificate is for."""

    host: str = "127.0.0.1"
    port: int = 8765
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()

    @property
    def secure(self) -> bool:
        return self.certificate is not None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line asks for; None leaves what the plan in force says."""

    readers: tuple[str, ...] = ()
    adjudicators: tuple[str, ...] = ()
    plan: str | None = None
    size: int | None = None
    seed: int | None = None
    double: float | None = None


def check_place(place: Place) -> None:
    """Raises Misuse for an address other than loopback without TLS, or half a key pair."""
    if (place.certificate is None) != (place.key is None):
        raise Misuse("TLS needs both --tls-cert and --tls-key")
    if not is_loopback_host(place.host) and not place.secure:
        raise Misuse(
            f"--host {place.host}: reports would cross the network in the clear; give --tls-cert and --tls-key"
        )


def hosts_of(place: Place, port: int) -> frozenset[str]:
    """The ``Host`` headers that are answered."""
    names = {place.host, *place.names} | (
        {"127.0.0.1", "localhost", "[::1]"} if is_loopback_host(place.host) else set()
    )
    names = {f"[{name}]" if ":" in name and not name.startswith("[") else name for name in names}
    default = 443 if place.secure else 80
    return frozenset(
        {f"{name}:{port}".lower() for name in names} | ({n.lower() for n in names} if port == default else set())
    )


def terms_of(wish: Wish, before: Terms | None, count: int) -> Terms:
    """The terms wished for, filled up from the plan in force, else from the defaults. Raises Misuse."""
    readers = tuple(map(check_name, wish.readers)) or (before.readers if before else ("Bác sĩ",))
    thirds = tuple(map(check_name, wish.adjudicators)) or (before.adjudicators if before else ())
    double = wish.double if wish.double is not None else before.double if before else float(len(readers) > 1)
    plan = wish.plan or (before.plan if before else "all")
    size = wish.size or (before.size if before and wish.plan is None else count)
    seed = wish.seed if wish.seed is not None else before.seed if before else 0
    people = [*readers, *thirds]
    if len({name.casefold() for name in people}) < len(people):
        raise Misuse(f"reviewers {', '.join(people)}: each name once; the third reader is none of the first two")
    return Terms(plan, min(size, count), seed, double, readers, thirds)


def corpus_of(run: Path) -> Path | None:
    """The corpus that the run was made from, when it is still where ``run.json`` says."""
    try:
        named = orjson.loads((run / "run.json").read_bytes()).get("corpus")
    except (OSError, orjson.JSONDecodeError, AttributeError):
        return None
    return Path(named) if isinstance(named, str) and named and Path(named).exists() else None


def open_desk(run: Path, corpus: Path | None, wish: Wish) -> Desk:
    """Everything of a review behind the page, with the plan in force. Raises DataRefused, Misuse."""
    rows = RunRows(run)
    ledger = Ledger(Records(run / RECORDS_FILE))
    sources = Sources(corpus or corpus_of(run))
    before = protocol_from(ledger.plan) if ledger.plan else None
    terms = terms_of(wish, before.terms if before else None, len(rows))
    if before and before.terms == terms and all(sample_id in rows.lines for sample_id in before.ids):
        return Desk(rows, sources, before, ledger, judge_edit)
    choice = Choice(list(rows.lines.values()), terms.size, terms.seed, stratum_of(rows, sources), rows.rejections())
    ids = [line.sample_id for line in PLAN_BY_NAME[terms.plan](choice)]
    return Desk(rows, sources, adopt(ledger, terms, ids, "command line"), ledger, judge_edit)


def links(desk: Desk, place: Place, port: int, renew: bool) -> dict[str, str]:
    """A link for each reviewer. The token is in the fragment, which no browser sends and no log keeps."""
    if renew:
        revoke_tokens(desk.ledger)
    host = f"[{place.host}]" if ":" in place.host else place.host
    base = f"{'https' if place.secure else 'http'}://{place.names[0] if place.names else host}:{port}/"
    terms = desk.protocol.terms
    return {name: f"{base}#token={give_token(desk.ledger, name)}" for name in (*terms.readers, *terms.adjudicators)}


def bind(place: Place) -> socket.socket:
    """The listening socket. Raises Misuse when the address or port cannot be had."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    link = socket.socket(family, socket.SOCK_STREAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        link.bind((place.host, place.port))
    except OSError as exc:
        link.close()
        raise Misuse(f"{place.host}:{place.port}: cannot listen there ({exc.strerror}); try --port 0") from exc
    return link


def make_server(desk: Desk, place: Place, port: int) -> "uvicorn.Server":
    """The server, not started. Raises Misuse when the review extra is missing or the certificate is bad."""
    try:
        import uvicorn

        from vimedsynth.review.app import House, build_app
        from vimedsynth.review.assets import Assets
        from vimedsynth.review.security import Bucket
    except ImportError as exc:
        raise missing_extra("review", "the review page") from exc
    key = signing_key(desk.rows.folder / KEY_FILE)
    sign_ins = Bucket(SIGN_INS_PER_SECOND, SIGN_INS_AT_ONCE)
    house = House(desk, Sessions(key), Assets(), place.secure, sign_ins, desk.rows.folder.resolve().name)
    app = build_app(house, hosts_of(place, port), Bucket(REQUESTS_PER_SECOND, REQUESTS_AT_ONCE))
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, date_header=False, lifespan="off",
        ssl_certfile=place.certificate, ssl_keyfile=place.key, timeout_keep_alive=30, limit_concurrency=256,
        timeout_graceful_shutdown=3, proxy_headers=False, ws="none",
    )  # fmt: skip
    try:
        config.load()
    except OSError as exc:
        raise Misuse(f"{place.certificate}: not a usable certificate with its key ({exc})") from exc
    return uvicorn.Server(config)
