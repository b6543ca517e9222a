#include "model/train/trainer_parts.h"

#include "model/train/optimizer/average.h"
#include "model/train/schedule.h"

#define Z_LOSS 1e-4

static TrainerSums *sums(const Trainer *t) {
    return (TrainerSums *)(void *)(t->dw.memory + t->dw.count);
}

static bool add_up(Trainer *t, const volatile int *stop) {
    return ranks_sum(&t->ranks, t->dw.memory, t->dw.count + TRAINER_SUMS, stop);
}

// Takes the segments of all steps before `step` that have not been taken yet. A resumed
// run takes all of them again, so its position in the epoch need not be saved.
static void take_segments(Trainer *t, int64_t step) {
    for (; t->windows.epochs.corpus && t->windows.drawing < step;
         t->windows.drawing++) {
        TrainOptions then = schedule_options(&t->o, t->windows.drawing, 0);
        t->windows.segments = g_renew(Segment, t->windows.segments, then.batch);
        epochs_take(&t->windows.epochs, t->windows.segments, then.batch,
                    then.config.latents);
    }
}

double trainer_epochs(Trainer *t) {
    take_segments(t, t->at.step);
    return t->windows.epochs.corpus ? epochs_done(&t->windows.epochs) : TRAINER_NONE;
}

static void draw(const Trainer *t, BatchWindow *ret, int index) {
    if (!train_copies(&t->o)) {
        const Segment *segment = t->windows.epochs.corpus ? &t->windows.segments[index]
                                                          : NULL;
        batch_draw(&t->windows.source, ret, segment, t->at.step, index);
        return;
    }
    Rng rng = rng_new(t->o.seed + (uint64_t)t->at.step, (uint64_t)index);
    copy_draw(&t->at.course, ret, &t->now.config, &rng);
}

bool trainer_gradients(Trainer *t, double *ret_loss, int64_t *ret_latents,
                       const volatile int *stop) {
    *ret_latents = 0;
    *ret_loss = 0;
    memset(t->dw.memory, 0, t->dw.count * sizeof(real));
    take_segments(t, t->at.step + 1);
    for (int i = t->ranks.rank; i < t->now.batch; i += t->ranks.count) {
        if (*stop) return false;
        BatchWindow window;
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

// The loss is the mean over all latents of the batch. Windows differ in their numbers
// of latents, so the gradients are summed first and divided by the total afterwards.
TrainerStep trainer_take_step(Trainer *t, double rate, const volatile int *stop) {
    TrainerSums *all = sums(t);
    int64_t latents;
    double loss;
    if (!trainer_gradients(t, &loss, &latents, stop)) return STEP_DROPPED;
    *all = (TrainerSums){(real)loss, (real)latents,
                         trainer_leads(t) ? (real)trainer_elapsed(t) : 0, 0};
    if (!add_up(t, stop) || all->ended > 0) return STEP_DROPPED;
    double share = 1 / (double)all->latents;
    t->news.norm = share * gradient_norm(t->pool, t->dw.memory, t->dw.count);
    if (!isfinite(all->loss) || !isfinite(t->news.norm)) return STEP_LOST;
    optimizer_update(&t->optimizer, t->pool, &t->o.config, &t->w, t->dw.memory, rate,
                     share * (t->news.norm > t->o.clip ? t->o.clip / t->news.norm : 1),
                     false);
    t->at.step++;
    if (t->average.memory)
        average_update(t->pool, t->average.memory, t->w.memory, t->w.count,
                       t->o.average, t->at.step);
    if (train_copies(&t->o))
        copy_course_go_on(&t->at.course, &t->o.config,
                          (double)all->loss / (double)all->latents);
    t->at.loss_sum += (double)all->loss;
    t->at.loss_count += (int64_t)all->latents;
    t->news.latents += (int64_t)all->latents;
    t->time.clock = (double)all->clock;
    return STEP_TAKEN;
}

void trainer_say_ended(Trainer *t, const volatile int *stop) {
    *sums(t) = (TrainerSums){.ended = 1};
    add_up(t, stop);
}
