"""The manifest that a folder already holds: whether it is whole, and whether it is the one that is asked for."""

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.errors import DataRefused, SettingsDiffer
from vimedsynth.holding import refuse_foreign

BUILDING = ".building"
"""The folder of a build that is not done, inside the manifest folder."""


def existing(folder: Path, settings: dict[str, Any], fresh: bool) -> dict[str, Any] | None:
    """What ``manifest.json`` in ``folder`` says, where it is whole and of the same settings; else room for a new one.

    ``fresh`` makes room for any manifest of ours, and for nothing else. Raises SettingsDiffer for a manifest of other
    settings, Misuse for a folder of somebody else, DataRefused for a ``manifest.json`` of another kind.
    """
    path = folder / "manifest.json"
    if fresh or not (folder / "images").exists():  # images without a manifest are told by _begin
        refuse_foreign(folder, (path.name, BUILDING), "a manifest folder", own=("leaks.jsonl",))
    if not path.is_file():
        return None
    try:
        done: dict[str, Any] = orjson.loads(path.read_bytes())
        before = dict(done["settings"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataRefused(f"{path}: not a manifest of ours; expected an empty folder") from error
    if fresh:
        _clear(folder)
        return None
    if different := [name for name in settings if before.get(name) != settings[name]]:
        shown = ", ".join(f"{name}: {before.get(name)!r} there, {settings[name]!r} asked" for name in different)
        raise SettingsDiffer(f"{folder} was built with other settings ({shown}); --fresh builds anew")
    if not is_whole(folder, done):
        _clear(folder)
        return None
    return done


def _clear(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    shutil.rmtree(folder / "images", ignore_errors=True)


def is_whole(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether every file that the manifest names is there with its bytes, and every image that its lineage names."""
    files = manifest.get("files") or {}
    if "lineage.jsonl" not in files:
        return False
    for name, said in files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != said["bytes"] or digest(path) != said["sha256"]:
            return False
    with (folder / "lineage.jsonl").open("rb") as handle:
        images = {image["path"] for row in map(orjson.loads, handle) for image in row["images"]}
    return all((folder / name).is_file() for name in images)


def digest(path: Path) -> str:
    """The SHA-256 of a file. Raises DataRefused when it cannot be read."""
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise DataRefused(f"{path}: cannot be read ({type(error).__name__})") from error
