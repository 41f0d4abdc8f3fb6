"""The exception tree. Bad data is a counted value, never one of these; these say why a command cannot do its work.

VimedsynthError                exit 1
├── DataRefused                exit 1   input data cannot be used, or a check failed as a whole
├── SettingsDiffer             exit 1   a run folder was made with other settings
├── EngineUnavailable          exit 1   nothing can be generated at all
├── Interrupted                exit 130 stopped by the user; the run can go on
└── Misuse                     exit 2   wrong usage, a missing extra, an unknown name
"""


class VimedsynthError(Exception):
    """Base of all errors a user may see; the message names the file, the value and what was expected."""

    exit_code = 1


class DataRefused(VimedsynthError):
    """Input that cannot be used at all (a corpus that is not one, an artefact that is not readable)."""


class SettingsDiffer(VimedsynthError):
    """The folder was begun with other settings; the message shows the difference and names ``--fresh``."""


class EngineUnavailable(VimedsynthError):
    """The engine cannot generate anything (no server, no weights, a missing extra at run time)."""


class Interrupted(VimedsynthError):
    """The user stopped the run; what was finished is on disk."""

    exit_code = 130


class Misuse(VimedsynthError):
    """Wrong usage: an unknown name, options that exclude each other, an extra that is not installed."""

    exit_code = 2


EXTRA_BY_MODULE = {
    "albumentations": "imaging",
    "blosc2": "imaging",
    "cv2": "imaging",
    "nibabel": "imaging",
    "PIL": "imaging",
    "pydicom": "imaging",
    "datasketch": "formats",
    "pyarrow": "formats",
    "matplotlib": "stats",
    "sacrebleu": "evaluate",
    "rouge_score": "evaluate",
    "starlette": "review",
    "uvicorn": "review",
    "openai": "server",
    "aiohttp": "server",
}
"""For modules that are imported where they are used: the extra that brings them."""


def missing_extra(extra: str, what: str) -> Misuse:
    """The error for a feature whose extra is not installed, with the line that installs it."""
    return Misuse(f"{what} needs an extra that is not installed: pip install 'vimedsynth[{extra}]'")
