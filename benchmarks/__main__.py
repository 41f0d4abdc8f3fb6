"""``python -m benchmarks``: every benchmark that needs no other engine and no peer's package, one after the other."""

import subprocess
import sys

BENCHMARKS: tuple[tuple[str, ...], ...] = (
    ("benchmarks.corruption",),
    ("benchmarks.guard",),
    ("benchmarks.grounded",),
    ("benchmarks.validate",),
    ("benchmarks.manifest",),
    ("benchmarks.augment",),
)


def main() -> int:
    """Run each in a process of its own, so that none warms the caches of the next. Returns the number that failed."""
    failed = 0
    for words in BENCHMARKS:
        print(f"== python -m {' '.join(words)}", flush=True)
        failed += subprocess.run([sys.executable, "-m", *words], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
