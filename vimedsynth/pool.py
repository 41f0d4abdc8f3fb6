"""Jobs over worker processes: one core's worth of work each, a bounded number in flight."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TypeVar

from vimedsynth.errors import DataRefused

Job = TypeVar("Job")
Result = TypeVar("Result")


def results(run: Callable[[Job], Result], jobs: Iterator[Job], workers: int) -> Iterator[Result]:
    """As they finish; at most two jobs a worker are in flight, so memory does not grow with the corpus.

    ``run`` is a function of a module, jobs and results can be pickled. Raises DataRefused when a worker dies.
    """
    settle_process()
    if workers == 1:
        yield from map(run, jobs)
        return
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin_worker) as pool:
        try:
            running: set[Future[Result]] = {pool.submit(run, job) for job in islice(jobs, 2 * workers)}
            while running:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
                    running.update(pool.submit(run, job) for job in islice(jobs, 1))
        except BrokenProcessPool as error:
            raise DataRefused(
                "a worker process died (out of memory?); the same command goes on where it was"
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides; a worker finishes its study
    Thread(target=_end_with_parent, daemon=True).start()
    settle_process()


def _end_with_parent() -> None:
    """A killed parent cannot stop its workers, and they would wait for its next job for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def settle_process() -> None:
    """A process is one core's worth of work: no threads beside it, and the memory of one volume serves the next."""
    import cv2

    cv2.setNumThreads(1)
    _keep_memory()


_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4


def _keep_memory() -> None:
    """glibc gives large arrays back at once, and every volume pays for zeroed pages again; elsewhere nothing is done."""
    import ctypes

    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_MMAP_MAX, 0)
        libc.mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)
