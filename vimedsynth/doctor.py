"""What this machine can run, told from package metadata and the PATH: nothing heavy is imported to find out."""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.util import find_spec

from packaging.requirements import Requirement

WHAT_BY_EXTRA = {
    "imaging": "read and augment scans: npz, npy, NIfTI, DICOM",
    "text": "Vietnamese word segmentation for the text metrics",
    "formats": "parquet manifests, near-duplicate reports",
    "evaluate": "BLEU and ROUGE",
    "bertscore": "BERTScore with a model on this machine",
    "review": "the expert's page",
    "stats": "plots of the stats page",
    "fast": "fast schema validation",
    "compiled": "scans warped in compiled code, in the same bytes",
}
"""What each extra of pyproject.toml is for, engines apart; ``dev`` is for those who change vimedsynth."""

EXTRA_BY_ENGINE = {
    "grounded": (None, "embedded writer: no model, no network"),
    "openai": ("server", "any OpenAI-compatible server, loopback unless allowed"),
    "vllm": ("vllm", "vLLM in process"),
    "outlines": ("outlines", "transformers or llama.cpp in process"),
    "ray": ("ray", "vLLM under Ray Data, one node"),
}
"""The extra that each engine needs, and what it is."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. ``install`` is the line that provides it, empty where it is there or cannot be installed."""

    kind: str  # core | engine | extra | machine
    name: str
    ready: bool
    detail: str
    install: str = ""

    def json(self) -> dict[str, str | bool]:
        return asdict(self)


def examine() -> tuple[Check, ...]:
    """All checks: core, engines, extras, machine. Takes well under a second and touches no network."""
    engines = [_optional("engine", name, extra, what) for name, (extra, what) in EXTRA_BY_ENGINE.items()]
    extras = [_optional("extra", name, name, what) for name, what in WHAT_BY_EXTRA.items()]
    return (_python(), *_core(), *engines, *extras, _gpu(), _browser())


def machine() -> str:
    """One line: version, interpreter, system, cores."""
    system = f"{platform.system()} {platform.machine()}"
    return f"vimedsynth {version('vimedsynth')}, Python {platform.python_version()}, {system}, {os.cpu_count()} cores"


def _python() -> Check:
    return Check("core", "python", sys.version_info >= (3, 11), f"{platform.python_version()}, needs 3.11 or later")


def _core() -> Iterator[Check]:
    for need in _needs(None):
        found = _installed(need)
        install = "" if _fits(need) else f"pip install '{need}'"
        yield Check("core", need.name, _fits(need), found or "not installed", install)


def _optional(kind: str, name: str, extra: str | None, what: str) -> Check:
    needs = list(_needs(extra)) if extra else []
    lacking = [need.name for need in needs if not _fits(need)]
    if lacking:
        return Check(kind, name, False, f"{what}; lacks {', '.join(lacking)}", f"pip install 'vimedsynth[{extra}]'")
    found = ", ".join(f"{need.name} {_installed(need)}" for need in needs)
    return Check(kind, name, True, f"{what} ({found})" if found else what)


def _needs(extra: str | None) -> Iterator[Requirement]:
    """The requirements of the core (None) or of one extra, as the installed distribution states them."""
    for line in requires("vimedsynth") or ():
        need = Requirement(line)
        if extra is None and need.marker is None:
            yield need
        elif extra is not None and need.marker is not None and f'extra == "{extra}"' in str(need.marker):
            yield Requirement(line.partition(";")[0])


def _installed(need: Requirement) -> str | None:
    try:
        return version(need.name)
    except PackageNotFoundError:
        # vLLM's CPU build is another distribution that provides the same module.
        return "(another distribution)" if find_spec(need.name.replace("-", "_")) else None


def _fits(need: Requirement) -> bool:
    found = _installed(need)
    return found is not None and (found.startswith("(") or need.specifier.contains(found, prereleases=True))


def _gpu() -> Check:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Check(
            "machine",
            "gpu",
            False,
            "no NVIDIA driver found; vllm and ray are slow without, the other engines need none",
        )
    query = [tool, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(query, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        return Check("machine", "gpu", False, f"nvidia-smi does not answer ({type(error).__name__})")
    return Check("machine", "gpu", True, "; ".join(done.stdout.strip().splitlines()))


def _browser() -> Check:
    path, driver = next(filter(None, map(shutil.which, BROWSERS)), None), shutil.which("chromedriver")
    if path is None or driver is None:
        lacking = " and ".join(name for name, found in (("chromium", path), ("chromedriver", driver)) if not found)
        detail = f"no {lacking}; only the browser tests of the review page need it"
        return Check("machine", "chromium", False, detail, "apt-get install chromium chromium-driver")
    return Check("machine", "chromium", True, f"{path}, {driver}")
