#include "app/generation/choice/choice.h"

#include "app/generation/takes.h"
#include "model/files/memory.h"

static void free_take(void *take) {
    ChoiceTake *t = take;
    g_array_unref(t->tokens);
    g_free(t);
}

static BridgeScore follows_score(const Choice *choice, Session *judge,
                                 const GArray *take) {
    Performance joined = {0};
    const Token *tokens = &g_array_index(take, Token, 0);
    bridge_join(&joined, choice->bridge, tokens, take->len);
    BridgeScore score = bridge_score(choice->bridge, judge, &joined);
    performance_clear(&joined);
    return score;
}

// Cuts a take that came to rest at its likeliest end.
static void end_take(ChoiceTake *t, const EndPlace *e, guint prompt_tokens) {
    const Token end = TOKEN_EOS;
    g_array_set_size(t->tokens, (guint)e->tokens - prompt_tokens);
    t->drawn = t->tokens->len;
    g_array_append_val(t->tokens, end);
    t->came_to_rest = true;
    t->nats = e->nats;
}

// Returns the length of a take. Its last token is EOS, which takes no time and may
// replace the token with which the model continued.
static double seconds_of(const Continuation *c, const GArray *take) {
    guint last = c->prompt_tokens + take->len - 2;
    int64_t step = g_array_index(c->events, Event, last).time / STEP_MICROSECONDS;
    return (double)MAX(0, step - c->begin) / 100;
}

static ChoiceTake *finished(const Choice *choice, Session *judge,
                            const Continuation *c) {
    ChoiceTake *t = g_new0(ChoiceTake, 1);
    size_t count;
    const Token *tokens = continuation_take(c, &count);
    t->seed = c->plan.seed;
    t->tokens = g_array_new(false, false, sizeof(Token));
    g_array_append_vals(t->tokens, tokens, (guint)count);
    t->drawn = c->drawn;
    t->stirred = c->stirred;
    if (choice->bridge) {
        t->follows = follows_score(choice, judge, t->tokens);
        t->nats = t->follows.nats;
    } else if (c->ending.tokens) {
        end_take(t, &c->ending, c->prompt_tokens);
    } else {
        t->nats = ending_score(judge, c->tokens);
    }
    t->seconds = seconds_of(c, t->tokens);
    return t;
}

static int wanted(const Choice *choice) {
    return choice->enough ? MIN(*choice->enough, choice->count) : choice->count;
}

static void report(const Choice *choice, int before, const Takes *t) {
    double done = before;
    for (int i = 0; i < t->count; i++) {
        int64_t steps = t->take[i].state.decoder.step - t->take[i].begin;
        done += CLAMP((double)steps / (double)choice->plan.steps, 0, 1);
    }
    if (choice->report) choice->report(choice->data, MIN(done / wanted(choice), 1));
}

// Makes `count` takes from number `first` on, or fewer if fewer are enough; adds none
// if it was stopped. Returns false if there is no memory.
static bool make_takes(const Choice *choice, Session *judge, int first, int count,
                       GPtrArray *ret) {
    Takes t;
    Plan plan = choice->plan;
    plan.seed += (uint64_t)first;
    if (!takes_begin(&t, choice->weights, choice->pool, choice->kind, choice->prompt,
                     &plan, count))
        return false;
    while (!*choice->stop && takes_next(&t)) {
        report(choice, first, &t);
        takes_keep(&t, MAX(0, wanted(choice) - first));
    }
    for (int i = 0; i < t.count && !*choice->stop; i++)
        g_ptr_array_add(ret, finished(choice, judge, &t.take[i]));
    takes_clear(&t);
    return true;
}

// Compares by rank: takes that the program had to close come after all that came to
// rest.
static int by_rank(const void *a, const void *b) {
    const ChoiceTake *x = *(ChoiceTake *const *)a, *y = *(ChoiceTake *const *)b;
    if (x->came_to_rest != y->came_to_rest) return x->came_to_rest ? -1 : 1;
    return (x->nats > y->nats) - (x->nats < y->nats);
}

GPtrArray *choice_make(const Choice *choice, GError **error) {
    GPtrArray *takes = g_ptr_array_new_with_free_func(free_take);
    Session *judge = session_new(choice->weights, choice->pool);
    for (int i = 0; i < wanted(choice) && judge && !*choice->stop; i += TAKES_MOST)
        if (!make_takes(choice, judge, i, MIN(TAKES_MOST, wanted(choice) - i), takes))
            break;
    session_free(judge);
    g_ptr_array_sort(takes, by_rank);
    if (takes->len > 0) return takes;
    g_ptr_array_unref(takes);
    if (*choice->stop)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INTR,
                    "stopped before the first of the takes was done");
    else
        memory_lacks("generating with this model", error);
    return NULL;
}
