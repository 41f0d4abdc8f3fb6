"""Where a server is: on this machine or not. Only literal loopback names count; a name is never looked up."""

import ipaddress
from urllib.parse import urlsplit

from vimedsynth.errors import Misuse

DEFAULT = "http://127.0.0.1:8000/v1"


def is_loopback(url: str) -> bool:
    """Whether a server URL names this machine. Raises Misuse for what is not an http(s) URL."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise Misuse(f"--base-url {url!r}: {error}") from error
    if parts.scheme not in ("http", "https") or not host:
        raise Misuse(f"--base-url {url!r}: expected an address such as {DEFAULT}")
    return is_loopback_host(host)


def is_loopback_host(host: str) -> bool:
    """Whether an address or name is this machine's alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def checked_address(url: str | None, allow_remote: bool) -> tuple[str, bool]:
    """``(url, is remote)``. Raises Misuse for a server elsewhere unless that was allowed."""
    url = (url or DEFAULT).rstrip("/")
    remote = not is_loopback(url)
    if remote and not allow_remote:
        raise Misuse(
            f"--base-url {url}: not on this machine, and reports would be sent there; --allow-remote permits it"
        )
    return url, remote
