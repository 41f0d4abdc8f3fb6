"""Load a manifest with torch and a chat template of transformers, and take a few training steps.

    python examples/train.py MANIFEST --model DIR-OR-NAME [--split train] [--steps 4]

The manifest is any folder with ``jsonl/`` (``vimedsynth manifest RUN -o MANIFEST --corpus CORPUS --format jsonl``).
What is shown is the part that every trainer needs and that goes wrong quietly: the ids of a conversation through the
model's own template, labels on the assistant's turns alone, volumes as tensors. Without ``--model`` nothing is trained:
the batches are printed with a template and a tokenizer of this file's own, so that it runs anywhere torch is.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

IGNORED = -100
"""The label that torch's cross entropy leaves out."""

PET_SCALE = 32767.0
"""The published PET arrays are int16 on 0..32767."""


class Manifest(Dataset[dict[str, Any]]):
    """The rows of one split; only their places in the file are in memory."""

    def __init__(self, folder: Path, split: str) -> None:
        self.folder = folder
        self.file = folder / "jsonl" / f"{split}.jsonl"
        with self.file.open("rb") as handle:
            sizes = [len(line) for line in handle]
        self.starts = np.cumsum([0, *sizes[:-1]]) if sizes else np.array([], dtype=int)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: int) -> dict[str, Any]:
        with self.file.open("rb") as handle:
            handle.seek(int(self.starts[index]))
            row: dict[str, Any] = json.loads(handle.readline())
        row["volumes"] = [volume(self.folder / path) for path in row["images"]]
        return row


def volume(path: Path) -> torch.Tensor:
    """A PET volume as ``(1, rows, cols, depth)`` in 0..1, the depth padded to a multiple of four (the authors' form)."""
    array = np.load(path, allow_pickle=False).astype(np.float32) / PET_SCALE
    array = np.pad(array, ((0, -len(array) % 4), (0, 0), (0, 0)))
    return torch.from_numpy(array.transpose(1, 2, 0)[None].copy())


Encode = Callable[[list[dict[str, str]], bool], list[int]]
"""(messages, whether to open the assistant's turn) -> token ids."""


def labelled(messages: list[dict[str, str]], encode: Encode) -> tuple[list[int], list[int]]:
    """Ids of the conversation and their labels: what the assistant says, and the end of its turn.

    A template is a text that grows with the conversation, so the ids up to an answer are a prefix of the ids with it;
    where a template breaks that rule this raises instead of training on the wrong words.
    """
    ids: list[int] = []
    labels: list[int] = []
    for turn in range(1, len(messages), 2):
        asked, told = encode(messages[:turn], True), encode(messages[: turn + 1], False)
        if told[: len(asked)] != asked or asked[: len(ids)] != ids:
            raise ValueError("the template does not keep the beginning of a conversation as it grows")
        labels += [IGNORED] * (len(asked) - len(ids)) + told[len(asked) :]
        ids = told
    return ids, labels


def batches(rows: list[dict[str, Any]], encode: Encode, pad: int) -> dict[str, Any]:
    """Right-padded ``input_ids``, ``attention_mask`` and ``labels`` ``(batch, length)``; ``volumes`` as they come."""
    pairs = [labelled(row["messages"], encode) for row in rows]
    length = max(len(ids) for ids, _ in pairs)

    def padded(values: list[int], filler: int) -> list[int]:
        return values + [filler] * (length - len(values))

    return {
        "input_ids": torch.tensor([padded(ids, pad) for ids, _ in pairs]),
        "attention_mask": torch.tensor([padded([1] * len(ids), 0) for ids, _ in pairs]),
        "labels": torch.tensor([padded(labels, IGNORED) for _, labels in pairs]),
        "volumes": [row["volumes"] for row in rows],
    }


def plain_encode(messages: list[dict[str, str]], opened: bool) -> list[int]:
    """Bytes as ids under a ChatML-like template: enough to look at, nothing to train."""
    text = "".join(f"<|im_start|>{m['role']}\n{m['content']}<|im_end|>\n" for m in messages)
    return list((text + ("<|im_start|>assistant\n" if opened else "")).encode())


def template_encode(tokenizer: Any) -> Encode:
    """The model's own template. ``<image>`` stays text: a vision model's processor turns it into its image tokens."""

    def encode(messages: list[dict[str, str]], opened: bool) -> list[int]:
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=opened)
        ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
        return ids

    return encode


def train(loader: DataLoader[dict[str, Any]], model: Any, steps: int) -> Iterator[float]:
    """The loss of each step of AdamW over the text (a vision tower would take ``volumes`` here)."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
    model.train()
    for _, batch in zip(range(steps), loader, strict=False):
        batch.pop("volumes")
        loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        yield float(loss.detach())


def main() -> None:
    """Print batches, or the losses of a few steps."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--model")
    parser.add_argument("--split", default="train")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--batch", type=int, default=2)
    said = parser.parse_args()
    encode, pad, model = plain_encode, 0, None
    if said.model:
        from transformers import AutoModelForCausalLM, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(said.model)
        model = AutoModelForCausalLM.from_pretrained(said.model)
        encode, pad = template_encode(tokenizer), tokenizer.pad_token_id or 0
    rows = Manifest(said.manifest, said.split)
    loader = DataLoader(rows, batch_size=said.batch, collate_fn=lambda some: batches(some, encode, pad))
    if model is not None:
        for number, loss in enumerate(train(loader, model, said.steps), 1):
            print(f"step {number}: loss {loss:.4f}")
        return
    for _, batch in zip(range(said.steps), loader, strict=False):
        learnt = int((batch["labels"] != IGNORED).sum())
        shapes = [tuple(v.shape) for volumes in batch["volumes"] for v in volumes]
        print(f"ids {tuple(batch['input_ids'].shape)}, {learnt} of them learnt, volumes {shapes}")


if __name__ == "__main__":
    main()
