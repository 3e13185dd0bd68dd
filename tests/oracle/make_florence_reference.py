#!/usr/bin/env python3
"""What Hugging Face transformers says about every case of tests/fixtures/florence-oracle/cases.json, stored for the suite.

Run by `npm run models:oracle`. Needs Python 3.10 or later with torch, transformers (5.x), tokenizers and numpy, and no network.
transformers' class serves both layouts of the checkpoint: `microsoft` is the same model without the rows that transformers adds to
the table of words. Each answer is made in float32 and again in float64: a case whose two answers differ hangs on a near tie, proves
nothing, and is refused (give it another seed); so is one where the error of transformers' own float32 is near what the suite allows.
Features and logits are stored as float64 has them. Pictures have the model's own size, so nothing is resized here.
"""

import base64
import json
import sys
from pathlib import Path

try:
    import numpy as np
    import tokenizers
    import torch
    import transformers
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import Florence2Config, Florence2ForConditionalGeneration, GenerationConfig
    from transformers.modeling_outputs import BaseModelOutput
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install torch transformers tokenizers numpy")

sys.path.insert(0, str(Path(__file__).parent))
from seeded import picture, uniform  # noqa: E402

FIXTURES = Path(__file__).parent.parent / "fixtures" / "florence-oracle"
WORDS = "model.language_model.shared.weight"
TIED = ("lm_head.weight", "model.language_model.encoder.embed_tokens.weight", "model.language_model.decoder.embed_tokens.weight")
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
# Word for word what transformers' processor puts in the place of <CAPTION>, <DETAILED_CAPTION>, <MORE_DETAILED_CAPTION> and <OCR>.
TASKS = {
    "caption": "What does the image describe?",
    "detailed": "Describe in detail what is shown in the image.",
    "more_detailed": "Describe with a paragraph what is shown in the image.",
    "ocr": "What is the text in the image?",
}
SEARCHES = {
    "greedy": {"num_beams": 1, "max_new_tokens": 24},
    "three": {"num_beams": 3, "max_new_tokens": 24, "num_return_sequences": 3},
    "five": {"num_beams": 5, "max_new_tokens": 7, "num_return_sequences": 5},
}
ADDED = ["<od>", "</od>", "<ocr>", "</ocr>"] + [f"<loc_{place}>" for place in range(1000)]
ADDED += [f"<{end}{name}>" for name in ("cap", "ncap", "dcap", "grounding", "seg") for end in ("", "/")] + ["<sep>"]
ADDED += [f"<{end}{name}>" for name in ("region_cap", "region_to_desciption", "proposal", "poly") for end in ("", "/")]
ADDED += ["<and>"]
SAMPLES = 64
# Pieces of the strings that the tokenizer is compared on.
PIECES = ["the image", " ", "  ", "\n", "\t", "\r\n", "What", " is", "n't", "'s", "'LL", "1234", "é", "e\u0301", "日本語", "🙂", "👩‍👩‍👧",
          "\u200b", "\u00a0", "\ufeff", "<loc_5>", "<loc_1000>", "</s>", "<s>", "<mask>", " <mask>", "<and>", "<od>", "< od>", "ﬁ", "ß", "İ",
          "العربية", "ไทย", "\U0010ffff", "\x00", "\x7f", "…", "—", '"', "\\", "%", "Ġ", "Ċ", "#", "don't", "DESCRIBE", "Describe in detail"]


def make_tokenizer():
    """BART's order in small: four specials, the bytes, a few merges, <mask>; then the tokens that Microsoft's processor adds."""
    words = ["<s>", "<pad>", "</s>", "<unk>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    merges = []
    for word in ("Ġthe", "Ġimage", "Ġin", "Ġis", "What", "Ġwhat", "Ġshown", "Describe", "Ġdescribe", "Ġwith", "Ġa", "Ġdetail"):
        piece = word[0]
        for letter in word[1:]:
            if (piece, letter) not in merges:
                merges.append((piece, letter))
            piece += letter
            if piece not in words:
                words.append(piece)
    words.append("<mask>")
    tokenizer = Tokenizer(models.BPE(vocab={word: id for id, word in enumerate(words)}, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
    named = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
    tokenizer.add_special_tokens([AddedToken(token, special=True, lstrip=token == "<mask>") for token in named])
    tokenizer.save(str(FIXTURES / "tokenizer.json"))
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in ADDED])
    return tokenizer


def amplitude(name, dims):
    """Half-width and centre of a weight's uniform distribution, the same as in tests/support/checkpoint/florence-layout.ts."""
    leaf = name.rsplit(".", 1)[-1]
    if "norm" in name:
        return (0.17, 1.0) if leaf == "weight" else (0.17, 0.0)
    if leaf == "bias":
        return 0.17, 0.0
    if leaf == "pos_idx_to_embed":
        return 1.0, 0.0
    if name == WORDS:
        return 0.78, 0.0
    if "embed_positions" in name:
        # In the decoder positions and attention outweigh the word before: else one word is said for ever.
        return (2.6 if ".decoder." in name else 1.04), 0.0
    if len(dims) == 4 and dims[1] == 1:
        return 0.26, 0.0
    gain = 2.25
    if ".decoder." in name:
        gain *= 3 if "q_proj" in name or "k_proj" in name else 2 if "out_proj" in name or "fc2" in name else 1
    return gain / int(np.prod(dims[1:])) ** 0.5, 0.0


def weight(seed, name, dims):
    half, centre = amplitude(name, dims)
    return (uniform(f"{seed}/{name}", int(np.prod(dims))) * half + centre).astype(np.float32).reshape(dims)


def config_of(case, rows):
    text = {
        "model_type": "bart", "vocab_size": rows, "d_model": case["width"], "encoder_layers": case["layers"][0],
        "decoder_layers": case["layers"][1], "encoder_attention_heads": case["text_heads"][0],
        "decoder_attention_heads": case["text_heads"][1], "encoder_ffn_dim": case["ffn"][0], "decoder_ffn_dim": case["ffn"][1],
        "max_position_embeddings": case["positions"], "activation_function": "gelu", "scale_embedding": case["scaled"],
    }
    vision = {
        "embed_dim": case["widths"], "depths": case["depths"], "num_heads": case["heads"], "num_groups": case["groups"],
        "window_size": case["window"], "projection_dim": case["width"], "patch_size": [7, 3, 3, 3], "patch_stride": [4, 2, 2, 2],
        "patch_padding": [3, 1, 1, 1], "patch_prenorm": [False, True, True, True],
    }
    return Florence2Config(text_config=text, vision_config=vision, image_token_id=rows - 1)


def build(case, rows):
    model = Florence2ForConditionalGeneration(config_of(case, rows)).eval()
    model.set_attn_implementation("eager")
    last = f"model.language_model.decoder.layers.{case['layers'][1] - 1}.final_layer_norm.bias"
    state = {}
    for name, value in model.state_dict().items():
        state[name] = weight(case["seed"], WORDS if name in TIED else name, list(value.shape))
    # The end token is made likelier everywhere, so that sentences end by themselves now and then.
    end = state[WORDS][2].astype(np.float64)
    state[last] = (state[last].astype(np.float64) + case["ending"] * end / (end @ end)).astype(np.float32)
    model.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    rules = {"bos_token_id": 0, "decoder_start_token_id": 2, "early_stopping": True, "eos_token_id": 2, "forced_bos_token_id": 0,
             "forced_eos_token_id": 2, "no_repeat_ngram_size": 3, "num_beams": 3, "pad_token_id": 1, **case["rules"]}
    model.generation_config = GenerationConfig(**rules)
    return model


def pixels_of(case):
    side = case["side"]
    values = (picture(case["seed"], side, side) / np.float64(255) - MEAN) / DEVIATION
    return torch.from_numpy(values.transpose(2, 0, 1)[None])


def cut(row):
    """Up to the end token after the start token; they are the same id."""
    words = row[1:]
    return words[: words.index(2)] if 2 in words else words


def samples(values):
    flat = np.ascontiguousarray(values.detach().numpy().reshape(-1), dtype="<f4")
    places = [index * (len(flat) // SAMPLES) for index in range(SAMPLES)]
    return base64.b64encode(flat[places].tobytes()).decode()


@torch.no_grad()
def answers(model, case, prompts):
    dtype = next(model.parameters()).dtype
    features = model.get_image_features(pixels_of(case).to(dtype)).pooler_output
    found = {"features": features, "tasks": {}}
    for task, ids in prompts.items():
        words = model.get_input_embeddings()(torch.tensor([ids]))
        seen = model.model.language_model.encoder(inputs_embeds=torch.cat([features, words], 1)).last_hidden_state
        logits = model(encoder_outputs=BaseModelOutput(seen), decoder_input_ids=torch.tensor([[2, 0]])).logits[0, -1]
        said = {}
        for name, options in SEARCHES.items():
            out = model.generate(
                encoder_outputs=BaseModelOutput(seen.clone()), do_sample=False, return_dict_in_generate=True, output_scores=True, **options
            )
            scores = out.sequences_scores.tolist() if options["num_beams"] > 1 else [None]
            said[name] = [{"tokens": cut(row), "score": score} for row, score in zip(out.sequences.tolist(), scores)]
        found["tasks"][task] = {"logits": logits, "said": said}
    return found


def noise(single, double):
    """The error of transformers' own float32, as a share of what is left to it: the suite allows 3e-5 and 3e-4."""
    far = lambda one, other: (one.double() - other).abs().max().item()
    logits = max(far(single["tasks"][task]["logits"], double["tasks"][task]["logits"]) for task in TASKS)
    return max(far(single["features"], double["features"]) / 1.5e-5, logits / 1.5e-4)


def solve(case, rows, prompts):
    model = build(case, rows)
    single, double = answers(model, case, prompts), answers(build(case, rows).double(), case, prompts)
    tokens = lambda found: [[said["tokens"] for all in task["said"].values() for said in all] for task in found["tasks"].values()]
    if tokens(single) != tokens(double) or noise(single, double) > 1:
        return None
    for name, task in single["tasks"].items():
        task["logits"] = samples(double["tasks"][name]["logits"])
        for said in task["said"].values():
            for sentence in said:
                sentence["score"] = sentence["score"] and round(sentence["score"], 5)
    return {"features": samples(double["features"]), "tasks": single["tasks"]}


def hostile(tokenizer):
    numbers = np.random.default_rng(24)
    texts = ["".join(numbers.choice(PIECES, numbers.integers(1, 7))) for _ in range(200)]
    return [{"text": text, "ids": tokenizer.encode(text, add_special_tokens=False).ids} for text in texts]


def main():
    torch.set_num_threads(1)
    tokenizer = make_tokenizer()
    microsoft = tokenizer.get_vocab_size()
    rows = {"microsoft": microsoft, "transformers": (microsoft + 1 + 63) // 64 * 64}
    prompts = {task: tokenizer.encode(text).ids for task, text in TASKS.items()}
    made_with = {"transformers": transformers.__version__, "torch": torch.__version__, "tokenizers": tokenizers.__version__}
    reference = {"made_with": made_with, "rows": rows, "prompts": prompts, "hostile": hostile(tokenizer), "answers": {}}
    ties = []
    for case in json.loads((FIXTURES / "cases.json").read_text()):
        found = {layout: solve(case, count, prompts) for layout, count in rows.items()}
        if None in found.values():
            ties.append(case["name"])
            print(case["name"], "refused", flush=True)
            continue
        reference["answers"][case["name"]] = found
        said = [task["said"]["three"][0]["tokens"] for task in found["microsoft"]["tasks"].values()]
        print(case["name"], [(len(words), len(set(words))) for words in said], flush=True)
    if ties:
        sys.exit(f"{', '.join(ties)} hang on a near tie or on rounding: give them another seed")
    text = json.dumps(reference, separators=(",", ":"))
    (FIXTURES / "reference.json").write_text(text + "\n")
    print(f"{len(reference['answers'])} cases, {made_with}, {len(text)} bytes")


if __name__ == "__main__":
    main()
