#include "model/train/trainer.h"

#include "model/files/memory.h"
#include "model/perceiver.h"
#include "model/train/evaluate.h"
#include "model/train/optimizer/average.h"
#include "model/train/run.h"
#include "model/train/schedule.h"
#include "model/train/wake.h"

#define Z_LOSS       1e-4
#define NONE         ((double)NAN)
#define SAVE_SECONDS 120

// What the ranks sum at each step besides the gradient. It follows the gradient in
// memory, so that one call sums both.
typedef struct Sums {
    real loss;    // the sum of nats over
    real latents; // so many latents
    real clock;   // rank 0's seconds of training
    real ended;   // 1: rank 0 has ended the run and takes no part in the step
} Sums;
enum { SUMS = sizeof(Sums) / sizeof(real) };

struct Trainer {
    TrainOptions o, now; // the options as given, and as they apply at the current step
    Ranks ranks;
    const Corpus *corpus; // borrowed
    Pool *pool;           // borrowed
    BatchSource source;
    Epochs epochs;     // a zeroed struct if windows are drawn from anywhere
    Segment *segments; // owned; the windows of the last step whose segments were taken
    int64_t drawing;   // the number of steps whose segments were taken
    Run run;
    Parameters w, dw, average; // the average may be empty
    Optimizer optimizer;
    Perceiver *net;
    RunState at;
    double norm;
    CopyScore copy;         // the score of the newest validation
    gint64 sitting;         // when this program began to train, microseconds
    double elapsed_before;  // seconds of training before it
    double clock;           // rank 0's seconds of training at the last step's end
    gint64 reported, saved; // microseconds; saving and validating are not counted
    int64_t latents;        // positions trained since the last report
};

static int pick(int asked, int64_t otherwise) {
    return asked > 0 ? asked : (int)CLAMP(otherwise, 1, G_MAXINT);
}

// Returns whether this is rank 0, which reads, writes, validates and reports; the other
// ranks only take steps.
static bool leads(const Trainer *t) { return t->ranks.rank == 0; }

static Sums *sums(const Trainer *t) {
    return (Sums *)(void *)(t->dw.memory + t->dw.count);
}

static bool add_up(Trainer *t, const volatile int *stop) {
    return ranks_sum(&t->ranks, t->dw.memory, t->dw.count + SUMS, stop);
}

static bool allocate(Trainer *t) {
    const TrainOptions *o = &t->o;
    Config largest = schedule_largest(o);
    return parameters_new(&t->w, &o->config) &&
           parameters_new_tailed(&t->dw, &o->config, SUMS) &&
           (!o->average || !leads(t) || parameters_new(&t->average, &o->config)) &&
           optimizer_init(&t->optimizer, &o->config, o->muon, o->beta2, o->decay) &&
           (t->net = perceiver_new(&largest, t->pool, largest.context,
                                   largest.latents));
}

// The average of the weights begins as the weights themselves.
static void begin_average(Trainer *t) {
    if (t->average.memory)
        memcpy(t->average.memory, t->w.memory, t->w.count * sizeof(real));
}

// Looks up the settings of the next step.
static void look_up(Trainer *t) {
    int64_t tokens = train_copies(&t->o) ? 0 : corpus_share(t->corpus, SPLIT_TRAIN);
    t->now = schedule_options(&t->o, t->at.step, tokens);
    t->source.keep = t->now.keep;
    t->optimizer.decay = t->now.decay;
}

Trainer *trainer_new(const TrainOptions *o, const Corpus *corpus, const char *run,
                     BatchAugment augment, void *augment_data, Pool *pool,
                     const Ranks *ranks, GError **error) {
    if (!config_check(&o->config, error)) return NULL;
    int least = schedule_smallest_batch(o);
    if (least < ranks->count) {
        g_set_error(error, MODEL_ERROR, 0,
                    "a batch of %d windows cannot be shared by %d processes", least,
                    ranks->count);
        return NULL;
    }
    if (!train_copies(o) && corpus_share(corpus, SPLIT_TRAIN) == 0) {
        g_set_error(error, MODEL_ERROR, 0, "%s: there is nothing to train on", run);
        return NULL;
    }
    Trainer *t = g_new0(Trainer, 1);
    t->ranks = *ranks;
    if (!leads(t)) {
        t->run.folder = g_strdup(run); // messages name it
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
                              .config = &t->now.config,
                              .keep = o->keep,
                              .span = o->span,
                              .bias = o->bias,
                              .augment = augment,
                              .augment_data = augment_data,
                              .seed = o->seed};
    if (o->windows == WINDOWS_EPOCH && !train_copies(o))
        t->epochs = epochs_new(corpus, SPLIT_TRAIN, o->config.context, o->seed);
    if (!allocate(t)) {
        trainer_free(t);
        memory_lacks("training a model of this size", error);
        return NULL;
    }
    if (o->reading > 0) t->optimizer.reading = o->reading;
    Rng rng = rng_new(o->seed, 1);
    parameters_initialise(&t->w, &o->config, &rng);
    begin_average(t);
    look_up(t);
    t->at.best = t->at.validation = t->at.average = NONE;
    return t;
}

void trainer_free(Trainer *t) {
    if (!t) return;
    run_close(&t->run);
    epochs_free(&t->epochs);
    g_free(t->segments);
    parameters_free(&t->w);
    parameters_free(&t->dw);
    parameters_free(&t->average);
    optimizer_free(&t->optimizer);
    perceiver_free(t->net);
    g_free(t);
}

bool trainer_has_saved(const Trainer *t) { return run_has_state(&t->run); }

static RunTensors tensors(Trainer *t) {
    return (RunTensors){&t->w, &t->average, &t->optimizer};
}

bool trainer_resume(Trainer *t, char **ret_trouble, GError **error) {
    return run_read_state(&t->run, tensors(t), &t->at, ret_trouble, error) &&
           run_forget(&t->run, t->at.step, error);
}

static bool write_state(Trainer *t, GError **error) {
    return run_write_state(&t->run, tensors(t), &t->at, error);
}

bool trainer_branch(Trainer *t, const char *parent, char **ret_trouble,
                    GError **error) {
    Run run = {.folder = (char *)parent};
    if (!run_read_state(&run, tensors(t), &t->at, ret_trouble, error)) return false;
    TrainOptions *o = &t->o;
    o->branched = t->at.step;
    o->branched_elapsed = t->at.elapsed;
    if (o->minutes == 0) o->steps += t->at.step;
    while (o->change_count && o->changes[o->change_count - 1].step > t->at.step)
        o->change_count--; // not reached by the parent
    t->at.best = NONE;     // the branch has its own best
    return write_state(t, error) && run_write_options(&t->run, o, error);
}

int64_t trainer_step(const Trainer *t) { return t->at.step; }

static double elapsed(const Trainer *t) {
    return t->elapsed_before + (double)(g_get_monotonic_time() - t->sitting) / 1e6;
}

// Returns the completed share of the run, 0-1. For a branch only its own part counts.
static double progress(const Trainer *t) {
    const TrainOptions *o = &t->o;
    double done = o->minutes > 0 ? (t->clock - o->branched_elapsed) / (o->minutes * 60)
                                 : (double)(t->at.step - o->branched) /
                                       (double)MAX(1, o->steps - o->branched);
    return CLAMP(done, 0, 1);
}

// Takes the segments of all steps before `step` that have not been taken yet. A resumed
// run takes all of them again, so its position in the epoch need not be saved.
static void take_segments(Trainer *t, int64_t step) {
    for (; t->epochs.corpus && t->drawing < step; t->drawing++) {
        TrainOptions then = schedule_options(&t->o, t->drawing, 0);
        t->segments = g_renew(Segment, t->segments, then.batch);
        epochs_take(&t->epochs, t->segments, then.batch, then.config.latents);
    }
}

static double epochs(Trainer *t) {
    take_segments(t, t->at.step);
    return t->epochs.corpus ? epochs_done(&t->epochs) : NONE;
}

static void draw(const Trainer *t, Window *ret, int index) {
    if (!train_copies(&t->o)) {
        const Segment *segment = t->epochs.corpus ? &t->segments[index] : NULL;
        batch_draw(&t->source, ret, segment, t->at.step, index);
        return;
    }
    Rng rng = rng_new(t->o.seed + (uint64_t)t->at.step, (uint64_t)index);
    copy_draw(&t->at.course, ret, &t->now.config, &rng);
}

// Adds the gradients of the step's windows, of which each rank has every count-th, and
// what they are to be divided by. Returns false if *stop was set.
static bool add_gradients(Trainer *t, double *ret_loss, int64_t *ret_latents,
                          const volatile int *stop) {
    *ret_latents = 0;
    *ret_loss = 0;
    memset(t->dw.memory, 0, t->dw.count * sizeof(real));
    take_segments(t, t->at.step + 1);
    for (int i = t->ranks.rank; i < t->now.batch; i += t->ranks.count) {
        if (*stop) return false;
        Window window;
        draw(t, &window, i);
        uint32_t key = rng_hash((uint32_t)t->o.seed,
                                (uint32_t)(t->at.step * t->now.batch + i));
        double with_z;
        perceiver_forward(t->net, &t->w, &window.in, (Dropout){t->now.dropout, key});
        *ret_loss += perceiver_loss(t->net, window.targets, Z_LOSS, 1, &with_z);
        perceiver_backward(t->net, &t->dw, &t->w);
        *ret_latents += window.in.n;
        window_free(&window);
    }
    return true;
}

bool trainer_begin_with(Trainer *t, const Model *from, int *ret_woken, GError **error) {
    parameters_take(&t->w, &t->o.config, &from->parameters, &from->config);
    if (ret_woken) {
        double loss;
        int64_t latents;
        const volatile int never = 0;
        add_gradients(t, &loss, &latents, &never);
        Rng rng = rng_new(t->o.seed, 2);
        *ret_woken = wake_silent(&t->w, &t->dw, &t->o.config, &rng);
    }
    begin_average(t);
    return write_state(t, error);
}

typedef enum Step {
    STEP_TAKEN,
    STEP_DROPPED, // stopped before the update, so nothing has changed
    STEP_LOST,    // a number was not finite, and nothing has changed
} Step;

// Takes one optimizer step over a batch, of which each rank has every count-th window.
// The loss is the mean over all latents of the batch. Windows differ in their numbers
// of latents, so the gradients are summed first and divided by the total afterwards.
static Step step(Trainer *t, double rate, const volatile int *stop) {
    Sums *all = sums(t);
    int64_t latents;
    double loss;
    if (!add_gradients(t, &loss, &latents, stop)) return STEP_DROPPED;
    *all = (Sums){(real)loss, (real)latents, leads(t) ? (real)elapsed(t) : 0, 0};
    if (!add_up(t, stop) || all->ended > 0) return STEP_DROPPED;
    double share = 1 / (double)all->latents;
    t->norm = share * gradient_norm(t->pool, t->dw.memory, t->dw.count);
    if (!isfinite(all->loss) || !isfinite(t->norm)) return STEP_LOST;
    optimizer_update(&t->optimizer, t->pool, &t->o.config, &t->w, t->dw.memory, rate,
                     share * (t->norm > t->o.clip ? t->o.clip / t->norm : 1), false);
    t->at.step++;
    if (t->average.memory)
        average_update(t->pool, t->average.memory, t->w.memory, t->w.count,
                       t->o.average, t->at.step);
    if (train_copies(&t->o))
        copy_course_go_on(&t->at.course, &t->o.config,
                          (double)all->loss / (double)all->latents);
    t->at.loss_sum += (double)all->loss;
    t->at.loss_count += (int64_t)all->latents;
    t->latents += (int64_t)all->latents;
    t->clock = (double)all->clock;
    return STEP_TAKEN;
}

// Returns the nats per token of the weights `w`. The value has no meaning if *stop was
// set.
static double validate(Trainer *t, const Parameters *w, const volatile int *stop) {
    const Config *c = &t->now.config;
    int windows = t->o.validation_windows;
    if (train_copies(&t->o)) {
        t->copy = copy_score(t->net, w, c, windows, stop);
        return t->copy.nats / (double)t->copy.targets;
    }
    Likelihood sum = {0};
    evaluate_windows(&sum, t->net, w, c, t->corpus, windows, stop);
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

// A loss above twice that of a uniform guess has diverged.
static bool ran_away(const Trainer *t) {
    return mean_loss(t) > 2 * log(t->o.config.vocabulary);
}

static bool save_state(Trainer *t, GError **error) {
    // The weights may be bad although the loss before the last update was finite.
    if (!isfinite(gradient_norm(t->pool, t->w.memory, t->w.count)))
        return diverged(t, "is not a number any more", error);
    if (ran_away(t)) return diverged(t, "has run away", error);
    t->at.elapsed = elapsed(t);
    return write_state(t, error);
}

static bool write_model(const Trainer *t, const char *name, const Parameters *w,
                        double validation, GError **error) {
    return run_write_model(&t->run, name, &t->now, w, &t->at, validation, error);
}

static bool save(Trainer *t, GError **error) {
    gint64 began = g_get_monotonic_time();
    bool ok = save_state(t, error) &&
              write_model(t, "last.safetensors", &t->w, t->at.validation, error) &&
              (!t->average.memory || write_model(t, "average.safetensors", &t->average,
                                                 t->at.average, error)) &&
              run_write_curves(&t->run, error);
    t->saved = g_get_monotonic_time();
    t->reported += t->saved - began;
    return ok;
}

// A validation that a stop cut short is due again when the run is resumed.
static bool validation_due(const Trainer *t) {
    return t->at.validated < t->at.step &&
           (t->at.step % t->o.validate_every == 0 || progress(t) >= 1);
}

// Saves the better of the weights and their average if it is the best so far.
static bool keep_best(Trainer *t, GError **error) {
    bool averaged = t->at.average < t->at.validation; // NaN: no
    double nats = averaged ? t->at.average : t->at.validation;
    if (!isfinite(nats) || nats >= t->at.best) return true;
    t->at.best = nats;
    t->at.elapsed = elapsed(t);
    return write_model(t, "best.safetensors", averaged ? &t->average : &t->w, nats,
                       error);
}

static bool validated(Trainer *t, const volatile int *stop, GError **error) {
    gint64 began = g_get_monotonic_time();
    double average = t->average.memory ? validate(t, &t->average, stop) : NONE;
    double nats = validate(t, &t->w, stop);
    t->reported += g_get_monotonic_time() - began;
    if (*stop) return true;
    t->at.validation = nats;
    t->at.average = average;
    t->at.validated = t->at.step;
    Metric m = {.step = t->at.step,
                .loss = NONE,
                .validation = nats,
                .average = average,
                .rate = NONE,
                .norm = NONE,
                .latents_second = NONE,
                .elapsed = elapsed(t),
                .epoch = epochs(t)};
    return run_add_metric(&t->run, &m, error) && keep_best(t, error);
}

static TrainStatus status(const Trainer *t, double rate) {
    gint64 now = g_get_monotonic_time();
    double done = progress(t), spent = elapsed(t) - t->o.branched_elapsed,
           own = (double)(t->at.step - t->o.branched);
    TrainStatus s = {
        .step = t->at.step,
        .steps = t->o.minutes > 0 ? t->o.branched + (int64_t)(own / MAX(done, 1e-9))
                                  : t->o.steps,
        .loss = mean_loss(t),
        .validation = t->at.validation,
        .average = t->at.average,
        .best = t->at.best,
        .rate = rate,
        .norm = t->norm,
        .latents_second = (double)t->latents /
                          MAX(1e-6, (double)(now - t->reported) / 1e6),
        .elapsed = elapsed(t),
        .left = done > 0 ? spent * (1 - done) / done : NONE,
    };
    return s;
}

static bool reported(Trainer *t, TrainStatus *s, GError **error) {
    Metric m = {s->step, s->loss,           NONE,       NONE,     s->rate,
                s->norm, s->latents_second, s->elapsed, epochs(t)};
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

// Does what is due after a step: record metrics, validate, save, report.
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
    s.average = t->at.average;
    s.best = t->at.best;
    s.copy = t->copy;
    s.validated = t->at.validated == t->at.step;
    s.saved = saves;
    *going = report(data, &s);
    return true;
}

// Gives all ranks the state that rank 0 has initialised or read.
static bool begin_alike(Trainer *t, const volatile int *stop) {
    const Ranks *r = &t->ranks;
    size_t bytes = t->w.count * sizeof(real);
    TrainOptions *o = &t->o; // a branch's rank 0 alone has read where it begins
    return ranks_share(r, &o->steps, sizeof o->steps, stop) &&
           ranks_share(r, &o->branched, sizeof o->branched, stop) &&
           ranks_share(r, &o->branched_elapsed, sizeof o->branched_elapsed, stop) &&
           ranks_share(r, &t->at, sizeof t->at, stop) &&
           ranks_share(r, &t->optimizer.step, sizeof t->optimizer.step, stop) &&
           ranks_share(r, t->optimizer.m, bytes, stop) &&
           ranks_share(r, t->optimizer.v, bytes, stop) &&
           ranks_share(r, t->w.memory, bytes, stop);
}

// Tells the other ranks that the run has ended. They wait for the sum of the next step.
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
    look_up(t);
    if (leads(t) && validation_due(t) && !validated(t, stop, error)) return false;
    while (going && progress(t) < 1 && !*stop) {
        look_up(t);
        double rate = schedule_rate(&t->now, t->at.step, progress(t));
        Step taken = step(t, rate, stop);
        if (taken == STEP_LOST) return diverged(t, "is not a number any more", error);
        if (taken == STEP_DROPPED) break;
        if (leads(t) && !keep_books(t, rate, report, data, stop, &going, error))
            return false;
    }
    if (!leads(t)) return true;
    if (!going && !*stop && progress(t) < 1) say_ended(t, stop);
    // mpirun kills a stopped process soon after (ranks.h), so save only the state.
    return t->ranks.count > 1 && *stop ? save_state(t, error) : save(t, error);
}
