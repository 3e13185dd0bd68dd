"""Reference outputs of a checkpoint, by this code in float32, for tests/fixtures/mini/golden.json.

    golden.py --model mini-fp16.safetensors --pictures DIR --like golden.json --out golden.json
The pictures (their names and hashes are those of --like) are inside the PyPI wheels scikit-image and scikit-learn.
"""
import argparse
import hashlib
import json

import torch

from encoder import load_image
from evaluate import load_fp16
from model import beam_search

ap = argparse.ArgumentParser()
for n in ("model", "pictures", "like", "out"):
    ap.add_argument("--" + n, required=True)
args = ap.parse_args()
torch.set_num_threads(2)
encoder, model, wp, ck = load_fp16(args.model)
golden = json.load(open(args.like))
golden = dict(what=golden["what"], checkpoint_sha256=hashlib.sha256(open(args.model, "rb").read()).hexdigest(), cases=golden["cases"])
for case in golden["cases"]:
    path = f"{args.pictures}/{case['file']}"
    assert hashlib.sha256(open(path, "rb").read()).hexdigest() == case["sha256"], case["file"]
    with torch.no_grad():
        fmap = model.features(encoder.lower(torch.from_numpy(load_image(path, 260).copy()).permute(2, 0, 1)[None].float(), ck["start"]))
        cross = model.neck(fmap)
        classes = encoder.fc(fmap.mean((2, 3))).softmax(-1)[0]
        for beams in (1, 3):
            ids, _, mean, _ = beam_search(model.decoder, cross, beams)[0]
            case[f"beams{beams}"] = dict(ids=ids, text=wp.decode(ids), mean_logp=round(mean, 4))
    case["cross_k0_first8"] = [round(float(v), 5) for v in cross[0][0].flatten()[:8]]
    label = {c["index"]: c["label"] for c in case["classes_top3"]}
    case["classes_top3"] = [dict(index=i, **({"label": label[i]} if i in label else {}), p=round(p, 4)) for p, i in zip(*(t.tolist() for t in classes.topk(3)))]
json.dump(golden, open(args.out, "w"), indent=1)
open(args.out, "a").write("\n")
