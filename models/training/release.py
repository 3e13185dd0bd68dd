"""Write the checkpoint that `altsmith models convert` reads: mini-fp16.safetensors and vocab.txt of the tuned weights (tune.py) at a share.

    release.py --model mini-fp16.safetensors --tuned run/last.pt --share 0.8 --out DIR
"""
import argparse
import hashlib
import os

from cells import load
from evaluate import save_fp16

ap = argparse.ArgumentParser()
for n in ("model", "tuned", "out"):
    ap.add_argument("--" + n, required=True)
ap.add_argument("--share", type=float, required=True)
args = ap.parse_args()
encoder, model, wp, ck = load(args.model, args.tuned, args.share)
os.makedirs(args.out, exist_ok=True)
save_fp16(f"{args.out}/mini-fp16.safetensors", encoder, model, ck["start"])
open(f"{args.out}/vocab.txt", "w").write("\n".join(wp.vocab) + "\n")
for n in ("mini-fp16.safetensors", "vocab.txt"):
    print(n, hashlib.sha256(open(f"{args.out}/{n}", "rb").read()).hexdigest())
