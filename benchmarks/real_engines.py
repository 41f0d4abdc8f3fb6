"""Real vLLM on real reports: ``python -m benchmarks.real_engines WEIGHTS REPORTS.jsonl [N] [server,vllm,ray]``.

Runs in the environment of ``make test-engines``. Each engine gets single questions about the chest of the first N
reports; the law of ``tests/engines`` is checked over everything accepted, and what the guard refused is counted by code.
"""

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.engines.law import generate, holds, rows
from tests.engines.server import serving
from vimedsynth.pipeline import FALLBACK

REPORTS, TOKENS, RETRIES, CONCURRENCY, PORT = 24, 256, 1, 16, 8318


def measure(name: str, corpus: Path, output: Path, count: int, *engine: str) -> None:
    """One run, its law and its line."""
    bound = ("--limit", str(count), "--concurrency", str(CONCURRENCY))
    began = time.perf_counter()
    counts = holds(generate(corpus, output, *engine, *bound, tokens=TOKENS, retries=RETRIES), corpus, output)
    seconds = time.perf_counter() - began
    task = counts["tasks"]["vqa-single"]
    print(
        f"{name}: {task['works']} cases answered, {seconds:.0f} s, {counts['completion_tokens'] / seconds:.1f} tokens/s"
    )
    print(f"  model requests {counts['requests'] - task['fallback']}, cases with a fallback {task['fallback']}")
    print(f"  accepted, by engine: {tally(output / 'samples.jsonl')}")
    refused = Counter(row["code"] for row in rows(output / "rejections.jsonl"))
    print(f"  refused: {dict(refused.most_common())}", flush=True)


def tally(path: Path) -> dict[str, int]:
    """Rows by the engine that wrote them: a model, or the grounded fallback in its place."""
    kinds = Counter("fallback" if row["provenance"]["engine"] == FALLBACK else "model" for row in rows(path))
    return dict(kinds)


def main() -> None:
    """Print the lines of each engine."""
    weights, corpus = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else REPORTS
    chosen = sys.argv[4].split(",") if len(sys.argv) > 4 else ["server", "vllm"]
    local: dict[str, Any] = {name: ("--engine", name, "--model", str(weights / "model")) for name in ("vllm", "ray")}
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen:
            output = Path(folder) / name
            if name == "server":
                with serving(weights, Path(folder) / "server.log", PORT) as url:
                    measure("vllm serve", corpus, output, count, "--engine", "openai", "--base-url", url)
            else:
                measure(name, corpus, output, count, *local[name])


if __name__ == "__main__":
    main()
