"""From data: when to believe the classifier against the sentence, and how far to believe a sentence of a given mean log-probability.

    thresholds.py --groups labels.json --said scores.json --flickr CELLS --text DIR [--coco CELLS --refs DIR] [--flowers CELLS] [--things FILE]
`scores.json` is what score.py --out wrote of the same photos. What is right is what the captions of five people name (on flowers: a flower).
"""
import argparse
import json
import re

import numpy as np

from cells import Cells
from plain import classes_of, words_of
from score import KINDS, coco_refs
from text import load_flickr8k


def read_groups(path):
    out = []
    for g in json.load(open(path)):
        out.append(dict(noun=g["noun"], subject=g["subject"], classes=classes_of(g), forms={f for w in words_of(g) for f in (w, w + "s", w + "es")}))
    return out


def names(text, group):
    return bool(set(re.split(r"[^a-z0-9]+", text.lower())) & group["forms"])


def opinions(rows, cells, groups, truth):
    """Of every photo: the likeliest noun, its probability, whether the sentence names it, whether people do, and the sentence's score."""
    out = []
    for row, p in zip(rows, cells.probabilities([r["image"] for r in rows])):
        total = [float(p[g["classes"]].sum()) for g in groups]
        best = int(np.argmax(total))
        g = groups[best]
        right = any(names(t, g) for t in truth(row["image"]))
        out.append(dict(p=total[best], noun=g["noun"], subject=g["subject"], named=names(row["caption"], g), right=right, cider=row.get("cider"), caption=row["caption"]))
    return out


def table(title, found):
    print(title, len(found), "photos")
    for low in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8):
        at = [f for f in found if f["p"] >= low]
        against = [f for f in at if f["subject"] and not f["named"]]
        band = [f for f in against if f["p"] < low + 0.1]
        share = lambda fs, key="right": f"{np.mean([f[key] for f in fs]):.2f} of {len(fs)}" if fs else "-"
        poor = [f["cider"] < 20 for f in against if f["cider"] is not None]
        print(f"  from {low}: label right {share(at)} | sentence names another thing: noun right {share(against)}, of these below {low + 0.1:.1f}: {share(band)}; sentence poor (CIDEr < 20) {np.mean(poor) if poor else float('nan'):.2f}")


def calibrate(pairs, points=8):
    """[(mean log p, let stand?)] -> points of a rising line: pool-adjacent-violators over equal groups."""
    pairs = sorted(pairs)
    blocks = [[np.mean([x for x, _ in part]), np.mean([y for _, y in part]), len(part)] for part in ([pairs[i] for i in part] for part in np.array_split(np.arange(len(pairs)), points))]
    i = 0
    while i + 1 < len(blocks):
        if blocks[i][1] > blocks[i + 1][1]:
            (x, y, n), (a, b, m) = blocks[i], blocks.pop(i + 1)
            blocks[i] = [(x * n + a * m) / (n + m), (y * n + b * m) / (n + m), n + m]
            i = max(i - 1, 0)
        else:
            i += 1
    return [(round(float(x), 2), round(float(y), 2)) for x, y, _ in blocks]


def main():
    ap = argparse.ArgumentParser()
    for n in ("groups", "said", "flickr", "text"):
        ap.add_argument("--" + n, required=True)
    for n in ("coco", "refs", "flowers", "things"):
        ap.add_argument("--" + n, default="")
    args = ap.parse_args()
    groups, said = read_groups(args.groups), json.load(open(args.said))
    caps, _ = load_flickr8k(args.text)
    every = opinions(said["flickr"], Cells(args.flickr), groups, caps.get)
    table("flickr8k", every)
    pairs = [(r["logp"], r["cider"] >= 20) for r in said["flickr"]]
    print("let stand, flickr8k (CIDEr >= 20):", round(float(np.mean([y for _, y in pairs])), 2), calibrate(pairs))
    if args.coco:
        refs = coco_refs(args.refs)
        found = opinions(said["coco"], Cells(args.coco), groups, refs.get)
        table("coco", found)
        every += found
        more = [(r["logp"], r["cider"] >= 20) for r in said["coco"]]
        print("let stand, coco (CIDEr >= 20):", round(float(np.mean([y for _, y in more])), 2), calibrate(more, 5))
        pairs += more
    if args.flowers:
        found = opinions(said["flowers"], Cells(args.flowers), groups, lambda n: ["flower " + n.split("/")[0]])
        table("flowers", found)
        every += found
        more = [(r["logp"], bool(set(r["caption"].split()) & KINDS)) for r in said["flowers"]]
        print("let stand, flowers (a flower is named):", round(float(np.mean([y for _, y in more])), 2), calibrate(more, 5))
        pairs += more
    table("all", every)
    print("let stand, all:", len(pairs), calibrate(pairs))
    print("against the sentence from 0.5:")
    for f in sorted((f for f in every if f["p"] >= 0.5 and f["subject"] and not f["named"]), key=lambda f: -f["p"]):
        print(f"  {'right' if f['right'] else 'WRONG'} {f['noun']} {f['p']:.2f} | {f['caption']}")


if __name__ == "__main__":
    main()
