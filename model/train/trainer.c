#include "model/train/trainer_parts.h"

#include "model/files/memory.h"
#include "model/train/schedule.h"
#include "model/train/wake.h"

static int pick(int asked, int64_t otherwise) {
    return asked > 0 ? asked : (int)CLAMP(otherwise, 1, G_MAXINT);
}

static bool allocate(Trainer *t) {
    const TrainOptions *o = &t->o;
    Config largest = schedule_largest(o);
    return parameters_new(&t->w, &o->config) &&
           parameters_new_tailed(&t->dw, &o->config, TRAINER_SUMS) &&
           (!o->average || !trainer_leads(t) ||
            parameters_new(&t->average, &o->config)) &&
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
    t->windows.source.keep = t->now.keep;
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
    if (!trainer_leads(t)) {
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
    t->windows.source = (BatchSource){.corpus = corpus,
                                      .split = SPLIT_TRAIN,
                                      .config = &t->now.config,
                                      .keep = o->keep,
                                      .span = o->span,
                                      .bias = o->bias,
                                      .augment = augment,
                                      .augment_data = augment_data,
                                      .seed = o->seed};
    if (o->windows == WINDOWS_EPOCH && !train_copies(o))
        t->windows.epochs = epochs_new(corpus, SPLIT_TRAIN, o->config.context, o->seed);
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
    t->at.best = t->at.validation = t->at.average = TRAINER_NONE;
    return t;
}

void trainer_free(Trainer *t) {
    if (!t) return;
    run_close(&t->run);
    epochs_free(&t->windows.epochs);
    g_free(t->windows.segments);
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

bool trainer_write_state(Trainer *t, GError **error) {
    return run_write_state(&t->run, tensors(t), &t->at, error);
}

bool trainer_branch(Trainer *t, const char *parent, char **ret_trouble,
                    GError **error) {
    TrainRun run = {.folder = (char *)parent};
    if (!run_read_state(&run, tensors(t), &t->at, ret_trouble, error)) return false;
    TrainOptions *o = &t->o;
    o->branched = t->at.step;
    o->branched_elapsed = t->at.elapsed;
    if (o->minutes == 0) o->steps += t->at.step;
    while (o->change_count && o->changes[o->change_count - 1].step > t->at.step)
        o->change_count--;     // not reached by the parent
    t->at.best = TRAINER_NONE; // the branch has its own best
    return trainer_write_state(t, error) && run_write_options(&t->run, o, error);
}

double trainer_elapsed(const Trainer *t) {
    return t->time.before + (double)(g_get_monotonic_time() - t->time.sitting) / 1e6;
}

double trainer_progress(const Trainer *t) {
    const TrainOptions *o = &t->o;
    double done = o->minutes > 0
                      ? (t->time.clock - o->branched_elapsed) / (o->minutes * 60)
                      : (double)(t->at.step - o->branched) /
                            (double)MAX(1, o->steps - o->branched);
    return CLAMP(done, 0, 1);
}

int64_t trainer_step(const Trainer *t) { return t->at.step; }

bool trainer_begin_with(Trainer *t, const Model *from, int *ret_woken, GError **error) {
    parameters_take(&t->w, &t->o.config, &from->parameters, &from->config);
    if (ret_woken) {
        double loss;
        int64_t latents;
        const volatile int never = 0;
        trainer_gradients(t, &loss, &latents, &never);
        Rng rng = rng_new(t->o.seed, 2);
        *ret_woken = wake_silent(&t->w, &t->dw, &from->config, &rng);
    }
    begin_average(t);
    return trainer_write_state(t, error);
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

bool trainer_run(Trainer *t, TrainReport report, void *data, const volatile int *stop,
                 GError **error) {
    if (trainer_leads(t) && !run_write_options(&t->run, &t->o, error)) return false;
    bool going = begin_alike(t, stop);
    t->time.sitting = t->news.reported = t->news.saved = g_get_monotonic_time();
    t->time.before = t->time.clock = t->at.elapsed;
    look_up(t);
    if (trainer_leads(t) && trainer_validation_due(t) &&
        !trainer_validate(t, stop, error))
        return false;
    while (going && trainer_progress(t) < 1 && !*stop) {
        look_up(t);
        double rate = schedule_rate(&t->now, t->at.step, trainer_progress(t));
        TrainerStep taken = trainer_take_step(t, rate, stop);
        if (taken == STEP_LOST)
            return trainer_diverged(t, "is not a number any more", error);
        if (taken == STEP_DROPPED) break;
        if (trainer_leads(t) &&
            !trainer_record(t, rate, report, data, stop, &going, error))
            return false;
    }
    if (!trainer_leads(t)) return true;
    if (!going && !*stop && trainer_progress(t) < 1) trainer_say_ended(t, stop);
    // mpirun kills a stopped process soon after (ranks.h), so save only the state.
    return t->ranks.count > 1 && *stop ? trainer_save_state(t, error)
                                       : trainer_save(t, error);
}
