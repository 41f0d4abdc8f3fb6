"""The page's own files, read once from the package: nothing outside this table can be asked for."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import orjson

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the page."""

    body: bytes
    media_type: str
    etag: str


class Assets:
    """Files by URL path. ``reasons`` are the known reasons for a rejection."""

    def __init__(self) -> None:
        self._by_path: dict[str, Asset] = {}
        package = files("vimedsynth.review")
        for folder in ("static", "wording"):
            for file in (package / folder).iterdir():
                if file.is_file():
                    self._by_path[f"/{folder}/{file.name}"] = _asset(file.name, file.read_bytes())
        self._by_path["/reasons.json"] = _asset("reasons.json", (package / "reasons.json").read_bytes())
        self._by_path["/"] = self._by_path["/static/index.html"]
        self.reasons = frozenset(known_reasons())

    def find(self, path: str) -> Asset | None:
        """The file at a URL path, exactly as written."""
        return self._by_path.get(path)


def known_reasons() -> dict[str, dict[str, Any]]:
    """The reasons for a rejection, by code: words, keys and whether the reason is about facts."""
    found: dict[str, dict[str, Any]] = orjson.loads((files("vimedsynth.review") / "reasons.json").read_bytes())
    return found


def _asset(name: str, body: bytes) -> Asset:
    return Asset(body, _TYPES[name.rsplit(".", 1)[-1]], f'"{hashlib.sha256(body).hexdigest()[:32]}"')
