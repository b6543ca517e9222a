#include "model/train/trainer.h"

#include "model/memory.h"
#include "model/perceiver.h"
#include "model/train/evaluate.h"
#include "model/train/run.h"

#define Z_LOSS       1e-4
#define NONE         ((double)NAN)
#define SAVE_SECONDS 120

// What the ranks add up at a step beside the gradient, behind it in its memory.
typedef struct Sums {
    real loss;    // nats, over
    real latents; // so many
    real clock;   // seconds of training, rank 0's
    real ended;   // 1: rank 0 has ended the run and takes no part in the step
} Sums;
enum { SUMS = sizeof(Sums) / sizeof(real) };

struct Trainer {
    TrainOptions o;
    Ranks ranks;
    const Corpus *corpus; // borrowed
    Pool *pool;           // borrowed
    BatchSource source;
    Run run;
    Parameters w, dw;
    Optimizer optimizer;
    Perceiver *net;
    RunState at;
    double norm;
    CopyScore copy;         // at the newest validation
    gint64 sitting;         // when this sitting began, microseconds
    double elapsed_before;  // seconds of training before it
    double clock;           // rank 0's seconds of training at the last step's end
    gint64 reported, saved; // when, microseconds; what took the time between two
                            // reports but was not training is taken off `reported`
    int64_t latents;        // trained since the last report
};

static int pick(int asked, int64_t otherwise) {
    return asked > 0 ? asked : (int)CLAMP(otherwise, 1, G_MAXINT);
}

// Rank 0 reads, writes, validates and reports; the others only step.
static bool leads(const Trainer *t) { return t->ranks.rank == 0; }

static Sums *sums(const Trainer *t) {
    return (Sums *)(void *)(t->dw.memory + t->dw.count);
}

static bool add_up(Trainer *t, const volatile int *stop) {
    return ranks_sum(&t->ranks, t->dw.memory, t->dw.count + SUMS, stop);
}

static bool allocate(Trainer *t) {
    const TrainOptions *o = &t->o;
    return parameters_new(&t->w, &o->config) &&
           parameters_new_tailed(&t->dw, &o->config, SUMS) &&
           optimizer_init(&t->optimizer, &o->config, o->muon, o->beta2, o->decay) &&
           (t->net = perceiver_new(&o->config, t->pool, o->config.context,
                                   o->config.latents));
}

Trainer *trainer_new(const TrainOptions *o, const Corpus *corpus, const char *run,
                     BatchAugment augment, void *augment_data, Pool *pool,
                     const Ranks *ranks, GError **error) {
    if (!config_check(&o->config, error)) return NULL;
    if (o->batch < ranks->count) {
        g_set_error(error, MODEL_ERROR, 0,
                    "a batch of %d windows cannot be shared by %d processes", o->batch,
                    ranks->count);
        return NULL;
    }
    if (!train_copies(o) && corpus->tokens[SPLIT_TRAIN] == 0) {
        g_set_error(error, MODEL_ERROR, 0, "%s: there is nothing to train on", run);
        return NULL;
    }
    Trainer *t = g_new0(Trainer, 1);
    t->ranks = *ranks;
    if (!leads(t)) {
        t->run.folder = g_strdup(run); // for what is said of it
    } else if (!run_open(&t->run, run, error)) {
        g_free(t);
        return NULL;
    }
    t->o = *o;
    t->o.report_every = pick(o->report_every, 20);
    t->o.validate_every = pick(o->validate_every, MAX(250, o->steps / 20));
    t->o.validation_windows = pick(o->validation_windows, 64);
    t->corpus = corpus;
    t->pool = pool;
    if (pool) pool_set_mixed(pool, o->mixed);
    t->source = (BatchSource){.corpus = corpus,
                              .split = SPLIT_TRAIN,
                              .config = &t->o.config,
                              .keep = o->keep,
                              .span = o->span,
                              .bias = o->bias,
                              .augment = augment,
                              .augment_data = augment_data,
                              .seed = o->seed};
    if (!allocate(t)) {
        trainer_free(t);
        memory_lacks("training a model of this size", error);
        return NULL;
    }
    Rng rng = rng_new(o->seed, 1);
    parameters_initialise(&t->w, &o->config, &rng);
    t->at.best = t->at.validation = NONE;
    return t;
}

void trainer_free(Trainer *t) {
    if (!t) return;
    run_close(&t->run);
    parameters_free(&t->w);
    parameters_free(&t->dw);
    optimizer_free(&t->optimizer);
    perceiver_free(t->net);
    g_free(t);
}

bool trainer_has_saved(const Trainer *t) { return run_has_state(&t->run); }

bool trainer_resume(Trainer *t, char **ret_trouble, GError **error) {
    return run_read_state(&t->run, &t->w, &t->optimizer, &t->at, ret_trouble, error) &&
           run_forget(&t->run, t->at.step, error);
}

bool trainer_begin_with(Trainer *t, const Model *from, GError **error) {
    parameters_take(&t->w, &t->o.config, &from->parameters, &from->config);
    return run_write_state(&t->run, &t->w, &t->optimizer, &t->at, error);
}

static double elapsed(const Trainer *t) {
    return t->elapsed_before + (double)(g_get_monotonic_time() - t->sitting) / 1e6;
}

// How much of the run is done, 0-1.
static double progress(const Trainer *t) {
    double done = t->o.minutes > 0 ? t->clock / (t->o.minutes * 60)
                                   : (double)t->at.step / (double)t->o.steps;
    return MIN(done, 1);
}

static double learning_rate(const Trainer *t) {
    double warm = (double)(t->at.step + 1) / (double)MAX(1, t->o.warmup);
    double cosine = 0.01 + 0.99 * 0.5 * (1 + cos(3.141592653589793 * progress(t)));
    return t->o.rate * MIN(warm, 1) * cosine;
}

static void draw(const Trainer *t, Window *ret, int index) {
    if (!train_copies(&t->o)) {
        batch_draw(&t->source, ret, t->at.step, index);
        return;
    }
    Rng rng = rng_new(t->o.seed + (uint64_t)t->at.step, (uint64_t)index);
    copy_draw(&t->at.course, ret, &t->o.config, &rng);
}

typedef enum Step {
    STEP_TAKEN,
    STEP_DROPPED, // a stop came first; all is as before
    STEP_LOST,    // a number was not finite; as before too
} Step;

// One optimizer step over a batch, of which each rank has every count-th window. The
// loss is the mean over their latents, of which each window has its own number: so the
// gradient is summed, then divided.
static Step step(Trainer *t, double rate, const volatile int *stop) {
    Sums *all = sums(t);
    int64_t latents = 0;
    double loss = 0;
    memset(t->dw.memory, 0, t->dw.count * sizeof(real));
    for (int i = t->ranks.rank; i < t->o.batch; i += t->ranks.count) {
        if (*stop) return STEP_DROPPED;
        Window window;
        draw(t, &window, i);
        uint32_t key = rng_hash((uint32_t)t->o.seed,
                                (uint32_t)(t->at.step * t->o.batch + i));
        double with_z;
        perceiver_forward(t->net, &t->w, &window.in, (Dropout){t->o.dropout, key});
        loss += perceiver_loss(t->net, window.targets, Z_LOSS, 1, &with_z);
        perceiver_backward(t->net, &t->dw, &t->w);
        latents += window.in.n;
        window_free(&window);
    }
    *all = (Sums){(real)loss, (real)latents, leads(t) ? (real)elapsed(t) : 0, 0};
    if (!add_up(t, stop) || all->ended > 0) return STEP_DROPPED;
    double share = 1 / (double)all->latents;
    t->norm = share * gradient_norm(t->pool, t->dw.memory, t->dw.count);
    if (!isfinite(all->loss) || !isfinite(t->norm)) return STEP_LOST;
    optimizer_update(&t->optimizer, t->pool, &t->o.config, &t->w, t->dw.memory, rate,
                     share * (t->norm > t->o.clip ? t->o.clip / t->norm : 1), false);
    t->at.step++;
    if (train_copies(&t->o))
        copy_course_go_on(&t->at.course, &t->o.config,
                          (double)all->loss / (double)all->latents);
    t->at.loss_sum += (double)all->loss;
    t->at.loss_count += (int64_t)all->latents;
    t->latents += (int64_t)all->latents;
    t->clock = (double)all->clock;
    return STEP_TAKEN;
}

// Nats a token; of no meaning when a stop cut it short.
static double validate(Trainer *t, const volatile int *stop) {
    const Config *c = &t->o.config;
    int windows = t->o.validation_windows;
    if (train_copies(&t->o)) {
        t->copy = copy_score(t->net, &t->w, c, windows, stop);
        return t->copy.nats / (double)t->copy.targets;
    }
    Likelihood sum = {0};
    evaluate_windows(&sum, t->net, &t->w, c, t->corpus, windows, stop);
    return sum.tokens ? sum.nats / (double)sum.tokens : NONE;
}

static bool diverged(const Trainer *t, const char *what, GError **error) {
    g_set_error(error, MODEL_ERROR, 0,
                "%s: the loss %s at step %" G_GINT64_FORMAT
                "; the checkpoint before it stands (a lower --rate may help)",
                t->run.folder, what, t->at.step);
    return false;
}

static double mean_loss(const Trainer *t) {
    return t->at.loss_sum / (double)MAX(1, t->at.loss_count);
}

// Beyond twice what it costs to know nothing.
static bool ran_away(const Trainer *t) {
    return mean_loss(t) > 2 * log(t->o.config.vocabulary);
}

static bool save_state(Trainer *t, GError **error) {
    // The last update may have gone wrong after a loss that was well.
    if (!isfinite(gradient_norm(t->pool, t->w.memory, t->w.count)))
        return diverged(t, "is not a number any more", error);
    if (ran_away(t)) return diverged(t, "has run away", error);
    t->at.elapsed = elapsed(t);
    return run_write_state(&t->run, &t->w, &t->optimizer, &t->at, error);
}

static bool save(Trainer *t, GError **error) {
    gint64 began = g_get_monotonic_time();
    bool ok = save_state(t, error) &&
              run_write_model(&t->run, "last.safetensors", &t->o, &t->w, &t->at,
                              error) &&
              run_write_curves(&t->run, error);
    t->saved = g_get_monotonic_time();
    t->reported += t->saved - began;
    return ok;
}

// One that a stop cut short is due when the run goes on.
static bool validation_due(const Trainer *t) {
    return t->at.validated < t->at.step &&
           (t->at.step % t->o.validate_every == 0 || progress(t) >= 1);
}

static bool validated(Trainer *t, const volatile int *stop, GError **error) {
    gint64 began = g_get_monotonic_time();
    double nats = validate(t, stop);
    t->reported += g_get_monotonic_time() - began;
    if (*stop) return true;
    t->at.validation = nats;
    t->at.validated = t->at.step;
    Metric m = {t->at.step, NONE, t->at.validation, NONE, NONE, NONE, elapsed(t)};
    if (!run_add_metric(&t->run, &m, error)) return false;
    if (!isfinite(t->at.validation) || t->at.validation >= t->at.best) return true;
    t->at.best = t->at.validation;
    t->at.elapsed = elapsed(t);
    return run_write_model(&t->run, "best.safetensors", &t->o, &t->w, &t->at, error);
}

static TrainStatus status(const Trainer *t, double rate) {
    gint64 now = g_get_monotonic_time();
    double done = progress(t), spent = elapsed(t);
    TrainStatus s = {
        .step = t->at.step,
        .steps = t->o.minutes > 0 ? (int64_t)((double)t->at.step / MAX(done, 1e-9))
                                  : t->o.steps,
        .loss = mean_loss(t),
        .validation = t->at.validation,
        .best = t->at.best,
        .rate = rate,
        .norm = t->norm,
        .latents_second = (double)t->latents /
                          MAX(1e-6, (double)(now - t->reported) / 1e6),
        .elapsed = spent,
        .left = done > 0 ? spent * (1 - done) / done : NONE,
    };
    return s;
}

static bool reported(Trainer *t, TrainStatus *s, GError **error) {
    Metric m = {s->step, s->loss,           NONE,      s->rate,
                s->norm, s->latents_second, s->elapsed};
    t->at.loss_sum = 0;
    t->at.loss_count = 0;
    t->at.reported = t->at.step;
    t->latents = 0;
    t->reported = g_get_monotonic_time();
    return run_add_metric(&t->run, &m, error);
}

static bool save_due(const Trainer *t) {
    if (t->o.save_every > 0) return t->at.step % t->o.save_every == 0;
    return g_get_monotonic_time() - t->saved > SAVE_SECONDS * G_USEC_PER_SEC;
}

// What there is to do after a step: write it down, validate, save, report.
static bool keep_books(Trainer *t, double rate, TrainReport report, void *data,
                       const volatile int *stop, bool *going, GError **error) {
    bool report_due = t->at.step % t->o.report_every == 0 || progress(t) >= 1;
    bool validates = validation_due(t), saves = save_due(t);
    if (!report_due && !validates) return !saves || save(t, error);
    if (ran_away(t)) return diverged(t, "has run away", error);
    TrainStatus s = status(t, rate);
    if (report_due && !reported(t, &s, error)) return false;
    if (validates && !validated(t, stop, error)) return false;
    if (saves && !save(t, error)) return false;
    s.validation = t->at.validation;
    s.best = t->at.best;
    s.copy = t->copy;
    s.validated = t->at.validated == t->at.step;
    s.saved = saves;
    *going = report(data, &s);
    return true;
}

// Whatever rank 0 began with or has read, all begin with.
static bool begin_alike(Trainer *t, const volatile int *stop) {
    const Ranks *r = &t->ranks;
    size_t bytes = t->w.count * sizeof(real);
    return ranks_share(r, &t->at, sizeof t->at, stop) &&
           ranks_share(r, &t->optimizer.step, sizeof t->optimizer.step, stop) &&
           ranks_share(r, t->optimizer.m, bytes, stop) &&
           ranks_share(r, t->optimizer.v, bytes, stop) &&
           ranks_share(r, t->w.memory, bytes, stop);
}

// The others are at the next step and wait for its sum.
static void say_ended(Trainer *t, const volatile int *stop) {
    *sums(t) = (Sums){.ended = 1};
    add_up(t, stop);
}

bool trainer_run(Trainer *t, TrainReport report, void *data, const volatile int *stop,
                 GError **error) {
    if (leads(t) && !run_write_options(&t->run, &t->o, error)) return false;
    bool going = begin_alike(t, stop);
    t->sitting = t->reported = t->saved = g_get_monotonic_time();
    t->elapsed_before = t->clock = t->at.elapsed;
    if (leads(t) && validation_due(t) && !validated(t, stop, error)) return false;
    while (going && progress(t) < 1 && !*stop) {
        double rate = learning_rate(t);
        Step taken = step(t, rate, stop);
        if (taken == STEP_LOST) return diverged(t, "is not a number any more", error);
        if (taken == STEP_DROPPED) break;
        if (leads(t) && !keep_books(t, rate, report, data, stop, &going, error))
            return false;
    }
    if (!leads(t)) return true;
    if (!going && !*stop && progress(t) < 1) say_ended(t, stop);
    // Who stops one of several processes kills it soon; ranks.h.
    return t->ranks.count > 1 && *stop ? save_state(t, error) : save(t, error);
}
