#include "model/train/data/copy.h"

#include <math.h>

enum { SHORTEST = 64 };
#define EASY   0.5                 // nats per target; an untrained model has 5.5
#define MEMORY 0.9                 // the factor of the running mean per step
#define UNSEEN (UINT64_C(1) << 63) // seeds of tests, which training never draws

static int half(int inputs) { return MAX(1, (inputs - 1) / 2); }

static int course_inputs(const CopyCourse *course, const Config *c) {
    return MIN(course->inputs ? course->inputs : SHORTEST, c->context);
}

void copy_course_go_on(CopyCourse *course, const Config *c, double loss) {
    if (course->inputs == 0)
        *course = (CopyCourse){course_inputs(course, c), log(COPY_VOCABULARY)};
    course->loss = MEMORY * course->loss + (1 - MEMORY) * loss;
    if (course->loss > EASY || course->inputs >= c->context) return;
    *course = (CopyCourse){MIN(2 * course->inputs, c->context), log(COPY_VOCABULARY)};
}

// Cuts the window whose inputs end before token `end` of a copy of 2H + 2 tokens.
static void cut(BatchWindow *ret, const Config *c, int H, int end, Rng *rng) {
    int n = MIN(MIN(c->latents, H + 1), end), before = half(c->context) - H;
    *ret = (BatchWindow){.tokens = g_new(Token, 2 * H + 2),
                         .positions = g_new(int, end)};
    ret->tokens[0] = COPY_BOS;
    for (int i = 1; i <= H; i++)
        ret->tokens[i] = ret->tokens[2 * H + 1 - i] = (Token)rng_below(rng,
                                                                       COPY_SYMBOLS);
    ret->tokens[2 * H + 1] = COPY_EOS;
    for (int i = 0; i < end; i++) ret->positions[i] = before + i;
    ret->targets = ret->tokens + end - n + 1;
    ret->in = (Inputs){
        .tokens = ret->tokens, .positions = ret->positions, .keys = end, .n = n};
}

void copy_draw(const CopyCourse *course, BatchWindow *ret, const Config *c, Rng *rng) {
    int H = half(course_inputs(course, c)), n = MIN(c->latents, H + 1);
    cut(ret, c, H, H + n + (int)rng_below(rng, (uint32_t)(H + 2 - n)), rng);
}

static Token best(const real *logits) {
    Token most = 0;
    for (Token v = 1; v < COPY_VOCABULARY; v++)
        if (logits[v] > logits[most]) most = v;
    return most;
}

// Counts the symbols predicted correctly among those whose original is over `far`
// inputs away.
static int64_t right(const BatchWindow *w, const real *logits, int H, int far,
                     int64_t *ret_targets) {
    int64_t right = 0, targets = 0;
    int first = (int)(w->targets - w->tokens);
    for (int i = 0; i < w->in.n; i++) {
        int target = first + i, source = 2 * H + 1 - target;
        if (source == 0 || target - 1 - source <= far) continue;
        targets++;
        right += best(logits + (size_t)i * COPY_VOCABULARY) == w->targets[i];
    }
    *ret_targets = targets;
    return right;
}

CopyResult copy_measure(Perceiver *net, const Parameters *w, const Config *c,
                        int windows, const volatile int *stop) {
    CopyResult s = {0};
    int H = half(c->context), n = MIN(c->latents, H + 1), far = c->context / 2;
    for (int i = 0; i < windows && !*stop; i++) {
        Rng rng = rng_new(UNSEEN, (uint64_t)i);
        BatchWindow window;
        int64_t some;
        int end = H + n + (int)((int64_t)i * (H + 1 - n) / MAX(1, windows - 1));
        cut(&window, c, H, end, &rng);
        const real *logits = perceiver_predict(net, w, &window.in, 0);
        s.right += right(&window, logits, H, -1, &some), s.targets += some;
        s.far_right += right(&window, logits, H, far, &some), s.far += some;
        s.nats += perceiver_score(net, window.targets);
        if (some > 0) {
            Inputs *in = &window.in;
            int away = MIN(end - far, in->keys - in->n);
            in->tokens += away, in->positions += away, in->keys -= away;
            logits = perceiver_predict(net, w, in, 0);
            s.far_right_without += right(&window, logits, H, far, &some);
        }
        window_free(&window);
    }
    return s;
}
