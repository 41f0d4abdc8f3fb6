"""An output folder that one process works in, and that is ours to write in."""

import errno
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vimedsynth.errors import Misuse


@contextmanager
def holding(folder: Path) -> Iterator[None]:
    """Make ``folder`` and keep other processes of ours out of it; a folder that stays empty is taken away again.

    The lock is the kernel's, on the folder itself: nothing is left behind when the process is killed. Raises Misuse
    when another process holds it. Where the file system knows no locks (some network ones) there is none.
    """
    made = not folder.exists()
    handle = _held(folder)
    try:
        yield
    finally:
        if made:
            with suppress(OSError):
                folder.rmdir()  # by the one that holds it: a process that was turned away takes no folder with it
        os.close(handle)


def _held(folder: Path) -> int:
    """The folder, made where it is not there, opened and locked; one that was taken away meanwhile is made anew."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(folder, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            _lock(handle, folder)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), os.stat(folder)):
                    return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _lock(handle: int, folder: Path) -> None:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
            raise Misuse(f"{folder}: another process works in this folder; wait for it or name another") from error


def refuse_foreign(folder: Path, marks: Collection[str], kind: str, own: Collection[str] = ()) -> None:
    """Raise Misuse when ``folder`` holds files and none of the ``marks`` that say it is a folder of this ``kind``.

    Hidden files and those named in ``own`` say nothing either way.
    """
    if not folder.is_dir() or any((folder / name).exists() for name in marks):
        return
    strangers = sorted(p.name for p in folder.iterdir() if not p.name.startswith(".") and p.name not in own)
    if strangers:
        told = f"{strangers[0]} is there" + (f" but no {' or '.join(marks)}" if marks else "")
        raise Misuse(f"{folder}: not {kind} ({told}); expected an empty folder")
