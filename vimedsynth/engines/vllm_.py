"""vLLM in this process: its asynchronous engine with structured outputs and continuous batching.

Every request joins the batch when there is room and leaves it when it is done; none waits for a wave. On a CPU chunked
prefill is off: vLLM's CPU worker dies when a request with a seed of its own is prefilled in pieces.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from vimedsynth.engines import EngineOptions, Feed, Reply, Request, local_weights
from vimedsynth.engines.bridge import drive
from vimedsynth.engines.replies import read_reply
from vimedsynth.errors import EngineUnavailable

CPU_LENGTH = 8192
"""The context on a CPU, in tokens; a GPU takes the model's own."""
COMPACT = {"backend": "guidance", "disable_any_whitespace": True}
"""vLLM's switch for whitespace is the engine's: the one in a request's parameters is taken and has no effect."""


class VLLMEngine:
    """Requests through ``AsyncLLM``; the weights are loaded when the first request is asked for."""

    name = "vllm"
    remote = False
    prompted = True

    def __init__(self, options: EngineOptions, model: str) -> None:
        self.model, self._options = model, options
        self._engine: Any = None
        self._dead: type[BaseException] = BaseException
        self._refusals: tuple[type[Exception], ...] = (ValueError,)

    def complete(self, feed: Feed) -> Iterator[Reply]:
        return drive(feed, self, lambda: self._options.concurrency)

    async def begin(self) -> None:
        environ()
        from vllm.engine.arg_utils import AsyncEngineArgs
        from vllm.v1.engine.async_llm import AsyncLLM
        from vllm.v1.engine.exceptions import EngineDeadError

        self._dead, self._refusals = EngineDeadError, refusals()
        try:
            with deaf():
                arguments = AsyncEngineArgs(model=self.model, **engine_arguments(self._options.concurrency))
                self._engine = AsyncLLM.from_engine_args(arguments)
        except (OSError, ValueError, RuntimeError) as error:
            raise EngineUnavailable(f"vLLM cannot load {self.model}: {first_line(error)}") from error

    async def end(self) -> None:
        if self._engine is not None:
            self._engine.shutdown()
            self._engine = None  # collected now: at the interpreter's exit its finaliser finds its modules gone

    async def answer(self, request: Request) -> Reply:
        """One reply; a prompt that does not fit fails alone."""
        try:
            prompt = {"prompt_token_ids": prompt_tokens(self._engine.get_tokenizer(), request)}
            async for output in self._engine.generate(prompt, self._sampling(request), request.key):
                if output.finished:
                    return _reply(request, output)
        except self._refusals as error:
            return refused(request, str(error), type(error).__name__)
        except self._dead as error:
            raise EngineUnavailable(f"vLLM stopped: {first_line(error)}; the same command goes on") from error
        return Reply(request.key, None, failure="empty-reply", message="the engine ended without an answer")

    def _sampling(self, request: Request) -> Any:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

        constraint = StructuredOutputsParams(json=request.schema)
        said = sampling(request, self._options.temperature)
        return SamplingParams(**said, output_kind=RequestOutputKind.FINAL_ONLY, structured_outputs=constraint)


def refusals() -> tuple[type[Exception], ...]:
    """What vLLM raises for a request that it does not take: a ValueError, since 0.32 an error of its own that is none."""
    try:
        from vllm.exceptions import VLLMClientError
    except ImportError:
        return (ValueError,)
    return (ValueError, VLLMClientError)


def environ() -> None:
    """What vLLM reads from the environment at its import, unless the user chose otherwise."""
    os.environ.setdefault("VLLM_LOGGING_STREAM", "ext://sys.stderr")  # stdout is for results
    os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
    os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "2")  # GiB; without it a CPU worker claims nearly all memory


@contextmanager
def deaf() -> Iterator[None]:
    """Processes that are started in this block never hear Ctrl-C: they finish what is in flight and are ended by us.

    They inherit a blocked signal. Python's tracker of shared memory comes first: its start unblocks the signal again.
    """
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def engine_arguments(concurrency: int) -> dict[str, Any]:
    """The arguments of the engine for this machine, the model apart."""
    from vllm.platforms import current_platform

    arguments: dict[str, Any] = {
        "max_num_seqs": concurrency,
        "disable_log_stats": True,
        "trust_remote_code": False,
        "structured_outputs_config": dict(COMPACT),
    }
    if current_platform.is_cpu():
        arguments |= {"dtype": "float32", "enforce_eager": True, "enable_chunked_prefill": False}
        arguments |= {"max_model_len": CPU_LENGTH, "max_num_batched_tokens": 2 * CPU_LENGTH}
    return arguments


def sampling(request: Request, temperature: float) -> dict[str, Any]:
    """The sampling parameters of a request, the constraint apart."""
    return {"temperature": temperature, "seed": request.seed, "max_tokens": request.max_tokens}


def prompt_tokens(tokenizer: Any, request: Request) -> list[int]:
    """The tokens of a request under the model's own chat template."""
    text = tokenizer.apply_chat_template(list(request.messages), tokenize=False, add_generation_prompt=True)
    return list(tokenizer.encode(text, add_special_tokens=False))


def refused(request: Request, said: str, message: str) -> Reply:
    """The failure of a request that the engine would not take, told apart by what it ``said`` (never repeated)."""
    code = "prompt-too-long" if "length" in said or "long" in said else "request-refused"
    return Reply(request.key, None, failure=code, message=message)


def _reply(request: Request, output: Any) -> Reply:
    completion = output.outputs[0]
    payload, failure = read_reply(completion.text, completion.finish_reason)
    tokens = (len(output.prompt_token_ids or ()), len(completion.token_ids))
    return Reply(request.key, payload, completion.text, failure, "", *tokens)


def first_line(error: BaseException) -> str:
    """The first line of an error, cut."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def vllm_engine(options: EngineOptions) -> VLLMEngine:
    """The engine for the weights in ``--model`` (a folder, or a name in the local cache)."""
    return VLLMEngine(options, local_weights(options, "vllm", "vllm"))
