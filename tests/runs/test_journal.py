"""The journal: one transaction per finished request; order and equal samples do not depend on who finished first."""

import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.runs.scripts import corpus
from vimedsynth.cli import cli
from vimedsynth.engines import Reply
from vimedsynth.errors import DataRefused, Misuse
from vimedsynth.journal import Ended, Finished, Journal, Outcome, place

ENDED = Ended("vqa-single", "scripted", 2, 1, 1)


def finished(key: str, attempt: int, *outcomes: Outcome, failure: str | None = None) -> Finished:
    payload = None if failure else b'{"text":"x"}'
    reply = Reply(key, None if failure else {"text": "x"}, raw="x", failure=failure, completion_tokens=7)
    return Finished(attempt, reply, payload, outcomes)


def sample(name: str) -> Outcome:
    return Outcome(None, name, b'{"id":"%s"}' % name.encode())


def test_rows_come_in_work_order_whatever_finished_first(tmp_path: Path) -> None:
    orders = []
    for n, order in enumerate(permutations(range(3))):
        journal = Journal(tmp_path / f"{n}.sqlite")
        for ordinal in order:
            journal.commit(f"w{ordinal}", ordinal, [finished(f"w{ordinal}:1", 1, sample(f"s{ordinal}"))], ENDED)
        orders.append(list(journal.samples()))
        journal.close()
    assert all(rows == [b'{"id":"s0"}', b'{"id":"s1"}', b'{"id":"s2"}'] for rows in orders)


def test_of_equal_samples_the_first_place_wins_and_the_other_is_counted(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.commit("b", 1, [finished("b:1", 1, sample("same"))], ENDED)
    journal.commit("a", 0, [finished("a:1", 1, sample("same"), Outcome("language", None, b"{}"))], ENDED)
    assert len(list(journal.samples())) == 1
    assert [code for code, _ in journal.rejections()] == ["language", None]
    assert journal.totals()["candidates"] == 3


def test_a_transaction_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.commit("a", 0, [finished("a:1", 1, sample("one"))], None)
    with pytest.raises(Exception, match="UNIQUE"):
        journal.commit("a", 0, [finished("a:2", 2, sample("two")), finished("a:1", 3, sample("three"))], ENDED)
    assert journal.totals()["candidates"] == 1
    assert not journal.done("a")
    assert [attempt for attempt, _ in journal.replies("a")] == [1]


def test_replies_come_back_as_they_were(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.commit("a", 0, [finished("a:1", 1, failure="cut-off"), finished("a:2", 2, sample("s"))], None)
    journal.close()
    (_, first), (attempt, second) = Journal(tmp_path / "j.sqlite").replies("a")
    assert (first.failure, first.payload, first.raw) == ("cut-off", None, "x")
    assert (attempt, second.payload, second.failure, second.completion_tokens) == (2, {"text": "x"}, None, 7)


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.sqlite")
    journal.commit("a", 0, [finished("a:1", 1)], ENDED)
    with pytest.raises(Misuse, match="another process"):
        Journal(tmp_path / "j.sqlite")


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    (tmp_path / "j.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(DataRefused, match=r"j\.sqlite"):
        Journal(tmp_path / "j.sqlite")


def test_places_never_collide_or_overflow() -> None:
    places = [place(o, a, i) for o in (0, 1, 10**9) for a in (0, 1, 255) for i in (0, 4095)]
    assert places == sorted(set(places))
    assert places[-1] < 2**63
    with pytest.raises(DataRefused):
        place(0, 1, 4096)


FULL = """
import resource, sys
from pathlib import Path
from vimedsynth.__main__ import main
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
main()
"""


def command(tmp_path: Path, *more: str) -> list[str]:
    return ["vqa", str(tmp_path / "reports.jsonl"), "-o", str(tmp_path / "run"), "--quiet", *more]


@pytest.mark.parametrize("size", [2_000, 30_000, 60_000])
def test_a_disk_that_takes_no_more_is_said_and_the_same_command_goes_on(tmp_path: Path, size: int) -> None:
    corpus(tmp_path, 40)
    said = command(tmp_path)
    full = subprocess.run([sys.executable, "-c", FULL, str(size), *said], capture_output=True, text=True)
    assert full.returncode == 1, full.stderr
    assert "Traceback" not in full.stderr
    assert "journal.sqlite: cannot be written" in full.stderr
    assert "another process" not in full.stderr
    again = subprocess.run([sys.executable, "-m", "vimedsynth", *said], capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    whole = subprocess.run([sys.executable, "-m", "vimedsynth", *command(tmp_path)[:3], str(tmp_path / "alone")])
    assert whole.returncode == 0
    names = ("samples.jsonl", "rejections.jsonl")
    assert [(tmp_path / "run" / n).read_bytes() for n in names] == [
        (tmp_path / "alone" / n).read_bytes() for n in names
    ]


def test_a_journal_that_may_not_be_written_is_not_called_busy(tmp_path: Path) -> None:
    (tmp_path / "j.sqlite").mkdir()
    with pytest.raises(DataRefused, match="cannot be written"):
        Journal(tmp_path / "j.sqlite")


def test_fresh_does_not_take_a_run_from_under_a_process_that_works_on_it(tmp_path: Path) -> None:
    corpus(tmp_path, 2)
    assert CliRunner().invoke(cli, command(tmp_path)).exit_code == 0
    before = {path.name: path.read_bytes() for path in (tmp_path / "run").glob("*.json*")}
    busy = Journal(tmp_path / "run/journal.sqlite")
    busy.commit("other", 99, [finished("o:1", 1)], ENDED)
    done = CliRunner().invoke(cli, command(tmp_path, "--fresh"))
    assert done.exit_code == 2, done.output
    assert "another process works on this run" in done.output
    assert {path.name: path.read_bytes() for path in (tmp_path / "run").glob("*.json*")} == before
    busy.close()
    assert CliRunner().invoke(cli, command(tmp_path, "--fresh")).exit_code == 0
