"""Weight average of the captioner before widening and after it; the share of the new one is chosen on the Flickr8k dev split.

    blend.py --old mini.safetensors --new run/last.pt --weights lite2.pth --feats DIR --text DIR --shares 0.5,0.7 --out DIR [--dev 300]
New words keep their new rows. Writes OUT/blend-SHARE.pt.
"""
import argparse
import json
import os

import torch

from encoder import CpuLock, load_encoder
from evaluate import load
from metrics import evaluate
from text import load_flickr8k
from train import Features, caption_images

ap = argparse.ArgumentParser()
for n in ("old", "new", "weights", "feats", "text", "shares", "out"):
    ap.add_argument("--" + n, required=True)
ap.add_argument("--dev", type=int, default=300)
args = ap.parse_args()
torch.set_num_threads(2)
os.makedirs(args.out, exist_ok=True)
encoder, old, owp, ck0 = load(args.old, None)
ck = torch.load(args.new, weights_only=False)
vocab = open(os.path.join(os.path.dirname(args.new), "vocab.txt")).read().split()
open(f"{args.out}/vocab.txt", "w").write("\n".join(vocab) + "\n")
first = {k: v.clone() for k, v in old.state_dict().items()}
caps, splits = load_flickr8k(args.text)
feats, dev = Features(args.feats, ck["start"], [0]), splits["dev"][:args.dev]
fc = load_encoder(args.weights).fc.state_dict()
for share in (float(s) for s in args.shares.split(",")):
    state = {}
    for k, v in ck["state"].items():
        o = fc[k[3:]] if k.startswith("fc.") else first[k]
        state[k] = v.clone()
        state[k][:len(o)] = (1 - share) * o + share * v[:len(o)]
    path = f"{args.out}/blend-{share}.pt"
    torch.save(dict(ck, state=state, row=dict(share=share)), path)
    _, model, wp, _ = load(path, args.weights)
    with CpuLock("") as lock:
        res = caption_images(model, feats, dev, lock, wp)
    m, _ = evaluate([r[0] for r in res], [caps[n] for n in dev])
    print(args.new, share, json.dumps({k: round(v, 2) for k, v in m.items()}), flush=True)
