#!/usr/bin/env python3
"""What Hugging Face transformers says about every checkpoint of tests/fixtures/marian-oracle, stored for the suite.

Run by `npm run models:oracle`. Needs Python 3.10 or later with torch, transformers (5.x) and sentencepiece, and no network. Each search
is done in float32 and again in float64: one whose two answers differ hangs on a near tie, proves nothing, and is refused.
"""

import json
import sys

try:
    import torch
    import transformers
    from transformers import GenerationConfig, MarianConfig, MarianMTModel, logging
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install torch transformers sentencepiece")

from make_marian_checkpoints import FIXTURES, VARIANTS, tokenizer_of  # noqa: E402

logging.set_verbosity_error()
TEXTS = ["a man sitting on a wooden table", "two dogs standing next to a red car", "a close up of a flower",
         "A Group of people, walking along the beach!", "  a   bird\tlooking at\u3000the mountains  ", "a cat 🐈 holding 12 cups ½ ﬁne",
         "three children lying under the mountains, and an old house riding on a bicycle", "猫"]
SEARCHES = {
    "greedy": {"num_beams": 1, "max_new_tokens": 40},
    "four": {"num_beams": 4, "num_return_sequences": 4, "max_new_tokens": 40},
    "six": {"num_beams": 6, "num_return_sequences": 6, "max_new_tokens": 40},
    # Cut: the end token is forced at the last place.
    "greedy cut": {"num_beams": 1, "max_new_tokens": 6},
    "four cut": {"num_beams": 4, "num_return_sequences": 4, "max_new_tokens": 6},
}


def model_of(name, floats):
    folder = FIXTURES / name
    model = MarianMTModel.from_pretrained(folder, dtype=torch.float32).eval()
    model.generation_config = GenerationConfig.from_pretrained(folder)
    rules = model.generation_config
    assert rules.renormalize_logits and rules.bad_words_ids and rules.forced_eos_token_id == 0, rules
    return model.to(floats)


def cut(row):
    """Without the start token, up to the end token, which is left out."""
    words = row[1:].tolist()
    return words[: words.index(0)] if 0 in words else words


def searched(model, batch, options):
    with torch.inference_mode():
        made = model.generate(**batch, **options, return_dict_in_generate=True, output_scores=True)
    scores = made.sequences_scores.tolist() if options["num_beams"] > 1 else [None]
    return [{"tokens": cut(row), "score": score} for row, score in zip(made.sequences, scores)]


def tokens_of(sentences):
    return [sentence["tokens"] for sentence in sentences]


def cases_of(name):
    exact, double, tokenizer = model_of(name, torch.float32), model_of(name, torch.float64), tokenizer_of(FIXTURES / name)
    usual = exact.generation_config.num_beams
    cases = []
    for text in TEXTS:
        batch = tokenizer([(">>por<< " if name == "multi" else "") + text], return_tensors="pt")
        said = {}
        for search, options in SEARCHES.items():
            said[search] = searched(exact, batch, options)
            if tokens_of(said[search]) != tokens_of(searched(double, batch, options)):
                sys.exit(f"{name}, {text!r}, {search}: a near tie. Train another seed, or take another text.")
        with torch.inference_mode():
            start = torch.tensor([[exact.config.decoder_start_token_id]])
            first = double(**batch, decoder_input_ids=start).logits[0, 0, :-1]
        best = torch.topk(torch.log_softmax(first, -1), 5)
        best_text = tokenizer.decode(said["four"][0]["tokens"], skip_special_tokens=True)
        cases.append({"text": text, "source": batch.input_ids[0].tolist(), "said": said, "words": best_text,
                      "first": {"ids": best.indices.tolist(), "log_probs": best.values.tolist()}})
    return {"beams": usual, "cases": cases}


def main():
    torch.set_num_threads(1)
    reference = {"transformers": transformers.__version__, "torch": torch.__version__, "models": {name: cases_of(name) for name in VARIANTS}}
    lists = [case["said"]["four"] for model in reference["models"].values() for case in model["cases"]]
    different = {tuple(sentence["tokens"]) for sentences in lists for sentence in sentences}
    (FIXTURES / "reference.json").write_text(json.dumps(reference, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf8")
    print(len(lists), "texts,", len(different), "different sentences")


if __name__ == "__main__":
    main()
