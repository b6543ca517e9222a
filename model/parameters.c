#include "model/parameters.h"

#include "model/files/memory.h"

#include <stdlib.h>

typedef struct Walk {
    ParameterVisit visit;
    void *data;
} Walk;

static void tensor(Walk *w, const char *prefix, const char *name, int rows, int columns,
                   real **at) {
    char full[96];
    g_snprintf(full, sizeof full, "%s%s", prefix, name);
    w->visit(w->data, &(Parameter){full, rows, columns, at});
}

static void linear(Walk *w, const char *prefix, Linear *l, int out, int in) {
    tensor(w, prefix, ".weight", out, in, &l->weight);
    tensor(w, prefix, ".bias", out, 0, &l->bias);
}

static void norm(Walk *w, const char *prefix, Norm *n, int d) {
    tensor(w, prefix, ".weight", d, 0, &n->weight);
    tensor(w, prefix, ".bias", d, 0, &n->bias);
}

static const char *join(char *ret, size_t size, const char *prefix, const char *name) {
    g_snprintf(ret, size, "%s.%s", prefix, name);
    return ret;
}
#define NAME(part) join(name, sizeof name, prefix, part)

// With norm_kv it is the cross-attention's.
static void block(Walk *w, const char *prefix, const char *norm_name, Block *b,
                  Norm *norm_kv, const Config *c) {
    char name[64];
    int d = c->width;
    norm(w, NAME(norm_name), &b->norm_attn, d);
    if (norm_kv) norm(w, NAME("norm_kv"), norm_kv, d);
    linear(w, NAME("attn.q"), &b->attn.q, d, d);
    linear(w, NAME("attn.k"), &b->attn.k, d, d);
    linear(w, NAME("attn.v"), &b->attn.v, d, d);
    linear(w, NAME("attn.out"), &b->attn.out, d, d);
    if (c->gates && !norm_kv) linear(w, NAME("attn.gate"), &b->attn.gate, c->heads, d);
    if (c->values && !norm_kv)
        tensor(w, NAME("attn.values"), ".weight", c->vocabulary, d, &b->attn.values);
    norm(w, NAME("norm_mlp"), &b->norm_mlp, d);
    linear(w, NAME("mlp.up"), &b->mlp.up, MLP_RATIO * d, d);
    linear(w, NAME("mlp.down"), &b->mlp.down, d, MLP_RATIO * d);
}

static void recall(Walk *w, Recall *r, const Config *c) {
    const char *prefix = "recall";
    char name[32];
    int d = c->width, heads = c->recall_heads, V = c->vocabulary;
    tensor(w, prefix, ".lags", heads, RECALL_LAGS, &r->lags);
    tensor(w, prefix, ".sink", heads, 0, &r->sink);
    tensor(w, prefix, ".next", config_recalled(c) * heads, d, &r->next);
    tensor(w, prefix, ".after", V * heads, d, &r->after);
    tensor(w, prefix, ".before", V * heads, d, &r->before);
    tensor(w, prefix, ".past_table", V, d, &r->past_table);
    tensor(w, prefix, ".past_lags", RECALL_PAST, d, &r->past_lags);
    norm(w, NAME("norm_f"), &r->norm_f, d);
    linear(w, NAME("feed"), &r->feed, d, d);
    if (c->chord_steps)
        tensor(w, prefix, ".chords", CHORD_LENGTHS, CHORD_LEFT, &r->chords);
}
#undef NAME

void parameters_each(const Config *c, Parameters *p, ParameterVisit visit, void *data) {
    Walk w = {visit, data};
    int d = c->width;
    tensor(&w, "embed", ".weight", c->vocabulary, d, &p->embed);
    linear(&w, "latent", &p->latent, d, d);
    block(&w, "cross", "norm_q", &p->cross, &p->norm_kv, c);
    for (int i = 0; i < c->layers; i++) {
        char name[32];
        g_snprintf(name, sizeof name, "layers.%d", i);
        block(&w, name, "norm_attn", &p->layers[i], NULL, c);
    }
    norm(&w, "final_norm", &p->final_norm, d);
    linear(&w, "head", &p->head, c->vocabulary, d);
    if (c->recall_heads) recall(&w, &p->recall, c);
}

static void count(void *data, const Parameter *t) {
    *(size_t *)data += parameter_size(t);
}

size_t parameters_count(const Config *c) {
    Parameters p = {.layers = g_new0(Block, c->layers)};
    size_t n = 0;
    parameters_each(c, &p, count, &n);
    g_free(p.layers);
    return n;
}

static void place(void *data, const Parameter *t) {
    real **next = data;
    *t->at = *next;
    *next += parameter_size(t);
}

bool parameters_new_tailed(Parameters *ret, const Config *c, size_t tail) {
    *ret = (Parameters){.layers = g_new0(Block, c->layers),
                        .count = parameters_count(c)};
    ret->memory = memory_new0(ret->count + tail, sizeof(real));
    if (!ret->memory) {
        parameters_free(ret);
        return false;
    }
    real *next = ret->memory;
    parameters_each(c, ret, place, &next);
    return true;
}

bool parameters_new(Parameters *ret, const Config *c) {
    return parameters_new_tailed(ret, c, 0);
}

void parameters_free(Parameters *p) {
    g_free(p->layers);
    memory_free(p->memory);
    *p = (Parameters){0};
}

static void initialise(void *data, const Parameter *t) {
    Rng *rng = data;
    size_t n = parameter_size(t);
    bool is_norm = strstr(t->name, "norm") != NULL;
    bool zeros = g_str_has_prefix(t->name, "head") ||
                 g_str_has_prefix(t->name, "recall.") ||
                 g_str_has_suffix(t->name, "attn.gate.weight") ||
                 g_str_has_suffix(t->name, "attn.values.weight");
    if (t->columns == 0 || zeros) {
        bool one = is_norm && g_str_has_suffix(t->name, ".weight");
        for (size_t i = 0; i < n; i++) (*t->at)[i] = one ? 1 : 0;
        return;
    }
    bool is_embed = g_str_has_prefix(t->name, "embed");
    double deviation = is_embed ? 1 : 1 / sqrt((double)t->columns);
    for (size_t i = 0; i < n; i++) (*t->at)[i] = (real)(deviation * rng_normal(rng));
}

// Recall begins as an induction head whose output is zero. The signs of the channels
// distinguish the newest entries by their lag.
static void initialise_recall(Recall *r, const Config *c, Rng *rng) {
    static const double gains[] = {22, 18, 28, 14}, decays[] = {0.8, 0.6, 0.9, 0.7};
    for (int h = 0; h < c->recall_heads; h++) {
        double gain = gains[h % 4], decay = decays[h % 4];
        for (int a = 0; a < RECALL_STEPS; a++)
            r->lags[h * RECALL_LAGS + a] = (real)(gain * (1 - decay) * pow(decay, a));
        r->sink[h] = 8;
    }
    size_t d = (size_t)c->width, V = (size_t)c->vocabulary;
    for (size_t i = 0; i < V * d; i++) r->past_table[i] = (real)rng_normal(rng);
    for (size_t i = 0; i < RECALL_PAST * d; i++)
        r->past_lags[i] = (real)((rng_below(rng, 2) ? 1 : -1) *
                                 pow(0.7, (double)(i / d) / 2));
}

void parameters_initialise(Parameters *p, const Config *c, Rng *rng) {
    parameters_each(c, p, initialise, rng);
    if (c->recall_heads) initialise_recall(&p->recall, c, rng);
}

// A search for a tensor by name.
typedef struct Search {
    const char *name;
    int rows, columns;
    const real *found;
} Search;

static void search(void *data, const Parameter *t) {
    Search *s = data;
    if (strcmp(s->name, t->name) != 0) return;
    s->rows = t->rows;
    s->columns = t->columns;
    s->found = *t->at;
}

typedef struct Taking {
    Parameters from;
    const Config *from_config;
} Taking;

static void take(void *data, const Parameter *t) {
    Taking *from = data;
    Search s = {.name = t->name};
    parameters_each(from->from_config, &from->from, search, &s);
    if (s.found && s.columns == t->columns)
        memcpy(*t->at, s.found,
               (size_t)MIN(s.rows, t->rows) * (size_t)MAX(1, t->columns) *
                   sizeof(real));
}

void parameters_take(Parameters *p, const Config *c, const Parameters *from,
                     const Config *from_config) {
    Taking t = {*from, from_config};
    parameters_each(c, p, take, &t);
    size_t d = (size_t)c->width;
    // The last weights before the residuals; the weights before these learn as new
    // ones.
    for (int i = from_config->layers; i < c->layers; i++) {
        memset(p->layers[i].attn.out.weight, 0, d * d * sizeof(real));
        memset(p->layers[i].mlp.down.weight, 0, MLP_RATIO * d * d * sizeof(real));
    }
}
