"""What training reads and writes: safetensors, and the corpus of model/train/data/corpus.h.

Wrong is what is said to who runs it: one sentence, which names the file.
"""

import json
import os
import struct
from collections import namedtuple

import numpy as np
import torch

import perceiver

SPLITS = ("train", "validation", "test")
TOKENIZERS = {391: "performance", 393: "performance-pedal"}
DTYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16,
          "BF16": torch.bfloat16, "I32": torch.int32, "I64": torch.int64}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


class Wrong(Exception):
    pass


def replace(path, write):
    """Writes a file as a whole, or not at all."""
    part = f"{path}.part"
    try:
        with open(part, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        if os.path.exists(part):
            os.unlink(part)
        raise Wrong(f"{path}: could not be written: {error.strerror}") from None


def write_safetensors(path, tensors, metadata):
    header, at = {"__metadata__": metadata}, 0
    tensors = {name: t.detach().cpu().contiguous() for name, t in tensors.items()}
    for name, t in tensors.items():
        size = t.numel() * t.element_size()
        header[name] = {"dtype": NAMES[t.dtype], "shape": list(t.shape),
                        "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)

    def write(file):
        file.write(struct.pack("<Q", len(text)) + text)
        for t in tensors.values():
            wide = torch.int16 if t.element_size() == 2 else t.dtype
            file.write(t.view(wide).numpy().tobytes())

    replace(path, write)


def read_safetensors(path):
    """The tensors by name, and the metadata."""
    try:
        with open(path, "rb") as file:
            data = bytearray(file.read())
    except OSError as error:
        raise Wrong(f"{path}: {error.strerror}") from None
    try:
        size, = struct.unpack("<Q", data[:8])
        if size > len(data) - 8:
            raise ValueError("its header is longer than the file")
        header, data = json.loads(data[8:8 + size].decode()), data[8 + size:]
        metadata, tensors, ends = header.pop("__metadata__", {}), {}, [0]
        for name, t in header.items():
            first, last = t["data_offsets"]
            dtype, count = DTYPES[t["dtype"]], int(np.prod(t["shape"], dtype=np.int64))
            width = torch.empty(0, dtype=dtype).element_size()
            if not 0 <= first <= last <= len(data) or last - first != count * width:
                raise ValueError(f"tensor {name} lies outside the file")
            part = np.frombuffer(data, np.uint8, last - first, first).copy()
            flat = torch.from_numpy(part).view(dtype) if count else torch.empty(0, dtype=dtype)
            tensors[name] = flat.reshape(t["shape"])
            ends.append(last)
        if max(ends) != len(data):
            raise ValueError("its tensors do not fill the file")
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise Wrong(f"{path}: is damaged: {error}") from None
    return tensors, metadata


# --- models ---

def model_metadata(c, tokenizer, extra):
    dh = c.width // c.heads
    m = {"architecture": "perceiver-ar", "vocab_size": c.vocabulary, "context": c.context,
         "latents": c.latents, "width": c.width, "heads": c.heads, "layers": c.layers,
         "mlp_ratio": perceiver.MLP_RATIO, "rotary_dims": dh // 4 * 2,
         "rotary_max_wavelength": c.rotary_wavelength, "activation": "relu_squared",
         "norm_eps": "1e-05", "tokenizer": tokenizer}
    if c.recall_heads:
        m.update({key: getattr(c, key) for key in
                  ("recall_heads", "recall_layer", "recall_first", "recall_end")})
    if c.chord_steps:
        m.update({key: getattr(c, key) for key in ("chord_steps", "time_first", "time_end")})
    m.update({"gates": "heads" if c.gates else None, "values": "table" if c.values else None,
              "logit_cap": c.logit_cap or None})
    return {key: str(value) for key, value in {**m, **extra}.items() if value is not None}


def write_model(path, c, weights, tokenizer, extra, dtype=torch.bfloat16):
    write_safetensors(path, {name: t.to(dtype) for name, t in weights.items()},
                      model_metadata(c, tokenizer, extra))


def read_config(path, m):
    if m.get("architecture") != "perceiver-ar":
        raise Wrong(f"{path}: is not a Perceiver AR model")
    if "places" in m:
        raise Wrong(f"{path}: is a model of the copy task, which only par-midi trains")
    try:
        whole = [int(m[k]) for k in ("vocab_size", "context", "latents", "width", "heads",
                                     "layers")]
        recall = [int(m.get(k, 0)) for k in ("recall_heads", "recall_layer",
                                             "recall_first", "recall_end")]
        chords = [int(m.get(k, 0)) for k in ("chord_steps", "time_first", "time_end")]
        return perceiver.Config(*whole, float(m["rotary_max_wavelength"]), *recall,
                                int("gates" in m), int("values" in m),
                                int(m.get("logit_cap", 0)), *chords)
    except (KeyError, ValueError) as error:
        raise Wrong(f"{path}: the metadata's {error} is not a number") from None


def read_model(path):
    """Configuration, float weights by name, and the tokenizer's name."""
    tensors, m = read_safetensors(path)
    c = read_config(path, m)
    with torch.no_grad():
        want = {n: p.shape for n, p in perceiver.Perceiver(c).named_parameters()}
    for name, shape in want.items():
        t = tensors.get(name)
        if t is None or t.shape != shape:
            raise Wrong(f"{path}: tensor {name} is "
                        f"{'missing' if t is None else 'of another shape'}")
        if not torch.isfinite(t.float()).all():
            raise Wrong(f"{path}: tensor {name} holds a number that is not finite")
    return c, {name: tensors[name].float() for name in want}, m.get("tokenizer")


# --- the corpus ---

# tokens: SOS ... EOS, mapped   weight: the share of it that an epoch draws
Piece = namedtuple("Piece", "name tokens split weight")


def share(piece):
    return int(len(piece.tokens) * piece.weight + 0.5)


class Corpus:
    def __init__(self, path):
        try:
            data = np.memmap(path, np.uint8, "r")
        except (OSError, ValueError) as error:
            raise Wrong(f"{path}: {getattr(error, 'strerror', None) or error}") from None
        if len(data) < 64 or bytes(data[:8]) != b"PARTOKS1":
            raise Wrong(f"{path}: is no corpus of tokens; par-midi train --check DIR "
                        f"--cache FILE writes one")
        self.vocabulary, pieces, tokens, index = struct.unpack("<IIQQ", bytes(data[8:32]))
        names = index + 16 * pieces
        if index != 64 + 2 * tokens or names > len(data):
            raise Wrong(f"{path}: the corpus is damaged: it is shorter than it says")
        all = data[64:index].view("<u2")
        if tokens and all.max() >= self.vocabulary:
            raise Wrong(f"{path}: the corpus is damaged: a token is beyond the vocabulary")
        entries = data[index:names].view([("first", "<u8"), ("count", "<u4"),
                                          ("split", "<u4")])
        names = bytes(data[names:]).split(b"\0")
        if len(names) <= pieces or (entries["split"] >= len(SPLITS)).any() or \
                (entries["first"] + entries["count"] > tokens).any() or \
                (entries["count"] < 2).any():
            raise Wrong(f"{path}: the corpus is damaged: its index is wrong")
        self.path = path
        self.pieces = [Piece(os.fsdecode(name), all[int(e["first"]):int(e["first"]) +
                                                    int(e["count"])], int(e["split"]), 1.0)
                       for name, e in zip(names, entries)]

    @property
    def tokenizer(self):
        return TOKENIZERS.get(self.vocabulary)

    def of(self, split):
        return [p for p in self.pieces if p.split == split]

    def share(self, split):
        """How many of a split's tokens an epoch draws."""
        return sum(map(share, self.of(split)))

    def weigh(self, weight):
        self.pieces = [p._replace(weight=weight) for p in self.pieces]

    def join(self, more, all):
        self.pieces += [p for p in more.pieces if all or p.split == 0]
