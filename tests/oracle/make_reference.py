#!/usr/bin/env python3
"""What Hugging Face transformers says about every case of tests/fixtures/blip-oracle/cases.json, stored for the suite.

Run by `npm run models:oracle`. Needs Python 3.10 or later with torch, transformers (5.x), pillow and numpy, and no
network. Each answer is made in float32 and again in float64: a case whose two answers differ hangs on a near tie,
proves nothing, and is refused (give it another seed). Pictures are resized by Pillow, as BlipImageProcessorPil does.
"""

import base64
import json
import sys
from pathlib import Path

try:
    import numpy as np
    import torch
    import transformers
    from PIL import Image, __version__ as pillow_version
    from transformers import BertTokenizerFast, BlipConfig, BlipForConditionalGeneration, BlipForQuestionAnswering
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install torch transformers pillow numpy")

sys.path.insert(0, str(Path(__file__).parent))
from seeded import picture, weight  # noqa: E402

FIXTURES = Path(__file__).parent.parent / "fixtures" / "blip-oracle"
WORDS = "text_decoder.bert.embeddings.word_embeddings.weight"
HEAD = "text_decoder.cls.predictions.decoder.weight"
HEAD_BIAS = "text_decoder.cls.predictions.bias"


def read_vocabulary():
    tokens = (FIXTURES / "vocab.txt").read_text().splitlines()
    tokenizer = BertTokenizerFast(vocab={token: id for id, token in enumerate(tokens)}, do_lower_case=True)
    return tokens, tokenizer


def build(case, tokens):
    ids = {
        "bos_token_id": len(tokens),
        "pad_token_id": tokens.index("[PAD]"),
        "sep_token_id": tokens.index("[SEP]"),
        "tie_word_embeddings": case["tied"],
    }
    config = BlipConfig(
        vision_config=case["vision"], text_config={**case["text"], **ids}, tie_word_embeddings=case["tied"]
    )
    model = (BlipForQuestionAnswering if case["question"] else BlipForConditionalGeneration)(config).eval()
    state = {}
    for name, value in model.state_dict().items():
        if name.endswith("predictions.decoder.bias"):
            source = HEAD_BIAS
        else:
            source = WORDS if case["tied"] and name == HEAD else name
        numbers = weight(case["seed"], source, list(value.shape))
        if source == HEAD_BIAS:
            end = ids["sep_token_id"]
            numbers[end] = np.float32(np.float64(numbers[end]) + case["end_nudge"])
        state[name] = torch.from_numpy(numbers)
    model.load_state_dict(state)
    return model


def pixels_of(case):
    side = case["vision"]["image_size"]
    processor = BlipImageProcessorPil(size={"height": side, "width": side})
    pictures = [
        Image.fromarray(picture(case["seed"] * 10 + index, width, height))
        for index, (width, height) in enumerate(case["pictures"])
    ]
    return processor(images=pictures, return_tensors="pt")["pixel_values"]


def search_options(options):
    wanted = {
        "num_beams": options.get("beams", 1),
        "num_return_sequences": options.get("candidates", 1),
        "do_sample": False,
        "length_penalty": options.get("length_penalty", 1.0),
        "repetition_penalty": options.get("repetition_penalty", 1.0),
        "min_length": options.get("min_length", 0),
        "early_stopping": False,
        "return_dict_in_generate": True,
        "output_scores": True,
    }
    for name in ("max_length", "max_new_tokens"):
        if name in options:
            wanted[name] = options[name]
    return wanted


@torch.no_grad()
def question_states(model, case, pixels, tokens, tokenizer):
    ids = tokenizer(case["options"]["question"], return_tensors="pt")["input_ids"]
    if case["options"].get("preset") == "original":
        # The original code marks a question with [ENC], the row after [DEC]; transformers keeps [CLS].
        ids[:, 0] = len(tokens) + 1
    image = model.vision_model(pixel_values=pixels)[0]
    ones = torch.ones(image.shape[:-1], dtype=torch.long)
    states = model.text_encoder(input_ids=ids, encoder_hidden_states=image, encoder_attention_mask=ones)[0]
    return ids, states


@torch.no_grad()
def answer(model, case, tokens, tokenizer):
    """Sequences with the prompt, their scores, the prompt's length, and the states that the decoder looked at."""
    dtype = next(model.parameters()).dtype
    pixels = pixels_of(case).to(dtype)
    options = case["options"]
    if case["question"]:
        ids, states = question_states(model, case, pixels, tokens, tokenizer)
        out = model.generate(input_ids=ids, pixel_values=pixels, **search_options(options))
        return out, 1, states
    inputs = {}
    prompt_length = 1
    if "prompt" in options:
        ids = tokenizer([options["prompt"]] * len(pixels), return_tensors="pt")["input_ids"]
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        prompt_length = ids.shape[1] - 1
    out = model.generate(pixel_values=pixels, **inputs, **search_options(options))
    return out, prompt_length, model.vision_model(pixel_values=pixels)[0]


def cut(sequence, prompt_length, end):
    """Tokens after the prompt, without the end token and what follows; and whether there was one."""
    words = sequence[prompt_length:].tolist()
    return (words[: words.index(end)], True) if end in words else (words, False)


def base64_of(values):
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


@torch.no_grad()
def sentence(model, sequence, prompt_length, states, end, score):
    words, ended = cut(sequence, prompt_length, end)
    said = sequence[: prompt_length + len(words) + ended][None]
    logits = model.text_decoder(input_ids=said[:, :-1], encoder_hidden_states=states).logits[0]
    log_probs = torch.log_softmax(logits, -1)
    own = [log_probs[at - 1, said[0, at]].item() for at in range(prompt_length, said.shape[1])]
    places = sorted({prompt_length - 1, (prompt_length + len(logits)) // 2 - 1, len(logits) - 1})
    return {
        "tokens": words,
        "ended": ended,
        "log_probs": [round(value, 6) for value in own],
        "score": None if score is None else round(score, 6),
        "logits": [{"prefix": said[0, : at + 1].tolist(), "values": base64_of(logits[at])} for at in places],
    }


def solve(case, tokens, tokenizer):
    model = build(case, tokens)
    end = tokens.index("[SEP]")
    out, prompt_length, states = answer(model, case, tokens, tokenizer)
    exact, _, _ = answer(build(case, tokens).double(), case, tokens, tokenizer)
    if out.sequences.tolist() != exact.sequences.tolist():
        sys.exit(f'"{case["name"]}" hangs on a near tie: give it another seed')
    per_picture = case["options"].get("candidates", 1)
    scores = getattr(out, "sequences_scores", None)
    pictures = []
    for index in range(len(case["pictures"])):
        found = []
        for place in range(index * per_picture, (index + 1) * per_picture):
            score = None if scores is None else scores[place].item()
            found.append(
                sentence(model, out.sequences[place], prompt_length, states[index : index + 1], end, score)
            )
        for other in found[1:]:
            del other["logits"]
        pictures.append(found)
    return pictures


def main():
    tokens, tokenizer = read_vocabulary()
    cases = json.loads((FIXTURES / "cases.json").read_text())
    made_with = {"transformers": transformers.__version__, "torch": torch.__version__, "pillow": pillow_version}
    answers = {}
    for case in cases:
        answers[case["name"]] = solve(case, tokens, tokenizer)
        print(case["name"], [found[0]["tokens"] for found in answers[case["name"]]], flush=True)
    reference = {"made_with": made_with, "answers": answers}
    (FIXTURES / "reference.json").write_text(json.dumps(reference, indent=1) + "\n")
    print(f"{len(answers)} cases, {made_with}")


if __name__ == "__main__":
    main()
