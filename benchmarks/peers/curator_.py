"""bespokelabs-curator over an OpenAI-compatible server; its cache is its checkpoint."""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Run it over as many rows as there are requests."""
    url, count, concurrency, folder, body = sys.argv[1:6]
    os.environ |= {
        "TELEMETRY_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "HF_HUB_OFFLINE": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }
    os.environ |= {"CURATOR_CACHE_DIR": f"{folder}/cache", "CURATOR_DISABLE_RICH_DISPLAY": "1", "OPENAI_API_KEY": "x"}
    from bespokelabs import curator
    from datasets import Dataset

    asked = json.loads(Path(body).read_text(encoding="utf-8"))

    class Asks(curator.LLM):
        def prompt(self, row: dict) -> list:
            return [
                *asked["messages"][:-1],
                {"role": "user", "content": f"{asked['messages'][-1]['content']}{row['n']}"},
            ]

        def parse(self, row: dict, response: str) -> dict:
            return {"n": row["n"], "valid": isinstance(json.loads(response), dict)}

    most = 10**9
    limits = {
        "max_requests_per_minute": most,
        "max_tokens_per_minute": most,
        "max_concurrent_requests": int(concurrency),
    }
    llm = Asks(model_name="openai/m", backend="litellm", backend_params={"base_url": url, **limits, "max_retries": 0})
    rows = Dataset.from_list([{"n": number} for number in range(int(count))])
    began = time.perf_counter()
    made = llm(rows)
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "valid": sum(made.dataset["valid"])}))


if __name__ == "__main__":
    main()
