"""What a schema cannot say about one row. A rule sees a row that fits its schema and yields faults."""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from vimedsynth.validation.conformance import Fault, json_path
from vimedsynth.validation.problems import show

IMAGE_TOKEN = "<image>"
Rule = Callable[[Any], Iterator[Fault]]


def roles_alternate(row: Any) -> Iterator[Fault]:
    """After an optional system turn: human, gpt, human, gpt, ..., and the last word is the model's."""
    turns = row["conversations"]
    first = 1 if turns[0]["from"] == "system" else 0
    for index, turn in enumerate(turns[first:], first):
        expected = ("human", "gpt")[(index - first) % 2]
        if turn["from"] != expected:
            path = f"$.conversations[{index}].from"
            yield Fault(path, "roles-not-alternating", show(turn["from"]), show(expected))
            return
    if (len(turns) - first) % 2:
        path = f"$.conversations[{len(turns) - 1}]"
        yield Fault(path, "conversation-without-answer", show(turns[-1]["from"]), "a last turn from gpt")


def one_image_token(row: Any) -> Iterator[Fault]:
    """The image token stands once, at the start: loaders count the tokens against the images."""
    for index, turn in enumerate(row["conversations"]):
        count = turn["value"].count(IMAGE_TOKEN)
        if count != (index == 0):
            path = f"$.conversations[{index}].value"
            yield Fault(path, "image-token-count", f"{count} times {IMAGE_TOKEN}", f"{int(index == 0)} in this turn")


def _texts(value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*steps, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*steps, index))


def texts_are_nfc(row: Any) -> Iterator[Fault]:
    """Vietnamese letters in normal form C: "phải" in form D is another string of another length."""
    is_normalized = unicodedata.is_normalized
    for name in ("conversations", "turns", "text", "lesions", "messages"):
        for steps, text in _texts(row.get(name), (name,)):
            if not is_normalized("NFC", text):
                yield Fault(json_path(steps), "text-not-nfc", show(text), "text in Unicode normal form C")


def spans_are_filled(row: Any) -> Iterator[Fault]:
    """Every evidence span and slice range selects something."""
    for number, turn in enumerate(row.get("turns", ())):
        for index, (start, stop) in enumerate(turn["evidence"]):
            if start >= stop:
                path = f"$.turns[{number}].evidence[{index}]"
                yield Fault(path, "evidence-empty", show([start, stop]), "a start before the end")
    image = row.get("image") or {}
    if image and image["slices"][0] >= image["slices"][1]:
        yield Fault("$.image.slices", "slices-empty", show(image["slices"]), "a start before the stop")


def questions_differ(row: Any) -> Iterator[Fault]:
    """No question twice in one conversation."""
    seen: set[str] = set()
    for index, turn in enumerate(row.get("turns", ())):
        asked = " ".join(turn["question"].casefold().split())
        if asked in seen:
            path = f"$.turns[{index}].question"
            yield Fault(path, "question-twice", show(turn["question"]), "a question not asked before in this row")
        seen.add(asked)


RULES_BY_SCHEMA: dict[str, tuple[Rule, ...]] = {
    "llava-row": (roles_alternate, one_image_token, texts_are_nfc),
    "sharegpt-row": (roles_alternate, texts_are_nfc),
    "sample": (spans_are_filled, questions_differ, texts_are_nfc),
    "lesions": (texts_are_nfc,),
}
