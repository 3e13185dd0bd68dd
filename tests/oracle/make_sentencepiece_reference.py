#!/usr/bin/env python3
"""What SentencePiece itself makes of hostile, random and ordinary texts with two models trained here, stored for the suite.

Run by `npm run models:oracle`. Needs Python 3.10 or later with sentencepiece, and no network. Training is exact, so that the two models
come out the same each time.
"""

import gzip
import json
import random
import sys
from pathlib import Path

try:
    import sentencepiece
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install sentencepiece")

sys.path.insert(0, str(Path(__file__).parent))
from hostile_texts import HOSTILE, random_texts  # noqa: E402

FIXTURES = Path(__file__).parent.parent / "fixtures" / "sentencepiece-oracle"
WHO = ["a man", "a woman", "two dogs", "a black cat", "a group of people", "three children", "a red car", "an old house", "a bird", "a clock"]
HOW = ["sitting on", "standing next to", "lying under", "riding on", "looking at", "walking along", "parked in front of", "holding", "near"]
WHERE = ["a wooden table", "the beach", "a green field", "a street at night", "a bicycle", "a bench", "the mountains", "a cup of coffee",
         "a snowy hill", "an airport", "the kitchen's sink", "a 12-inch screen", "Café Müller", "some cows"]
END = ["", ".", " in black and white", ", seen from above", " (close up)", " with a blue umbrella!", " at 5 o'clock"]
OTHER = ["ÄÖÜäöüß éèêàçñ 0123456789 .,;:!?'\"()-%&/", "猫が座っている。", "一只猫坐在桌子上", "قطة تجلس على الطاولة", "Кошка сидит на столе", "עברית",
         "Ein Mann sitzt auf einem Tisch", "Żółta łódź na jeziorze", "il gatto è sul tavolo", "หมาสองตัว"]


def sentences():
    every = [f"{who} {how} {where}{end}" for who in WHO for how in HOW for where in WHERE for end in END]
    return random.Random(1).sample(every, 1500)


MODELS = {
    # As Marian's are: nmt_nfkc, no bytes.
    "english": {"vocab_size": 240, "character_coverage": 1.0},
    # As Firefox's newer ones are: bytes for what has no piece, </s> and <unk> in front; and a symbol that stays whole.
    "many": {"vocab_size": 700, "character_coverage": 0.9995, "byte_fallback": True, "bos_id": -1, "eos_id": 0, "unk_id": 1, "pad_id": -1,
             "normalization_rule_name": "nmt_nfkc_cf", "user_defined_symbols": ["o'clock"]},
}


def main():
    FIXTURES.mkdir(parents=True, exist_ok=True)
    lines = sentences()
    texts = [*HOSTILE, *random_texts(4000), *lines]
    reference = {"texts": texts, "models": {}}
    for name, options in MODELS.items():
        with open(FIXTURES / f"{name}.spm", "wb") as out:
            examples = lines + OTHER * (1 if name == "english" else 40)
            sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(examples), model_writer=out, hard_vocab_limit=False, num_threads=1,
                                                     minloglevel=2, **options)
        model = sentencepiece.SentencePieceProcessor(model_file=str(FIXTURES / f"{name}.spm"))
        ids = model.encode(texts)
        reference["models"][name] = {"ids": ids, "normalised": [model.normalize(text) for text in HOSTILE],
                                     "decoded": [model.decode(row) for row in ids[: len(HOSTILE)]]}
        print(name, model.get_piece_size(), "pieces,", len(texts), "texts")
    packed = gzip.compress(json.dumps(reference, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)
    (FIXTURES / "reference.json.gz").write_bytes(packed)


if __name__ == "__main__":
    main()
