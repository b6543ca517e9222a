// A model's weights as generation reads them: its linear maps in int8 (qlinear.h), or
// as they are, exact. Immutable; shared by sessions and threads.
#ifndef MODEL_GENERATE_WEIGHTS_H
#define MODEL_GENERATE_WEIGHTS_H

#include "model/block.h"
#include "model/files/model.h"

// Vectors of which some are added up, in float if int8 is NULL; else each has a scale.
typedef struct Table {
    const real *float_weights; // borrowed from the model; (rows, columns)
    int rows, columns;
    int8_t *int8; // owned; as those
    real *scale;  // owned; (rows)
} Table;

typedef struct Weights {
    const Model *model; // borrowed
    Matrix latent, head;
    BlockWeights cross, *layers; // layers owned
    Matrix feed;                 // with the tables of recall.h, if the model has it
    Table next, after, before;
    bool int8;
} Weights;

Weights *weights_new(const Model *m, bool int8); // NULL if there is no memory for it
void weights_free(Weights *w);                   // accepts NULL

// y += sum over rows of by[row] times the row. Rows by which nothing is added are not
// read, nor those in int8 by which less than TABLE_LEAST is: of what recall would read
// in a context of music 383 rows of 868, which weigh 0.001 together.
//                                                      by: (rows)  y: (columns)
#define TABLE_LEAST ((real)1e-5)
void table_add(real *y, const Table *t, const real *by);

#endif
