"""Measure a checkpoint on the Flickr8k test split, on other photos, and the use of its confidence.

    evaluate.py --model run/best.pt --feats DIR --text DIR --weights lite2.pth [--beams 3] [--int8 vision,decoder] [--coco DIR] [--photos DIR] [--java] [--out FILE]
"""
import argparse
import json
import os
import random

import numpy as np
import torch
from scipy.stats import spearmanr

from encoder import CpuLock, encoder_from_folded, load_encoder, load_image
from metrics import evaluate
from model import Captioner, beam_search
from text import WordPiece, load_flickr8k
from train import Features, caption_images


def save_fp16(path, encoder, model, start):
    """One safetensors file: the whole encoder (folded, with its trained top), neck and decoder; everything in fp16."""
    from safetensors.torch import save_file
    full = {f"encoder.stem.{k}": v for k, v in encoder.stem.state_dict().items()}
    for i, b in enumerate(list(encoder.blocks[:start]) + list(model.blocks)):
        full.update({f"encoder.blocks.{i}.{k}": v for k, v in b.state_dict().items()})
    full.update({f"encoder.head.{k}": v for k, v in model.head.state_dict().items()})
    full.update({f"neck.{k}": v for k, v in model.neck.state_dict().items()})
    full.update({f"decoder.{k}": v for k, v in model.decoder.state_dict().items()})
    if getattr(encoder, "classifier", False):
        full.update({f"classifier.{k}": v for k, v in encoder.fc.state_dict().items()})
    save_file({k: v.detach().half().contiguous() for k, v in full.items()}, path, metadata=dict(config=json.dumps(model.c), start=str(start)))


def load_fp16(path):
    from safetensors import safe_open
    with safe_open(path, "pt") as f:
        tensors = {k: f.get_tensor(k).float() for k in f.keys()}
        config, start = json.loads(f.metadata()["config"]), int(f.metadata()["start"])
    part = lambda p: {k[len(p):]: v for k, v in tensors.items() if k.startswith(p)}
    encoder = encoder_from_folded(part("encoder."))
    wp = WordPiece(open(os.path.join(os.path.dirname(path), "vocab.txt")).read().split())
    model = Captioner(encoder, start, len(wp.vocab), **config)
    model.neck.load_state_dict(part("neck."))
    model.decoder.load_state_dict(part("decoder."))
    if part("classifier."):
        encoder.fc.load_state_dict(part("classifier."))
        encoder.classifier = True
    return encoder, model.eval(), wp, dict(start=start, config=config)


def load(path, weights):
    """A training checkpoint (.pt, needs the encoder's own file too) or the released .safetensors."""
    if path.endswith(".safetensors"):
        return load_fp16(path)
    ck = torch.load(path, weights_only=False)
    vocab = open(os.path.join(os.path.dirname(path), "vocab.txt")).read().split()
    encoder = load_encoder(weights)
    model = Captioner(encoder, ck["start"], len(vocab), **ck["config"])
    fc = {k[3:]: ck["state"].pop(k) for k in list(ck["state"]) if k.startswith("fc.")}
    model.load_state_dict(ck["state"])
    if fc:      # a classifier that was trained along with this top (finetune.py)
        encoder.fc.load_state_dict(fc)
        encoder.classifier = True
    return encoder, model.eval(), WordPiece(vocab), ck


KEEP_FP16 = 100_000     # convolutions up to this many weights stay fp16: depthwise ones and the early blocks suffer most (quantstudy.py)


def round_int8(module, keep=KEEP_FP16):
    """Symmetric per-output-channel int8 rounding of every matrix (embeddings included) and every larger convolution."""
    for p in module.parameters():
        if p.ndim == 2 or (p.ndim > 2 and p.numel() > keep):
            flat = p.data.flatten(1)
            s = flat.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
            p.data = ((flat / s).round().clamp(-127, 127) * s).view_as(p)


def caption_files(encoder, model, wp, paths, beams=3, length_penalty=1.0):
    """End to end from image files: whole encoder, neck, decoder in fp32."""
    out = []
    with torch.no_grad():
        for p in paths:
            x = torch.from_numpy(load_image(p, 260).copy()).permute(2, 0, 1)[None].float()
            ids, score, mean, lps = beam_search(model.decoder, model.cross(encoder.lower(x, model.start)), beams, length_penalty=length_penalty)[0]
            out.append((wp.decode(ids), mean))
    return out


def confidence_report(res, per):
    """Rank correlation of confidence signals with per-image CIDEr, and CIDEr by confidence quintile."""
    mean = np.array([r[2] for r in res])
    low = np.array([min(r[3]) for r in res])
    per = np.array(per)
    rho = {k: round(float(spearmanr(v, per)[0]), 3) for k, v in
           dict(mean_logp=mean, min_logp=low, sum_logp=np.array([sum(r[3]) for r in res]), length=np.array([-len(r[3]) for r in res])).items()}
    order = np.argsort(mean)
    rho["cider_by_mean_logp_quintile_low_to_high"] = [round(float(per[q].mean()), 1) for q in np.array_split(order, 5)]
    return rho


def main():
    ap = argparse.ArgumentParser()
    for name in ("model", "feats", "text", "weights"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--save-fp16", default="", help="write the whole model to this .safetensors and end")
    ap.add_argument("--beams", type=int, default=3)
    ap.add_argument("--length-penalty", type=float, default=1.0)
    ap.add_argument("--split", default="test")
    ap.add_argument("--int8", default="")
    ap.add_argument("--coco", default="")
    ap.add_argument("--photos", default="")
    ap.add_argument("--samples", type=int, default=0)
    ap.add_argument("--java", action="store_true")
    ap.add_argument("--bf16", action="store_true")
    ap.add_argument("--lock", default="")
    ap.add_argument("--out", default="")
    args = ap.parse_args()
    torch.set_num_threads(2)
    encoder, model, wp, ck = load(args.model, args.weights)
    if args.save_fp16:
        save_fp16(args.save_fp16, encoder, model, ck["start"])
        return
    if "vision" in args.int8:
        for m in (model.blocks, model.head, model.neck):
            round_int8(m)
    if "decoder" in args.int8:
        round_int8(model.decoder)
    caps, splits = load_flickr8k(args.text)
    feats = Features(args.feats, ck["start"], [0])
    names = splits[args.split]
    with CpuLock(args.lock) as lock:
        res = caption_images(model, feats, names, lock, wp, args.beams, args.length_penalty, bf16=args.bf16)
        m, per = evaluate([r[0] for r in res], [caps[n] for n in names])
    m = {k: round(v, 2) for k, v in m.items()}
    m["mean_words"] = round(float(np.mean([len(r[0].split()) for r in res])), 2)
    m["distinct_captions"] = len({r[0] for r in res})
    m["words_used"] = len({w for r in res for w in r[0].split()})
    print(json.dumps(dict(model=args.model, split=args.split, beams=args.beams, int8=args.int8, **m)), flush=True)
    print("confidence:", json.dumps(confidence_report(res, per)))
    if args.out:
        json.dump([dict(image=n, caption=r[0], logp=r[2], cider=p) for n, r, p in zip(names, res, per)], open(args.out, "w"), indent=0)
    if args.samples:
        pick = random.Random(0).sample(range(len(names)), args.samples)
        for i in pick:
            print(f"- {res[i][0]}  [logp {res[i][2]:.2f}, CIDEr {per[i]:.0f}]  refs: " + " / ".join(c.rstrip(" .").lower() for c in caps[names[i]][:3]))
    if args.java:
        from pycocoevalcap.bleu.bleu import Bleu
        from pycocoevalcap.cider.cider import Cider
        from pycocoevalcap.meteor.meteor import Meteor
        from pycocoevalcap.rouge.rouge import Rouge
        from pycocoevalcap.tokenizer.ptbtokenizer import PTBTokenizer
        tok = PTBTokenizer()
        gts = tok.tokenize({i: [dict(caption=c) for c in caps[n]] for i, n in enumerate(names)})
        hyp = tok.tokenize({i: [dict(caption=r[0])] for i, r in enumerate(res)})
        b = Bleu(4).compute_score(gts, hyp, verbose=0)[0]
        print("pycocoevalcap:", json.dumps(dict(B1=round(100 * b[0], 2), B4=round(100 * b[3], 2), METEOR=round(100 * Meteor().compute_score(gts, hyp)[0], 2),
              R=round(100 * Rouge().compute_score(gts, hyp)[0], 2), C=round(100 * Cider().compute_score(gts, hyp)[0], 2))))
    if args.photos:
        files = sorted(os.listdir(args.photos))
        for f, (c, lp) in zip(files, caption_files(encoder, model, wp, [f"{args.photos}/{f}" for f in files], args.beams, args.length_penalty)):
            print(f"- {f}: {c}  [logp {lp:.2f}]")
    if args.coco:
        paths, refs = [], []
        for part in ("train2017", "val2017"):
            d = json.load(open(f"{args.coco}/annotations/captions_{part}.json"))
            by = {}
            for a in d["annotations"]:
                by.setdefault(a["image_id"], []).append(a["caption"])
            for im in d["images"]:
                p = f"{args.coco}/{part}/{im['file_name']}"
                if len(by.get(im["id"], [])) >= 5 and os.path.exists(p):
                    paths.append(p)
                    refs.append(by[im["id"]])
        with CpuLock(args.lock) as lock:
            out = []
            for i in range(0, len(paths), 20):
                out += caption_files(encoder, model, wp, paths[i:i + 20], args.beams, args.length_penalty)
                lock.tick()
        m, per = evaluate([c for c, _ in out], refs)
        print("coco-mini:", len(paths), json.dumps({k: round(v, 2) for k, v in m.items()}), "spearman", round(float(spearmanr([lp for _, lp in out], per)[0]), 3))
        for i in random.Random(0).sample(range(len(paths)), 12):
            print(f"  - {out[i][0]}  [logp {out[i][1]:.2f}]  ref: {refs[i][0]}")


if __name__ == "__main__":
    main()
