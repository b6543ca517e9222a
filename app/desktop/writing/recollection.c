#include "app/desktop/writing/recollection.h"

#include "app/data/repertoire.h"
#include "app/desktop/writing/refresh.h"
#include "app/generation/lens.h"
#include "midi/tokenizer.h"
#include "thread/worker.h"

struct Recollection {
    Worker worker;
    Wake wake;
    Refresh refresh; // main's, as the next two
    GArray *shown;   // owned: what the View borrows
    char *lack;

    // The thread's.
    char *path; // owned; of the model whose index this is
    Repertoire training;
    char *failure; // owned; why it could not be read

    volatile int stop; // atomic; 1: the index that is being read is not wanted any more

    // Under the worker's lock.
    char *model;    // owned; NULL: nothing is asked
    GArray *tokens; // a reference
    bool searched;  // those tokens are
    GArray *found;  // a reference; of ViewPassage; NULL: not known
    char *trouble;  // owned
};

static void forget(Recollection *r) {
    repertoire_clear(&r->training);
    g_clear_pointer(&r->path, g_free);
    g_clear_pointer(&r->failure, g_free);
}

// Leaves nothing if it was stopped.
static void read_index(Recollection *r, const char *model) {
    g_autoptr(GError) error = NULL;
    g_autofree char *path = repertoire_path(model);
    forget(r);
    r->path = g_strdup(model);
    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        r->failure = g_strdup("this model comes without an index of its training set");
    else if (!repertoire_load(&r->training, path, &r->stop, &error))
        r->failure = g_strdup(error->message);
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
        matches = repertoire_passages(&r->training, tokens, REPERTOIRE_PASSAGE);
    for (guint i = 0; i < matches->len; i++) {
        const Match *m = &g_array_index(matches, Match, i);
        add(ret, (ViewPassage){{m->query_onset, m->query_last},
                               m->notes,
                               r->training.names->pdata[m->piece]});
    }
    return ret;
}

static void set_found(Recollection *r, GArray *found, const char *trouble) {
    if (r->found) g_array_unref(r->found);
    g_free(r->trouble);
    r->found = found;
    r->trouble = g_strdup(trouble);
}

// Searches what is asked about; the lock is held before and after.
static void look_up(Recollection *r) {
    g_autofree char *model = g_strdup(r->model);
    GArray *tokens = g_array_ref(r->tokens);
    g_atomic_int_set(&r->stop, false);
    monitor_unlock(&r->worker.monitor);
    if (g_strcmp0(model, r->path) != 0) read_index(r, model);
    GArray *found = r->training.index ? search(r, tokens) : NULL;
    monitor_lock(&r->worker.monitor);
    if (r->tokens == tokens) {
        set_found(r, found, r->failure);
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
    else if (!r->model && r->path)
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
    if (!r->found || !r->tokens || !tokens) return NULL;
    GArray *ret = passages_new();
    guint common = tokenizer_in_common(r->tokens, tokens);
    int64_t until = lens_step(&g_array_index(tokens, Token, 0), (int)tokens->len,
                              (int)common);
    for (guint i = 0; i < r->found->len; i++) {
        const ViewPassage *passage = &g_array_index(r->found, ViewPassage, i);
        if (tokenizer_step(passage->span.to) < until) add(ret, *passage);
    }
    return ret;
}

// Takes the reference to the tokens over.
static void ask(Recollection *r, const char *model, GArray *tokens) {
    monitor_lock(&r->worker.monitor);
    bool same = g_strcmp0(model, r->model) == 0;
    if (!same) g_atomic_int_set(&r->stop, true);
    set_found(r, same ? still_known(r, tokens) : NULL, NULL);
    replace(r, model, tokens);
    monitor_changed(&r->worker.monitor);
    monitor_unlock(&r->worker.monitor);
}

void recollection_free(Recollection *r) {
    if (!r) return;
    ask(r, NULL, NULL); // stops reading an index
    worker_end(&r->worker);
    set_found(r, NULL, NULL);
    if (r->shown) g_array_unref(r->shown);
    g_free(r->lack);
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
    if (r->shown) g_array_unref(r->shown);
    g_free(r->lack);
    monitor_lock(&r->worker.monitor);
    r->shown = r->found ? g_array_ref(r->found) : NULL;
    r->lack = g_strdup(r->trouble);
    monitor_unlock(&r->worker.monitor);
    v->lens.passages_known = r->shown != NULL;
    v->lens.passages = r->shown ? &g_array_index(r->shown, ViewPassage, 0) : NULL;
    v->lens.passage_count = r->shown ? (int)r->shown->len : 0;
    v->lens.passages_lack = r->lack;
}
