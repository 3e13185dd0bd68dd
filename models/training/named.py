"""Plain captions for photos whose file name tells what they show, for tune.py and scst_cells.py: the sample of ImageNet classes, scenes, clothes.

    named.py things --images DIR --names FILE --model mini-fp16.safetensors --cells DIR --groups labels.json --detections FILE --out FILE
    named.py scenes|clothes --images DIR --names FILE --out FILE
Names: things imagenet/INDEX_class.jpg (INDEX in ImageNet's order) or imagen/ANY_word.jpg; scenes KIND/FILE; clothes PART-KIND/FILE. Photos of things in which the
detector sees a person are left out (what people do there the name does not tell), and those of which the model says what they show. Output: {image name: [captions]}.
"""
import argparse
import json
import os

import numpy as np
from PIL import Image

from cells import Cells, captions, load
from plain import SCENES as OF_NOUN
from plain import classes_of, said_in, shows_people, words_of

OF_NOUN = OF_NOUN | {
    "rocket": ["a rocket", "a large rocket in the sky", "a rocket standing on the ground"],
    "spacecraft": ["a space shuttle", "a space shuttle in the sky"],
    "lighthouse": ["a lighthouse", "a lighthouse on a hill", "a lighthouse near the ocean"],
    "library": ["shelves of books in a library", "a library full of books"],
    "windmill": ["a windmill", "a windmill in a field"],
    "statue": ["a statue", "a statue of a man in front of a building"],
    "watch": ["a close up of a watch", "a watch"],
    "pier": ["a pier over the water", "a wooden pier in the ocean"],
}
OF_SCENE = {
    "buildings": ["a large building", "tall buildings in a city", "a view of buildings in a city", "a tall building under a blue sky"],
    "forest": ["trees in a forest", "a forest full of trees", "a path through the trees in a forest", "tall trees in the woods"],
    "glacier": ["a snow covered mountain", "a view of snow covered mountains", "a large glacier", "snow and ice on a mountain"],
    "mountain": ["a view of a mountain", "mountains under a blue sky", "a large mountain with clouds in the sky", "a rocky mountain"],
    "sea": ["a view of the ocean", "the ocean under a cloudy sky", "waves in the ocean", "a large body of water"],
    "street": ["a street in a city", "a city street with buildings", "a view of a city street", "a street with buildings on both sides"],
}
OF_GARMENT = {"dress": "dress", "hat": "hat", "longsleeve": "long sleeved shirt", "outwear": "jacket", "pants": "pair of pants", "shirt": "shirt", "shoes": "pair of shoes", "shorts": "pair of shorts",
              "skirt": "skirt", "t-shirt": "t-shirt"}


NAMES_SCENE = {
    "buildings": "building buildings city tower church castle house clock", "forest": "forest trees tree woods", "glacier": "mountain mountains snow snowy glacier ice",
    "mountain": "mountain mountains hill", "sea": "ocean water beach sea lake wave waves", "street": "street road city sidewalk buildings cars",
}
NAMES_GARMENT = {"dress": "dress", "hat": "hat cap", "longsleeve": "shirt sweater", "outwear": "jacket coat", "pants": "pants jeans", "shirt": "shirt", "shoes": "shoe shoes", "shorts": "shorts",
                 "skirt": "skirt dress", "t-shirt": "shirt t-shirt"}
PEOPLE = set("man woman men women person people boy girl boys girls child children group".split())


def read_groups(path):
    """labels.json -> ({class: group}, {word: group}); a word that two nouns share belongs to the first."""
    by_class, by_word = {}, {}
    for group in json.load(open(path)):
        by_class.update((i, group) for i in classes_of(group))
        by_word.setdefault(group["noun"].split()[-1], group)
    return by_class, by_word


def group_of(name, by_class, by_word):
    """The noun of labels.json that the file's name stands for, or nothing."""
    stem = os.path.splitext(os.path.basename(name))[0]
    return by_class.get(int(stem[:4])) if name.startswith("imagenet/") else by_word.get(stem.rsplit("_", 1)[1].lower())


def things(names, args):
    by_class, by_word = read_groups(args.groups)
    detections, out = json.load(open(args.detections)), {}
    _, model, wp, _ = load(args.model)
    for n, (text, _) in zip(names, captions(model, Cells(args.cells), names, wp, 1)):
        group = group_of(n, by_class, by_word)
        if group and not shows_people(detections[n]) and (group["subject"] or group["noun"] in OF_NOUN) and not said_in(text) & words_of(group):
            out[n] = OF_NOUN.get(group["noun"], [group["phrase"], f"a close up of {group['phrase']}"])
    return out


def cloth_colour(path):
    """One plain colour word when most of the middle of the picture has it."""
    hue, sat, val = np.asarray(Image.open(path).convert("RGB").resize((48, 48)).convert("HSV")).astype(float)[14:34, 14:34].reshape(-1, 3).T
    strong = (sat > 90) & (val > 60)
    share = {"red": strong & ((hue < 9) | (hue > 240)), "yellow": strong & (hue >= 28) & (hue < 45), "green": strong & (hue >= 50) & (hue < 115), "blue": strong & (hue >= 135) & (hue < 180),
             "pink": (sat > 45) & (val > 140) & (hue >= 215) & (hue <= 240), "white": (sat < 45) & (val > 185), "black": val < 60, "gray": (sat < 40) & (val >= 80) & (val < 160)}
    best = max(share, key=lambda k: share[k].mean())
    return best if share[best].mean() > 0.6 else ""


def clothes(names, args):
    out = {}
    for n in names:
        noun, colour = OF_GARMENT[n.split("/")[0].partition("-")[2]], cloth_colour(f"{args.images}/{n}")
        if colour and noun.startswith("pair of "):
            noun = f"pair of {colour} {noun[8:]}"
        elif colour:
            noun = f"{colour} {noun}"
        out[n] = [f"a {noun}", f"a close up of a {noun}"]
    return out


def scenes(names, args):
    return {n: OF_SCENE[n.split("/")[0]] for n in names}


def names_of_photos(what, names, groups):
    """{image name: the words of which one names what it shows}, for score.py; photos of things that labels.json has no noun for are left out."""
    if what != "things":
        words = NAMES_SCENE if what == "scenes" else NAMES_GARMENT
        return {n: set(words[n.split("/")[0].removeprefix("test-").removeprefix("train-")].split()) for n in names}
    nouns = read_groups(groups)
    return {n: words_of(group) for n in names if (group := group_of(n, *nouns))}


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("what", choices=["things", "scenes", "clothes"])
    for n in ("images", "names", "out"):
        ap.add_argument("--" + n, required=True)
    for n in ("model", "cells", "groups", "detections"):
        ap.add_argument("--" + n, default="")
    args = ap.parse_args()
    names = open(args.names).read().split()
    found = {"things": things, "scenes": scenes, "clothes": clothes}[args.what](names, args)
    json.dump(found, open(args.out, "w"), indent=0)
    print(f"{len(found)} of {len(names)} photos have captions")
