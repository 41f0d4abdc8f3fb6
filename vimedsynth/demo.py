"""The demo: the bundled corpus written out with its phantom scans, then the commands that a user would type."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.files import replacing
from vimedsynth.holding import refuse_foreign
from vimedsynth.sample_corpus import SampleStudy, metadata, sample_studies

_FEW = ("--limit", "4")  # studies whose scans are perturbed: enough to see, soon done


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the demo, as it would be typed, and what it makes."""

    purpose: str
    argv: tuple[str, ...]


def refuse_other_folder(root: Path, fresh: bool) -> None:
    """Raise Misuse when ``root`` holds what no demo made; ``fresh`` takes up the folder of another version."""
    index = root / "corpus" / "metadata.csv"
    if index.is_file() and (index.read_bytes() == metadata() or (fresh and (root / "runs").is_dir())):
        return
    refuse_foreign(root, (), "a folder of the demo", own=("corpus",))
    refuse_foreign(root / "corpus", (), "the corpus of the demo")


def write_corpus(root: Path) -> Iterator[str]:
    """Write the sample corpus under ``root`` in the published archive layout; yields each study when it is there.

    What is there already is left as it is, so the demo goes on where it was. PET and CT are rendered by
    :mod:`vimedsynth.phantom`, the same bytes each time.
    """
    _write(root / "metadata.csv", metadata())
    for study in sample_studies():
        _write(root / study.path("reports", ".json"), study.report())
        _render(root, study)
        yield study.name


def steps(root: Path, fresh: bool = False) -> tuple[Step, ...]:
    """The commands over the corpus in ``root / "corpus"``, in order; each goes on where it was, or begins anew."""
    corpus, augmented, manifest = (str(root / name) for name in ("corpus", "augmented", "manifest"))
    vqa, paraphrase, compare = runs = [str(root / "runs" / name) for name in ("vqa", "paraphrase", "compare")]
    quiet = ("--quiet", "--fresh") if fresh else ("--quiet",)
    joined = ("--corpus", corpus, "--augmented", augmented)
    return (
        Step("What the corpus holds", ("corpus", corpus)),
        Step("Questions and conversations", ("vqa", corpus, "-o", vqa, "--style", "both", *quiet)),
        Step("Rewrites", ("paraphrase", corpus, "-o", paraphrase, "-n", "2", *quiet)),
        Step("Pairs of studies", ("compare", corpus, "-o", compare, "--pairs", "12", *quiet)),
        Step("Perturbed scans", ("augment", corpus, "-o", augmented, "--region", "all", *_FEW, "--preview", *quiet)),
        Step("Training files", ("manifest", *runs, "-o", manifest, *joined, *quiet[1:])),
        Step("The data gate", ("validate", manifest)),
        Step("One page about it", ("stats", vqa, "-o", str(root / "stats.html"), "--corpus", corpus)),
    )


def openings(root: Path) -> tuple[tuple[Path, str], ...]:
    """What to open at the end, and what it is."""
    sheet = next(iter(sorted((root / "augmented" / "preview").glob("*.chest.png"))), root / "augmented" / "preview")
    return (
        (root / "stats.html", "one page: counts, plots, rejections, cards with evidence"),
        (sheet, "slices before and after: PET, CT, fused"),
        (root / "manifest" / "train.json", "training rows as the LLaVA loader reads them"),
        (root / "manifest" / "lineage.jsonl", "where each row comes from"),
        (root / "runs" / "vqa" / "samples.jsonl", "questions and answers, each with its evidence"),
        (root / "runs" / "vqa" / "rejections.jsonl", "what the guard refused, and why"),
        (root / "runs" / "paraphrase" / "samples.jsonl", "rewrites of the reports"),
    )


def _render(root: Path, study: SampleStudy) -> None:
    pet, ct = root / study.path("PET", ".npz"), root / study.path("CT", ".npz")
    if pet.exists() and ct.exists():
        return
    from vimedsynth.phantom import render
    from vimedsynth.volumes import save_scan

    save_scan(render(study.spec), ct, pet)


def _write(path: Path, content: bytes) -> None:
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as file:
        file.write(content)
