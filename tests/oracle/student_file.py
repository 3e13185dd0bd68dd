"""Writes models in Marian's binary format, as Firefox's translation has them (src/common/binary.cpp of Marian)."""

import gzip
import struct

import numpy

FLOAT32, INT8, INTGEMM8 = 0x404, 0x101, 0x4101
# What Marian stores of a student, beside its sizes.
FIXED = """bert-train-type-embeddings: true|bert-type-vocab-size: 2|dec-cell: ssru|dec-cell-base-depth: 2|dec-cell-high-depth: 1|dim-rnn: 1024
enc-cell: gru|enc-cell-depth: 1|enc-type: bidirectional|factors-combine: sum|factors-dim-emb: 0|input-types: []|layer-normalization: false
lemma-dependency: ""|lemma-dim-emb: 0|output-omit-bias: false|right-left: false|skip: false|tied-embeddings-src: false
transformer-aan-activation: swish|transformer-aan-depth: 2|transformer-aan-nogate: false|transformer-decoder-autoreg: rnn
transformer-decoder-dim-ffn: 0|transformer-decoder-ffn-depth: 0|transformer-depth-scaling: false|transformer-dim-aan: 2048
transformer-ffn-activation: relu|transformer-ffn-depth: 2|transformer-guided-alignment-layer: last|transformer-no-affine: false
transformer-no-bias: false|transformer-no-projection: false|transformer-pool: false|transformer-postprocess: dan|transformer-postprocess-emb: d
transformer-postprocess-top: ""|transformer-preprocess: ""|transformer-rnn-projection: false|transformer-tied-layers: []
transformer-train-position-embeddings: false|type: transformer|ulr: false|ulr-dim-emb: 0|ulr-trainable-transformation: false
version: v1.12.14 made for tests"""


def settings(width, inner, encoder, decoder, heads, words, shared):
    own = [f"dim-emb: {width}", f"transformer-dim-ffn: {inner}", f"enc-depth: {encoder}", f"dec-depth: {decoder}",
           f"transformer-heads: {heads}", "dim-vocabs:", *(f"  - {count}" for count in words),
           f"tied-embeddings: {str(not shared).lower()}", f"tied-embeddings-all: {str(shared).lower()}"]
    return "\n".join(own + FIXED.replace("\n", "|").split("|")) + "\n"


def filled(data):
    return data + b"\0" * (-len(data) % 256)


def stored(name, values, eight_bits):
    """Type, shape and bytes of one weight. In 8 bits matrices lie turned, but for the embeddings, and the factor stands behind them."""
    is_matrix = min(values.shape) > 1
    if not (eight_bits and is_matrix):
        return FLOAT32, values.shape, values.astype("<f4").tobytes()
    factor = numpy.float32(127 / numpy.abs(values).max())
    rounded = numpy.clip(numpy.rint(values * factor), -127, 127).astype(numpy.int8)
    laid = rounded if "Wemb" in name else rounded.T
    return INTGEMM8, values.shape, numpy.ascontiguousarray(laid).tobytes() + struct.pack("<f", factor)


def write_student(path, weights, yaml, eight_bits=False):
    text = yaml.encode() + b"\0"
    items = [("special:model.yml", INT8, (len(text),), filled(text))]
    for name, values in weights.items():
        kind, shape, data = stored(name, values, eight_bits)
        items.append((name, kind, shape, filled(data)))
    head = struct.pack("<QQ", 1, len(items))
    head += b"".join(struct.pack("<QQQQ", len(name) + 1, kind, len(shape), len(data)) for name, kind, shape, data in items)
    head += b"".join(name.encode() + b"\0" for name, *_ in items)
    head += b"".join(struct.pack(f"<{len(shape)}i", *shape) for _, _, shape, _ in items)
    gap = -(len(head) + 8) % 256
    whole = head + struct.pack("<Q", gap) + b"\0" * gap + b"".join(data for *_, data in items)
    # The date would make each file another one.
    path.write_bytes(gzip.compress(whole, 9, mtime=0) if path.suffix == ".gz" else whole)
