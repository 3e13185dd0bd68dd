"""Our float32 graphs as OpenVINO's int8, for a peer of the bench: python make_openvino.py MODEL_FOLDER TARGET PICTURES...

Writes picture.xml (bytes [1, 3, side, side] and, where a text encoder stands between, words -> keys and values of the picture) and
decoder.xml, as NNCF makes them: the picture half quantised with weights and activations (post-training, calibrated on the pictures), the
decoder with int8 weights. Resizing is left out; the peer does it as we do.
"""

import json
import sys
from pathlib import Path

import nncf
import numpy as np
import openvino as ov
from openvino import opset13
from PIL import Image

folder, target, files = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
manifest = json.loads((folder / "altsmith-model.json").read_text())
graphs, side = manifest["graphs"], manifest["dims"]["image_size"]
core = ov.Core()


def read(name):
    return core.read_model(folder / graphs[name])


def without_resizing(model):
    """The graph from the resized bytes on."""
    start = next(op for op in model.get_ordered_ops() if op.get_type_name() == "Convert" and op.get_output_element_type(0) == ov.Type.f32)
    pixels = opset13.parameter([1, 3, side, side], np.uint8, name="pixels")
    pixels.output(0).set_names({"pixels"})
    start.input(0).replace_source_output(pixels.output(0))
    return ov.Model(model.get_results(), [pixels], "picture")


def joined(vision, third):
    """The keys and values straight from the bytes, in one graph."""
    features = next(one for one in third.get_parameters() if "image_features" in one.output(0).get_names())
    seen = vision.get_results()[0].input(0).get_source_output()
    for reader in features.output(0).get_target_inputs():
        reader.replace_source_output(seen)
    words = [one for one in third.get_parameters() if one is not features and "image_features" not in one.output(0).get_names()]
    return ov.Model(third.get_results(), [*vision.get_parameters(), *words], "picture")


def example(file):
    with Image.open(file) as image:
        pixels = np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BICUBIC))
    feeds = {"pixels": np.ascontiguousarray(pixels.transpose(2, 0, 1)[None])}
    names = {name for one in picture.inputs for name in one.get_names()}
    if "input_ids" in names:
        count = 8
        feeds |= {"input_ids": np.arange(count, dtype=np.int64)[None] + 5, "position_ids": np.arange(count, dtype=np.int64)}
    return feeds


picture = without_resizing(read("vision"))
third = graphs.get("encoder") or graphs.get("question")
if third is not None:
    picture = joined(picture, read("encoder" if graphs.get("encoder") else "question"))
# Some constants share a name, also within one graph, and NNCF wants each once.
for at, op in enumerate(picture.get_ops()):
    op.set_friendly_name(f"{op.get_friendly_name()}/{at}")
data = nncf.Dataset([example(file) for file in files])
picture = nncf.quantize(picture, data, model_type=nncf.ModelType.TRANSFORMER, subset_size=len(files))
decoder = nncf.compress_weights(read("decoder"), mode=nncf.CompressWeightsMode.INT8_SYM)
target.mkdir(parents=True, exist_ok=True)
ov.save_model(picture, target / "picture.xml", compress_to_fp16=False)
ov.save_model(decoder, target / "decoder.xml", compress_to_fp16=False)
