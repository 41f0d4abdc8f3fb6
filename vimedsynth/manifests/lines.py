"""``jsonl/<split>.jsonl``: chat messages with ``images`` beside them, the form that ms-swift and datasets read."""

from pathlib import Path

import orjson

from vimedsynth.manifests.rows import Row
from vimedsynth.splits import SPLITS


class Lines:
    """JSON Lines, one file a split."""

    def __init__(self, folder: Path, root: Path, embed: bool) -> None:
        (folder / "jsonl").mkdir(parents=True, exist_ok=True)
        self._files = {split: (folder / "jsonl" / f"{split}.jsonl").open("wb") for split in SPLITS}

    def write(self, row: Row) -> bool:
        """Every row."""
        self._files[row.split].write(orjson.dumps(row.record()) + b"\n")
        return True

    def close(self) -> list[str]:
        """One file a split."""
        for file in self._files.values():
            file.close()
        return [f"jsonl/{split}.jsonl" for split in self._files]
