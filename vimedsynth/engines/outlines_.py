"""transformers or llama.cpp through outlines, for machines where vLLM does not run. One request at a time.

``--model`` is a folder of weights for transformers, or a ``.gguf`` file for llama.cpp. The schema is compiled by
llguidance: outlines-core's index of a schema with long strings and a vocabulary of 262,000 takes minutes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from vimedsynth.engines import EngineOptions, Feed, Reply, Request, local_weights
from vimedsynth.engines.replies import read_reply
from vimedsynth.errors import EngineUnavailable, missing_extra

BACKEND = "llguidance"
COMPACT = {"x-guidance": {"whitespace_flexible": False, "item_separator": ",", "key_separator": ":"}}
"""llguidance's own key: no whitespace that the grammar would allow to go on for ever."""


class OutlinesEngine:
    """Loads the weights at the first request."""

    name = "outlines"
    remote = False
    prompted = True

    def __init__(self, options: EngineOptions, model: str) -> None:
        self.model, self._options = model, options
        self._gguf = model.endswith(".gguf")
        self._loaded: Any = None

    def complete(self, feed: Feed) -> Iterator[Reply]:
        while (request := feed.take()) is not None:
            yield self.answer(request)

    def answer(self, request: Request) -> Reply:
        """One reply; a prompt that does not fit fails alone."""
        from outlines import Generator
        from outlines.inputs import Chat
        from outlines.types import JsonSchema

        self._loaded = self._loaded or self._load()
        prompt = Chat([dict(message) for message in request.messages])
        length = self._length(request)
        room = self._room()
        if length + request.max_tokens > room:
            message = f"{length} tokens and a budget of {request.max_tokens} in a context of {room}"
            return Reply(request.key, None, failure="prompt-too-long", message=message, prompt_tokens=length)
        schema = JsonSchema(orjson.dumps(request.schema | COMPACT).decode())
        generator = Generator(self._loaded, schema, backend=BACKEND)
        text = str(generator(prompt, **self._sampling(request)))
        tokens = self._count(text)
        payload, failure = read_reply(
            text, "length" if tokens >= request.max_tokens - 1 and not _whole(text) else "stop"
        )
        return Reply(request.key, payload, text, failure, "", length, tokens)

    def _load(self) -> Any:
        import outlines

        try:
            if self._gguf:
                from llama_cpp import Llama

                return outlines.from_llamacpp(Llama(self.model, n_ctx=8192, verbose=False))
            from transformers import AutoModelForCausalLM, AutoTokenizer

            model = AutoModelForCausalLM.from_pretrained(self.model, dtype="auto", trust_remote_code=False)
            return outlines.from_transformers(model, AutoTokenizer.from_pretrained(self.model))
        except ImportError as error:
            raise missing_extra("outlines", f"--model {self.model}") from error
        except (OSError, ValueError, RuntimeError) as error:
            reason = (str(error).splitlines() or [""])[0][:200]
            raise EngineUnavailable(f"the weights in {self.model} cannot be loaded: {reason}") from error

    def _sampling(self, request: Request) -> dict[str, Any]:
        temperature = self._options.temperature
        if self._gguf:
            return {"max_tokens": request.max_tokens, "temperature": temperature, "seed": request.seed}
        import torch

        torch.manual_seed(request.seed)
        chance = {"do_sample": True, "temperature": temperature} if temperature else {"do_sample": False}
        return {"max_new_tokens": request.max_tokens, **chance}

    def _length(self, request: Request) -> int:
        return sum(self._count(message["content"]) + 8 for message in request.messages)

    def _count(self, text: str) -> int:
        if self._gguf:
            return len(self._loaded.model.tokenize(text.encode("utf-8")))
        return len(self._loaded.hf_tokenizer.encode(text, add_special_tokens=False))

    def _room(self) -> int:
        if self._gguf:
            return int(self._loaded.model.n_ctx())
        return int(getattr(self._loaded.model.config, "max_position_embeddings", 8192))


def _whole(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def outlines_engine(options: EngineOptions) -> OutlinesEngine:
    """The engine for the weights in ``--model``."""
    weights = local_weights(options, "outlines", "outlines", forms="a folder of weights, or a .gguf file")
    if not options.offline and not Path(weights).exists():
        raise EngineUnavailable(f"--model {weights}: no such folder or file of weights")
    return OutlinesEngine(options, weights)
