"""synthetic-data-kit: the batch call of its client."""

import contextlib
import json
import sys
import time
from pathlib import Path


def main() -> None:
    """Run it over as many messages as there are requests."""
    url, count, concurrency, folder, body = sys.argv[1:6]
    config = Path(folder) / "config.yaml"
    server = {"api_base": url, "api_key": "x", "model": "m", "max_retries": 1, "retry_delay": 0}
    config.write_text(json.dumps({"llm": {"provider": "api-endpoint"}, "api-endpoint": server}))
    from synthetic_data_kit.models.llm_client import LLMClient

    asked = json.loads(Path(body).read_text(encoding="utf-8"))["messages"]
    with contextlib.redirect_stdout(sys.stderr):
        client = LLMClient(config_path=config, provider="api-endpoint")
        began = time.perf_counter()
        made = client.batch_completion([asked] * int(count), max_tokens=512, batch_size=int(concurrency))
        seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "valid": sum(isinstance(json.loads(text), dict) for text in made)}))


if __name__ == "__main__":
    main()
