// par-midi continue: continues a performance with a model, into files.
#include "app/base/inputs.h"
#include "app/base/interrupt.h"
#include "app/base/messages.h"
#include "app/base/options.h"
#include "app/base/outputs.h"
#include "app/base/paths.h"
#include "app/base/progress.h"
#include "app/commands.h"
#include "app/generation/continuation.h"
#include "app/generation/receipt.h"
#include "app/generation/recording.h"
#include "audio/soundfont.h"
#include "midi/smf_write.h"
#include "model/files/memory.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define SECONDS   30.0 // unless told how long
#define LONGEST   86400.0
#define NOT_GIVEN (-DBL_MAX)
#define NO_COUNT  G_MININT // not given, of whole numbers

typedef struct Arguments {
    char *in, *out, *audio, *model, *soundfont, *prompt, *seed; // owned
    double seconds, from, temperature, top_p, min_p, pitch_temperature, pitch_top_p;
    double dials[DIALS]; // as they are said
    gint64 tokens;
    int top_k, takes, threads;
    gboolean from_scratch, natural_end, exact;
    RecordingWish sound;
} Arguments;

// What does not change from take to take.
typedef struct Job {
    const Arguments *arguments; // borrowed
    Plan plan;                  // of the first take
    Recording recording; // of --audio: of which take, and on which piano, comes later
    PromptPart part;
    TokenizerKind tokenizer;
    Model model;                        // owned
    Weights *weights;                   // owned
    Prompt prompt;                      // owned
    Pool *pool;                         // owned
    char *model_path, *soundfont_found; // owned
} Job;

static void arguments_clear(Arguments *a) {
    char *texts[] = {a->in,        a->out,    a->audio, a->model,
                     a->soundfont, a->prompt, a->seed};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_free(texts[i]);
}

static bool parse(Arguments *a, int argc, char **argv, int *status) {
    // clang-format off
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &a->out, "Write the prompt and the take to this file; - is standard output", "OUT.mid"},
        {"audio", 'a', 0, G_OPTION_ARG_FILENAME, &a->audio, "Also write their sound to this file: .wav, .flac, .ogg, .opus or .mp3", "OUT.wav"},
        {"seconds", 's', 0, G_OPTION_ARG_DOUBLE, &a->seconds, "Length of the take in seconds (default: 30)", "S"},
        {"tokens", 0, 0, G_OPTION_ARG_INT64, &a->tokens, "Length of the take in tokens, instead of --seconds", "N"},
        {"natural-end", 0, 0, G_OPTION_ARG_NONE, &a->natural_end, "Let the model end the piece before that", NULL},
        {"from", 0, 0, G_OPTION_ARG_DOUBLE, &a->from, "Continue from T seconds into the piece (default: its end)", "T"},
        {"from-scratch", 0, 0, G_OPTION_ARG_NONE, &a->from_scratch, "Begin a new piece; there is no IN.mid then", NULL},
        {"prompt", 0, 0, G_OPTION_ARG_STRING, &a->prompt, "include or omit: whether the output begins with the prompt (default: include)", "WHAT"},
        {"takes", 0, 0, G_OPTION_ARG_INT, &a->takes, "Write K takes, OUT-1.mid to OUT-K.mid, with the seeds N, N+1 ... (default: 1)", "K"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &a->seed, "The same seed gives the same take (default: a random seed)", "N"},
        {"temperature", 't', 0, G_OPTION_ARG_DOUBLE, &a->temperature, "Below 1 plays safer, above 1 bolder, 0 always the likeliest (default: 1)", "X"},
        {"top-p", 0, 0, G_OPTION_ARG_DOUBLE, &a->top_p, "Draw from the likeliest tokens that together reach the probability X (default: 1, all)", "X"},
        {"min-p", 0, 0, G_OPTION_ARG_DOUBLE, &a->min_p, "Draw from tokens at least X times as likely as the likeliest (default: 0, all)", "X"},
        {"top-k", 0, 0, G_OPTION_ARG_INT, &a->top_k, "Draw from the K likeliest tokens (default: 0, all)", "K"},
        {"pitch-temperature", 0, 0, G_OPTION_ARG_DOUBLE, &a->pitch_temperature, "The same for the choice among pitches alone (default: 1)", "X"},
        {"pitch-top-p", 0, 0, G_OPTION_ARG_DOUBLE, &a->pitch_top_p, "The same for the choice among pitches alone (default: 1, all)", "X"},
        {"density", 0, 0, G_OPTION_ARG_DOUBLE, &a->dials[DIAL_DENSITY], "Steer towards X times the notes a second of what was played before, 0.25 to 4 (default: 1, not steered)", "X"},
        {"register", 0, 0, G_OPTION_ARG_DOUBLE, &a->dials[DIAL_REGISTER], "Steer N semitones above what was played before, below it under 0 (default: 0, not steered)", "N"},
        {"loudness", 0, 0, G_OPTION_ARG_DOUBLE, &a->dials[DIAL_LOUDNESS], "Steer N velocities, of 127, above what was played before (default: 0, not steered)", "N"},
        {"pedal", 0, 0, G_OPTION_ARG_DOUBLE, &a->dials[DIAL_PEDAL], "Steer the pedal down N percent more of the time than before (default: 0, not steered)", "N"},
        {"model", 'm', 0, G_OPTION_ARG_FILENAME, &a->model, "The model (default: $PAR_MIDI_MODEL, then the one that ships)", "FILE"},
        {"soundfont", 0, 0, G_OPTION_ARG_FILENAME, &a->soundfont, "The piano of --audio (default: $SOUNDFONT, then the first found on this machine)", "SF2"},
        RECORDING_OPTIONS(&a->sound),
        {"exact", 0, 0, G_OPTION_ARG_NONE, &a->exact, "Compute in float with the weights as trained, not in int8; slower", NULL},
        {"threads", 0, 0, G_OPTION_ARG_INT, &a->threads, "Number of threads (default: every core)", "N"},
        {0},
    };
    // clang-format on
    if (!options_parse(
            &argc, &argv, "IN.mid -o OUT.mid",
            "Continues a performance with a model. IN.mid may be -, standard input.",
            "Keys that are down where the piece is cut are released by the model. "
            "Ctrl-C ends the take,\nreleases its keys and writes it; a second "
            "Ctrl-C also cuts its sound short.",
            entries, status))
        return false;
    if (argc > 2)
        *status = message_misuse("one MIDI file at a time");
    else if (argc == 2 && a->from_scratch)
        *status = message_misuse("--from-scratch takes no MIDI file");
    else if (a->from != NOT_GIVEN && a->from_scratch)
        *status = message_misuse("--from is a moment of a MIDI file");
    else if (argc < 2 && !a->from_scratch)
        *status = message_misuse(
            "a MIDI file to go on from, or --from-scratch, is missing");
    else if (argc == 2)
        a->in = g_strdup(argv[1]);
    return *status == 0;
}

static bool within(double x, double least, double most) {
    return x >= least && x <= most; // false for NaN
}

static int check_dials(const Arguments *a) {
    for (Dial dial = 0; dial < DIALS; dial++) {
        const DialKind *kind = &dial_kinds[dial];
        double least = dial_said(dial, -kind->most), most = dial_said(dial, kind->most);
        if (!within(a->dials[dial], least, most))
            return message_misuse("--%s goes from %g to %g", kind->name, least, most);
    }
    return 0;
}

// Returns 0, or the status to leave with after a sentence.
static int check(const Arguments *a) {
    if (!a->out) return message_misuse("-o OUT.mid is missing");
    if (a->seconds != NOT_GIVEN && a->tokens != NO_COUNT)
        return message_misuse("--seconds and --tokens cannot both be given");
    if (a->seconds != NOT_GIVEN && !within(a->seconds, 0.01, LONGEST))
        return message_misuse("--seconds goes from 0.01 to %g", LONGEST);
    if (a->tokens != NO_COUNT && (a->tokens < 1 || a->tokens > 100000000))
        return message_misuse("--tokens goes from 1 to 100000000");
    if (a->from != NOT_GIVEN && !within(a->from, 0, 1e9))
        return message_misuse("--from is a moment in seconds, from 0 on");
    if (!within(a->temperature, 0, 100))
        return message_misuse("--temperature goes from 0 to 100");
    if (!within(a->top_p, 0, 1)) return message_misuse("--top-p goes from 0 to 1");
    if (!within(a->min_p, 0, 1)) return message_misuse("--min-p goes from 0 to 1");
    if (!within(a->pitch_temperature, 0, 100))
        return message_misuse("--pitch-temperature goes from 0 to 100");
    if (!within(a->pitch_top_p, 0, 1))
        return message_misuse("--pitch-top-p goes from 0 to 1");
    if (a->top_k < 0) return message_misuse("--top-k goes from 0 on");
    if (a->takes < 1 || a->takes > 1000)
        return message_misuse("--takes goes from 1 to 1000");
    if (a->threads != NO_COUNT && (a->threads < 1 || a->threads > 1024))
        return message_misuse("--threads goes from 1 to 1024");
    bool midi_out = path_is_stdio(a->out),
         sound_out = a->audio && path_is_stdio(a->audio);
    if (midi_out && sound_out)
        return message_misuse("MIDI and sound cannot both go to standard output");
    if ((midi_out || sound_out) && a->takes > 1)
        return message_misuse("several takes cannot go to standard output");
    if (!a->audio && recording_wishes(&a->sound))
        return message_misuse("--rate, --depth, --gain and --normalize are of the "
                              "sound: --audio is missing");
    if (a->prompt && strcmp(a->prompt, "include") && strcmp(a->prompt, "omit"))
        return message_misuse("--prompt is include or omit");
    return check_dials(a);
}

static int plan_of(const Arguments *a, Plan *ret) {
    *ret = (Plan){
        .sampler = {a->temperature, a->top_p, a->min_p, a->top_k,
                    continuation_pitches(a->pitch_temperature, a->pitch_top_p)},
        .seed = g_random_int(),
        .tokens = MAX(0, a->tokens),
        .natural_end = a->natural_end};
    for (Dial dial = 0; dial < DIALS; dial++)
        ret->dials.at[dial] = dial_from_said(dial, a->dials[dial]);
    double seconds = a->seconds == NOT_GIVEN ? SECONDS : a->seconds;
    if (a->tokens == NO_COUNT)
        ret->steps = (int64_t)llround(seconds * 1e6 / STEP_MICROSECONDS);
    if (a->seed &&
        !g_ascii_string_to_unsigned(a->seed, 10, 0, G_MAXUINT64, &ret->seed, NULL))
        return message_misuse("--seed is a whole number from 0 to %" G_GUINT64_FORMAT,
                              G_MAXUINT64);
    return 0;
}

// OUT.mid for the only take, else OUT-1.mid, OUT-2.mid ...
static char *path_of_take(const char *path, int take, int takes) {
    if (takes == 1) return g_strdup(path);
    const char *name = strrchr(path, G_DIR_SEPARATOR);
    const char *dot = strrchr(name ? name : path, '.');
    int stem = dot ? (int)(dot - path) : (int)strlen(path);
    return g_strdup_printf("%.*s-%d%s", stem, path, take, path + stem);
}

// The model and the soundfont that are read may be the usual ones.
static int check_outputs(const Arguments *a) {
    g_autofree char *model = path_find_model(a->model, NULL);
    g_autofree char *font = a->audio ? soundfont_find(a->soundfont, NULL) : NULL;
    g_autoptr(GPtrArray) outputs = g_ptr_array_new_with_free_func(g_free);
    for (int take = 1; take <= a->takes; take++) {
        g_ptr_array_add(outputs, path_of_take(a->out, take, a->takes));
        if (a->audio) g_ptr_array_add(outputs, path_of_take(a->audio, take, a->takes));
    }
    return outputs_check(PATHS(a->in, model, a->soundfont, font),
                         (Paths){(const char *const *)outputs->pdata, outputs->len});
}

static bool can_write_takes(const char *path, int takes, GError **error) {
    bool ok = true;
    for (int take = 1; take <= takes && ok; take++) {
        g_autofree char *name = path_of_take(path, take, takes);
        ok = path_can_write(name, error);
    }
    return ok;
}

static bool read_prompt(Job *job, GError **error) {
    const Arguments *a = job->arguments;
    Performance p = {0};
    if (a->in && !input_read_music(a->in, &p, error)) return false;
    double end = (double)performance_end(&p) / 1e6;
    if (a->from > end)
        message_warn("%s: ends after %.2f seconds, so the model goes on from there",
                     a->in ? path_input_name(a->in) : "a new piece", end);
    int64_t from = a->from == NOT_GIVEN ? -1 : (int64_t)llround(a->from * 1e6);
    prompt_cut(&job->prompt, &p, job->tokenizer, from);
    performance_clear(&p);
    return true;
}

// Exports the prompt as if the take were empty: what no file can hold, or what the
// export lacks, would be found too late with the take.
static bool can_export(const Job *job, GError **error) {
    Performance p = {0};
    prompt_join(&p, &job->prompt, job->part, NULL, 0);
    g_autoptr(GBytes) bytes = smf_write(&p, NULL, error);
    performance_clear(&p);
    return bytes != NULL;
}

static bool has_pedal_if_asked(const Job *job, GError **error) {
    if (job->plan.dials.at[DIAL_PEDAL] == 0 || job->tokenizer == TOKENIZER_PEDAL)
        return true;
    g_set_error(error, MODEL_ERROR, 0,
                "%s: has no tokens for the pedal that --pedal could steer",
                job->model_path);
    return false;
}

// All that can go wrong before the first note is found here.
static bool prepare(Job *job, GError **error) {
    const Arguments *a = job->arguments;
    job->part = a->prompt && strcmp(a->prompt, "omit") == 0 ? PROMPT_OMIT
                                                            : PROMPT_INCLUDE;
    if (!can_write_takes(a->out, a->takes, error)) return false;
    if (a->audio && (!can_write_takes(a->audio, a->takes, error) ||
                     !(job->soundfont_found = soundfont_find(a->soundfont, error))))
        return false;
    job->model_path = path_find_model(a->model, error);
    if (!job->model_path || !input_load_model(job->model_path, &job->model, error) ||
        !continuation_tokenizer(&job->model, job->model_path, &job->tokenizer, error) ||
        !has_pedal_if_asked(job, error) || !read_prompt(job, error) ||
        !can_export(job, error))
        return false;
    job->pool = pool_new(MAX(0, a->threads));
    pool_set_mixed(job->pool, !a->exact);
    job->weights = weights_new(&job->model, !a->exact);
    return job->weights || memory_lacks("this model", error);
}

static void job_clear(Job *job) {
    prompt_clear(&job->prompt);
    weights_free(job->weights);
    model_free(&job->model);
    pool_free(job->pool);
    g_free(job->model_path);
    g_free(job->soundfont_found);
}

// `first` is when the first token came: before it, the prompt was read.
static void show(Progress *progress, const Continuation *c, gint64 first) {
    double spent = (double)(g_get_monotonic_time() - first) / 1e6;
    char line[80];
    g_snprintf(line, sizeof line, "%.1f s of music  %.0f tokens/s",
               continuation_seconds(c), (double)(c->drawn - 1) / MAX(spent, 1e-3));
    progress_line(progress, line);
}

// Generates until the length is there or the user has had enough.
static void generate(Continuation *c) {
    Progress progress;
    Decoded event;
    gint64 first = 0;
    progress_begin(&progress, "continuing");
    while (continuation_next(c, &event)) {
        if (!first) first = g_get_monotonic_time();
        show(&progress, c, first);
        if (*interrupt_flag()) continuation_stop(c);
    }
    progress_end(&progress);
}

static bool write_take(const Job *job, const Continuation *c, int take,
                       GError **error) {
    const Arguments *a = job->arguments;
    Performance p = {0};
    size_t count;
    const Token *tokens = continuation_take(c, &count);
    prompt_join(&p, &job->prompt, job->part, tokens, count);
    Receipt receipt = {.model = job->model_path,
                       .prompt = a->in,
                       .model_hash = job->model.hash,
                       .exact = a->exact,
                       .tokenizer = job->tokenizer,
                       .plan = c->plan,
                       .prompt_seconds = (double)job->prompt.cut / 1e6,
                       .part = job->part,
                       .drawn = c->drawn};
    g_autofree char *text = receipt_text(&receipt);
    g_autofree char *out = path_of_take(a->out, take, a->takes);
    GBytes *bytes = smf_write(&p, text, error);
    bool ok = bytes && path_write(out, g_bytes_get_data(bytes, NULL),
                                  g_bytes_get_size(bytes), error);
    if (bytes) g_bytes_unref(bytes);
    if (ok && a->audio) {
        g_autofree char *path = path_of_take(a->audio, take, a->takes);
        Recording r = job->recording;
        r.path = path;
        r.soundfont = job->soundfont_found;
        ok = recording_write(&r, &p, error);
    }
    performance_clear(&p);
    return ok;
}

// What the take has become, and why it is not as was asked.
static void report(const Continuation *c) {
    message_warn("%.1f seconds of music in %" G_GINT64_FORMAT " tokens",
                 continuation_seconds(c), c->drawn);
    double missing = continuation_missing(c);
    if (missing > 0)
        message_warn("that is %.1f seconds less than asked for: %s", missing,
                     continuation_ended_itself(c) ? "the model ended the piece"
                                                  : "they would have been silent");
    if (c->stirred)
        message_warn("the music stood still (silence, a held chord or a loop), so "
                     "%" G_GINT64_FORMAT
                     " tokens were drawn as freely as the model was trained",
                     c->stirred);
}

static bool make_take(const Job *job, int take, GError **error) {
    Continuation c;
    Plan plan = job->plan;
    plan.seed += (uint64_t)(take - 1);
    // A session of its own, so that the take is the one its seed makes alone.
    Session *session = session_new(job->weights, job->pool);
    if (!session) return memory_lacks("generating with this model", error);
    continuation_begin(&c, session, job->tokenizer, &job->prompt, &plan);
    message_warn("take %d of %d, seed %" G_GUINT64_FORMAT, take, job->arguments->takes,
                 plan.seed);
    generate(&c);
    bool ok = write_take(job, &c, take, error);
    if (ok) report(&c);
    continuation_clear(&c);
    session_free(session);
    return ok;
}

static int run(const Arguments *a) {
    Job job = {.arguments = a};
    GError *error = NULL;
    int status = plan_of(a, &job.plan);
    if (!status) status = check_outputs(a);
    if (!status && a->audio)
        status = recording_plan(&job.recording, a->audio, &a->sound);
    if (status) return status;
    bool ok = prepare(&job, &error);
    if (job.soundfont_found) message_warn("soundfont %s", job.soundfont_found);
    for (int take = 1; ok && take <= a->takes && !*interrupt_flag(); take++)
        ok = make_take(&job, take, &error);
    if (!ok)
        status = message_fail(error);
    else if (*interrupt_flag())
        status = 128 + *interrupt_flag();
    job_clear(&job);
    return status;
}

int cmd_continue(int argc, char **argv) {
    Arguments a = {.seconds = NOT_GIVEN,
                   .from = NOT_GIVEN,
                   .temperature = continuation_sampler.temperature,
                   .top_p = continuation_sampler.top_p,
                   .min_p = continuation_sampler.min_p,
                   .pitch_temperature = continuation_sampler.within.temperature,
                   .pitch_top_p = continuation_sampler.within.top_p,
                   .tokens = NO_COUNT,
                   .takes = 1,
                   .threads = NO_COUNT,
                   .sound = RECORDING_USUAL};
    int status;
    for (Dial dial = 0; dial < DIALS; dial++) a.dials[dial] = dial_said(dial, 0);
    if (parse(&a, argc, argv, &status) && (status = check(&a)) == 0) status = run(&a);
    arguments_clear(&a);
    return status;
}
