"""A training row: who asks what about which image, and where all of it comes from."""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from vimedsynth.samples import Task

SUBSET_BY_TASK: dict[str, str] = {
    Task.VQA_SINGLE: "VQA",
    Task.VQA_MULTI: "VQA",
    Task.PARAPHRASE: "G",
    Task.COMPARISON: "C",
    "report": "O",
}
"""The paper's subsets: O original reports, G rewrites, C comparisons, VQA."""

IMAGE_TAG = "<image>\n"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a manifest, the same in every format. ``images`` are relative to the manifest folder; may be empty."""

    id: str
    split: str
    subset: str
    task: str
    study_id: str
    patient_id: str
    region: str
    turns: tuple[tuple[str, str], ...]
    images: tuple[str, ...]
    lineage: dict[str, Any] = field(hash=False)  # the JSON object of lineage.jsonl

    @property
    def tagged(self) -> tuple[tuple[str, str], ...]:
        """The turns, the first question with one image tag for each image."""
        (question, answer), *rest = self.turns
        return ((IMAGE_TAG * len(self.images) + question, answer), *rest)

    def conversations(self) -> list[dict[str, str]]:
        """Alternating ``{"from": "human"|"gpt", "value"}``."""
        return [turn for q, a in self.tagged for turn in ({"from": "human", "value": q}, {"from": "gpt", "value": a})]

    def messages(self) -> list[dict[str, str]]:
        """Alternating ``{"role": "user"|"assistant", "content"}``."""
        pairs = (({"role": "user", "content": q}, {"role": "assistant", "content": a}) for q, a in self.tagged)
        return [turn for pair in pairs for turn in pair]

    def record(self) -> dict[str, Any]:
        """The row with its words about itself: the form of jsonl, parquet and webdataset."""
        return {
            "id": self.id,
            "subset": self.subset,
            "task": self.task,
            "study_id": self.study_id,
            "patient_id": self.patient_id,
            "region": self.region,
            "images": list(self.images),
            "messages": self.messages(),
        }


@cache
def _instructions() -> dict[str, dict[str, list[str]]]:
    data: dict[str, dict[str, list[str]]] = orjson.loads(
        files("vimedsynth.manifests").joinpath("instructions.json").read_bytes()
    )
    return data


def turns_of(sample: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """Questions and answers of a sample; a text gets one of the written instructions, the same one every time."""
    if "turns" in sample:
        return tuple((turn["question"], turn["answer"]) for turn in sample["turns"])
    kind = "comparison" if sample["task"] == Task.COMPARISON else "report"
    wordings = _instructions()[kind].get(sample["region"]) or _instructions()[kind]["whole"]
    return ((wordings[int(sample["id"][:8], 16) % len(wordings)], sample["text"]),)


def copy_id(sample_id: str, copy: str) -> str:
    """The id of a sample's row with an augmented copy; hex SHA-256, as the sample's own."""
    return hashlib.sha256(f"{sample_id}\0{copy}".encode()).hexdigest()
