#!/usr/bin/env python3
"""Puts PPM images of one size side by side into a PNG, each pixel twice as wide and high.

    model/train/ids_sheet.py OUT.png COLUMNS IN.ppm...
"""
import struct
import sys
import zlib

SCALE, GAP, GREY = 2, 4, 0x60  # the gap in pixels of the PNG


def read(path):
    """Its rows, each a bytes of red, green, blue ..."""
    with open(path, 'rb') as file:
        kind, size, most, samples = file.read().split(b'\n', 3)
    width, height = map(int, size.split())
    assert kind == b'P6' and most == b'255'
    return [samples[3 * width * y:3 * width * (y + 1)] for y in range(height)]


def widened(row):
    return b''.join(row[i:i + 3] * SCALE for i in range(0, len(row), 3))


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack(
        '>I', zlib.crc32(kind + data))


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    columns, images = int(sys.argv[2]), [read(path) for path in sys.argv[3:]]
    gap = bytes([GREY] * 3 * GAP)
    lines = []
    for first in range(0, len(images), columns):
        row = images[first:first + columns]
        for y in range(len(row[0])):
            lines += [gap.join(widened(image[y]) for image in row)] * SCALE
        lines += [bytes([GREY]) * len(lines[0])] * GAP
    del lines[-GAP:]
    header = struct.pack('>IIBBBBB', len(lines[0]) // 3, len(lines), 8, 2, 0, 0, 0)
    pixels = zlib.compress(b''.join(b'\0' + line for line in lines), 9)
    with open(sys.argv[1], 'wb') as file:
        file.write(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', pixels) +
                   chunk(b'IEND', b''))


main()
