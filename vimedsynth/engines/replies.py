"""What a model wrote -> a payload or a named failure. Nothing is repaired: no fences cut, no braces added.

Failures: ``cut-off`` (the budget ended first; never parsed), ``whitespace-loop`` (it ended on white space that a grammar
allows for ever; a larger budget would not help), ``empty-reply``, ``model-refused``, ``not-json``,
``escaped-text`` (letters as ``\\u1ed9`` or as broken UTF-8, control, invisible and replacement characters),
``repetitive`` (a phrase in a loop, or one pair again and again) and ``wrong-language``.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from vimedsynth.reports import nfc

_UNSEEN = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffd]"
_ESCAPED = re.compile(_UNSEEN + r"|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|Ã[\x80-\xbf ¡-¿]|á[»º][\x80-\xbf¡-¿]|Æ°|Ä\x91")
_LETTERS = re.compile(r"(\S)\1{19}")
_WORD = re.compile(r"[^\W\d_]+")
_MARKED = re.compile(r"[à-ãè-êìíò-õùúýăđĩũơưạ-ỹ]", re.I)
_FOREIGN = re.compile(r"[\u0400-\u052f\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
SPACES = 16
"""White space at the end of a reply that was cut off which no text of ours has."""
LONGEST_LOOP = 12
"""Words in the longest phrase that is looked for as a loop."""


def read_reply(text: str, finish_reason: str | None) -> tuple[dict[str, Any] | None, str | None]:
    """``(payload, None)`` or ``(None, failure code)`` for the text of a reply and why the model stopped."""
    if finish_reason == "length":
        return None, "whitespace-loop" if text and not text[-SPACES:].strip() else "cut-off"
    if finish_reason == "content_filter":
        return None, "model-refused"
    if not text.strip():
        return None, "empty-reply"
    try:
        payload = orjson.loads(nfc(text))
    except orjson.JSONDecodeError:
        return None, "not-json"
    if not isinstance(payload, dict):
        return None, "not-json"
    failure = text_failure(payload)
    return (None, failure) if failure else (payload, None)


def text_failure(payload: dict[str, Any]) -> str | None:
    """What is wrong with the words of a payload, whatever they say."""
    texts = [text for text in _texts(payload) if text.strip()]
    if not texts:
        return "empty-reply"
    if any(_ESCAPED.search(text) for text in texts):
        return "escaped-text"
    if any(loops(text) for text in texts) or any(n > 2 for n in _pairs(payload).values()):
        return "repetitive"
    return None if vietnamese(" ".join(texts)) else "wrong-language"


def _texts(payload: dict[str, Any]) -> Iterator[str]:
    """The strings meant for people: top-level texts, questions and answers."""
    yield from (value for value in payload.values() if isinstance(value, str))
    for turn in _turns(payload):
        yield from (turn[name] for name in ("question", "answer") if isinstance(turn.get(name), str))


def _turns(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for value in payload.values():
        if isinstance(value, list):
            yield from (turn for turn in value if isinstance(turn, dict))


def _pairs(payload: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter((str(turn.get("question")), str(turn.get("answer"))) for turn in _turns(payload))


def loops(text: str) -> bool:
    """Whether a phrase of up to LONGEST_LOOP words stands four times in a row, or a letter twenty times."""
    words = text.split()
    if len(words) - len(set(words)) < 3:  # a phrase that stands four times repeats each of its words three times
        return _LETTERS.search(text) is not None
    for period in range(1, min(LONGEST_LOOP, len(words) // 4) + 1):
        run = 0
        for here, before in zip(words[period:], words, strict=False):
            run = run + 1 if here == before else 0
            if run >= 3 * period:
                return True
    return _LETTERS.search(text) is not None


def vietnamese(text: str) -> bool:
    """Whether a text can be Vietnamese: enough marked words once there are enough words, no foreign script."""
    if len(_FOREIGN.findall(text)) > 1:
        return False
    words = [word for word in _WORD.findall(text) if not word.isupper()]  # SUV, FDG and HCC are no language
    return len(words) < 8 or sum(1 for word in words if _MARKED.search(word)) >= 0.3 * len(words)
