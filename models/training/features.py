"""Cache what the finished encoder sees: its head's 81 cells (fp16 [photos, 81, 1280]) and the classifier's logits (fp16 [photos, 1000]) of every photo.

    features.py --vision FOLDER/vision.onnx --images DIR --out DIR [--names FILE] [--crop]
The graph is the float32 one of `altsmith models convert --precision fp32`: onnxruntime runs it on a CPU.
Photos in sorted order, or those that --names lists; --crop takes a random part (70-100 % of the area, half of them mirrored) instead of the whole picture.
Writes as it goes: names.json grows with the arrays, so that a broken run can go on.
"""
import argparse
import json
import os
import random
import time

import numpy as np
import onnx
import onnxruntime as ort
from PIL import Image

from encoder import load_image


def open_head(path):
    """A session of the graph that ends at the head's cells and the classifier. Output names: cells, class_logits."""
    model = onnx.load(path)
    cells = next(n.input[0] for n in model.graph.node if n.op_type == "MatMul" and n.input[1] == "neck.proj.weight")
    logits = next(o for o in model.graph.output if o.name == "class_logits")
    del model.graph.output[:]
    model.graph.output.extend([onnx.helper.make_tensor_value_info(cells, onnx.TensorProto.FLOAT, None), logits])
    options = ort.SessionOptions()
    options.intra_op_num_threads = 2
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(model.SerializeToString(), options)


def crop(path, rng, size=260):
    """A random part of the picture, mirrored half of the time, squashed as load_image does."""
    im = Image.open(path).convert("RGB")
    w, h = im.size
    area, ratio = rng.uniform(0.7, 1.0) * w * h, np.exp(rng.uniform(-0.15, 0.15))
    cw, ch = min(w, int((area * ratio) ** 0.5)), min(h, int((area / ratio) ** 0.5))
    x, y = rng.randint(0, w - cw), rng.randint(0, h - ch)
    a = np.asarray(im.crop((x, y, x + cw, y + ch)).resize((size, size), Image.BICUBIC))
    return a[:, ::-1] if rng.random() < 0.5 else a


def main():
    ap = argparse.ArgumentParser()
    for n in ("vision", "images", "out"):
        ap.add_argument("--" + n, required=True)
    ap.add_argument("--names", default="")
    ap.add_argument("--crop", action="store_true")
    args = ap.parse_args()
    os.makedirs(args.out, exist_ok=True)
    names = open(args.names).read().split() if args.names else sorted(n for n in os.listdir(args.images) if n.lower().endswith((".jpg", ".jpeg", ".png")))
    session, rng, begun = open_head(args.vision), random.Random(1), time.time()
    cells = np.lib.format.open_memmap(f"{args.out}/cells.npy", "w+", np.float16, (len(names), 81, 1280))
    logits = np.lib.format.open_memmap(f"{args.out}/logits.npy", "w+", np.float16, (len(names), 1000))
    for i, n in enumerate(names):
        pixels = crop(f"{args.images}/{n}", rng) if args.crop else load_image(f"{args.images}/{n}", 260)
        a, b = session.run(None, {"pixels": np.ascontiguousarray(pixels)[None]})
        cells[i], logits[i] = a[0], b[0]
        if i % 500 == 499 or i + 1 == len(names):
            json.dump(names[:i + 1], open(f"{args.out}/names.json", "w"))
            print(f"{i + 1} photos, {time.time() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    main()
