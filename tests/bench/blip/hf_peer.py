"""Hugging Face transformers as a peer of the bench: loads a checkpoint, then answers one JSON line a request.

Arguments: folder of the checkpoint, fp32 or int8 (quantize_dynamic of every Linear), threads. A request is {"file", "beams",
"tokens", "question", "logits"}; the answer {"total", "vision", "tokens"} in milliseconds, from the JPEG on disk to token ids, and
"logits" of each step (float32, base64) when they are asked for. The question is for checkpoints that answer.
"""

import base64
import json
import sys
import time
from pathlib import Path

import torch
from PIL import Image
from transformers import BertTokenizerFast, BlipForConditionalGeneration, BlipForQuestionAnswering
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

folder, precision, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
begin = time.perf_counter()
answers = "BlipForQuestionAnswering" in json.loads((Path(folder) / "config.json").read_text())["architectures"]
model = (BlipForQuestionAnswering if answers else BlipForConditionalGeneration).from_pretrained(folder).eval()
words = (Path(folder) / "vocab.txt").read_text().splitlines()
tokenizer = BertTokenizerFast(vocab={word: at for at, word in enumerate(words)}, do_lower_case=True)
if precision == "int8":
    model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, dtype=torch.qint8)
processor = BlipImageProcessorPil(size={"height": 384, "width": 384})
spent = {"vision": 0.0}
look = model.vision_model.forward


def timed_look(*args, **kwargs):
    start = time.perf_counter()
    out = look(*args, **kwargs)
    spent["vision"] = (time.perf_counter() - start) * 1000
    return out


model.vision_model.forward = timed_look
print(json.dumps({"load": (time.perf_counter() - begin) * 1000}), flush=True)

for line in sys.stdin:
    request = json.loads(line)
    begin = time.perf_counter()
    with torch.inference_mode():
        pixels = processor(Image.open(request["file"]).convert("RGB"), return_tensors="pt")["pixel_values"]
        count = request["tokens"]
        inputs = {"input_ids": tokenizer(request["question"], return_tensors="pt")["input_ids"]} if answers else {}
        out = model.generate(
            pixel_values=pixels,
            **inputs,
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
