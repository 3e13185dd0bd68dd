"""Cross-entropy training of the captioner on cached encoder features.

    train.py --feats DIR --text DIR --weights lite2.pth --out DIR [--lock FILE] [options]
"""
import argparse
import copy
import json
import math
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F

from encoder import CpuLock, load_encoder
from metrics import evaluate
from model import Captioner, beam_search
from text import DEC, PAD, SEP, UNK, MASK, WordPiece, build_vocab, load_flickr8k


class Features:
    """Random access to the cached feature maps of every view on disk."""

    def __init__(self, folder, depth, views):
        self.names = json.load(open(f"{folder}/names.json"))
        self.row = {n: i for i, n in enumerate(self.names)}
        self.views = {v: np.load(f"{folder}/b{depth}_v{v}.npy", mmap_mode="r") for v in views if os.path.exists(f"{folder}/b{depth}_v{v}.npy")}

    def get(self, names, views):
        x = np.stack([self.views[v][self.row[n]] for n, v in zip(names, views)])
        return torch.from_numpy(x).float().contiguous(memory_format=torch.channels_last)


def pad_batch(captions, limit):
    """-> inputs [B,T] (starting with [DEC]) and targets [B,T] (ending with [SEP])."""
    t = min(max(len(c) for c in captions) + 1, limit)
    x = torch.full((len(captions), t), PAD)
    y = torch.full((len(captions), t), PAD)
    for i, c in enumerate(captions):
        c = c[:t - 1]
        x[i, 0] = DEC
        x[i, 1:len(c) + 1] = torch.tensor(c, dtype=torch.long)
        y[i, :len(c)] = torch.tensor(c, dtype=torch.long)
        y[i, len(c)] = SEP
    return x, y


def fit(captions, limit):
    """Captions of 4..limit tokens; the others are replaced by a good one of the same image so that every image keeps five."""
    good = [c for c in captions if 4 <= len(c) <= limit] or [min(captions, key=len)[:limit]]
    return [c if 4 <= len(c) <= limit else good[i % len(good)] for i, c in enumerate(captions)]


def xe_loss(model, feats, captions, smoothing, word_drop, train_upper, limit):
    """Cross-entropy over 5 captions per image; one neck pass per image."""
    if train_upper:
        fmap = model.features(feats)
    else:
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            fmap = model.features(feats)
    x, y = pad_batch(captions, limit)
    if word_drop:
        hit = (torch.rand(x.shape) < word_drop) & (x != PAD) & (x != DEC)
        x = torch.where(hit, torch.full_like(x, MASK), x)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        keep = (y != PAD) & (y != UNK)
        logits, _ = model.decoder(x, model.neck(fmap), keep=keep)
    return F.cross_entropy(logits.float(), y[keep], label_smoothing=smoothing)


@torch.no_grad()
def caption_images(model, feats, names, lock, wp, beams=3, length_penalty=1.0, batch=50, bf16=True):
    """-> [(caption, score, mean log p, token log ps)] in the order of `names` (view 0)."""
    model.eval()
    out = []
    for s in range(0, len(names), batch):
        part = names[s:s + batch]
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
            cross = model.cross(feats.get(part, [0] * len(part)))
            for ids, score, mean, lps in beam_search(model.decoder, cross, beams, length_penalty=length_penalty):
                out.append((wp.decode(ids), score, mean, lps))
        lock.tick()
    return out


class Ema:
    def __init__(self, model, decay):
        self.model, self.decay, self.n = copy.deepcopy(model).eval(), decay, 0

    @torch.no_grad()
    def update(self, model):
        self.n += 1
        d = min(self.decay, (1 + self.n) / (10 + self.n))
        for a, b in zip(self.model.parameters(), model.parameters()):
            a.lerp_(b.detach(), 1 - d)


def groups(model, lr, ft_lr, wd):
    """AdamW parameter groups: no decay on biases, norms and embeddings of position."""
    decay, plain, upper = [], [], []
    for n, p in model.named_parameters():
        if n.startswith(("blocks", "head")):
            upper.append(p)
        elif p.ndim < 2 or "pos" in n:
            plain.append(p)
        else:
            decay.append(p)
    return [dict(params=decay, lr=lr, weight_decay=wd, base=lr), dict(params=plain, lr=lr, weight_decay=0.0, base=lr),
            dict(params=upper, lr=ft_lr, weight_decay=0.0, base=ft_lr)]


def main():
    ap = argparse.ArgumentParser()
    for name in ("feats", "text", "weights", "out"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--lock", default="")
    ap.add_argument("--start", type=int, default=15, help="first encoder block that the model holds (features are its input)")
    ap.add_argument("--epochs", type=int, default=20)
    ap.add_argument("--stop", type=int, default=0, help="end after this many epochs although the schedule is longer")
    ap.add_argument("--init", default="", help="checkpoint to go on from (weights only)")
    ap.add_argument("--done", type=int, default=0, help="epochs that --init has behind it")
    ap.add_argument("--ft-from", type=int, default=999, help="epoch from which the encoder top is trained too")
    ap.add_argument("--lr", type=float, default=5e-4)
    ap.add_argument("--ft-lr", type=float, default=1e-4)
    ap.add_argument("--wd", type=float, default=0.05)
    ap.add_argument("--batch", type=int, default=24)
    ap.add_argument("--warmup", type=int, default=500)
    ap.add_argument("--smoothing", type=float, default=0.1)
    ap.add_argument("--word-drop", type=float, default=0.1)
    ap.add_argument("--ema", type=float, default=0.998)
    ap.add_argument("--min-count", type=int, default=4)
    ap.add_argument("--eval-every", type=int, default=2)
    ap.add_argument("--eval-images", type=int, default=1000)
    ap.add_argument("--max-tokens", type=int, default=17, help="longer captions are replaced by another one of the same image")
    ap.add_argument("--views", default="0,1,2,3,4")
    ap.add_argument("--config", default="{}")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--train-on", default="train", help="train, or train+dev for the final model")
    args = ap.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    os.makedirs(args.out, exist_ok=True)

    caps, splits = load_flickr8k(args.text)
    vocab = build_vocab([c for n in splits["train"] for c in caps[n]], args.min_count)
    open(f"{args.out}/vocab.txt", "w").write("\n".join(vocab) + "\n")
    wp = WordPiece(vocab)
    train = list(splits["train"]) + (splits["dev"] if args.train_on == "train+dev" else [])
    ids = {n: fit([wp.encode(c) for c in caps[n]], args.max_tokens) for n in train}
    feats = Features(args.feats, args.start, [int(v) for v in args.views.split(",")])
    views = sorted(feats.views)

    model = Captioner(load_encoder(args.weights), args.start, len(vocab), **json.loads(args.config)).to(memory_format=torch.channels_last)
    count = lambda m: sum(p.numel() for p in m.parameters())
    print(f"vocab {len(vocab)}, neck {count(model.neck)}, decoder {count(model.decoder)}, upper {count(model.blocks) + count(model.head)}, views {views}", flush=True)
    if args.init:
        model.load_state_dict(torch.load(args.init, weights_only=False)["state"])
    opt = torch.optim.AdamW(groups(model, args.lr, args.ft_lr, args.wd), betas=(0.9, 0.98))
    ema = Ema(model, args.ema)
    per_epoch = len(train) // args.batch
    total, first, best = args.epochs * per_epoch, args.done * per_epoch, -1.0
    step = first
    dev = splits["dev"][:args.eval_images]
    ft_step = args.ft_from * per_epoch
    log = open(f"{args.out}/log.jsonl", "a")
    started = time.time()
    with CpuLock(args.lock) as lock:
        for epoch in range(args.done, args.stop or args.epochs):
            model.train()
            order = train[:]
            rng.shuffle(order)
            losses = []
            for b in range(per_epoch):
                part = order[b * args.batch:(b + 1) * args.batch]
                ft = step >= ft_step
                for g in opt.param_groups[:2]:
                    g["lr"] = g["base"] * min(1.0, (step - first + 1) / args.warmup) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / total)))
                g = opt.param_groups[2]
                g["lr"] = 0.0 if not ft else g["base"] * min(1.0, (step - max(first, ft_step) + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / total)))
                x = feats.get(part, [rng.choice(views) for _ in part])
                captions = [c for n in part for c in ids[n]]
                loss = xe_loss(model, x, captions, args.smoothing, args.word_drop, ft, args.max_tokens + 1)
                opt.zero_grad(set_to_none=True)
                loss.backward()
                torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], 1.0)
                opt.step()
                ema.update(model)
                losses.append(float(loss.detach()))
                step += 1
                lock.tick()
            row = dict(epoch=epoch + 1, loss=round(float(np.mean(losses)), 4), busy=round(lock.busy), wall=round(time.time() - started))
            if (epoch + 1) % args.eval_every == 0 or epoch + 1 == (args.stop or args.epochs):
                res = caption_images(ema.model, feats, dev, lock, wp)
                m, _ = evaluate([r[0] for r in res], [caps[n] for n in dev])
                row.update({k: round(v, 2) for k, v in m.items()})
                if m["C"] > best:
                    best = m["C"]
                    torch.save(dict(config=ema.model.c, start=args.start, state=ema.model.state_dict(), args=vars(args), row=row), f"{args.out}/best.pt")
            print(json.dumps(row), flush=True)
            log.write(json.dumps(row) + "\n")
            log.flush()
    torch.save(dict(config=ema.model.c, start=args.start, state=ema.model.state_dict(), args=vars(args)), f"{args.out}/last.pt")


if __name__ == "__main__":
    main()
