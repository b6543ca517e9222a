#include "model/train/predictors.h"

#include <glib.h>

struct Predictors {
    int count;
    Pool *across;                     // owned; runs a window on each predictor
    Pool *pools[PREDICTORS_MOST];     // owned; each runs the loops of one window
    Perceiver *nets[PREDICTORS_MOST]; // owned
    // The windows of the current call.
    const Parameters *w;
    Prediction *windows;
};

Predictors *predictors_new(const Config *c, int threads, bool mixed) {
    if (threads == 0) threads = (int)g_get_num_processors();
    Predictors *p = g_new0(Predictors, 1);
    p->count = MIN(threads, PREDICTORS_MOST);
    p->across = pool_new(p->count);
    for (int i = 0; i < p->count; i++) {
        p->pools[i] = pool_new(threads / p->count);
        pool_set_mixed(p->pools[i], mixed);
        p->nets[i] = perceiver_new_to_predict(c, p->pools[i], c->context, c->latents);
        if (!p->nets[i]) {
            predictors_free(p);
            return NULL;
        }
    }
    return p;
}

void predictors_free(Predictors *p) {
    if (!p) return;
    for (int i = 0; i < p->count; i++) {
        perceiver_free(p->nets[i]);
        pool_free(p->pools[i]);
    }
    pool_free(p->across);
    g_free(p);
}

int predictors_count(const Predictors *p) { return p->count; }

static void predict(void *data, int begin, int end) {
    const Predictors *p = data;
    for (int i = begin; i < end; i++) {
        Prediction *of = &p->windows[i];
        of->net = p->nets[i];
        of->logits = perceiver_predict(of->net, p->w, &of->window.in, of->first);
    }
}

void predictors_run(Predictors *p, const Parameters *w, Prediction *windows,
                    int count) {
    p->w = w;
    p->windows = windows;
    pool_run(p->across, count, 1, predict, p);
}
