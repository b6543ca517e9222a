#include "app/base/options.h"

#include "app/base/messages.h"

#include <stdio.h>

// Refuses empty file names. They are mistakes, often of a shell script, and a later
// message could not name the file. Returns 0, or the exit status after printing a
// message.
static int check_names(const GOptionEntry *entries, int argc, char **argv) {
    for (const GOptionEntry *e = entries; e->long_name; e++) {
        if (e->arg != G_OPTION_ARG_FILENAME) continue;
        const char *name = *(char **)e->arg_data;
        if (name && !*name)
            return message_misuse("--%s: the name is empty", e->long_name);
    }
    for (int i = 1; i < argc; i++)
        if (!*argv[i]) return message_misuse("argument %d: the name is empty", i);
    return 0;
}

bool options_parse(int *argc, char ***argv, const char *usage, const char *summary,
                   const char *description, const GOptionEntry *entries, int *status) {
    gboolean help = FALSE, version = FALSE;
    const GOptionEntry common[] = {
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show help", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Show the version", NULL},
        {0},
    };
    // GOption's own --help would end the program, so it is replaced.
    GOptionContext *context = g_option_context_new(usage);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_add_main_entries(context, common, NULL);

    GError *error = NULL;
    *status = 0;
    if (!g_option_context_parse(context, argc, argv, &error)) {
        *status = message_misuse("%s", error->message);
        g_error_free(error);
    } else if (help) {
        g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
        puts(g_strchomp(text));
    } else if (version) {
        puts("par-midi " PAR_VERSION);
    } else {
        *status = check_names(entries, *argc, *argv);
    }
    g_option_context_free(context);
    return *status == 0 && !help && !version;
}

static const OptionGiven *first(const OptionGiven *options) {
    while (options->name && !options->given) options++;
    return options->name ? options : NULL;
}

bool options_clash(const char *with, bool given, const OptionGiven *options) {
    const OptionGiven *o = given ? first(options) : NULL;
    return o && message_misuse("--%s cannot be given with --%s", o->name, with);
}

bool options_lack(const char *needed, bool given, const OptionGiven *options) {
    const OptionGiven *o = given ? NULL : first(options);
    return o && message_misuse("--%s needs --%s", o->name, needed);
}

int options_seed(const char *given, uint64_t *ret) {
    if (!given || g_ascii_string_to_unsigned(given, 10, 0, G_MAXUINT64, ret, NULL))
        return 0;
    return message_misuse("--seed is a whole number from 0 to %" G_GUINT64_FORMAT,
                          G_MAXUINT64);
}
