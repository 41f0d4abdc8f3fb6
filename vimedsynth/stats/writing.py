"""The page on disk: whole or not at all."""

from pathlib import Path

from vimedsynth.errors import DataRefused
from vimedsynth.files import replacing


def write_text(path: Path, text: str) -> None:
    """Write ``text`` in place of ``path``. Raises DataRefused when the folder cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as file:
            file.write(text.encode("utf-8"))
    except OSError as error:
        raise DataRefused(f"{path}: cannot be written ({error.strerror})") from error
