"""The command as a user runs it, in a process of its own: Ctrl-C, other machines, keys, telemetry."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import orjson
import pytest

from tests.engines_http.server import Server
from tests.runs.killing import answering, command, finished_seeds
from tests.runs.scripts import REPORT, corpus

PERSON = "Bệnh nhân Nguyễn Văn An, sinh năm 1956."


def run(said: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(said, capture_output=True, text=True, env={**os.environ, **environment}, check=False)


def elsewhere(server: Server) -> str:
    """The same server under an address that does not name this machine."""
    return f"http://0.0.0.0:{server.port}/v1"


def test_ctrl_c_finishes_what_is_in_flight_and_the_same_command_asks_only_the_rest(tmp_path: Path) -> None:
    path = corpus(tmp_path, 60)
    with answering(path) as server:
        said = command(path, tmp_path / "run", server.url)
        with subprocess.Popen(said, stderr=subprocess.PIPE, text=True) as process:
            while len(server.bodies) < 12 and process.poll() is None:
                time.sleep(0.005)
            process.send_signal(signal.SIGINT)
            told = process.communicate()[1]
        assert process.returncode == 130, told
        assert "finishing what is in flight" in told
        assert "goes on" in told
        assert "Traceback" not in told
        assert finished_seeds(tmp_path / "run") == {body["seed"] for body in server.bodies}
        assert run(said).returncode == 0
        assert set(Counter(body["seed"] for body in server.bodies).values()) == {1}


def test_another_machine_needs_leave_and_gets_no_report_that_names_a_person(tmp_path: Path) -> None:
    path = corpus(tmp_path, 3, f"{PERSON} {REPORT}")
    with answering(corpus(tmp_path / "plain", 1)) as server:
        said = command(path, tmp_path / "run", elsewhere(server))
        refused = run(said)
        assert (refused.returncode, server.bodies) == (2, [])
        assert "--allow-remote" in refused.stderr
        named = run([*said, "--allow-remote"])
        assert (named.returncode, server.bodies) == (1, [])
        assert "name 3" in named.stderr
        assert "Nguyễn" not in named.stderr
        assert run([*said, "--allow-remote", "--redact"]).returncode == 0
        sent = [str(body["messages"]) for body in server.bodies]
    assert sent
    assert not [text for text in sent if "Nguyễn" in text or "1956" in text]


def test_a_key_comes_from_the_environment_goes_to_the_server_and_is_written_nowhere(tmp_path: Path) -> None:
    path = corpus(tmp_path, 2)
    with answering(path) as server:
        done = run(command(path, tmp_path / "run", server.url), OPENAI_API_KEY="sk-very-secret")
        assert done.returncode == 0
        assert {sent["Authorization"] for sent in server.headers} == {"Bearer sk-very-secret"}
    written = b"".join(file.read_bytes() for file in (tmp_path / "run").iterdir())
    assert b"very-secret" not in written + done.stdout.encode() + done.stderr.encode()
    assert "key" not in run([sys.executable, "-m", "vimedsynth", "vqa", "--help"]).stdout.lower()


def test_logs_and_progress_carry_no_report_text(tmp_path: Path) -> None:
    path = corpus(tmp_path, 30)
    with answering(path) as server:
        said = [word for word in command(path, tmp_path / "run", server.url) if word != "--quiet"]
        done = run(said)
    assert done.returncode == 0
    for words in ("nốt mờ", "thùy trên", "SUVmax", "tràn dịch"):
        assert words not in done.stderr + done.stdout


def test_a_dry_run_calls_nothing_and_writes_nothing(tmp_path: Path) -> None:
    path = corpus(tmp_path, 3)
    with answering(path) as server:
        done = run([*command(path, tmp_path / "run", server.url), "--dry-run", "--json"])
        assert done.returncode == 0, done.stderr
        assert server.bodies == []
    counts = orjson.loads(done.stdout)
    assert counts["units"] == {"vqa-single": 3}
    assert counts["prompt_tokens"] > 0
    assert counts["seconds"] > 0
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("fault", ["gone", "another folder"])
def test_a_command_that_cannot_work_says_so_in_one_line_and_goes_on_later(tmp_path: Path, fault: str) -> None:
    path = corpus(tmp_path, 2)
    with answering(path) as server:
        said = command(path, tmp_path / "run", server.url)
        if fault == "another folder":
            assert run(said).returncode == 0
            refused = run([*said, "--temperature", "0.1"])
            assert refused.returncode == 1
            assert "temperature: 0.7 in the folder, 0.1 asked for" in refused.stderr
            return
    gone = run(said)
    assert gone.returncode == 1
    assert "nothing listens there; is the server running" in gone.stderr
    assert "Traceback" not in gone.stderr
