"""The average of weights before, weights now (both released) and a run that went on from those (scst_cells.py); shares add up to 1.

    average.py --before OLD.safetensors --now NEW.safetensors --run run/last.pt --shares 0.5,0,0.5 --out average.pt
Word pieces that OLD does not have are taken from NEW in its stead. OUT can be read by release.py and score.py with a share of 1.
"""
import argparse

import torch

from evaluate import load_fp16

ap = argparse.ArgumentParser()
for n in ("before", "now", "run", "shares", "out"):
    ap.add_argument("--" + n, required=True)
args = ap.parse_args()
of_before, of_now, of_run = (float(s) for s in args.shares.split(","))
_, before, _, _ = load_fp16(args.before)
_, now, wp, _ = load_fp16(args.now)
old, run = before.state_dict(), torch.load(args.run, weights_only=False)["state"]
state = {}
for k, v in now.state_dict().items():
    first = v.clone()
    first[: len(old[k])] = old[k]
    state[k] = of_before * first + of_now * v + of_run * run[k]
torch.save(dict(state=state, vocab=wp.vocab), args.out)
