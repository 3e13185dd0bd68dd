"""scst.py on cached cells: self-critical training of neck and decoder on several kinds of photographs at once; the encoder stays as it is.

    scst_cells.py --model mini-fp16.safetensors --source CELLS[,CELLS]:captions.json|flickr:PHOTOS:WEIGHT ... --text DIR --out DIR --minutes 20
A step takes PHOTOS photos of every source; their reward and their cross-entropy count WEIGHT. The schedule follows the clock, by the process's own time
with --busy. OUT/last.pt can be read by score.py, release.py and by tune.py's readers.
"""
import argparse
import json
import os
import random
import time

import numpy as np
import torch

from cells import Cells, draw, save_tuned, trained
from evaluate import load_fp16
from finetune import widen
from metrics import Cider
from scst import rewards, sample
from text import PAD, SEP, UNK, WordPiece, load_flickr8k
from train import Ema, fit, pad_batch


def main():
    ap = argparse.ArgumentParser()
    for n in ("model", "text", "out"):
        ap.add_argument("--" + n, required=True)
    ap.add_argument("--source", action="append", required=True)
    ap.add_argument("--minutes", type=float, default=20)
    ap.add_argument("--busy", action="store_true")
    ap.add_argument("--lr", type=float, default=8e-5)
    ap.add_argument("--samples", type=int, default=5)
    ap.add_argument("--xe", type=float, default=0.2)
    ap.add_argument("--max-len", type=int, default=18)
    ap.add_argument("--ema", type=float, default=0.99)
    ap.add_argument("--save-every", type=int, default=100)
    ap.add_argument("--seed", type=int, default=31)
    args = ap.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    os.makedirs(args.out, exist_ok=True)
    clock = time.process_time if args.busy else time.time

    encoder, old, wp, ck = load_fp16(args.model)
    model = widen(old, wp, wp.vocab, encoder, ck["start"], ck["config"])
    caps, splits = load_flickr8k(args.text)
    parts = []
    for spec in args.source:
        folders, said, count, weight = spec.rsplit(":", 3)
        cells = Cells(*folders.split(","))
        text = {n: caps[n] for n in splits["train"] if n in cells.at} if said == "flickr" else {n: c for n, c in json.load(open(said)).items() if n in cells.at}
        ids = {n: [wp.encode(c) for c in (cs * 5)[:5]] for n, cs in text.items()}
        parts.append(dict(cells=cells, ids={n: fit(c, args.max_len - 1) for n, c in ids.items()}, refs={n: [c + [SEP] for c in cs] for n, cs in ids.items()},
                          count=int(count), weight=float(weight), queue=[]))
    cider = Cider([r for p in parts for r in p["refs"].values()])
    for p in parts:
        p["vec"] = {n: [cider.vector(r) for r in rs] for n, rs in p["refs"].items()}
    print([(len(p["ids"]), p["count"], p["weight"]) for p in parts], flush=True)

    learn = trained(model.named_parameters())
    opt = torch.optim.AdamW([v for _, v in learn], lr=args.lr, betas=(0.9, 0.98), weight_decay=0.0)
    ema = Ema(model, args.ema)
    begun, step, stats = clock(), 0, []
    model.eval()
    share = torch.cat([torch.full((p["count"],), p["weight"]) for p in parts])[:, None]

    def save(name):
        save_tuned(f"{args.out}/{name}.pt", ema.model, old, wp, steps=step, args=vars(args))

    while (done := (clock() - begun) / (60 * args.minutes)) < 1:
        for g in opt.param_groups:
            g["lr"] = args.lr * min(1.0, (step + 1) / 15) * (1 - 0.9 * done)
        maps, vecs, captions = [], [], []
        for p in parts:
            take = draw(p, rng)
            maps.append(p["cells"].get(take))
            vecs += [p["vec"][n] for n in take]
            captions += [c for n in take for c in rng.sample(p["ids"][n], 2)]
        fmap = torch.cat(maps)
        with torch.no_grad():
            drawn = sample(model.decoder, model.neck(fmap), args.samples, args.max_len)
        r, adv = rewards(cider, drawn, vecs)
        adv = adv * share
        cross = model.neck(fmap)
        y = drawn[:, 1:]
        keep = y != PAD
        logits, _ = model.decoder(drawn[:, :-1], cross, keep=keep)
        lp = logits.log_softmax(-1).gather(1, y[keep][:, None]).squeeze(1)
        loss = -(adv.view(-1, 1).expand(-1, y.shape[1])[keep] * lp).sum() / keep.sum()
        px, py = pad_batch(captions, args.max_len)
        k2 = (py != PAD) & (py != UNK)
        l2, _ = model.decoder(px, cross, keep=k2)
        each = torch.nn.functional.cross_entropy(l2, py[k2], label_smoothing=0.1, reduction="none")
        weight = share.repeat_interleave(2, 0).expand(-1, py.shape[1])[k2]
        loss = loss + args.xe * (each * weight).sum() / len(each)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([v for _, v in learn], 1.0)
        opt.step()
        ema.update(model)
        step += 1
        at, by = 0, []
        for p in parts:
            by.append(float(r[at:at + p["count"]].mean()))
            at += p["count"]
        stats.append(by + [float(keep.sum()) / len(drawn), float(each.detach().mean())])
        if step % 10 == 0:
            s = np.mean(stats, 0)
            stats = []
            print(json.dumps(dict(step=step, reward=[round(float(x), 3) for x in s[:-2]], length=round(float(s[-2]), 2), xe=round(float(s[-1]), 3), done=round(done, 3))), flush=True)
        if step % args.save_every == 0:
            save(f"part{step}")
    save("last")
    print(f"{step} steps", flush=True)


if __name__ == "__main__":
    main()
