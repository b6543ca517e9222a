#include "model/train/trainer_parts.h"

#include "model/train/evaluate.h"

#define SAVE_SECONDS 120

// Returns the nats per token of the weights `w`. The value has no meaning if *stop was
// set.
static double validate(Trainer *t, const Parameters *w, const volatile int *stop) {
    const Config *c = &t->now.config;
    int windows = t->o.validation_windows;
    if (train_copies(&t->o)) {
        t->news.copy = copy_measure(t->net, w, c, windows, stop);
        return t->news.copy.nats / (double)t->news.copy.targets;
    }
    Likelihood sum = {0};
    evaluate_windows(&sum, t->net, w, c, t->corpus, windows, stop);
    return sum.tokens ? sum.nats / (double)sum.tokens : TRAINER_NONE;
}

bool trainer_diverged(const Trainer *t, const char *what, GError **error) {
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

bool trainer_save_state(Trainer *t, GError **error) {
    // The weights may be bad although the loss before the last update was finite.
    if (!isfinite(gradient_norm(t->pool, t->w.memory, t->w.count)))
        return trainer_diverged(t, "is not a number any more", error);
    if (ran_away(t)) return trainer_diverged(t, "has run away", error);
    t->at.elapsed = trainer_elapsed(t);
    return trainer_write_state(t, error);
}

static bool write_model(const Trainer *t, const char *name, const Parameters *w,
                        double validation, GError **error) {
    return run_write_model(&t->run, name, &t->now, w, &t->at, validation, error);
}

bool trainer_save(Trainer *t, GError **error) {
    gint64 began = g_get_monotonic_time();
    bool ok = trainer_save_state(t, error) &&
              write_model(t, "last.safetensors", &t->w, t->at.validation, error) &&
              (!t->average.memory || write_model(t, "average.safetensors", &t->average,
                                                 t->at.average, error)) &&
              run_write_curves(&t->run, error);
    t->news.saved = g_get_monotonic_time();
    t->news.reported += t->news.saved - began;
    return ok;
}

// A validation that a stop cut short is due again when the run is resumed.
bool trainer_validation_due(const Trainer *t) {
    return t->at.validated < t->at.step &&
           (t->at.step % t->o.validate_every == 0 || trainer_progress(t) >= 1);
}

// Saves the better of the weights and their average if it is the best so far.
static bool keep_best(Trainer *t, GError **error) {
    bool averaged = t->at.average < t->at.validation; // NaN: no
    double nats = averaged ? t->at.average : t->at.validation;
    if (!isfinite(nats) || nats >= t->at.best) return true;
    t->at.best = nats;
    t->at.elapsed = trainer_elapsed(t);
    return write_model(t, "best.safetensors", averaged ? &t->average : &t->w, nats,
                       error);
}

bool trainer_validate(Trainer *t, const volatile int *stop, GError **error) {
    gint64 began = g_get_monotonic_time();
    double average = t->average.memory ? validate(t, &t->average, stop) : TRAINER_NONE;
    double nats = validate(t, &t->w, stop);
    t->news.reported += g_get_monotonic_time() - began;
    if (*stop) return true;
    t->at.validation = nats;
    t->at.average = average;
    t->at.validated = t->at.step;
    Metric m = {.step = t->at.step,
                .loss = TRAINER_NONE,
                .validation = nats,
                .average = average,
                .rate = TRAINER_NONE,
                .norm = TRAINER_NONE,
                .latents_second = TRAINER_NONE,
                .elapsed = trainer_elapsed(t),
                .epoch = trainer_epochs(t)};
    return run_add_metric(&t->run, &m, error) && keep_best(t, error);
}

static TrainStatus status(const Trainer *t, double rate) {
    gint64 now = g_get_monotonic_time();
    double done = trainer_progress(t),
           spent = trainer_elapsed(t) - t->o.branched_elapsed,
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
        .norm = t->news.norm,
        .latents_second = (double)t->news.latents /
                          MAX(1e-6, (double)(now - t->news.reported) / 1e6),
        .elapsed = trainer_elapsed(t),
        .left = done > 0 ? spent * (1 - done) / done : TRAINER_NONE,
    };
    return s;
}

static bool reported(Trainer *t, TrainStatus *s, GError **error) {
    Metric m = {s->step, s->loss,           TRAINER_NONE, TRAINER_NONE,     s->rate,
                s->norm, s->latents_second, s->elapsed,   trainer_epochs(t)};
    t->at.loss_sum = 0;
    t->at.loss_count = 0;
    t->at.reported = t->at.step;
    t->news.latents = 0;
    t->news.reported = g_get_monotonic_time();
    return run_add_metric(&t->run, &m, error);
}

static bool save_due(const Trainer *t) {
    if (t->o.save_every > 0) return t->at.step % t->o.save_every == 0;
    return g_get_monotonic_time() - t->news.saved > SAVE_SECONDS * G_USEC_PER_SEC;
}

bool trainer_record(Trainer *t, double rate, TrainReport report, void *data,
                    const volatile int *stop, bool *going, GError **error) {
    bool report_due = t->at.step % t->o.report_every == 0 || trainer_progress(t) >= 1;
    bool validates = trainer_validation_due(t), saves = save_due(t);
    if (!report_due && !validates) return !saves || trainer_save(t, error);
    if (ran_away(t)) return trainer_diverged(t, "has run away", error);
    TrainStatus s = status(t, rate);
    if (report_due && !reported(t, &s, error)) return false;
    if (validates && !trainer_validate(t, stop, error)) return false;
    if (saves && !trainer_save(t, error)) return false;
    s.validation = t->at.validation;
    s.average = t->at.average;
    s.best = t->at.best;
    s.copy = t->news.copy;
    s.validated = t->at.validated == t->at.step;
    s.saved = saves;
    *going = report(data, &s);
    return true;
}
