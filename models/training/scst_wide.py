"""scst.py for a widened captioner: self-critical training on human and pseudo-captioned photos together, encoder and classifier fixed.

    scst_wide.py --init run/last.pt --feats DIR --text DIR --more-feats DIR --pseudo pseudo.json --weights lite2.pth --out DIR --minutes 7
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
from model import Captioner
from scst import rewards, sample
from text import PAD, SEP, UNK, WordPiece, load_flickr8k
from train import Ema, Features, caption_images, fit, groups, pad_batch


def main():
    ap = argparse.ArgumentParser()
    for name in ("init", "feats", "text", "more-feats", "pseudo", "weights", "out"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--lock", default="")
    ap.add_argument("--minutes", type=float, default=7)
    ap.add_argument("--lr", type=float, default=5e-5)
    ap.add_argument("--batch", type=int, default=10, help="photos with human captions")
    ap.add_argument("--more", type=int, default=6, help="photos with pseudo-captions")
    ap.add_argument("--more-weight", type=float, default=0.5, help="their reward counts this much")
    ap.add_argument("--samples", type=int, default=5)
    ap.add_argument("--xe", type=float, default=0.1)
    ap.add_argument("--max-len", type=int, default=18)
    ap.add_argument("--ema", type=float, default=0.99)
    ap.add_argument("--dev", type=int, default=300)
    ap.add_argument("--seed", type=int, default=13)
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
    both = {n: caps[n] for n in splits["train"]}
    pseudo = json.load(open(args.pseudo))
    both.update(pseudo)
    ids = {n: fit([wp.encode(c) for c in (cs * 2)[:5]], args.max_len - 1) for n, cs in both.items()}
    refs = {n: [wp.encode(c) + [SEP] for c in dict.fromkeys(cs)] for n, cs in both.items()}
    cider = Cider(list(refs.values()))
    ref_vec = {n: [cider.vector(r) for r in rs] for n, rs in refs.items()}
    sources = [(splits["train"], Features(args.feats, ck["start"], range(5)), [], args.batch), (sorted(pseudo), Features(args.more_feats, ck["start"], range(5)), [], args.more)]
    model = Captioner(load_encoder(args.weights), ck["start"], len(vocab), **ck["config"])
    model.fc = torch.nn.Linear(1280, 1000)
    model.load_state_dict(ck["state"])
    model = model.to(memory_format=torch.channels_last).eval()
    opt = torch.optim.AdamW([g for g in groups(model, args.lr, 0.0, 0.0)[:2]], betas=(0.9, 0.98))
    ema = Ema(model, args.ema)
    begun, step, stats = time.time(), 0, []
    share = torch.cat([torch.ones(args.batch), torch.full((args.more,), args.more_weight)])[:, None]
    with CpuLock(args.lock) as lock:
        while True:
            done = (time.time() - begun) / (60 * args.minutes)
            if done >= 1:
                break
            for g in opt.param_groups:
                g["lr"] = g["base"] * min(1.0, (step + 1) / 50) * (1 - 0.9 * done)
            part, xs = [], []
            for names, feats, queue, count in sources:
                if len(queue) < count:
                    queue[:] = rng.sample(names, len(names))
                take = [queue.pop() for _ in range(count)]
                xs.append(feats.get(take, [rng.choice(sorted(feats.views)) for _ in take]))
                part += take
            x = torch.cat(xs).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                with torch.no_grad():
                    fmap = model.features(x)
                    drawn = sample(model.decoder, model.neck(fmap), args.samples, args.max_len)
                r, adv = rewards(cider, drawn, [ref_vec[n] for n in part])
                adv = adv * share
                cross = model.neck(fmap)
                y = drawn[:, 1:]
                keep = y != PAD
                logits, _ = model.decoder(drawn[:, :-1], cross, keep=keep)
                px, py = pad_batch([c for n in part for c in ids[n]], args.max_len)
                k2 = (py != PAD) & (py != UNK)
                l2, _ = model.decoder(px, cross, keep=k2)
            lp = logits.float().log_softmax(-1).gather(1, y[keep][:, None]).squeeze(1)
            loss = -(adv.view(-1, 1).expand(-1, y.shape[1])[keep] * lp).sum() / keep.sum()
            loss = loss + args.xe * torch.nn.functional.cross_entropy(l2.float(), py[k2], label_smoothing=0.1)
            opt.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for p in model.parameters() if p.grad is not None], 1.0)
            opt.step()
            ema.update(model)
            step += 1
            stats.append((float(r[:args.batch].mean()), float(r[args.batch:].mean()), float(keep.sum()) / len(drawn)))
            if step % 50 == 0:
                s = np.mean(stats, 0)
                stats = []
                print(json.dumps(dict(step=step, reward=round(s[0], 3), reward_pseudo=round(s[1], 3), length=round(s[2], 2), wall=round(time.time() - begun))), flush=True)
            lock.tick()
        torch.save(dict(config=ema.model.c, start=ck["start"], state=ema.model.state_dict(), args=vars(args)), f"{args.out}/last.pt")
        if args.dev:
            dev = splits["dev"][:args.dev]
            res = caption_images(ema.model, sources[0][1], dev, lock, wp)
            m, _ = evaluate([q[0] for q in res], [caps[n] for n in dev])
            print(json.dumps(dict(step=step, **{k: round(v, 2) for k, v in m.items()})), flush=True)


if __name__ == "__main__":
    main()
