#include "midi/file_name.h"

#include <glib.h>
#include <string.h>

bool file_name_is_midi(const char *name) {
    static const char *const endings[] = {".mid", ".midi", ".smf", ".rmi", ".kar"};
    const char *slash = strrchr(name, '/'), *dot = strrchr(name, '.');
    if (!dot || dot == (slash ? slash + 1 : name)) return false;
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_ascii_strcasecmp(dot, endings[i]) == 0) return true;
    return false;
}
