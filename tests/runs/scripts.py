"""Runs over a few reports of our own with an engine that answers from a function."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from tests.runs.cases import NODULE
from vimedsynth.engines import Engine, Reply, Request
from vimedsynth.engines.grounded import write
from vimedsynth.engines.scripted import ScriptedEngine
from vimedsynth.generators import vqa
from vimedsynth.pipeline import Loop
from vimedsynth.progress import Progress
from vimedsynth.runs import Run, finish_run, open_run
from vimedsynth.samples import Case, Task
from vimedsynth.studies import open_corpus
from vimedsynth.work import Work

REPORT = (
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não. Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. "
    "Không phát hiện hình ảnh tràn dịch màng phổi hai bên và tràn dịch màng tim. " + NODULE + " "
    "Hình ảnh bắt xạ theo đặc điểm sinh lý ở gan, lách, thượng thận và đài bể thận 2 bên. "
    "Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở hệ thống cơ xương. "
    "Nốt mờ thùy trên phổi trái khả năng ác tính."
)


def corpus(folder: Path, count: int, text: str = REPORT) -> Path:
    """A .jsonl of ``count`` patients with the same report."""
    folder.mkdir(exist_ok=True)
    path = folder / "reports.jsonl"
    rows = ({"patient_id": f"p{n}", "report": text} for n in range(count))
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def cases(path: Path) -> Iterator[Case]:
    return (Case(study, report, "whole") for study, report in open_corpus(path).reports())


def works(path: Path, tasks: tuple[Task, ...] = (Task.VQA_SINGLE,), seed: int = 3) -> Iterator[Work]:
    """The chest of each report."""
    for case in cases(path):
        yield from vqa.works(case, tasks, ("chest",), seed, False)


def honest(request: Request) -> Reply:
    """What the grounded writer says, as a model would return it."""
    payload = write(request.work, request.seed)
    return Reply(request.key, payload, orjson.dumps(payload).decode(), completion_tokens=10)


def lying(request: Request) -> Reply:
    """The same with another SUVmax and another side: valid in form, false."""
    words = orjson.dumps(write(request.work, request.seed)).decode()
    payload = orjson.loads(words.replace("6,8", "8,6").replace("phổi trái", "phổi phải"))
    return Reply(request.key, payload, "", completion_tokens=10)


def run(
    folder: Path,
    path: Path,
    engine: Engine | Callable[[Request], Reply],
    *,
    tasks: tuple[Task, ...] = (Task.VQA_SINGLE,),
    retries: int = 2,
) -> tuple[dict[str, Any], Run]:
    """A whole run; the counts of run.json and the run."""
    made = open_run(folder, {"seed": 3}, "2026-01-01T00:00:00Z")
    chosen = engine if not callable(engine) else ScriptedEngine(engine)
    loop = Loop(
        made, chosen, works(path, tasks), retries=retries, locate=lambda case: None, progress=Progress(quiet=True)
    )
    try:
        assert loop.execute()
        return finish_run(made, {}), made
    finally:
        made.journal.close()


def rows(run: Run, name: str) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in (run.folder / name).read_bytes().splitlines()]
