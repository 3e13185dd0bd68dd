"""Captions for photographs that nobody has described: sentences that people wrote about other photographs with the same things in them.

    borrow.py --captions captions_val2017.json --detections a.json --detections b.json --leave-out names.txt --out borrowed.json
For each photograph of --detections (detect.py) the 40 photographs of --captions are taken whose five captions name most of what the detector sees, and of their
sentences the five most like all others. Photographs that --leave-out names (one a line, COCO's numbers in the names) are neither described nor borrowed from.
"""
import argparse
import collections
import json
import re

import numpy as np
import scipy.sparse as sp

from detect import COCO
from evalwide import names_of
from metrics import Cider, eval_tokens

NEIGHBOURS, LIKENESSES, KEPT = 40, 60, 5
LEAST = 0.3


def number(name):
    return int(re.findall(r"(\d+)\.\w+$", name)[0])


class Library:
    """Captioned photographs: which of COCO's things each names, and every sentence as a CIDEr vector of length one."""

    def __init__(self, captions, without):
        by = collections.defaultdict(list)
        for a in captions["annotations"]:
            if a["image_id"] not in without:
                by[a["image_id"]].append(eval_tokens(a["caption"]))
        tokens = list(by.values())
        self.said = [t for ts in tokens for t in ts]
        self.owner = np.array([k for k, ts in enumerate(tokens) for _ in ts])
        forms = [names_of(c) for c in COCO]
        named = np.array([[np.mean([bool(set(t) & f) for t in ts]) for f in forms] for ts in tokens])
        self.weight = np.log(len(tokens) / (1 + (named > 0.2).sum(0)))
        self.things = named * self.weight
        self.length = np.linalg.norm(self.things, axis=1)
        cider, known, rows, cols, values = Cider(tokens), {}, [], [], []
        for j, t in enumerate(self.said):
            vec, norm, _ = cider.vector(t)
            for n in range(4):
                for gram, w in vec[n].items():
                    rows.append(j)
                    cols.append(known.setdefault(gram, len(known)))
                    values.append(w / (2 * (norm[n] or 1)))
        self.vectors = sp.csr_matrix((values, (rows, cols)), shape=(len(self.said), len(known)))

    def borrow(self, boxes):
        seen = np.zeros(len(COCO))
        for name, p, x0, y0, x1, y1 in boxes:
            if p >= LEAST:
                k = COCO.index(name)
                seen[k] = max(seen[k], p * (0.3 + min(1, ((x1 - x0) * (y1 - y0)) ** 0.5)))
        if not seen.any():
            return []
        wanted = seen * self.weight
        near = np.argsort(-(self.things @ wanted / (self.length + 0.3) / np.linalg.norm(wanted)))[:NEIGHBOURS]
        rows = np.flatnonzero(np.isin(self.owner, near))
        like = (self.vectors[rows] @ self.vectors[rows].T).toarray()
        np.fill_diagonal(like, 0)
        out = []
        for j in np.argsort(-np.sort(like, 1)[:, -LIKENESSES:].mean(1)):
            text = " ".join(self.said[rows[j]])
            if text not in out:
                out.append(text)
            if len(out) == KEPT:
                break
        return out


def main():
    ap = argparse.ArgumentParser()
    for n in ("captions", "leave-out", "out"):
        ap.add_argument("--" + n, required=True)
    ap.add_argument("--detections", action="append", required=True)
    args = ap.parse_args()
    without = {number(n) for n in open(args.leave_out).read().split()}
    library = Library(json.load(open(args.captions)), without)
    found = {n: boxes for path in args.detections for n, boxes in json.load(open(path)).items() if number(n) not in without}
    borrowed = {n: sentences for n, boxes in found.items() if (sentences := library.borrow(boxes))}
    json.dump(borrowed, open(args.out, "w"))
    print(len(borrowed), "of", len(found))


if __name__ == "__main__":
    main()
