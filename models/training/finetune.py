"""Widen a trained captioner: human captions and pseudo-captions (pseudo.py) half and half, new words, and a classifier kept right by distillation.

    finetune.py --model mini.safetensors --feats DIR --text DIR --more-feats DIR --pseudo pseudo.json --weights lite2.pth --out DIR --minutes 12
The schedule follows the clock. New words (seen --min-count times in the pseudo-captions) are appended to the vocabulary; old ids stay.
"""
import argparse
import collections
import json
import math
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

from encoder import CpuLock, load_encoder
from evaluate import load
from metrics import evaluate
from model import Captioner
from text import DEC, MASK, PAD, UNK, WordPiece, load_flickr8k, words
from train import Ema, Features, caption_images, fit, groups, pad_batch


def widen(model, old, vocab, encoder, start, config):
    """The same weights in a model with more words. A new word starts near the mean word, with the bias of a rare one."""
    wide = Captioner(encoder, start, len(vocab), **config)
    state, target = model.state_dict(), wide.state_dict()
    for k, v in state.items():
        if v.shape != target[k].shape:
            new = target[k].shape[0] - v.shape[0]
            tail = v[500:]
            fill = tail.mean(0, keepdim=True).expand((new,) + v.shape[1:]).clone()
            if v.ndim == 2:
                fill += torch.randn_like(fill) * tail.std(0) * 0.5
            v = torch.cat([v, fill])
        target[k] = v
    wide.load_state_dict(target)
    return wide


def main():
    ap = argparse.ArgumentParser()
    for name in ("model", "feats", "text", "more-feats", "pseudo", "weights", "out"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--lock", default="")
    ap.add_argument("--minutes", type=float, default=12)
    ap.add_argument("--lr", type=float, default=2.5e-4)
    ap.add_argument("--ft-lr", type=float, default=1e-4)
    ap.add_argument("--wd", type=float, default=0.05)
    ap.add_argument("--batch", type=int, default=16, help="photos from each of the two sources")
    ap.add_argument("--captions", type=int, default=3, help="captions per photo and step")
    ap.add_argument("--kl", type=float, default=0.5, help="weight of the distillation of the untouched classifier")
    ap.add_argument("--pseudo-weight", type=float, default=1.0)
    ap.add_argument("--min-count", type=int, default=3)
    ap.add_argument("--max-tokens", type=int, default=17)
    ap.add_argument("--ema", type=float, default=0.995)
    ap.add_argument("--dev", type=int, default=300)
    ap.add_argument("--seed", type=int, default=11)
    args = ap.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    os.makedirs(args.out, exist_ok=True)

    base_encoder, base, wp, ck = load(args.model, None)
    start = ck["start"]
    pseudo = json.load(open(args.pseudo))
    seen = collections.Counter(w for cs in pseudo.values() for c in cs for w in words(c))
    new = [w for w, n in seen.most_common() if n >= args.min_count and w not in wp.index]
    vocab = wp.vocab + new
    open(f"{args.out}/vocab.txt", "w").write("\n".join(vocab) + "\n")
    wp = WordPiece(vocab)
    model = widen(base, wp, vocab, base_encoder, start, ck["config"])
    teacher = load_encoder(args.weights).to(memory_format=torch.channels_last)
    model.fc = torch.nn.Linear(1280, 1000)
    model.fc.load_state_dict(teacher.fc.state_dict())
    model = model.to(memory_format=torch.channels_last)
    print(f"{len(pseudo)} photos with pseudo-captions, {len(new)} new words: {' '.join(new)}", flush=True)

    caps, splits = load_flickr8k(args.text)
    human = {n: fit([wp.encode(c) for c in caps[n]], args.max_tokens) for n in splits["train"]}
    plain = {n: fit([wp.encode(c) for c in cs], args.max_tokens) for n, cs in pseudo.items()}
    sources = [(human, Features(args.feats, start, range(5)), []), (plain, Features(args.more_feats, start, range(5)), [])]
    opt = torch.optim.AdamW(groups(model, args.lr, args.ft_lr, args.wd), betas=(0.9, 0.98))
    ema = Ema(model, args.ema)
    log = open(f"{args.out}/log.jsonl", "a")
    begun, step, stats = time.time(), 0, []
    model.train()
    with CpuLock(args.lock) as lock:
        while True:
            done = (time.time() - begun) / (60 * args.minutes)
            if done >= 1:
                break
            pace = min(1.0, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
            for g in opt.param_groups:
                g["lr"] = g["base"] * pace
            xs, captions = [], []
            for ids, feats, queue in sources:
                if len(queue) < args.batch:
                    queue[:] = rng.sample(sorted(ids), len(ids))
                part = [queue.pop() for _ in range(args.batch)]
                views = sorted(feats.views)
                xs.append(feats.get(part, [rng.choice(views) for _ in part]))
                captions += [c for n in part for c in rng.sample(ids[n], args.captions)]
            x = torch.cat(xs).contiguous(memory_format=torch.channels_last)
            with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
                want = teacher.fc(teacher.upper(x, start).float().mean((2, 3))).float().softmax(-1)
            fmap = model.features(x)
            kl = F.kl_div(model.fc(fmap.mean((2, 3))).log_softmax(-1), want, reduction="batchmean")
            tx, ty = pad_batch(captions, args.max_tokens + 1)
            hit = (torch.rand(tx.shape) < 0.1) & (tx != PAD) & (tx != DEC)
            tx = torch.where(hit, torch.full_like(tx, MASK), tx)
            keep = (ty != PAD) & (ty != UNK)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits, _ = model.decoder(tx, model.neck(fmap), keep=keep)
            each = F.cross_entropy(logits.float(), ty[keep], label_smoothing=0.1, reduction="none")
            mine = torch.arange(len(captions))[:, None].expand(ty.shape)[keep] < args.batch * args.captions
            weight = torch.where(mine, 1.0, args.pseudo_weight)
            loss = (each * weight).sum() / weight.sum() + args.kl * kl
            opt.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            ema.update(model)
            step += 1
            stats.append((float(each[mine].detach().mean()), float(each[~mine].detach().mean()), float(kl.detach())))
            if step % 100 == 0:
                h, p, k = np.mean(stats, 0)
                stats = []
                row = dict(step=step, human=round(h, 3), pseudo=round(p, 3), kl=round(k, 3), wall=round(time.time() - begun))
                print(json.dumps(row), flush=True)
                log.write(json.dumps(row) + "\n")
                log.flush()
            if step % 300 == 0:
                torch.save(dict(config=ema.model.c, start=start, state=ema.model.state_dict(), args=vars(args)), f"{args.out}/part.pt")
            lock.tick()
        torch.save(dict(config=ema.model.c, start=start, state=ema.model.state_dict(), args=vars(args)), f"{args.out}/last.pt")
        if args.dev:
            dev = splits["dev"][:args.dev]
            res = caption_images(ema.model, sources[0][1], dev, lock, wp)
            m, _ = evaluate([r[0] for r in res], [caps[n] for n in dev])
            print(json.dumps(dict(step=step, **{k: round(v, 2) for k, v in m.items()})), flush=True)


if __name__ == "__main__":
    main()
