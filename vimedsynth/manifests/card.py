"""The dataset card: README.md with the YAML head that `datasets.load_dataset` reads."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined

from vimedsynth.splits import SPLITS

_PATTERN = {
    "jsonl": "jsonl/{split}.jsonl",
    "parquet": "parquet/{split}-*.parquet",
    "webdataset": "webdataset/{split}-*.tar",
    "sharegpt": "sharegpt/{split}.json",
    "llava": "{split}.json",
}
_BUILDER = {"parquet": "parquet", "webdataset": "webdataset"}
"""The loader of `datasets` behind a format; json where none is named. One card serves one loader."""
_SUBSETS = {
    "O": "original reports by region and whole",
    "G": "rewrites of reports",
    "C": "comparisons of two studies",
    "VQA": "questions and answers",
}
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"), (10**7, "1M<n<10M"))


def write_card(folder: Path, manifest: dict[str, Any]) -> None:
    """Write ``README.md``; a config for every format that the first one's loader reads, splits without rows left out."""
    built = [name for name in _PATTERN if name in manifest["rows_by_format"]]
    loader = _BUILDER.get(built[0], "json")
    names = [name for name in built if _BUILDER.get(name, "json") == loader]
    others = [(name, f'{{"train": "{_PATTERN[name].format(split="train")}"}}') for name in built if name not in names]
    splits = [split for split in SPLITS if manifest["rows"][split]]
    configs = [
        {"name": name, "default": name == names[0], "files": [(s, _PATTERN[name].format(split=s)) for s in splits]}
        for name in names
    ]
    total = sum(manifest["rows"].values())
    size = next((name for limit, name in _SIZES if total < limit), "n>10M")
    source = files("vimedsynth.manifests").joinpath("card.md.j2").read_text(encoding="utf-8")
    template = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False).from_string(source)
    text = template.render(manifest=manifest, configs=configs, size=size, subsets=_SUBSETS, others=others)
    (folder / "README.md").write_text(text, encoding="utf-8")
