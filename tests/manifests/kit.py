"""A small corpus, runs over it and augmented copies, written for the tests."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from tests.corpora.trees import archive, archive_row, write
from vimedsynth.corpora.naming import parse_name

ROWS = [
    archive_row(2019, 5, 1, "patient_1"),
    archive_row(2019, 6, 2, "patient_2"),
    archive_row(2019, 11, 3, "patient_3"),
    archive_row(2019, 12, 4, "patient_4"),
]
SPLIT = {5: "train", 6: "train", 11: "val", 12: "test"}


def corpus(root: Path, rows: list[dict[str, str]] | None = None) -> Path:
    """Four studies, two in train, one each in val and test; every PET volume is another one, eight slices deep."""
    rows = ROWS if rows is None else rows
    archive(root, rows)
    for number, row in enumerate(rows):
        data = np.arange(8 * 16, dtype=np.int16).reshape(8, 4, 4) + number
        np.savez_compressed(root / row["pet_path"], data=data)
    return root


def sample(number: int, row: dict[str, str], **changed: Any) -> dict[str, Any]:
    """A VQA sample about study ``row``; ``number`` makes it another one."""
    named = parse_name(row["report_path"])
    value = {
        "id": hashlib.sha256(f"{number}{row['report_path']}".encode()).hexdigest(),
        "task": "vqa-single",
        "study_id": named.study_id(row["report_path"]),
        "patient_id": named.patient_id,
        "region": "chest",
        "split": SPLIT[named.month or 0],
        "turns": [
            {
                "question": f"Nốt số {number} ở đâu?",
                "answer": f"Ở phổi, số {number}.",
                "question_type": "location",
                "evidence": [[0, 5]],
            }
        ],
        "claims": ["position"],
        "image": {"ct": row["ct_path"], "pet": row["pet_path"], "slices": [2, 6]},
        "provenance": provenance(row["report_path"]),
    }
    return {key: item for key, item in {**value, **changed}.items() if item is not ...}


def provenance(seed: str) -> dict[str, Any]:
    """A provenance with another report hash for another ``seed``."""
    sha = hashlib.sha256(seed.encode()).hexdigest()
    made = {"engine": "grounded", "model": "", "prompt": "", "prompt_sha256": "", "schema_sha256": ""}
    return {"report_sha256": sha, **made, "seed": 0, "attempt": 1, "created": "2026-01-01T00:00:00Z"}


def run(folder: Path, samples: list[dict[str, Any]]) -> Path:
    """A run folder with these samples."""
    write(folder / "samples.jsonl", b"".join(orjson.dumps(row) + b"\n" for row in samples))
    return folder


def augmented(
    folder: Path,
    row: dict[str, str],
    invalidates: list[str],
    *,
    copy: int = 1,
    depth: int = 8,
    region: str = "whole",
    **changed: Any,
) -> Path:
    """One augmented copy of a study with its receipt, in ``folder``."""
    study = parse_name(row["report_path"]).study_id(row["report_path"])
    pet = f"{study}/copy_{copy}.{region}.pet.npy"
    (folder / pet).parent.mkdir(parents=True, exist_ok=True)
    np.save(folder / pet, np.full((depth, 4, 4), 100 + copy, dtype=np.int16))
    receipt = {
        "study_id": study,
        "copy": copy,
        "region": region,
        "slices": [0, 8],
        "policy": "mild",
        "policy_sha256": "ab" * 32,
        "seed": 1,
        "applied": [{"name": "rotation", "degrees": 3.0}],
        "invalidates": invalidates,
        "mirrored": False,
        "files": {"ct": None, "pet": pet},
        "shape": {"pet": [depth, 4, 4]},
        **changed,
    }
    with (folder / "receipts.jsonl").open("ab") as handle:
        handle.write(orjson.dumps(receipt) + b"\n")
    return folder


def lines(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSON Lines file."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]
