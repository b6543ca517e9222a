#include "app/generation/prompt.h"

// Notes that sound at the cut are first written as if they ended this much later, in
// microseconds. No other event of the prompt comes so late.
#define BEYOND 10000000

// Copies the prompt so that all notes that are open at `cut` end at `end`. If the piece
// ends with an onset, that key was not released, so it counts as held and not as a note
// of no length.
static void hold_open(Performance *ret, const Performance *before, int64_t cut,
                      int64_t end) {
    for (size_t i = 0; i < before->note_count; i++) {
        Note note = before->notes[i];
        if (note.release > cut || note.onset == cut) note.release = end;
        performance_add_note(ret, note);
    }
    for (size_t i = 0; i < before->pedal_count; i++)
        performance_add_pedal(ret, before->pedal[i].time, before->pedal[i].value);
    performance_add_pedal(ret, end, 0);
    performance_finish(ret);
}

// Returns how many tokens there are up to the last event before `end`.
static guint tokens_before(const GArray *tokens, int64_t end) {
    guint kept = 0;
    int64_t step = 0;
    for (guint i = 0; i < tokens->len; i++) {
        Token token = g_array_index(tokens, Token, i);
        if (token_is_time_shift(token))
            step += token - TOKEN_TIME_SHIFT + 1;
        else if (step < tokenizer_step(end) && token != TOKEN_EOS)
            kept = i + 1;
    }
    return kept;
}

void prompt_cut(Prompt *ret, const Performance *p, TokenizerKind kind, int64_t from) {
    int64_t last = performance_end(p);
    bool whole = from < 0 || from >= last;
    int64_t cut = whole ? last : from;
    *ret = (Prompt){.cut = cut};
    // A note that ends at the cut has ended; one that begins there has not begun. A
    // slice that is one microsecond longer distinguishes notes that end at the cut from
    // those held across it.
    performance_slice(&ret->before, p, 0, cut + 1);
    Performance *b = &ret->before;
    while (!whole && b->note_count > 0 && b->notes[b->note_count - 1].onset >= cut)
        b->note_count--;

    Performance open = {0};
    hold_open(&open, &ret->before, cut, cut + BEYOND);
    ret->tokens = tokenizer_encode(&open, kind);
    performance_clear(&open);
    g_array_set_size(ret->tokens, tokens_before(ret->tokens, cut + BEYOND));

    decoder_init(&ret->decoder);
    for (guint i = 0; i < ret->tokens->len; i++)
        decoder_push(&ret->decoder, g_array_index(ret->tokens, Token, i));
    // A short note at the cut lasts at least one step, which may end after the cut.
    ret->step = MAX(tokenizer_step(ret->cut), ret->decoder.step);
}

void prompt_clear(Prompt *p) {
    performance_clear(&p->before);
    if (p->tokens) g_array_unref(p->tokens);
    *p = (Prompt){0};
}

typedef struct Joining {
    Performance *ret;
    const Prompt *prompt;
    int64_t origin;   // the time that becomes 0
    bool include;     // the prompt's notes are in ret
    bool open[128];   // the key was struck before the cut and is not released yet
    size_t last[128]; // the index of the prompt's last note of each pitch
} Joining;

static void add_prompt(Joining *j) {
    const Performance *before = &j->prompt->before;
    for (size_t i = 0; i < before->note_count; i++) {
        performance_add_note(j->ret, before->notes[i]);
        j->last[before->notes[i].pitch] = i;
    }
    for (size_t i = 0; i < before->pedal_count; i++)
        performance_add_pedal(j->ret, before->pedal[i].time, before->pedal[i].value);
    for (size_t i = 0; i < before->move_count; i++)
        performance_move_pedal(j->ret, before->moves[i].time,
                               (Pedal)before->moves[i].pedal, before->moves[i].value);
}

static void add_note(Joining *j, Decoded off, int64_t release) {
    if (!j->open[off.event.pitch]) {
        int64_t onset = MAX(off.onset, j->prompt->cut) - j->origin;
        Note note = {onset, release, off.event.pitch, off.velocity};
        performance_add_note(j->ret, note);
    } else if (j->include) {
        j->ret->notes[j->last[off.event.pitch]].release = release;
    }
    j->open[off.event.pitch] = false;
}

static void add_event(Joining *j, Decoded decoded) {
    Event e = decoded.event;
    int64_t time = MAX(e.time, j->prompt->cut) - j->origin;
    if (e.kind == EVENT_RELEASE) add_note(j, decoded, time);
    if (e.kind == EVENT_PEDAL) performance_add_pedal(j->ret, time, e.value);
}

void prompt_join(Performance *ret, const Prompt *p, PromptPart part, const Token *take,
                 size_t count) {
    Joining j = {.ret = ret, .prompt = p, .include = part == PROMPT_INCLUDE};
    j.origin = j.include ? 0 : p->cut;
    Decoder decoder = p->decoder;
    for (int key = 0; key < 128; key++) j.open[key] = decoder.sounding[key] != 0;
    if (j.include)
        add_prompt(&j);
    else if (decoder.pedal)
        performance_add_pedal(ret, 0, 127);
    if (!decoder.pedal) performance_add_pedal(ret, p->cut - j.origin, 0);

    for (size_t i = 0; i < count; i++) add_event(&j, decoder_push(&decoder, take[i]));
    for (Token key = 0; key < 128; key++)
        add_event(&j, decoder_push(&decoder, TOKEN_NOTE_OFF + key));
    add_event(&j, decoder_push(&decoder, TOKEN_PEDAL_OFF));
    performance_move_pedal(ret, p->cut - j.origin, PEDAL_SOSTENUTO, 0);
    performance_move_pedal(ret, p->cut - j.origin, PEDAL_SOFT, 0);
    performance_finish(ret);
    if (p->before.tempo)
        ret->tempo = tempo_map_slice(p->before.tempo, j.origin, p->cut);
}

// A chord struck at the very end of a piece has the same time as the take's beginning.
static bool was_struck_at_the_cut(const Prompt *p, uint8_t pitch) {
    for (size_t i = p->before.note_count; i > 0; i--) {
        Note note = p->before.notes[i - 1];
        if (note.onset < p->cut) break;
        if (note.pitch == pitch) return true;
    }
    return false;
}

uint8_t *prompt_parts(const Prompt *p, PromptPart part, const Performance *joined) {
    uint8_t *parts = g_new0(uint8_t, joined->note_count);
    for (size_t i = 0; i < joined->note_count; i++) {
        Note note = joined->notes[i];
        bool given = part == PROMPT_INCLUDE &&
                     (note.onset < p->cut ||
                      (note.onset == p->cut && was_struck_at_the_cut(p, note.pitch)));
        parts[i] = given ? SMF_GIVEN : SMF_WRITTEN;
    }
    return parts;
}
