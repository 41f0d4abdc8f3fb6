"""vLLM's OpenAI-compatible server in a process of its own, on the small real model."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "gemma3-270m"


@contextmanager
def serving(weights: Path, log: Path, port: int) -> Iterator[str]:
    """The base URL of a server that is up; it is ended with the block.

    Chunked prefill is off since vLLM's CPU worker dies on requests with seeds that it prefills in pieces.
    """
    options = ["--host", "127.0.0.1", "--port", str(port), "--max-model-len", "8192", "--enforce-eager"]
    options += ["--dtype", "float32", "--max-num-seqs", "16", "--max-num-batched-tokens", "16384"]
    options += ["--no-enable-chunked-prefill", "--chat-template", str(weights / "chat.jinja")]
    options += ["--structured-outputs-config", '{"backend": "guidance", "disable_any_whitespace": true}']
    command = [sys.executable, "-m", "vllm.entrypoints.openai.api_server"]
    command += ["--model", str(weights / "model"), "--served-model-name", NAME, *options]
    environment = {**os.environ, "VLLM_CPU_KVCACHE_SPACE": "1", "VLLM_NO_USAGE_STATS": "1", "HF_HUB_OFFLINE": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, env=environment)
        try:
            _until_up(process, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            process.terminate()
            process.wait(60)


def _until_up(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(1)
    raise RuntimeError(f"the server did not come up:\n{log.read_text(errors='replace')[-3000:]}")
