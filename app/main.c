// The program par-midi: passes the command line to the command that it names.
#include "app/base/messages.h"
#include "app/commands.h"
#include "app/desktop/desktop.h"
#include "app/document/document_file.h"
#include "midi/file_name.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage, *help;
} commands[] = {
    {"continue", cmd_continue, "IN.mid -o OUT.mid [--audio OUT.wav]",
     "continue a performance with a model"},
    {"play", cmd_play, "IN.mid [--port NAME]",
     "play a performance through the speakers or a MIDI port"},
    {"render", cmd_render, "IN.mid -o OUT.wav", "turn a performance into sound"},
    {"train", cmd_train, "DIR...", "train a model on a folder of MIDI files"},
    {"eval", cmd_eval, "PATH...", "measure how well a model predicts performances"},
    {"score", cmd_score, "IN.mid", "print how surprising each note is to a model"},
    {"tokenize", cmd_tokenize, "IN.mid", "print a performance as token ids"},
    {"detokenize", cmd_detokenize, "[IDS.txt] -o OUT.mid",
     "turn token ids into a MIDI file"},
    {"info", cmd_info, "[MODEL]", "describe a model file"},
    {"models", cmd_models, "", "list the installed models"},
    {"bench", cmd_bench, "", "measure how fast this machine trains and generates"},
    {"doctor", cmd_doctor, "", "check this machine: model, sound, MIDI ports, CPU"},
};

static void usage(FILE *to) {
    fputs("par-midi continues piano performances with a neural network, live or from "
          "files.\n\n",
          to);
    fprintf(to, "  par-midi %-10s %-35s %s\n", "[FILE.mid]", "",
            "open the window: play, continue and listen");
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++)
        fprintf(to, "  par-midi %-10s %-35s %s\n", commands[i].name, commands[i].usage,
                commands[i].help);
    fputs("\npar-midi COMMAND --help shows the options of a command, par-midi "
          "--version the "
          "version.\n",
          to);
}

static bool is_piece(const char *path) {
    g_autofree char *lower = g_ascii_strdown(path, -1);
    return file_name_is_midi(path) || g_str_has_suffix(lower, DOCUMENT_SUFFIX);
}

int main(int argc, char **argv) {
    message_watch_memory();
    // If a file would exceed the size limit, writing fails as on a full disk: the
    // writer reports an error and removes its temporary file.
    signal(SIGXFSZ, SIG_IGN);
    setlocale(LC_CTYPE, ""); // for names of files; numbers stay as in C
    g_set_prgname("par-midi");
    if (argc < 2) return desktop_run(NULL);
    const char *first = argv[1];
    if (strcmp(first, "--help") == 0 || strcmp(first, "-h") == 0) {
        usage(stdout);
        return 0;
    }
    if (strcmp(first, "--version") == 0) {
        puts("par-midi " PAR_VERSION);
        return 0;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(first, commands[i].name) != 0) continue;
        g_autofree char *name = g_strconcat("par-midi ", first, NULL);
        g_set_prgname(name);
        return commands[i].run(argc - 1, argv + 1);
    }
    if (argc == 2 && is_piece(first)) return desktop_run(first);
    message_warn("there is no command '%s'", first);
    usage(stderr);
    return 2;
}
