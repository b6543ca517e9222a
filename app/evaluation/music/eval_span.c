#include "app/evaluation/music/eval_span.h"

#include "app/base/inputs.h"

#include <math.h>

#define SHORTEST 1000000            // the shortest prompt, in microseconds
#define GOLDEN   0.6180339887498949 // its multiples fill the unit interval evenly

double eval_span_place(double begin, int pieces) {
    double place = begin + pieces * GOLDEN;
    return place - floor(place);
}

int64_t eval_span_cut(double place, int64_t prompt, int64_t latest) {
    int64_t earliest = MIN(prompt, latest);
    return earliest + (int64_t)(place * (double)(latest - earliest));
}

// Cuts out what sounds in [from, to), so that it begins at time 0.
static void take_out(Performance *ret, const Performance *p, int64_t from, int64_t to) {
    performance_slice(ret, p, from, to);
    performance_shift(ret, -from);
}

static void take_out_as_tokens(Performance *ret, const Performance *p, int64_t from,
                               int64_t to, TokenizerKind kind) {
    Performance exact = {0};
    take_out(&exact, p, from, to);
    GArray *tokens = tokenizer_encode(&exact, kind);
    tokenizer_decode(ret, (const Token *)(void *)tokens->data, tokens->len);
    g_array_unref(tokens);
    performance_clear(&exact);
}

// Returns a random time at which a span of `length` fits before or after the compared
// span, or -1 if there is none.
static int64_t find_elsewhere(int64_t cut, int64_t end, int64_t length, Rng *rng) {
    int64_t before = MAX(0, cut - length), after = MAX(0, end - cut - 2 * length);
    if (before + after == 0) return -1;
    int64_t at = (int64_t)(rng_uniform(rng) * (double)(before + after));
    return at < before ? at : cut + length + at - before;
}

static void cut_out(EvalSpan *ret, const Performance *p, const EvalSpanOptions *o,
                    Rng *rng) {
    int64_t end = performance_end(p);
    *ret = (EvalSpan){0};
    ret->cut = eval_span_cut(o->place, o->prompt, end - o->length);
    int64_t begin = MAX(0, ret->cut - o->prompt);
    Performance rest = {0};
    take_out(&rest, p, begin, end);
    prompt_cut(&ret->prompt, &rest, o->kind, ret->cut - begin);
    performance_clear(&rest);
    take_out_as_tokens(&ret->before, p, begin, ret->cut, o->kind);
    ret->before_length = ret->cut - begin;
    take_out_as_tokens(&ret->pianist, p, ret->cut, ret->cut + o->length, o->kind);
    int64_t at = find_elsewhere(ret->cut, end, o->length, rng);
    ret->has_elsewhere = at >= 0;
    if (at >= 0) take_out_as_tokens(&ret->elsewhere, p, at, at + o->length, o->kind);
}

bool eval_span_read(EvalSpan *ret, const char *path, const EvalSpanOptions *o, Rng *rng,
                    GError **error) {
    Performance p = {0};
    if (!input_read_music(path, &p, error)) return false;
    bool ok = performance_end(&p) >= o->length + SHORTEST;
    if (ok)
        cut_out(ret, &p, o, rng);
    else
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                    "%s: is %.1f seconds long, too short to be continued for %.1f",
                    path, (double)performance_end(&p) / 1e6, (double)o->length / 1e6);
    performance_clear(&p);
    return ok;
}

void eval_span_clear(EvalSpan *e) {
    prompt_clear(&e->prompt);
    performance_clear(&e->before);
    performance_clear(&e->pianist);
    performance_clear(&e->elsewhere);
}
