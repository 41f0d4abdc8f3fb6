"""The page on disk: whole or not at all."""

import os
import tempfile
from pathlib import Path

from vimedsynth.errors import DataRefused


def write_text(path: Path, text: str) -> None:
    """Write ``text`` in place of ``path``. Raises DataRefused when the folder cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise DataRefused(f"{path}: cannot be written ({error.strerror})") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
