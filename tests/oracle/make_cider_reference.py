#!/usr/bin/env python3
"""CIDEr-D and words of made-up captions by pycocoevalcap, stored for the suite.

Run by `npm run models:oracle`. Needs Python 3.10 or later with pycocoevalcap, Java for its tokenizer, and no network. The sentences are drawn
here, so that they come out the same each time; half of the models' are spoilt ones of the people's.
"""

import json
import random
import sys
from pathlib import Path

try:
    from pycocoevalcap.cider.cider import Cider
    from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install pycocoevalcap")

FIXTURES = Path(__file__).parent.parent / "fixtures" / "cider-oracle"
WHO = ["a man", "A woman", "two dogs", "a black cat", "A group of people", "three children", "a red car", "an old house", "Mary's bird", "a clock"]
HOW = ["sitting on", "standing next to", "lying under", "riding on", "looking at", "that doesn't fit into", "parked in front of", "holding", "near"]
WHERE = ["a wooden table", "the beach", "a green field", "a street at night", "a bicycle", "a bench", "the mountains", "a cup of coffee",
         "a snow-covered hill", "an airport", "the kitchen's sink", "a 12-inch screen", "Café Müller", "some cows"]
END = ["", ".", " in black and white", ", seen from above.", " (close up)", " with a blue umbrella!", " at 5:30 o'clock", "; it's the people's", ' called "home"']
# What the rules of the Penn Treebank are about; one a line.
HOSTILE = [
    "Photo: Jane Doe's team -- and they're happy!", "It isn't, can't and won't be; I'd say we'll see.", "The U.S. Capitol, Washington, D.C.",
    "A $1,000 bill and 50% off", "A sign that says \u201cSTOP\u201d and \u2018go\u2019", "A well-known state-of-the-art machine", "1,234.56 and 3/4 of 2015-05-14",
    "You cannot see it", "R&B and AT&T", "A chart... and more", "a (very) long [text] {here}", "caf\u00e9 na\u00efve \u00fcber", "It\u2019s Anna\u2019s dog", "#hashtag @name", "e.g. a cat, etc.",
]


def sentence(rng):
    return f"{rng.choice(WHO)} {rng.choice(HOW)} {rng.choice(WHERE)}{rng.choice(END)}"


def spoilt(rng, text):
    words = text.split()
    for _ in range(rng.randrange(4)):
        at = rng.randrange(len(words))
        what = rng.randrange(3)
        if what == 0 and len(words) > 1:
            del words[at]
        elif what == 1:
            words.insert(at, words[at])
        else:
            words[at] = rng.choice("cat dog table people sitting red".split())
    return " ".join(words)


def main():
    rng = random.Random(7)
    pictures = []
    for _ in range(120):
        due = [sentence(rng) for _ in range(rng.choice([1, 1, 2, 5]))]
        pictures.append({"said": spoilt(rng, rng.choice(due)) if rng.random() < 0.5 else sentence(rng), "due": due})
    # Nothing said, one word, and what a picture's own text says.
    pictures += [{"said": "", "due": ["a cat"]}, {"said": "cat", "due": ["cat", "a cat on a mat"]}, {"said": "two dogs near a bench", "due": ["two dogs near a bench"]}]
    pictures += [{"said": text, "due": [text]} for text in HOSTILE]
    tokenizer = PTBTokenizer()
    said = tokenizer.tokenize({at: [{"caption": picture["said"]}] for at, picture in enumerate(pictures)})
    due = tokenizer.tokenize({at: [{"caption": text} for text in picture["due"]] for at, picture in enumerate(pictures)})
    mean, scores = Cider().compute_score(due, said)
    for at, picture in enumerate(pictures):
        picture["said_words"] = said[at][0]
        picture["due_words"] = due[at]
        picture["score"] = float(scores[at])
    FIXTURES.mkdir(exist_ok=True)
    (FIXTURES / "reference.json").write_text(json.dumps({"mean": float(mean), "pictures": pictures}, ensure_ascii=False, indent=0) + "\n")
    print(f"{len(pictures)} pictures, CIDEr-D {mean:.4f}")


main()
