#include "tests/test.h"

#include "app/desktop/piece/piece.h"
#include "app/desktop/playing/player.h"
#include "model/rng.h"

#define SECOND 1000000
#define RATE   48000
#define BLOCK  1400 // microseconds, a little more than the engine's 64 frames

// An engine without a device: the test renders it, and records what sounded.
typedef struct Room {
    Engine *engine;
    Player *player;
    GArray *heard; // AudioEvent
    int down;      // keys
    bool keys[128];
} Room;

static Room room_new(void) {
    Room r = {.engine = engine_new()};
    r.player = player_new(r.engine);
    r.heard = g_array_new(false, false, sizeof(AudioEvent));
    return r;
}

static void room_free(Room *r) {
    player_free(r->player);
    engine_free(r->engine);
    g_array_unref(r->heard);
}

static void hear(Room *r) {
    for (HeardEvent h; engine_heard(r->engine, &h);) {
        AudioEvent e = h.event;
        g_array_append_val(r->heard, e);
        if (e.kind == EVENT_ONSET) r->keys[e.pitch] = true;
        if (e.kind == EVENT_RELEASE) r->keys[e.pitch] = false;
    }
    r->down = 0;
    for (int p = 0; p < 128; p++) r->down += engine_held(r->engine, p) != 0;
}

// Renders so many seconds, ten times as fast as real time.
static void listen(Room *r, double seconds) {
    float out[2 * 480];
    for (int i = 0; i < seconds * 100; i++) {
        engine_render(r->engine, out, 480, RATE);
        hear(r);
        g_usleep(1000);
    }
}

static int64_t position(const Room *r) { return engine_state(r->engine).position; }

static int strokes(const Room *r) {
    int n = 0;
    for (guint i = 0; i < r->heard->len; i++)
        n += g_array_index(r->heard, AudioEvent, i).kind == EVENT_ONSET;
    return n;
}

static void scale(Performance *p, int notes) {
    for (int i = 0; i < notes; i++)
        performance_add_note(
            p, (Note){i * 100000, i * 100000 + 150000, (uint8_t)(40 + i % 40), 80});
    performance_add_pedal(p, 50000, 127);
    performance_finish(p);
}

static void add_stroke(Stream *s, int64_t time, uint8_t pitch) {
    stream_add(s, (Event){time, EVENT_ONSET, pitch, 70});
    stream_add(s, (Event){time + 50000, EVENT_RELEASE, pitch, 0});
}

TEST(a_playback_list_has_every_note_and_closes_it) {
    Rng rng = rng_new(1, 1);
    for (int round = 0; round < 200; round++) {
        Performance p = {0};
        for (int i = 0; i < 40; i++) {
            int64_t at = rng_below(&rng, 500);
            performance_add_note(&p, (Note){at, at + rng_below(&rng, 50),
                                            (uint8_t)(60 + rng_below(&rng, 4)), 9});
        }
        performance_finish(&p);
        PlaybackList *t = playback_list_new(&p);
        bool down[128] = {false};
        size_t struck = 0;
        int64_t last = 0;
        Event e;
        for (size_t i = 0; playback_list_event(t, i, &e); i++) {
            CHECK(e.time >= last);
            last = e.time;
            bool stroke = e.kind == EVENT_ONSET;
            CHECK(!stroke || !down[e.pitch]);
            struck += stroke;
            down[e.pitch] = e.kind == EVENT_ONSET;
        }
        CHECK(struck == p.note_count);
        for (int key = 0; key < 128; key++) CHECK(!down[key]);
        playback_list_free(t);
        performance_clear(&p);
    }
}

TEST(what_is_played_is_what_is_on_the_playback_list) {
    Room r = room_new();
    Performance p = {0};
    scale(&p, 30);
    player_play(r.player, playback_list_new(&p), 0, false);
    listen(&r, 4);
    CHECK(strokes(&r) == 30 && r.down == 0);
    size_t n = 0;
    for (guint i = 0; i < r.heard->len; i++) {
        AudioEvent e = g_array_index(r.heard, AudioEvent, i);
        if (e.kind != EVENT_ONSET) continue;
        CHECK(e.pitch == p.notes[n].pitch && e.value == p.notes[n].velocity);
        CHECK(ABS(e.time - p.notes[n].onset) <= BLOCK);
        n++;
    }
    CHECK(player_state(r.player).ended);
    performance_clear(&p);
    room_free(&r);
}

// A given piece that the model continues and that is then played by hand.
static Piece piece_by_three(void) {
    const Token answer[] = {TOKEN_VELOCITY + 20, TOKEN_NOTE_ON + 61,
                            TOKEN_TIME_SHIFT + 49, TOKEN_NOTE_OFF + 61};
    const Event hand[] = {{2 * SECOND, EVENT_ONSET, 62, 80},
                          {3 * SECOND, EVENT_RELEASE, 62, 0}};
    Performance given = {0};
    Document d;
    DocumentPrompt prompt;
    Recipe recipe = {.tokenizer = TOKENIZER_PERFORMANCE,
                     .plan.sampler = {1, 1, 0, 0, {0}}};
    Piece ret = {0};
    performance_add_note(&given, (Note){0, SECOND, 60, 80});
    performance_finish(&given);
    CHECK(document_begin(&d, ORIGIN_OPENED, "piece.mid", &given, NULL));
    document_prompt(&prompt, &d, 0, 0, -1, TOKENIZER_PERFORMANCE);
    int take = document_add_generated(&d, 0, prompt.fork, &recipe, &prompt.start, true,
                                      false, NULL);
    CHECK(document_add_tokens(&d, take, answer, NULL, G_N_ELEMENTS(answer), NULL));
    CHECK(document_finish(&d, take, G_N_ELEMENTS(answer), NULL));
    take = document_add_played(&d, take, 2 * SECOND, true, NULL);
    CHECK(document_add_events(&d, take, hand, G_N_ELEMENTS(hand), NULL));
    document_prompt_clear(&prompt);
    performance_clear(&given);
    piece_replace(&ret, &d);
    return ret;
}

TEST(the_models_notes_are_told_from_those_given_before_and_played_after) {
    Room r = room_new();
    Piece p = piece_by_three();
    player_play(r.player, piece_playback_list(&p, NULL), 0, false);
    listen(&r, 3.5);
    CHECK(strokes(&r) == 3);
    for (guint i = 0; i < r.heard->len; i++) {
        AudioEvent e = g_array_index(r.heard, AudioEvent, i);
        if (e.kind == EVENT_ONSET) CHECK(e.written == (e.pitch == 61));
    }
    piece_clear(&p);
    room_free(&r);
}

TEST(time_waits_for_what_is_not_written_and_no_note_is_late) {
    Room r = room_new();
    Performance none = {0};
    Stream *s = stream_new(1, 0);
    for (int i = 0; i < 5; i++) add_stroke(s, i * 100000, 60);
    player_play(r.player, playback_list_growing(&none, &(TakeStart){0}, s), 0, false);
    listen(&r, 2);
    CHECK(position(&r) <= 450000 + BLOCK && player_state(r.player).waits);
    CHECK(strokes(&r) == 5); // the last still rings, since its end is not certain yet
    for (int i = 5; i < 12; i++) add_stroke(s, i * 100000, 60);
    stream_end(s);
    listen(&r, 2);
    CHECK(strokes(&r) == 12 && r.down == 0 && player_state(r.player).ended);
    for (guint i = 0; i < r.heard->len; i++) {
        AudioEvent e = g_array_index(r.heard, AudioEvent, i);
        int64_t off = (e.time + BLOCK) % 100000;
        CHECK(e.kind != EVENT_ONSET || off <= 2 * BLOCK);
    }
    stream_unref(s);
    room_free(&r);
}

TEST(a_stop_closes_every_key_and_the_pedal) {
    Room r = room_new();
    Performance p = {0};
    for (uint8_t i = 0; i < 30; i++)
        performance_add_note(&p, (Note){0, 60 * SECOND, (uint8_t)(30 + i), 80});
    performance_add_pedal(&p, 0, 127);
    performance_finish(&p);
    player_play(r.player, playback_list_new(&p), 0, false);
    listen(&r, 0.5);
    CHECK(r.down == 30 && engine_state(r.engine).pedal == 127);
    player_stop(r.player);
    listen(&r, 0.05);
    CHECK(r.down == 0 && engine_state(r.engine).pedal == 0);
    CHECK(!player_state(r.player).playing);
    listen(&r, 0.5);
    CHECK(r.down == 0);
    performance_clear(&p);
    room_free(&r);
}

// Without a piano only the metronome is heard. Beats are half a second apart.
TEST(the_click_is_heard_on_the_beats_of_the_piece_and_only_there) {
    Room r = room_new();
    Performance p = {0};
    float out[2 * 480];
    int strikes = 0, frames = 0;
    bool quiet = true;
    performance_add_note(&p, (Note){0, 10 * SECOND, 60, 80});
    p.tempo = tempo_map_new(480);
    tempo_map_add_metre(p.tempo, (Metre){0, 3, 2, 24, 8});
    player_play(r.player, playback_list_new(&p), 0, false);
    for (int i = 0; i < 50; i++) {
        engine_render(r.engine, out, 480, RATE);
        for (int k = 0; k < 2 * 480; k++) CHECK(out[k] == 0);
        g_usleep(1000);
    }
    player_set_click(r.player, p.tempo);
    player_play(r.player, playback_list_new(&p), 250000, false);
    while (position(&r) < 2900000 && frames++ < 100000) {
        float top = 0;
        engine_render(r.engine, out, 480, RATE);
        for (int k = 0; k < 2 * 480; k++) top = fmaxf(top, fabsf(out[k]));
        int64_t since = position(&r) % 500000;
        bool struck = quiet && top > 0.02f;
        CHECK(!struck || since < 20000);
        strikes += struck;
        if (since > 200000) CHECK(top < 0.001f);
        quiet = top < 0.001f;
        g_usleep(1000);
    }
    CHECK(strikes == 5); // at 0.5, 1, 1.5, 2 and 2.5 s
    performance_clear(&p);
    room_free(&r);
}

TEST(a_seek_finds_the_pedal_as_it_stands_there) {
    Room r = room_new();
    Performance p = {0};
    scale(&p, 60);
    player_play(r.player, playback_list_new(&p), 0, false);
    listen(&r, 0.3);
    player_play(r.player, playback_list_new(&p), 3 * SECOND, false);
    listen(&r, 0.1);
    CHECK(engine_state(r.engine).pedal == 127);
    CHECK(position(&r) >= 3 * SECOND && position(&r) < 3 * SECOND + 300000);
    player_play(r.player, playback_list_new(&p), 0, false);
    listen(&r, 0.03);
    CHECK(engine_state(r.engine).pedal == 0);
    performance_clear(&p);
    room_free(&r);
}

TEST(a_loop_plays_again_with_keys_and_pedal_closed_between) {
    Room r = room_new();
    Performance p = {0};
    performance_add_note(&p, (Note){0, 10 * SECOND, 50, 80}); // held past the loop
    performance_add_note(&p, (Note){SECOND + 200000, 10 * SECOND, 60, 80});
    performance_finish(&p);
    player_set_loop(r.player, SECOND, SECOND + 500000);
    player_play(r.player, playback_list_new(&p), SECOND, false);
    listen(&r, 2.3);
    CHECK(strokes(&r) == 5);
    CHECK(position(&r) >= SECOND && position(&r) < SECOND + 500000 + BLOCK);
    player_set_loop(r.player, 0, 0);
    listen(&r, 2);
    CHECK(position(&r) > 2 * SECOND);
    player_stop(r.player);
    listen(&r, 0.05);
    CHECK(r.down == 0);
    performance_clear(&p);
    room_free(&r);
}

TEST(a_take_that_begins_later_is_joined_without_a_break) {
    Room r = room_new();
    Performance p = {0};
    scale(&p, 20); // the scale takes two seconds
    player_play(r.player, playback_list_new(&p), 0, false);
    listen(&r, 0.5);
    uint32_t epoch = engine_state(r.engine).epoch;
    Stream *s = stream_new(1, 2 * SECOND);
    player_change(r.player, playback_list_growing(&p, &(TakeStart){0}, s), 2 * SECOND);
    for (int i = 0; i < 10; i++) add_stroke(s, 2 * SECOND + i * 100000, 60);
    stream_end(s);
    listen(&r, 4);
    CHECK(strokes(&r) == 30 && r.down == 0);
    CHECK(engine_state(r.engine).epoch == epoch);
    stream_unref(s);
    performance_clear(&p);
    room_free(&r);
}

TEST(what_is_asked_for_begins_with_its_first_note) {
    Room r = room_new();
    Performance none = {0};
    Stream *s = stream_new(1, 5 * SECOND);
    player_play(r.player, playback_list_growing(&none, &(TakeStart){.pedal = true}, s),
                5 * SECOND, true);
    listen(&r, 0.3);
    CHECK(player_state(r.player).waits && strokes(&r) == 0);
    add_stroke(s, 8 * SECOND, 60);
    for (int i = 0; i < 12000 && player_state(r.player).waits; i++) listen(&r, 0.01);
    for (int i = 0; i < 100 && strokes(&r) == 0; i++) listen(&r, 0.01);
    CHECK(strokes(&r) == 1 && engine_state(r.engine).pedal == 127);
    stream_unref(s);
    room_free(&r);
}

TEST(keys_held_at_the_fork_are_let_go_by_the_take) {
    Room r = room_new();
    Performance p = {0};
    performance_add_note(&p, (Note){0, SECOND, 50, 80}); // the take ends there for now
    performance_finish(&p);
    TakeStart start = {.held[50] = true};
    Stream *s = stream_new(1, SECOND);
    stream_add(s, (Event){.time = 2 * SECOND, .kind = EVENT_TIME});
    player_play(r.player, playback_list_growing(&p, &start, s), 0, false);
    listen(&r, 1.8);
    CHECK(r.down == 1);
    stream_add(s, (Event){2 * SECOND, EVENT_RELEASE, 50, 0});
    stream_add(s, (Event){.time = 2 * SECOND + 10000, .kind = EVENT_TIME});
    listen(&r, 1);
    CHECK(r.down == 0);
    stream_unref(s);
    performance_clear(&p);
    room_free(&r);
}

TEST(hands_play_on_while_the_player_stops_but_not_through_panic) {
    Room r = room_new();
    engine_push(r.engine, (AudioEvent){.time = AUDIO_NOW,
                                       .kind = EVENT_ONSET,
                                       .source = SOURCE_HANDS,
                                       .pitch = 70,
                                       .value = 80});
    listen(&r, 0.05);
    player_stop(r.player);
    listen(&r, 0.05);
    CHECK(r.down == 1);
    player_panic(r.player);
    listen(&r, 0.05);
    CHECK(r.down == 0);
    room_free(&r);
}

int main(void) {
    RUN(a_playback_list_has_every_note_and_closes_it);
    RUN(what_is_played_is_what_is_on_the_playback_list);
    RUN(the_models_notes_are_told_from_those_given_before_and_played_after);
    RUN(time_waits_for_what_is_not_written_and_no_note_is_late);
    RUN(a_stop_closes_every_key_and_the_pedal);
    RUN(the_click_is_heard_on_the_beats_of_the_piece_and_only_there);
    RUN(a_seek_finds_the_pedal_as_it_stands_there);
    RUN(a_loop_plays_again_with_keys_and_pedal_closed_between);
    RUN(a_take_that_begins_later_is_joined_without_a_break);
    RUN(what_is_asked_for_begins_with_its_first_note);
    RUN(keys_held_at_the_fork_are_let_go_by_the_take);
    RUN(hands_play_on_while_the_player_stops_but_not_through_panic);
    return test_end();
}
