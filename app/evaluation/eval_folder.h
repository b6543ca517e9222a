// A folder that is evaluated: how many of its files are used, and what decided that.
#ifndef APP_EVALUATION_EVAL_FOLDER_H
#define APP_EVALUATION_EVAL_FOLDER_H

#include <cjson/cJSON.h>
#include <glib.h>

#define EVAL_ALL "all"

typedef struct EvalFolder {
    char *folder;      // owned
    const char *split; // EVAL_ALL, or the name of a split
    char *why;         // owned; what decided it, such as "split by set.csv"
    int files;         // the number of files in that split
} EvalFolder;

void eval_folder_free(void *folder);

// Print arrays of EvalFolder *, one line each, on stdout; or add them to JSON.
void eval_folders_print(const GPtrArray *folders);
cJSON *eval_folders_json(const GPtrArray *folders);

#endif
