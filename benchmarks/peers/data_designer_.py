"""Data Designer (NVIDIA): one text column."""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    """Run it over as many records as there are requests."""
    url, count, concurrency, folder, body = sys.argv[1:6]
    os.environ |= {"NEMO_TELEMETRY_ENABLED": "false", "HOME": folder, "KEY": "x"}
    import data_designer.config as dd
    import pandas
    from data_designer.interface import DataDesigner

    asked = json.loads(Path(body).read_text(encoding="utf-8"))
    bounds = dd.ChatCompletionInferenceParams(max_parallel_requests=int(concurrency), max_tokens=512)
    model = dd.ModelConfig(alias="m", model="m", provider="local", inference_parameters=bounds, skip_health_check=True)
    provider = dd.ModelProvider(name="local", endpoint=url, api_key="KEY")
    builder = dd.DataDesignerConfigBuilder(model_configs=[model])
    builder.with_seed_dataset(dd.DataFrameSeedSource(df=pandas.DataFrame({"n": range(int(count))})))
    said = asked["messages"][-1]["content"].replace("{", "(").replace("}", ")") + "{{ n }}"
    system = asked["messages"][0]["content"].replace("{", "(").replace("}", ")")
    builder.add_column(dd.LLMTextColumnConfig(name="said", model_alias="m", prompt=said, system_prompt=system))
    designer = DataDesigner(artifact_path=folder, model_providers=[provider])
    began = time.perf_counter()
    made = designer.create(builder, num_records=int(count)).load_dataset()
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "valid": sum(isinstance(json.loads(text), dict) for text in made["said"])}))


if __name__ == "__main__":
    main()
