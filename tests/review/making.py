"""Runs and corpora made for the tests: our own sentences in the style of the reports, no patient's text."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from vimedsynth.reports import Report, Section
from vimedsynth.samples import Task, content_id, sha256_text
from vimedsynth.studies import open_corpus, read_report

SIDES = ("phải", "trái")


def report_parts(number: int) -> dict[str, Any]:
    """The published JSON of one report; the lung lesion differs from study to study."""
    side, size, suv = SIDES[number % 2], 12 + number % 30, f"{4 + number % 9},{number % 10}"
    lesion = f"Hình ảnh nốt mờ ở thùy trên phổi {side}, kích thước {size} x {size + 3} mm, tăng chuyển hóa FDG (SUVmax: {suv})."
    return {
        "Nhận định kết quả": f"Hình ảnh nốt mờ ở thùy trên phổi {side}, có thể ác tính. Cần lưu ý theo dõi.",
        "Mô tả hình ảnh": {
            "Đầu - cổ": "Hình ảnh bắt xạ theo đặc điểm sinh lý ở não. Không phát hiện hình ảnh hạch cổ bất thường.",
            "Lồng ngực": f"Hình ảnh bắt xạ theo đặc điểm sinh lý ở tim. {lesion} "
            "Không phát hiện hình ảnh tràn dịch màng phổi hai bên và tràn dịch màng tim.",
            "Ổ bụng - khung chậu": "Hình ảnh bắt xạ theo đặc điểm sinh lý ở gan, lách, thượng thận và đài bể thận 2 bên.",
            "Hệ cơ - xương": "Chưa phát hiện hình ảnh tăng chuyển hóa FDG bất thường ở hệ thống cơ xương.",
        },
    }


def write_volumes(folder: Path, number: int) -> tuple[str, str]:
    """A small body: an ellipsoid in CT and a hot spot on the lesion's side in PET, 24 slices; odd ones in SUV."""
    z, y, x = np.mgrid[0:24, 0:48, 0:48].astype(np.float32)
    body = ((y - 24) / 15) ** 2 + ((x - 24) / 21) ** 2 < 1
    lungs = (((y - 23) / 10) ** 2 + ((abs(x - 24) - 10) / 7) ** 2 < 1) & (z > 5) & (z < 16)
    ct = np.where(body, 40, -1000).astype(np.int16)
    ct[lungs] = -800
    column = 14 if number % 2 == 0 else 34  # column 0 is the patient's right
    spot = ((z - 11) ** 2 + (y - 22) ** 2 + (x - column) ** 2) < 8
    ct[spot] = 30
    pet = np.where(body, 1200, 30).astype(np.int16)
    pet[spot] = 20_000
    np.savez_compressed(folder / f"ct_{number}.npz", data=ct)
    suv = {"scale": np.array([0.001, 0.0]), "units": np.frombuffer(b"suv", np.uint8)} if number % 2 else {}
    np.savez_compressed(folder / f"pet_{number}.npz", data=pet, **suv)
    return f"ct_{number}.npz", f"pet_{number}.npz"


def make_corpus(folder: Path, studies: int, volumes: int = 0) -> Path:
    """A corpus in the table layout; the first ``volumes`` studies have PET and CT."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "studies.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["study_id", "patient_id", "report", "ct", "pet"])
        for number in range(studies):
            name = f"report_{number}.json"
            (folder / name).write_bytes(orjson.dumps(report_parts(number)))
            ct, pet = write_volumes(folder, number) if number < volumes else ("", "")
            writer.writerow([f"study-{number:05d}", f"2019/patient_{number}", name, ct, pet])
    return folder


def turn(report: Report, question: str, answer: str, needle: str, kind: str) -> dict[str, Any]:
    """A turn whose evidence is the sentence that holds ``needle``."""
    found = next(s for s in report.sentences if needle in s.text)
    return {
        "question": question,
        "answer": answer,
        "question_type": kind,
        "evidence": [[found.span.start, found.span.end]],
    }


def sample(
    study_id: str, patient_id: str, region: str, task: Task, content: dict[str, Any], sha256: str
) -> dict[str, Any]:
    """A row of the contract."""
    provenance = {
        "report_sha256": sha256, "engine": "secret-engine", "model": "secret-model", "prompt": "vqa", "prompt_sha256": "0" * 64,
        "schema_sha256": "0" * 64, "seed": 7, "attempt": 1, "created": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    return {
        "id": content_id(study_id, region, task, content), "task": str(task), "study_id": study_id, "patient_id": patient_id,
        "region": region, "split": "test", **content, "claims": [], "image": {"ct": None, "pet": None, "slices": [4, 18]},
        "provenance": provenance,
    }  # fmt: skip


def samples_of(report: Report, study_id: str, patient_id: str) -> list[dict[str, Any]]:
    """Three single questions and one conversation about a report of :func:`report_parts`."""
    lesion = next(s.text for s in report.section(Section.CHEST) if "nốt mờ" in s.text)
    side = "phải" if "phổi phải" in lesion else "trái"
    suv = lesion.partition("SUVmax: ")[2].partition(")")[0]
    turns = [
        turn(report, "Nốt mờ nằm ở đâu?", f"Nốt mờ nằm ở thùy trên phổi {side}.", "kích thước", "location"),
        turn(report, "SUVmax của nốt mờ là bao nhiêu?", f"SUVmax của nốt mờ là {suv}.", "kích thước", "uptake"),
        turn(
            report,
            "Có tràn dịch màng phổi không?",
            "Không phát hiện tràn dịch màng phổi hai bên.",
            "tràn dịch",
            "presence",
        ),
    ]
    sha256 = sha256_text(report.text)
    single = [sample(study_id, patient_id, "chest", Task.VQA_SINGLE, {"turns": [t]}, sha256) for t in turns]
    return [*single, sample(study_id, patient_id, "chest", Task.VQA_MULTI, {"turns": turns}, sha256)]


@dataclass(frozen=True)
class Made:
    """A run with its corpus."""

    run: Path
    corpus: Path
    ids: tuple[str, ...]


def make_run(folder: Path, studies: int = 5, volumes: int = 0, copies: int = 1) -> Made:
    """A run over a made corpus: four samples a study, times ``copies`` with other questions."""
    corpus = make_corpus(folder / "corpus", studies, volumes)
    rows = [row for study in open_corpus(corpus).studies
            for row in samples_of(read_report(study), study.study_id, study.patient_id)]  # fmt: skip
    rows = [again(row, copy) for copy in range(copies) for row in rows]
    run = folder / "run"
    run.mkdir()
    (run / "samples.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    (run / "rejections.jsonl").write_bytes(b"")
    return Made(run, corpus, tuple(row["id"] for row in rows))


def again(row: dict[str, Any], copy: int) -> dict[str, Any]:
    """The same sample under another id, its questions numbered."""
    if copy == 0:
        return row
    turns = [{**t, "question": f"{t['question']} ({copy})"} for t in row["turns"]]
    content = {"turns": turns}
    return {**row, **content, "id": content_id(row["study_id"], row["region"], Task(row["task"]), content)}
