"""Hugging Face transformers as a peer of the bench: loads a checkpoint, then answers one JSON line a request.

Arguments: folder of the checkpoint, fp32 or int8 (quantize_dynamic of every Linear), threads. A request is {"file", "beams",
"tokens"}; the answer {"total", "vision", "tokens"} in milliseconds, from the JPEG on disk to token ids.
"""

import json
import sys
import time

import torch
from PIL import Image
from transformers import BlipForConditionalGeneration
from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil

folder, precision, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(threads)
begin = time.perf_counter()
model = BlipForConditionalGeneration.from_pretrained(folder).eval()
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
        out = model.generate(
            pixels, num_beams=request["beams"], max_new_tokens=count, min_new_tokens=count, do_sample=False
        )
    total = (time.perf_counter() - begin) * 1000
    print(json.dumps({"total": total, "vision": spent["vision"], "tokens": out[0].tolist()}), flush=True)
