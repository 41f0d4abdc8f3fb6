"""The demo: the bundled corpus written out with its phantom scans, then the commands that a user would type."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.sample_corpus import SampleStudy, metadata, sample_studies


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the demo, as it would be typed, and what it is for."""

    purpose: str
    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Opening:
    """One thing to open at the end."""

    path: Path
    what: str


def write_corpus(root: Path) -> Iterator[str]:
    """Write the sample corpus under ``root`` in the published archive layout; yields each study's name when it is there.

    What is there already is left as it is, so the demo goes on where it was. PET and CT are rendered by
    :mod:`vimedsynth.phantom`; the same bytes each time.
    """
    _write(root / "metadata.csv", metadata())
    for study in sample_studies():
        _write(root / study.path("reports", ".json"), study.report())
        _render(root, study)
        yield study.name


def steps(root: Path) -> tuple[Step, ...]:
    """The commands over the corpus in ``root / "corpus"``, in order; each goes on where it was."""
    corpus, runs = str(root / "corpus"), [str(root / "runs" / name) for name in ("vqa", "paraphrase", "compare")]
    augmented, manifest = str(root / "augmented"), str(root / "manifest")
    vqa, paraphrase, compare = runs
    return (
        Step("what the corpus holds", ("corpus", corpus)),
        Step("questions and conversations", ("vqa", corpus, "-o", vqa, "--style", "both")),
        Step("rewrites", ("paraphrase", corpus, "-o", paraphrase, "-n", "2")),
        Step("pairs of studies", ("compare", corpus, "-o", compare, "--pairs", "12")),
        Step("perturbed scans", ("augment", corpus, "-o", augmented, "--policy", "light", "--copies", "1")),
        Step(
            "training files",
            ("manifest", *runs, "-o", manifest, "--corpus", corpus, "--augmented", augmented, "--format", "llava"),
        ),
        Step("the data gate", ("validate", manifest)),
        Step("one page about it", ("stats", vqa, "-o", str(root / "report.html"))),
    )


def _render(root: Path, study: SampleStudy) -> None:
    pet, ct = root / study.path("PET", ".npz"), root / study.path("CT", ".npz")
    if pet.exists() and ct.exists():
        return
    from vimedsynth.phantom import render
    from vimedsynth.volumes import save_scan

    save_scan(render(study.spec), ct, pet)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)
