"""The embedded writer: questions, rewrites and comparisons from findings and rules, with no model and no network."""

from vimedsynth.grounded.comparison import write_comparison
from vimedsynth.grounded.paraphrase import write_paraphrase
from vimedsynth.grounded.vqa import write_vqa

__all__ = ["write_comparison", "write_paraphrase", "write_vqa"]
