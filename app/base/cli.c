#include "app/base/cli.h"

#include "midi/smf_read.h"
#include "model/files/replace.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MODEL_FILE        "model.safetensors"
#define DEMO_FILE         "prompts/chopin-prelude-in-e-minor.mid"
#define ECHO_MILLISECONDS 200 // two signals within are one wish

// An empty name is a slip, often of a shell, that no later sentence could name.
// Returns 0, or the status to leave with after a sentence.
static int check_names(const GOptionEntry *entries, int argc, char **argv) {
    for (const GOptionEntry *e = entries; e->long_name; e++) {
        if (e->arg != G_OPTION_ARG_FILENAME) continue;
        const char *name = *(char **)e->arg_data;
        if (name && !*name) return cli_misuse("--%s: the name is empty", e->long_name);
    }
    for (int i = 1; i < argc; i++)
        if (!*argv[i]) return cli_misuse("argument %d: the name is empty", i);
    return 0;
}

bool cli_parse(int *argc, char ***argv, const char *usage, const char *summary,
               const char *description, const GOptionEntry *entries, int *status) {
    gboolean help = FALSE, version = FALSE;
    const GOptionEntry common[] = {
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show help", NULL},
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, "Show the version", NULL},
        {0},
    };
    // GOption's own --help would end the program itself.
    GOptionContext *context = g_option_context_new(usage);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, summary);
    g_option_context_set_description(context, description);
    g_option_context_add_main_entries(context, entries, NULL);
    g_option_context_add_main_entries(context, common, NULL);

    GError *error = NULL;
    *status = 0;
    if (!g_option_context_parse(context, argc, argv, &error)) {
        *status = cli_misuse("%s", error->message);
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

char *cli_printable(const char *text) {
    GString *ret = g_string_new(NULL);
    for (const char *at = text; *at;) {
        gunichar c = g_utf8_get_char_validated(at, -1);
        bool valid = c != (gunichar)-1 && c != (gunichar)-2;
        const char *next = valid ? g_utf8_next_char(at) : at + 1;
        if (valid && g_unichar_isprint(c))
            g_string_append_len(ret, at, next - at);
        else if (*at == '\n')
            g_string_append(ret, "\\n");
        else
            for (const char *byte = at; byte < next; byte++)
                g_string_append_printf(ret, "\\x%02x", (unsigned char)*byte);
        at = next;
    }
    return g_string_free(ret, FALSE);
}

static void say(const char *format, va_list arguments) {
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    g_autofree char *line = cli_printable(text);
    // A progress line may stand there.
    fprintf(stderr, "%spar-midi: %s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", line);
}

void cli_warn(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

int cli_fail(GError *error) {
    cli_warn("%s", error->message);
    g_error_free(error);
    return 1;
}

int cli_misuse(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *what = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    cli_warn("%s (%s --help says more)", what, g_get_prgname());
    return 2;
}

// The only globals: a signal handler can reach nothing else.
static volatile sig_atomic_t stop_signal, stops, counted, last_stop;

static int milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int)(now.tv_sec % 1000000 * 1000 + now.tv_nsec / 1000000);
}

static void on_stop(int signal_number) {
    // timeout(1) and other parents send a signal to the program and to its group.
    bool echo = stops > 0 && milliseconds() - last_stop < ECHO_MILLISECONDS;
    last_stop = milliseconds();
    if (echo) return;
    if (stops == (counted ? 2 : 1)) _exit(128 + signal_number);
    if (stops == 0) stop_signal = signal_number;
    stops = stops + 1;
}

static void watch_signals(void) {
    static bool watching;
    if (watching) return;
    struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    watching = true;
}

const volatile int *cli_stop_flag(void) {
    watch_signals();
    return &stop_signal;
}

int cli_stops(void) {
    watch_signals();
    counted = 1;
    return stops;
}

// GLib calls hardly anything but a failed allocation an error. Nothing that allocates
// can be called then.
static void on_log(const char *domain, GLogLevelFlags level, const char *message,
                   void *data) {
    static const char sentence[] = "par-midi: there is not enough memory\n";
    if (!(level & G_LOG_LEVEL_ERROR) || g_strcmp0(domain, "GLib") != 0) {
        g_log_default_handler(domain, level, message, data);
        return;
    }
    (void)!write(STDERR_FILENO, sentence, sizeof sentence - 1);
    _exit(1);
}

void cli_watch_memory(void) {
    g_log_set_default_handler(on_log, NULL);
    // cJSON by itself leaves out what it has no memory for, from a model's header too.
    cJSON_InitHooks(&(cJSON_Hooks){g_malloc, g_free});
}

// A regular file of this name in a folder, or NULL.
static char *file_in(const char *folder, const char *name) {
    g_autofree char *path = g_build_filename(folder, name, NULL);
    if (!g_file_test(path, G_FILE_TEST_IS_REGULAR)) return NULL;
    return g_canonicalize_filename(path, NULL);
}

// What came along with the program: beside it, or laid out around it as an installation
// is, which a build folder is, too (assets/meson.build), and which finds its own files
// wherever it was moved to; else where it was configured to be installed.
static char *find_data(const char *name) {
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *folder = program ? g_path_get_dirname(program) : NULL;
    g_autofree char *shared = folder
                                  ? g_build_filename(folder, "../share/par-midi", NULL)
                                  : NULL;
    const char *const folders[] = {folder, shared, PAR_DATA_DIR};
    char *path = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(folders) && !path; i++)
        if (folders[i]) path = file_in(folders[i], name);
    return path;
}

char *cli_find_model(const char *wanted, GError **error) {
    if (!wanted) wanted = g_getenv("PAR_MIDI_MODEL");
    if (wanted && *wanted) return g_strdup(wanted);
    char *path = find_data(MODEL_FILE);
    if (!path)
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                    "no model found: name one with --model FILE or in $PAR_MIDI_MODEL, "
                    "or train one with par-midi train");
    return path;
}

char *cli_find_demo(void) { return find_data(DEMO_FILE); }

// The name of the other of a run's two models, if `path` is one and that is whole.
static const char *whole_other(const char *path) {
    static const char *const names[] = {"best.safetensors", "last.safetensors"};
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *folder = g_path_get_dirname(path);
    for (int i = 0; i < 2; i++) {
        if (strcmp(name, names[i]) != 0) continue;
        g_autofree char *other = g_build_filename(folder, names[1 - i], NULL);
        Model model;
        if (!model_load(other, &model, NULL)) continue;
        model_free(&model);
        return names[1 - i];
    }
    return NULL;
}

bool cli_load_model(const char *path, Model *ret, GError **error) {
    GError *wrong = NULL;
    if (model_load(path, ret, &wrong)) return true;
    const char *other = whole_other(path);
    if (!other) {
        g_propagate_error(error, wrong);
        return false;
    }
    g_set_error(error, wrong->domain, wrong->code, "%s; %s beside it is whole",
                wrong->message, other);
    g_error_free(wrong);
    return false;
}

static void say_what_is_odd(const char *path, const SmfReport *report) {
    g_autofree char *odd = smf_report_warnings(report);
    if (odd) cli_warn("%s: %s", cli_input_name(path), odd);
}

bool cli_read_midi(const char *path, Performance *ret, GError **error) {
    SmfReport report;
    bool ok = smf_read(path, ret, &report, error);
    if (ok) say_what_is_odd(path, &report);
    return ok;
}

bool cli_read_music(const char *path, Performance *ret, GError **error) {
    SmfReport report;
    bool ok = smf_read_music(path, ret, &report, error);
    if (ok) say_what_is_odd(path, &report);
    return ok;
}

bool cli_is_stdio(const char *path) { return strcmp(path, "-") == 0; }

const char *cli_input_name(const char *path) {
    return cli_is_stdio(path) ? "standard input" : path;
}

bool cli_write(const char *path, const void *bytes, size_t size, GError **error) {
    if (!cli_is_stdio(path)) return replace_contents(path, bytes, size, error);
    if (fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0) return true;
    int code = errno;
    g_set_error(error, G_FILE_ERROR, (gint)g_file_error_from_errno(code),
                "standard output: could not be written: %s", g_strerror(code));
    return false;
}

bool cli_can_write(const char *path, GError **error) {
    return cli_is_stdio(path) || replace_check(path, error);
}
