#include "app/desktop/piece/exports.h"

#include "app/base/outputs.h"
#include "app/base/paths.h"
#include "midi/smf/smf_write.h"

void exports_open(Exports *e) { *e = (Exports){.name = export_name_new()}; }

void exports_close(Exports *e) {
    if (e->mixdown) {
        mixdown_cancel(e->mixdown);
        mixdown_finish(e->mixdown, NULL);
    }
    export_name_free(e->name);
    g_free(e->shown);
    *e = (Exports){0};
}

void exports_set_folder(Exports *e, const char *file, const char *last) {
    g_autofree char *beside = g_path_get_dirname(file);
    bool there = g_path_is_absolute(file) && g_file_test(beside, G_FILE_TEST_IS_DIR);
    export_name_set_folder(e->name, there ? beside : *last ? last : g_get_home_dir());
}

static bool is_apart(const Exports *e, const char *file, const ExportReads *reads,
                     GError **error) {
    return outputs_are_apart(PATHS(reads->model, reads->soundfont, reads->open),
                             PATHS(e->mixdown ? mixdown_path(e->mixdown) : NULL, file),
                             error);
}

bool exports_write_midi(Exports *e, const char *file, const Document *d,
                        const DocumentPath *path, const ExportReads *reads,
                        GError **error) {
    if (!is_apart(e, file, reads, error)) return false;
    g_autofree char *receipt = document_receipt(d, d->view.take, PROMPT_INCLUDE);
    g_autofree uint8_t *parts = document_path_parts(path);
    g_autoptr(GBytes)
        bytes = smf_write_parts(&path->performance, parts, receipt, error);
    if (!bytes || !path_write(file, g_bytes_get_data(bytes, NULL),
                              g_bytes_get_size(bytes), error))
        return false;
    export_name_add(e->name, file);
    return true;
}

bool exports_begin_sound(Exports *e, const char *file, const Document *d,
                         const ExportReads *reads, float reverb, GError **error) {
    SoundFormat format;
    if (!sound_format_choose(&format, file, SOUND_USUAL, SOUND_USUAL, error) ||
        !is_apart(e, file, reads, error) || !path_can_write(file, error))
        return false;
    DocumentPath copy;
    document_path(&copy, d, d->view.take);
    e->mixdown = mixdown_start(file, reads->soundfont, reverb, format,
                               &copy.performance);
    document_path_clear(&copy);
    return true;
}

bool exports_write_sound(const Exports *e) { return e->mixdown != NULL; }

void exports_cancel(Exports *e) {
    if (e->mixdown) mixdown_cancel(e->mixdown);
}

bool exports_end(Exports *e, ExportEnd *ret) {
    bool over = false;
    if (e->mixdown) mixdown_done(e->mixdown, &over);
    if (!over) return false;
    *ret = (ExportEnd){.file = g_strdup(mixdown_path(e->mixdown))};
    ret->written = mixdown_finish(g_steal_pointer(&e->mixdown), &ret->error);
    if (ret->written) export_name_add(e->name, ret->file);
    return true;
}

void exports_show(Exports *e, const char *name, View *ret) {
    bool over;
    g_clear_pointer(&e->shown, g_free);
    ret->files.export_path = export_name(e->name, name);
    if (!e->mixdown) return;
    e->shown = g_filename_display_basename(mixdown_path(e->mixdown));
    ret->notices.exporting = (ViewExport){e->shown, mixdown_done(e->mixdown, &over)};
}
