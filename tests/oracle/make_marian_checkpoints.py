#!/usr/bin/env python3
"""Trains the tiny Marian checkpoints of tests/fixtures/marian-oracle. They are stored, since training gives other bits on another machine:
run this only for new ones, then `npm run models:oracle`.

Random weights repeat one word for ever, so each is taught some made-up pairs for seconds. Laid out as Helsinki-NLP lays its models out
on the hub; all share the two SentencePiece models. Weights are rounded to half floats, which halves the files: what is stored is exact.
Needs Python 3.10 or later with torch, transformers (5.x) and sentencepiece, and no network. About four minutes.
"""

import itertools
import json
import random
import sys
from pathlib import Path

try:
    import sentencepiece
    import torch
    from safetensors.torch import save_file
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install torch transformers sentencepiece safetensors")

FIXTURES = Path(__file__).parent.parent / "fixtures" / "marian-oracle"

SUBJECTS = ["a man", "a woman", "two dogs", "a black cat", "a group of people", "three children", "a red car", "an old house", "a bird",
            "a close up of a flower"]
VERBS = ["sitting on", "standing next to", "lying under", "riding on", "looking at", "walking along", "parked in front of", "holding"]
OBJECTS = ["a wooden table", "the beach", "a green field", "a street at night", "a bicycle", "a bench", "the mountains",
           "a cup of coffee", "a snowy hill"]
GERMAN = {
    "a man": "ein Mann", "a woman": "eine Frau", "two dogs": "zwei Hunde", "a black cat": "eine schwarze Katze",
    "a group of people": "eine Gruppe von Menschen", "three children": "drei Kinder", "a red car": "ein rotes Auto",
    "an old house": "ein altes Haus", "a bird": "ein Vogel", "a close up of a flower": "Nahaufnahme einer Blume",
    "sitting on": "sitzt auf", "standing next to": "steht neben", "lying under": "liegt unter", "riding on": "fährt auf",
    "looking at": "blickt auf", "walking along": "geht entlang", "parked in front of": "geparkt vor", "holding": "hält",
    "a wooden table": "einem Holztisch", "the beach": "dem Strand", "a green field": "einer grünen Wiese",
    "a street at night": "einer Straße bei Nacht", "a bicycle": "einem Fahrrad", "a bench": "einer Bank", "the mountains": "den Bergen",
    "a cup of coffee": "einer Tasse Kaffee", "a snowy hill": "einem verschneiten Hügel",
}
ENGLISH_EXTRA = ["ÄÖÜäöüß éèêàçñ 0123456789 .,;:!?'\"()-%&/"]
GERMAN_EXTRA = [*ENGLISH_EXTRA, "猫が座っている。", "一只猫坐在桌子上", "قطة تجلس على الطاولة"]

# What the published models differ in. `stored` are the ways in which the weights lie in the folder.
VARIANTS = {
    "shared": {"stored": ("safetensors", "zip-half", "legacy", "legacy-half")},
    "relu": {"activation_function": "relu", "num_beams": 6},
    "separate": {"share_encoder_decoder_embeddings": False},
    "multi": {"codes": [">>deu<<", ">>por<<", ">>zho_Hans<<"]},
    "deep": {"encoder_layers": 3, "decoder_layers": 2, "d_model": 64, "heads": 8},
    # Taught long enough to translate its own sentences, for tests from end to end.
    "toy": {"d_model": 64, "steps": 900, "stored": ("safetensors", "legacy-half")},
}


def pairs():
    rows = list(itertools.product(SUBJECTS, VERBS, OBJECTS))
    return [" ".join(row) for row in rows], [" ".join(GERMAN[word] for word in row) for row in rows]


def train_pieces(name, lines, size):
    # Written from memory: from a file the model would keep the file's name.
    with open(FIXTURES / f"{name}.spm", "wb") as out:
        sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(lines), model_writer=out, vocab_size=size, character_coverage=1.0,
                                                 hard_vocab_limit=False, minloglevel=2)
    model = sentencepiece.SentencePieceProcessor(model_file=str(FIXTURES / f"{name}.spm"))
    ids = range(model.get_piece_size())
    return [model.id_to_piece(id) for id in ids if not model.is_control(id) and not model.is_unknown(id)]


def dump(value, file, **how):
    file.write_text(json.dumps(value, ensure_ascii=False, **how) + "\n", encoding="utf8")


def tokenizer_of(folder):
    separate = (folder / "target_vocab.json").exists()
    target = str(folder / "target_vocab.json") if separate else None
    return MarianTokenizer(source_spm=str(FIXTURES / "source.spm"), target_spm=str(FIXTURES / "target.spm"),
                           vocab=str(folder / "vocab.json"), target_vocab_file=target, source_lang="en", target_lang="de",
                           separate_vocabs=separate)


def teach(model, folder, examples, pad, steps, seed):
    tokenizer, order = tokenizer_of(folder), random.Random(seed)
    weights = [weight for name, weight in model.named_parameters() if "embed_positions" not in name]
    optimiser = torch.optim.Adam(weights, lr=3e-3)
    bias = torch.nn.Parameter(0.1 * torch.randn_like(model.final_logits_bias))
    optimiser.add_param_group({"params": [bias]})
    tables = {id(part.weight): part.weight for part in (model.get_input_embeddings(), model.model.decoder.embed_tokens)}.values()
    for step in range(steps + 1):
        with torch.no_grad():
            # As the hub's conversion leaves it: the added <pad> has a row of zeros and a bias of 0, so its logit 0 competes.
            for table in tables:
                table[pad] = 0
            bias[0, pad] = 0
            model.final_logits_bias.copy_(bias)
        if step == steps:
            break
        batch = order.sample(examples, 48)
        source = tokenizer([text for text, _ in batch], return_tensors="pt", padding=True)
        target = tokenizer(text_target=[text for _, text in batch], return_tensors="pt", padding=True).input_ids
        before = torch.cat([torch.full_like(target[:, :1], pad), target[:, :-1]], 1)
        logits = model(**source, decoder_input_ids=before).logits + (bias - bias.detach())
        # <pad> is the last row.
        loss = torch.nn.functional.cross_entropy(logits[..., :pad].flatten(0, 1), target.flatten(), ignore_index=pad, label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    model.eval()
    print(f"{folder.name}: loss {loss.item():.2f}")


def store(model, folder, rules, separate, ways):
    state = {name: value.half().contiguous() for name, value in model.state_dict().items()}
    # Files of 2020 have no lm_head and name the tied table once more for each half.
    if not separate:
        state.pop("lm_head.weight", None)
    tied = ("model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight") if not separate else ()
    state = {name: value for name, value in state.items() if "embed_positions" not in name}
    dump({**model.config.to_dict(), **rules}, folder / "config.json", indent=1)
    if "safetensors" in ways:
        save_file({name: value.clone() for name, value in state.items() if name not in tied}, folder / "model.safetensors")
    for way, floats, options in (("zip-half", torch.half, {}), ("legacy", torch.float, {"_use_new_zipfile_serialization": False}),
                                 ("legacy-half", torch.half, {"_use_new_zipfile_serialization": False})):
        if way in ways:
            (folder / way).mkdir(exist_ok=True)
            cast = {}
            for name, value in state.items():
                cast[name] = cast["model.shared.weight"] if name in tied else value.to(floats)
            torch.save(cast, folder / way / "pytorch_model.bin", **options)


def make(name, seed, source, target, *, codes=(), num_beams=4, heads=4, d_model=32, steps=120, stored=("safetensors",), **config):
    folder = FIXTURES / name
    folder.mkdir(parents=True, exist_ok=True)
    separate = config.get("share_encoder_decoder_embeddings") is False
    special = ["</s>", "<unk>"]
    if separate:
        # transformers demands tables of one size.
        size = max(len(source), len(target))
        filled = lambda pieces: pieces + [f"<unused{at}>" for at in range(size - len(pieces))]
        vocabulary = {piece: id for id, piece in enumerate([*special, *filled(source), "<pad>"])}
        dump({piece: id for id, piece in enumerate([*special, *filled(target), "<pad>"])}, folder / "target_vocab.json")
    else:
        vocabulary = {piece: id for id, piece in enumerate([*special, *dict.fromkeys([*source, *target]), *codes, "<pad>"])}
    dump(vocabulary, folder / "vocab.json")
    pad = vocabulary["<pad>"]
    languages = {"source_lang": "eng" if codes else "en", "target_lang": "mul" if codes else "de"}
    dump({**languages, "separate_vocabs": True} if separate else languages, folder / "tokenizer_config.json")
    layers = {key: config.pop(key, 2) for key in ("encoder_layers", "decoder_layers")}
    sizes = MarianConfig(vocab_size=len(vocabulary), decoder_vocab_size=len(vocabulary), d_model=d_model, encoder_attention_heads=heads,
                         decoder_attention_heads=heads, encoder_ffn_dim=2 * d_model, decoder_ffn_dim=2 * d_model,
                         max_position_embeddings=512, scale_embedding=True, pad_token_id=pad, decoder_start_token_id=pad, eos_token_id=0,
                         bos_token_id=0, forced_eos_token_id=0, **layers, **{"activation_function": "swish", **config})
    torch.manual_seed(seed)
    model = MarianMTModel(sizes)
    prefix = f"{codes[seed % len(codes)]} " if codes else ""
    english, german = pairs()
    teach(model, folder, [(prefix + one, other) for one, other in zip(english, german)], pad, steps, seed)
    rules = {"num_beams": num_beams, "max_length": 512, "bad_words_ids": [[pad]]}
    dump({**rules, "bos_token_id": 0, "decoder_start_token_id": pad, "eos_token_id": 0, "forced_eos_token_id": 0, "pad_token_id": pad,
          "renormalize_logits": True}, folder / "generation_config.json", indent=1)
    # The config.json of 2020 says more than transformers reads today.
    old = {"add_bias_logits": False, "add_final_layer_norm": False, "normalize_before": False, "normalize_embedding": False,
           "static_position_embeddings": True}
    store(model, folder, {**old, **rules}, separate, stored)


def main():
    torch.set_num_threads(1)  # the products are tiny: more threads are slower
    FIXTURES.mkdir(parents=True, exist_ok=True)
    english, german = pairs()
    source, target = train_pieces("source", english + ENGLISH_EXTRA, 160), train_pieces("target", german + GERMAN_EXTRA, 220)
    for number, (name, variant) in enumerate(VARIANTS.items()):
        make(name, 100 + number, source, target, **dict(variant))


if __name__ == "__main__":
    main()
