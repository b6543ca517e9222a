#include "app/evaluation/eval_folder.h"

#include "app/base/json.h"
#include "app/base/messages.h"

#include <stdio.h>
#include <string.h>

void eval_folder_free(void *folder) {
    EvalFolder *f = folder;
    g_free(f->folder);
    g_free(f->why);
    g_free(f);
}

void eval_folders_print(const GPtrArray *folders) {
    for (guint i = 0; i < folders->len; i++) {
        const EvalFolder *f = folders->pdata[i];
        g_autofree char *name = message_printable(f->folder);
        if (strcmp(f->split, EVAL_ALL) == 0)
            printf("%s: all %d files, %s\n", name, f->files, f->why);
        else
            printf("%s: %d files for %s, %s\n", name, f->files, f->split, f->why);
    }
}

cJSON *eval_folders_json(const GPtrArray *folders) {
    cJSON *json = cJSON_CreateArray();
    for (guint i = 0; i < folders->len; i++) {
        const EvalFolder *f = folders->pdata[i];
        cJSON *object = cJSON_CreateObject();
        json_add_text(object, "folder", f->folder);
        cJSON_AddStringToObject(object, "split", f->split);
        cJSON_AddStringToObject(object, "why", f->why);
        cJSON_AddNumberToObject(object, "files", f->files);
        cJSON_AddItemToArray(json, object);
    }
    return json;
}
