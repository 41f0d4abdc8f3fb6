"""vLLM in process through our engine beside ``LLM.generate``: ``python -m benchmarks.vllm_ WEIGHTS [ROUNDS]``.

Runs in the environment of ``make test-engines``. Both engines are loaded in one process with the same arguments and get
the same prompts, schemas and seeds all at once, in turn; ours tokenises, samples, parses and names failures, the other
gets its prompts as tokens. The first round warms both and is not counted.
"""

import statistics
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

from tests.runs.scripts import REPORT, corpus, works
from vimedsynth.engines import EngineOptions, Request
from vimedsynth.engines.vllm_ import COMPACT, VLLMEngine, engine_arguments, environ, prompt_tokens, sampling
from vimedsynth.generators.payloads import schema_for
from vimedsynth.prompts import messages_for

PROMPTS, TOKENS, ROUNDS, TEMPERATURE = 8, 48, 4, 0.7


def asked(folder: Path) -> list[Request]:
    """As many requests as PROMPTS about one report each, with seeds of their own."""
    made = works(corpus(folder, PROMPTS, REPORT))
    return [
        Request(work.case.study.study_id, work, messages_for(work), schema_for(work), seed, TOKENS)
        for seed, work in enumerate(made)
    ]


class Peer:
    """``LLM.generate`` on the same requests."""

    def __init__(self, model: str) -> None:
        from vllm import LLM

        self._llm = LLM(model=model, **engine_arguments(PROMPTS))
        self._tokenizer = self._llm.get_tokenizer()

    def rate(self, requests: list[Request]) -> float:
        """Tokens a second, prompts already tokenised."""
        from vllm import SamplingParams
        from vllm.sampling_params import StructuredOutputsParams

        prompts: Any = [{"prompt_token_ids": prompt_tokens(self._tokenizer, request)} for request in requests]
        bounds = [
            SamplingParams(**sampling(r, TEMPERATURE), structured_outputs=StructuredOutputsParams(json=r.schema))
            for r in requests
        ]
        began = time.perf_counter()
        made = self._llm.generate(prompts, bounds, use_tqdm=False)
        return sum(len(output.outputs[0].token_ids) for output in made) / (time.perf_counter() - began)


class Rounds:
    """A feed of the same requests again and again; between two rounds of ours the peer has its own."""

    def __init__(self, requests: list[Request], peer: Peer, rounds: int) -> None:
        self._requests, self._peer, self._left = requests, peer, rounds + 1
        self._batch: deque[Request] = deque()
        self.ours: list[float] = []
        self.theirs: list[float] = []
        self.tokens = self.answered = 0
        self._began = 0.0

    def take(self) -> Request | None:
        if not self._batch and self.answered % len(self._requests) == 0:
            self._next()
        return self._batch.popleft() if self._batch else None

    def _next(self) -> None:
        if self.answered:
            self.ours.append(self.tokens / (time.perf_counter() - self._began))
            self.theirs.append(self._peer.rate(self._requests))
        if self._left:
            self._left, self.tokens = self._left - 1, 0
            number = len(self.ours)
            self._batch.extend(
                Request(f"{number}:{r.key}", r.work, r.messages, r.schema, r.seed, r.max_tokens) for r in self._requests
            )
            self._began = time.perf_counter()


def main() -> None:
    """Print tokens a second of both and the ratio."""
    model = str(Path(sys.argv[1]).resolve() / "model")
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else ROUNDS
    environ()
    with tempfile.TemporaryDirectory() as folder:
        requests = asked(Path(folder))
    options = EngineOptions(model=model, concurrency=PROMPTS, temperature=TEMPERATURE)
    feed = Rounds(requests, Peer(model), rounds)
    for reply in VLLMEngine(options, model).complete(feed):
        feed.answered += 1
        feed.tokens += reply.completion_tokens
    ours, theirs = feed.ours[1:], feed.theirs[1:]
    for name, rates in (("LLM.generate", theirs), ("vimedsynth, --engine vllm", ours)):
        print(f"{name:26} {statistics.median(rates):6.2f} tokens/s ({min(rates):.2f}-{max(rates):.2f})")
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    print(
        f"ratio, median of {len(ratios)} rounds: {statistics.median(ratios):.3f} ({min(ratios):.3f}-{max(ratios):.3f})"
    )
    print(f"{PROMPTS} prompts at once, {TOKENS} tokens each at most, {COMPACT['backend']} grammars")


if __name__ == "__main__":
    main()
