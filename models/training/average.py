"""The average of released weights (.safetensors) and of runs that went on from such (last.pt of scst_cells.py); shares add up to 1.

    average.py --words NEW.safetensors --part 0.5:OLD.safetensors --part 0.5:run/last.pt --out average.pt
Word pieces that a part does not have are taken from NEW in its stead. OUT can be read by release.py and score.py with a share of 1.
"""
import argparse

import torch

from evaluate import load_fp16


def weights(path):
    """Name -> tensor, of either kind of file."""
    return load_fp16(path)[1].state_dict() if path.endswith(".safetensors") else torch.load(path, weights_only=False)["state"]


ap = argparse.ArgumentParser()
for n in ("words", "out"):
    ap.add_argument("--" + n, required=True)
ap.add_argument("--part", action="append", required=True)
args = ap.parse_args()
_, model, wp, _ = load_fp16(args.words)
new, state = model.state_dict(), {}
for share, path in (part.split(":", 1) for part in args.part):
    part = weights(path)
    for k, v in new.items():
        whole = v.clone()
        whole[: len(part[k])] = part[k]
        state[k] = state.get(k, 0) + float(share) * whole
torch.save(dict(state=state, vocab=wp.vocab), args.out)
