"""What the present captioner and the untouched ImageNet classifier say about every photo (view 0 of the cached features).

    label.py --model mini.safetensors --feats DIR --weights lite2.pth --classes imagenet.json --out labels.json
Output: {image name: {"caption": ..., "logp": ..., "classes": [[name, probability] x 5]}}
"""
import argparse
import json

import torch

from encoder import load_encoder
from evaluate import load
from model import beam_search
from train import Features

ap = argparse.ArgumentParser()
for n in ("model", "feats", "weights", "classes", "out"):
    ap.add_argument("--" + n, required=True)
args = ap.parse_args()
torch.set_num_threads(2)
names = list(json.load(open(args.classes)).values())
_, model, wp, ck = load(args.model, None)
model = model.to(memory_format=torch.channels_last)
teacher = load_encoder(args.weights).to(memory_format=torch.channels_last)
feats = Features(args.feats, ck["start"], [0])
out = {}
with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
    for s in range(0, len(feats.names), 40):
        part = feats.names[s:s + 40]
        x = feats.get(part, [0] * len(part))
        prob = teacher.fc(teacher.upper(x, ck["start"]).float().mean((2, 3))).float().softmax(-1)
        p, i = prob.topk(5)
        caps = beam_search(model.decoder, model.cross(x), 1)
        for n, a, b, c in zip(part, p.tolist(), i.tolist(), caps):
            out[n] = dict(caption=wp.decode(c[0]), logp=round(c[2], 3), classes=[[names[k], round(q, 3)] for q, k in zip(a, b)])
json.dump(out, open(args.out, "w"))
