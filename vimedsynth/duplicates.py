"""Texts that are the same, or nearly: folded text for exact copies, MinHash (datasketch) for near ones."""

import hashlib
import string
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vimedsynth.errors import missing_extra
from vimedsynth.reports import nfc

if TYPE_CHECKING:
    from datasketch import MinHash

_MARKS = {ord(mark): " " for mark in string.punctuation + "–—…“”‘’«»·•"}
_SHINGLE = 4  # syllables; numbers count as syllables, so another SUVmax is another shingle
_PERMUTATIONS = 64
NEAR = 0.9
"""Jaccard similarity of syllable 4-grams from which two reports count as one.

Reports share their standard sentences: of 202 real ones the closest two different patients have 0.79 of sentence sets.
"""


def fold(text: str) -> str:
    """``text`` without case, punctuation and spacing; numbers stay. Equal folds are the same text."""
    return " ".join(nfc(text).casefold().translate(_MARKS).split())


def fold_hash(text: str) -> str:
    """16 hex digits of the folded text's SHA-256."""
    return hashlib.sha256(fold(text).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Match:
    """An earlier text that a text repeats, and their Jaccard similarity (1.0 for the same folded text)."""

    key: str
    similarity: float


class NearIndex:
    """Texts seen so far; about 2 kB a text. Candidates come from MinHash, their similarity is then counted exactly."""

    def __init__(self, threshold: float = NEAR) -> None:
        try:
            from datasketch import MinHashLSH
        except ImportError as error:
            raise missing_extra("formats", "the search for near duplicates") from error
        self.threshold = threshold
        # Asking the index for a little less than the threshold keeps what the estimate would lose.
        self._lsh = MinHashLSH(threshold=max(0.1, threshold - 0.1), num_perm=_PERMUTATIONS)
        self._shingles: dict[str, NDArray[np.uint32]] = {}

    def add(self, key: str, text: str) -> list[Match]:
        """Take in ``text`` under a new ``key``; the matches among the texts before it, the closest first."""
        shingles = _shingles(text)
        sketch = _sketch(shingles)
        matches = []
        for other in self._lsh.query(sketch):
            similarity = _jaccard(shingles, self._shingles[other])
            if similarity >= self.threshold:
                matches.append(Match(other, similarity))
        self._lsh.insert(key, sketch)
        self._shingles[key] = shingles
        return sorted(matches, key=lambda match: (-match.similarity, match.key))


def groups(texts: Iterable[tuple[str, str]], threshold: float = NEAR) -> list[tuple[str, ...]]:
    """Keys of ``(key, text)`` whose texts are near one another, chains joined; groups and keys in reading order."""
    index, home, members = NearIndex(threshold), dict[str, str](), dict[str, list[str]]()
    for key, text in texts:
        roots = sorted({home[match.key] for match in index.add(key, text)})
        root = roots[0] if roots else key
        for other in roots[1:]:
            for member in members.pop(other):
                home[member] = root
                members[root].append(member)
        home[key] = root
        members.setdefault(root, []).append(key)
    return [tuple(keys) for keys in members.values() if len(keys) > 1]


def _shingles(text: str) -> NDArray[np.uint32]:
    words = fold(text).split()
    size = min(_SHINGLE, max(1, len(words)))
    pieces = (" ".join(words[at : at + size]) for at in range(max(1, len(words) - size + 1)))
    return np.unique(np.fromiter((zlib.crc32(piece.encode()) for piece in pieces), dtype=np.uint32))


def _sketch(shingles: NDArray[np.uint32]) -> "MinHash":
    from datasketch import MinHash

    sketch = MinHash(num_perm=_PERMUTATIONS, seed=1, hashfunc=int)
    sketch.update_batch(shingles.tolist())
    return sketch


def _jaccard(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> float:
    common = len(np.intersect1d(first, second, assume_unique=True))
    return common / (len(first) + len(second) - common)
