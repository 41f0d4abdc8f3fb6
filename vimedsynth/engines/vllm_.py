"""vLLM in this process: its asynchronous engine with structured outputs and continuous batching.

Every request joins the batch when there is room and leaves it when it is done; none waits for a wave. On a CPU chunked
prefill is off: vLLM's CPU worker dies when a request with a seed of its own is prefilled in pieces.
"""

import os
from collections.abc import Iterator
from typing import Any

from vimedsynth.engines import EngineOptions, Feed, Reply, Request
from vimedsynth.engines.bridge import drive
from vimedsynth.engines.replies import read_reply
from vimedsynth.errors import EngineUnavailable, Misuse, missing_extra


class VLLMEngine:
    """Requests through ``AsyncLLM``; the weights are loaded when the first request is asked for."""

    name = "vllm"
    remote = False
    prompted = True

    def __init__(self, options: EngineOptions, model: str) -> None:
        self.model, self._options = model, options
        self._engine: Any = None
        self._dead: type[BaseException] = BaseException

    def complete(self, feed: Feed) -> Iterator[Reply]:
        return drive(feed, self, lambda: self._options.concurrency)

    async def begin(self) -> None:
        os.environ.setdefault("VLLM_LOGGING_STREAM", "ext://sys.stderr")  # stdout is for results
        os.environ.setdefault("VLLM_LOGGING_LEVEL", "WARNING")
        os.environ.setdefault("VLLM_CPU_KVCACHE_SPACE", "2")  # GiB; without it a CPU worker claims nearly all memory
        from vllm.engine.arg_utils import AsyncEngineArgs
        from vllm.v1.engine.async_llm import AsyncLLM
        from vllm.v1.engine.exceptions import EngineDeadError

        self._dead = EngineDeadError
        try:
            self._engine = AsyncLLM.from_engine_args(AsyncEngineArgs(**self._arguments()))
        except (OSError, ValueError, RuntimeError) as error:
            raise EngineUnavailable(f"vLLM cannot load {self.model}: {_first_line(error)}") from error

    async def end(self) -> None:
        if self._engine is not None:
            self._engine.shutdown()

    async def answer(self, request: Request) -> Reply:
        """One reply; a prompt that does not fit fails alone."""
        try:
            prompt = self._prompt(request)
            async for output in self._engine.generate(prompt, self._sampling(request), request.key):
                if output.finished:
                    return _reply(request, output)
        except ValueError as error:
            code = "prompt-too-long" if "length" in str(error) or "long" in str(error) else "request-refused"
            return Reply(request.key, None, failure=code, message=type(error).__name__)
        except self._dead as error:
            raise EngineUnavailable(f"vLLM stopped: {_first_line(error)}; the same command goes on") from error
        return Reply(request.key, None, failure="empty-reply", message="the engine ended without an answer")

    def _prompt(self, request: Request) -> dict[str, Any]:
        tokenizer = self._engine.get_tokenizer()
        text = tokenizer.apply_chat_template(list(request.messages), tokenize=False, add_generation_prompt=True)
        return {"prompt_token_ids": tokenizer.encode(text, add_special_tokens=False)}

    def _sampling(self, request: Request) -> Any:
        from vllm import SamplingParams
        from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

        return SamplingParams(
            temperature=self._options.temperature,
            seed=request.seed,
            max_tokens=request.max_tokens,
            output_kind=RequestOutputKind.FINAL_ONLY,
            structured_outputs=StructuredOutputsParams(json=request.schema, disable_any_whitespace=True),
        )

    def _arguments(self) -> dict[str, Any]:
        from vllm.platforms import current_platform

        arguments: dict[str, Any] = {
            "model": self.model,
            "max_num_seqs": self._options.concurrency,
            "disable_log_stats": True,
            "trust_remote_code": False,
        }
        if current_platform.is_cpu():
            length = 8192
            arguments |= {"dtype": "float32", "enforce_eager": True, "enable_chunked_prefill": False}
            arguments |= {"max_model_len": length, "max_num_batched_tokens": 2 * length}
        return arguments


def _reply(request: Request, output: Any) -> Reply:
    completion = output.outputs[0]
    payload, failure = read_reply(completion.text, completion.finish_reason)
    tokens = (len(output.prompt_token_ids or ()), len(completion.token_ids))
    return Reply(request.key, payload, completion.text, failure, "", *tokens)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def vllm_engine(options: EngineOptions) -> VLLMEngine:
    """The engine for the weights in ``--model`` (a folder, or a name in the local cache)."""
    from importlib.util import find_spec

    if not options.model:
        raise Misuse("--engine vllm needs --model: a folder of weights")
    if not options.offline and find_spec("vllm") is None:
        raise missing_extra("vllm", "the vllm engine")
    return VLLMEngine(options, options.model)
