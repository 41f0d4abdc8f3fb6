"""The training example learns the assistant's words and nothing else. Runs where torch is: `make test-engines`."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import orjson
import pytest

pytestmark = pytest.mark.engines

MESSAGES = [
    {"role": "user", "content": "<image>\nCó hạch không?"},
    {"role": "assistant", "content": "Không."},
    {"role": "user", "content": "Còn nốt?"},
    {"role": "assistant", "content": "Có, 9 mm."},
]


@pytest.fixture
def example() -> ModuleType:
    pytest.importorskip("torch", reason="torch is not installed; see `make test-engines`")
    path = Path(__file__).parents[1] / "examples/train.py"
    spec = importlib.util.spec_from_file_location("example_train", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_labels_are_on_the_answers_alone(example: ModuleType) -> None:
    ids, labels = example.labelled(MESSAGES, example.plain_encode)
    assert len(ids) == len(labels)
    learnt = bytes(label for label in labels if label != example.IGNORED).decode()
    assert learnt == "Không.<|im_end|>\nCó, 9 mm.<|im_end|>\n"


def test_a_template_that_rewrites_the_beginning_is_refused(example: ModuleType) -> None:
    def forgetful(messages: list[dict[str, str]], opened: bool) -> list[int]:
        ids: list[int] = example.plain_encode(messages[-2:], opened)
        return ids

    with pytest.raises(ValueError, match="template"):
        example.labelled(MESSAGES, forgetful)


def test_rows_become_padded_batches_and_volumes(example: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "jsonl").mkdir()
    np.save(tmp_path / "a.npy", np.full((6, 3, 5), 32767, dtype=np.int16))
    rows = [{"id": str(n), "images": ["a.npy"], "messages": MESSAGES[: 2 * n]} for n in (1, 2)]
    (tmp_path / "jsonl/train.jsonl").write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    data = example.Manifest(tmp_path, "train")
    batch = example.batches([data[n] for n in range(len(data))], example.plain_encode, 0)
    assert batch["input_ids"].shape == batch["labels"].shape == batch["attention_mask"].shape
    assert tuple(batch["volumes"][0][0].shape) == (1, 3, 5, 8)
    assert float(batch["volumes"][0][0].max()) == 1.0
