"""Drivers of other frameworks for ``benchmarks.overhead``: each runs in an environment of its own.

``python DRIVER URL REQUESTS CONCURRENCY FOLDER BODY`` sends REQUESTS chat completions like the one in the file BODY and
prints one line of JSON: ``{"seconds": while requesting, "valid": replies that parse}``. They import nothing of ours.
"""

DRIVERS = {
    "datatrove, no checkpoints": ("datatrove", "datatrove_plain.py"),
    "datatrove, with checkpoints": ("datatrove", "datatrove_checkpoints.py"),
    "bespokelabs-curator": ("curator", "curator_.py"),
    "Data Designer, text": ("designer", "data_designer_.py"),
    "distilabel, text": ("distilabel", "distilabel_.py"),
    "synthetic-data-kit": ("sdk", "synthetic_data_kit_.py"),
}
"""By name: the folder of the environment below the one given with ``--peers``, and the script."""
