"""Plain captions for photos that have none, from a detector's boxes (detect.py) and from what classifier and captioner say (label.py).

    pseudo.py --images DIR --detections detections.json --labels labels.json --out pseudo.json [--skip FILE] [--score 0.45]
Output: {image name: [three captions]}; photos without a confident object are left out.
"""
import argparse
import json
import random

from photo_facts import MANY, FARM, FOOD, ROAD, WARE, SEAT, KITCHEN, TRIES, Photo


def with_people(p):
    """Sentences about people and the thing they are busy with, best first."""
    who, on = p.person(), p.touch
    pick, v = p.pick, lambda s: p.verb(s, "person")
    out = []
    if p.has("surfboard"):
        out += [f"{who} {v('riding')} a wave on a surfboard" if pick(0, 0, 1) == 0 and not p.n("person") > 2 else f"{who} {pick('with', 'holding')} {pick('a surfboard', 'surfboards') if p.n('surfboard') > 1 else 'a surfboard'} {pick('in the water', 'at the beach')}"]
    if p.has("snowboard"):
        out += [f"{who} {v(pick('riding', 'standing on'))} a snowboard {pick('in the snow', 'down a snowy hill')}", f"{who} {v('snowboarding')} down a snowy hill"]
    elif p.has("skis"):
        out += [f"{who} {v('skiing')} down a snowy {pick('hill', 'slope')}", f"{who} on skis in the snow", f"{who} {v('riding')} skis down a snowy slope"]
    if p.has("skateboard"):
        out += [f"{who} {v('riding')} a skateboard", f"{who} {v('doing')} a trick on a skateboard"]
    if p.has("tennis racket"):
        out += [f"{who} {v('playing')} tennis on a tennis court", f"{who} {v(pick('holding', 'swinging'))} a tennis racket", f"a tennis player {pick('swinging', 'holding')} a racket on a court"]
    if p.has("baseball bat"):
        out += ["a baseball player swinging a bat", f"{who} {v('playing')} baseball on a field", "a baseball player holding a bat during a game"]
    elif p.has("baseball glove"):
        out += ["a baseball player on the field", f"{who} {v('playing')} baseball", "a baseball player throwing a ball"]
    if p.has("frisbee"):
        out += [f"{who} {v('playing')} frisbee" + (" in the grass" if p.green else ""), f"{who} {v(pick('holding', 'throwing'))} a frisbee"]
    if p.has("kite"):
        out += [f"{who} {v('flying')} {p.thing('kite')}" + pick("", " in the sky", " on the beach" if not p.green else " in a field")]
    if p.has("horse") and on("person", "horse"):
        out += [f"{who} {v('riding')} {p.thing('horse')}", f"{who} on {pick('a horse', 'horseback') if p.n('horse') == 1 else 'horses'}"]
    if p.has("elephant"):
        out += [f"{who} {v('riding') if on('person', 'elephant', .5) else v('standing')} {'' if on('person', 'elephant', .5) else 'next to '}{p.thing('elephant')}"]
    if p.has("motorcycle") and on("person", "motorcycle"):
        out += [f"{who} {v(pick('riding', 'sitting on'))} {p.thing('motorcycle')}" + pick("", " on the street", " down the road")]
    elif p.has("bicycle") and on("person", "bicycle"):
        out += [f"{who} {v('riding')} {pick('a bike', 'a bicycle') if p.n('bicycle') == 1 else 'bikes'}" + pick("", " on the street", " down the road")]
    if p.has("umbrella"):
        out += [f"{who} {v(pick('holding', 'standing under', 'walking with'))} {p.thing('umbrella')}"]
    if p.has("tie") and p.n("person") <= 2:
        out += [f"{'a man' if p.n('person') == 1 else 'two men'} {pick('wearing a suit and tie', 'in a suit and tie', 'wearing a tie')}"]
    if p.has("cell phone"):
        out += [f"{who} {v(pick('talking on', 'holding', 'looking at'))} a cell phone"]
    if p.has("laptop"):
        out += [f"{who} {v(pick('using', 'sitting in front of', 'working on'))} {p.thing('laptop')}"]
    if p.has("teddy bear"):
        out += [f"{who} {v('holding')} {p.thing('teddy bear')}", f"{who} with {p.thing('teddy bear')}"]
    if p.has("cat"):
        out += [f"{who} {v('holding') if p.n('cat') == 1 else 'with'} {p.thing('cat')}", f"{p.thing('cat')} with {who}"]
    if p.has("dog"):
        out += [f"{who} {v(pick('standing with', 'walking with', 'playing with'))} {p.thing('dog')}", f"{p.thing('dog')} next to {who}"]
    food = sorted([c for c in FOOD if p.has(c)], key=lambda c: -p.area[c])
    if food:
        out += [f"{who} {v(pick('eating', 'holding', 'sitting at a table with', 'looking at'))} {p.thing(food[0])}"]
    if p.has("wine glass"):
        out += [f"{who} {v(pick('holding', 'drinking'))} {p.thing('wine glass')}", f"{who} {v('sitting')} at a table with {p.thing('wine glass')}"]
    if p.has("remote"):
        out += [f"{who} {v('playing')} a video game", f"{who} {v('holding')} a remote control"]
    if p.has("toothbrush"):
        out += [f"{who} {v(pick('holding', 'using'))} a toothbrush", f"{who} {v('brushing')} teeth with a toothbrush"]
    if p.has("book"):
        out += [f"{who} {v('reading')} a book"]
    if p.has("suitcase"):
        out += [f"{who} {v('standing')} with {p.thing('suitcase')}"]
    if p.has("sports ball"):
        out += [f"{who} {v('playing')} with {p.thing('sports ball')}", f"{who} {v('playing')} soccer" if p.green else f"{who} {v('holding')} a ball"]
    if p.has("train"):
        out += [f"{who} {v('standing')} {pick('next to', 'near', 'in front of')} {p.thing('train')}", f"{p.thing('train')} at a station with people"]
    for c in ("bus", "truck", "airplane", "boat", "fire hydrant", "cow", "sheep", "giraffe", "zebra", "horse", "motorcycle", "bicycle", "car"):
        if p.has(c) and p.area[c] > 0.03:
            where = "on a boat in the water" if c == "boat" and on("person", "boat") else f"{pick('standing next to', 'standing in front of', 'walking near')} {p.thing(c)}"
            out += [f"{who} {where}" if "boat in" in where else f"{who} {v(where)}"]
            if c in ("bus", "truck", "car"):
                out += [f"{p.thing(c)} on the street with people", f"{who} {v('walking')} down the street next to {p.thing(c)}"]
            break
    for c in ("couch", "bed", "bench", "chair"):
        if p.has(c) and on("person", c, 0.4):
            out += [f"{who} {v('sitting')} {'in' if c == 'chair' else 'on'} a {c}"]
            break
    if p.has("dining table") and not food:
        extra = p.some(WARE, 1)
        out += [f"{who} {v('sitting')} at a table" + (f" with {extra}" if extra else ""), f"{who} {v('sitting')} around a table" if p.n("person") > 1 else f"{who} {v('sitting')} at a table"]
    elif p.has("bottle") or p.has("cup"):
        out += [f"{who} {v('holding')} {p.thing('bottle' if p.has('bottle') else 'cup')}"]
    if p.has("clock"):
        out += [f"{who} {v('standing')} under a clock"]
    if p.has("backpack"):
        out += [f"{who} {v('wearing')} a backpack"] if p.n("person") == 1 else [f"{who} with backpacks"]
    if KITCHEN & set(p.boxes):
        out += [f"{who} {v(pick('standing', 'cooking'))} in a kitchen", f"{who} {v('standing')} in a kitchen with {p.some(KITCHEN, 1)}"]
    if p.has("tv") and not KITCHEN & set(p.boxes):
        out += [f"{who} {v(pick('standing', 'sitting'))} in {pick('a living room', 'front of a tv')}"]
    return out


def without_people(p):
    pick, has, th = p.pick, p.has, p.thing
    out = []
    field = pick(" in a field", " in a grassy field", " in the grass") if p.green else pick("", " on a dirt field", " in the snow" if p.snow else "")
    for c in ("cat", "dog"):
        if has(c):
            v = p.verb(pick("laying", "lying", "sleeping") if p.wide(c) else pick("sitting", "standing", "sitting"), c)
            seat = [s for s in SEAT if has(s) and p.touch(c, s, 0.5)]
            other = "dog" if c == "cat" else "cat"
            if has(other):
                out += [f"{th(c)} and {th(other)} together", f"{th(c)} {p.verb('laying', c)} next to {th(other)}"]
            elif seat:
                s = "table" if seat[0] == "dining table" else seat[0]
                out += [f"{th(c)} {v} {pick('on', 'on top of') if s not in ('sink', 'suitcase') else 'in'} a {s}"]
            elif has("tv") or has("laptop") or has("keyboard"):
                o = [k for k in ("laptop", "keyboard", "tv") if has(k)][0]
                out += [f"{th(c)} {v} {pick('next to', 'in front of')} {th(o)}"]
            elif has("frisbee"):
                out += [f"{th(c)} {pick('with', 'playing with')} a frisbee" + (" in the grass" if p.green else ""), f"{th(c)} with a frisbee in its mouth"]
            else:
                out += [f"{th(c)} {v} {pick('in the grass', 'outside')}" if p.green else pick(f"{th(c)} {v} on the floor", f"{th(c)} {p.verb('looking at the camera', c)}", f"a close up of {th(c)}")]
            break
    for c in sorted(FARM, key=lambda c: -p.area.get(c, 0)):
        if has(c):
            mate = [o for o in FARM if o != c and has(o) and p.area[o] > 0.02]
            v = p.verb(pick("standing", "standing", "walking", "grazing" if p.green and c in ("cow", "sheep", "horse", "zebra") else "standing"), c)
            out += [f"{th(c)}" + (f" and {th(mate[0])}" if mate and pick(0, 1) else "") + f" {v}{field or pick(' next to each other' if p.n(c) > 1 else ' on the ground', ' outside')}"]
            break
    if has("bear"):
        out += [f"{th('bear')} {p.verb(pick('walking', 'standing', 'sitting'), 'bear')}{field}", f"{th('bear')} {pick('in the water', 'on a rock')}" if not p.green else f"{th('bear')} in the grass"]
    if has("bird") and not out:
        out += [f"{th('bird')} {p.verb('flying', 'bird')} {pick('in the sky', 'in the air')}" if p.sky else f"{th('bird')} {p.verb(pick('sitting', 'standing'), 'bird')}{pick(' on a branch', ' in the grass') if p.green else pick(' on the ground', ' on a rock', ' near the water')}"]
    if has("airplane"):
        out += [f"{th('airplane')} {p.verb('flying', 'airplane')} {pick('in the sky', 'through the sky', 'in the air')}" if p.sky else f"{th('airplane')} {pick('on the runway', 'sitting on the runway', 'parked at an airport')}"]
    if has("kite"):
        out += [f"{th('kite')} {p.verb('flying', 'kite')} in the sky"]
    if has("train"):
        out += [f"{th('train')} {pick('on the tracks', 'traveling down the tracks', 'on a train track', 'at a train station')}"]
    if has("boat"):
        out += [f"{th('boat')} {pick('in the water', 'floating on the water', 'on the water')}"]
    road = sorted([c for c in ROAD if has(c)], key=lambda c: -p.area[c])
    if road and not has("train"):
        c = road[0]
        move = {"bus": ["driving down the street", "parked on the street", "on a city street", "on the road"], "truck": ["parked on the street", "driving down the road", "parked in a parking lot"],
                "car": ["parked on the street", "driving down the street", "on the street"], "motorcycle": ["parked on the street", "parked next to each other" if p.n("motorcycle") > 1 else "parked outside"],
                "bicycle": ["parked on the sidewalk", "parked next to a building", "leaning against a wall"]}[c]
        if p.area[c] > 0.02:
            out += [f"{th(c)} {pick(*move)}"]
        if len(road) > 1 and p.area[c] > 0.02:
            out += [f"{th(c)} and {th(road[1])} on the street"]
    if has("traffic light"):
        out += [f"{th('traffic light')} {pick('on a street', 'hanging over a street', 'at an intersection', 'on a pole')}" if not road else f"a street with cars and {th('traffic light')}"]
    for c, place in (("stop sign", ["on the side of the road", "at a street corner", "on a pole"]), ("fire hydrant", ["on the sidewalk", "on the side of the road", "in the grass" if p.green else "on the street"]),
                     ("parking meter", ["on the sidewalk", "on the side of the street"])):
        if has(c):
            out += [f"{th(c)} {pick(*place)}"]
    if has("toilet"):
        rest = p.some({"sink"}, 1)
        out += [f"a bathroom with {th('toilet')}" + (f" and {rest}" if rest else ""), f"{th('toilet')} in a bathroom" + (f" next to {rest}" if rest and pick(0, 1) else ""), f"a white toilet {pick('sitting in', 'in')} a {pick('small ', '')}bathroom"]
    elif KITCHEN & set(p.boxes):
        rest = p.some(KITCHEN | {"sink"}, 2)
        out += [f"a kitchen with {rest}", f"{p.some(KITCHEN, 1)} {pick('in a kitchen', 'sitting in a kitchen')}", f"a kitchen with {pick('a stove and ', '') if has('oven') else ''}{p.some(KITCHEN, 1)}"]
    elif has("sink"):
        out += [f"a bathroom with {th('sink')}", f"{th('sink')} in a {pick('bathroom', 'bathroom', 'kitchen')}"]
    indoor = not out
    if has("bed") and indoor:
        rest = p.some({"chair", "tv", "teddy bear", "book", "potted plant", "couch"}, 1)
        out += [f"a bedroom with {th('bed')}" + (f" and {rest}" if rest else ""), f"{th('bed')} {pick('in a bedroom', 'in a room', 'sitting in a bedroom')}"]
    elif has("couch") and indoor:
        rest = p.some({"tv", "chair", "potted plant", "dining table", "book", "clock", "vase"}, 1)
        out += [f"a living room with {th('couch')}" + (f" and {rest}" if rest else ""), f"{th('couch')} in a living room"]
    food = sorted([c for c in FOOD if has(c)], key=lambda c: -p.area[c])
    if food and not has("oven"):
        c = food[0]
        two = p.some(FOOD, 2)
        ware = p.some(WARE, 1)
        if c in ("broccoli", "carrot") or (len(food) > 1 and c not in ("pizza", "cake")):
            words = " and ".join({"carrot": "carrots", "broccoli": "broccoli"}.get(f, MANY.get(f, f + "s")) for f in food[:2])
            out += [f"a {pick('plate', 'plate of food', 'bowl') if not has('bowl') else 'bowl'} with {words}" if not c in ("banana", "apple", "orange") else f"{two} {pick('on a table', 'in a bowl' if has('bowl') else 'sitting on a table')}", f"a close up of {words}"]
        elif c in ("banana", "apple", "orange"):
            out += [f"{th(c)} {pick('on a table', 'sitting on a table', 'in a bowl' if has('bowl') else 'on a counter')}", f"a close up of {th(c)}"]
        else:
            out += [f"{th(c)} {pick('on a plate', 'sitting on top of a table', 'on a table', 'on a white plate')}" + (f" with {ware}" if ware and pick(0, 1) else ""), f"a close up of {th(c)} {pick('on a plate', 'on a table')}"]
    tech = [c for c in ("laptop", "tv", "keyboard", "mouse", "cell phone", "remote") if has(c)]
    if tech and not (has("cat") or has("dog")) and indoor:
        if has("tv") and not (has("keyboard") or has("mouse") or has("laptop")):
            rest = p.some({"couch", "chair", "potted plant", "book", "remote"}, 1)
            out += [f"{th('tv')} {pick('in a living room', 'sitting on a table', 'on a stand')}", f"a {'living room' if has('couch') else 'room'} with {th('tv')}" + (f" and {rest}" if rest else "")]
        elif has("cell phone") and not has("laptop") and not has("keyboard"):
            out += [f"a close up of {th('cell phone')}", f"{th('cell phone')} {pick('on a table', 'sitting on a table')}"]
        elif has("remote") and len(tech) == 1:
            out += [f"{th('remote')} on a table"]
        else:
            if has("tv") and not has("laptop"):
                out += ["a desk with a computer" + pick("", " and a keyboard"), "a computer monitor and a keyboard on a desk"]
            pcs = p.some([c for c in tech if c != "tv"], 2)
            out += [f"{pcs} {pick('on a desk', 'sitting on a desk', 'on top of a desk')}", f"a desk with {pcs}"]
    if has("clock") and (not out or p.area["clock"] > 0.05):
        tall = any(k in ("bell cote", "church", "palace", "castle", "monastery", "mosque", "triumphal arch") for k, _ in p.label["classes"][:3]) or p.sky
        out += [f"a {pick('tall ', '')}{pick('clock tower', 'building with a clock')}{pick('', ' in the sky' if p.sky else '', ' in a city')}" if tall else f"{th('clock')} {pick('on a wall', 'hanging on a wall', 'on the side of a building')}"]
    if has("vase") and indoor:
        flower = has("potted plant") or any(k in ("vase", "pot") for k, _ in p.label["classes"][:2])
        out += [f"{th('vase')}{' with flowers' if flower else ''} {pick('on a table', 'sitting on a table')}", f"{th('vase')} of flowers on a table" if flower and p.n("vase") == 1 else f"{th('vase')} on a table"]
    for c, place in (("teddy bear", ["sitting on a bed" if has("bed") else "sitting on a chair" if has("chair") else "sitting down", "sitting together" if p.n("teddy bear") > 1 else "sitting on a table"]),
                     ("suitcase", ["on the floor", "sitting on the floor"]), ("scissors", ["on a table"]), ("bench", ["in a park", "in the grass" if p.green else "next to a wall"]),
                     ("umbrella", ["on the beach" if not p.green else "in the grass", "in the rain"]), ("skateboard", ["on the ground"]), ("surfboard", ["on the beach"]), ("book", ["on a shelf" if p.n("book") > 2 else "on a table"]),
                     ("toothbrush", ["in a cup", "on a counter"]), ("potted plant", ["on a table", "in a room"]), ("backpack", ["on the floor"])):
        if has(c) and indoor and not out:
            out += [f"{th(c)} {pick(*place)}"]
    if (WARE & set(p.boxes)) and not out:
        out += [f"{p.some(WARE, 2)} {pick('on a table', 'sitting on a table', 'sitting on top of a table')}", f"a table with {p.some(WARE, 2)}"]
    if not out and (has("chair") or has("dining table")):
        out += [f"{p.some(['dining table', 'chair'], 2)} in a room", f"a room with {p.some(['dining table', 'chair'], 2)}"]
    return out


def write(p):
    """Three captions (they may repeat) or none."""
    found = []
    for _ in range(TRIES):
        people = p.has("person") and p.area["person"] > 0.01
        things = without_people(p)
        lead = with_people(p) if people else []
        if people and not lead:
            big = max([c for c in p.boxes if c != "person"], key=lambda c: p.area[c], default=None)
            if big is None or p.area[big] < 2 * p.area["person"]:
                return []
        said = lead[:2] if lead and (p.area["person"] > 0.04 or not things) else (things[:2] or lead[:2])
        if lead and things and said[:1] == lead[:1] and p.area["person"] < 0.08:
            said = lead[:1] + things[:1]
        found += [s for s in said if s not in found]
        if len(found) >= 6:
            break
    p.rng.shuffle(found)
    return found and [" ".join(found[i % len(found)].split()) for i in range(3)]


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    for n in ("images", "detections", "labels", "out"):
        ap.add_argument("--" + n, required=True)
    ap.add_argument("--skip", default="", help="file with names to leave out")
    ap.add_argument("--score", type=float, default=0.45)
    args = ap.parse_args()
    skip = set(open(args.skip).read().split()) if args.skip else set()
    det, lab = json.load(open(args.detections)), json.load(open(args.labels))
    out = {}
    for n, d in det.items():
        if n in skip or n not in lab or not d:
            continue
        p = Photo(d, lab[n], f"{args.images}/{n}", random.Random(n), args.score)
        if p.boxes:
            caps = write(p)
            if caps:
                out[n] = caps
    json.dump(out, open(args.out, "w"), indent=0)
    print(f"{len(out)} of {len(det)} photos have captions")
