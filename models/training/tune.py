"""Widen the released captioner further on cached cells: the encoder and its classifier stay as they are, neck and decoder learn.

    tune.py --model mini-fp16.safetensors --source CELLS:captions.json:PHOTOS ... [--keep CELLS:flickr:PHOTOS] --text DIR --out DIR --minutes 15
A step takes PHOTOS photos of every source, two captions each. On those of --keep (photos with human captions) the model also is held to what it said
before, word by word (KL from the weights it started from). The schedule follows the clock. Words of the captions that the vocabulary lacks are appended.
"""
import argparse
import collections
import copy
import json
import math
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

from cells import Cells, draw, save_tuned, trained
from evaluate import load_fp16
from finetune import widen
from text import DEC, MASK, PAD, UNK, WordPiece, load_flickr8k, words
from train import Ema, fit, pad_batch


def main():
    ap = argparse.ArgumentParser()
    for n in ("model", "text", "out"):
        ap.add_argument("--" + n, required=True)
    ap.add_argument("--source", action="append", required=True)
    ap.add_argument("--keep", action="append", default=[])
    ap.add_argument("--minutes", type=float, default=15)
    ap.add_argument("--lr", type=float, default=2e-4)
    ap.add_argument("--wd", type=float, default=0.02)
    ap.add_argument("--human", type=float, default=0.4, help="weight of the human captions of --keep beside the KL of weight 1")
    ap.add_argument("--min-count", type=int, default=3)
    ap.add_argument("--max-tokens", type=int, default=17)
    ap.add_argument("--ema", type=float, default=0.99)
    ap.add_argument("--seed", type=int, default=21)
    args = ap.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    os.makedirs(args.out, exist_ok=True)

    encoder, old, wp, ck = load_fp16(args.model)
    caps, _ = load_flickr8k(args.text)
    parts = []
    for kept, spec in [(True, s) for s in args.keep] + [(False, s) for s in args.source]:
        folder, said, count = spec.rsplit(":", 2)
        cells = Cells(*folder.split(","))
        text = {n: caps[n] for n in cells.names} if said == "flickr" else {n: c for n, c in json.load(open(said)).items() if n in cells.at}
        parts.append(dict(kept=kept, cells=cells, text=text, count=int(count), queue=[]))
    seen = collections.Counter(w for p in parts if not p["kept"] for cs in p["text"].values() for c in cs for w in words(c))
    new = [w for w, n in seen.most_common() if n >= args.min_count and w not in wp.index]
    wp = WordPiece(wp.vocab + new)
    model = widen(old, wp, wp.vocab, encoder, ck["start"], ck["config"])
    print(f"{[(len(p['text']), p['count']) for p in parts]} photos, {len(new)} new words: {' '.join(new)}", flush=True)
    for p in parts:
        p["ids"] = {n: fit([wp.encode(c) for c in cs], args.max_tokens) for n, cs in p["text"].items()}

    learn = trained(model.named_parameters())
    opt = torch.optim.AdamW([dict(params=[v for _, v in learn if v.ndim > 1], weight_decay=args.wd), dict(params=[v for _, v in learn if v.ndim == 1], weight_decay=0.0)], lr=args.lr, betas=(0.9, 0.98))
    ema = Ema(model, args.ema)
    begun, step, stats = time.time(), 0, []
    model.train()

    def save(name):
        save_tuned(f"{args.out}/{name}.pt", ema.model, old, wp, steps=step, args=vars(args))

    while (done := (time.time() - begun) / (60 * args.minutes)) < 1:
        for g in opt.param_groups:
            g["lr"] = args.lr * min(1.0, (step + 1) / 40) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        maps, captions = [], []
        for p in parts:
            take = draw(p, rng)
            maps.append(p["cells"].get(take))
            captions += [c for n in take for c in rng.sample(p["ids"][n] * 2, 2)]
        fmap, kept = torch.cat(maps), sum(p["count"] for p in parts if p["kept"])
        tx, ty = pad_batch(captions, args.max_tokens + 1)
        keep = (ty != PAD) & (ty != UNK)
        mine = torch.arange(len(captions))[:, None].expand(ty.shape)[keep] < 2 * kept
        with torch.no_grad():      # what it said before widening, of the photos to be kept, without masked words
            want = old.decoder(torch.where(tx[:2 * kept] < len(old.decoder.word.weight), tx[:2 * kept], UNK), old.neck(fmap[:kept]), keep=keep[:2 * kept])[0].log_softmax(-1) if kept else None
        hit = (torch.rand(tx.shape) < 0.1) & (tx != PAD) & (tx != DEC)
        logits, _ = model.decoder(torch.where(hit, torch.full_like(tx, MASK), tx), model.neck(fmap), keep=keep)
        lp = logits.log_softmax(-1)
        each = F.cross_entropy(logits, ty[keep], label_smoothing=0.1, reduction="none")
        weight = torch.where(mine, args.human, 1.0)
        loss = (each * weight).sum() / len(each)
        kl = (want.exp() * (want - lp[mine][:, :want.shape[1]])).sum(-1) if kept else torch.zeros(1)
        loss = loss + kl.sum() / len(each)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([v for _, v in learn], 1.0)
        opt.step()
        ema.update(model)
        step += 1
        stats.append((float(each[mine].detach().mean()) if kept else 0.0, float(each[~mine].detach().mean()), float(kl.detach().mean())))
        if step % 25 == 0:
            h, n, k = np.mean(stats, 0)
            stats = []
            print(json.dumps(dict(step=step, human=round(h, 3), new=round(n, 3), kl=round(k, 3), wall=round(time.time() - begun))), flush=True)
        if step % 100 == 0:
            save("part")
    save("last")
    print(f"{step} steps", flush=True)


if __name__ == "__main__":
    main()
