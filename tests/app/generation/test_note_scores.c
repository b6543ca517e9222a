#include "app/generation/note_scores.h"
#include "tests/test.h"
#include "tests/tiny_model.h"

enum { SECOND = 1000000 };

TEST(each_token_of_a_piece_is_told_once_and_by_its_note) {
    Model model;
    tiny_model(&model, TOKENIZER_PEDAL, 4);
    Weights *weights = weights_new(&model, false);
    Session *s = session_new(weights, NULL);
    // The second note has the loudness of the first; the third begins at the time of
    // the second.
    Performance p = {0};
    performance_add_note(&p, (Note){0, SECOND, 60, 63});
    performance_add_note(&p, (Note){SECOND / 2, SECOND, 64, 63});
    performance_add_note(&p, (Note){SECOND / 2, 2 * SECOND, 67, 83});
    performance_finish(&p);
    GArray *tokens = tokenizer_encode(&p, TOKENIZER_PEDAL);
    NoteScores n;
    note_scores_measure(&n, s, tokens);
    CHECK(n.notes->len == 3 && n.tokens == (int64_t)tokens->len - 1);
    double told = 0;
    for (guint i = 0; i < n.notes->len; i++) {
        const NoteScore *note = &g_array_index(n.notes, NoteScore, i);
        CHECK(note->pitch == p.notes[i].pitch && note->onset == p.notes[i].onset);
        CHECK(note->pitch_nats > 0 && note->release_nats > 0);
        CHECK((note->time_nats > 0) == (i == 1));
        CHECK((note->loudness_nats > 0) == (i != 1));
        told += note->pitch_nats + note->time_nats + note->loudness_nats +
                note->release_nats;
    }
    // The rest: two shifts after the last note, and the end.
    double nats[32], rest = 0;
    int count = (int)tokens->len;
    session_score(s, &g_array_index(tokens, Token, 0), 1, count, nats);
    int seen = 0;
    for (int i = 1; i < count; i++) {
        Token token = g_array_index(tokens, Token, i);
        seen += token_is_note_on(token);
        if (token == TOKEN_EOS || (seen == 3 && token_is_time_shift(token)))
            rest += nats[i - 1];
    }
    CHECK_NEAR(told + rest, n.nats, 1e-4);
    note_scores_clear(&n);
    note_scores_clear(&n);
    g_array_unref(tokens);
    performance_clear(&p);
    session_free(s);
    weights_free(weights);
    model_free(&model);
}

TEST(the_notes_of_a_performance_get_what_is_known_of_them) {
    // A note between two steps, and one at the same time as another pitch.
    Performance p = {0};
    performance_add_note(&p, (Note){0, SECOND, 60, 63});
    performance_add_note(&p, (Note){SECOND / 2 + 3000, SECOND, 64, 63});
    performance_add_note(&p, (Note){SECOND / 2, 2 * SECOND, 67, 83});
    performance_add_note(&p, (Note){SECOND, 2 * SECOND, 67, 83});
    performance_finish(&p);
    g_autoptr(GArray) tokens = tokenizer_encode(&p, TOKENIZER_PEDAL);
    g_autofree double *nats = g_new(double, tokens->len);
    for (guint i = 0; i < tokens->len; i++) nats[i] = i;
    NoteScores n;
    guint known = tokens->len - 4; // up to before the last note
    while (!token_is_note_on(g_array_index(tokens, Token, known))) known--;
    note_scores_gather(&n, &g_array_index(tokens, Token, 0), nats, (int)known);
    CHECK(n.notes->len == 3);
    float pitch[4], time[4];
    note_scores_spread(pitch, &p, n.notes, NOTE_PITCH);
    note_scores_spread(time, &p, n.notes, NOTE_TIME);
    for (size_t i = 0; i < 3; i++) {
        guint at = (guint)pitch[i];
        CHECK(g_array_index(tokens, Token, at) == TOKEN_NOTE_ON + p.notes[i].pitch);
    }
    CHECK(time[0] == 0 && (time[1] > 0 || time[2] > 0));
    CHECK(pitch[3] < 0 && time[3] < 0);
    note_scores_clear(&n);
    performance_clear(&p);
}

int main(void) {
    RUN(the_notes_of_a_performance_get_what_is_known_of_them);
    RUN(each_token_of_a_piece_is_told_once_and_by_its_note);
    return test_end();
}
