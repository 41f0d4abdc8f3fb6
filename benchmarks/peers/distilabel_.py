"""distilabel: load and generate text, no cache."""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Run it over as many rows as there are requests."""
    url, count, concurrency, folder, body = sys.argv[1:6]
    os.environ |= {"HF_HUB_OFFLINE": "1", "DISTILABEL_LOG_LEVEL": "ERROR", "HOME": folder}
    from distilabel.models import OpenAILLM
    from distilabel.pipeline import Pipeline
    from distilabel.steps import LoadDataFromDicts
    from distilabel.steps.tasks import TextGeneration

    asked = json.loads(Path(body).read_text(encoding="utf-8"))
    system, said = (message["content"] for message in asked["messages"])
    rows = [{"instruction": f"{said}{number}", "system_prompt": system} for number in range(int(count))]
    with Pipeline(cache_dir=folder) as pipeline:
        llm = OpenAILLM(model="m", base_url=url, api_key="x", max_retries=0, generation_kwargs={"max_new_tokens": 512})
        load = LoadDataFromDicts(data=rows, batch_size=int(concurrency))
        load >> TextGeneration(llm=llm, input_batch_size=int(concurrency))
    began = time.perf_counter()
    made = pipeline.run(use_cache=False)
    seconds = time.perf_counter() - began
    texts = made["default"]["train"]["generation"]
    valid = sum(isinstance(json.loads(text), dict) for text in texts if text)
    print(json.dumps({"seconds": seconds, "valid": valid}))


if __name__ == "__main__":
    main()
