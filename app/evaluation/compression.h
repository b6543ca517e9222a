// How far a piece repeats itself, by how well it can be packed: its notes in a line
// (midi/analysis/line.h), a byte for each interval from one to the next, through
// DEFLATE (LZ77; Louboutin & Meredith 2016 compress such viewpoints). Against the same
// notes in another order, COMPRESSION_BLOCK by COMPRESSION_BLOCK, in which only what is
// as short repeats:
//
//     the mean over COMPRESSION_ORDERS of bytes(in another order) / bytes(as played)
//
// 1 without longer repetition, the more the more; 1 too for music shorter than two
// blocks.
#ifndef APP_EVALUATION_COMPRESSION_H
#define APP_EVALUATION_COMPRESSION_H

#include "midi/performance.h"

enum { COMPRESSION_BLOCK = 8, COMPRESSION_ORDERS = 8 };

// The same music has the same number.
double compression_measure(const Performance *p);

#endif
