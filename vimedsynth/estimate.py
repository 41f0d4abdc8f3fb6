"""What a run would take: units, prompt tokens and time, without calling anything."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from vimedsynth.engines import Engine
from vimedsynth.work import Work

CHARACTERS_PER_TOKEN = 2.6
"""Vietnamese under the multilingual vocabularies of 2024-2026 (Gemma, Qwen, Llama 3): 2.3 to 3.0."""
ANSWER_SHARE = 0.5
"""Answers use about half of their token budget."""
STREAM_TOKENS_PER_SECOND = 25.0
"""Decoding speed assumed for one of the concurrent requests; the estimate says so."""
GROUNDED_PER_SECOND = 400.0
"""Units a second of the grounded engine, guards included, on one core."""


def estimate(engine: Engine, works: Iterator[Work], concurrency: int) -> dict[str, Any]:
    """Counts by task, prompt and answer tokens, and seconds at the assumed speeds. Reads reports, calls no engine."""
    units: Counter[str] = Counter()
    prompt = answer = 0.0
    for work in works:
        units[str(work.task)] += 1
        if engine.prompted:
            from vimedsynth.prompts import messages_for, token_budget

            prompt += sum(len(message["content"]) for message in messages_for(work)) / CHARACTERS_PER_TOKEN
            answer += token_budget(work) * ANSWER_SHARE
    if not engine.prompted:
        seconds = units.total() / GROUNDED_PER_SECOND
        return {"engine": engine.name, "units": dict(units), "prompt_tokens": 0, "seconds": round(seconds, 1)}
    return {
        "engine": engine.name,
        "model": engine.model,
        "units": dict(units),
        "prompt_tokens": round(prompt),
        "answer_tokens": round(answer),
        "seconds": round(answer / (STREAM_TOKENS_PER_SECOND * concurrency), 1),
        "assumed": f"{STREAM_TOKENS_PER_SECOND:.0f} tokens/s for each of {concurrency} requests in flight, no retries",
    }
