#!/usr/bin/env python3
"""Operations and bytes of a training step, and how far a run came.

usage: count.py RUN [PEAK]   PEAK: dense bf16, in TFLOP/s (790)

Counted: matrix products and attention, forward once and backward twice (6 operations a
weight and latent), as the paper counts; the causal half of attention alone. Not counted:
the optimizer, recall, and what is computed a second time.
"""

import json
import os
import sys

PEAK, BANDWIDTH = 790, 4.3  # TFLOP/s and TB/s: about an H200's
PASSES = 42  # numbers of d that a layer reads and writes forward, a latent, unfused


def per_latent(c, keep):
    """Multiply-adds forward of one latent."""
    d, N = c["width"], c["latents"]
    linear = d * d * (11 + 12 * c["layers"]) + c["vocabulary"] * d
    attention = 2 * d * (keep * (c["context"] - N) + N / 2) + c["layers"] * 2 * d * N / 2
    return linear + attention


def muon(c):
    """Multiply-adds of an update: five steps of three products. Queries and keys are
    taken head by head."""
    d, blocks = c["width"], c["layers"] + 1
    dh = d // c["heads"]
    by_heads = 2 * blocks * (2 * dh * d * d + dh * dh * d)
    return 5 * (d ** 3 * (3 * (2 * blocks + 1) + 9 * 2 * blocks) + by_heads)


def step(c):
    """TFLOP of the network and of Muon, and TB that layers move."""
    latents = c["batch"] * c["latents"]
    layers = (c["layers"] + 1) * 3 * PASSES * c["width"] * 2
    return 6 * per_latent(c, c["keep"]) * latents / 1e12, \
        2 * muon(c) * c["muon"] / 1e12, layers * latents / 1e12


def main():
    if not 2 <= len(sys.argv) <= 3:
        sys.exit(__doc__)
    run, peak = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else PEAK
    with open(os.path.join(run, "config.json")) as file:
        c = json.load(file)
    with open(os.path.join(run, "metrics.jsonl")) as file:
        speeds = [m["latents_per_second"] for m in map(json.loads, file)
                  if "latents_per_second" in m]
    network, update, moved = step(c)
    speed = sorted(speeds[1:] or speeds)[len(speeds[1:] or speeds) // 2]
    reached = 6 * per_latent(c, c["keep"]) * speed / 1e12
    print(f"width {c['width']}, {c['layers']} layers, {c['latents']} latents of "
          f"{c['context']}, batch {c['batch']}: {network:.3g} + {update:.2g} TFLOP a step, "
          f"{moved:.2g} TB; {speed:.0f} latents/s, {reached:.3g} TFLOP/s, "
          f"{100 * reached / peak:.1f} % of {peak:g}")


if __name__ == "__main__":
    main()
