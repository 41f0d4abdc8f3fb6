"""Vietnamese tokenisation for text metrics.

``rouge-score`` and sacrebleu's default tokenizers are made for other scripts: the first deletes every letter with a
diacritic. All tokenizers here keep Vietnamese words and decimal numbers ("12,6") whole.
"""

import re
import warnings
from collections.abc import Callable

from vimedsynth.errors import Misuse, missing_extra
from vimedsynth.reports import nfc

Tokenizer = Callable[[str], list[str]]
"""Text -> its tokens in order, letter case kept; a word of several syllables is one token joined by ``_``."""

_PIECE = re.compile(r"\d+(?:[.,]\d+)*|\w+|[^\w\s]")
_WORD = re.compile(r"\w")


def syllables(text: str) -> list[str]:
    """Syllables, numbers and punctuation marks; needs no model."""
    return _PIECE.findall(nfc(text))


def _underthesea() -> Tokenizer:
    try:
        from underthesea import word_tokenize
    except ImportError as error:
        raise missing_extra("text", "--tokenizer underthesea") from error
    return lambda text: [word.replace(" ", "_") for word in word_tokenize(nfc(text))]


def _pyvi() -> Tokenizer:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pyvi 0.1.1 has an invalid escape sequence in its source
            from pyvi import ViTokenizer
    except ImportError as error:
        raise missing_extra("text", "--tokenizer pyvi") from error
    return lambda text: str(ViTokenizer.tokenize(nfc(text))).split()


LOADER_BY_NAME: dict[str, Callable[[], Tokenizer]] = {
    "underthesea": _underthesea,
    "pyvi": _pyvi,
    "syllable": lambda: syllables,
}


def load_tokenizer(name: str) -> Tokenizer:
    """The tokenizer of that name; raises :class:`Misuse` when it is unknown or its extra is not installed."""
    if name not in LOADER_BY_NAME:
        raise Misuse(f"tokenizer {name!r} is not known; expected one of: {', '.join(LOADER_BY_NAME)}")
    return LOADER_BY_NAME[name]()


class RougeTokens:
    """The tokenizer object that ``rouge-score`` asks for: words in lower case, punctuation left out."""

    def __init__(self, tokenize: Tokenizer) -> None:
        self._tokenize = tokenize

    def tokenize(self, text: str) -> list[str]:
        return [token.lower() for token in self._tokenize(text) if _WORD.search(token)]
