#!/usr/bin/env python3
"""What transformers' image processors make of pictures of many sizes: sampled bytes of each result, stored for the suite.

Run by `npm run models:oracle`. Needs torch, torchvision, transformers (5.x), pillow and numpy. transformers 5 takes the class that
resizes with torchvision where that is installed (the default), else the one that resizes with Pillow. The normalised numbers are turned
back into bytes.
"""

import base64
import json
import sys
from pathlib import Path

try:
    import numpy as np
    import torchvision
    import transformers
    from PIL import Image, __version__ as pillow_version
    from transformers.models.blip.image_processing_blip import BlipImageProcessor
    from transformers.models.blip.image_processing_pil_blip import BlipImageProcessorPil
    from transformers.models.clip.image_processing_clip import CLIPImageProcessor
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install torch torchvision transformers pillow numpy")

sys.path.insert(0, str(Path(__file__).parent))
from seeded import hashes, picture  # noqa: E402

FIXTURE = Path(__file__).parent.parent / "fixtures" / "preprocessing" / "reference.json"
SAMPLES = 600
# The classes that transformers' AutoImageProcessor has for each, the side in pixels of the official checkpoints, and their means.
CLIP = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
IMAGENET = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
ARCHITECTURES = {
    "blip": (BlipImageProcessor, BlipImageProcessorPil, 384, CLIP),
    "blip-2": (BlipImageProcessor, BlipImageProcessorPil, 224, CLIP),
    "florence-2": (CLIPImageProcessor, CLIPImageProcessorPil, 768, IMAGENET),
}
# Photographs both ways round, enlarged, almost the square, the square itself, one pixel, strips, a telephone's portrait.
SIZES = [(640, 480), (480, 640), (200, 300), (50, 40), (1920, 1080), (1024, 1024)]
SIZES += [(769, 767), (768, 768), (1, 1), (3000, 20), (33, 900), (1080, 1920)]


def bytes_of(processor, image, mean, deviation):
    values = np.asarray(processor(image, return_tensors="np")["pixel_values"])[0]  # [3, side, side]
    mean, deviation = (np.asarray(numbers).reshape(3, 1, 1) for numbers in (mean, deviation))
    return np.rint((values * deviation + mean) * 255).astype(np.uint8)


def main():
    results = []
    for architecture, (torch_class, pillow_class, side, (mean, deviation)) in ARCHITECTURES.items():
        options = {"size": {"height": side, "width": side}, "image_mean": mean, "image_std": deviation}
        if architecture == "florence-2":
            options["do_center_crop"] = False
        both = {"torchvision": torch_class(**options), "pillow": pillow_class(**options)}
        for index, (width, height) in enumerate(SIZES):
            image = Image.fromarray(picture(index, width, height))
            places = hashes(f"sample/{architecture}/{index}", SAMPLES) % np.uint32(3 * side * side)
            entry = {"architecture": architecture, "side": side, "seed": index, "width": width, "height": height}
            for name, processor in both.items():
                flat = bytes_of(processor, image, mean, deviation).reshape(-1)
                entry[name] = base64.b64encode(flat[places].tobytes()).decode()
            results.append(entry)
    made_with = {"transformers": transformers.__version__, "torchvision": torchvision.__version__, "pillow": pillow_version}
    FIXTURE.parent.mkdir(exist_ok=True)
    FIXTURE.write_text(json.dumps({"made_with": made_with, "results": results}, indent=1) + "\n")
    print(f"{len(results)} pictures, {made_with}")


if __name__ == "__main__":
    main()
