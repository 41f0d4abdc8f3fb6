"""What a row points to outside itself: the report behind its evidence, the images it names."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vimedsynth.duplicates import groups
from vimedsynth.samples import Task, content_id, sha256_text
from vimedsynth.studies import open_corpus
from vimedsynth.validation.conformance import Fault
from vimedsynth.validation.images import Broken, open_image
from vimedsynth.validation.problems import show


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What is kept of a report: its length in characters, the SHA-256 of its NFC text, the group of its near copies.

    ``near`` is the first study of the group, None for a report that is like no other.
    """

    length: int
    sha256: str
    near: str | None = None


def near_copies_can_be_found() -> bool:
    """Whether the extra that compares reports is installed."""
    return find_spec("datasketch") is not None


def report_facts(corpus: Path) -> dict[str, ReportFacts]:
    """The reports of a corpus by study id. Raises DataRefused when ``corpus`` is not one.

    Near copies are found where datasketch is installed (the extra ``formats``).
    """
    facts: dict[str, ReportFacts] = {}

    def texts() -> Iterator[tuple[str, str]]:
        for study, report in open_corpus(corpus).reports():
            facts[study.study_id] = ReportFacts(len(report.text), sha256_text(report.text))
            yield study.study_id, report.text

    if not near_copies_can_be_found():
        deque(texts(), maxlen=0)
        return facts
    near = {study: group[0] for group in groups(texts()) for study in group}
    return {study: replace(fact, near=near.get(study)) for study, fact in facts.items()}


def evidence_faults(reports: Mapping[str, ReportFacts], row: Any) -> Iterator[Fault]:
    """A sample or lineage row whose report is unknown, another, or too short for its evidence."""
    known = reports.get(row["study_id"])
    if known is None:
        yield Fault(
            "$.study_id", "study-unknown", show(row["study_id"]), "a study of the corpus with a readable report"
        )
        return
    said = row["provenance"]["report_sha256"]
    if said != known.sha256:
        yield Fault("$.provenance.report_sha256", "report-differs", show(said), show(known.sha256))
        return
    for number, turn in enumerate(row.get("turns", ())):
        for index, (_, stop) in enumerate(turn["evidence"]):
            if stop > known.length:
                path, expected = (
                    f"$.turns[{number}].evidence[{index}][1]",
                    f"at most {known.length} (length of the report)",
                )
                yield Fault(path, "evidence-outside-report", show(stop), expected)


def id_faults(row: Any) -> Iterator[Fault]:
    """A sample id that is not the hash of its study, region, task and content."""
    content = {"text": row["text"]} if "text" in row else {"turns": row["turns"]}
    expected = content_id(row["study_id"], row["region"], Task(row["task"]), content)
    if row["id"] != expected:
        yield Fault(
            "$.id", "id-differs", show(row["id"]), f"{show(expected)} (hash of study, region, task and content)"
        )


def row_image_faults(root: Path, row: Any) -> Iterator[Fault]:
    """The images of a training row: ``image``, or each of ``images``."""
    named = [("$.image", row["image"])] if "image" in row else []
    named += [(f"$.images[{index}]", text) for index, text in enumerate(row.get("images") or ())]
    for path, text in named:
        found = open_image(root, text)
        if isinstance(found, Broken):
            yield Fault(path, found.code, found.value, found.expected)
        elif not text.lower().endswith(".npy") and ("image" in row or found.shape is None):
            yield Fault(path, "image-type", show(text), "an .npy, which the authors' loader opens")


def sample_image_faults(root: Path, row: Any) -> Iterator[Fault]:
    """The volumes of a sample, and the slices it names in them."""
    image = row["image"]
    for name in ("ct", "pet") if image else ():
        if image[name] is None:
            continue
        found = open_image(root, image[name])
        if isinstance(found, Broken):
            yield Fault(f"$.image.{name}", found.code, found.value, found.expected)
        elif found.shape and image["slices"][1] > found.shape[0]:
            expected = f"at most {found.shape[0]} (depth of the {name} volume)"
            yield Fault("$.image.slices[1]", "slices-outside-image", show(image["slices"][1]), expected)


def receipt_image_faults(root: Path, row: Any) -> Iterator[Fault]:
    """The volumes of an augmented copy, and the shapes that its receipt gives them."""
    for name, text in row["files"].items():
        found = open_image(root, text)
        said = row["shape"].get(name)
        if isinstance(found, Broken):
            yield Fault(f"$.files.{name}", found.code, found.value, found.expected)
        elif found.shape and said and list(found.shape) != said:
            yield Fault(
                f"$.shape.{name}", "image-shape-differs", show(said), f"{show(list(found.shape))}, as in {text}"
            )


def lineage_image_faults(root: Path, row: Any) -> Iterator[Fault]:
    """The images of a lineage row, and the shapes that it gives them."""
    for index, image in enumerate(row["images"]):
        found = open_image(root, image["path"])
        if isinstance(found, Broken):
            yield Fault(f"$.images[{index}].path", found.code, found.value, found.expected)
        elif found.shape and list(found.shape) != image["shape"]:
            shape = show(list(found.shape))
            yield Fault(
                f"$.images[{index}].shape", "image-shape-differs", show(image["shape"]), f"{shape}, as in the file"
            )
