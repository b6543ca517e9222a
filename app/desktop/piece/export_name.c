#include "app/desktop/piece/export_name.h"

#include "audio/files/sound_format.h"
#include "thread/references.h"

#include <glib.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

#define MOST 1000 // the highest number in an export's name

// The names in a folder. They belong to the thread until `read` is set, then to the
// main thread.
typedef struct Listing {
    References references; // held by the thread and the ExportName
    atomic_bool read;
    char *folder;
    GHashTable *names; // owned texts
} Listing;

struct ExportName {
    Listing *listing;
    GHashTable *added; // names added since this folder was set
    char *stem, *path; // the last answer; NULL: none is valid
    bool read;         // the value of Listing.read at that time
};

static void leave(Listing *l) {
    if (!l || !references_drop(&l->references)) return;
    g_free(l->folder);
    g_hash_table_unref(l->names);
    g_free(l);
}

static void *read_folder(void *data) {
    Listing *l = data;
    GDir *dir = g_dir_open(l->folder, 0, NULL);
    for (const char *name; dir && (name = g_dir_read_name(dir));)
        g_hash_table_add(l->names, g_strdup(name));
    if (dir) g_dir_close(dir);
    atomic_store(&l->read, true);
    leave(l);
    return NULL;
}

ExportName *export_name_new(void) {
    ExportName *n = g_new0(ExportName, 1);
    n->added = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return n;
}

void export_name_free(ExportName *n) {
    if (!n) return;
    leave(n->listing);
    g_hash_table_unref(n->added);
    g_free(n->stem);
    g_free(n->path);
    g_free(n);
}

static void forget(ExportName *n) {
    g_clear_pointer(&n->stem, g_free);
    g_clear_pointer(&n->path, g_free);
}

void export_name_set_folder(ExportName *n, const char *folder) {
    Listing *l = g_new0(Listing, 1);
    l->folder = g_strdup(folder);
    l->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    references_init(&l->references, 2);
    leave(n->listing);
    n->listing = l;
    g_hash_table_remove_all(n->added);
    forget(n);
    GThread *thread = g_thread_try_new("folder", read_folder, l, NULL);
    if (thread)
        g_thread_unref(thread);
    else
        leave(l);
}

void export_name_add(ExportName *n, const char *path) {
    g_autofree char *folder = g_path_get_dirname(path);
    if (!n->listing || strcmp(folder, n->listing->folder) != 0) return;
    g_hash_table_add(n->added, g_path_get_basename(path));
    forget(n);
}

static bool is_taken(const ExportName *n, const char *stem) {
    bool taken = false;
    for (int i = -1; i < SOUND_KINDS; i++) {
        const char *ending = i < 0 ? ".mid" : sound_format_ending((SoundKind)i);
        g_autofree char *name = g_strconcat(stem, ending, NULL);
        taken |= g_hash_table_contains(n->added, name) ||
                 (n->read && g_hash_table_contains(n->listing->names, name));
    }
    return taken;
}

const char *export_name(ExportName *n, const char *stem) {
    bool read = n->listing && atomic_load(&n->listing->read);
    if (n->path && read == n->read && strcmp(n->stem, stem) == 0) return n->path;
    forget(n);
    n->read = read;
    n->stem = g_strdup(stem);
    g_autofree char *name = g_strdup(stem);
    for (int i = 2; i <= MOST && is_taken(n, name); i++) {
        g_free(name);
        name = g_strdup_printf("%s %d", stem, i);
    }
    n->path = g_build_filename(n->listing ? n->listing->folder : ".", name, NULL);
    return n->path;
}
