#include "app/document/operation_parts.h"

#include <math.h>

// A number that was added to the recipe later, and its value in files that lack it.
typedef struct Number {
    double *at;
    int *whole; // instead of `at`, if the number is an integer
    double usual;
    int64_t *steps; // likewise
} Number;
enum { NUMBERS = 3 + DIALS + 5 };

static void recipe_numbers(Recipe *recipe, Number ret[NUMBERS]) {
    SamplerRange *pitches = &recipe->plan.sampler.within;
    *ret++ = (Number){.at = &pitches->temperature, .usual = 1};
    *ret++ = (Number){.at = &pitches->top_p, .usual = 1};
    *ret++ = (Number){.at = &recipe->plan.closeness, .usual = 1};
    for (Dial dial = 0; dial <= DIAL_PEDAL; dial++)
        *ret++ = (Number){.at = &recipe->plan.dials.at[dial]};
    *ret++ = (Number){.at = &recipe->until};
    *ret++ = (Number){.whole = &recipe->rank};
    *ret++ = (Number){.whole = &recipe->candidates};
    *ret++ = (Number){.at = &recipe->nats};
    *ret++ = (Number){.at = &recipe->plan.dials.at[DIAL_SPREAD]};
    *ret++ = (Number){.steps = &recipe->plan.finish};
}

static double number_value(Number n) {
    return n.whole ? *n.whole : n.steps ? (double)*n.steps : *n.at;
}

static void put_numbers(GByteArray *ret, Recipe recipe) {
    Number numbers[NUMBERS];
    recipe_numbers(&recipe, numbers);
    bytes_put_u8(ret, NUMBERS);
    for (int i = 0; i < NUMBERS; i++) bytes_put_f64(ret, number_value(numbers[i]));
}

static void set_number(BytesReader *r, Number number, double value) {
    bool is_whole = value >= 0 && value <= 1e6 && value == floor(value);
    if (number.at)
        *number.at = value;
    else if (!is_whole)
        r->failed = true;
    else if (number.whole)
        *number.whole = (int)value;
    else
        *number.steps = (int64_t)value;
}

static void get_numbers(BytesReader *r, Recipe *recipe) {
    Number numbers[NUMBERS];
    recipe->plan.sampler.within = continuation_pitches(1, 1);
    recipe_numbers(recipe, numbers);
    int count = r->left > 0 ? bytes_get_u8(r) : 0;
    for (int i = 0; i < MAX(count, NUMBERS); i++) {
        double value = i < count ? bytes_get_f64(r) : numbers[i].usual;
        if (i < NUMBERS) set_number(r, numbers[i], value);
    }
}

void operation_put_recipe(GByteArray *ret, const Recipe *recipe,
                          const TakeStart *start) {
    const Plan *plan = &recipe->plan;
    bytes_put_u8(ret, (int)recipe->tokenizer);
    bytes_put_i64(ret, start->origin);
    bytes_put_i64(ret, start->step);
    bytes_put_u8(ret, start->velocity);
    bytes_put_u8(ret, start->pedal);
    uint8_t held[16] = {0};
    for (int key = 0; key < 128; key++)
        held[key / 8] |= (uint8_t)(start->held[key] << key % 8);
    g_byte_array_append(ret, held, sizeof held);
    bytes_put(ret, plan->seed, 8);
    bytes_put_f64(ret, plan->sampler.temperature);
    bytes_put_f64(ret, plan->sampler.top_p);
    bytes_put_f64(ret, plan->sampler.min_p);
    bytes_put_u32(ret, (size_t)plan->sampler.top_k);
    bytes_put_i64(ret, plan->tokens);
    bytes_put_i64(ret, plan->steps);
    bytes_put_u8(ret, plan->natural_end);
    bytes_put_text(ret, recipe->model);
    bytes_put_text(ret, recipe->model_hash);
    put_numbers(ret, *recipe);
}

void operation_get_recipe(BytesReader *r, Recipe *recipe, TakeStart *start) {
    Plan *plan = &recipe->plan;
    recipe->tokenizer = (TokenizerKind)bytes_get_choice(r, 1, TOKENIZER_PEDAL + 1);
    start->origin = bytes_get_i64(r);
    start->step = bytes_get_i64(r);
    start->velocity = bytes_get_u8(r);
    start->pedal = bytes_get_bool(r);
    for (int key = 0; key < 128;) {
        uint8_t eight = bytes_get_u8(r);
        for (int bit = 0; bit < 8; bit++) start->held[key++] = eight >> bit & 1;
    }
    plan->seed = bytes_get(r, 8);
    plan->sampler.temperature = bytes_get_f64(r);
    plan->sampler.top_p = bytes_get_f64(r);
    plan->sampler.min_p = bytes_get_f64(r);
    plan->sampler.top_k = bytes_get_number(r);
    plan->tokens = bytes_get_i64(r);
    plan->steps = bytes_get_i64(r);
    plan->natural_end = bytes_get_bool(r);
    recipe->model = bytes_get_text(r);
    recipe->model_hash = bytes_get_text(r);
    get_numbers(r, recipe);
}
