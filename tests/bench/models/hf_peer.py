"""Hugging Face transformers as a peer of the bench: loads a checkpoint, then answers one JSON line a request.

Arguments: folder of the checkpoint; fp32, bf16 or int8 (quantize_dynamic of every Linear); threads. A request is {"file", "beams",
"tokens", "question", "logits"}; the answer {"total", "vision", "tokens"} in milliseconds, from the JPEG on disk to token ids, and
"logits" of each step (float32, base64) when they are asked for. The question is for checkpoints that answer. Florence-2 does the task
`caption`, BLIP-2 captions without a prompt.
"""

import base64
import json
import sys
import time
from pathlib import Path

import torch
import transformers
from PIL import Image
from tokenizers import Tokenizer

folder, precision, threads = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
begin = time.perf_counter()
config = json.loads((folder / "config.json").read_text())
model = getattr(transformers, config["architectures"][0]).from_pretrained(folder, dtype=torch.bfloat16 if precision == "bf16" else torch.float32).eval()
if precision == "int8":
    model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
kind = config["model_type"]
# The picture half, whose time is told apart.
looker = model.model.vision_tower if kind == "florence2" else model.vision_model
images = json.loads((folder / ("processor_config.json" if kind == "florence2" else "preprocessor_config.json")).read_text())
images = images.get("image_processor", images)
side = images["size"] if isinstance(images["size"], int) else images["size"]["height"]
pad = [image_token for image_token in [config.get("image_token_id")] if image_token is not None]


def processor():
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    size = {"height": side, "width": side}
    if kind != "florence2":
        return BlipImageProcessorPil(size=size, image_mean=images["image_mean"], image_std=images["image_std"])
    return CLIPImageProcessorPil(size=size, do_center_crop=False, image_mean=images["image_mean"], image_std=images["image_std"])


def words(question):
    """What goes beside the picture."""
    if kind == "blip" and config["architectures"] == ["BlipForQuestionAnswering"]:
        lines = (folder / "vocab.txt").read_text().splitlines()
        tokenizer = transformers.BertTokenizerFast(vocab={word: at for at, word in enumerate(lines)}, do_lower_case=True)
        return {"input_ids": tokenizer(question, return_tensors="pt")["input_ids"]}
    if kind == "blip":
        return {}
    if kind == "florence2":
        asked = Tokenizer.from_file(str(folder / "tokenizer.json")).encode("What does the image describe?").ids
        return {"input_ids": torch.tensor([[*pad * 577, *asked]])}
    return {}


prepare = processor()
search = {}
if kind == "florence2":
    search = {"forced_bos_token_id": 0, "forced_eos_token_id": 2, "no_repeat_ngram_size": 3, "early_stopping": True}
spent = {"vision": 0.0}
look = looker.forward


def timed_look(*args, **kwargs):
    start = time.perf_counter()
    out = look(*args, **kwargs)
    spent["vision"] = (time.perf_counter() - start) * 1000
    return out


looker.forward = timed_look
print(json.dumps({"load": (time.perf_counter() - begin) * 1000}), flush=True)

for line in sys.stdin:
    request = json.loads(line)
    begin = time.perf_counter()
    with torch.inference_mode():
        pixels = prepare(Image.open(request["file"]).convert("RGB"), return_tensors="pt")["pixel_values"]
        if precision == "bf16":
            pixels = pixels.bfloat16()
        count = request["tokens"]
        out = model.generate(
            pixel_values=pixels,
            **words(request["question"]),
            **search,
            num_beams=request["beams"],
            max_new_tokens=count,
            min_new_tokens=count,
            do_sample=False,
            return_dict_in_generate=True,
            output_logits=request.get("logits", False),
        )
    total = (time.perf_counter() - begin) * 1000
    answer = {"total": total, "vision": spent["vision"], "tokens": out.sequences[0].tolist()}
    if request.get("logits"):
        answer["logits"] = [base64.b64encode(step[0].float().numpy().tobytes()).decode() for step in out.logits]
    print(json.dumps(answer), flush=True)
