#!/usr/bin/env python3
"""Whether any note of real files is lost:  notes.py PAR_MIDI FOLDER...

Reads every .mid and .midi below the folders by a plain reader of its own, which shares no
code with the program, and counts the moments of 10 ms at which each key is struck on any
channel but the drums'. `par-midi tokenize` must spell as many NOTE_ONs: two strokes of
one key within one moment are one note there. Prints each file that differs, then a sum.
"""

import pathlib
import struct
import subprocess
import sys

NOTE_ON, NOTE_OFF = 3, 131  # ids of pitch 0; midi/vocabulary.h


def number(data, at):
    value = 0
    while True:
        value = value << 7 | data[at] & 0x7F
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def events(track):
    """(tick, status, data) of one track, meta events with their type before the data."""
    at, tick, status = 0, 0, 0
    while at < len(track):
        delta, at = number(track, at)
        tick += delta
        if track[at] >= 0x80:
            status, at = track[at], at + 1
        if status == 0xFF:
            kind, (size, begin) = track[at], number(track, at + 1)
            yield tick, status, bytes([kind]) + track[begin : begin + size]
            at = begin + size
            if kind == 0x2F:
                return
        elif status in (0xF0, 0xF7):
            size, begin = number(track, at)
            at = begin + size
        else:
            size = 1 if status >> 4 in (0xC, 0xD) else 2
            yield tick, status, track[at : at + size]
            at += size


def struck(path):
    """How many keys are struck, each counted once in a moment."""
    data = path.read_bytes()
    division = struct.unpack(">H", data[12:14])[0]
    tracks, at = [], 8 + struct.unpack(">I", data[4:8])[0]
    while at + 8 <= len(data):
        size = struct.unpack(">I", data[at + 4 : at + 8])[0]
        if data[at : at + 4] == b"MTrk":
            tracks.append(data[at + 8 : at + 8 + size])
        at += 8 + size
    merged = sorted((e for t in tracks for e in events(t)), key=lambda e: e[0])
    keys, tempo, time, before = set(), 500000, 0, 0
    unit = division * 10000
    for tick, status, what in merged:
        time += (tick - before) * tempo
        before = tick
        if status == 0xFF and what[0] == 0x51:
            tempo = int.from_bytes(what[1:4], "big")
        if status >> 4 == 9 and status & 15 != 9 and what[1] > 0:
            keys.add(((2 * time + unit) // (2 * unit), what[0]))
    return len(keys)


def main(par, folders):
    files = notes = lost = 0
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*.mid*")):
            told = subprocess.run([par, "tokenize", str(path)], capture_output=True, check=True)
            ids = sum(NOTE_ON <= int(t) < NOTE_OFF for t in told.stdout.split())
            files += 1
            want = struck(path)
            notes += want
            if ids != want:
                lost += 1
                print(f"{path}: {want} notes, {ids} in tokens")
    print(f"{files} files, {notes} notes, {lost} files with another number")
    return 1 if lost or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
