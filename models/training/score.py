"""Scores of released or tuned weights from cached cells, side by side on the same pixels.

    score.py --model mini-fp16.safetensors [--tuned run/last.pt --share 0.8] --text DIR [--flickr CELLS --split test] [--coco CELLS --refs DIR]
        [--things CELLS --names FILE --detections FILE] [--flowers CELLS]
        [--named things|scenes|clothes:CELLS:NAMES ... --groups labels.json] [--part 0/2] [--out FILE]
Recall of things on captioned COCO photos (--coco): a thing is one of the 80 that at least three of the five people name. On uncaptioned ones (--things): one that the
detector is surer of than 0.6. On flowers (--flowers): the caption says "flower" or the kind. On photos whose
names tell what they show (--named, see named.py): the caption says so; and how many name people. --part 0/2 takes every second photo, so that one half chooses and the other reports.
"""
import argparse
import json
import os

import numpy as np
import torch

from cells import Cells, captions, load
from detect import COCO
from evalwide import names_of
from metrics import evaluate
from named import PEOPLE, names_of_photos
from plain import said_in
from text import load_flickr8k

KINDS = set("flower flowers daisy daisies rose roses tulip tulips sunflower sunflowers dandelion dandelions".split())


def people_name(refs):
    """The things among COCO's 80 that at least three people name."""
    said = [set(r.lower().replace(".", " ").replace(",", " ").split()) for r in refs]
    return {c for c in COCO if sum(bool(s & names_of(c)) for s in said) >= 3}


def coco_refs(folder):
    refs = {}
    for part in ("train2017", "val2017"):
        d = json.load(open(f"{folder}/captions_{part}.json"))
        name = {im["id"]: im["file_name"] for im in d["images"]}
        for a in d["annotations"]:
            refs.setdefault(name[a["image_id"]], []).append(a["caption"])
    return refs


def recall(said, things):
    """Share of photos whose caption names one of their things; and the same without people."""
    hit = lambda text, cs: bool(set(text.split()) & set().union(*(names_of(c) for c in cs)))
    every = [hit(s, cs) for s, cs in zip(said, things) if cs]
    rest = [hit(s, cs - {"person"}) for s, cs in zip(said, things) if cs - {"person"}]
    return dict(recall=round(float(np.mean(every)), 3), recall_without_people=round(float(np.mean(rest)), 3), photos=len(every), without_people=len(rest))


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--model", required=True)
    for n in ("tuned", "text", "flickr", "coco", "refs", "things", "names", "detections", "flowers", "groups", "out"):
        ap.add_argument("--" + n, default="")
    ap.add_argument("--named", action="append", default=[])
    ap.add_argument("--share", type=float, default=1.0)
    ap.add_argument("--split", default="test")
    ap.add_argument("--part", default="0/1")
    args = ap.parse_args()
    torch.set_num_threads(2)
    _, model, wp, _ = load(args.model, args.tuned, args.share)
    first, step = map(int, args.part.split("/"))
    kept = {}

    def look(kind, folder, names=None):
        cells = Cells(folder)
        names = (names or cells.names)[first::step]
        found = captions(model, cells, names, wp)
        kept[kind] = [dict(image=n, caption=c, logp=round(lp, 4)) for n, (c, lp) in zip(names, found)]
        return names, [c for c, _ in found]

    def show(kind, refs, said, more):
        m, per = evaluate(said, refs)
        for row, score in zip(kept[kind], per):
            row["cider"] = round(score, 2)
        print(kind, len(said), json.dumps(dict({k: round(v, 1) for k, v in m.items()}, words=len({w for s in said for w in s.split()}), captions=len(set(said)), **more)), flush=True)

    if args.flickr:
        caps, splits = load_flickr8k(args.text)
        names, said = look("flickr", args.flickr, [n for n in splits[args.split] if n in Cells(args.flickr).at])
        show("flickr", [caps[n] for n in names], said, {})
    if args.coco:
        refs = coco_refs(args.refs)
        names, said = look("coco", args.coco)
        show("coco", [refs[n] for n in names], said, recall(said, [people_name(refs[n]) for n in names]))
    if args.things:
        detections = json.load(open(args.detections))
        names, said = look("things", args.things, args.names and open(args.names).read().split())
        print("things", json.dumps(recall(said, [{d[0] for d in detections[os.path.basename(n)] if d[1] > 0.6} for n in names])), flush=True)
    if args.flowers:
        names, said = look("flowers", args.flowers)
        kind = [n.split("/")[0].rstrip("s").replace("ie", "y") for n in names]
        right = [k[:4] in s for k, s in zip(kind, said)]
        print("flowers", len(said), json.dumps(dict(says_flower=round(float(np.mean([bool(set(s.split()) & KINDS) for s in said])), 3), right_kind=round(float(np.mean(right)), 3))), flush=True)
    for spec in args.named:
        kind, folder, listed = spec.split(":")
        wanted = names_of_photos(kind, open(listed).read().split(), args.groups)
        names, said = look(kind, folder, list(wanted))
        told = [said_in(s) for s in said]
        share = lambda hits: round(float(np.mean(list(hits))), 3)
        print(kind, len(said), json.dumps(dict(says_it=share(bool(t & wanted[n]) for n, t in zip(names, told)), people=share(bool(t & PEOPLE) for t in told))), flush=True)
    if args.out:
        json.dump(kept, open(args.out, "w"), indent=0)


if __name__ == "__main__":
    main()
