#include "app/desktop/desktop.h"

#include <string.h>

static NoteSource source_of(Origin origin) {
    return origin == ORIGIN_OPENED   ? NOTE_OF_PROMPT
           : origin == ORIGIN_PLAYED ? NOTE_PLAYED
                                     : NOTE_OF_MODEL;
}

static NoteSource source_at(const Desktop *d, int64_t time) {
    return source_of(
        document_take(&d->document, document_path_take(&d->path, time))->origin);
}

static void show_parts(Desktop *d, View *v) {
    const GArray *spans = d->path.spans;
    bool lens = d->lens && d->writing.lens;
    g_array_set_size(d->parts, 0);
    g_array_set_size(d->attention, (guint)d->path.performance.note_count + 1);
    g_array_set_size(d->recalled, (guint)d->path.performance.note_count + 1);
    float *attention = &g_array_index(d->attention, float, 0);
    float *recalled = &g_array_index(d->recalled, float, 0);
    if (lens)
        lens_spread(attention, recalled, &d->path.performance, d->writing.lens,
                    d->writing.origin);
    for (guint i = 0; i < spans->len; i++) {
        const PathSpan *s = &g_array_index(spans, PathSpan, i);
        int64_t to = i + 1 < spans->len ? s[1].from : INT64_MAX;
        ViewPart part = {
            .music = &d->path.performance,
            .span = {s->from, to},
            .source = source_of(document_take(&d->document, s->take)->origin),
            .attention = lens ? attention : NULL,
            .recalled = lens ? recalled : NULL};
        g_array_append_val(d->parts, part);
    }
    // In an empty piece what is just played is seen as it would be continued.
    int64_t start, now = g_get_monotonic_time();
    bool empty = d->path.performance.note_count == 0 && d->capture.events->len > 0;
    if (empty &&
        capture_phrase(&d->capture, DESKTOP_SILENCE, now, &d->phrase, &start)) {
        ViewPart part = {.music = &d->phrase,
                         .span = {0, INT64_MAX},
                         .source = NOTE_PLAYED,
                         .ghost = true};
        g_array_append_val(d->parts, part);
    }
    v->parts = &g_array_index(d->parts, ViewPart, 0);
    v->part_count = (int)d->parts->len;
    v->end = d->end;
}

static void show_takes(Desktop *d, View *v) {
    const Document *doc = &d->document;
    int count = (int)doc->takes->len;
    g_autofree int *index = g_new(int, (gsize)count);
    g_array_set_size(d->takes, 0);
    g_string_chunk_clear(d->names);
    index[0] = v->take = v->compared = -1;
    for (int i = 1; i < count; i++) {
        if (!document_is_visible(doc, i)) continue;
        const Take *t = document_take(doc, i);
        char number[16];
        g_snprintf(number, sizeof number, "%d", i);
        index[i] = (int)d->takes->len;
        ViewTake take = {i,
                         index[t->parent],
                         t->fork,
                         t->end,
                         desktop_stream(d, i) != NULL,
                         g_string_chunk_insert(d->names, *t->name ? t->name : number),
                         source_of(t->origin)};
        g_array_append_val(d->takes, take);
        if (i == doc->view.take) v->take = index[i];
        if (i == d->compared) v->compared = index[i];
    }
    v->takes = &g_array_index(d->takes, ViewTake, 0);
    v->take_count = (int)d->takes->len;
}

// What an edit did: "add take 3".
static char *words_of(const Edit *e) {
    switch (e->kind) {
    case OPERATION_ADD: return g_strdup_printf("take %d", e->take);
    case OPERATION_REMOVE: return g_strdup_printf("delete take %d", e->take);
    case OPERATION_RESTORE: return g_strdup_printf("restore take %d", e->take);
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

static void show_edits(Desktop *d, View *v) {
    const Document *doc = &d->document;
    g_clear_pointer(&d->undo, g_free);
    g_clear_pointer(&d->redo, g_free);
    const Edit *edits = &g_array_index(doc->edits, Edit, 0);
    if (document_can_undo(doc)) {
        g_autofree char *words = words_of(&edits[doc->edits_done - 1]);
        d->undo = g_strdup_printf("Undo: %s", words);
    }
    if (document_can_redo(doc)) {
        g_autofree char *words = words_of(&edits[doc->edits_done]);
        d->redo = g_strdup_printf("Redo: %s", words);
    }
    v->undo = d->undo, v->redo = d->redo;
}

static void show_keys(const Desktop *d, View *v) {
    uint8_t playback = (uint8_t)(1 + source_at(d, d->position));
    const int hands = 1 << SOURCE_HANDS | 1 << SOURCE_MIDI | 1 << SOURCE_TEST;
    for (int p = 0; p < 128; p++) {
        int held = engine_held(d->engine, p);
        v->keys[p] = held & hands ? 1 + NOTE_PLAYED : held ? playback : 0;
    }
    v->pedal = (uint8_t)engine_state(d->engine).pedal;
}

static void show_writing(Desktop *d, View *v) {
    const WriterState *w = &d->writing;
    const WriterModel *m = writer_model(d->writer);
    const Stream *s = desktop_stream(d, d->document.view.take);
    bool waits = d->playing && player_state(d->player).waits;
    if (!m)
        v->writing = WRITING_NO_MODEL;
    else if (d->streams->len == 0)
        v->writing = WRITING_IDLE;
    else if (w->reading)
        v->writing = WRITING_READING;
    else
        v->writing = waits && s ? WRITING_BEHIND : WRITING_AHEAD;
    v->pace = (ViewSpeed){w->rate, w->needed * d->settings.speed,
                          (double)(d->end - d->position) / 1e6, w->context,
                          m ? m->context : 0};
    v->horizon = (ViewHorizon){w->context > 0, w->attended, w->latents};
    bool answers = d->playing || d->streams->len;
    v->duet = !d->duet.on                   ? DUET_OFF
              : answers && d->duet.take < 0 ? DUET_ANSWERING
                                            : DUET_LISTENING;
}

static void show_sampling(const Desktop *d, View *v) {
    const Settings *s = &d->settings;
    v->sampling = (ViewSampling){s->temperature, s->top_p, s->min_p, s->seconds,
                                 s->endless,     s->takes, s->seed,  s->keep_seed};
}

static ViewChoices shown(const Choices *c, const char *value) {
    ViewChoices ret = {(const char *const *)c->names->pdata, (int)c->names->len, -1};
    for (int i = 0; i < ret.count && ret.chosen < 0; i++)
        if (strcmp(c->values->pdata[i], value) == 0) ret.chosen = i;
    return ret;
}

static void show_sound(Desktop *d, View *v) {
    const Settings *s = &d->settings;
    OutputState o = output_state(d->output);
    EngineStats stats = engine_stats(d->engine);
    desktop_list_sound(d);
    v->sound = (ViewSound){
        .volume = s->volume,
        .running = o.phase == OUTPUT_PLAYING || o.phase == OUTPUT_OPENING,
        .latency = o.latency,
        .underruns = stats.underruns,
        .buffer = s->buffer_frames,
        .outputs = shown(&d->outputs, s->audio_device),
        .soundfonts = shown(&d->soundfonts, *s->soundfont ? s->soundfont : o.soundfont),
        .inputs = shown(&d->inputs, s->midi_input)};
}

static void show_messages(Desktop *d, View *v) {
    int64_t now = g_get_monotonic_time();
    for (Concern c = 0; c < CONCERNS; c++) {
        Notice *n = &d->notices[c];
        if (n->until && now > n->until) desktop_unsay(d, c);
        v->messages[c] = (ViewMessage){n->text, n->wrong};
    }
}

static void show_files(Desktop *d, View *v) {
    v->title = d->title;
    v->folder = *d->settings.folder ? d->settings.folder : NULL;
    v->recent = (const char *const *)d->recent;
    v->recent_count = (int)g_strv_length(d->recent);
    v->recovery = d->recovery;
    g_autofree char *stem = desktop_export_stem(d);
    v->export_path = export_name(d->export_name, stem);
    g_clear_pointer(&d->exporting, g_free);
    bool over;
    if (!d->mixdown) return;
    d->exporting = g_filename_display_basename(mixdown_path(d->mixdown));
    v->exporting = (ViewExport){d->exporting, mixdown_done(d->mixdown, &over)};
}

void desktop_view(Desktop *d, View *v) {
    const DocumentView *at = &d->document.view;
    desktop_refresh(d);
    *v = (View){.document = d->number,
                .position = d->position,
                .playing = d->playing,
                .speed = d->settings.speed,
                .loop = at->looping,
                .loop_span = {at->loop_from, at->loop_to},
                .selection = {at->selection_from, at->selection_to},
                .continue_at = desktop_continue_at(d),
                .heard = d->capture.events->len > 0};
    show_parts(d, v);
    show_takes(d, v);
    show_edits(d, v);
    show_keys(d, v);
    show_writing(d, v);
    show_sampling(d, v);
    show_sound(d, v);
    show_messages(d, v);
    show_files(d, v);
}
