#!/usr/bin/env python3
"""Makes the data of TRAINING.md's runs on text and on images, from Debian packages.

    apt install bible-kjv mate-backgrounds libjpeg-turbo-progs
    model/train/ids_data.py OUT [ROOT]

ROOT is where the packages lie, / unless they were unpacked elsewhere (dpkg -x).
OUT gets
    kjv/train.txt, validation.txt, test.txt   the King James Bible, a verse a line; Joshua
                                              and Judges are held out
    photos/train/*.ppm, validation/*.ppm      crops of 64 x 64 of photographs at a quarter
                                              of their size; two photographs are held out
The same every time.
"""
import os
import random
import subprocess
import sys

SIDE = 64
TRAIN, HELD_OUT = 150, 8  # crops of a photograph
VALIDATION = {'TwoWings', 'Garden'}


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'wb') as file:
        file.write(data)


def text(out, root):
    verses = subprocess.run(
        [f'{root}/usr/bin/bible', '-p', f'{root}/usr/lib', '-f', 'gen1:1-rev22:21'],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True).stdout
    held_out = {b'Jos': 'validation', b'Jdg': 'test'}
    parts = {'train': [], 'validation': [], 'test': []}
    for line in verses.splitlines(keepends=True):
        parts[held_out.get(line[:3], 'train')].append(line)
    for name, lines in parts.items():
        write(f'{out}/kjv/{name}.txt', b''.join(lines))


def photograph(path, root):
    """Its rows, each a bytes of red, green, blue ..."""
    ppm = subprocess.run(
        [f'{root}/usr/bin/djpeg', '-pnm', '-scale', '1/4', path],
        stdout=subprocess.PIPE, check=True,
        env={**os.environ, 'LD_LIBRARY_PATH': f'{root}/usr/lib/x86_64-linux-gnu'}).stdout
    kind, size, most, samples = ppm.split(b'\n', 3)
    width, height = map(int, size.split())
    assert kind == b'P6' and most == b'255' and len(samples) == 3 * width * height
    return [samples[3 * width * y:3 * width * (y + 1)] for y in range(height)]


def crop(rows, rng):
    y = rng.randrange(len(rows) - SIDE + 1)
    x = rng.randrange(len(rows[0]) // 3 - SIDE + 1)
    samples = b''.join(row[3 * x:3 * (x + SIDE)] for row in rows[y:y + SIDE])
    return b'P6\n%d %d\n255\n' % (SIDE, SIDE) + samples


def images(out, root):
    folder = f'{root}/usr/share/backgrounds/mate/nature'
    rng = random.Random(1)
    for name in sorted(os.listdir(folder)):
        stem, _ = os.path.splitext(name)
        split, count = ('validation', HELD_OUT) if stem in VALIDATION else ('train', TRAIN)
        rows = photograph(f'{folder}/{name}', root)
        for i in range(count):
            write(f'{out}/photos/{split}/{stem}-{i:03}.ppm', crop(rows, rng))


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    out, root = sys.argv[1], sys.argv[2].rstrip('/') if len(sys.argv) == 3 else ''
    text(out, root)
    images(out, root)


main()
