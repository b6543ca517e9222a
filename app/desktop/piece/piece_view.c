#include "app/desktop/piece/piece_view.h"

#include "app/desktop/playing/playback_list.h"
#include "app/generation/lens.h"

void piece_view_open(PieceView *s) {
    *s = (PieceView){.parts = g_array_new(false, false, sizeof(ViewPart)),
                     .takes = g_array_new(false, false, sizeof(ViewTake)),
                     .attention = g_array_new(false, false, sizeof(float)),
                     .recalled = g_array_new(false, false, sizeof(float)),
                     .surprise = g_array_new(false, false, sizeof(float)),
                     .names = g_string_chunk_new(256)};
}

void piece_view_close(PieceView *s) {
    g_array_unref(s->parts);
    g_array_unref(s->takes);
    g_array_unref(s->attention);
    g_array_unref(s->recalled);
    g_array_unref(s->surprise);
    g_string_chunk_free(s->names);
    g_free(s->undo);
    g_free(s->redo);
    *s = (PieceView){0};
}

static NoteSource source_of(Origin origin) {
    return origin == ORIGIN_OPENED   ? NOTE_OF_PROMPT
           : origin == ORIGIN_PLAYED ? NOTE_PLAYED
                                     : NOTE_OF_MODEL;
}

NoteSource piece_view_source(const Document *d, const DocumentPath *path,
                             int64_t time) {
    return source_of(document_take(d, document_path_take(path, time))->origin);
}

static float *sized(GArray *numbers, size_t notes) {
    g_array_set_size(numbers, (guint)notes + 1);
    return &g_array_index(numbers, float, 0);
}

static void add_ghost(PieceView *s, const Performance *music, int64_t from,
                      NoteSource source) {
    ViewPart part = {
        .music = music, .span = {from, INT64_MAX}, .source = source, .ghost = true};
    g_array_append_val(s->parts, part);
}

static void give_parts(const PieceView *s, View *ret) {
    ret->piece.parts = &g_array_index(s->parts, ViewPart, 0);
    ret->piece.part_count = (int)s->parts->len;
}

void piece_view_parts(PieceView *s, const Document *d, const DocumentPath *path,
                      const GArray *lens, int64_t origin, const Performance *phrase,
                      View *ret) {
    const Performance *music = &path->performance;
    float *attention = sized(s->attention, music->note_count);
    float *recalled = sized(s->recalled, music->note_count);
    g_array_set_size(s->parts, 0);
    if (lens) lens_spread(attention, recalled, music, lens, origin);
    for (guint i = 0; i < path->spans->len; i++) {
        const PathSpan *span = &g_array_index(path->spans, PathSpan, i);
        int64_t to = i + 1 < path->spans->len ? span[1].from : INT64_MAX;
        ViewPart part = {.music = music,
                         .span = {span->from, to},
                         .source = source_of(document_take(d, span->take)->origin),
                         .attention = lens ? attention : NULL,
                         .recalled = lens ? recalled : NULL};
        g_array_append_val(s->parts, part);
    }
    if (music->note_count == 0 && phrase) add_ghost(s, phrase, 0, NOTE_PLAYED);
    give_parts(s, ret);
}

void piece_view_ghost(PieceView *s, const Performance *phrase, const Performance *notes,
                      int64_t from, View *ret) {
    if (phrase) add_ghost(s, phrase, 0, NOTE_PLAYED);
    add_ghost(s, notes, from, NOTE_OF_MODEL);
    give_parts(s, ret);
}

void piece_view_surprise(PieceView *s, const DocumentPath *path, const GArray *notes,
                         NoteAspect aspect) {
    const Performance *music = &path->performance;
    float *surprise = sized(s->surprise, music->note_count);
    for (size_t i = 0; i < music->note_count; i++) surprise[i] = -1;
    if (notes) note_scores_spread(surprise, music, notes, aspect);
    for (guint i = 0; i < s->parts->len; i++) {
        ViewPart *part = &g_array_index(s->parts, ViewPart, i);
        if (part->music == music) part->surprise = surprise;
    }
}

void piece_view_takes(PieceView *s, const Document *d, int compared,
                      const GPtrArray *streams, View *ret) {
    int count = (int)d->takes->len;
    g_autofree int *index = g_new(int, (gsize)count);
    g_array_set_size(s->takes, 0);
    g_string_chunk_clear(s->names);
    index[0] = ret->takes.audible = ret->takes.compared = -1;
    for (int i = 1; i < count; i++) {
        if (!document_is_visible(d, i)) continue;
        const Take *t = document_take(d, i);
        char number[16];
        g_snprintf(number, sizeof number, "%d", i);
        index[i] = (int)s->takes->len;
        int parent = t->parent; // a bridge may branch off an earlier ancestor
        document_fork_point(d, &parent, t->fork);
        ViewTake take = {i,
                         index[parent],
                         t->fork,
                         t->until ? t->until : t->end,
                         stream_find(streams, i) != NULL,
                         g_string_chunk_insert(s->names, *t->name ? t->name : number),
                         source_of(t->origin)};
        g_array_append_val(s->takes, take);
        if (i == d->view.take) ret->takes.audible = index[i];
        if (i == compared) ret->takes.compared = index[i];
    }
    ret->takes.list = &g_array_index(s->takes, ViewTake, 0);
    ret->takes.count = (int)s->takes->len;
}

// Describes edit `i` in words: "delete take 3". Of edits that are undone together, `i`
// is the last.
static char *words_of(const Edit *edits, guint i) {
    const Edit *e = &edits[i];
    if (e->joined && e->kind == OPERATION_REMOVE) {
        while (edits[i].joined) i--;
        return g_strdup(edits[i].kind == OPERATION_VIEW ? "go back from the bridge"
                                                        : "keep the bridge");
    }
    switch (e->kind) {
    case OPERATION_ADD: return g_strdup_printf("take %d", e->take);
    case OPERATION_REMOVE: return g_strdup_printf("delete take %d", e->take);
    case OPERATION_RESTORE: return g_strdup_printf("restore take %d", e->take);
    case OPERATION_BARS: return g_strdup("the bars you tapped");
    case OPERATION_RENAME: return g_strdup_printf("rename take %d", e->take);
    default: break;
    }
    const DocumentView *a = &e->view[0], *b = &e->view[1];
    if (a->take != b->take)
        return b->take ? g_strdup_printf("change to take %d", b->take)
                       : g_strdup("change to the prompt");
    if (a->selection_from != b->selection_from || a->selection_to != b->selection_to)
        return g_strdup("select the prompt");
    return g_strdup(a->point != b->point ? "move the mark" : "set the loop");
}

// Returns the last of the edits that are redone together.
static guint last_at_once(const Document *d) {
    guint last = d->edits_done;
    while (last + 1 < d->edits->len && g_array_index(d->edits, Edit, last + 1).joined)
        last++;
    return last;
}

void piece_view_edits(PieceView *s, const Document *d, View *ret) {
    g_clear_pointer(&s->undo, g_free);
    g_clear_pointer(&s->redo, g_free);
    const Edit *edits = &g_array_index(d->edits, Edit, 0);
    if (document_can_undo(d)) {
        g_autofree char *words = words_of(edits, d->edits_done - 1);
        s->undo = g_strdup_printf("Undo: %s", words);
    }
    if (document_can_redo(d)) {
        g_autofree char *words = words_of(edits, last_at_once(d));
        s->redo = g_strdup_printf("Redo: %s", words);
    }
    ret->takes.undo = s->undo, ret->takes.redo = s->redo;
}
