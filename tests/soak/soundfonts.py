#!/usr/bin/env python3
"""Damages a SoundFont in many ways and renders with each:

    soundfonts.py PAR_MIDI COUNT [SOUNDFONT]

Each must give sound or a sentence: within 30 s and 2 GB, and without a crash. Prints
TAP; the damage of a number is always the same.
"""

import collections
import pathlib
import random
import resource
import struct
import subprocess
import sys
import tempfile

FONT = "/usr/share/sounds/sf2/TimGM6mb.sf2"
CHUNKS = [b"phdr", b"pbag", b"pmod", b"pgen", b"inst", b"ibag", b"imod", b"igen",
          b"shdr", b"smpl", b"LIST", b"RIFF"]
WORDS = [0, 1, 2, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]
LIMIT = 2 << 30


def damaged(font, presets, number):
    r = random.Random(number)
    data = bytearray(font)
    kind = number % 4
    if kind == 0:  # bytes of what describes the sound
        for _ in range(r.randint(1, 20)):
            data[r.randrange(presets, len(data))] = r.randrange(256)
    elif kind == 1:  # cut, with the outermost length made to fit
        data = data[: r.randrange(12, len(data))]
        struct.pack_into("<I", data, 4, len(data) - 8)
    elif kind == 2:  # a chunk's length
        name = r.choice(CHUNKS)
        at = font.find(name, 0 if name in CHUNKS[-3:] else presets) + 4
        size = struct.unpack_from("<I", data, at)[0]
        near = [size + d & 0xFFFFFFFF for d in (-46, -38, -22, -10, -4, 4, 10, 22, 38, 46)]
        struct.pack_into("<I", data, at, r.choice(WORDS + near))
    else:  # a sample's begin, end, loop or rate
        at = font.find(b"shdr", presets) + 8 + 46 * r.randrange(200) + 20
        for _ in range(3):
            struct.pack_into("<I", data, at + 4 * r.randrange(5), r.choice(WORDS))
    return bytes(data)


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def outcome(par, midi, path):
    try:
        done = subprocess.run([par, "render", midi, "-o", "-", "--rate", "8000",
                               "--soundfont", path], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=30, preexec_fn=limited)
    except subprocess.TimeoutExpired:
        return "hang"
    if done.returncode == 0:
        return "played"
    return "refused" if done.returncode == 1 and done.stderr else "crash"


def main(par, count, soundfont=FONT):
    font = pathlib.Path(soundfont).read_bytes()
    presets = font.find(b"pdta")
    seen = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        midi, path = f"{folder}/a.mid", f"{folder}/damaged.sf2"
        subprocess.run([par, "detokenize", "-o", midi], input=b"2 378 63 278 191 1",
                       check=True)
        for number in range(int(count)):
            pathlib.Path(path).write_bytes(damaged(font, presets, number))
            how = outcome(par, midi, path)
            seen[how] += 1
            if how in ("crash", "hang"):
                print(f"number {number}: {how}", file=sys.stderr)
    print("#", ", ".join(f"{n} {how}" for how, n in seen.most_common()))
    bad = seen["crash"] + seen["hang"]
    print("1..1")
    print("not ok" if bad else "ok", "1 - a damaged SoundFont gives sound or a sentence")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
