#include "app/desktop/writing/recollection.h"

#include "app/data/repertoire.h"
#include "app/desktop/writing/refresh.h"
#include "app/generation/lens.h"
#include "midi/tokenizer.h"
#include "thread/worker.h"

// What is known about a piece.
typedef struct Findings {
    GArray *passages; // a reference; of ViewPassage; NULL: not known
    char *lack;       // owned; why nothing will be known
} Findings;

// The index of the training set of a model.
typedef struct TrainingIndex {
    char *model; // owned; the path; NULL: none
    Repertoire training;
    char *failure; // owned; why it could not be read
} TrainingIndex;

struct Recollection {
    Worker worker;
    Wake wake;
    Refresh refresh;     // main's
    Findings shown;      // main's; the View borrows it
    TrainingIndex index; // the thread's
    volatile int stop;   // atomic; 1: that index, being read, is not wanted any more

    // Under the worker's lock.
    char *model;    // owned; NULL: nothing is asked
    GArray *tokens; // a reference
    bool searched;  // those tokens are
    Findings found;
};

static void forget(Recollection *r) {
    repertoire_clear(&r->index.training);
    g_clear_pointer(&r->index.model, g_free);
    g_clear_pointer(&r->index.failure, g_free);
}

// Leaves nothing if it was stopped.
static void read_index(Recollection *r, const char *model) {
    g_autoptr(GError) error = NULL;
    g_autofree char *path = repertoire_path(model);
    forget(r);
    r->index.model = g_strdup(model);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        r->index.failure = g_strdup(
            "this model comes without an index of its training set");
    else if (!repertoire_load(&r->index.training, path, &r->stop, &error))
        r->index.failure = g_strdup(error->message);
    if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_INTR)) forget(r);
}

static void passage_clear(void *passage) {
    g_free((char *)((ViewPassage *)passage)->name);
}

static GArray *passages_new(void) {
    GArray *ret = g_array_new(FALSE, FALSE, sizeof(ViewPassage));
    g_array_set_clear_func(ret, passage_clear);
    return ret;
}

static void add(GArray *to, ViewPassage passage) {
    passage.name = g_strdup(passage.name);
    g_array_append_val(to, passage);
}

static GArray *search(const Recollection *r, const GArray *tokens) {
    GArray *ret = passages_new();
    g_autoptr(GArray)
        matches = repertoire_passages(&r->index.training, tokens, REPERTOIRE_PASSAGE);
    for (guint i = 0; i < matches->len; i++) {
        const Match *m = &g_array_index(matches, Match, i);
        add(ret, (ViewPassage){{m->query_onset, m->query_last},
                               m->notes,
                               r->index.training.names->pdata[m->piece]});
    }
    return ret;
}

// Takes the reference to the passages over.
static void findings_set(Findings *f, GArray *passages, const char *lack) {
    if (f->passages) g_array_unref(f->passages);
    g_free(f->lack);
    *f = (Findings){passages, g_strdup(lack)};
}

// Searches what is asked about; the lock is held before and after.
static void look_up(Recollection *r) {
    g_autofree char *model = g_strdup(r->model);
    GArray *tokens = g_array_ref(r->tokens);
    g_atomic_int_set(&r->stop, false);
    monitor_unlock(&r->worker.monitor);
    if (g_strcmp0(model, r->index.model) != 0) read_index(r, model);
    GArray *found = r->index.training.index ? search(r, tokens) : NULL;
    monitor_lock(&r->worker.monitor);
    if (r->tokens == tokens) {
        findings_set(&r->found, found, r->index.failure);
        r->searched = true;
    } else if (found) {
        g_array_unref(found);
    }
    g_array_unref(tokens);
    wake_up(r->wake);
}

// Nothing is asked: gives back the memory of the index. The lock is held before and
// after.
static void rest(Recollection *r) {
    monitor_unlock(&r->worker.monitor);
    forget(r);
    monitor_lock(&r->worker.monitor);
}

static bool work(void *data) {
    Recollection *r = data;
    if (r->model && !r->searched)
        look_up(r);
    else if (!r->model && r->index.model)
        rest(r);
    else
        return false;
    return true;
}

Recollection *recollection_new(Wake wake) {
    Recollection *r = g_new0(Recollection, 1);
    r->wake = wake;
    worker_start_in_background(&r->worker, "recollection", work, r);
    return r;
}

static void replace(Recollection *r, const char *model, GArray *tokens) {
    if (r->tokens) g_array_unref(r->tokens);
    g_free(r->model);
    r->model = g_strdup(model), r->tokens = tokens;
    r->searched = false;
}

// Until the new piece is searched, the passages that it has in common with the one
// before are shown.
static GArray *still_known(const Recollection *r, const GArray *tokens) {
    if (!r->found.passages || !r->tokens || !tokens) return NULL;
    GArray *ret = passages_new();
    guint common = tokenizer_in_common(r->tokens, tokens);
    int64_t until = lens_step(&g_array_index(tokens, Token, 0), (int)tokens->len,
                              (int)common);
    for (guint i = 0; i < r->found.passages->len; i++) {
        const ViewPassage *passage = &g_array_index(r->found.passages, ViewPassage, i);
        if (tokenizer_step(passage->span.to) < until) add(ret, *passage);
    }
    return ret;
}

// Takes the reference to the tokens over.
static void ask(Recollection *r, const char *model, GArray *tokens) {
    monitor_lock(&r->worker.monitor);
    bool same = g_strcmp0(model, r->model) == 0;
    if (!same) g_atomic_int_set(&r->stop, true);
    findings_set(&r->found, same ? still_known(r, tokens) : NULL, NULL);
    replace(r, model, tokens);
    monitor_changed(&r->worker.monitor);
    monitor_unlock(&r->worker.monitor);
}

void recollection_free(Recollection *r) {
    if (!r) return;
    ask(r, NULL, NULL); // stops reading an index
    worker_end(&r->worker);
    findings_set(&r->found, NULL, NULL);
    findings_set(&r->shown, NULL, NULL);
    forget(r);
    g_free(r);
}

bool recollection_is_behind(const Recollection *r, int version) {
    return r->model && r->refresh.version != version;
}

void recollection_follow(Recollection *r, const char *model, const Performance *p,
                         int version, int64_t changed) {
    bool anew = g_strcmp0(model, r->model) != 0;
    if (!model && anew) ask(r, NULL, NULL);
    if (model && refresh_due(&r->refresh, anew, version, changed))
        ask(r, model, tokenizer_encode(p, TOKENIZER_PEDAL));
}

void recollection_show(Recollection *r, View *v) {
    const Findings *f = &r->shown;
    monitor_lock(&r->worker.monitor);
    findings_set(&r->shown, r->found.passages ? g_array_ref(r->found.passages) : NULL,
                 r->found.lack);
    monitor_unlock(&r->worker.monitor);
    v->lens.passages_known = f->passages != NULL;
    v->lens.passages = f->passages ? &g_array_index(f->passages, ViewPassage, 0) : NULL;
    v->lens.passage_count = f->passages ? (int)f->passages->len : 0;
    v->lens.passages_lack = f->lack;
}
