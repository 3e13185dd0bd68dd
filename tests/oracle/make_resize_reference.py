#!/usr/bin/env python3
"""Pillow's bicubic for pictures of many sizes: sampled bytes of each result, stored for the suite.

Run by `npm run models:oracle`. Needs pillow and numpy only.
"""

import base64
import json
import sys
from pathlib import Path

try:
    import numpy as np
    from PIL import Image, __version__ as pillow_version
except ImportError as missing:
    sys.exit(f"{missing}. The oracle needs: python3 -m pip install pillow numpy")

sys.path.insert(0, str(Path(__file__).parent))
from seeded import hashes, picture  # noqa: E402

FIXTURES = Path(__file__).parent.parent / "fixtures" / "blip-oracle"
SAMPLES = 600
# (width, height, side): photographs both ways round, one axis up, strips, the square itself, one pixel, 12 megapixels.
SIZES = [
    (640, 480, 384),
    (480, 640, 384),
    (1920, 1080, 384),
    (500, 375, 384),
    (200, 300, 384),
    (384, 384, 384),
    (383, 385, 384),
    (1, 1, 384),
    (30, 1000, 384),
    (1500, 40, 384),
    (768, 768, 384),
    (4032, 3024, 384),
    (640, 480, 480),
    (97, 61, 32),
    (20, 23, 32),
    (1000, 700, 260),
]


def main():
    results = []
    for index, (width, height, side) in enumerate(SIZES):
        image = Image.fromarray(picture(index, width, height))
        small = np.asarray(image.resize((side, side), resample=Image.Resampling.BICUBIC)).reshape(-1)
        places = hashes(f"sample/{index}", SAMPLES) % np.uint32(small.size)
        samples = base64.b64encode(small[places].tobytes()).decode()
        results.append({"width": width, "height": height, "side": side, "samples": samples})
    reference = {"made_with": {"pillow": pillow_version}, "results": results}
    (FIXTURES / "resize.json").write_text(json.dumps(reference, indent=1) + "\n")
    print(f"{len(results)} sizes, Pillow {pillow_version}")


if __name__ == "__main__":
    main()
