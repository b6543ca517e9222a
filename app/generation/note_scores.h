// How surprising each note of a performance is to a model: -log p, in nats, of the
// note's tokens, each given all tokens before it.
//
//   pitch      of its NOTE_ON: that a note comes, and which
//   loudness   of the VELOCITY before it; 0 if its loudness does not change
//   time       of the TIME_SHIFTs between the note before and its onset
//   release    of its NOTE_OFF
//
// The remaining nats belong to the pedal, the time after the last note, and the end of
// the piece.
#ifndef APP_GENERATION_NOTE_SCORES_H
#define APP_GENERATION_NOTE_SCORES_H

#include "midi/tokenizer.h"
#include "model/generate/session.h"

typedef struct NoteScore {
    int64_t onset; // microseconds, rounded to a step
    uint8_t pitch, velocity;
    double pitch_nats, loudness_nats, time_nats, release_nats;
} NoteScore;

typedef enum NoteAspect { NOTE_PITCH, NOTE_TIME, NOTE_LOUDNESS } NoteAspect;

typedef struct NoteScores {
    GArray *notes;  // owned; NoteScore, in order of onset
    double nats;    // the nats of all tokens
    int64_t tokens; // the number of tokens
} NoteScores;

// Sums the nats of tokens by note. tokens[0] is SOS, which has no nats; nats[i] belongs
// to tokens[i].
void note_scores_gather(NoteScores *ret, const Token *tokens, const double *nats,
                        int count);
// Scores a whole piece, from SOS to EOS.
void note_scores_measure(NoteScores *ret, Session *s, const GArray *tokens);
// Writes the nats of each note of a performance, (note_count); they are negative for
// notes without a score. `notes` is a GArray of NoteScore whose step 0 is the
// performance's time 0.
void note_scores_spread(float *ret, const Performance *p, const GArray *notes,
                        NoteAspect aspect);
void note_scores_clear(NoteScores *n); // accepts a zeroed struct

#endif
