"""Samples, runs and corpora written by hand for tests of what comes after a run."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson

from vimedsynth.reports import flat_report
from vimedsynth.samples import content_id, sha256_text

REPORT = (
    "Hình ảnh nốt mờ kích thước 12 x 14 mm ở thùy trên phổi phải, tăng chuyển hóa FDG (SUVmax: 4,2). "
    "Không phát hiện hình ảnh tràn dịch màng phổi hai bên."
)
STUDIES = 6


def report(number: int) -> str:
    """The report of a study: the same findings, another size, so that no two reports are one."""
    return REPORT.replace("12 x 14", f"{12 + number} x {14 + number}")


def sample(number: int, *, split: str = "train", text: str = "") -> dict[str, Any]:
    """A sample of study ``number``: two turns, or a paraphrase where there is a ``text``."""
    study = f"study-{number}"
    turns = [
        {"question": "Nốt mờ ở đâu?", "answer": "Nốt mờ ở thùy trên phổi phải, SUVmax 4,2.", "question_type": "location", "evidence": [[0, 95]]},
        {"question": "Có tràn dịch không?", "answer": "Không phát hiện tràn dịch.", "question_type": "effusion", "evidence": [[96, 149]]},
    ]  # fmt: skip
    content: dict[str, Any] = {"text": text} if text else {"turns": turns}
    task: Any = "paraphrase" if text else "vqa-multi"
    provenance = {"report_sha256": sha256_text(flat_report(report(number)).text), "engine": "grounded", "model": "m"}
    provenance |= {"prompt": "", "prompt_sha256": "", "schema_sha256": "", "seed": 0, "attempt": 1}
    return {
        "id": content_id(study, "chest", task, content),
        "task": task,
        "study_id": study,
        "patient_id": f"patient-{number}",
        "region": "chest",
        "split": split,
        **content,
        "claims": [],
        "image": {"ct": None, "pet": f"{number}.npy", "slices": [1, 7]},
        "provenance": provenance | {"created": "2026-11-01T00:00:00Z"},
    }


def write_rows(path: Path, rows: list[Any]) -> Path:
    """JSON Lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def read_rows(path: Path) -> list[Any]:
    """The rows of JSON Lines."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def write_run(folder: Path) -> Path:
    """A run of one sample a study, four in train, and three rejections."""
    splits = ["train", "train", "train", "train", "val", "test"]
    write_rows(folder / "samples.jsonl", [sample(number, split=split) for number, split in enumerate(splits)])
    refused = sample(0)
    kept = {name: refused[name] for name in ("study_id", "region", "task", "provenance")}
    refusal = {**kept, "code": "number", "message": "<script>alert(1)</script>", "candidate": {"text": "SUVmax & 9"}}
    write_rows(folder / "rejections.jsonl", [refusal] * 3)
    stamp = "2026-11-01T00:00:00Z"
    settings = {"vimedsynth": "0.1.0", "engine": "grounded", "model": "m", "seed": 0, "tasks": ["vqa-multi"]}
    settings |= {"prompts": {}, "schemas": {}}
    counts = {"candidates": 9, "samples": 6, "rejections": 3, "rejections_by_code": {"number": 3}}
    run = {"format": 1, "vimedsynth": "0.1.0", "settings": settings, "corpus": "corpus", "created": stamp}
    (folder / "run.json").write_bytes(orjson.dumps({**run, "begun": stamp, "ended": stamp, "counts": counts}))
    return folder


def write_corpus(folder: Path) -> Path:
    """``studies.csv`` with a report and a small PET volume each; the hottest voxel lies in slice 3."""
    folder.mkdir(parents=True)
    lines = ["study_id,patient_id,report,ct,pet"]
    for number in range(STUDIES):
        (folder / f"{number}.txt").write_text(report(number), encoding="utf-8")
        volume = np.zeros((8, 16, 16), dtype=np.int16)
        volume[3, 4, 5] = 900 + number
        np.save(folder / f"{number}.npy", volume)
        lines.append(f"study-{number},patient-{number},{number}.txt,,{number}.npy")
    (folder / "studies.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
