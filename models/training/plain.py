"""Plain captions for photos that have none, for tune.py: from a detector's boxes (the templates of pseudo.py), from the classifier's nouns where the boxes
know no word for what is seen, and from the kind and colour of a flower.

    plain.py coco --model mini-fp16.safetensors --cells DIR --images DIR --detections FILE --groups labels.json --out FILE
    plain.py flowers --cells DIR --images DIR --out FILE        (names are KIND/FILE)
Output: {image name: [captions]}.
"""
import argparse
import json
import random

import numpy as np
import torch
from PIL import Image

from cells import Cells, captions, load
from photo_facts import Photo
from pseudo import write

# The classes that the templates ask for, by their place in ImageNet's order.
NAMED = {281: "tabby", 282: "tiger cat", 284: "Siamese cat", 294: "brown bear", 295: "American black bear", 296: "ice bear", 430: "basketball", 442: "bell cote", 483: "castle",
         497: "church", 504: "coffee mug", 555: "fire engine", 663: "monastery", 668: "mosque", 698: "palace", 738: "pot", 779: "school bus", 805: "soccer ball",
         820: "steam locomotive", 873: "triumphal arch", 883: "vase", 890: "volleyball", 967: "espresso", 968: "cup"}
BUILDINGS = {"castle", "palace", "church", "mosque", "temple", "bell tower", "dome", "library", "prison", "arch", "theatre"}
SCENES = {
    "mountain": ["a view of a mountain", "a mountain in the distance", "mountains under a cloudy sky"],
    "beach": ["a beach next to the ocean", "a sandy beach next to the water", "a view of the beach and the ocean"],
    "lake": ["a lake with trees around it", "a view of a lake", "a body of water with trees in the background"],
    "bridge": ["a bridge over the water", "a large bridge", "a bridge over a river"],
    "fountain": ["a fountain in a park", "a water fountain"],
    "plate": ["a plate of food on a table", "a close up of a plate of food", "a white plate of food"],
    "coffee": ["a cup of coffee on a table", "a close up of a cup of coffee", "a cup of coffee on a plate"],
    "ship": ["a large ship in the water", "a ship in the water"],
    "flower": ["a close up of a flower", "a flower in a garden", "a close up of flowers"],
    "street sign": ["a street sign on a pole", "a close up of a street sign", "a sign on the side of a street"],
    "shop": ["the front of a store", "a store with food on the shelves"],
    "restaurant": ["tables and chairs in a restaurant", "a restaurant with tables and chairs"],
    "building": ["a large building", "a large stone building", "an old stone building", "the front of a large building", "a large building with columns"],
}
SURE, SURE_ALONE = 0.6, 0.4     # beside a caption from boxes, and where there is none
USUAL = {"daisy": {"yellow": "white", "orange": "white"}, "sunflowers": {"orange": "yellow", "white": "yellow", "red": "yellow"}, "dandelion": {"orange": "yellow"}}     # a daisy's yellow is its middle
KINDS = {"daisy": ("daisy", "daisies"), "dandelion": ("dandelion", "dandelions"), "roses": ("rose", "roses"), "sunflowers": ("sunflower", "sunflowers"), "tulips": ("tulip", "tulips")}


def classes_of(group):
    """Numbers of a noun's classes in ImageNet's order, of labels.json's "0-1 389-397"."""
    spans = [[int(n) for n in part.split("-")] for part in group["classes"].split()]
    return [i for s in spans for i in range(s[0], s[-1] + 1)]


def words_of(group):
    """The words that name it."""
    return set(group["noun"].split()) | set(group["also"].split())


def said_in(text):
    """The words of a sentence, each also without its plural s."""
    return {form for w in text.split() for form in (w, w.rstrip("s"))}


def shows_people(boxes):
    """Whether a detector sees a person that is not far away."""
    return any(d[0] == "person" and d[1] > 0.4 and (d[4] - d[2]) * (d[5] - d[3]) > 0.03 for d in boxes)


def read_groups(path):
    """labels.json: [(noun, phrase, classes, words that name it)] of the nouns that a picture can be about."""
    return [(g["noun"], g["phrase"], classes_of(g), words_of(g)) for g in json.load(open(path)) if g["subject"]]


def noun_captions(probability, groups, said, people):
    """What the classifier alone would write, or nothing when it is not sure or the captions so far name it."""
    total = [float(probability[classes].sum()) for _, _, classes, _ in groups]
    built = sum(t for t, g in zip(total, groups) if g[0] in BUILDINGS)
    least = SURE if said else SURE_ALONE
    noun, phrase, _, known = groups[int(np.argmax(total))]
    if built >= least and built > max(total) - 0.1:
        noun, known = "building", {"building", "tower", "church", "castle"}
    elif max(total) < least or (people and noun not in SCENES):
        return []
    if any(said_in(s) & known for s in said):
        return []
    return SCENES.get(noun, [phrase, f"a close up of {phrase}"])


def coco(args):
    _, model, wp, _ = load(args.model)
    cells, groups = Cells(args.cells), read_groups(args.groups)
    detections = json.load(open(args.detections))
    names = [n for n in cells.names if n in detections]
    probability, out, counts = cells.probabilities(names), {}, [0, 0]
    for n, (text, logp), p in zip(names, captions(model, cells, names, wp, 1), probability):
        rng = random.Random(n)
        label = dict(caption=text, logp=logp, classes=[[NAMED[i], float(p[i])] for i in p.topk(5)[1].tolist() if i in NAMED])
        photo = Photo(detections[n], label, f"{args.images}/{n}", rng, args.score)
        said = list(dict.fromkeys(write(photo))) if photo.boxes else []
        people = shows_people(detections[n])
        more = noun_captions(p, groups, said, people)
        counts[0] += bool(said)
        counts[1] += bool(more)
        if said or more:
            out[n] = said + rng.sample(more, min(len(more), 2 if said else 4))
    print(f"{len(out)} of {len(names)} photos have captions: {counts[0]} from boxes, {counts[1]} from the classifier")
    return out


def flower_colour(path):
    """The colour of most of what is not green, grey or dark in the middle of the picture."""
    hsv = np.asarray(Image.open(path).convert("RGB").resize((48, 48)).convert("HSV")).astype(float)[8:40, 8:40].reshape(-1, 3)
    hue, sat, val = hsv.T
    strong = (sat > 90) & (val > 90)
    share = {"red": strong & ((hue < 9) | (hue > 245)), "orange": strong & (hue >= 9) & (hue < 24), "yellow": strong & (hue >= 24) & (hue < 44), "purple": strong & (hue >= 175) & (hue < 215),
             "pink": (sat > 45) & (val > 140) & (hue >= 215) & (hue <= 245), "white": (sat < 40) & (val > 175)}
    best = max(share, key=lambda k: share[k].mean())
    return best if share[best].mean() > 0.12 else ""


def flowers(args):
    out = {}
    for n in Cells(args.cells).names:
        kind = n.split("/")[0]
        (one, many), colour = KINDS[kind], flower_colour(f"{args.images}/{n}")
        colour = USUAL.get(kind, {}).get(colour, colour)
        with_colour = lambda w: f"{colour} {w}".strip()
        a = lambda w: ("an " if w[0] in "aeiou" else "a ") + w
        out[n] = [f"a close up of {a(with_colour('flower'))}", f"a close up of {a(with_colour(one))}", f"{a(with_colour(one))} in a garden", f"a close up of {with_colour('flowers')}",
                  f"{with_colour(many)} in a field", f"a bunch of {with_colour('flowers')}"]
    return out


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("what", choices=["coco", "flowers"])
    for n in ("cells", "images", "out"):
        ap.add_argument("--" + n, required=True)
    for n in ("model", "detections", "groups"):
        ap.add_argument("--" + n, default="")
    ap.add_argument("--score", type=float, default=0.45)
    args = ap.parse_args()
    torch.set_num_threads(2)
    found = {"coco": coco, "flowers": flowers}[args.what](args)
    json.dump(found, open(args.out, "w"), indent=0)
