"""Where text comes from: the protocol and the table of engines. The network is touched in this folder alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from vimedsynth.errors import Misuse, missing_extra
from vimedsynth.samples import Objection
from vimedsynth.work import Work

Message = dict[str, str]
"""One chat message: ``{"role": "system" | "user", "content": ...}``."""


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask for. ``key`` is the content hash that names it in the journal.

    An engine that is not prompted (the grounded one) gets empty ``messages`` and ``schema`` and reads ``work``.
    """

    key: str
    work: Work
    messages: tuple[Message, ...]
    schema: dict[str, Any]  # generation schema of this case
    seed: int
    max_tokens: int = 0
    attempt: int = 1
    objections: tuple[Objection, ...] = ()  # why the attempt before was refused


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. ``payload`` is the parsed reply; ``failure`` a code when there is none; never both."""

    key: str
    payload: dict[str, Any] | None
    raw: str = ""
    failure: str | None = None
    message: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0


class Feed(Protocol):
    """Where an engine gets its requests. It is asked again after each reply: a refused reply may bring another."""

    def take(self) -> Request | None:
        """The next request; None when there is none now. None with nothing in flight means the work is over."""


class Engine(Protocol):
    """A source of schema-constrained text. ``name`` includes the weights' revision and is written in every record."""

    @property
    def name(self) -> str:
        """The engine's own name: ``grounded``, ``openai``, ``vllm``, ``outlines``, ``ray``."""

    @property
    def model(self) -> str:
        """The model, with its revision where the engine knows it."""

    @property
    def prompted(self) -> bool:
        """Whether requests need rendered messages and a schema."""

    @property
    def remote(self) -> bool:
        """Whether report text leaves this machine."""

    def complete(self, feed: Feed) -> Iterator[Reply]:
        """Replies as they finish, in any order, each naming its request; bounded work in flight.

        A request that failed for good comes back as a Reply with a failure code, not as an exception.
        Raises EngineUnavailable when nothing can be generated at all.
        """


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """What a user may say about an engine; each engine reads what concerns it."""

    model: str | None = None
    base_url: str | None = None
    allow_remote: bool = False
    redact: bool = False
    temperature: float = 0.7
    max_tokens: int | None = None  # a bound on the budget of one answer; None leaves it to the task
    concurrency: int = 64
    timeout: float = 600.0  # seconds for one request
    first_pause: float = 0.25  # seconds before the second try of a request; doubles from there, with jitter
    patience: float = 300.0  # seconds to wait for a server that is gone
    offline: bool = False  # a dry run: call nothing
    api_key: str | None = None  # from the environment, never from the command line


ENGINE_BY_NAME: dict[str, str] = {
    "grounded": "vimedsynth.engines.grounded:grounded_engine",
    "openai": "vimedsynth.engines.openai_:openai_engine",
    "vllm": "vimedsynth.engines.vllm_:vllm_engine",
    "outlines": "vimedsynth.engines.outlines_:outlines_engine",
    "ray": "vimedsynth.engines.ray_:ray_engine",
}
"""``module:factory`` by name; a factory takes EngineOptions. The modules are imported when they are chosen."""


def make_engine(name: str, options: EngineOptions) -> Engine:
    """The engine of that name. Raises Misuse for an unknown name or a missing extra."""
    if name not in ENGINE_BY_NAME:
        raise Misuse(f"engine {name!r} is not known; expected one of: {', '.join(ENGINE_BY_NAME)}")
    module, _, factory = ENGINE_BY_NAME[name].partition(":")
    engine: Engine = getattr(import_module(module), factory)(options)
    return engine


def local_weights(options: EngineOptions, engine: str, *modules: str, forms: str = "a folder of weights") -> str:
    """``--model`` for an engine that loads it into this process, which needs these modules of its extra.

    A dry run asks for no module. Raises Misuse.
    """
    from importlib.util import find_spec

    if not options.model:
        raise Misuse(f"--engine {engine} needs --model: {forms}")
    if not options.offline and None in map(find_spec, modules):
        raise missing_extra(engine, f"the {engine} engine")
    return options.model
