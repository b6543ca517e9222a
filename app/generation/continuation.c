#include "app/generation/continuation.h"

#include <assert.h>
#include <string.h>

const Sampler continuation_sampler = {
    .temperature = 1,
    .top_p = 1,
    .within = {TOKEN_NOTE_ON, TOKEN_NOTE_OFF, .temperature = 1, .top_p = 0.95}};

SamplerRange continuation_pitches(double temperature, double top_p) {
    return (SamplerRange){TOKEN_NOTE_ON, TOKEN_NOTE_OFF, temperature, top_p};
}

static bool same_sampler(const Sampler *a, const Sampler *b) {
    const SamplerRange *x = &a->within, *y = &b->within;
    return a->temperature == b->temperature && a->top_p == b->top_p &&
           a->min_p == b->min_p && a->top_k == b->top_k && x->first == y->first &&
           x->end == y->end && x->temperature == y->temperature && x->top_p == y->top_p;
}

bool plan_same_but_seed(const Plan *a, const Plan *b) {
    bool same = same_sampler(&a->sampler, &b->sampler) && a->tokens == b->tokens &&
                a->steps == b->steps && a->natural_end == b->natural_end &&
                a->closeness == b->closeness && a->finish == b->finish;
    for (Dial dial = 0; dial < DIALS; dial++)
        same = same && a->dials.at[dial] == b->dials.at[dial];
    return same;
}

bool continuation_tokenizer(const Model *m, const char *path, TokenizerKind *ret,
                            GError **error) {
    TokenizerKind kind;
    int given = m->config.vocabulary;
    if (!m->tokenizer)
        g_set_error(error, MODEL_ERROR, 0, "%s: does not say which tokenizer it uses",
                    path);
    else if (!tokenizer_from_name(m->tokenizer, &kind))
        g_set_error(error, MODEL_ERROR, 0, "%s: its tokenizer '%s' is none of music",
                    path, m->tokenizer);
    else if (tokenizer_vocabulary(kind) != given)
        g_set_error(error, MODEL_ERROR, 0,
                    "%s: has %d kinds of tokens, its tokenizer '%s' has %d", path,
                    given, m->tokenizer, tokenizer_vocabulary(kind));
    else {
        *ret = kind;
        return true;
    }
    return false;
}

bool continuation_closeness(const Model *m, const char *path, double asked, double *ret,
                            GError **error) {
    bool recalls = m->config.recall_heads > 0;
    *ret = asked >= 0 ? asked : recalls ? CONTINUATION_CLOSENESS : 1;
    if (recalls || *ret == 1) return true;
    g_set_error(error, MODEL_ERROR, 0,
                "%s: has no recall, so --closeness has nothing to change", path);
    return false;
}

static bool key_is_down(const Grammar *g) {
    return memchr(g->sounding, true, sizeof g->sounding) != NULL;
}

static int vocabulary(const Continuation *c) {
    return tokenizer_vocabulary(c->state.grammar.kind);
}

static bool sounds(const Continuation *c) {
    return c->state.rings || key_is_down(&c->state.grammar);
}

static Event hear(Continuation *c, Token token) {
    bool sounded = sounds(c);
    grammar_push(&c->state.grammar, token);
    Event event = decoder_push(&c->state.decoder, token).event;
    g_array_append_val(c->events, event);
    if (event.kind == EVENT_ONSET) {
        loop_push(&c->state.loop, event.pitch, c->state.decoder.step);
        c->state.struck = c->state.decoder.step;
    }
    steering_hear(&c->state.steering, &c->state.decoder, event);
    c->state.rings = c->state.decoder.pedal &&
                     (c->state.rings || event.kind == EVENT_RELEASE);
    if (sounded || sounds(c)) c->state.heard = c->state.decoder.step;
    return event;
}

// Computes the state from the tokens again.
static void follow(Continuation *c) {
    TokenizerKind kind = c->state.grammar.kind;
    c->state = (TakeState){.struck = 0};
    grammar_init(&c->state.grammar, kind);
    decoder_init(&c->state.decoder);
    steering_init(&c->state.steering, &c->plan.dials);
    g_array_set_size(c->events, 0);
    for (guint i = 0; i < c->tokens->len; i++)
        hear(c, g_array_index(c->tokens, Token, i));
}

void continuation_begin(Continuation *c, Session *s, TokenizerKind kind,
                        const Prompt *prompt, const Plan *plan) {
    *c = (Continuation){.session = s,
                        .plan = *plan,
                        .rng = rng_new(plan->seed, 0),
                        .state.grammar.kind = kind,
                        .tokens = g_array_copy(prompt->tokens),
                        .events = g_array_new(false, false, sizeof(Event)),
                        .prompt_tokens = prompt->tokens->len,
                        .begin = prompt->step};
    session_set_closeness(s, plan->closeness);
    follow(c);
    steering_begin(&c->state.steering);
}

void continuation_clear(Continuation *c) {
    if (c->tokens) g_array_unref(c->tokens);
    if (c->events) g_array_unref(c->events);
    *c = (Continuation){0};
}

void continuation_stop(Continuation *c) { c->stopped = true; }

const Token *continuation_take(const Continuation *c, size_t *ret_count) {
    *ret_count = c->tokens->len - c->prompt_tokens;
    return &g_array_index(c->tokens, Token, c->prompt_tokens);
}

const Event *continuation_events(const Continuation *c) {
    return &g_array_index(c->events, Event, c->prompt_tokens);
}

double continuation_seconds(const Continuation *c) {
    return (double)MAX(c->state.decoder.step - c->begin, 0) * (STEP_MICROSECONDS / 1e6);
}

bool continuation_ended_itself(const Continuation *c) {
    return c->state.grammar.ended && !c->closing.count;
}

double continuation_missing(const Continuation *c) {
    int64_t steps = c->plan.steps - MAX(c->state.decoder.step - c->begin, 0);
    bool early = c->state.grammar.ended && !c->stopped && steps >= CONTINUATION_EARLY;
    return early ? (double)steps * (STEP_MICROSECONDS / 1e6) : 0;
}

static int shift_steps(Token token) { return token - TOKEN_TIME_SHIFT + 1; }

static bool at_length(const Continuation *c) {
    const Plan *plan = &c->plan;
    return (plan->finish && c->ending.last) ||
           (plan->tokens && c->drawn >= plan->tokens) ||
           (plan->steps && c->state.decoder.step - c->begin >= plan->steps);
}

// Removes a VELOCITY without its note, and time in which nothing ends or begins. After
// such a token the grammar would require a further event.
static void take_back(Continuation *c) {
    guint kept = c->tokens->len;
    bool silent = !c->state.grammar.pedal && !key_is_down(&c->state.grammar);
    for (; kept > c->prompt_tokens; kept--) {
        Token last = g_array_index(c->tokens, Token, kept - 1);
        if (!token_is_velocity(last) && !(silent && token_is_time_shift(last))) break;
    }
    if (kept == c->tokens->len) return;
    g_array_set_size(c->tokens, kept);
    follow(c);
}

// Returns the NOTE_OFF of the lowest key that has sounded for too long and may be
// released here, or -1.
static Token overdue(const Continuation *c) {
    const Decoder *d = &c->state.decoder;
    if (d->step < c->begin) return -1;
    for (int key = 0; key < 128; key++)
        if (d->sounding[key] && d->step - d->onset[key] >= CONTINUATION_LONGEST &&
            grammar_allows(&c->state.grammar, TOKEN_NOTE_OFF + key))
            return TOKEN_NOTE_OFF + key;
    return -1;
}

// Before the cut, only time shifts are legal that are long enough to reach it.
static void wait_for_cut(const Continuation *c, bool *legal) {
    int64_t missing = MIN(c->begin - c->state.decoder.step, STEPS_PER_SHIFT);
    if (missing <= 0) return;
    for (Token t = 0; t < vocabulary(c); t++)
        legal[t] = legal[t] && token_is_time_shift(t) && shift_steps(t) >= missing;
}

static bool is_ending(const Continuation *c) {
    int64_t finish = c->plan.finish;
    return finish && c->state.decoder.step - c->begin >= finish - ending_window(finish);
}

// Returns whether the take has stalled, and removes from `legal` what would prolong the
// stall.
static bool stands_still(const Continuation *c, bool *legal) {
    if (is_ending(c)) return false; // the take is coming to rest
    int64_t now = c->state.decoder.step;
    bool still = now - MAX(c->state.heard, c->begin) >= CONTINUATION_SILENCE ||
                 now - MAX(c->state.struck, c->begin) >= CONTINUATION_HELD;
    LoopPassage loop = loop_now(&c->state.loop);
    bool looping = loop.end - loop.begin > CONTINUATION_LOOP;
    for (Token t = TOKEN_TIME_SHIFT; still && t < TOKEN_VELOCITY; t++) legal[t] = false;
    if (looping) legal[TOKEN_NOTE_ON + loop.next] = false;
    return still || looping;
}

static Sampler sampler_here(Continuation *c) {
    if (c->state.decoder.step >= c->stirred_until) return c->plan.sampler;
    c->stirred++;
    return (Sampler){.temperature = MAX(c->plan.sampler.temperature, 1), .top_p = 1};
}

static Token draw(Continuation *c) {
    bool legal[VOCABULARY_PEDAL], moving[VOCABULARY_PEDAL];
    grammar_mask(&c->state.grammar, legal);
    bool may_end = legal[TOKEN_EOS];
    legal[TOKEN_EOS] = may_end && c->plan.natural_end;
    wait_for_cut(c, legal);
    memcpy(moving, legal, sizeof legal);
    if (stands_still(c, moving))
        c->stirred_until = c->state.decoder.step + CONTINUATION_STIR;
    const Token *tokens = &g_array_index(c->tokens, Token, 0);
    const real *logits = session_sync(c->session, tokens, (int)c->tokens->len);
    if (may_end && is_ending(c))
        ending_consider(&c->ending, logits, vocabulary(c), (int)c->tokens->len,
                        c->state.decoder.step - c->begin, c->plan.finish);
    real tilted[VOCABULARY_PEDAL];
    logits = steering_tilt(&c->state.steering, tilted, logits, moving,
                           &c->state.grammar);
    if (is_ending(c))
        logits = ending_tilt(tilted, logits, vocabulary(c),
                             c->state.decoder.step - c->begin, c->plan.finish);
    Sampler s = sampler_here(c);
    Token token = sampler_draw(&s, logits, moving, vocabulary(c), &c->rng);
    // After some VELOCITY tokens only the loop's next note is legal.
    if (token < 0) token = sampler_draw(&s, logits, legal, vocabulary(c), &c->rng);
    assert(token >= 0); // the grammar always allows a token
    return token;
}

// Shortens a TIME_SHIFT that would go beyond the requested length.
static Token shortened(const Continuation *c, Token token) {
    if (!c->plan.steps || !token_is_time_shift(token)) return token;
    int64_t left = c->begin + c->plan.steps - c->state.decoder.step;
    return (Token)MIN(token, TOKEN_TIME_SHIFT + left - 1);
}

// Returns whether the next token is drawn from the model's distribution.
static bool asks_model(const Continuation *c) {
    return !c->state.grammar.ended && !c->closing.count && !c->stopped &&
           !at_length(c) && overdue(c) < 0;
}

void continuation_prepare(Continuation *const *takes, int count) {
    SessionStep *steps = g_new(SessionStep, count);
    int asking = 0;
    for (int i = 0; i < count; i++)
        if (asks_model(takes[i]))
            steps[asking++] = (SessionStep){
                .session = takes[i]->session,
                .tokens = &g_array_index(takes[i]->tokens, Token, 0),
                .count = (int)takes[i]->tokens->len};
    session_sync_all(steps, asking);
    g_free(steps);
}

static Token choose(Continuation *c) {
    Token token = overdue(c);
    c->drawn++;
    return token >= 0 ? token : shortened(c, draw(c));
}

bool continuation_next(Continuation *c, Event *event) {
    if (c->state.grammar.ended) return false;
    if (!c->closing.count && (c->stopped || at_length(c))) {
        take_back(c);
        c->closing.count = grammar_close(&c->state.grammar, c->closing.tokens);
    }
    Token token = c->closing.count ? c->closing.tokens[c->closing.done++] : choose(c);
    g_array_append_val(c->tokens, token);
    *event = hear(c, token);
    return true;
}
