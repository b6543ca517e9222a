// The operations on a document as data: document_apply() applies them, and the journal
// stores them.
//
// As bytes, an operation is its kind (u8) and then
//
//   BEGIN     origin u8, name, notes u32, each: onset i64, release i64, pitch u8,
//             velocity u8; pedal changes u32, each: time i64, value u8; what else there
//             is u8, none: nothing follows, as in older histories; 1, 2 or both: a
//             tempo map, moves of the other pedals. A tempo map: division i16, title,
//             names, tempi u32, each: tick u32, tempo u32; metres u32, each: tick u32,
//             beats u8, unit u8, clocks u8, quarter u8; keys u32, each: tick u32,
//             sharps i8, minor u8. Moves u32, each: time i64, pedal u8, value u8
//   ADD       parent u32, fork i64, origin u8, chosen u8, joined u8; if generated:
//             tokenizer u8, origin i64, step i64, velocity u8, pedal u8, 16 bytes (bit
//             k % 8 of byte k / 8: key k is held), seed u64, temperature f64, top_p
//             f64, min_p f64, top_k u32, tokens i64, steps i64, natural_end u8, model,
//             model_hash, numbers u8, each f64: pitch_temperature, pitch_top_p,
//             closeness, where the dials stand (density, register, loudness, pedal),
//             of a bridge until, rank, candidates, nats, and the dial spread
//   TOKENS    take u32, tokens u32, each u16
//   EVENTS    take u32, events u32, each: time i64, kind u8 (0 onset, 1 release, 2
//   pedal,
//             3 time), pitch u8, value u8
//   FINISH    take u32, drawn i64
//   REMOVE    take u32, and joined u8 if it is 1
//   RESTORE   take u32
//   RENAME    take u32, name
//   VIEW      take u32, point i64, selection i64 i64, loop i64 i64, looping u8
//   UNDO      nothing
//   REDO      nothing
//   BARS      tempo u32, beats u8, first i64 (midi/analysis/tap.h)
//
// little-endian. Files of an earlier program end before `numbers` or have fewer: what
// is not there changes nothing. Numbers that are not known here are skipped. f64 as
// IEEE 754, texts as u16 bytes and the bytes, no NUL among them.
#ifndef APP_DOCUMENT_OPERATION_H
#define APP_DOCUMENT_OPERATION_H

#include "app/document/take.h"
#include "midi/analysis/tap.h"

#define OPERATION_TEXT 4096 // bytes of a text at most

typedef enum OperationKind {
    OPERATION_BEGIN,   // the root: what was opened, played before, or nothing
    OPERATION_ADD,     // a take
    OPERATION_TOKENS,  // a generated take grows
    OPERATION_EVENTS,  // a played take grows
    OPERATION_FINISH,  // a take is complete
    OPERATION_REMOVE,  // a take and what goes on from it is out of sight
    OPERATION_RESTORE, // ... and back
    OPERATION_RENAME,
    OPERATION_VIEW,
    OPERATION_UNDO,
    OPERATION_REDO,
    OPERATION_BARS, // were tapped; tempo 0: the file's own hold
    OPERATION_KINDS,
} OperationKind;

// What the user listens to. Times are microseconds on the path of the take.
typedef struct DocumentView {
    int take;                             // the one that is heard
    int64_t point;                        // to continue from; -1: the end
    int64_t selection_from, selection_to; // equal: nothing is selected
    int64_t loop_from, loop_to;
    bool looping;
} DocumentView;

typedef struct Operation {
    OperationKind kind;
    int take; // ADD: the parent
    Origin origin;
    char *name;       // BEGIN, RENAME
    Performance root; // BEGIN
    int64_t fork;     // ADD
    bool chosen;      // ADD: the view goes to it
    bool joined;      // ADD, REMOVE: undone together with the edit before
    Recipe recipe;    // ADD
    TakeStart start;  // ADD
    uint16_t *tokens;
    Event *events; // of TOKENS: of each, or NULL; they are not stored
    size_t count;  // of tokens or events
    int64_t drawn;
    DocumentView view;
    TappedBars bars;
} Operation;

// Appends the bytes of an operation.
void operation_encode(GByteArray *ret, const Operation *o);

// Decodes an operation. Its numbers may still make no sense for a document. `ret` owns
// what it points to; operation_clear() must be called on it in any case. Returns false
// if the bytes are no operation.
bool operation_decode(Operation *ret, const uint8_t *bytes, size_t size);
void operation_clear(Operation *o); // of a decoded one

#endif
