"""Rows a second and peak memory of a manifest, against reading and writing the same lines with orjson alone.

``python -m benchmarks.manifest [ROWS]`` (default 1,000,000). The build runs in a process of its own, so that its peak
is its own; the floor is one pass of ``orjson.loads`` and ``orjson.dumps`` over the samples, once for each file written.
"""

import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

STUDIES = 50_000
_SPLITS = ("train",) * 8 + ("val", "test")
_BUILD = """
import resource, sys
from pathlib import Path
from vimedsynth.manifests.build import Plan, build
folder = Path(sys.argv[1])
done = build(Plan((folder / "run",), folder / "out", formats=("sharegpt", "jsonl"), on_leak="fail"))
print(sum(done["rows"].values()), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def sample(number: int) -> dict[str, object]:
    """A question about one of ``STUDIES`` studies, about 1 kB."""
    study = number * STUDIES // max(ROWS, 1)
    answer = (
        f"Nốt đặc kích thước {number % 40 + 5} mm ở thùy dưới phổi trái, tăng chuyển hóa FDG (SUVmax: {number % 97}). "
        * 3
    )
    turn = {"question": f"Có nốt nào ở phổi trái không ({number % 1000})?", "answer": answer, "question_type": "uptake", "evidence": [[10, 90]]}  # fmt: skip
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    report = hashlib.sha256(f"r{study}".encode()).hexdigest()
    made = {"engine": "grounded", "model": "", "prompt": "", "prompt_sha256": "", "schema_sha256": ""}
    return {
        "id": digest,
        "task": "vqa-single",
        "study_id": f"2023/01/day_1_patient_{study}",
        "patient_id": f"2023/patient_{study}",
        "region": "chest",
        "split": _SPLITS[study % 10],
        "turns": [turn],
        "claims": ["size", "position"],
        "image": None,
        "provenance": {"report_sha256": report, **made, "seed": 0, "attempt": 1, "created": "2026-01-01T00:00:00Z"},
    }


def floor(run: Path, files: int) -> float:
    """Seconds for reading the samples once and writing them ``files`` times."""
    start = time.perf_counter()
    with (run / "samples.jsonl").open("rb") as source, (run / "copy").open("wb") as target:
        for line in source:
            value = orjson.loads(line)
            for _ in range(files):
                target.write(orjson.dumps(value) + b"\n")
    (run / "copy").unlink()
    return time.perf_counter() - start


def main() -> None:
    """Print the figures of one build."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "run").mkdir()
        with (folder / "run/samples.jsonl").open("wb") as handle:
            for number in range(ROWS):
                handle.write(orjson.dumps(sample(number)) + b"\n")
        least = floor(folder / "run", 3)
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", _BUILD, name], capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - start
        rows, peak = map(int, done.stdout.split())
    print(f"{rows:,} rows, sharegpt + jsonl + lineage: {seconds:.1f} s, {rows / seconds:,.0f} rows/s")
    print(f"peak memory of the build {peak / 1024:.0f} MB; of the orjson floor in time: {seconds / least:.1f} x")
    print(
        f"peak memory of the making of the samples {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )


ROWS = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdecimal() else 1_000_000

if __name__ == "__main__":
    main()
