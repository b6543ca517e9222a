// The options of `par-midi train` that have numbers as values.
#ifndef APP_COMMANDS_TRAIN_TRAIN_NUMBERS_H
#define APP_COMMANDS_TRAIN_TRAIN_NUMBERS_H

#include <stdbool.h>

#define TRAIN_USUAL_MINUTES 60 // the default length of a run
#define TRAIN_SHORT_MINUTES 20 // a larger model needs longer runs to leave its plateau
#define TRAIN_USUAL_CAP     15 // the soft cap of new models

typedef enum TrainNumber {
    TRAIN_STEPS,
    TRAIN_MINUTES,
    TRAIN_BATCH,
    TRAIN_RATE,
    TRAIN_WARMUP,
    TRAIN_DECAY,
    TRAIN_DECAY_EPOCHS,
    TRAIN_AVERAGE,
    TRAIN_BETA2,
    TRAIN_DROPOUT,
    TRAIN_KEEP,
    TRAIN_SPAN,
    TRAIN_BIAS,
    TRAIN_CONTEXT,
    TRAIN_LATENTS,
    TRAIN_WIDTH,
    TRAIN_HEADS,
    TRAIN_LAYERS,
    TRAIN_CAP,
    TRAIN_SEED,
    TRAIN_VOCABULARY,
    TRAIN_THREADS,
    TRAIN_VALIDATE_EVERY,
    TRAIN_SAVE_EVERY,
    TRAIN_REPORT_EVERY,
    TRAIN_NUMBERS,
} TrainNumber;

typedef struct TrainNumberKind {
    const char *name;
    double least, most;
    bool whole;
    bool resumes; // it may be given with --resume
    bool cools;   // it may be given with --cooldown
    bool shapes;  // it is fixed by the model of --from
    const char *help;
} TrainNumberKind;

extern const TrainNumberKind train_numbers[TRAIN_NUMBERS];

#endif
