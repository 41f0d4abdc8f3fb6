"""The embedded writer: questions, rewrites and comparisons from findings and rules, with no model and no network."""

from vimedsynth.grounded.paraphrase import write_paraphrase

__all__ = ["write_paraphrase"]
