"""Work with the encoder as it is: cached cells (features.py) in place of pictures, captions from them, weights from the released file or a tuned state."""
import json

import numpy as np
import torch

from evaluate import load_fp16
from finetune import widen
from model import beam_search
from text import WordPiece


class Cells:
    """Cells and classifier logits of the photos of one or more folders of features.py."""

    def __init__(self, *folders):
        self.at, self.parts = {}, []
        for folder in folders:
            names = json.load(open(f"{folder}/names.json"))
            self.at.update({n: (len(self.parts), i) for i, n in enumerate(names)})
            self.parts.append([np.load(f"{folder}/{kind}.npy", mmap_mode="r") for kind in ("cells", "logits")])
        self.names = list(self.at)

    def get(self, names):
        """Head feature maps [B, 1280, 9, 9], as Captioner.features gives them."""
        x = np.stack([self.parts[part][0][i] for part, i in map(self.at.get, names)])
        return torch.from_numpy(x).float().transpose(1, 2).unflatten(2, (9, 9))

    def probabilities(self, names):
        """Of the thousand classes [B, 1000]."""
        x = np.stack([self.parts[part][1][i] for part, i in map(self.at.get, names)])
        return torch.from_numpy(x).float().softmax(-1)


def draw(part, rng):
    """The next `count` names of a source of photos (a dict with ids, count and queue): all of them once, in random order, then again."""
    if len(part["queue"]) < part["count"]:
        part["queue"] = rng.sample(sorted(part["ids"]), len(part["ids"]))
    return [part["queue"].pop() for _ in range(part["count"])]


def trained(named):
    """Of (name, value) pairs those of neck and decoder: the rest stays as it is."""
    return [(k, v) for k, v in named if k.startswith(("neck.", "decoder."))]


def save_tuned(path, model, old, wp, **facts):
    """What `load` takes as its second argument: the weights of `old` with neck and decoder of `model`."""
    torch.save(dict(state=dict(old.state_dict(), **dict(trained(model.state_dict().items()))), vocab=wp.vocab, **facts), path)


def load(path, tuned="", share=1.0):
    """The released checkpoint; with `tuned` (tune.py) its neck and decoder moved `share` of the way. -> encoder, model, wordpieces, checkpoint facts."""
    encoder, model, wp, ck = load_fp16(path)
    if not tuned:
        return encoder, model, wp, ck
    new = torch.load(tuned, weights_only=False)
    wide = widen(model, wp, new["vocab"], encoder, ck["start"], ck["config"])
    first, state = model.state_dict(), wide.state_dict()
    for k, v in new["state"].items():
        state[k] = v.clone()
        n = len(first[k])       # rows of new words have no old value
        state[k][:n] = (1 - share) * first[k] + share * v[:n]
    wide.load_state_dict(state)
    return encoder, wide.eval(), WordPiece(new["vocab"]), ck


@torch.no_grad()
def captions(model, cells, names, wp, beams=3, batch=50):
    """-> [(caption, mean log p)] in the order of `names`."""
    out = []
    for s in range(0, len(names), batch):
        for ids, _, mean, _ in beam_search(model.decoder, model.neck(cells.get(names[s:s + batch])), beams):
            out.append((wp.decode(ids), mean))
    return out
