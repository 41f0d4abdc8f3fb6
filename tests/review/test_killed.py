"""The command itself, killed by signal 9 between any two requests: what was answered is there."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.review.making import Made, make_run
from tests.review.serving import Client
from vimedsynth.review.server import Wish, open_desk


def started(made: Made) -> tuple["subprocess.Popen[str]", int, str]:
    """The command's process, its port and the reader's token."""
    command = [sys.executable, "-m", "vimedsynth", "review", str(made.run), "--corpus", str(made.corpus), "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    server = subprocess.Popen([*command, "--reviewer", "An"], stdout=subprocess.PIPE, text=True, env=environment)
    assert server.stdout is not None
    line = server.stdout.readline()
    found = re.search(r":(\d+)/#token=(\S+)", line)
    assert found, line
    return server, int(found[1]), found[2]


def test_killed_between_requests(tmp_path: Path) -> None:
    made = make_run(tmp_path, studies=2)
    answered: list[int] = []
    for number in range(3):
        server, port, token = started(made)
        try:
            client = Client(port)
            assert client.sign_in(token) == 200
            me = client.get("/api/me")
            assert me["progress"]["done"] == len(answered)
            status, made_ = client.decide(client.item(me["start"]), "accept")
            assert status == 200
            answered.append(made_["number"])
            if number == 1:
                client.post("/api/undo", {"key": "undo-00001"})
                answered.pop()
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
            server.stdout.close()  # type: ignore[union-attr]
    desk = open_desk(made.run, None, Wish())
    assert [d.number for d in desk.ledger.decisions()] == answered
    assert desk.ledger.records.broken_link() is None
    desk.ledger.records.close()
