"""Load on the review page: 20 reviewers at once over 10,000 samples, each reading twice what they are dealt.

Every reviewer reads a sample and decides it, without a pause, so that the server is never idle: the worst case for
latency. Reported are the percentiles of both requests, their ratio to the floor (a static file from the same server
under the same load) and the server's memory after the first and the last round.

    python -m benchmarks.review [rounds]
"""

import http.client
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import orjson

from tests.review.making import make_run

REVIEWERS = 20
STATIC, ITEM, DECIDE = "static file", "read a sample", "decide"


class Reviewer:
    """One reviewer's connection and times, in milliseconds by what was asked."""

    def __init__(self, port: int, token: str) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers: dict[str, str] = {}
        self.times: dict[str, list[float]] = {STATIC: [], ITEM: [], DECIDE: []}
        _, answer, cookie = self.call("POST", "/api/session", {"token": token})
        assert answer["signed_in"]
        self.headers = {"cookie": cookie.split(";")[0]}
        me = self.call("GET", "/api/me")[1]
        self.headers["x-csrf-token"], self.here = me["csrf"], me["start"]

    def call(self, method: str, path: str, body: object = None, name: str | None = None) -> tuple[int, dict, str]:
        began = time.perf_counter()
        self.link.request(method, path, orjson.dumps(body) if body is not None else None, self.headers)
        answer = self.link.getresponse()
        raw = answer.read()
        if name:
            self.times[name].append(1000 * (time.perf_counter() - began))
        found = orjson.loads(raw) if path.startswith("/api") else {}
        return answer.status, found, answer.getheader("set-cookie") or ""

    def work(self, rounds: int) -> None:
        for _ in range(rounds):
            self.call("GET", "/static/page.css", name=STATIC)
            item = self.call("GET", f"/api/item?id={self.here}", name=ITEM)[1]
            body = {"key": secrets.token_hex(8), "sample_id": item["id"], "sample_sha256": item["sha256"],
                    "verdict": "accept", "elapsed_ms": 1000}  # fmt: skip
            status, made, _ = self.call("POST", "/api/decide", body, DECIDE)
            assert status == 200, made
            self.here = made["next"]


def memory(process: int) -> float:
    """Resident memory of a process in MiB."""
    text = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def together(reviewers: list[Reviewer], rounds: int) -> None:
    threads = [threading.Thread(target=reviewer.work, args=(rounds,)) for reviewer in reviewers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as folder:
        made = make_run(Path(folder), studies=50, copies=50)
        names = [arg for i in range(REVIEWERS) for arg in ("--reviewer", f"Reader {i}")]
        command = [
            sys.executable,
            "-m",
            "vimedsynth",
            "review",
            str(made.run),
            "--corpus",
            str(made.corpus),
            "--port",
            "0",
        ]
        server = subprocess.Popen(
            [*command, *names], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
        )
        try:
            assert server.stdout is not None
            links = [server.stdout.readline().split("\t")[1] for _ in range(REVIEWERS)]
            port = int(links[0].split(":")[2].split("/")[0])
            reviewers = [Reviewer(port, link.strip().partition("#token=")[2]) for link in links]
            together(reviewers, rounds)
            first = memory(server.pid)
            together(reviewers, rounds)
            report(reviewers, first, memory(server.pid))
        finally:
            server.terminate()
            server.wait(20)


def report(reviewers: list[Reviewer], first: float, last: float) -> None:
    floor = 0.0
    for name in (STATIC, ITEM, DECIDE):
        times = sorted(ms for reviewer in reviewers for ms in reviewer.times[name])
        p95 = times[int(0.95 * len(times))]
        floor = floor or p95
        print(
            f"{name:14} {len(times):5} requests  p50 {statistics.median(times):6.1f} ms  p95 {p95:6.1f} ms  {p95 / floor:4.1f} x floor"
        )
    print(f"memory         {first:.0f} MiB after the first half, {last:.0f} MiB after the second")


if __name__ == "__main__":
    main()
