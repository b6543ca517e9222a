// The operations on a document as data: document_apply() applies them, and the journal
// stores them.
//
// As bytes, an operation is its kind (u8) and then
//
//   BEGIN     origin u8, name, notes u32, each: onset i64, release i64, pitch u8,
//             velocity u8; pedal changes u32, each: time i64, value u8. A byte may
//             follow (older histories have none) that says what comes after it: 1 a
//             tempo map, 2 moves of the other pedals, 3 both. A tempo map: division
//             i16, title,
//             names, tempi u32, each: tick u32, tempo u32; metres u32, each: tick u32,
//             beats u8, unit u8, clocks u8, quarter u8; keys u32, each: tick u32,
//             sharps i8, minor u8. Moves u32, each: time i64, pedal u8, value u8
//   ADD       parent u32, fork i64, origin u8, chosen u8, joined u8; if generated:
//             tokenizer u8, origin i64, step i64, velocity u8, pedal u8, 16 bytes (bit
//             k % 8 of byte k / 8: key k is held), seed u64, temperature f64, top_p
//             f64, min_p f64, top_k u32, tokens i64, steps i64, natural_end u8, model,
//             model_hash, numbers u8, each f64: pitch_temperature, pitch_top_p,
//             closeness, the positions of the dials (density, register, loudness,
//             pedal), until, rank, candidates and nats of a bridge, the dial spread,
//             and finish in steps
//   TOKENS    take u32, tokens u32, each u16
//   EVENTS    take u32, events u32, each: time i64, kind u8 (0 onset, 1 release,
//             2 pedal, 3 time), pitch u8, value u8
//   FINISH    take u32, drawn i64
//   REMOVE    take u32, and joined u8 if it is 1
//   RESTORE   take u32
//   RENAME    take u32, name
//   VIEW      take u32, point i64, selection i64 i64, loop i64 i64, looping u8
//   UNDO      nothing
//   REDO      nothing
//   BARS      tempo u32, beats u8, first i64 (midi/analysis/tap.h)
//
// Numbers are little-endian, f64 is IEEE 754, and a text is its length in bytes as u16
// and then the bytes, none of which is NUL. Files of an earlier program end before
// `numbers` or have fewer of them: what is missing has the value that changes nothing.
// Further numbers, which this program does not know, are skipped.
#ifndef APP_DOCUMENT_OPERATION_H
#define APP_DOCUMENT_OPERATION_H

#include "app/document/take.h"
#include "midi/analysis/tap.h"

typedef enum OperationKind {
    OPERATION_BEGIN,   // the root: what was opened, played before, or nothing
    OPERATION_ADD,     // a take
    OPERATION_TOKENS,  // a generated take grows
    OPERATION_EVENTS,  // a played take grows
    OPERATION_FINISH,  // a take is complete
    OPERATION_REMOVE,  // a take and all that continue it are hidden
    OPERATION_RESTORE, // they are shown again
    OPERATION_RENAME,
    OPERATION_VIEW,
    OPERATION_UNDO,
    OPERATION_REDO,
    OPERATION_BARS, // tapped bars; tempo 0: the file's own bars hold again
    OPERATION_KINDS,
} OperationKind;

// What the user listens to. Times are microseconds on the path of the take.
typedef struct DocumentView {
    int take;                             // the take that is heard
    int64_t point;                        // where a continuation starts; -1: the end
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
    bool chosen;      // ADD: the view moves to it
    bool joined;      // ADD, REMOVE: undone together with the edit before
    Recipe recipe;    // ADD
    TakeStart start;  // ADD
    uint16_t *tokens;
    Event *events; // TOKENS: the event of each token, or NULL; not stored
    size_t count;  // the number of tokens or events
    int64_t drawn;
    DocumentView view;
    TappedBars bars;
} Operation;

// Appends the bytes of an operation.
void operation_encode(GByteArray *ret, const Operation *o);

// Decodes an operation. Its numbers may still be invalid for a document. `ret` owns
// what it points to; operation_clear() must be called on it in any case. Returns false
// if the bytes are no operation.
bool operation_decode(Operation *ret, const uint8_t *bytes, size_t size);
void operation_clear(Operation *o); // frees what a decoded operation owns

#endif
