"""Reviewers, their tokens and their sessions.

A token is 256 random bits, shown once, kept as a hash. A session is a signed cookie, so that a server that was killed
knows its reviewers again; the key that signs lies beside the records, readable by its owner alone.
"""

import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.errors import Misuse
from vimedsynth.review.ledger import TOKEN, Ledger
from vimedsynth.review.records import Entry

SESSION_SECONDS = 12 * 3600
TOKEN_SECONDS = 30 * 24 * 3600
MAX_NAME = 80


@dataclass(frozen=True, slots=True)
class Session:
    """Who sent a request, and the word that proves the page sent it (CSRF)."""

    reviewer: str
    csrf: str


def check_name(name: str) -> str:
    """A reviewer's name. Raises Misuse for an empty, long or unprintable one."""
    clean = " ".join(name.split())
    if not clean or len(clean) > MAX_NAME or not clean.isprintable():
        raise Misuse(f"reviewer {name!r}: expected a printable name of 1 to {MAX_NAME} characters")
    return clean


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def give_token(ledger: Ledger, reviewer: str) -> str:
    """A new token for the reviewer; earlier ones stay good until they expire."""
    token = secrets.token_urlsafe(32)
    body = {"sha256": _hash(token), "expires": int(time.time()) + TOKEN_SECONDS}
    ledger.records.append(Entry(f"token/{secrets.token_hex(12)}", reviewer, TOKEN, reviewer, body))
    ledger.refresh()
    return token


def revoke_tokens(ledger: Ledger) -> None:
    """From now on no token given out so far opens the page."""
    body = {"sha256": "", "expires": 0, "revoke": True}
    ledger.records.append(Entry(f"token/{secrets.token_hex(12)}", "", TOKEN, "", body))
    ledger.refresh()


def reviewer_of(ledger: Ledger, token: str, now: float) -> str | None:
    """Whose token it is. Compares with every token in constant time, whether or not one matched before."""
    offered, found = _hash(token), None
    live = ledger.tokens
    last_revoked = max((i for i, record in enumerate(live) if record.body.get("revoke")), default=-1)
    for record in live[last_revoked + 1 :]:
        same = hmac.compare_digest(record.body["sha256"], offered)
        if same and record.body["expires"] > now:
            found = record.subject
    return found


def signing_key(path: Path) -> bytes:
    """The key that signs sessions, made on first use (mode 600)."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) == 32:
            return key
        handle = os.open(path, os.O_WRONLY | os.O_TRUNC)  # killed while it was first written
    key = secrets.token_bytes(32)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    return key


class Sessions:
    """Signed session cookies."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def _sign(self, purpose: str, text: str) -> str:
        return hmac.new(self._key, f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()

    def open(self, reviewer: str, now: float) -> str:
        """The cookie of a new session."""
        text = f"{reviewer.encode().hex()}.{int(now) + SESSION_SECONDS}.{secrets.token_hex(8)}"
        return f"{text}.{self._sign('session', text)}"

    def read(self, cookie: str, now: float) -> Session | None:
        """The session of a cookie that we signed and that has not run out."""
        text, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(self._sign("session", text).encode(), signature.encode(errors="replace")):
            return None
        name, expires, _ = text.split(".")
        if int(expires) <= now:
            return None
        return Session(bytes.fromhex(name).decode(), self._sign("csrf", cookie))
