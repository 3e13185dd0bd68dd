"""Cache encoder features. One .npy per view and depth: fp16 [images, channels, 17, 17], images in sorted-name order.

    extract.py --images DIR --weights efficientnet-lite2.pth --out DIR [--lock FILE]
View 0 is the plain squash (all images), view 1 its mirror, views 2.. are random crops with colour jitter (names in --skip-aug are left out).
"""
import argparse
import json
import os
import random

import numpy as np
import torch
from PIL import Image, ImageEnhance

from encoder import CpuLock, load_encoder

ap = argparse.ArgumentParser()
ap.add_argument("--images", required=True)
ap.add_argument("--weights", required=True)
ap.add_argument("--out", required=True)
ap.add_argument("--lock", default="")
ap.add_argument("--skip-aug", default="", help="file with one image name per line that gets view 0 only (test set)")
ap.add_argument("--size", type=int, default=260)
ap.add_argument("--views", type=int, default=5)
ap.add_argument("--depths", default="11,15")
args = ap.parse_args()

torch.set_num_threads(2)
depths = [int(d) for d in args.depths.split(",")]
os.makedirs(args.out, exist_ok=True)
names = sorted(n for n in os.listdir(args.images) if n.lower().endswith((".jpg", ".jpeg", ".png")))
json.dump(names, open(f"{args.out}/names.json", "w"))
skip = set(open(args.skip_aug).read().split()) if args.skip_aug else set()
encoder = load_encoder(args.weights).to(memory_format=torch.channels_last)
rng = random.Random(1)


def view(path, v):
    im = Image.open(path).convert("RGB")
    if v >= 2:
        w, h = im.size
        for _ in range(20):
            area = rng.uniform(0.55, 1.0) * w * h
            ratio = np.exp(rng.uniform(-0.25, 0.25))
            cw, ch = int((area * ratio) ** 0.5), int((area / ratio) ** 0.5)
            if cw <= w and ch <= h:
                x, y = rng.randint(0, w - cw), rng.randint(0, h - ch)
                im = im.crop((x, y, x + cw, y + ch))
                break
        for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
            im = enhance(im).enhance(rng.uniform(0.75, 1.25))
    im = im.resize((args.size, args.size), Image.BICUBIC)
    a = np.asarray(im)
    if v == 1 or (v >= 2 and rng.random() < 0.5):
        a = a[:, ::-1]
    return np.ascontiguousarray(a)


with CpuLock(args.lock) as lock, torch.no_grad():
    for v in range(args.views):
        wanted = [i for i, n in enumerate(names) if v == 0 or n not in skip]
        files = {}
        for start in range(0, len(wanted), 16):
            part = wanted[start:start + 16]
            x = np.stack([view(f"{args.images}/{names[i]}", v) for i in part])
            x = torch.from_numpy(x).permute(0, 3, 1, 2).float().contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=v > 0):
                y = encoder.stem((x - encoder.mean) / encoder.std)
                for b, block in enumerate(encoder.blocks):
                    if b in depths:
                        z = y.float().contiguous().numpy().astype(np.float16)
                        if b not in files:
                            files[b] = np.lib.format.open_memmap(f"{args.out}/b{b}_v{v}.npy", "w+", np.float16,
                                                                 (len(names),) + z.shape[1:])
                        files[b][part] = z
                    if b >= max(depths):
                        break
                    y = block(y)
            lock.tick()
        for f in files.values():
            f.flush()
        print(f"view {v}: {len(wanted)} images, compute {lock.busy:.0f} s so far", flush=True)
