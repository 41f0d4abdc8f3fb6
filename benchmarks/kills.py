"""Kills and faults at full size: ``python -m benchmarks.kills [KILLS]``.

Runs of 300 reports against a local server are killed at random moments until KILLS kills have been; each is then
finished and must equal, byte by byte, one that nobody killed. After that a run of 2,000 requests against a server that
fails in transport, cuts off and lies.
"""

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.runs.faults import suffer
from tests.runs.killing import kill_again_and_again

KILLS, REPORTS, FAULTY_REPORTS = 100, 300, 2000


def kills(wanted: int) -> None:
    """Kill until it is enough; one line a run, one for all. A broken law is an AssertionError."""
    dice, done, runs, repeated, asked = random.Random(11), 0, 0, 0, 0
    while done < wanted:
        with tempfile.TemporaryDirectory() as folder:
            killed = kill_again_and_again(Path(folder), REPORTS, wanted - done, dice)
        done, runs, repeated = done + killed.kills, runs + 1, repeated + killed.repeated
        asked += len(killed.asked)
        print(
            f"  {killed.kills} kills, {len(killed.asked)} requests, {killed.repeated} in flight asked again", flush=True
        )
    print(f"{done} kills over {runs} runs, {asked} requests: finished requests asked again 0, lost 0, doubled 0,")
    print(f"  broken journals 0; requests that were in flight at a kill and asked again: {repeated}")


def faults() -> None:
    """One run against the faulty server."""
    with tempfile.TemporaryDirectory() as folder:
        made = suffer(Path(folder), FAULTY_REPORTS)
    task = made.counts["tasks"]["vqa-single"]
    lies = [sample for sample in made.samples if "8,6" in str(sample["turns"]) or "phổi phải" in str(sample["turns"])]
    print(f"faults: the server answered {dict(made.done.most_common())}")
    print(
        f"  {task['works']} cases, unanswered {task['unanswered']}, {len(made.samples)} samples, lies among them {len(lies)}"
    )
    print(f"  refused: {dict(Counter(row['code'] for row in made.rejections).most_common())}")


def main() -> None:
    """Both."""
    kills(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS)
    faults()


if __name__ == "__main__":
    main()
