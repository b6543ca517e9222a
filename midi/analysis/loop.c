#include "midi/analysis/loop.h"

void loop_push(Loop *l, int symbol, int64_t onset) {
    for (int block = 1; block <= LOOP_BLOCK && block <= l->count; block++) {
        int before = (l->count - block) % LOOP_BLOCK;
        if (l->symbols[before] != symbol)
            l->same[block] = 0;
        else if (l->same[block]++ == 0)
            l->begin[block] = l->onsets[before];
    }
    l->symbols[l->count % LOOP_BLOCK] = symbol;
    l->onsets[l->count % LOOP_BLOCK] = onset;
    l->count++;
}

LoopPassage loop_now(const Loop *l) {
    LoopPassage longest = {0};
    for (int block = 1; block <= LOOP_BLOCK; block++) {
        int notes = l->same[block] + block;
        if (l->same[block] == 0 || notes < LOOP_TIMES * block || notes <= longest.notes)
            continue;
        int next = l->symbols[(l->count - block) % LOOP_BLOCK];
        int64_t end = l->onsets[(l->count - 1) % LOOP_BLOCK];
        longest = (LoopPassage){block, notes, next, l->begin[block], end};
    }
    return longest;
}
