// par-midi models lists the models that can be used by name.
#include "app/base/json.h"
#include "app/base/messages.h"
#include "app/base/models.h"
#include "app/base/options.h"
#include "app/commands.h"

#include <stdio.h>
#include <string.h>

static void print_text(const ModelCard *c, int width) {
    g_autofree char *line = model_card_text(c);
    g_autofree char *name = message_printable(c->name), *text = message_printable(line);
    g_autofree char *path = message_printable(c->path);
    // The message about an unreadable model already names the file.
    printf("%-*s  %s%s%s\n", width, name, text, c->trouble ? "" : "  ",
           c->trouble ? "" : path);
}

static cJSON *to_json(const ModelCard *c) {
    cJSON *json = cJSON_CreateObject();
    json_add_text(json, "name", c->name);
    json_add_text(json, "file", c->path);
    json_add_text(json, "trouble", c->trouble);
    if (c->trouble) return json;
    cJSON_AddNumberToObject(json, "parameters", c->parameters);
    cJSON_AddNumberToObject(json, "bytes", (double)c->bytes);
    cJSON_AddNumberToObject(json, "context", c->context);
    json_add_number(json, "nats_per_token", c->nats);
    json_add_text(json, "tokenizer", c->tokenizer);
    json_add_text(json, "licence", c->licence);
    return json;
}

static int name_width(char *const *paths) {
    size_t width = 0;
    for (; *paths; paths++) {
        g_autofree char *name = models_name(*paths), *text = message_printable(name);
        width = MAX(width, strlen(text));
    }
    return (int)MIN(width, 40);
}

int cmd_models(int argc, char **argv) {
    gboolean json = FALSE;
    int status;
    const GOptionEntry entries[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL},
        {0},
    };
    if (!options_parse(
            &argc, &argv, "",
            "Lists the installed models: name, size, context, nats per token on "
            "its\nrun's validation pieces, licence, file.",
            "--model NAME of the other commands takes one of these names. "
            "Your own are in\n$XDG_DATA_HOME/par-midi/models (default: "
            "~/.local/share/par-midi/models), where\npar-midi train --install "
            "NAME puts them.",
            entries, &status))
        return status;
    if (argc > 1) return message_misuse("models takes no arguments");
    g_auto(GStrv) paths = models_paths();
    cJSON *list = json ? cJSON_CreateArray() : NULL;
    int width = name_width(paths);
    for (char **at = paths; *at; at++) {
        ModelCard card;
        model_card_read(*at, &card);
        if (json)
            cJSON_AddItemToArray(list, to_json(&card));
        else
            print_text(&card, width);
        model_card_clear(&card);
    }
    if (json) json_print(list);
    return 0;
}
