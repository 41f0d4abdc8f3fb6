"""How fast the gate reads rows: the schema alone against plain `jsonschema`, and everything it checks of a row.

`python -m benchmarks.validate [--rows N]` prints medians of interleaved rounds, rows a second of one process on CPU
time, from bytes on disk, and the peak memory of a pass over a larger file in a process of its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import orjson
from jsonschema import Draft202012Validator

from vimedsynth.schemas import load_schema, registry
from vimedsynth.validation.events import Checked
from vimedsynth.validation.gate import validate
from vimedsynth.validation.scope import Scope

ANSWER = (
    "Hình ảnh hạch rốn phổi phải, kích thước 13 x 9 mm, tăng chuyển hóa FDG (SUVmax: 3,6), khả năng do viêm; "
    "không phát hiện hình ảnh tràn dịch màng phổi hai bên và tràn dịch màng tim, trung thất."
)


def row(number: int) -> dict[str, object]:
    """A conversation of ten turns, about 2.1 kB."""
    turns = []
    for turn in range(5):
        question = f"Câu hỏi {turn}: có phát hiện hạch bất thường nào ở trung thất và rốn phổi không?"
        turns.append({"from": "human", "value": ("" if turn else "<image>\n") + question})
        turns.append({"from": "gpt", "value": ANSWER})
    return {"id": f"{number:064x}", "image": f"images/chest/{number}.npy", "conversations": turns}


def write(path: Path, rows: int) -> int:
    """Write ``rows`` rows as JSON Lines; the bytes of one."""
    with path.open("wb") as file:
        for number in range(rows):
            file.write(orjson.dumps(row(number)) + b"\n")
    return path.stat().st_size // rows


def gate(path: Path, *, schema_only: bool) -> int:
    """The rows that the gate reads, all of them good."""
    events = list(validate([path], Scope(schema="llava-row", schema_only=schema_only)))
    (last,) = [event for event in events if isinstance(event, Checked)]
    assert not last.problems
    return last.rows


def plain(path: Path, rows: int) -> int:
    """The first ``rows`` rows by json and jsonschema."""
    validator = Draft202012Validator(load_schema("llava-row"), registry=registry())
    with path.open(encoding="utf-8") as file:
        return sum(validator.is_valid(json.loads(line)) for _, line in zip(range(rows), file, strict=False))


def rate(work: Callable[[], int]) -> float:
    """Rows a second of CPU time."""
    start = time.process_time()
    rows = work()
    return rows / (time.process_time() - start)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--large", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--peak", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args()
    if said.peak:
        gate(said.peak, schema_only=False)
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.jsonl")
        size = write(path, said.rows)
        works: dict[str, Callable[[], int]] = {
            "json + jsonschema": lambda: plain(path, said.rows // 20),
            "gate, schema only": lambda: gate(path, schema_only=True),
            "gate, all of a row": lambda: gate(path, schema_only=False),
        }
        rounds = [{name: rate(work) for name, work in works.items()} for _ in range(said.rounds)]
        floor = median(one["json + jsonschema"] for one in rounds)
        print(f"{said.rows} rows of {size} bytes, medians of {said.rounds} interleaved rounds, one process, CPU time")
        for name in works:
            speed = median(one[name] for one in rounds)
            print(f"{name:20s} {speed:10,.0f} rows/s {speed / floor:8.1f} x")
        for rows in (said.rows, said.large):
            write(path, rows)
            command = [sys.executable, "-m", "benchmarks.validate", "--peak", str(path)]
            peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
            print(f"peak memory, {rows:9,} rows  {peak} MB")


if __name__ == "__main__":
    main()
