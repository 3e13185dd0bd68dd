"""Weights and pictures from a seed, number for number the same as tests/support/checkpoint/seeded.ts."""

import numpy as np

MASK = 0xFFFFFFFF


def fnv1a(text: str) -> int:
    state = 0x811C9DC5
    for byte in text.encode():
        state = ((state ^ byte) * 0x01000193) & MASK
    return state


def hashes(name: str, count: int) -> np.ndarray:
    """murmur3's finaliser over a counter: uint32 [count]."""
    x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(fnv1a(name))
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    return x ^ (x >> np.uint32(16))


def uniform(name: str, count: int) -> np.ndarray:
    """float64 in [-1, 1), multiples of 2^-23."""
    return (hashes(name, count) >> np.uint32(8)).astype(np.float64) / 2**23 - 1


def amplitude(name: str, dims: list[int]) -> tuple[float, float]:
    """Half-width and centre of a weight's uniform distribution; keeps activations near one in any width."""
    leaf = name.rsplit(".", 1)[-1]
    if "norm" in name.lower():
        return (0.3, 1.0) if leaf == "weight" else (0.2, 0.0)
    if leaf == "bias":
        return 0.1, 0.0
    if leaf in ("class_embedding", "position_embedding"):
        return 1.0, 0.0
    if "word_embeddings" in name or name.endswith("predictions.decoder.weight"):
        return 4.0 / dims[-1] ** 0.5, 0.0
    if "position_embeddings" in name:
        return 7.0 / dims[-1] ** 0.5, 0.0
    fan_in = int(np.prod(dims[1:]))
    # Weaker attention keeps a sentence from saying one word for ever.
    gain = 0.8 if "attention" in name and ".query." not in name and ".key." not in name else 1.6
    return 3**0.5 * gain / fan_in**0.5, 0.0


def weight(seed: int, name: str, dims: list[int]) -> np.ndarray:
    half, centre = amplitude(name, dims)
    values = uniform(f"{seed}/{name}", int(np.prod(dims))) * half + centre
    return values.astype(np.float32).reshape(dims)


def picture(seed: int, width: int, height: int) -> np.ndarray:
    """A colour gradient that wraps, under noise: uint8 [height, width, 3]."""
    rules = hashes(f"picture/{seed}", 9).astype(np.int64)
    noise = (hashes(f"noise/{seed}", width * height * 3) >> np.uint32(26)).astype(np.int64)
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    slope = rules % 7 + 1
    value = rules[c] + x * slope[3 + c] + y * slope[6 + c] + noise.reshape(height, width, 3)
    return (value & 255).astype(np.uint8)
