// A model's weights for generation: its linear maps in int8 (qlinear.h), or exact, as
// in the model. Immutable; shared by sessions and threads.
#ifndef MODEL_GENERATE_WEIGHTS_H
#define MODEL_GENERATE_WEIGHTS_H

#include "model/block.h"
#include "model/files/model.h"

// A table of row vectors, of which weighted sums are taken. In float if int8 is NULL;
// otherwise in int8 with a scale for each row.
typedef struct Table {
    const real *float_weights; // borrowed from the model; (rows, columns)
    int rows, columns;
    int8_t *int8; // owned; same shape
    real *scale;  // owned; (rows)
} Table;

typedef struct Weights {
    const Model *model; // borrowed
    Matrix latent, head;
    BlockWeights cross, *layers; // layers owned
    Matrix feed;                 // with the tables of recall.h, if the model has it
    Table next, after, before;
    bool int8;
    void *rounded; // owned; the matrices in int8, or NULL
} Weights;

Weights *weights_new(const Model *m, bool int8); // NULL if there is not enough memory
void weights_free(Weights *w);                   // accepts NULL

// y += sum over rows of by[row] times the row. Rows with by[row] = 0 are not read, nor
// rows in int8 whose by[row] is below TABLE_LEAST. In recall over a context of music,
// these were 383 of 868 rows, with a total weight of 0.001.
//                                                      by: (rows)  y: (columns)
#define TABLE_LEAST ((real)1e-5)
void table_add(real *y, const Table *t, const real *by);

#endif
