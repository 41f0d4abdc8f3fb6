"""What a schema cannot say about one row. A rule sees a row that fits its schema and yields faults."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from vimedsynth.validation.conformance import Fault, json_path
from vimedsynth.validation.problems import show

IMAGE_TOKEN = "<image>"
Rule = Callable[[Any], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class _Talk:
    """How a row form writes a conversation: its field, the fields of a turn, the roles in their order."""

    turns: str
    role: str
    text: str
    roles: tuple[str, str]


_SHAREGPT = _Talk("conversations", "from", "value", ("human", "gpt"))
_CHAT = _Talk("messages", "role", "content", ("user", "assistant"))


def roles_alternate(talk: _Talk, row: Any) -> Iterator[Fault]:
    """After an optional system turn: asker, model, asker, model, ..., and the last word is the model's."""
    turns = row[talk.turns]
    first = 1 if turns[0][talk.role] == "system" else 0
    for index, turn in enumerate(turns[first:], first):
        expected = talk.roles[(index - first) % 2]
        if turn[talk.role] != expected:
            path = f"$.{talk.turns}[{index}].{talk.role}"
            yield Fault(path, "roles-not-alternating", show(turn[talk.role]), show(expected))
            return
    if (len(turns) - first) % 2:
        path, last = f"$.{talk.turns}[{len(turns) - 1}]", show(turns[-1][talk.role])
        yield Fault(path, "conversation-without-answer", last, f"a last turn from {talk.roles[1]}")


def image_tokens(talk: _Talk, row: Any) -> Iterator[Fault]:
    """A token for each image, all in the first question: loaders count the tokens against the images."""
    images = 1 if "image" in row else len(row.get("images") or ())
    due = True
    for index, turn in enumerate(row[talk.turns]):
        asked = due and turn[talk.role] == talk.roles[0]
        expected = images if asked else 0
        due = due and not asked
        count = turn[talk.text].count(IMAGE_TOKEN)
        if count != expected:
            path = f"$.{talk.turns}[{index}].{talk.text}"
            yield Fault(path, "image-token-count", f"{count} times {IMAGE_TOKEN}", f"{expected} in this turn")


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


_SHAREGPT_RULES = (partial(roles_alternate, _SHAREGPT), partial(image_tokens, _SHAREGPT), texts_are_nfc)
_CHAT_RULES = (partial(roles_alternate, _CHAT), partial(image_tokens, _CHAT), texts_are_nfc)

RULES_BY_SCHEMA: dict[str, tuple[Rule, ...]] = {
    "llava-row": _SHAREGPT_RULES,
    "sharegpt-row": _SHAREGPT_RULES,
    "jsonl-row": _CHAT_RULES,
    "sample": (spans_are_filled, questions_differ, texts_are_nfc),
    "lesions": (texts_are_nfc,),
}
