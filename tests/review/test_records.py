"""The record: append-only, chained, and on disk when it says so."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from vimedsynth.errors import DataRefused
from vimedsynth.review.records import Entry, Records


def entry(key: str, note: str = "") -> Entry:
    return Entry(key, "An", "decision", "sample-1", {"note": note})


def test_rows_come_back_in_order(tmp_path: Path) -> None:
    records = Records(tmp_path / "r.sqlite")
    for i in range(5):
        records.append(entry(f"key-{i}", "ghi chú"))
    assert [r.key for r in records.after(0)] == [f"key-{i}" for i in range(5)]
    assert [r.id for r in records.after(3)] == [4, 5]
    assert records.after(0)[0].body == {"note": "ghi chú"}


def test_the_same_key_is_one_row(tmp_path: Path) -> None:
    records = Records(tmp_path / "r.sqlite")
    first, again = records.append(entry("key-1", "a")), records.append(entry("key-1", "b"))
    assert first == again
    assert len(records.after(0)) == 1


@pytest.mark.parametrize("statement", ["UPDATE record SET body = '{}'", "DELETE FROM record"])
def test_a_row_is_never_changed_or_removed(tmp_path: Path, statement: str) -> None:
    records = Records(tmp_path / "r.sqlite")
    records.append(entry("key-1"))
    with sqlite3.connect(tmp_path / "r.sqlite") as link, pytest.raises(sqlite3.IntegrityError, match="never"):
        link.execute(statement)
    link.close()


def test_a_row_changed_behind_our_back_is_found(tmp_path: Path) -> None:
    records = Records(tmp_path / "r.sqlite")
    for i in range(4):
        records.append(entry(f"key-{i}"))
    assert records.broken_link() is None
    with sqlite3.connect(tmp_path / "r.sqlite") as link:
        link.execute("DROP TRIGGER record_is_final")
        link.execute("UPDATE record SET author = 'Bình' WHERE id = 3")
    link.close()
    assert records.broken_link() == 3


def test_many_threads_over_two_connections_make_one_chain(tmp_path: Path) -> None:
    one, two = Records(tmp_path / "r.sqlite"), Records(tmp_path / "r.sqlite")

    def write(records: Records, name: str) -> None:
        for i in range(20):
            records.append(entry(f"{name}-{i}"))

    threads = [threading.Thread(target=write, args=(r, f"{n}{i}")) for i, r in enumerate((one, two)) for n in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(one.after(0)) == 120
    assert two.broken_link() is None


def test_all_or_nothing(tmp_path: Path) -> None:
    records = Records(tmp_path / "r.sqlite")
    with pytest.raises(TypeError):
        records.append_all([entry("key-1"), Entry("key-2", "An", "decision", "s", {"x": object()})])
    assert records.after(0) == []


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """The writer is killed by signal 9 at once after its third row; all three are there."""
    code = (
        "import os, sys; from pathlib import Path; from vimedsynth.review.records import Entry, Records\n"
        "r = Records(Path(sys.argv[1]))\n"
        "for i in range(3): r.append(Entry(f'key-{i}', 'An', 'decision', 's', {}))\n"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "r.sqlite")], check=False)
    assert done.returncode == -9
    records = Records(tmp_path / "r.sqlite")
    assert len(records.after(0)) == 3
    assert records.broken_link() is None


def test_another_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "r.sqlite").write_text("không phải cơ sở dữ liệu " * 50)
    with pytest.raises(DataRefused, match=r"r\.sqlite"):
        Records(tmp_path / "r.sqlite")


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    Records(tmp_path / "r.sqlite")
    assert (tmp_path / "r.sqlite").stat().st_mode & 0o077 == 0
