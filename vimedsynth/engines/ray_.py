"""Ray Data's batch inference on one local node: ``ray.data.llm`` with vLLM as its engine.

Ray Data executes a dataset, and a run does not know its requests beforehand: a refused reply brings another. So the
dataset has one row whose task is a generator over a queue, each request becomes a block of its own as it arrives, and
the engine's actor, loaded once, batches them continuously. A row that fails comes back with its error and takes no
other along.

Nothing of it listens outside this machine: on Linux, Ray keeps to the loopback address only when told that clusters are
off (the switch is named after the systems where that is the default).
"""

import os
from collections.abc import Iterator
from typing import Any

import orjson

from vimedsynth.engines import EngineOptions, Feed, Reply, Request, local_weights
from vimedsynth.engines.replies import read_reply
from vimedsynth.engines.vllm_ import deaf, engine_arguments, environ, first_line, prompt_tokens, refused, sampling
from vimedsynth.errors import EngineUnavailable

LOOPBACK_ONLY = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_USAGE_STATS_ENABLED": "0"}
QUIET = {"RAY_BACKEND_LOG_LEVEL": "fatal", "RAY_DATA_DISABLE_PROGRESS_BARS": "1"}
_SPARE_CORES = 8
"""Ray's cores are tokens: those of the queue, the source and the maps around the engine, which hardly work."""
_STORE = 256 << 20
"""Bytes of shared memory for rows on their way."""


class RayEngine:
    """Requests through a stream of one-row blocks; the weights are loaded when the first request is asked for."""

    name = "ray"
    remote = False
    prompted = True

    def __init__(self, options: EngineOptions, model: str) -> None:
        self.model, self._options = model, options
        self._tokenizer: Any = None

    def complete(self, feed: Feed) -> Iterator[Reply]:
        """Replies as they finish, at most ``concurrency`` in flight."""
        ray = _started()
        try:
            yield from self._stream(feed)
        except (ray.exceptions.RayError, OSError, RuntimeError, ValueError) as error:
            raise EngineUnavailable(f"Ray stopped: {first_line(error)}; the same command goes on") from error
        finally:
            ray.shutdown()

    def _stream(self, feed: Feed) -> Iterator[Reply]:
        from ray.util.queue import Queue
        from transformers import AutoTokenizer

        self._tokenizer = AutoTokenizer.from_pretrained(self.model, trust_remote_code=False)
        inbox = Queue(actor_options={"num_cpus": 0})
        rows = self._rows(inbox)
        flight: dict[str, Request] = {}
        while True:
            while len(flight) < self._options.concurrency and (request := feed.take()) is not None:
                flight[request.key] = request
                inbox.put(self._row(request))
            if not flight:
                inbox.put(None)
                return
            row = next(rows)
            yield _reply(flight.pop(str(row["key"])), row)

    def _row(self, request: Request) -> dict[str, Any]:
        """A request as Ray's engine stage reads it. The schema is a string: Arrow would merge the rows' objects."""
        constraint = {"json": orjson.dumps(request.schema).decode()}
        return {
            "key": request.key,
            "tokenized_prompt": prompt_tokens(self._tokenizer, request),
            "sampling_params": sampling(request, self._options.temperature) | {"structured_outputs": constraint},
        }

    def _rows(self, inbox: Any) -> Iterator[dict[str, Any]]:
        """The answered rows, as they are answered."""
        import ray

        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.target_max_block_size = 1  # byte: a block is handed on as soon as it has a row
        source = ray.data.from_items([{"id": 0}], override_num_blocks=1)
        source = source.map_batches(_arrivals, batch_size=1, fn_kwargs={"inbox": inbox}, num_cpus=0.5)
        for batch in self._processor()(source).iter_batches(batch_size=None, prefetch_batches=0):
            for place in range(len(batch["key"])):
                yield {name: column[place] for name, column in batch.items()}

    def _processor(self) -> Any:
        from ray.data.llm import build_processor, vLLMEngineProcessorConfig
        from vllm.platforms import current_platform

        cores = {"bundles": [{"CPU": os.cpu_count() or 1}]} if current_platform.is_cpu() else None
        config = vLLMEngineProcessorConfig(
            model_source=self.model,
            engine_kwargs=engine_arguments(self._options.concurrency),
            placement_group_config=cores,
            batch_size=1,
            max_concurrent_batches=self._options.concurrency,
            concurrency=1,
            should_continue_on_error=True,
            log_engine_metrics=False,
            chat_template_stage=False,
            tokenize_stage=False,
            detokenize_stage=False,
        )
        return build_processor(config)


def _started() -> Any:
    """Ray on a node of its own, on the loopback address; an address in the environment is not joined."""
    os.environ.update(LOOPBACK_ONLY)
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    environ()
    import logging

    import ray

    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.ERROR)
    cores = (os.cpu_count() or 1) + _SPARE_CORES
    said: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False, "logging_level": logging.ERROR}
    with deaf():
        ray.init(address="local", num_cpus=cores, object_store_memory=_STORE, configure_logging=False, **said)
    return ray


def _arrivals(batch: dict[str, Any], inbox: Any) -> Iterator[dict[str, list[Any]]]:
    """The requests of the queue as rows, until there are no more."""
    while (row := inbox.get()) is not None:
        yield {name: [value] for name, value in row.items()}


def _reply(request: Request, row: dict[str, Any]) -> Reply:
    """The reply in an answered row. The row does not say why the model stopped; the budget does."""
    if said := str(row.get("__inference_error__") or ""):
        return refused(request, said, said.partition(":")[0][:80])
    text, tokens = str(row["generated_text"]), int(row["num_generated_tokens"])
    payload, failure = read_reply(text, "length" if tokens >= request.max_tokens else "stop")
    return Reply(request.key, payload, text, failure, "", int(row["num_input_tokens"]), tokens)


def ray_engine(options: EngineOptions) -> RayEngine:
    """The engine for the weights in ``--model``, on this machine."""
    return RayEngine(options, local_weights(options, "ray", "ray", "vllm"))
