#include "model/train/data/epoch.h"

#include "model/rng.h"

enum { OPENINGS = 16 }; // at least 1 window in so many begins at an opening

#define STREAMS (UINT64_C(1) << 40) // the first stream of random numbers for epochs

Epochs epochs_new(const Corpus *corpus, Split split, int context, uint64_t seed) {
    return (Epochs){.corpus = corpus,
                    .split = split,
                    .context = context,
                    .seed = seed,
                    .segments = g_array_new(FALSE, FALSE, sizeof(Segment))};
}

static Segment *segment(const Epochs *e, guint i) {
    return &g_array_index(e->segments, Segment, i);
}

// The targets of a piece are its tokens 1 .. count - 1. `credit` grows by `share` at
// each segment, and the segment is taken if the credit has reached 1: at a share of
// 0.15, about every seventh segment is taken.
static void cut_piece(Epochs *e, int piece, double share, double *credit, Rng *rng) {
    int last = e->corpus->pieces[piece].count - 1, done = 0;
    int first = 1 + (int)rng_below(rng, (uint32_t)e->latents), end = MIN(last, first);
    for (; done < last; done = end, end = MIN(last, end + e->latents)) {
        Segment b = {piece, end, end - done};
        *credit += share;
        if (*credit < 1) continue;
        *credit -= 1;
        g_array_append_val(e->segments, b);
    }
}

// The pieces are drawn with probabilities proportional to their numbers of segments.
static void add_openings(Epochs *e, Rng *rng) {
    guint cut = e->segments->len, openings = 0;
    for (guint i = 0; i < cut; i++) openings += segment(e, i)->end <= e->context;
    for (; OPENINGS * openings < e->segments->len; openings++) {
        int piece = segment(e, rng_below(rng, cut))->piece;
        int most = MIN(e->context, e->corpus->pieces[piece].count - 1);
        int end = 1 + (int)rng_below(rng, (uint32_t)most);
        Segment b = {piece, end, MIN(end, e->latents)};
        g_array_append_val(e->segments, b);
    }
}

static void shuffle(Epochs *e, Rng *rng) {
    for (guint i = e->segments->len; i > 1; i--) {
        guint j = rng_below(rng, i);
        Segment b = *segment(e, j);
        *segment(e, j) = *segment(e, i - 1);
        *segment(e, i - 1) = b;
    }
}

static void cut(Epochs *e, int latents) {
    Rng rng = rng_new(e->seed, STREAMS + (uint64_t)e->number);
    e->latents = latents;
    g_array_set_size(e->segments, 0);
    double credit = rng_uniform(&rng);
    for (int i = 0; i < e->corpus->piece_count; i++) {
        const CorpusPiece *p = &e->corpus->pieces[i];
        for (double left = p->weight; p->split == e->split && left > 0; left--)
            cut_piece(e, i, MIN(left, 1), &credit, &rng);
    }
    add_openings(e, &rng);
    shuffle(e, &rng);
}

static double share_taken(const Epochs *e) {
    return e->segments->len ? (double)e->taken / e->segments->len : 0;
}

void epochs_take(Epochs *e, Segment *ret, int count, int latents) {
    if (e->latents != latents) {
        double share = share_taken(e);
        cut(e, latents);
        e->taken = (guint)(share * e->segments->len);
    }
    for (int i = 0; i < count; i++) {
        if (e->taken == e->segments->len) {
            e->number++;
            cut(e, latents);
            e->taken = 0;
        }
        if (ret) ret[i] = *segment(e, e->taken);
        e->taken++;
    }
}

double epochs_done(const Epochs *e) { return (double)e->number + share_taken(e); }

void epochs_free(Epochs *e) {
    if (e->segments) g_array_unref(e->segments);
    *e = (Epochs){0};
}
