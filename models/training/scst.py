"""Self-critical sequence training (CIDEr-D reward, other samples of the image as baseline) from a cross-entropy checkpoint.

    scst.py --init run/best.pt --feats DIR --text DIR --weights lite2.pth --out DIR [--lock FILE] [options]
"""
import argparse
import json
import os
import random
import time

import numpy as np
import torch

from encoder import CpuLock, load_encoder
from metrics import Cider, evaluate
from model import BANNED, Captioner
from text import DEC, PAD, SEP, UNK, WordPiece, load_flickr8k
from train import Ema, Features, caption_images, fit, groups, pad_batch


@torch.no_grad()
def sample(decoder, cross, n, max_len):
    """n multinomial samples per image -> list of id lists (without [SEP]; None-terminated ones hit the limit), in image order."""
    rows = cross[0][0].shape[0] * n
    ids = torch.full((rows, 1), DEC)
    ended = torch.zeros(rows, dtype=torch.bool)
    past = None
    for t in range(max_len):
        logits, past = decoder(ids[:, -1:], cross, past, offset=t)
        lp = logits[:, -1].float()
        lp[:, BANNED] = -1e9
        nxt = torch.multinomial(lp.softmax(-1), 1).squeeze(1)
        nxt = torch.where(ended, torch.full_like(nxt, PAD), nxt)
        ids = torch.cat([ids, nxt[:, None]], 1)
        ended |= nxt == SEP
        if ended.all():
            break
    return ids


def rewards(cider, drawn, vecs):
    """CIDEr of each drawn sentence against the vectors of its image, and how far it is above the image's other samples: both [images, samples]."""
    samples = len(drawn) // len(vecs)
    found = []
    for i, row in enumerate(drawn[:, 1:].tolist()):
        row = row[:row.index(SEP) + 1] if SEP in row else [t for t in row if t != PAD]
        found.append(cider.score_vec(cider.vector(row), vecs[i // samples]))
    r = torch.tensor(found).view(-1, samples)
    return r, r - (r.sum(1, keepdim=True) - r) / (samples - 1)


def main():
    ap = argparse.ArgumentParser()
    for name in ("init", "feats", "text", "weights", "out"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--lock", default="")
    ap.add_argument("--epochs", type=float, default=3)
    ap.add_argument("--lr", type=float, default=4e-5)
    ap.add_argument("--ft-lr", type=float, default=0.0)
    ap.add_argument("--batch", type=int, default=16)
    ap.add_argument("--samples", type=int, default=5)
    ap.add_argument("--xe", type=float, default=0.1, help="weight of the cross-entropy on human captions")
    ap.add_argument("--max-len", type=int, default=18)
    ap.add_argument("--eval-steps", type=int, default=190)
    ap.add_argument("--eval-images", type=int, default=500)
    ap.add_argument("--views", default="0,1,2,3,4")
    ap.add_argument("--ema", type=float, default=0.99)
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--train-on", default="train")
    args = ap.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    os.makedirs(args.out, exist_ok=True)

    ck = torch.load(args.init, weights_only=False)
    vocab = open(os.path.join(os.path.dirname(args.init), "vocab.txt")).read().split()
    open(f"{args.out}/vocab.txt", "w").write("\n".join(vocab) + "\n")
    wp = WordPiece(vocab)
    caps, splits = load_flickr8k(args.text)
    train = list(splits["train"]) + (splits["dev"] if args.train_on == "train+dev" else [])
    ids = {n: fit([wp.encode(c) for c in caps[n]], args.max_len - 1) for n in train}
    end = [SEP]
    refs = {n: [wp.encode(c) + end for c in caps[n]] for n in train}
    cider = Cider([refs[n] for n in train])
    ref_vec = {n: [cider.vector(r) for r in refs[n]] for n in train}
    feats = Features(args.feats, ck["start"], [int(v) for v in args.views.split(",")])
    views = sorted(feats.views)
    model = Captioner(load_encoder(args.weights), ck["start"], len(vocab), **ck["config"]).to(memory_format=torch.channels_last)
    model.load_state_dict(ck["state"])
    opt = torch.optim.AdamW(groups(model, args.lr, args.ft_lr, 0.0), betas=(0.9, 0.98))
    ema = Ema(model, args.ema)
    per_epoch = len(train) // args.batch
    total = int(args.epochs * per_epoch)
    dev = splits["dev"][:args.eval_images]
    log = open(f"{args.out}/log.jsonl", "a")
    started, best, stats = time.time(), -1.0, []
    order = []
    with CpuLock(args.lock) as lock:
        for step in range(total):
            if len(order) < args.batch:
                order = train[:]
                rng.shuffle(order)
            part = [order.pop() for _ in range(args.batch)]
            for g in opt.param_groups:
                g["lr"] = g["base"] * min(1.0, (step + 1) / 50) * (1 - 0.9 * step / total)
            model.eval()
            x = feats.get(part, [rng.choice(views) for _ in part])
            with torch.set_grad_enabled(args.ft_lr > 0), torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.ft_lr == 0):
                fmap = model.features(x)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                with torch.no_grad():
                    drawn = sample(model.decoder, model.neck(fmap), args.samples, args.max_len)
                r, adv = rewards(cider, drawn, [ref_vec[n] for n in part])
                cross = model.neck(fmap)
                y = drawn[:, 1:]
                keep = y != PAD
                logits, _ = model.decoder(drawn[:, :-1], cross, keep=keep)
            lp = logits.float().log_softmax(-1).gather(1, y[keep][:, None]).squeeze(1)
            w = adv.view(-1, 1).expand(-1, y.shape[1])[keep]
            loss = -(w * lp).sum() / keep.sum()
            if args.xe:
                captions = [c for n in part for c in ids[n]]
                px, py = pad_batch(captions, args.max_len)
                k2 = (py != PAD) & (py != UNK)
                with torch.autocast("cpu", dtype=torch.bfloat16):
                    l2, _ = model.decoder(px, cross, keep=k2)
                loss = loss + args.xe * torch.nn.functional.cross_entropy(l2.float(), py[k2], label_smoothing=0.1)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], 1.0)
            opt.step()
            ema.update(model)
            stats.append((float(r.mean()), float(keep.sum()) / len(drawn)))
            lock.tick()
            if (step + 1) % args.eval_steps == 0 or step + 1 == total:
                res = caption_images(ema.model, feats, dev, lock, wp)
                m, _ = evaluate([q[0] for q in res], [caps[n] for n in dev])
                s = np.mean(stats, 0)
                row = dict(step=step + 1, reward=round(float(s[0]), 3), length=round(float(s[1]), 2), busy=round(lock.busy),
                           wall=round(time.time() - started), **{k: round(v, 2) for k, v in m.items()})
                stats = []
                print(json.dumps(row), flush=True)
                log.write(json.dumps(row) + "\n")
                log.flush()
                save = dict(config=ema.model.c, start=ck["start"], state=ema.model.state_dict(), args=vars(args), row=row)
                if m["C"] > best:
                    best = m["C"]
                    torch.save(save, f"{args.out}/best.pt")
                torch.save(save, f"{args.out}/last.pt")


if __name__ == "__main__":
    main()
