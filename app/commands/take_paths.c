#include "app/commands/take_paths.h"

#include "app/base/paths.h"

#include <string.h>

char *take_path(const char *path, int take, int takes) {
    if (takes == 1) return g_strdup(path);
    const char *name = strrchr(path, G_DIR_SEPARATOR);
    const char *dot = strrchr(name ? name : path, '.');
    int stem = dot ? (int)(dot - path) : (int)strlen(path);
    return g_strdup_printf("%.*s-%d%s", stem, path, take, path + stem);
}

bool take_paths_can_write(const char *path, int takes, GError **error) {
    bool ok = true;
    for (int take = 1; take <= takes && ok; take++) {
        g_autofree char *name = take_path(path, take, takes);
        ok = path_can_write(name, error);
    }
    return ok;
}
