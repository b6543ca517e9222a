// How much a piece repeats itself, measured by how well it compresses. The notes in a
// line (midi/analysis/line.h) are written as one byte for each interval between
// neighbours and compressed with DEFLATE (LZ77; Louboutin & Meredith 2016 compress such
// viewpoints). The result is compared with the same notes shuffled in blocks of
// COMPRESSION_BLOCK notes, where only shorter passages repeat:
//
//     the mean over COMPRESSION_ORDERS of bytes(in another order) / bytes(as played)
//
// It is 1 without long repetitions and larger with more of them. It is also 1 for music
// shorter than two blocks.
#ifndef APP_EVALUATION_MUSIC_COMPRESSION_H
#define APP_EVALUATION_MUSIC_COMPRESSION_H

#include "midi/performance.h"

enum { COMPRESSION_BLOCK = 8, COMPRESSION_ORDERS = 8 };

// Returns the number above. It depends on the music alone: the shuffling is seeded.
double compression_measure(const Performance *p);

#endif
