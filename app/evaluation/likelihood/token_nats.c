#include "app/evaluation/likelihood/token_nats.h"

double token_nats(const real *logits, Token token, Token first, Token end) {
    double sum = 0;
    for (Token t = first; t < end; t++)
        sum += exp((double)logits[t] - (double)logits[token]);
    return log(sum);
}
