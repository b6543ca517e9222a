// Gives every file of a folder to a harness: replay_NAME FOLDER Prints TAP. Inputs that
// the fuzzer found are kept in these folders under names that describe the fault.
#include "tests/fuzz/fuzz.h"

#include <glib.h>

int main(int argc, char **argv) {
    GDir *dir = argc == 2 ? g_dir_open(argv[1], 0, NULL) : NULL;
    const char *name;
    int count = 0;
    if (!dir) return 1;
    while ((name = g_dir_read_name(dir))) {
        g_autofree char *path = g_build_filename(argv[1], name, NULL);
        g_autofree char *bytes = NULL;
        gsize size;
        if (!g_file_get_contents(path, &bytes, &size, NULL)) return 1;
        // Exactly as large as needed, so that reading beyond the end is detected.
        g_autofree uint8_t *data = g_memdup2(bytes, size);
        LLVMFuzzerTestOneInput(data, size);
        printf("ok %d - %s is survived\n", ++count, name);
    }
    g_dir_close(dir);
    printf("1..%d\n", count);
    return count == 0;
}
