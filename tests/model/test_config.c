// Which shapes are valid models.
#include "model/config.h"
#include "tests/test.h"

#include <stddef.h>

static const Config least = {.vocabulary = 2,
                             .context = 1,
                             .latents = 1,
                             .width = 4,
                             .heads = 1,
                             .rotary_wavelength = 1};

static bool refused(const Config *c, const char *what) {
    g_autoptr(GError) error = NULL;
    bool ok = config_check(c, &error);
    CHECK(ok == !error);
    return !ok && strstr(error->message, what);
}

static int *number(Config *c, size_t at) { return (int *)((char *)c + at); }

// Returns the largest value that config_check() allows for the number at `at` with the
// others as in `c`. Tries every power of 2 and its neighbours.
static int most_of(Config c, size_t at) {
    int most = 0;
    for (int bit = 0; bit < 31; bit++)
        for (int by = -1; by <= 1; by++) {
            *number(&c, at) = (int)(1u << bit) + by;
            if (config_check(&c, NULL)) most = MAX(most, *number(&c, at));
        }
    return most;
}

TEST(each_number_has_a_range) {
    Config c = least;
    CHECK(config_check(&c, NULL));
    const size_t at[] = {offsetof(Config, vocabulary), offsetof(Config, context),
                         offsetof(Config, latents), offsetof(Config, width),
                         offsetof(Config, heads)};
    for (size_t i = 0; i < G_N_ELEMENTS(at); i++) {
        c = least;
        *number(&c, at[i]) = *number(&c, at[i]) - 1;
        CHECK(!config_check(&c, NULL));
        *number(&c, at[i]) = G_MAXINT;
        CHECK(!config_check(&c, NULL));
    }
    c = least, c.layers = -1;
    CHECK(refused(&c, "layers is -1"));
    c = least, c.rotary_wavelength = (double)NAN;
    CHECK(refused(&c, "rotary_max_wavelength"));
    c = least, c.latents = 2;
    CHECK(refused(&c, "2 latents are more than the context of 1"));
    c = least, c.width = 10, c.heads = 3;
    CHECK(refused(&c, "cannot be shared by 3 heads"));
}

// The widest model with its longest context, and the longest context with its widest
// model.
TEST(a_context_times_a_width_is_an_int) {
    Config c = least;
    c.width = most_of(least, offsetof(Config, width));
    c.context = most_of(c, offsetof(Config, context));
    CHECK((int64_t)c.width * c.context <= G_MAXINT32);
    c.context++;
    CHECK((int64_t)c.width * c.context <= G_MAXINT32 ||
          refused(&c, "is too long for a width of"));
    c = least;
    c.context = most_of(least, offsetof(Config, context));
    c.width = most_of(c, offsetof(Config, width));
    CHECK((int64_t)c.width * c.context <= G_MAXINT32);
    c.width = 1 << 13, c.context = 1 << 20;
    CHECK(refused(&c, "262143 at most"));
}

TEST(the_other_products_are_ints_by_their_ranges) {
    Config wide = least, long_one = least;
    int64_t M = most_of(least, offsetof(Config, context)), h = 0;
    int64_t V = most_of(least, offsetof(Config, vocabulary));
    int64_t d = most_of(least, offsetof(Config, width));
    long_one.context = (int)M;
    int64_t N = most_of(long_one, offsetof(Config, latents));
    wide.width = (int)d;
    h = most_of(wide, offsetof(Config, heads));
    CHECK(V == 1 << 16 && d == 1 << 13 && M == 1 << 20 && N == 1 << 14 && h == 256);
    const int64_t products[] = {M * h, N * V, N * MLP_RATIO * d, V * d,
                                MLP_RATIO * d * d};
    for (size_t i = 0; i < G_N_ELEMENTS(products); i++)
        CHECK(products[i] <= G_MAXINT32);
}

int main(void) {
    RUN(each_number_has_a_range);
    RUN(a_context_times_a_width_is_an_int);
    RUN(the_other_products_are_ints_by_their_ranges);
    return test_end();
}
