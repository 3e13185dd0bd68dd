"""Outside Flickr8k: CIDEr, noun recall and confidence on captioned COCO photos; captions and classes of single pictures; the classifier against the untouched one.

    evalwide.py --model mini.safetensors --weights lite2.pth --coco DIR --classes imagenet.json [--feats DIR --text DIR] [--out FILE] [picture ...]
Noun recall: share of photos whose caption names at least one of the photo's instance categories (people by any word for them; "without people": the other categories only).
"""
import argparse
import json
import os

import numpy as np
import torch
from scipy.stats import spearmanr

from encoder import load_encoder, load_image
from evaluate import load
from metrics import evaluate
from model import beam_search
from text import load_flickr8k
from train import Features

WORDS = {"person": "person people man men woman women boy boys girl girls child children kid kids baby player players skier surfer snowboarder skateboarder biker rider lady guy",
         "airplane": "airplane plane planes airplanes jet", "bicycle": "bicycle bike bikes bicycles", "motorcycle": "motorcycle motorcycles motorbike bike", "couch": "couch sofa couches", "tv": "tv television monitor computer televisions",
         "dining table": "table tables", "potted plant": "plant plants", "sports ball": "ball baseball soccer basketball", "cell phone": "phone phones", "laptop": "laptop computer laptops",
         "sheep": "sheep", "bus": "bus buses", "wine glass": "glass glasses wine", "mouse": "mouse", "oven": "oven stove", "refrigerator": "refrigerator fridge", "donut": "donut donuts doughnut",
         "traffic light": "light lights", "stop sign": "sign", "fire hydrant": "hydrant", "tennis racket": "racket tennis", "baseball bat": "bat baseball", "skis": "skis skier skiing", "snowboard": "snowboard snowboarder snowboarding",
         "surfboard": "surfboard surfer surfing surfboards", "skateboard": "skateboard skateboarder skateboarding", "knife": "knife knives", "remote": "remote", "bench": "bench benches", "sandwich": "sandwich sandwiches", "teddy bear": "teddy"}


def names_of(category):
    return set(WORDS.get(category, f"{category} {category}s {category.split()[-1]} {category.split()[-1]}s").split())


def main():
    ap = argparse.ArgumentParser()
    for n in ("model", "weights", "coco", "classes"):
        ap.add_argument("--" + n, required=True)
    ap.add_argument("--feats", default="")
    ap.add_argument("--text", default="")
    ap.add_argument("--out", default="")
    ap.add_argument("--beams", type=int, default=3)
    ap.add_argument("pictures", nargs="*")
    args = ap.parse_args()
    torch.set_num_threads(2)
    classes = list(json.load(open(args.classes)).values())
    encoder, model, wp, ck = load(args.model, args.weights)
    start, plain = ck["start"], load_encoder(args.weights)
    fc = encoder.fc if getattr(encoder, "classifier", False) else plain.fc

    def look(path):
        with torch.no_grad():
            low = encoder.lower(torch.from_numpy(load_image(path, 260).copy()).permute(2, 0, 1)[None].float(), start)
            fmap = model.features(low)
            ids, _, mean, _ = beam_search(model.decoder, model.neck(fmap), args.beams)[0]
            mine, true = (f(m.mean((2, 3))).softmax(-1)[0] for f, m in ((fc, fmap), (plain.fc, plain.upper(low, start))))
        return wp.decode(ids), mean, mine, true

    paths, refs, cats, old = [], [], [], []
    for part in ("train2017", "val2017"):
        d, inst = (json.load(open(f"{args.coco}/annotations/{k}_{part}.json")) for k in ("captions", "instances"))
        name = {c["id"]: c["name"] for c in inst["categories"]}
        for im in d["images"]:
            paths.append(f"{args.coco}/{part}/{im['file_name']}")
            refs.append([a["caption"] for a in d["annotations"] if a["image_id"] == im["id"]])
            cats.append({name[a["category_id"]] for a in inst["annotations"] if a["image_id"] == im["id"]})
            old.append(part == "train2017")
    seen = [look(p) for p in paths]
    m, per = evaluate([s[0] for s in seen], refs)
    hit = [any(set(s[0].split()) & names_of(c) for c in cs) for s, cs in zip(seen, cats)]
    things = [(any(set(s[0].split()) & names_of(c) for c in cs - {"person"})) for s, cs in zip(seen, cats) if cs - {"person"}]
    wrong = [any(w in names_of("dog") for w in s[0].split()) and "dog" not in cs for s, cs in zip(seen, cats)]
    m2, _ = evaluate([s[0] for s, o in zip(seen, old) if not o], [r for r, o in zip(refs, old) if not o])
    print("coco", len(paths), json.dumps({k: round(v, 2) for k, v in m.items()}), "CIDEr of the val part alone", round(m2["C"], 2))
    print(f"noun recall {np.mean(hit):.3f}, without people {np.mean(things):.3f} of {len(things)}; says dog where there is none {np.mean(wrong):.3f}; "
          f"spearman {spearmanr([s[1] for s in seen], per)[0]:.3f}; words used {len({w for s in seen for w in s[0].split()})}")
    low, high = np.array_split(np.argsort([s[1] for s in seen]), 2)
    print("CIDEr of the less and the more confident half:", round(float(np.mean([per[i] for i in low])), 1), round(float(np.mean([per[i] for i in high])), 1))
    pair = lambda rows: (float(np.mean([a.argmax() == b.argmax() for a, b in rows])), float(np.mean([a.argmax() == b.argmax() for a, b in rows if b.max() > 0.5])),
                         float(np.mean([b.argmax() in a.topk(5)[1] for a, b in rows])), float(np.mean([(b * (b.clamp(min=1e-9) / a.clamp(min=1e-9)).log()).sum() for a, b in rows])))
    print("classifier against the untouched one, COCO photos: same top-1 %.3f, same where it is surer than 0.5 %.3f, its top-1 in ours' top-5 %.3f, KL %.3f" % pair([(s[2], s[3]) for s in seen]))
    if args.feats:
        feats, (_, splits) = Features(args.feats, start, [0]), load_flickr8k(args.text)
        rows = []
        with torch.no_grad():
            for i in range(0, 300, 25):
                x = feats.get(splits["test"][i:i + 25], [0] * 25)
                rows += list(zip(fc(model.features(x).mean((2, 3))).softmax(-1), plain.fc(plain.upper(x, start).mean((2, 3))).softmax(-1)))
        print("classifier against the untouched one, 300 Flickr8k test photos: same top-1 %.3f, same where surer than 0.5 %.3f, top-1 in top-5 %.3f, KL %.3f" % pair(rows))
    show = lambda p: ", ".join(f"{classes[i]} {v:.2f}" for v, i in zip(*(t.tolist() for t in p.topk(3))))
    for p in args.pictures:
        c, lp, a, b = look(p)
        print(f"- {os.path.basename(p)}: {c} [{lp:.2f}] | ours: {show(a)} | untouched: {show(b)}")
    if args.out:
        json.dump([dict(image=os.path.basename(p), caption=s[0], logp=s[1], cider=c, refs=r, cats=sorted(k)) for p, s, c, r, k in zip(paths, seen, per, refs, cats)], open(args.out, "w"), indent=0)


if __name__ == "__main__":
    main()
