#include "midi/analysis/returns.h"

#include "midi/analysis/line.h"

// The groups of a line, and the last occurrence of each among the `heard` ones so far.
typedef struct Groups {
    Note *line; // owned
    int count;  // number of groups
    int notes, heard;
    GHashTable *last; // owned; intervals -> index + 1
} Groups;

static void groups_init(Groups *g, const Performance *p, int notes) {
    *g = (Groups){.line = line_of(p), .notes = notes};
    g->count = MAX(0, (int)p->note_count - notes + 1);
    g->last = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

static void groups_clear(Groups *g) {
    g_free(g->line);
    g_hash_table_unref(g->last);
}

// Packs the intervals of a group into a number, one byte each.
static gint64 key_of(const Groups *g, int at) {
    guint64 key = 0;
    for (int i = at + 1; i < at + g->notes; i++)
        key = key << 8 | (guint8)(g->line[i].pitch - g->line[i - 1].pitch);
    return (gint64)key;
}

static void hear(Groups *g) {
    gint64 key = key_of(g, g->heard++);
    g_hash_table_replace(g->last, g_memdup2(&key, sizeof key),
                         GINT_TO_POINTER(g->heard));
}

// Returns the last onset of such a group, or -1.
static int64_t last_onset(const Groups *g, gint64 key) {
    int index = GPOINTER_TO_INT(g_hash_table_lookup(g->last, &key)) - 1;
    return index < 0 ? -1 : g->line[index].onset;
}

static ReturnLag bin_of(int64_t lag) {
    static const int64_t below[] = {4000000, RETURNS_FAR, 30000000, 60000000};
    int bin = 0;
    while (bin < RETURN_LATER && lag >= below[bin]) bin++;
    return (ReturnLag)bin;
}

static ReturnLag lag_of(Groups *own, Groups *other, int at) {
    gint64 key = key_of(own, at);
    int64_t now = own->line[at].onset, far = now - RETURNS_FAR;
    int64_t last = last_onset(own, key);
    if (other && last <= far) {
        while (other->heard < other->count && other->line[other->heard].onset <= far)
            hear(other);
        last = last_onset(other, key);
    }
    return last < 0 ? RETURN_NEVER : bin_of(now - last);
}

void returns_measure(Returns *ret, const Performance *p, int64_t from, int notes,
                     const Performance *other) {
    Groups own, others = {0};
    int counts[RETURN_LAGS] = {0}, all = 0;
    groups_init(&own, p, notes);
    if (other) groups_init(&others, other, notes);
    for (int i = 0; i < own.count; i++) {
        if (i >= notes) hear(&own); // group i - notes is the newest one that has ended
        if (own.line[i].onset < from) continue;
        counts[lag_of(&own, other ? &others : NULL, i)]++;
        all++;
    }
    *ret = (Returns){0};
    for (int i = 0; i < RETURN_LAGS; i++)
        ret->share[i] = (double)counts[i] / MAX(1, all);
    ret->rate = ret->share[RETURN_30] + ret->share[RETURN_60] +
                ret->share[RETURN_LATER];
    groups_clear(&own);
    if (other) groups_clear(&others);
}
