#include "app/desktop/piece/opening.h"

#include "app/document/document_file.h"
#include "midi/smf/smf_read.h"

static bool read_midi(Opened *ret, const char *path, const char *name, GError **error) {
    Performance p = {0};
    SmfReport report;
    if (!smf_read_music(path, &p, &report, error)) return false;
    bool ok = document_begin(&ret->document, ORIGIN_OPENED, name, &p, error);
    performance_clear(&p);
    g_autofree char *odd = smf_report_warnings(&report);
    if (!ok || !odd) return ok;
    g_autofree char *shown = g_filename_display_basename(path);
    ret->remark = g_strdup_printf("%s: %s", shown, odd);
    return true;
}

bool opening_read(Opened *ret, const char *path, const char *name, GError **error) {
    *ret = (Opened){0};
    if (!g_str_has_suffix(path, DOCUMENT_SUFFIX))
        return read_midi(ret, path, name, error);
    bool ok = document_load(&ret->document, path, &ret->remark, error);
    ret->damaged = ret->remark != NULL;
    return ok;
}

bool opening_begin(Document *ret, GError **error) {
    return document_begin(ret, ORIGIN_PLAYED, "", &(Performance){0}, error);
}
