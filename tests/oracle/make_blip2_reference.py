#!/usr/bin/env python3
"""What Hugging Face transformers says about every case of tests/fixtures/blip-2-oracle/cases.json, stored for the suite.

Run by `npm run models:oracle`. Needs Python 3.10 or later with torch, transformers (5.x), tokenizers, sentencepiece, Pillow and numpy,
and no network. Each answer is made in float32 and again in float64: a case whose two answers differ hangs on a near tie, proves
nothing, and is refused (give it another seed); so is one where the error of transformers' own float32 is near what the suite allows.
States and logits are stored as float64 has them. Pictures are scaled by transformers' Pillow class of the BLIP processor; sizes are
taken at which onnxruntime's two passes give the same bytes. The tokenizer is trained here on a few words, with the table of
replacements (nmt_nfkc) that T5's has.
"""

import base64
import io
import json
import sys
from pathlib import Path

try:
    import numpy as np
    import sentencepiece
    import torch
    import transformers
    from PIL import Image
    from sentencepiece import sentencepiece_model_pb2
    from transformers import Blip2Config, Blip2ForConditionalGeneration, T5Tokenizer
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install torch transformers tokenizers sentencepiece protobuf pillow numpy")

sys.path.insert(0, str(Path(__file__).parent))
from seeded import picture, uniform  # noqa: E402

FIXTURES = Path(__file__).parent.parent / "fixtures" / "blip-2-oracle"
MEAN, DEVIATION = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
WORDS, HEAD = "language_model.shared.weight", "language_model.lm_head.weight"
COPIES = ("language_model.encoder.embed_tokens.weight", "language_model.decoder.embed_tokens.weight")
CORPUS = (
    "a photo of the image. what is shown in this picture? Question: Answer: Short answer: how many cats and dogs are there on the "
    "beach near a red umbrella, street, table, young woman holding a group of people playing with frisbee"
).split()
PROMPTS = {"none": None, "question": "Question: what is shown in this picture? Answer:"}
SEARCHES = {
    "greedy": {"num_beams": 1, "max_new_tokens": 24},
    "three": {"num_beams": 3, "max_new_tokens": 24, "num_return_sequences": 3},
    "five": {"num_beams": 5, "max_new_tokens": 12, "num_return_sequences": 5, "length_penalty": -1.0, "min_length": 8},
    "penalty": {"num_beams": 3, "max_new_tokens": 10, "repetition_penalty": 1.5},
}
# More than 17 tokens, so that several distances of the decoder share a row of its table.
STEPS = 20
SAMPLES = 48
# Pieces of the strings that the tokenizer is compared on.
PIECES = ["a photo", " ", "  ", "\n", "\t", "\r\n", "What", " is", "n't", "'s", "1234", "é", "e\u0301", "日本語", "🙂", "👩‍👩‍👧", "\u200b", "\u00a0",
          "\ufeff", "</s>", "<pad>", "<unk>", "<extra_id_0>", " <extra_id_99>", "<image>", "< image>", "ﬁ", "ß", "İ", "ｆｕｌｌ", "Ｂ\u033e", "ｶﾞ", "№",
          "①", "½", "x\u0085y", "\u2028", "العربية", "ไทย", "\U0010ffff", "\x00", "\x7f", "\x1f", "…", "—", '"', "\\", "▁", "▁▁", "Question:", "ﷺ", "ﬆ", "㍿",
          "\u00ad", "Å", "A\u030a", "한국", "한", "🇩🇪", "☃️", "ǅ"]


def train_tokenizer():
    """T5's order in small: three specials, pieces, the sentinels from the last to the first, then <image>."""
    model = io.BytesIO()
    turns = [" ".join(CORPUS[start:] + CORPUS[:start]) for start in range(len(CORPUS))]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(turns), model_writer=model, vocab_size=70, hard_vocab_limit=False, model_type="unigram", pad_id=0, eos_id=1,
        unk_id=2, bos_id=-1, normalization_rule_name="nmt_nfkc", minloglevel=2,
    )
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    vocab = [(piece.piece, piece.score) for piece in proto.pieces]
    vocab += [(f"<extra_id_{number}>", 0.0) for number in range(99, -1, -1)]
    tokenizer = T5Tokenizer(vocab=vocab, _spm_precompiled_charsmap=proto.normalizer_spec.precompiled_charsmap)
    tokenizer.add_tokens(["<image>"], special_tokens=True)
    text = json.loads(tokenizer.backend_tokenizer.to_str())
    (FIXTURES / "tokenizer.json").write_text(json.dumps(text, separators=(",", ":"), ensure_ascii=True) + "\n")
    return tokenizer


def amplitude(name, dims, small):
    """Half-width and centre of a weight's uniform distribution, the same as in tests/support/checkpoint/blip-2-layout.ts."""
    leaf = name.rsplit(".", 1)[-1]
    if "norm" in name.lower():
        return (0.35, 1.0) if leaf == "weight" else (0.17, 0.0)
    if leaf == "bias":
        return 0.35, 0.0
    if "relative_attention_bias" in name:
        return 2.6, 0.0
    if name == HEAD:
        return 0.4, 0.0
    if "shared" in name or name == "query_tokens" or leaf in ("class_embedding", "position_embedding"):
        return 1.7 * small, 0.0
    half = 2.25 / int(np.prod(dims[1:])) ** 0.5
    if "patch_embedding" in name or "language_projection" in name:
        return half * small, 0.0
    # Larger weights, so that attention differs between places and outweighs the previous token. Else the model repeats one token.
    return half * (2 if ".decoder." in name and any(part in name for part in (".k.", ".o.", ".wo.")) else 1), 0.0


def weight(case, name, dims):
    half, centre = amplitude(name, dims, case["small"])
    return (uniform(f"{case['seed']}/{name}", int(np.prod(dims))) * half + centre).astype(np.float32).reshape(dims)


def config_of(case):
    vision = {**case["vision"], "hidden_act": "gelu", "qkv_bias": True}
    qformer = {**case["qformer"], "hidden_act": "gelu", "vocab_size": 60}
    ids = {"decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 1, "is_encoder_decoder": True}
    text = {"model_type": "t5", "feed_forward_proj": "gated-gelu", **ids, **case["text"], **case["says"]}
    # transformers derives this when it loads a folder, not when a config object is made.
    tied = text.pop("tie_word_embeddings", None)
    text["scale_decoder_outputs"] = text.get("scale_decoder_outputs", True if tied is None else tied)
    return Blip2Config(
        vision_config=vision, qformer_config=qformer, text_config={**text, "tie_word_embeddings": case["tied"]},
        num_query_tokens=case["queries"], image_token_index=case["text"]["vocab_size"] - 1,
    )


def build(case):
    model = Blip2ForConditionalGeneration(config_of(case)).eval()
    model.set_attn_implementation("eager")
    text = model.language_model
    if not case["tied"]:
        text.lm_head.weight = torch.nn.Parameter(text.lm_head.weight.detach().clone())
    head = WORDS if case["tied"] else HEAD
    state = {}
    for name, value in model.state_dict().items():
        source = WORDS if name in COPIES or (name == HEAD and case["tied"]) else name
        values = weight(case, source, list(value.shape))
        if source == head:
            # A larger row for the end token, so that some sentences end before the limit.
            values[1] *= np.float32(case["ending"])
        state[name] = torch.from_numpy(values)
    model.load_state_dict(state)
    assert text.config.scale_decoder_outputs == case["scaled"], case["name"]
    return model


def pixels_of(case, number):
    width, height, seed = case["pictures"][number]
    side = case["vision"]["image_size"]
    image = Image.fromarray(picture(seed, width, height))
    processor = BlipImageProcessorPil(size={"height": side, "width": side}, do_normalize=False, do_rescale=False)
    bytes_ = np.asarray(processor(image, return_tensors="np")["pixel_values"][0])
    return torch.from_numpy((bytes_.transpose(1, 2, 0) / np.float64(255) - MEAN) / DEVIATION).permute(2, 0, 1)[None]


def cut(row):
    words = row[1:]
    return words[: words.index(1)] if 1 in words else words


def samples(values):
    flat = np.ascontiguousarray(values.detach().numpy().reshape(-1), dtype="<f4")
    places = [index * (len(flat) // SAMPLES) for index in range(SAMPLES)]
    return base64.b64encode(flat[places].tobytes()).decode()


def steps_of(case):
    return [0] + [(7 * place + 3) % case["text"]["vocab_size"] for place in range(1, STEPS)]


@torch.no_grad()
def look(model, case, number, prompts):
    dtype = next(model.parameters()).dtype
    pixels = pixels_of(case, number).to(dtype)
    image = model.vision_model(pixel_values=pixels).last_hidden_state
    queries = model.qformer(query_embeds=model.query_tokens, encoder_hidden_states=image).last_hidden_state
    features = model.language_projection(queries)
    found = {"states": {"image_states": image, "query_states": queries, "image_features": features}, "prompts": {}}
    holder = [case["text"]["vocab_size"] - 1] * case["queries"]
    for name, words in prompts.items():
        feed = {}
        if words is not None:
            ids = torch.tensor([holder + words])
            feed = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        embedded = model.get_input_embeddings()(torch.tensor([[1] if words is None else words]))
        seen = model.language_model.encoder(inputs_embeds=torch.cat([features, embedded], 1)).last_hidden_state
        ids = torch.tensor([holder + ([1] if words is None else words)])
        logits = model(pixel_values=pixels, input_ids=ids, decoder_input_ids=torch.tensor([steps_of(case)])).logits[0, -1]
        said = {}
        for search, options in SEARCHES.items():
            out = model.generate(pixel_values=pixels, **feed, do_sample=False, return_dict_in_generate=True, output_scores=True, **options)
            scores = out.sequences_scores.tolist() if options["num_beams"] > 1 else [None]
            said[search] = [{"tokens": cut(row), "score": score} for row, score in zip(out.sequences.tolist(), scores)]
        found["prompts"][name] = {"states": {"encoder_states": seen, "logits": logits}, "said": said}
    return found


def states_of(found):
    return {**found["states"], **{f"{name}/{key}": value for name, one in found["prompts"].items() for key, value in one["states"].items()}}


def refusal(single, double):
    """Why a case proves nothing, or None."""
    tokens = lambda found: [[said["tokens"] for said in all] for one in found["prompts"].values() for all in one["said"].values()]
    if tokens(single) != tokens(double):
        return "hangs on a near tie"
    other = states_of(double)
    far = {name: (value.double() - other[name]).abs().max().item() for name, value in states_of(single).items()}
    worst = max(far, key=far.get)
    return f"has an error of {far[worst]:.1e} in {worst}" if far[worst] > 1e-4 else None


def solve(case, prompts):
    single, double = build(case), build(case).double()
    answers = []
    for number in range(len(case["pictures"])):
        found, exact = look(single, case, number, prompts), look(double, case, number, prompts)
        reason = refusal(found, exact)
        if reason is not None:
            return f"{case['pictures'][number]} {reason}"
        for one in found["prompts"].values():
            for said in one["said"].values():
                for sentence in said:
                    sentence["score"] = sentence["score"] and round(sentence["score"], 5)
        states = {name: samples(value) for name, value in states_of(exact).items()}
        answers.append({"states": states, "said": {name: one["said"] for name, one in found["prompts"].items()}})
    return answers


def hostile(tokenizer):
    numbers = np.random.default_rng(24)
    texts = ["".join(numbers.choice(PIECES, numbers.integers(1, 7))) for _ in range(200)]
    decoded = lambda ids: tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False).strip()
    ids = lambda text: tokenizer(text, add_special_tokens=False).input_ids
    return [{"text": text, "ids": ids(text), "back": decoded(ids(text))} for text in texts]


def main():
    torch.set_num_threads(1)
    tokenizer = train_tokenizer()
    prompts = {name: None if text is None else tokenizer(text).input_ids for name, text in PROMPTS.items()}
    made_with = {"transformers": transformers.__version__, "torch": torch.__version__, "sentencepiece": sentencepiece.__version__}
    texts = hostile(tokenizer)
    reference = {"made_with": made_with, "size": len(tokenizer), "prompts": prompts, "steps": STEPS, "hostile": texts, "answers": {}}
    refused = []
    for case in json.loads((FIXTURES / "cases.json").read_text()):
        found = solve(case, prompts)
        if isinstance(found, str):
            refused.append(case["name"])
            print(case["name"], "refused:", found, flush=True)
            continue
        reference["answers"][case["name"]] = found
        said = [one["three"][0]["tokens"] for answer in found for one in answer["said"].values()]
        print(case["name"], [(len(words), len(set(words))) for words in said], flush=True)
    if refused:
        sys.exit(f"{', '.join(refused)}: give them another seed")
    text = json.dumps(reference, separators=(",", ":"))
    (FIXTURES / "reference.json").write_text(text + "\n")
    print(f"{len(reference['answers'])} cases, {made_with}, {len(text)} bytes")


if __name__ == "__main__":
    main()
