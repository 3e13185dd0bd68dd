"""One part of a BLIP-2 by Hugging Face transformers in float32, so that a checkpoint larger than memory can be compared.

Arguments: folder of the checkpoint; vision, encoder or decoder; a folder with the inputs, where the outputs go as raw float32.
vision: `pixels.bin` (uint8, side x side x 3) -> `image_features.bin`. encoder: those and the end token -> `states.bin` and
`cross_k{i}.bin`, `cross_v{i}.bin`. decoder: `states.bin` and `tokens.json` -> `logits.bin`, of every token.
"""

import json
import sys
from pathlib import Path

import numpy
import torch
import transformers
from safetensors import safe_open

checkpoint, part, work = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
config = transformers.AutoConfig.from_pretrained(checkpoint)
PREFIXES = {
    "vision": ("vision_model.", "qformer.", "query_tokens", "language_projection."),
    "encoder": ("language_model.shared.", "language_model.encoder.", "language_model.decoder.block."),
    "decoder": ("language_model.shared.", "language_model.decoder.", "language_model.lm_head."),
}[part]
keys_only = "EncDecAttention." if part == "encoder" else ""

with torch.device("meta"):
    model = transformers.Blip2ForConditionalGeneration(config).eval()
weights = {}
with safe_open(checkpoint / "model.safetensors", "pt") as file:
    for name in file.keys():
        if name.startswith(PREFIXES) and (".decoder.block." not in name or keys_only in name):
            weights[name] = file.get_tensor(name)
names = {name.removeprefix("model."): name for name, _ in model.named_parameters()}
for name, value in weights.items():
    owner, _, leaf = names.get(name, name).rpartition(".")
    setattr(model.get_submodule(owner), leaf, torch.nn.Parameter(value, requires_grad=False))


def at(name):
    """A module, wherever this version of transformers keeps it."""
    try:
        return model.get_submodule(name)
    except AttributeError:
        return model.get_submodule(f"model.{name}")


def save(name, tensor):
    (work / f"{name}.bin").write_bytes(tensor.detach().contiguous().numpy().astype("<f4").tobytes())


def read(name, *dims):
    return torch.from_numpy(numpy.fromfile(work / f"{name}.bin", "<f4").reshape(dims).copy())


t5 = config.text_config
queries = config.num_query_tokens
words = weights.get("language_model.shared.weight")
with torch.inference_mode():
    if part == "vision":
        images = json.loads((checkpoint / "preprocessor_config.json").read_text())
        side = config.vision_config.image_size
        pixels = torch.from_numpy(numpy.fromfile(work / "pixels.bin", "u1").reshape(1, side, side, 3).copy())
        mean, deviation = torch.tensor(images["image_mean"]), torch.tensor(images["image_std"])
        states = at("vision_model")(pixel_values=((pixels / 255 - mean) / deviation).permute(0, 3, 1, 2)).last_hidden_state
        seen = at("qformer")(query_embeds=weights["query_tokens"], encoder_hidden_states=states).last_hidden_state
        save("image_features", at("language_projection")(seen))
    if part == "encoder":
        given = torch.cat([read("image_features", 1, queries, t5.d_model), words[[t5.eos_token_id]][None]], 1)
        states = at("language_model").encoder(inputs_embeds=given).last_hidden_state
        save("states", states)
        for index, block in enumerate(at("language_model").decoder.block):
            for name in "kv":
                rows = getattr(block.layer[1].EncDecAttention, name)(states)
                save(f"cross_{name}{index}", rows.view(1, -1, t5.num_heads, t5.d_kv).transpose(1, 2))
    if part == "decoder":
        tokens = json.loads((work / "tokens.json").read_text())
        states = read("states", 1, queries + 1, t5.d_model)
        seen = at("language_model").decoder(inputs_embeds=words[tokens][None], encoder_hidden_states=states).last_hidden_state
        save("logits", seen[0] @ weights["language_model.lm_head.weight"].T)
