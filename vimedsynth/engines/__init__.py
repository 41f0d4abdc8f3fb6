"""Where text comes from: the protocol and the table of engines. The network is touched in this folder alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from vimedsynth.samples import Case, Objection, Task


@dataclass(frozen=True, slots=True)
class Request:
    """One thing to ask for. ``key`` is the content hash that names it in the journal."""

    key: str
    task: Task
    case: Case
    messages: tuple[dict[str, str], ...]  # rendered prompt; empty for the grounded engine
    schema: dict[str, Any]  # generation schema of this case
    seed: int
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


class Engine(Protocol):
    """A source of schema-constrained text. ``name`` includes the weights' revision and is written in every record."""

    @property
    def name(self) -> str: ...

    def complete(self, requests: Iterable[Request]) -> Iterator[Reply]:
        """Replies as they finish, in any order, each naming its request; bounded work in flight.

        A request that failed for good comes back as a Reply with a failure code, not as an exception.
        Raises EngineUnavailable when nothing can be generated at all.
        """
