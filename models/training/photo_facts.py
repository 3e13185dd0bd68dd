"""What templates (pseudo.py) may say about a photo: its objects from a detector's boxes, merged by class, and simple facts about them."""
import numpy as np
from PIL import Image

NAME = {"tv": ["tv", "television"], "potted plant": ["potted plant", "plant"], "dining table": ["table"], "sports ball": ["ball"], "airplane": ["airplane", "plane"],
        "laptop": ["laptop", "laptop computer"], "mouse": ["mouse", "computer mouse"], "wine glass": ["glass of wine", "wine glass"], "remote": ["remote control", "remote"]}
MANY = {"person": "people", "bus": "buses", "sheep": "sheep", "knife": "knives", "couch": "couches", "bench": "benches", "sandwich": "sandwiches", "mouse": "mice",
        "skis": "skis", "scissors": "scissors", "wine glass": "glasses of wine", "dining table": "tables", "toothbrush": "toothbrushes", "broccoli": "broccoli",
        "potted plant": "potted plants", "tv": "televisions", "sports ball": "balls"}
FARM = {"horse", "sheep", "cow", "elephant", "zebra", "giraffe"}
FOOD = {"banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake"}
ROAD = {"car", "bus", "truck", "motorcycle", "bicycle"}
WARE = {"bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl"}
SEAT = ["couch", "bed", "chair", "bench", "toilet", "suitcase", "car", "sink", "dining table", "laptop", "keyboard"]
KITCHEN = {"oven", "refrigerator", "microwave", "toaster"}
TRIES = 12


class Photo:
    """Objects of one photo, merged by class, with the simple facts the templates ask for."""

    def __init__(self, detections, label, path, rng, score):
        sure = {d[0] for d in detections if d[1] >= score and (d[4] - d[2]) * (d[5] - d[3]) > 0.002}
        self.boxes = {}
        for c, s, x0, y0, x1, y1 in detections:
            if c in sure and s >= score - 0.1:
                self.boxes.setdefault(c, []).append((x0, y0, x1, y1))
        self.label, self.rng = label, rng
        self.area = {c: sum((b[2] - b[0]) * (b[3] - b[1]) for b in bs) for c, bs in self.boxes.items()}
        im = np.asarray(Image.open(path).convert("RGB").resize((64, 64))).astype(float)
        self.im, self.hsv = im, np.asarray(Image.open(path).convert("RGB").resize((64, 64)).convert("HSV")).astype(float)
        mask = np.ones((64, 64), bool)
        for bs in self.boxes.values():
            for b in bs:
                mask[int(b[1] * 64):int(b[3] * 64) + 1, int(b[0] * 64):int(b[2] * 64) + 1] = False
        back, hsv = im[mask], self.hsv[mask]
        green = (hsv[:, 0] > 40) & (hsv[:, 0] < 115) & (hsv[:, 1] > 40) & (hsv[:, 2] > 30) if len(back) else np.zeros(1)
        self.green = len(back) > 200 and green.mean() > 0.3
        low = im[44:][mask[44:]]
        self.sky = len(low) > 100 and low.mean(1).std() < 22 and (low[:, 2].mean() >= low[:, 0].mean() - 3) and low.mean() > 70
        self.snow = len(back) > 200 and ((hsv[:, 2] > 185) & (hsv[:, 1] < 50)).mean() > 0.35

    def n(self, c):
        return len(self.boxes.get(c, ()))

    def has(self, *cs):
        return all(c in self.boxes for c in cs)

    def touch(self, a, b, part=0.25):
        """Some box of class a overlaps some box of class b by `part` of the smaller one."""
        for p in self.boxes.get(a, ()):
            for q in self.boxes.get(b, ()):
                w, h = min(p[2], q[2]) - max(p[0], q[0]), min(p[3], q[3]) - max(p[1], q[1])
                small = min((p[2] - p[0]) * (p[3] - p[1]), (q[2] - q[0]) * (q[3] - q[1]))
                if w > 0 and h > 0 and w * h > part * small:
                    return True
        return False

    def wide(self, c):
        return np.mean([(b[2] - b[0]) * 1.25 / (b[3] - b[1] + 1e-6) for b in self.boxes[c]]) > 1.4

    def colour(self, c):
        """One plain colour word when most of the middle of the only box has it."""
        if self.n(c) != 1:
            return ""
        x0, y0, x1, y1 = self.boxes[c][0]
        w, h = x1 - x0, y1 - y0
        p = self.hsv[int((y0 + .2 * h) * 64):int((y0 + .8 * h) * 64) + 1, int((x0 + .2 * w) * 64):int((x0 + .8 * w) * 64) + 1].reshape(-1, 3)
        if len(p) < 12:
            return ""
        hue, sat, val = p[:, 0], p[:, 1], p[:, 2]
        strong = (sat > 110) & (val > 70)
        share = {"red": strong & ((hue < 10) | (hue > 240)), "orange": strong & (hue >= 10) & (hue < 24), "yellow": strong & (hue >= 28) & (hue < 45),
                 "green": strong & (hue >= 50) & (hue < 115), "blue": strong & (hue >= 135) & (hue < 180), "white": (sat < 45) & (val > 170), "black": val < 55}
        best = max(share, key=lambda k: share[k].mean())
        return best if share[best].mean() > 0.45 else ""

    def pick(self, *options):
        return self.rng.choice(options)

    def person(self):
        """"a man", "two people", ... the sex is what the present captioner says when it says one."""
        n, said = self.n("person"), self.label["caption"].split()
        if n == 1:
            for w in said[:6]:
                if w in ("man", "woman", "boy", "girl") and self.rng.random() < 0.75:
                    return ("a young " if w in ("boy", "girl") and self.rng.random() < 0.3 else "a ") + w
            return "a person"
        if n <= 3:
            for w in ("men", "women", "boys", "girls", "children"):
                if w in said[:4] and self.rng.random() < 0.6:
                    return ("two " if n == 2 else "three ") + w
            return "two people" if n == 2 else self.pick("three people", "a group of people")
        return self.pick("a group of people", "several people")

    def fine(self, c):
        """The classifier's finer noun, or an adjective, when it is sure."""
        top = {k: v for k, v in self.label["classes"]}
        get = lambda *ks: sum(top.get(k, 0) for k in ks)
        if c == "cat":
            if get("tabby", "tiger cat") > 0.5:
                return "tabby cat"
            if get("Siamese cat") > 0.5:
                return "siamese cat"
        if c == "bear":
            if get("brown bear") > 0.5:
                return "brown bear"
            if get("American black bear") > 0.5:
                return "black bear"
            if get("ice bear") > 0.5:
                return "polar bear"
        if c == "bus":
            if get("double-decker") > 0.3:
                return "double decker bus"
            if get("school bus") > 0.6:
                return "yellow school bus"
        if c == "cup" and get("espresso", "cup", "coffee mug") > 0.6 and get("espresso") > 0.3:
            return "cup of coffee"
        if c == "truck" and get("fire engine") > 0.5:
            return "fire truck"
        if c in ("train",) and get("steam locomotive") > 0.5:
            return "steam train"
        if c == "sports ball":
            for k in ("soccer ball", "basketball", "volleyball"):
                if get(k) > 0.3:
                    return k
        return ""

    def thing(self, c, colour=True):
        """Noun phrase with its count."""
        n = self.n(c)
        if c == "person":
            return self.person()
        if n == 1:
            if c == "scissors":
                return "a pair of scissors"
            if c == "skis":
                return "skis"
            word = self.fine(c) or self.pick(*NAME.get(c, [c]))
            hue = self.colour(c) if colour and c in ("bus", "truck", "train", "car", "cat", "umbrella", "cow", "horse", "bird", "vase", "fire hydrant", "motorcycle", "dog", "boat", "toilet") else ""
            if hue in ("green", "blue", "orange", "red", "yellow") and c in ("dog", "cow", "horse", "cat"):
                hue = {"cat": {"orange": "orange"}, "dog": {"orange": "brown"}, "horse": {"orange": "brown", "red": "brown"}, "cow": {"orange": "brown"}}[c].get(hue, "")
            if hue and not self.fine(c) and self.rng.random() < 0.6:
                word = hue + " " + word
            if c == "broccoli":
                return "broccoli"
            return ("an " if word[0] in "aeiou" else "a ") + word
        many = MANY.get(c, c + "s")
        if n <= 3:
            return ("two " if n == 2 else "three ") + many
        if c in FARM:
            return self.pick("a herd of ", "a group of ") + many
        if c == "bird":
            return self.pick("a flock of ", "a group of ") + many
        if c in FOOD:
            return "a bunch of " + many
        return self.pick("a group of ", "several ", "a row of " if c in ROAD | {"chair", "boat"} else "a bunch of ") + many

    def some(self, cs, limit=2):
        """"a cup and two bowls" of the largest among cs."""
        cs = sorted([c for c in cs if self.has(c)], key=lambda c: -self.area[c])[:limit]
        return " and ".join(self.thing(c) for c in cs)

    def verb(self, one, c):
        """"is sitting" for one, "are sitting" for more, sometimes bare."""
        return one if self.rng.random() < 0.55 else ("is " if self.n(c) == 1 else "are ") + one
