"""The EfficientNet-Lite encoder (BatchNorm folded), image loading, and a lock for a machine that others use as well."""
import fcntl
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image


class CpuLock:
    """Cooperative lock on the machine's cores. `tick()` releases it once per `hold` seconds so that others get a turn."""

    def __init__(self, path, hold=75.0, pause=0.4):
        self.path, self.hold, self.pause = path, hold, pause
        self.file = None
        self.busy = 0.0      # seconds held, i.e. compute time
        self.since = 0.0

    def acquire(self):
        if self.path and self.file is None:
            self.file = open(self.path, "a")
            fcntl.flock(self.file, fcntl.LOCK_EX)
        self.since = time.time()

    def release(self):
        self.busy += time.time() - self.since
        if self.file is not None:
            fcntl.flock(self.file, fcntl.LOCK_UN)
            self.file.close()
            self.file = None

    def tick(self):
        if time.time() - self.since > self.hold:
            self.release()
            if self.path:
                time.sleep(self.pause)
            self.acquire()

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *_):
        self.release()


def strides_for(depth_multiplier):
    """First block index of every stage with stride 2 (first and last stage are never repeated in the Lite family)."""
    import math
    repeats = [1, 2, 2, 3, 3, 4, 1]
    strides = [1, 2, 2, 2, 1, 2, 1]
    out, index = {}, 0
    for i, (r, s) in enumerate(zip(repeats, strides)):
        if i not in (0, len(repeats) - 1):
            r = int(math.ceil(r * depth_multiplier))
        if s == 2:
            out[index] = 2
        index += r
    return out, index


def same_pad(x, kernel, stride):
    """TensorFlow's SAME padding: the odd pixel goes to the bottom and right."""
    def amount(n):
        total = max((-(-n // stride) - 1) * stride + kernel - n, 0)
        return total // 2, total - total // 2
    top, bottom = amount(x.shape[-2])
    left, right = amount(x.shape[-1])
    if top == bottom and left == right:
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom)), (0, 0)


class FoldedConv(nn.Module):
    """Convolution with SAME padding whose BatchNorm has been folded in; optional ReLU6."""

    def __init__(self, weight, bn, act, stride=1, groups=1, eps=1e-3):
        super().__init__()
        gamma, beta, mean, var = bn
        scale = gamma / torch.sqrt(var + eps)
        self.weight = nn.Parameter((weight * scale[:, None, None, None]).contiguous())
        self.bias = nn.Parameter((beta - mean * scale).contiguous())
        self.act, self.stride, self.groups, self.kernel = act, stride, groups, weight.shape[-1]

    def forward(self, x):
        pad = (0, 0)
        if self.kernel > 1:
            x, pad = same_pad(x, self.kernel, self.stride)
        x = F.conv2d(x, self.weight, self.bias, self.stride, pad, 1, self.groups)
        return F.relu6(x) if self.act else x


class Block(nn.Module):
    """Inverted residual without squeeze-and-excite (the Lite family's only block)."""

    def __init__(self, sd, prefix, stride):
        super().__init__()
        bn = lambda n: [sd[f"{prefix}{n}.{p}"] for p in ("weight", "bias", "running_mean", "running_var")]
        w = sd.get(prefix + "_expand_conv.weight")
        self.expand = None if w is None else FoldedConv(w, bn("_bn0"), True)
        w = sd[prefix + "_depthwise_conv.weight"]
        self.depthwise = FoldedConv(w, bn("_bn1"), True, stride, w.shape[0])
        w = sd[prefix + "_project_conv.weight"]
        self.project = FoldedConv(w, bn("_bn2"), False)
        cin = sd[prefix + ("_expand_conv" if self.expand is not None else "_project_conv") + ".weight"].shape[1]
        self.skip = stride == 1 and cin == w.shape[0]

    def forward(self, x):
        y = x if self.expand is None else self.expand(x)
        y = self.project(self.depthwise(y))
        return x + y if self.skip else y


class EfficientNetLite(nn.Module):
    """EfficientNet-Lite up to and including the 1x1 head convolution. Input: RGB in [0,255], NCHW float."""

    def __init__(self, sd, depth, mean=127.0, std=128.0):
        super().__init__()
        strides, count = strides_for(depth)
        bn = lambda n: [sd[f"{n}.{p}"] for p in ("weight", "bias", "running_mean", "running_var")]
        self.stem = FoldedConv(sd["_conv_stem.weight"], bn("_bn0"), True, 2)
        self.blocks = nn.ModuleList(Block(sd, f"_blocks.{i}.", strides.get(i, 1)) for i in range(count))
        self.head = FoldedConv(sd["_conv_head.weight"], bn("_bn1"), True)
        self.fc = nn.Linear(1280, 1000)
        self.fc.weight.data, self.fc.bias.data = sd["_fc.weight"].clone(), sd["_fc.bias"].clone()
        self.mean, self.std = mean, std

    def lower(self, x, upto):
        """Pixels -> output of block `upto`-1."""
        x = self.stem((x - self.mean) / self.std)
        for b in self.blocks[:upto]:
            x = b(x)
        return x

    def upper(self, x, start):
        for b in self.blocks[start:]:
            x = b(x)
        return self.head(x)

    def forward(self, x):
        return self.upper(self.lower(x, 0), 0)


DEPTH = {"lite0": 1.0, "lite1": 1.1, "lite2": 1.2, "lite3": 1.4, "lite4": 1.8}


def load_encoder(path, kind="lite2"):
    sd = torch.load(path, map_location="cpu")
    return EfficientNetLite(sd, DEPTH[kind]).eval()


def encoder_from_folded(tensors, kind="lite2"):
    """The same module from weights that were saved after folding (names as in EfficientNetLite.state_dict())."""
    names = {"expand": ("_expand_conv", "_bn0"), "depthwise": ("_depthwise_conv", "_bn1"), "project": ("_project_conv", "_bn2")}
    sd = {"_fc.weight": torch.zeros(1000, 1280), "_fc.bias": torch.zeros(1000)}

    def add(conv, bn, weight):
        n = weight.shape[0]
        sd[conv + ".weight"] = torch.zeros_like(weight)
        sd.update({f"{bn}.{p}": torch.full((n,), v) for p, v in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0))})
    for key, w in tensors.items():
        part = key.split(".")
        if part[-1] == "weight" and part[0] in ("stem", "head"):
            add("_conv_" + part[0], "_bn0" if part[0] == "stem" else "_bn1", w)
        elif part[-1] == "weight" and part[0] == "blocks":
            conv, bn = names[part[2]]
            add(f"_blocks.{part[1]}.{conv}", f"_blocks.{part[1]}.{bn}", w)
    net = EfficientNetLite(sd, DEPTH[kind])
    net.load_state_dict({k: v.float() for k, v in tensors.items()}, strict=False)
    return net.eval()


def load_image(path, size):
    """Squash to size x size (as BLIP does), bicubic, RGB uint8 HWC."""
    return np.asarray(Image.open(path).convert("RGB").resize((size, size), Image.BICUBIC))
