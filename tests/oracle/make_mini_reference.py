#!/usr/bin/env python3
"""What Python's onnxruntime and a search of its own say of the shipped files of mini, stored for the suite.

Needs Python 3.10 or later with onnxruntime, numpy and pillow; no network. The pictures are the photographs of
tests/fixtures/images, at most 160 pixels a side and stored without loss, so that no two JPEG decoders can differ. A sentence that hangs
on a near tie proves nothing and is refused.
"""

import hashlib
import json
import sys
from pathlib import Path

try:
    import numpy as np
    import onnxruntime
    from PIL import Image
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install onnxruntime numpy pillow")

ROOT = Path(__file__).parent.parent.parent
MODEL = ROOT / "models" / "mini"
FIXTURES = ROOT / "tests" / "fixtures" / "mini"
SIDE = 160
# Scores nearer than this could swap places between two versions of onnxruntime.
TIE = 2e-3
MANIFEST = json.loads((MODEL / "altsmith-model.json").read_text())
DIMS = MANIFEST["dims"]
START, END = MANIFEST["tokens"]["start"], MANIFEST["tokens"]["end"]
PRESET = MANIFEST["presets"][MANIFEST["default_preset"]]
VOCABULARY = (MODEL / "vocab.txt").read_text().splitlines()


def session(name):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(str(MODEL / MANIFEST["graphs"][name]), options, ["CPUExecutionProvider"])


VISION, DECODER = session("vision"), session("decoder")
CROSS = [f"cross_{part}{layer}" for layer in range(DIMS["layers"]) for part in "kv"]


def look(pixels):
    names = [output.name for output in VISION.get_outputs()]
    return dict(zip(names, VISION.run(names, {"pixels": pixels[None]})))


def log_probs(seen, tokens):
    """log-softmax of the token after `tokens`, the whole sentence computed anew: no cache to get wrong."""
    empty = np.zeros((1, DIMS["heads"], 0, DIMS["head_size"]), np.float32)
    feeds = {
        "input_ids": np.array([tokens], np.int64),
        "position_ids": np.arange(len(tokens)),
        "beam_idx": np.zeros(1, np.int64),
        "top_count": np.array([1]),
        **{name: seen[name] for name in CROSS},
        **{name.replace("cross", "past"): empty for name in CROSS},
    }
    logits = DECODER.run(["logits"], feeds)[0][0].astype(np.float64)
    return logits - logits.max() - np.log(np.exp(logits - logits.max()).sum())


def order(scores, count):
    best = np.argsort(-scores, kind="stable")[: count + 1]
    return best[:count], float(scores[best[count - 1]] - scores[best[count]])


def greedy(seen):
    tokens, found, margins = [START], [], []
    for _ in range(PRESET["max_new_tokens"]):
        scores = log_probs(seen, tokens)
        (best,), margin = order(scores, 1)
        margins.append(margin)
        found.append(float(scores[best]))
        tokens.append(int(best))
        if best == END:
            break
    return tokens[1:], found, min(margins)


def beam(seen, width):
    """Beam search as transformers has it without early stopping; unfinished sentences count only without finished ones."""
    open_, kept, margins = [([START], [], 0.0)], [], []
    for step in range(1, PRESET["max_new_tokens"] + 1):
        ways = []
        for said, each, total in open_:
            scores = log_probs(seen, said)
            for token in np.argsort(-scores, kind="stable")[: 2 * width + 1]:
                ways.append((said + [int(token)], each + [float(scores[token])], total + float(scores[token])))
        ways.sort(key=lambda way: -way[2])
        margins += [ways[place][2] - ways[place + 1][2] for place in (width - 1, 2 * width - 1)]
        ways = ways[: 2 * width]
        for said, each, total in ways[:width]:
            if said[-1] == END:
                kept.append((said, each, total / len(each) ** PRESET["length_penalty"]))
        kept = sorted(kept, key=lambda one: -one[2])[:width]
        open_ = [way for way in ways if way[0][-1] != END][:width]
        if len(kept) == width and kept[-1][2] >= open_[0][2] / step ** PRESET["length_penalty"]:
            break
    if not kept:
        said, each, total = open_[0]
        kept = [(said, each, total / len(each) ** PRESET["length_penalty"])]
    if len(kept) > 1:
        margins.append(kept[0][2] - kept[1][2])
    said, each, _ = kept[0]
    return said[1:], each, min(margins)


def text_of(tokens):
    text = ""
    for token in tokens:
        if token not in MANIFEST["text"]["special"]:
            word = VOCABULARY[token]
            text += word[2:] if word.startswith("##") else f" {word}"
    for before, after in MANIFEST["text"]["cleanup"]:
        text = text.strip().replace(before, after)
    return text.strip()


def sentence(tokens, scores):
    said = tokens[:-1] if tokens[-1] == END else tokens
    return {"tokens": said, "text": text_of(said), "log_probs": [round(score, 6) for score in scores]}


def case(photograph):
    file = FIXTURES / "pictures" / f"{photograph.stem}.png"
    picture = Image.open(photograph).convert("RGB")
    picture.thumbnail((SIDE, SIDE))
    seen = look(np.asarray(picture))
    answers = {1: greedy(seen), 3: beam(seen, 3)}
    margin = min(answer[2] for answer in answers.values())
    if margin < TIE:
        print(f"{photograph.name}: left out, a near tie ({margin:.1e})")
        return None
    picture.save(file, optimize=True)
    logits = seen["class_logits"][0].astype(np.float64)
    keys = seen["cross_k0"].reshape(-1)
    return {
        "file": file.name,
        "keys": [round(float(key), 6) for key in keys[:: keys.size // 16][:16]],
        "class_logits": {str(int(index)): round(float(logits[index]), 5) for index in np.argsort(-logits)[:5]},
        **{f"beams{width}": sentence(*answer[:2]) for width, answer in answers.items()},
    }


def main():
    for old in (FIXTURES / "pictures").glob("*.png"):
        old.unlink()
    photographs = sorted((ROOT / "tests" / "fixtures" / "images").glob("*.jpg"))
    cases = [found for found in map(case, photographs) if found is not None]
    graphs = {entry["name"]: entry["sha256"] for entry in MANIFEST["files"]}
    reference = {"onnxruntime": onnxruntime.__version__, "files": graphs, "cases": cases}
    (FIXTURES / "reference.json").write_text(json.dumps(reference, indent=1) + "\n")
    print(f"{len(cases)} pictures")


if __name__ == "__main__":
    main()
