#!/usr/bin/env python3
"""Reads a safetensors file by the published rules, with the standard library alone.

usage: read_safetensors.py FILE

Prints the metadata, each tensor's name, dtype, shape and sha256, and the sha256 of all
tensor bytes. Exit status 1 with a sentence if the file breaks a rule.
"""

import hashlib
import json
import struct
import sys

SIZES = {"BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2,
         "F16": 2, "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8}


class Wrong(Exception):
    pass


def check(condition, sentence):
    if not condition:
        raise Wrong(sentence)


def unique(pairs):
    keys = [key for key, _ in pairs]
    check(len(set(keys)) == len(keys), "a key is there twice")
    return dict(pairs)


def is_count(x):
    return type(x) is int and x >= 0


def read(data):
    check(len(data) >= 8, "shorter than 8 bytes")
    size, = struct.unpack("<Q", data[:8])
    check(size <= 100_000_000, "the header is larger than 100 MB")
    check(size <= len(data) - 8, "the header is longer than the file")
    text, tensors = data[8:8 + size], data[8 + size:]
    check(text[:1] == b"{", "the header does not begin with {")
    header = json.loads(text.decode("utf-8"), object_pairs_hook=unique)
    metadata = header.pop("__metadata__", {})
    check(all(type(v) is str for v in metadata.values()), "metadata are not all text")

    end = 0
    for name, t in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        check(set(t) == {"dtype", "shape", "data_offsets"}, f"{name}: other parts")
        check(t["dtype"] in SIZES, f"{name}: unknown dtype")
        check(all(map(is_count, t["shape"] + t["data_offsets"])), f"{name}: not counts")
        first, last = t["data_offsets"]
        check(first == end, f"{name}: a gap or an overlap")
        want = SIZES[t["dtype"]]
        for extent in t["shape"]:
            want *= extent
        check(last - first == want, f"{name}: shape and offsets do not agree")
        end = last
        yield name, t["dtype"], t["shape"], hashlib.sha256(tensors[first:last])
    check(end == len(tensors), "the tensors do not fill the file")
    for key, text in sorted(metadata.items()):
        yield "metadata", key, text, None
    yield "all", "bytes", len(tensors), hashlib.sha256(tensors)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        with open(sys.argv[1], "rb") as file:
            for a, b, c, digest in list(read(file.read())):
                print(a, b, c, digest.hexdigest() if digest else "")
    except (Wrong, ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        sys.exit(f"{sys.argv[1]}: {error}")


main()
