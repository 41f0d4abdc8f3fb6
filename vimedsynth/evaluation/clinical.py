"""The official clinical scorer of ViMed-PET: F1 over lesions by type (T), place (P) and FDG uptake (F)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vimedsynth.errors import DataRefused
from vimedsynth.evaluation.lesions import Lesion, read_json, read_lesions, split_pair

METRIC_FIELDS: dict[str, tuple[str, ...]] = {
    "F1-T": ("morphology",),
    "F1-TP": ("morphology", "location"),
    "F1-TF": ("morphology", "uptake"),
    "F1-TPF": ("morphology", "location", "uptake"),
}
UNMATCHED = {"morphology": "khác", "location": "không rõ", "uptake": "không rõ"}
NEVER_CORRECT = "khac"
"""The scorer's own name for "other" (without the accent that its fall-back has): such a prediction never counts."""

Labels = dict[str, str]


@dataclass(frozen=True, slots=True)
class Categories:
    """Per field the categories with their lower-cased phrases, both in file order; locations that stay whole."""

    phrases: dict[str, tuple[tuple[str, tuple[str, ...]], ...]]
    unsplittable: frozenset[str]

    def category(self, field: str, text: str) -> str:
        """The first category one of whose phrases is contained in ``text``."""
        lowered = text.lower()
        for name, phrases in self.phrases[field]:
            if any(phrase in lowered for phrase in phrases):
                return name
        return UNMATCHED[field]

    def labels(self, lesion: Lesion) -> Labels:
        """The categories of one lesion, by field."""
        texts = {"morphology": lesion.morphology, "location": lesion.location or "", "uptake": lesion.uptake}
        return {field: self.category(field, text) for field, text in texts.items()}


@dataclass(frozen=True, slots=True)
class Score:
    """Counts summed over patients; the ratios are percentages with two decimals."""

    total_gt: int
    total_pred: int
    correct: int

    @property
    def precision(self) -> float:
        return _percent(self.correct, self.total_pred)

    @property
    def recall(self) -> float:
        return _percent(self.correct, self.total_gt)

    @property
    def f1(self) -> float:
        return _percent(2 * self.correct, self.total_gt + self.total_pred)

    def json(self) -> dict[str, int | float]:
        names = ("total_gt", "total_pred", "correct", "precision", "recall", "f1")
        return {name: getattr(self, name) for name in names}


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0


def read_categories(path: Path) -> Categories:
    """The phrase lists of the official scorer; raises :class:`DataRefused` naming the file and the field."""
    data = read_json(path)
    if not isinstance(data, dict):
        raise DataRefused(f"{path}: found {type(data).__name__}, expected an object of categories")
    phrases = {field: _phrases(path, field, data.get(field)) for field in UNMATCHED}
    whole = data.get("unsplittable_locations", [])
    if not isinstance(whole, list):
        raise DataRefused(f"{path}: 'unsplittable_locations' is {type(whole).__name__}, expected a list of strings")
    return Categories(phrases, frozenset(str(item) for item in whole))


def _phrases(path: Path, field: str, table: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(table, dict) or not all(isinstance(words, list) for words in table.values()):
        raise DataRefused(f"{path}: {field!r} is missing or not an object of phrase lists")
    return tuple((name, tuple(str(word).lower() for word in words)) for name, words in table.items())


def read_mapping(path: Path) -> dict[str, str]:
    """Name of a prediction file -> name of its gold file, both without ``.json``."""
    data = read_json(path)
    if not isinstance(data, dict) or not all(isinstance(name, str) for name in data.values()):
        raise DataRefused(f"{path}: expected an object of prediction name -> gold name")
    return {name.removesuffix(".json"): gold.removesuffix(".json") for name, gold in data.items()}


@dataclass(frozen=True, slots=True)
class Pairs:
    """The read lists of all patients, gold first, and the gold names that nothing was predicted for."""

    lists: tuple[tuple[tuple[Lesion, ...], tuple[Lesion, ...]], ...]
    unpredicted: tuple[str, ...]


def read_pairs(predicted: Path, gold: Path, mapping: Mapping[str, str] | None, any_spelling: bool = False) -> Pairs:
    """All prediction files (``*.json`` not starting with ``_``) with their gold file, in name order.

    A scorer that left unreadable files out would report a score for other data, so any bad file refuses the whole;
    the error names every one of them.
    """
    files = sorted(path for path in predicted.glob("*.json") if not path.name.startswith("_"))
    if not files:
        raise DataRefused(f"{predicted}: no prediction files (*.json)")
    lists, troubles, used = [], [], set()
    for path in files:
        try:
            gold_path = _gold_path(path, gold, mapping)
            used.add(gold_path.stem)
            lists.append((read_lesions(gold_path, any_spelling), read_lesions(path, any_spelling)))
        except DataRefused as error:
            troubles.append(str(error))
    if troubles:
        raise DataRefused("\n  ".join([f"{len(troubles)} of {len(files)} predictions cannot be scored:", *troubles]))
    return Pairs(tuple(lists), tuple(sorted(path.stem for path in gold.glob("*.json") if path.stem not in used)))


def _gold_path(path: Path, gold: Path, mapping: Mapping[str, str] | None) -> Path:
    if mapping is not None and path.stem not in mapping:
        raise DataRefused(f"{path}: not in the mapping")
    name = path.stem if mapping is None else mapping[path.stem]
    if Path(name).name != name:
        raise DataRefused(f"{path}: is mapped to {name!r}, expected a plain file name")
    target = gold / f"{name}.json"
    if not target.is_file():
        raise DataRefused(f"{path}: its gold file {target} does not exist")
    return target


def matches(gold: Iterable[Labels], predicted: Iterable[Labels], fields: tuple[str, ...]) -> int:
    """How many predictions, in order, find a gold lesion that is unused and agrees on every field."""
    unused = list(gold)
    found = 0
    for labels in predicted:
        if any(labels[field] == NEVER_CORRECT for field in fields):
            continue
        hit = next((i for i, other in enumerate(unused) if all(other[f] == labels[f] for f in fields)), None)
        if hit is not None:
            del unused[hit]
            found += 1
    return found


def score(lists: Iterable[tuple[Iterable[Lesion], Iterable[Lesion]]], categories: Categories) -> dict[str, Score]:
    """The four metrics over all patients; each pair is (gold, predicted)."""
    labelled = []
    for gold, predicted in lists:
        split = split_pair(gold, tuple(predicted), categories.unsplittable)
        labelled.append(tuple([categories.labels(lesion) for lesion in side] for side in split))
    totals = [sum(len(pair[side]) for pair in labelled) for side in (0, 1)]
    return {
        metric: Score(totals[0], totals[1], sum(matches(gold, predicted, fields) for gold, predicted in labelled))
        for metric, fields in METRIC_FIELDS.items()
    }
