"""Paths that a corpus names: relative, with forward slashes, never outside the corpus."""

import re
from pathlib import Path, PurePosixPath

_DRIVE = re.compile(r"^[A-Za-z]:")
_TYPE = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")
MAX_ID = 200
"""Longest study id, in characters: it becomes a path in output folders."""


class UnsafePath(ValueError):
    """A path that is absolute, climbs, or leaves the root over a link; the message says which."""


def shown(text: str) -> str:
    """A path as a message may show it; what ends in no file type may be a report in the wrong place, and is not."""
    named = PurePosixPath(text).suffix
    plain = len(text) <= MAX_ID and text.isprintable() and _TYPE.fullmatch(named)
    return repr(text) if plain or not text else f"(a text of {len(text)} characters)"


def inside(root: Path, text: str) -> Path:
    """``root / text`` if that stays inside ``root``; links are followed to find out. Raises UnsafePath."""
    _check_name(text)
    path = root / PurePosixPath(text)
    try:
        resolved = path.resolve()
        path.exists()  # a name that is too long shows here
    except (OSError, RuntimeError) as error:
        raise UnsafePath(f"path {shown(text)} cannot be resolved") from error
    if not resolved.is_relative_to(root.resolve()):
        raise UnsafePath(f"path {shown(text)} leads out of the corpus over a link")
    return path


def _check_name(text: str) -> None:
    if not text or "\0" in text or "\n" in text:
        raise UnsafePath(f"path {shown(text)} is empty or holds control characters")
    if text.startswith(("/", "~")) or "\\" in text or _DRIVE.match(text):
        raise UnsafePath(f"path {shown(text)} is not relative with forward slashes")
    if ".." in text.split("/"):
        raise UnsafePath(f"path {shown(text)} climbs with '..'")


def safe_id(text: str) -> bool:
    """Whether ``text`` may name a study: it becomes a relative path in output folders."""
    try:
        _check_name(text)
    except UnsafePath:
        return False
    plain = text.isprintable() and len(text) <= MAX_ID
    return plain and text.strip() == text and not {"", "."}.intersection(text.split("/"))
