"""datatrove's inference runner with a checkpoint after every reply."""

import json
import sys
import time
from pathlib import Path


def main(checkpoints: bool) -> None:
    """Run it over as many documents as there are requests."""
    from datatrove.data import Document
    from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
    from datatrove.pipeline.writers import JsonlWriter
    from loguru import logger

    logger.remove()
    url, count, concurrency, folder, body = sys.argv[1:6]
    asked = json.loads(Path(body).read_text(encoding="utf-8"))
    valid = 0

    async def rollout(document: Document, generate, **_: object) -> str:
        nonlocal valid
        said = await generate(dict(asked, seed=int(document.id)))
        valid += isinstance(json.loads(said.text), dict)
        return said.text

    config = InferenceConfig(
        "endpoint",
        "m",
        endpoint_url=url.removesuffix("/v1"),
        api_key="x",
        max_concurrent_generations=int(concurrency),
        metric_interval=3600,
    )
    runner = InferenceRunner(
        rollout,
        config,
        JsonlWriter(f"{folder}/out", output_filename="${rank}_${chunk_index}.jsonl", compression=None),
        checkpoints_local_dir=f"{folder}/checkpoints" if checkpoints else None,
        records_per_chunk=500,
    )
    documents = [Document(text="x", id=str(number)) for number in range(int(count))]
    began = time.perf_counter()
    runner.run(documents, rank=0, world_size=1)
    print(json.dumps({"seconds": time.perf_counter() - began, "valid": valid}))


if __name__ == "__main__":
    main(True)
