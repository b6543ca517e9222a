#include "app/commands/train/train_view.h"

#include "app/base/messages.h"
#include "app/commands/train/train_install.h"
#include "app/data/data_check.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

static char *count_text(int64_t n) {
    if (n < 10000) return g_strdup_printf("%" G_GINT64_FORMAT, n);
    if (n < 1000000) return g_strdup_printf("%.1f k", (double)n / 1e3);
    return g_strdup_printf("%.1f M", (double)n / 1e6);
}

// g_format_size() uses a space that a terminal without UTF-8 cannot show.
static char *memory_text(size_t bytes) {
    double mb = ceil((double)bytes / 1e6);
    return mb < 1000 ? g_strdup_printf("%.0f MB", mb)
                     : g_strdup_printf("%.1f GB", mb / 1e3);
}

static char *time_text(double seconds) {
    int64_t s = (int64_t)seconds, m = s / 60, h = m / 60;
    if (h > 0)
        return g_strdup_printf("%d:%02d:%02d", (int)h, (int)(m % 60), (int)(s % 60));
    return g_strdup_printf("%d:%02d", (int)m, (int)(s % 60));
}

void train_announce_corpus(const char *folder, const Corpus *corpus,
                           const Encoding *encoding, const DatasetReport *report) {
    SplitCounts counts[SPLITS];
    split_counts(counts, corpus, encoding);
    g_autofree char *name = message_printable(folder);
    g_printerr("%s: %d files, %d left out%s\n", name, report->files + report->skipped,
               report->skipped, report->skipped ? " (skipped.txt says why)" : "");
    g_printerr("  split %s%s\n", report->basis.split, report->basis.unread);
    for (int s = 0; s < SPLITS; s++) {
        g_autofree char *tokens = count_text(counts[s].tokens);
        g_printerr("  %-11s %6d pieces", split_names[s], counts[s].pieces);
        if (!encoding->ids) g_printerr(" %8.1f hours", counts[s].hours);
        g_printerr(" %10s tokens\n", tokens);
    }
}

void train_announce(const TrainOptions *o, const char *run, const Ranks *ranks) {
    const Config *c = &o->config;
    g_autofree char *parameters = count_text((int64_t)parameters_count(c));
    size_t bytes = train_memory(o) * (size_t)ranks->here;
    g_autofree char *memory = memory_text(bytes);
    g_printerr("model: %s parameters, width %d, %d heads, %d layers, context %d, "
               "%d latents, %s%s%s%s%stokenizer %s; takes about %s of memory\n",
               parameters, c->width, c->heads, c->layers, c->context, c->latents,
               c->recall_heads ? "recall, " : "", c->chord_steps ? "chords, " : "",
               c->gates ? "gates, " : "", c->values ? "values, " : "",
               c->logit_cap ? "soft cap, " : "", o->tokenizer, memory);
    double here = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGE_SIZE);
    if ((double)bytes > here)
        message_warn(
            "that is more memory than this machine has; a smaller --preset, --context "
            "or --latents takes less");
    g_autofree char *out = message_printable(run);
    if (o->minutes > 0)
        g_printerr("training for %g minutes", o->minutes);
    else
        g_printerr("training for %" G_GINT64_FORMAT " steps", o->steps);
    g_printerr(" of %d windows", o->batch);
    if (ranks->count > 1) g_printerr(", shared by %d processes,", ranks->count);
    g_printerr(" into %s; Ctrl-C saves and stops\n", out);
}

void train_announce_woken(int woken, const Config *c) {
    g_printerr("%d of %d hidden units were silent and have new weights\n", woken,
               (c->layers + 1) * MLP_RATIO * c->width);
}

static double percent(int64_t part, int64_t whole) {
    return whole > 0 ? 100 * (double)part / (double)whole : 0;
}

void train_view_begin(TrainView *v, const char *run) {
    *v = (TrainView){.run = run};
    progress_begin(&v->progress, "training");
}

bool train_view_show(void *data, const TrainStatus *s) {
    TrainView *v = data;
    v->last = *s;
    GString *line = g_string_new(NULL);
    g_string_printf(line, "step %" G_GINT64_FORMAT "/%" G_GINT64_FORMAT "  loss %.4f",
                    s->step, s->steps, s->loss);
    if (isfinite(s->validation))
        g_string_append_printf(line, "  validation %.4f", s->validation);
    if (isfinite(s->average))
        g_string_append_printf(line, "  of the average %.4f", s->average);
    if (s->copy.targets > 0)
        g_string_append_printf(line, " (%.2f %% right)",
                               percent(s->copy.right, s->copy.targets));
    g_string_append_printf(line, "  %.0f latents/s  rate %.2e", s->latents_second,
                           s->rate);
    if (isfinite(s->left)) {
        g_autofree char *left = time_text(s->left);
        g_string_append_printf(line, "  %s left", left);
    }
    if (v->progress.terminal && !s->validated) {
        progress_line(&v->progress, line->str);
    } else {
        progress_end(&v->progress);
        g_printerr("%s\n", line->str);
    }
    g_string_free(line, TRUE);
    return true;
}

void train_view_end(TrainView *v) { progress_end(&v->progress); }

static void conclude_copies(const CopyResult *s, const Config *c) {
    printf("symbols copied: %.2f %% of %" G_GINT64_FORMAT " are right\n",
           percent(s->right, s->targets), s->targets);
    printf("over %d inputs away: %.2f %% of %" G_GINT64_FORMAT
           "; with the inputs beyond taken away: %.2f %%\n",
           c->context / 2, percent(s->far_right, s->far), s->far,
           percent(s->far_right_without, s->far));
}

void train_conclude(const TrainView *v, const TrainOptions *o, int signal,
                    const char *installed) {
    g_autofree char *run = message_printable(v->run);
    if (signal)
        printf("stopped and saved; par-midi train --resume %s continues it\n", run);
    else if (v->last.step == 0)
        puts("at its end already; --steps or --minutes extends it");
    else
        printf("%" G_GINT64_FORMAT " steps done\n", v->last.step);
    if (v->last.step > 0 && isfinite(v->last.best))
        printf("best validation: %.4f nats per token\n", v->last.best);
    if (v->last.copy.targets > 0) conclude_copies(&v->last.copy, &o->config);
    Encoding encoding;
    if (!encoding_from_name(o->tokenizer, o->config.vocabulary, &encoding) ||
        encoding.ids)
        return;
    g_autofree char *model = installed ? g_strdup(installed) : train_model_of(v->run);
    if (!model) return;
    g_autofree char *name = message_printable(model);
    printf("to hear it: par-midi continue IN.mid --model %s -o OUT.mid\n"
           "in the window: PAR_MIDI_MODEL=%s par-midi\n",
           name, name);
}
