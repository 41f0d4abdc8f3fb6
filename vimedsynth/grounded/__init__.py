"""The embedded writer: questions, rewrites and comparisons from findings and rules, with no model and no network.

A writer is imported from its own module (``vqa``, ``paraphrase``, ``comparison``): a run needs one of them.
"""
