"""One sentence -> facts: a single pass over its tokens, one file for each kind of word.

The reader is a chain of classes, each adding the handlers of one kind of word to the one before: cursor, borders,
places, forms, numbers, uptake, assertions, reader. What findings of one sentence share is in sharing.
"""

from vimedsynth.clauses.drafts import stop_words
from vimedsynth.clauses.reader import ClauseReader

__all__ = ["ClauseReader", "stop_words"]
