// Checks that the shipped model plays music even with careful sampling: whole takes
// from the demo prompts, at settings that make it end early, fall silent or loop.
//
//   test_takes [SEEDS SECONDS]     takes from each prompt at each setting (default: 1
//                                  and 15)
//
// tests/soak/run.sh makes eight of 30 seconds each; model/TRAINING.md has the results.
// A second has sound if a key is down in it or a string rings under the pedal. A take
// is music if four of five of its seconds have sound, without a silence of more than
// five seconds. Prints TAP, and the measurements at each setting.
#include "app/generation/continuation.h"
#include "midi/analysis/statistics.h"
#include "midi/smf/smf_read.h"
#include "tests/test.h"

#include <stdlib.h>

enum { SECOND = 1000000, PROMPTS = SANITIZED ? 1 : 3 };

static const char *const prompts[] = {"bach-prelude-in-c", "chopin-prelude-in-e-minor",
                                      "satie-gymnopedie-1"};
static int seeds = 1, seconds = 15;

static Model model;
static TokenizerKind kind;
static Weights *weights;
static Pool *pool;

// The measurements of a take.
typedef struct Heard {
    double share;   // the share of its seconds with sound
    double silence; // the longest silence, in seconds
    double still;   // the longest time without an onset
    double loop;    // the longest
    double length;  // as the take reports it
} Heard;

// How long strings sound, with the pedal folded into the notes as in the tokenizer
// `performance`.
static Performance strings_of(const Performance *p) {
    Performance ret = {0};
    GArray *tokens = tokenizer_encode(p, TOKENIZER_PERFORMANCE);
    tokenizer_decode(&ret, &g_array_index(tokens, Token, 0), tokens->len);
    g_array_unref(tokens);
    return ret;
}

static Heard listen(const Performance *take, double length) {
    Performance strings = strings_of(take);
    g_autofree bool *sounds = g_new0(bool, seconds);
    int64_t end = (int64_t)seconds * SECOND, until = 0, longest = 0;
    for (size_t i = 0; i < strings.note_count; i++) {
        Note n = strings.notes[i];
        longest = MAX(longest, MIN(n.onset, end) - until);
        until = MAX(until, n.release);
        for (int64_t s = n.onset / SECOND; s <= (n.release - 1) / SECOND; s++)
            if (s < seconds) sounds[s] = true;
    }
    longest = MAX(longest, end - until);
    int count = 0;
    for (int s = 0; s < seconds; s++) count += sounds[s];
    Statistics statistics;
    statistics_measure(&statistics, take, 0, end);
    performance_clear(&strings);
    return (Heard){(double)count / seconds, (double)longest / SECOND,
                   statistics.value[STATISTIC_SILENCE],
                   statistics.value[STATISTIC_LOOP], length};
}

static Heard take_of(const Prompt *prompt, const Sampler *sampler, int seed) {
    Session *session = session_new(weights, pool);
    Plan plan = {
        .sampler = *sampler, .seed = (uint64_t)seed, .steps = 100 * (int64_t)seconds};
    Continuation c;
    Event event;
    continuation_begin(&c, session, kind, prompt, &plan);
    while (continuation_next(&c, &event)) {
    }
    Performance p = {0};
    size_t count;
    const Token *tokens = continuation_take(&c, &count);
    prompt_join(&p, prompt, PROMPT_OMIT, tokens, count);
    Heard heard = listen(&p, continuation_seconds(&c));
    performance_clear(&p);
    continuation_clear(&c);
    session_free(session);
    return heard;
}

static Prompt prompt_of(const char *name) {
    g_autofree char *path = g_strdup_printf("%s/assets/prompts/%s.mid", PAR_SOURCE_ROOT,
                                            name);
    Performance p = {0};
    Prompt prompt;
    CHECK(smf_read(path, &p, NULL, NULL));
    prompt_cut(&prompt, &p, kind, -1);
    performance_clear(&p);
    return prompt;
}

static void check_takes(Sampler sampler) {
    Heard worst = {1, 0, 0, 0, seconds};
    double loops = 0;
    for (int i = 0; i < PROMPTS; i++) {
        Prompt prompt = prompt_of(prompts[i]);
        for (int seed = 1; seed <= seeds; seed++) {
            Heard h = take_of(&prompt, &sampler, seed);
            if (h.share < worst.share) worst.share = h.share;
            worst.silence = MAX(worst.silence, h.silence);
            worst.still = MAX(worst.still, h.still);
            worst.loop = MAX(worst.loop, h.loop);
            worst.length = MIN(worst.length, h.length);
            loops += h.loop / (seeds * PROMPTS);
        }
        prompt_clear(&prompt);
    }
    CHECK(worst.share >= 0.8);
    CHECK(worst.silence <= 5);
    CHECK(worst.length >= seconds - 3);
    printf("# %d takes: sound in %.0f %% of the seconds of the emptiest, silence of "
           "%.1f s, no onset for %.1f s, loops of %.1f s (mean %.1f), %.1f s the "
           "shortest\n",
           seeds * PROMPTS, 100 * worst.share, worst.silence, worst.still, worst.loop,
           loops, worst.length);
}

TEST(at_temperature_0_3_takes_are_music) { check_takes((Sampler){0.3, 1, 0, 0, {0}}); }
TEST(at_temperature_0_5_takes_are_music) { check_takes((Sampler){0.5, 1, 0, 0, {0}}); }
TEST(at_temperature_0_7_takes_are_music) { check_takes((Sampler){0.7, 1, 0, 0, {0}}); }
TEST(at_temperature_0_9_takes_are_music) { check_takes((Sampler){0.9, 1, 0, 0, {0}}); }
TEST(with_top_k_1_takes_are_music) { check_takes((Sampler){1, 1, 0, 1, {0}}); }
TEST(with_top_p_0_5_takes_are_music) { check_takes((Sampler){1, 0.5, 0, 0, {0}}); }
TEST(with_min_p_0_2_takes_are_music) { check_takes((Sampler){1, 1, 0.2, 0, {0}}); }

int main(int argc, char **argv) {
    if (argc > 2) seeds = atoi(argv[1]), seconds = atoi(argv[2]);
    if (!model_load(PAR_SOURCE_ROOT "/assets/model.safetensors", &model, NULL) ||
        !continuation_tokenizer(&model, "the model that ships", &kind, NULL))
        return 1;
    pool = pool_new(1);
    pool_set_mixed(pool, true);
    weights = weights_new(&model, true);
    RUN(at_temperature_0_3_takes_are_music);
    RUN(at_temperature_0_5_takes_are_music);
    RUN(at_temperature_0_7_takes_are_music);
    RUN(at_temperature_0_9_takes_are_music);
    RUN(with_top_k_1_takes_are_music);
    RUN(with_top_p_0_5_takes_are_music);
    RUN(with_min_p_0_2_takes_are_music);
    weights_free(weights);
    pool_free(pool);
    model_free(&model);
    return test_end();
}
