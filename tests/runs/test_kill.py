"""kill -9 at any moment: no finished request is asked twice, nothing is lost, nothing doubled."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson

from tests.engines_http.server import serving
from tests.runs.scripts import corpus, works
from vimedsynth.engines.grounded import write
from vimedsynth.samples import Task

KILLS = int(os.environ.get("VIMEDSYNTH_TEST_KILLS", "2"))


def finished(run: Path) -> set[str]:
    """The keys of the finished requests; the file must be whole."""
    if not (run / "journal.sqlite").exists():
        return set()
    with closing(sqlite3.connect(run / "journal.sqlite")) as journal:
        assert journal.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        keys = journal.execute("SELECT key FROM requests").fetchall()
    return {key for (key,) in keys}


def test_a_run_that_is_killed_again_and_again(tmp_path: Path) -> None:
    path, run, dice = corpus(tmp_path, 24), tmp_path / "run", random.Random(5)
    payload = write(next(works(path, (Task.VQA_SINGLE,))), 1)
    text = orjson.dumps(payload).decode()

    def answer(number: int, body: dict[str, Any]) -> str:
        return text

    with serving(answer, delay=0.05) as server:
        said = ["vqa", str(path), "-o", str(run), "--style", "single", "--region", "chest", "--quiet"]
        command = [sys.executable, "-m", "vimedsynth", *said, "--engine", "openai", "--base-url", server.url]
        command += ["--concurrency", "4"]
        lost = 0
        for _ in range(KILLS):
            before = len(server.bodies)
            process = subprocess.Popen(command)
            while len(server.bodies) == before and process.poll() is None:
                time.sleep(0.01)
            time.sleep(0.4 * dice.random())
            process.send_signal(signal.SIGKILL)
            process.wait()
            time.sleep(0.1)
            lost = len(server.bodies) - len(finished(run))
        subprocess.run(command, check=True)
        asked = Counter(body["seed"] for body in server.bodies)
        done = finished(run)
    counts = orjson.loads((run / "run.json").read_bytes())["counts"]
    samples = [orjson.loads(line)["id"] for line in (run / "samples.jsonl").read_bytes().splitlines()]
    assert counts["tasks"]["vqa-single"]["works"] == 24
    assert len(samples) == len(set(samples)) == counts["samples"]
    assert counts["candidates"] == counts["samples"] + counts["rejections"]
    # Asked again is only what was in flight at a kill: at most the window of four, each time.
    assert sum(asked.values()) - len(asked) <= lost <= 4 * KILLS
    assert len(done) >= len(asked)
