#!/usr/bin/env python3
"""Makes the tiny student models of tests/fixtures/student-oracle, in Marian's binary format. Run by hand, once: their translations are
stored by make_student_reference.mjs.

Three are taught some made-up pairs, so that their scores are far apart; one is random. Weights are rounded to bfloat16, which halves the
packed files: what is stored is exact. Needs Python 3.10 or later with torch and sentencepiece, and no network. About four minutes.
"""

import gzip
import io
import random
import sys
from pathlib import Path

try:
    import sentencepiece
    import torch
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install torch sentencepiece")

sys.path.insert(0, str(Path(__file__).parent))
from make_marian_checkpoints import ENGLISH_EXTRA, GERMAN_EXTRA, pairs  # noqa: E402
from student_file import settings, write_student  # noqa: E402

FIXTURES = Path(__file__).parent.parent / "fixtures" / "student-oracle"
END, EPSILON = 0, 1e-9
# Width: the 8-bit products of the engine want a multiple of 64.
WIDTH, INNER, HEADS = 64, 128, 8

VARIANTS = {
    "taught": {},
    # One table of words for each language, as the models of Japanese and Chinese have them.
    "separate": {"shared": False, "encoder": 3, "decoder": 1},
    "random": {"steps": 0, "decoder": 3},
}


def train_pieces(file, lines):
    """A vocabulary with </s> and <unk> in front, as Marian wants it."""
    options = {"vocab_size": 240, "character_coverage": 1.0, "hard_vocab_limit": False, "bos_id": -1, "eos_id": 0, "unk_id": 1, "pad_id": -1,
               "minloglevel": 2, "num_threads": 1}
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(lines), model_writer=model, **options)
    file.write_bytes(gzip.compress(model.getvalue(), 9, mtime=0))
    return sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def initial(encoder, decoder, words, shared):
    weights = {}

    def matrix(name, rows, columns):
        weights[name] = torch.randn(rows, columns) * (2 / (rows + columns)) ** 0.5

    def row(name, size, value=0.0):
        weights[name] = torch.full((1, size), value)

    def norm(name):
        row(f"{name}_ln_scale", WIDTH, 1.0)
        row(f"{name}_ln_bias", WIDTH)

    def attention(name):
        for part in "qkvo":
            matrix(f"{name}_W{part}", WIDTH, WIDTH)
            row(f"{name}_b{part}", WIDTH)
        norm(f"{name}_Wo")

    def feed(name):
        matrix(f"{name}_ffn_W1", WIDTH, INNER)
        row(f"{name}_ffn_b1", INNER)
        matrix(f"{name}_ffn_W2", INNER, WIDTH)
        row(f"{name}_ffn_b2", WIDTH)
        norm(f"{name}_ffn_ffn")

    for layer in range(1, encoder + 1):
        attention(f"encoder_l{layer}_self")
        feed(f"encoder_l{layer}")
    for layer in range(1, decoder + 1):
        matrix(f"decoder_l{layer}_rnn_W", WIDTH, WIDTH)
        matrix(f"decoder_l{layer}_rnn_Wf", WIDTH, WIDTH)
        row(f"decoder_l{layer}_rnn_bf", WIDTH)
        norm(f"decoder_l{layer}_rnn_ffn")
        attention(f"decoder_l{layer}_context")
        feed(f"decoder_l{layer}")
    for name, count in zip(["Wemb"] if shared else ["encoder_Wemb", "decoder_Wemb"], words[-1:] if shared else words):
        weights[name] = torch.randn(count, WIDTH) / WIDTH**0.5
    row("decoder_ff_logit_out_b", words[-1])
    return weights


class Student:
    """The model as src/models/transformer.h has it: what is done to a batch of padded rows."""

    def __init__(self, weights, encoder, decoder, shared):
        self.weights, self.encoder, self.decoder = weights, encoder, decoder
        self.source, self.target = ("Wemb", "Wemb") if shared else ("encoder_Wemb", "decoder_Wemb")
        half = WIDTH // 2
        steps = 10000 ** (-torch.arange(half) / (half - 1))
        angles = torch.arange(128)[:, None] * steps
        self.positions = torch.cat([angles.sin(), angles.cos()], 1)

    def linear(self, x, matrix, bias=None):
        product = x @ self.weights[matrix]
        return product if bias is None else product + self.weights[bias]

    def norm(self, x, name):
        return torch.nn.functional.layer_norm(x, (WIDTH,), self.weights[f"{name}_ln_scale"][0], self.weights[f"{name}_ln_bias"][0], EPSILON)

    def attention(self, x, seen, name, mask):
        def split(value):
            return value.unflatten(-1, (HEADS, -1)).transpose(1, 2)

        query, key, value = (split(self.linear(y, f"{name}_W{part}", f"{name}_b{part}")) for y, part in ((x, "q"), (seen, "k"), (seen, "v")))
        scores = query @ key.transpose(-1, -2) / (WIDTH // HEADS) ** 0.5 + mask
        made = (scores.softmax(-1) @ value).transpose(1, 2).flatten(-2)
        return self.norm(x + self.linear(made, f"{name}_Wo", f"{name}_bo"), f"{name}_Wo")

    def feed(self, x, name):
        inner = self.linear(x, f"{name}_ffn_W1", f"{name}_ffn_b1").relu()
        return self.norm(x + self.linear(inner, f"{name}_ffn_W2", f"{name}_ffn_b2"), f"{name}_ffn_ffn")

    def cell(self, x, name):
        forget = self.linear(x, f"{name}_Wf", f"{name}_bf").sigmoid()
        given = self.linear(x, f"{name}_W")
        kept, said = torch.zeros_like(x[:, 0]), []
        for step in range(x.shape[1]):
            kept = forget[:, step] * kept + (1 - forget[:, step]) * given[:, step]
            said.append(kept.relu())
        return self.norm(x + torch.stack(said, 1), f"{name}_ffn")

    def scores(self, source, is_word, before):
        """source [B, S] with the end, before [B, T]: -1 is the beginning, whose embedding is zeros."""
        mask = torch.where(is_word, 0.0, -1e9)[:, None, None, :]
        x = self.weights[self.source][source] * WIDTH**0.5 + self.positions[: source.shape[1]]
        for layer in range(1, self.encoder + 1):
            x = self.feed(self.attention(x, x, f"encoder_l{layer}_self", mask), f"encoder_l{layer}")
        y = torch.where((before < 0)[..., None], 0.0, self.weights[self.target][before.clamp(min=0)]) * WIDTH**0.5
        y = y + self.positions[: before.shape[1]]
        for layer in range(1, self.decoder + 1):
            y = self.cell(y, f"decoder_l{layer}_rnn")
            y = self.feed(self.attention(y, x, f"decoder_l{layer}_context", mask), f"decoder_l{layer}")
        return y @ self.weights[self.target].T + self.weights["decoder_ff_logit_out_b"]


def padded(rows, filler):
    length = max(map(len, rows))
    return torch.tensor([row + [filler] * (length - len(row)) for row in rows])


def teach(student, examples, pieces, steps, seed):
    source_pieces, target_pieces = pieces
    order = random.Random(seed)
    for weight in student.weights.values():
        weight.requires_grad_()
    optimiser = torch.optim.Adam(student.weights.values(), lr=3e-3)
    for step in range(steps):
        for group in optimiser.param_groups:
            group["lr"] = 3e-3 * min(1, (step + 1) / 50) * min(1, 3 * (1 - step / steps))
        batch = order.sample(examples, 48)
        sources = [source_pieces.encode(text) + [END] for text, _ in batch]
        targets = [target_pieces.encode(text) + [END] for _, text in batch]
        source, target = padded(sources, END), padded(targets, -100)
        is_word = padded([[1] * len(row) for row in sources], 0).bool()
        before = torch.cat([torch.full((len(batch), 1), -1), target[:, :-1].clamp(min=0)], 1)
        scores = student.scores(source, is_word, before)
        loss = torch.nn.functional.cross_entropy(scores.flatten(0, 1), target.flatten(), ignore_index=-100, label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return loss.item()


def make(name, seed, *, shared=True, encoder=2, decoder=2, steps=700):
    folder = FIXTURES / name
    folder.mkdir(parents=True, exist_ok=True)
    english, german = pairs()
    if shared:
        pieces = [train_pieces(folder / "vocab.ende.spm.gz", english + german + ENGLISH_EXTRA + GERMAN_EXTRA)] * 2
    else:
        pieces = [train_pieces(folder / "srcvocab.ende.spm.gz", english + ENGLISH_EXTRA),
                  train_pieces(folder / "trgvocab.ende.spm.gz", german + GERMAN_EXTRA)]
    sizes = [model.get_piece_size() for model in pieces]
    # The engine wants tables of a multiple of 8 rows. Nothing is to say those that have no piece.
    words = [-(-size // 8) * 8 for size in sizes]
    torch.manual_seed(seed)
    student = Student(initial(encoder, decoder, words, shared), encoder, decoder, shared)
    examples = [(one[0].upper() + one[1:] + ".", other[0].upper() + other[1:] + ".") for one, other in zip(english, german)]
    loss = teach(student, list(zip(english, german)) + examples, pieces, steps, seed) if steps > 0 else None
    student.weights["decoder_ff_logit_out_b"].data[0, sizes[-1] :] = -100
    weights = {name: value.detach().bfloat16().float().numpy() for name, value in student.weights.items()}
    yaml = settings(WIDTH, INNER, encoder, decoder, HEADS, words, shared)
    write_student(folder / "model.ende.bin.gz", weights, yaml)
    print(name, sizes, "pieces, loss", loss, flush=True)
    return weights, yaml


def main():
    torch.set_num_threads(1)  # the products are tiny: more threads are slower
    for number, (name, variant) in enumerate(VARIANTS.items()):
        weights, yaml = make(name, 300 + number, **variant)
        if name == "taught":
            # The same as it is published, in 8 bits; its vocabulary is that of taught.
            (FIXTURES / "eight").mkdir(exist_ok=True)
            write_student(FIXTURES / "eight" / "model.ende.intgemm8.bin.gz", weights, yaml, eight_bits=True)


if __name__ == "__main__":
    main()
