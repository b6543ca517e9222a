"""Training windows, token by token those of model/train/data/batch.h, epoch.h and midi/augment.h
for the same seed, step and index, and batches of them.

A seed's numbers are model/rng.h's, so what was drawn here can be drawn there.
"""

import math
from collections import namedtuple

import numpy as np
import torch

from chords import chords_of
from files import share
from perceiver import NOWHERE, RECALL_ENTRIES, RECALL_TOKENS, Batch

M64, M32 = (1 << 64) - 1, (1 << 32) - 1
MULTIPLIER = 6364136223846793005
NOTE_ON, NOTE_OFF, TIME_SHIFT, VELOCITY, PEDAL_ON = 3, 131, 259, 359, 391
STEPS_PER_SHIFT, BINS = 100, 32
OPENINGS = 16  # at least 1 window of an epoch in so many begins at one
AUGMENTS = ("transpose", "tempo", "loudness", "untouched")
USUAL = {"transpose": (-3, 3), "tempo": (0.95, 1.05), "loudness": (0, 0),
         "untouched": (0, 0)}


class Rng:
    """PCG32, model/rng.h."""

    def __init__(self, seed, stream):
        self.state, self.stream = 0, (stream << 1 | 1) & M64
        self.next()
        self.state = self.state + seed & M64
        self.next()

    def next(self):
        old = self.state
        self.state = (old * MULTIPLIER + self.stream) & M64
        shifted, turn = (old >> 18 ^ old) >> 27 & M32, old >> 59
        return (shifted >> turn | shifted << (-turn & 31)) & M32

    def below(self, bound):
        least = (1 << 32) % bound
        while True:
            x = self.next()
            if x >= least:
                return x % bound

    def uniform(self):
        high, low = self.next() >> 5, self.next() >> 6
        return ((high << 26) + low) / 9007199254740992.0

    def many(self, count):
        """The next `count` numbers at once."""
        states, a, b = np.array([self.state], np.uint64), MULTIPLIER, self.stream
        while len(states) < count + 1:  # n states on: x -> a x + b
            states = np.concatenate([states, states * np.uint64(a) + np.uint64(b)])
            a, b = a * a & M64, (a * b + b) & M64
        old = states[:count]
        self.state = int(states[count])
        shifted = ((old >> np.uint64(18) ^ old) >> np.uint64(27)) & np.uint64(M32)
        turn = old >> np.uint64(59)
        left = (np.uint64(32) - turn) & np.uint64(31)
        return (shifted >> turn | shifted << left) & np.uint64(M32)

    def normals(self, count):
        x = self.many(4 * count).reshape(count, 4)
        high, low = x[:, 0::2] >> np.uint64(5), x[:, 1::2] >> np.uint64(6)
        u = ((high << np.uint64(26)) + low) / 9007199254740992.0
        return np.sqrt(-2 * np.log(1 - u[:, 0])) * np.cos(6.283185307179586 * u[:, 1])


# --- augmentation ---

def pitches(tokens):
    notes = (tokens >= NOTE_ON) & (tokens < TIME_SHIFT)
    return notes, (tokens - NOTE_ON) % 128


def augment(tokens, semitones, tempo, loudness, place):
    """midi/augment.h, in one pass over arrays. Returns the tokens and the place."""
    tokens = tokens.astype(np.int64)
    notes, pitch = pitches(tokens)
    if notes.any():
        low, high = pitch[notes].min(), pitch[notes].max()
        semitones = min(max(semitones, -low), 127 - high)
    is_time = (tokens >= TIME_SHIFT) & (tokens < VELOCITY)
    steps = np.where(is_time, tokens - TIME_SHIFT + 1, 0)
    now = steps.cumsum()

    # Moments: where a run of shifts ends. They stay a step apart.
    ends = is_time & ~np.append(is_time[1:], False)
    if len(tokens) and tokens[-1] == TIME_SHIFT + STEPS_PER_SHIFT - 1:
        ends[-1] = False  # its time may go on behind it
    moments = np.floor(now[ends] * tempo + 0.5).astype(np.int64)
    k = np.arange(1, len(moments) + 1)
    moments = np.maximum.accumulate(np.maximum(moments - k, 0)) + k
    shifts = np.diff(moments, prepend=0)
    full, rest = shifts // STEPS_PER_SHIFT, shifts % STEPS_PER_SHIFT

    velocity = (tokens >= VELOCITY) & (tokens < PEDAL_ON)
    new = np.where(notes, tokens + semitones, tokens)
    new[velocity] = VELOCITY + np.clip(tokens[velocity] - VELOCITY + loudness, 0, BINS - 1)
    says = ~is_time
    v = new[velocity]
    says[velocity] = np.diff(v, prepend=-1) != 0

    # How many tokens each becomes: a moment stands where its run of shifts ended.
    counts = says.astype(np.int64)
    counts[ends] = full + (rest > 0)
    out = np.repeat(np.where(is_time, TIME_SHIFT + STEPS_PER_SHIFT - 1, new), counts)
    first = counts.cumsum() - counts
    last = first[ends] + counts[ends] - 1
    out[last[rest > 0]] = TIME_SHIFT + rest[rest > 0] - 1
    return out, int(first[place]) if place < len(tokens) else place


def augment_drawn(ranges, tokens, place, rng):
    def between(name):
        least, most = ranges[name]
        if name == "tempo":
            return least + (most - least) * rng.uniform()
        return int(least) + rng.below(int(most - least) + 1)

    drawn = [between(name) for name in AUGMENTS[:3]]
    if rng.uniform() < ranges["untouched"][0]:
        return tokens, place
    return augment(tokens, *drawn, place)


# --- windows ---

Segment = namedtuple("Segment", "piece end n")
# tokens: (T + 1)  kept: places of the inputs that stay, the last n the latents'
Window = namedtuple("Window", "tokens kept n bias")


def cut(tokens, end, n, c):
    T = min(end, c.context)
    n = min(n, T, c.latents)
    return Window(tokens[end - T:end + 1], np.arange(T), n, 0.0)


def choose_tokens(prefix, left, rng):
    before, stays = rng.state, np.zeros(prefix, bool)
    x = rng.many(prefix)
    bounds = np.arange(prefix, 0, -1).astype(np.uint64)
    if (x < np.uint64(1 << 32) % bounds).any():  # one is to be drawn again
        rng.state = before
        x = [rng.below(prefix - i) for i in range(prefix)]
    else:
        x = (x % bounds).tolist()
    for i, below in enumerate(x):
        if below < left:
            stays[i] = True
            left -= 1
    return stays


def choose_spans(prefix, left, span, rng):
    least, begins, at, order = max(1, span // 4), [], 0, []
    while at < prefix:
        begins.append(at)
        at += least + rng.below(span - least + 1)
    begins.append(prefix)
    for i in range(len(begins) - 1):
        j = rng.below(i + 1)
        order.append(order[j] if j < i else i)
        order[j] = i
    stays, turned = np.zeros(prefix, bool), rng.below(max(1, prefix))
    for i in order:
        if left <= 0:
            break
        taken = min(left, begins[i + 1] - begins[i])
        stays[(turned + begins[i] + np.arange(taken)) % prefix] = True
        left -= taken
    return stays


def drop_prefix(w, keep, span, bias, rng):
    prefix = len(w.kept) - w.n
    left = math.floor(keep * prefix + 0.5)
    stays = choose_spans(prefix, left, span, rng) if span > 1 else \
        choose_tokens(prefix, left, rng)
    kept = np.concatenate([np.flatnonzero(stays), w.kept[prefix:]])
    return w._replace(kept=kept, bias=bias * math.log(prefix / left) if left > 0 else 0.0)


class Source:
    """Draws windows of a split of a corpus. o has seed, keep, span, bias and windows."""

    def __init__(self, corpus, o, ranges):
        self.pieces, self.o, self.ranges = corpus.of(0), o, ranges
        self.ends = np.cumsum([share(p) for p in self.pieces])

    def anywhere(self, c, rng):
        wide = rng.next() << 30 ^ rng.next()
        at = wide % int(self.ends[-1])
        piece = int(np.searchsorted(self.ends, at, "right"))
        end = 1 + rng.below(len(self.pieces[piece].tokens) - 1)
        return Segment(piece, end, min(end, c.latents))

    def draw(self, c, keep, segment, step, index):
        seed = (self.o.seed + step * 0x9E3779B97F4A7C15) & M64
        rng, own = Rng(seed, index), Rng(seed, ~index & M64)
        b = segment or self.anywhere(c, rng)
        begin = max(0, b.end - c.context - c.context // 16)
        part = np.array(self.pieces[b.piece].tokens[begin:b.end + 1], np.int64)
        place = len(part) - b.n
        if self.ranges:
            changed, at = augment_drawn(self.ranges, part, place, own)
            if len(changed) >= 2:
                part = changed
            place = at
        w = cut(part, len(part) - 1, min(max(len(part) - place, 1), len(part) - 1), c)
        return drop_prefix(w, keep, self.o.span, self.o.bias, rng) if keep < 1 else w


class Epochs:
    """model/train/data/epoch.h. The pieces are those of the split, in their order."""

    def __init__(self, pieces, context, seed):
        self.pieces, self.context, self.seed = pieces, context, seed
        self.number, self.latents, self.taken, self.segments = 0, 0, 0, []

    def cut(self, latents):
        rng = Rng(self.seed, (1 << 40) + self.number)
        self.latents, s, credit = latents, [], rng.uniform()
        for i, p in enumerate(self.pieces):
            left = p.weight
            while left > 0:
                last, done = len(p.tokens) - 1, 0
                end = min(last, 1 + rng.below(latents))
                while done < last:
                    credit += min(left, 1)
                    if credit >= 1:
                        credit -= 1
                        s.append(Segment(i, end, end - done))
                    done, end = end, min(last, end + latents)
                left -= 1
        cut, openings = len(s), sum(b.end <= self.context for b in s)
        while OPENINGS * openings < len(s):
            piece = s[rng.below(cut)].piece
            most = min(self.context, len(self.pieces[piece].tokens) - 1)
            end = 1 + rng.below(most)
            s.append(Segment(piece, end, min(end, latents)))
            openings += 1
        for i in range(len(s), 1, -1):
            j = rng.below(i)
            s[j], s[i - 1] = s[i - 1], s[j]
        self.segments = s

    def share(self):
        return self.taken / len(self.segments) if self.segments else 0

    def take(self, count, latents):
        if self.latents != latents:
            share = self.share()
            self.cut(latents)
            self.taken = int(share * len(self.segments))
        ret = []
        for _ in range(count):
            if self.taken == len(self.segments):
                self.number, self.taken = self.number + 1, 0
                self.cut(latents)
            ret.append(self.segments[self.taken])
            self.taken += 1
        return ret

    def done(self):
        return self.number + self.share()


# --- batches ---

def recall_of(w, c):
    """What Recall.forward() reads of one window: of all inputs, dropped or not."""
    tokens, T = w.tokens[:-1], len(w.tokens) - 1
    place = np.flatnonzero((tokens >= c.recall_first) & (tokens < c.recall_end))
    ids = tokens[place] - c.recall_first
    latents = np.arange(T - w.n, T)
    seen = np.searchsorted(place, latents, "right")
    states = np.arange(seen[0], seen[-1] + 1)
    entry = seen[:, None] - 1 - np.arange(RECALL_ENTRIES)
    token = latents[:, None] - np.arange(RECALL_TOKENS)
    heard = np.concatenate([ids + c.recall_first, [c.vocabulary]])
    past = np.concatenate([
        heard[np.where(entry >= 0, entry, -1)],
        np.where(token >= 0, tokens[np.maximum(token, 0)], c.vocabulary)], 1)
    return {"id": ids, "step": np.diff(ids, prepend=ids[:1]),
            "after": tokens[np.concatenate([[0], place[:-1] + 1])[:len(place)].astype(int)],
            "before": np.where(place > 0, tokens[np.maximum(place - 1, 0)], 0),
            "seen": states, "of": seen - seen[0], "past": past,
            "last": np.concatenate([ids, [0]])[states - 1]}


def stacked(rows, width, fill):
    out = np.full((len(rows), width) + rows[0].shape[1:], fill, rows[0].dtype)
    for o, row in zip(out, rows):
        o[:len(row)] = row
    return torch.from_numpy(out)


def rounded(n, to):
    return -(-n // to) * to


def batch_of(windows, c, coarse=1):
    """A Batch of windows. Sizes are multiples of `coarse`, so that there are few of them
    for a compiler to see."""
    N = min(c.latents, rounded(max(w.n for w in windows), coarse))
    P = rounded(max(len(w.kept) - w.n for w in windows), coarse)
    B = len(windows)
    tokens, positions = np.zeros((2, B, P + N), np.int64)
    bias, targets = np.full((B, P + N), NOWHERE, np.float32), np.full((B, N), -1, np.int64)
    for i, w in enumerate(windows):
        at = slice(P + w.n - len(w.kept), P + w.n)
        tokens[i, at], positions[i, at] = w.tokens[w.kept], w.kept
        # Behind the latents their places go on, within the table.
        positions[i, P + w.n:] = np.minimum(w.kept[-1] + 1 + np.arange(N - w.n),
                                            c.context - 1)
        bias[i, at.start:P] = w.bias
        bias[i, P:] = 0
        targets[i, :w.n] = w.tokens[len(w.tokens) - w.n:]
    recall = None
    if c.recall_heads:
        parts = [recall_of(w, c) for w in windows]
        E = rounded(max(1, max(len(p["id"]) for p in parts)), coarse)
        C = max(len(p["seen"]) for p in parts)
        recall = {key: stacked([p[key] for p in parts],
                               {"of": N, "past": N, "seen": C, "last": C}.get(key, E),
                               c.vocabulary if key == "past" else 0) for key in parts[0]}
    chords = None
    if c.chord_steps:
        parts = [chords_of(w, c) for w in windows]
        chords = {key: stacked([p[key] for p in parts], N, 0) for key in parts[0]}
    return Batch(torch.from_numpy(tokens), torch.from_numpy(positions),
                 torch.from_numpy(bias) if (bias != 0).any() else None,
                 torch.from_numpy(targets), recall, chords)


def to_device(batch, device):
    def move(x):
        if isinstance(x, dict):
            return {key: move(value) for key, value in x.items()}
        return x if x is None else x.to(device, non_blocking=True)

    return Batch(*map(move, batch))
