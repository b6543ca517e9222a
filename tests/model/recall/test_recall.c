// The equations of recall.h as plain loops, with which the block is compared.
#include "tests/test.h"

#include "model/perceiver.h"
#include "model/recall/recall.h"
#include "model/train/optimizer/optimizer.h"

#include <stdlib.h>

enum {
    KINDS = 13,
    FIRST = 3,
    END = 10,
    R = END - FIRST,
    HEADS = 5,
    ROWS = R + 2 * KINDS
};

// A sequence of few ids, so that intervals often agree, in which a passage returns.
static void make_tokens(Token *tokens, int count, uint64_t seed) {
    Rng rng = rng_new(seed, 5);
    for (int i = 0; i < count; i++)
        tokens[i] = i >= 40 && i % 60 < 25 ? tokens[i - 40]
                                           : (Token)rng_below(&rng, KINDS);
}

static Config config_of(int heads) {
    return (Config){KINDS,
                    400,
                    50,
                    12,
                    3,
                    2,
                    400,
                    .recall_heads = heads,
                    .recall_layer = 1,
                    .recall_first = FIRST,
                    .recall_end = END};
}

static Parameters random_parameters(const Config *c, double size) {
    Parameters p;
    Rng rng = rng_new(11, 3);
    parameters_new(&p, c);
    for (size_t i = 0; i < p.count; i++) p.memory[i] = (real)(size * rng_normal(&rng));
    return p;
}

// The inputs that a latent at `place` knows are [start, place]. Returns the places of
// their entries.
typedef struct Heard {
    int place[512], count;
} Heard;

static Heard heard_by(const Token *tokens, int start, int place) {
    Heard h = {.count = 0};
    for (int i = start; i <= place; i++)
        if (tokens[i] >= FIRST && tokens[i] < END) h.place[h.count++] = i;
    return h;
}

static int id(const Token *tokens, const Heard *h, int e) {
    return tokens[h->place[e]] - FIRST;
}

static int step(const Token *tokens, const Heard *h, int e) {
    return id(tokens, h, e) - id(tokens, h, e - 1);
}

static double plain_score(const Token *t, const Heard *h, int m, const real *lags) {
    double s = 0;
    int c = h->count;
    for (int a = 1; a <= 24; a++)
        if (m - a >= 1 && step(t, h, c - a) == step(t, h, m - a))
            s += (double)lags[a - 1];
    for (int a = 1; a <= 4; a++)
        if (m - a >= 0 && id(t, h, c - a) == id(t, h, m - a)) s += (double)lags[23 + a];
    return s;
}

// Computes H of one head, the rows of the three histograms in recall.h.
static void plain_read(double H[ROWS], const Token *t, const Heard *h, const Recall *w,
                       int head) {
    double s[512], sum = exp((double)w->sink[head]);
    int c = h->count;
    memset(H, 0, ROWS * sizeof *H);
    for (int m = 1; m < c; m++)
        sum += s[m] = exp(plain_score(t, h, m, w->lags + head * RECALL_LAGS));
    for (int m = 1; m < c; m++) {
        int next = id(t, h, c - 1) + step(t, h, m);
        if (next >= 0 && next < R) H[next] += s[m] / sum;
        H[R + t[h->place[m - 1] + 1]] += s[m] / sum;
        H[R + KINDS + t[h->place[m] - 1]] += s[m] / sum;
    }
}

static void plain_past(double *y, const Token *t, const Heard *h, int start, int place,
                       const Recall *w, int d) {
    for (int c = 0; c < d; c++) {
        y[c] = 0;
        for (int a = 0; a < 12 && h->count - 1 - a >= 0; a++)
            y[c] += (double)(w->past_lags[a * d + c] *
                             w->past_table[t[h->place[h->count - 1 - a]] * d + c]);
        for (int a = 0; a < 2 && place - a >= start; a++)
            y[c] += (double)(w->past_lags[(12 + a) * d + c] *
                             w->past_table[t[place - a] * d + c]);
    }
    double mean = 0, var = 0;
    for (int c = 0; c < d; c++) mean += y[c] / d;
    for (int c = 0; c < d; c++) var += (y[c] - mean) * (y[c] - mean) / d;
    for (int c = 0; c < d; c++)
        y[c] = (y[c] - mean) / sqrt(var + NORM_EPS) * (double)w->norm_f.weight[c] +
               (double)w->norm_f.bias[c];
}

// Computes what the block adds at `place`.
static void plain_block(double *y, const Token *t, int start, int place,
                        const Recall *w, const Config *c) {
    int d = c->width;
    Heard h = heard_by(t, start, place);
    double past[64], H[ROWS];
    plain_past(past, t, &h, start, place, w, d);
    for (int k = 0; k < d; k++) {
        y[k] = (double)w->feed.bias[k];
        for (int i = 0; i < d; i++) y[k] += past[i] * (double)w->feed.weight[k * d + i];
    }
    for (int head = 0; head < c->recall_heads; head++) {
        plain_read(H, t, &h, w, head);
        for (int v = 0; v < ROWS; v++) {
            const real *row = v < R ? w->next + (v * c->recall_heads + head) * d
                              : v < R + KINDS
                                  ? w->after + ((v - R) * c->recall_heads + head) * d
                                  : w->before +
                                        ((v - R - KINDS) * c->recall_heads + head) * d;
            for (int k = 0; k < d; k++) y[k] += H[v] * (double)row[k];
        }
    }
}

// The block's part of perceiver.c's workspace.
typedef struct Block1 {
    RecallActs acts;
    GPtrArray *owned;
} Block1;

static real *room(Block1 *b, int count) {
    real *x = g_new0(real, count);
    g_ptr_array_add(b->owned, x);
    return x;
}

static Block1 block_new(const Config *c, int n) {
    Block1 b = {.owned = g_ptr_array_new_with_free_func(g_free)};
    int columns = recall_rows(c) * c->recall_heads, d = c->width;
    recall_states_init(&b.acts.states, n);
    b.acts.sums = room(&b, recall_groups(c) * RECALL_SUMS);
    b.acts.read = room(&b, n * columns);
    b.acts.lse = room(&b, n * c->recall_heads);
    b.acts.said = room(&b, n * d);
    b.acts.past = room(&b, n * d);
    b.acts.past_mean = room(&b, n);
    b.acts.past_rstd = room(&b, n);
    b.acts.past_out = room(&b, n * d);
    b.acts.out = room(&b, n * d);
    return b;
}

static void block_free(Block1 *b) {
    recall_index_free(&b->acts.index);
    recall_states_free(&b->acts.states);
    g_ptr_array_unref(b->owned);
}

static void check_block(const Token *tokens, int count, int n, int span, int heads) {
    Config c = config_of(heads);
    Parameters p = random_parameters(&c, 0.7);
    Block1 b = block_new(&c, n);
    real *x = g_new(real, n * c.width);
    for (int i = 0; i < n * c.width; i++) x[i] = (real)i / 100;
    recall_forward(NULL, &b.acts, &p.recall, x, tokens, count, n, span, &c);
    double most = 0;
    for (int i = 0; i < n; i++) {
        double want[64];
        int place = count - n + i, start = span ? MAX(0, place - span + 1) : 0;
        plain_block(want, tokens, start, place, &p.recall, &c);
        for (int k = 0; k < c.width; k++)
            most = fmax(
                most, fabs((double)(b.acts.out[i * c.width + k] - x[i * c.width + k]) -
                           want[k]));
    }
    CHECK_NEAR(most, 0, 1e-4);
    g_free(x);
    block_free(&b);
    parameters_free(&p);
}

TEST(the_block_is_its_equation_as_plain_loops) {
    Token tokens[300];
    make_tokens(tokens, 300, 1);
    for (int heads = 1; heads <= HEADS; heads++) check_block(tokens, 300, 40, 0, heads);
    check_block(tokens, 40, 40, 0, 4);
    check_block(tokens, 1, 1, 0, 4);
}

TEST(a_latent_recalls_of_its_span_alone) {
    Token tokens[300];
    make_tokens(tokens, 300, 2);
    check_block(tokens, 300, 50, 120, 4);
    check_block(tokens, 300, 50, 7, 4);
    check_block(tokens, 300, 50, 1, 4);
}

TEST(a_timeline_without_an_entry_recalls_nothing) {
    Token tokens[20] = {0};
    for (int i = 0; i < 20; i++) tokens[i] = i % 2 ? END : FIRST - 1;
    check_block(tokens, 20, 10, 0, 4);
    tokens[12] = FIRST; // a single entry has no interval
    check_block(tokens, 20, 10, 0, 4);
}

TEST(an_index_that_was_cut_and_read_on_is_that_of_the_whole) {
    Token a[200], b[200];
    Config c = config_of(4);
    make_tokens(a, 200, 3);
    make_tokens(b, 200, 4);
    for (int cut = 0; cut <= 150; cut += 7) {
        RecallIndex x = {0}, whole = {0};
        recall_index_read(&x, a, 60, &c);
        recall_index_read(&x, a, 150, &c);
        recall_index_cut(&x, cut);
        memcpy(b, a, (size_t)cut * sizeof *a);
        recall_index_read(&x, b, 200, &c);
        recall_index_read(&whole, b, 200, &c);
        CHECK(x.entries == whole.entries && x.length == 200);
        for (int e = 0; e < x.entries; e++)
            CHECK(x.id[e] == whole.id[e] && x.step[e] == whole.step[e] &&
                  x.place[e] == whole.place[e] && x.after[e] == whole.after[e] &&
                  x.before[e] == whole.before[e]);
        recall_index_free(&x);
        recall_index_free(&whole);
    }
}

// Returns the logits of the last latent, with `keys` kept inputs of 100, of which 10
// are latents.
static void logits_with(real ret[KINDS], const Config *c, const Parameters *p,
                        const Token *tokens, int keys, const Token *whole) {
    Token kept[100];
    int positions[100];
    for (int i = 0; i < keys; i++) {
        positions[i] = i < keys - 10 ? 2 * i : 100 - keys + i;
        kept[i] = tokens[positions[i]];
    }
    Perceiver *net = perceiver_new(c, NULL, 100, 10);
    Inputs in = {.tokens = kept,
                 .positions = positions,
                 .keys = keys,
                 .n = 10,
                 .whole = whole,
                 .wholes = 100};
    const real *logits = perceiver_forward(net, p, &in, (Dropout){0});
    memcpy(ret, logits + 9 * KINDS, KINDS * sizeof *ret);
    perceiver_free(net);
}

TEST(prefix_dropout_does_not_reach_what_is_recalled) {
    Config c = config_of(4);
    Parameters p = random_parameters(&c, 0.3);
    // The inputs have an effect only through recall.
    memset(p.cross.attn.out.weight, 0, (size_t)(c.width * c.width) * sizeof(real));
    Token tokens[100];
    make_tokens(tokens, 100, 6);
    real all[KINDS], dropped[KINDS], without[KINDS];
    logits_with(all, &c, &p, tokens, 50, tokens);
    logits_with(dropped, &c, &p, tokens, 20, tokens);
    CHECK(memcmp(all, dropped, sizeof all) == 0);
    logits_with(without, &c, &p, tokens, 20, NULL);
    CHECK(memcmp(all, without, sizeof all) != 0);
    parameters_free(&p);
}

TEST(it_begins_as_an_induction_head_of_which_nothing_is_read) {
    Config c = config_of(4), none = c;
    none.recall_heads = 0;
    Parameters p, plain;
    Rng a = rng_new(1, 1), b = rng_new(1, 1);
    parameters_new(&p, &c);
    parameters_new(&plain, &none);
    parameters_initialise(&p, &c, &a);
    parameters_initialise(&plain, &none, &b);
    CHECK(memcmp(p.memory, plain.memory, plain.count * sizeof(real)) == 0);
    // 0 1 3 6 0 1 3: 6 comes next.
    static const Token tokens[] = {3, 4, 6, 9, 3, 4, 6};
    Block1 block = block_new(&c, 1);
    real x[12] = {1, 2, 3};
    recall_forward(NULL, &block.acts, &p.recall, x, tokens, 7, 1, 0, &c);
    CHECK(memcmp(block.acts.out, x, sizeof x) == 0);
    for (int h = 0; h < 4; h++)
        for (int v = 0; v < R; v++)
            CHECK(v == 6 ||
                  block.acts.read[v * 4 + h] < block.acts.read[6 * 4 + h] / 2);
    block_free(&block);
    parameters_free(&p);
    parameters_free(&plain);
}

TEST(a_model_without_it_gives_its_numbers_to_one_with_it_and_back) {
    Config c = config_of(4), none = c;
    none.recall_heads = 0;
    Parameters with = random_parameters(&c, 1), without = random_parameters(&none, 2);
    real first = with.recall.lags[0];
    parameters_take(&with, &c, &without, &none);
    CHECK(memcmp(with.memory, without.memory, without.count * sizeof(real)) == 0);
    CHECK(with.recall.lags[0] == first);
    memset(without.memory, 0, without.count * sizeof(real));
    parameters_take(&without, &none, &with, &c);
    CHECK(memcmp(with.memory, without.memory, without.count * sizeof(real)) == 0);
    parameters_free(&with);
    parameters_free(&without);
}

// Returns which of recall's tensors an update without a gradient has changed.
typedef struct Moved {
    const real *before, *after; // the memory's
    const real *memory;
    bool all_still, feed_moved;
} Moved;

static void look(void *data, const Parameter *t) {
    Moved *m = data;
    size_t at = (size_t)(*t->at - m->memory), size = parameter_size(t) * sizeof(real);
    bool moved = memcmp(m->before + at, m->after + at, size) != 0;
    if (strcmp(t->name, "recall.feed.weight") == 0)
        m->feed_moved = moved;
    else if (g_str_has_prefix(t->name, "recall."))
        m->all_still &= !moved;
}

static void check_decay(bool muon) {
    Config c = config_of(4);
    Parameters p = random_parameters(&c, 1), zero;
    parameters_new(&zero, &c);
    Optimizer o;
    CHECK(optimizer_init(&o, &c, muon, 0.98, 0.1));
    g_autofree real *before = g_memdup2(p.memory, p.count * sizeof(real));
    optimizer_update(&o, NULL, &c, &p, zero.memory, 0.1, 1, false);
    Moved m = {before, p.memory, p.memory, true, false};
    parameters_each(&c, &p, look, &m);
    CHECK(m.all_still && m.feed_moved);
    optimizer_free(&o);
    parameters_free(&p);
    parameters_free(&zero);
}

TEST(of_recall_the_linear_map_alone_decays) {
    check_decay(false);
    check_decay(true);
}

// AdamW's first update of each number has the size of the rate, whatever the gradient.
TEST(its_tables_are_adamws_where_muon_takes_the_matrices) {
    Config c = config_of(4);
    Parameters p = random_parameters(&c, 1), g = random_parameters(&c, 3);
    Optimizer o;
    CHECK(optimizer_init(&o, &c, true, 0.98, 0));
    g_autofree real *before = g_memdup2(p.memory, p.count * sizeof(real));
    optimizer_update(&o, NULL, &c, &p, g.memory, 0.01, 1, false);
    const real *from = p.recall.lags, *to = p.recall.norm_f.weight;
    for (const real *x = from; x < to; x++)
        CHECK_NEAR(fabs((double)(*x - before[x - p.memory])), 0.01, 1e-4);
    int other = 0;
    for (int i = 0; i < c.width * c.width; i++) {
        const real *x = p.recall.feed.weight + i;
        other += fabs(fabs((double)(*x - before[x - p.memory])) - 0.01) > 1e-3;
    }
    CHECK(other > c.width);
    optimizer_free(&o);
    parameters_free(&p);
    parameters_free(&g);
}

TEST(what_is_read_can_learn_faster_than_the_rest) {
    Config c = config_of(4);
    Parameters p = random_parameters(&c, 1), g = random_parameters(&c, 3);
    Optimizer o;
    CHECK(optimizer_init(&o, &c, true, 0.98, 0));
    o.reading = 3;
    g_autofree real *before = g_memdup2(p.memory, p.count * sizeof(real));
    optimizer_update(&o, NULL, &c, &p, g.memory, 0.01, 1, false);
    for (const real *x = p.recall.lags; x < p.recall.norm_f.weight; x++) {
        bool reading = x >= p.recall.next && x < p.recall.past_table;
        CHECK_NEAR(fabs((double)(*x - before[x - p.memory])), reading ? 0.03 : 0.01,
                   1e-4);
    }
    optimizer_free(&o);
    parameters_free(&p);
    parameters_free(&g);
}

int main(void) {
    RUN(the_block_is_its_equation_as_plain_loops);
    RUN(a_latent_recalls_of_its_span_alone);
    RUN(a_timeline_without_an_entry_recalls_nothing);
    RUN(an_index_that_was_cut_and_read_on_is_that_of_the_whole);
    RUN(prefix_dropout_does_not_reach_what_is_recalled);
    RUN(it_begins_as_an_induction_head_of_which_nothing_is_read);
    RUN(a_model_without_it_gives_its_numbers_to_one_with_it_and_back);
    RUN(of_recall_the_linear_map_alone_decays);
    RUN(its_tables_are_adamws_where_muon_takes_the_matrices);
    RUN(what_is_read_can_learn_faster_than_the_rest);
    return test_end();
}
