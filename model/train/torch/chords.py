"""Chords: the term of the logits of model/recall/chords.h, to be read beside it.

The search compares tokens alone. So it is made of integers by NumPy, where the windows
are drawn, and the model is handed a number of the table for each latent and id.

Shapes: N latents, R ids of entries, C chords of a window, S states. A state is what the
search depends on: the entries that were heard, and whether another one would join the
newest chord. Latents between which neither changes share one.
"""

import numpy as np
import torch
from torch.nn import functional as F

CHORD_LENGTHS, CHORD_LEFT, CHORD_SCALE = 13, 8, 64
LONGEST = 24  # notes beyond are not counted
BIN = np.array([*range(8), 8, 8, 9, 9, *[10] * 4, *[11] * 8, CHORD_LENGTHS - 1])


def chord_of_each(now, steps):
    """The chord of each entry, which begins at now[e]."""
    of, first, chord = [], 0, -1
    for at in now.tolist():
        if chord < 0 or at - first > steps:
            first, chord = at, chord + 1
        of.append(chord)
    return np.array(of, np.int64)


def notes_alike(has, lowest, first):
    """How many notes of the chords up to a, counted back from a, equal those of the chords
    up to b, moved: [a - first, b], (C - first, C). Rows of a few chords behind `first`
    lack what is before it.

    Moved sets are equal if both are the same above their lowest notes. Two runs of such
    chords are equal as long as the intervals between lowest notes are equal too, so each
    number follows from the one before it on the diagonal.
    """
    C, R = has.shape
    above = np.zeros_like(has)
    chord, id = np.nonzero(has)
    above[chord, id - lowest[chord]] = True
    kind = np.unique(np.packbits(above, axis=1), axis=0, return_inverse=True)[1].reshape(-1)
    interval = np.diff(lowest, prepend=lowest[:1])
    same = kind[first:, None] == kind
    goes_on = same & (interval[first:, None] == interval)
    notes = np.minimum(has.sum(1), LONGEST).astype(np.uint8)
    alike = same * notes
    for a in range(1, C - first):
        alike[a, 1:] += goes_on[a, 1:] * alike[a - 1, :-1]
        np.minimum(alike[a], LONGEST, out=alike[a])
    return alike


def codes(has, g, so_far):
    """The table's numbers, (S, R). has: (C, R), the ids of each chord   g: (S), how many
    chords come before the one to which the next entry belongs   so_far: (S, R), the ids
    of that one that are known"""
    (C, R), S = has.shape, len(g)
    lowest, counts, known = has.argmax(1), has.sum(1), so_far.sum(1)
    base = lowest[g - 1]
    first = max(0, int(g.min()) - 1 - LONGEST)
    alike = notes_alike(has, lowest, first)[g - 1 - first]  # (S, C)
    notes = np.minimum(alike[:, :-1] + known.astype(np.uint8)[:, None], LONGEST)

    # h, from 1 on, is earlier and has what is known. Counted from the lowest note of the
    # chord before, ids are the same for all transpositions.
    fits = (np.arange(1, C) < g[:, None]) & (notes > 0)
    chord, id = np.nonzero(has)
    later = chord > 0
    above = np.zeros((2 * R - 1, C), bool)
    above[id[later] - lowest[chord[later] - 1] + R - 1, chord[later]] = True
    state, asked = np.nonzero(so_far)
    order = np.arange(len(state)) - np.searchsorted(state, state)
    for i in range(int(known.max())):
        s = state[order == i]
        fits[s] &= above[asked[order == i] - base[s] + R - 1, 1:]

    # Pairs of a state and an h, and of each the notes of h. More notes come later, and
    # of as many the newer h, and write over what is there.
    s, h = np.nonzero(fits)
    notes = notes[s, h]
    order = np.argsort(notes, kind="stable")
    s, h, notes = s[order], h[order] + 1, notes[order]
    pair = np.repeat(np.arange(len(h)), counts[h])
    nth = np.arange(len(pair)) - (counts[h].cumsum() - counts[h])[pair]
    begins = np.searchsorted(chord, np.arange(C))
    q = id[begins[h][pair] + nth] + (base[s] - lowest[h - 1])[pair]
    there = (q >= 0) & (q < R)
    left = counts[h] - known[s] - np.bincount(pair[~there], minlength=len(h))
    code = BIN[notes] * CHORD_LEFT + np.minimum(left, CHORD_LEFT - 1)
    ret = np.zeros((S, R), np.uint8)
    pair, q = pair[there], q[there]
    ret[s[pair], q] = code[pair]
    ret[so_far] = 0
    return ret


def chords_of(w, c):
    """What add() reads of one window: of all inputs, dropped or not.

    code: (N, R), where each id's number is in the table   found: (N), whether one is not 0
    """
    tokens, R = w.tokens[:-1], c.recall_end - c.recall_first
    is_time = (tokens >= c.time_first) & (tokens < c.time_end)
    now = np.where(is_time, tokens - c.time_first + 1, 0).cumsum()
    place = np.flatnonzero((tokens >= c.recall_first) & (tokens < c.recall_end))
    ids, of = tokens[place] - c.recall_first, chord_of_each(now[place], c.chord_steps)
    begins = np.searchsorted(of, np.arange(of[-1] + 1 if len(of) else 0))  # its first entry

    latents = np.arange(len(tokens) - w.n, len(tokens))
    heard = np.searchsorted(place, latents, "right")
    chord = np.concatenate([[-1], of])[heard]
    time = np.concatenate([now[place[begins]], [0]])[chord]
    joins = (chord >= 0) & (now[latents] - time <= c.chord_steps)
    states, state = np.unique(2 * heard + ~joins, return_inverse=True)
    heard, joins = states // 2, states % 2 == 0
    g = np.concatenate([[-1], of])[heard] + ~joins

    out = np.zeros((len(states), R), np.uint8)
    some = np.flatnonzero(g >= 2)  # an earlier chord and the one before it
    if len(some):
        has = np.zeros((of[-1] + 1, R), bool)
        has[of, ids] = True
        so_far = np.zeros((len(some), R), bool)
        for row, s in zip(so_far, some.tolist()):
            if joins[s]:
                row[ids[begins[g[s]]:heard[s]]] = True
        out[some] = codes(has[:g.max()], g[some], so_far)
    return {"code": out[state], "found": out.any(1)[state]}


def add(logits, r, table, c):
    """The logits with the term. logits: (B, N, V)   r: what chords_of() made"""
    logits = logits.to(torch.promote_types(logits.dtype, torch.float32))
    before, z, behind = logits.split([c.recall_first, c.recall_end - c.recall_first,
                                      c.vocabulary - c.recall_end], -1)
    # A column of the table for each id. With one column for all, the gradient would be
    # sums into a few places, to which a card adds one number after the other.
    columns = (CHORD_SCALE * table.flatten())[:, None].expand(-1, z.shape[-1])
    b = columns.gather(0, r["code"].flatten(0, 1).long()).view(z.shape)
    more = b - ((z + b).logsumexp(-1) - z.logsumexp(-1))[..., None]
    z = torch.where(r["found"][..., None], z + more, z)
    return torch.cat([before, z, behind], -1)
