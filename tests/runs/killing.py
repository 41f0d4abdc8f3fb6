"""A run that is killed at random moments, again and again, beside one that is left alone."""

import math
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from tests.engines_http.server import Server, completion, serving
from tests.runs.scripts import corpus, works
from vimedsynth.engines.grounded import write
from vimedsynth.samples import Task

CONCURRENCY = 8
BEFORE_A_KILL = 10  # requests of one process before it is killed, at most


@dataclass
class Killed:
    """What one run went through. The laws are in :meth:`check`."""

    folder: Path
    kills: int = 0
    finished_at_kill: list[tuple[int, frozenset[int]]] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)  # the seed of each request that the server saw, in order

    @property
    def repeated(self) -> int:
        """Requests that the server saw again: they were in flight at a kill."""
        return len(self.asked) - len(set(self.asked))

    def check(self, alone: Path) -> None:
        """No finished request is asked twice, nothing is lost, nothing doubled: the files are those of ``alone``."""
        for asked_before, finished in self.finished_at_kill:
            assert finished.isdisjoint(self.asked[asked_before:]), "a finished request was asked again"
        assert self.repeated <= CONCURRENCY * self.kills
        assert set(finished_seeds(self.folder)) == set(self.asked)
        for name in ("samples.jsonl", "rejections.jsonl"):
            assert (self.folder / name).read_bytes() == (alone / name).read_bytes()
        ids = [orjson.loads(line)["id"] for line in (self.folder / "samples.jsonl").read_bytes().splitlines()]
        assert len(ids) == len(set(ids)) > 0


def finished_seeds(run: Path) -> frozenset[int]:
    """The seeds of the model's finished requests; the file must be whole."""
    if not (run / "journal.sqlite").exists():
        return frozenset()
    with closing(sqlite3.connect(run / "journal.sqlite")) as journal:
        assert journal.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not journal.execute("SELECT 1 FROM sqlite_master WHERE name = 'outcomes'").fetchone():
            return frozenset()
        rows = [orjson.loads(row) for (row,) in journal.execute("SELECT row FROM outcomes")]
    return frozenset(row["provenance"]["seed"] for row in rows if row["provenance"]["engine"] == "openai")


@contextmanager
def answering(path: Path) -> Iterator[Server]:
    """A server that answers, cuts off or lies by the seed of the request, the same each time."""
    payload = write(next(works(path, (Task.VQA_SINGLE,))), 1)
    honest = orjson.dumps(payload).decode()
    lie = honest.replace("6,8", "8,6").replace("phổi trái", "phổi phải")

    def answer(number: int, body: dict[str, Any]) -> Any:
        kind = body["seed"] % 10
        return completion(honest[:90], "length") if kind == 0 else lie if kind == 1 else honest

    with serving(answer, delay=0.03) as server:
        yield server


def command(path: Path, run: Path, url: str) -> list[str]:
    said = ["vqa", str(path), "-o", str(run), "--style", "single", "--region", "chest", "--quiet"]
    engine = ["--engine", "openai", "--base-url", url, "--concurrency", str(CONCURRENCY)]
    return [sys.executable, "-m", "vimedsynth", *said, *engine]


def kill_again_and_again(folder: Path, reports: int, kills: int, dice: random.Random) -> Killed:
    """One run with up to ``kills`` kills (fewer when it is done before), checked against one without."""
    path = corpus(folder, reports)
    with answering(path) as server:
        subprocess.run(command(path, folder / "alone", server.url), check=True, stdout=subprocess.DEVNULL)
        server.bodies.clear()
        killed = Killed(folder / "run")
        while killed.kills < kills and _killed_once(command(path, killed.folder, server.url), server, dice):
            killed.kills += 1
            killed.finished_at_kill.append((len(server.bodies), finished_seeds(killed.folder)))
        subprocess.run(command(path, killed.folder, server.url), check=True, stdout=subprocess.DEVNULL)
        killed.asked = [body["seed"] for body in server.bodies]
    killed.check(folder / "alone")
    return killed


def _killed_once(said: list[str], server: Server, dice: random.Random) -> bool:
    """Start, and kill -9 while it starts or a while after one of its first requests; False if nothing was left for it.

    The moment is counted in requests and the server leaves those that come too late unanswered: with more of them left
    than are answered here the process is never done first, however busy the machine.
    """
    before = len(server.bodies)
    server.answered_before = before + BEFORE_A_KILL + CONCURRENCY
    wanted = before + dice.randint(1, BEFORE_A_KILL)
    process = subprocess.Popen(said, stdout=subprocess.DEVNULL)
    if dice.random() < 0.1:
        time.sleep(dice.random())  # while it starts
    else:
        while len(server.bodies) < wanted and process.poll() is None:
            time.sleep(0.001)
        time.sleep(0.05 * dice.random())
    process.send_signal(signal.SIGKILL)
    done = process.wait() == 0
    time.sleep(0.1)  # what was on its way to the server has arrived
    server.answered_before = math.inf
    return not done
