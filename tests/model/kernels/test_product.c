// Compares every way to multiply, for odd shapes, with plain loops in double.
#include "tests/test.h"

#include "model/kernels/bf16.h"
#include "model/kernels/product.h"
#include "model/rng.h"

#include <stdlib.h>

static const int shapes[][3] = {
    // m, n, k
    {1, 1, 1},       {1, 391, 64},     {7, 5, 3},     {8, 48, 32},
    {33, 47, 35},    {64, 49, 128},    {129, 97, 66}, {300, 391, 40},
    {37, 256, 1030}, {256, 144, 2049}, {40, 33, 32},  {1024, 65, 96},
};

static float *random_matrix(size_t n, Rng *rng) {
    float *x = malloc(n * sizeof *x);
    for (size_t i = 0; i < n; i++) x[i] = (float)rng_normal(rng);
    return x;
}

static double round_to_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000u;
    memcpy(&x, &bits, sizeof x);
    return (double)x;
}

typedef struct Case {
    ProductKind kind;
    int m, n, k;
    bool mixed, add;
} Case;

// The result shows whether product() chose bf16: then it is exact, up to float
// rounding, for inputs rounded to bf16, and far from that for other inputs.
static double element(const Case *c, const float *A, const float *B, int i, int j,
                      int as, int bs, bool rounded) {
    double sum = 0;
    for (int l = 0; l < c->k; l++) {
        float a = c->kind == PRODUCT_TN ? A[l * as + i] : A[i * as + l];
        float b = c->kind == PRODUCT_NT ? B[j * bs + l] : B[l * bs + j];
        sum += rounded ? round_to_bf16(a) * round_to_bf16(b) : (double)a * (double)b;
    }
    return sum;
}

static void check(const Case *c) {
    Rng rng = rng_new(1, (uint64_t)(c->m * 7 + c->n));
    // The stride is larger than the rows, as with a head's view.
    int as = (c->kind == PRODUCT_TN ? c->m : c->k) + 3;
    int bs = (c->kind == PRODUCT_NT ? c->k : c->n) + 5, cs = c->n + 2;
    float *A = random_matrix((size_t)(c->kind == PRODUCT_TN ? c->k : c->m) * (size_t)as,
                             &rng);
    float *B = random_matrix((size_t)(c->kind == PRODUCT_NT ? c->n : c->k) * (size_t)bs,
                             &rng);
    float *C = random_matrix((size_t)c->m * (size_t)cs, &rng);
    float *before = malloc((size_t)c->m * (size_t)cs * sizeof *before);
    memcpy(before, C, (size_t)c->m * (size_t)cs * sizeof *before);
    Pool *pool = pool_new(2);
    pool_set_mixed(pool, c->mixed);
    product(pool, c->kind, view(C, cs), c->add ? view(C, cs) : FROM_ZERO, view(A, as),
            view(B, bs), c->m, c->n, c->k);
    bool rounded = c->mixed && bf16_here() && c->m >= 32 && c->n >= 32 && c->k >= 32;
    double worst = 0;
    for (int i = 0; i<c->m; i += c->m> 40 ? 7 : 1)
        for (int j = 0; j < cs; j++) {
            double was = (double)before[i * cs + j], want = was;
            if (j < c->n)
                want = element(c, A, B, i, j, as, bs, rounded) + (c->add ? was : 0);
            worst = fmax(worst, fabs(want - (double)C[i * cs + j]));
        }
    double bound = 2e-6 * sqrt((double)c->k) * 4 + 1e-6;
    if (!(worst <= bound))
        fprintf(stderr, "kind %d, %d x %d x %d, mixed %d, add %d: off by %g\n", c->kind,
                c->m, c->n, c->k, c->mixed, c->add, worst);
    CHECK(worst <= bound);
    pool_free(pool);
    free(A), free(B), free(C), free(before);
}

static void check_all(bool mixed) {
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int kind = PRODUCT_NN; kind <= PRODUCT_TN; kind++)
            for (int add = 0; add < 2; add++)
                check(&(Case){(ProductKind)kind, shapes[s][0], shapes[s][1],
                              shapes[s][2], mixed, add});
}

TEST(float_products_of_any_shape_are_those_of_plain_loops) { check_all(false); }

TEST(bf16_products_of_any_shape_are_those_of_plain_loops_over_rounded_inputs) {
    check_all(true);
}

int main(void) {
    gemm_init();
    RUN(float_products_of_any_shape_are_those_of_plain_loops);
    if (bf16_here())
        RUN(bf16_products_of_any_shape_are_those_of_plain_loops_over_rounded_inputs);
    else
        SKIP("this CPU has no bf16 products");
    return test_end();
}
