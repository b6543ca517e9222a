// The program that tests/program/kill_every_syscall.sh kills at every system call.
//   replace_demo save FILE GENERATION    replaces FILE by a page of that generation
//   replace_demo check FILE              prints the generation; exits with 1 if the
//                                        file is damaged
#include "model/files/replace.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 300001 // more than a buffer, and no multiple of one

static void fill(uint8_t *bytes, uint32_t generation) {
    memcpy(bytes, &generation, sizeof generation);
    for (size_t i = sizeof generation; i < SIZE; i++)
        bytes[i] = (uint8_t)(generation * 31 + i * 7 + (i >> 11));
}

static int save(const char *path, uint32_t generation) {
    static uint8_t bytes[SIZE];
    fill(bytes, generation);
    g_autoptr(GError) error = NULL;
    if (replace_contents(path, bytes, SIZE, &error)) return 0;
    fprintf(stderr, "%s\n", error->message);
    return 1;
}

static int check(const char *path) {
    static uint8_t want[SIZE];
    g_autofree char *got = NULL;
    gsize size;
    uint32_t generation;
    if (!g_file_get_contents(path, &got, &size, NULL) || size != SIZE) return 1;
    memcpy(&generation, got, sizeof generation);
    fill(want, generation);
    if (memcmp(got, want, SIZE) != 0) return 1;
    printf("%u\n", (unsigned)generation);
    return 0;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "save") == 0)
        return save(argv[2], (uint32_t)strtoul(argv[3], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "check") == 0) return check(argv[2]);
    fprintf(stderr, "usage: replace_demo save FILE GENERATION | check FILE\n");
    return 2;
}
