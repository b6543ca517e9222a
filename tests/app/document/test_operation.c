#include "app/document/bytes.h"
#include "app/document/operation.h"
#include "tests/app/random_document.h"
#include "tests/test.h"

static bool decodes(const void *bytes, size_t size) {
    Operation o;
    // Exactly as large as needed, so that reading beyond the end is detected.
    g_autofree uint8_t *copy = g_memdup2(bytes, size);
    bool ok = operation_decode(&o, copy, size);
    operation_clear(&o);
    return ok;
}

// Calls `check` for each operation of a random history.
static void each_operation(uint32_t seed, void check(const uint8_t *bytes, size_t n)) {
    GRand *r = g_rand_new_with_seed(seed);
    Document d = random_document(r, 500);
    HistoryReader reader;
    const uint8_t *bytes;
    size_t size, kinds[OPERATION_KINDS] = {0};
    CHECK(
        history_open(&reader, d.history.bytes->data, d.history.bytes->len, "x", NULL));
    while (history_next(&reader, &bytes, &size) == HISTORY_GOES_ON) {
        kinds[bytes[0]]++;
        check(bytes, size);
    }
    for (int kind = 0; kind < OPERATION_KINDS; kind++) CHECK(kinds[kind] > 0);
    document_clear(&d);
    g_rand_free(r);
}

static void check_again(const uint8_t *bytes, size_t size) {
    Operation o;
    CHECK(operation_decode(&o, bytes, size));
    GByteArray *again = g_byte_array_new();
    operation_encode(again, &o);
    CHECK(again->len == size && memcmp(again->data, bytes, size) == 0);
    g_byte_array_unref(again);
    operation_clear(&o);
}

TEST(what_is_decoded_encodes_to_the_same_bytes) { each_operation(1, check_again); }

// The number of bytes at the end of a generated take's ADD: a count, and so many
// numbers.
enum { KNOWN = 3 + DIALS + 5, NUMBERS = 1 + KNOWN * 8 };

static bool has_numbers(const uint8_t *bytes) {
    return bytes[0] == OPERATION_ADD && bytes[13] == ORIGIN_GENERATED;
}

// Returns how many bytes follow the pedal changes in a BEGIN: a tempo map, and the
// moves of the other pedals.
static size_t added_bytes(const uint8_t *bytes, size_t size) {
    Operation o;
    CHECK(operation_decode(&o, bytes, size));
    GByteArray *without = g_byte_array_new();
    tempo_map_unref(o.root.tempo);
    o.root.tempo = NULL;
    o.root.move_count = 0;
    operation_encode(without, &o);
    size_t ret = size - without->len;
    g_byte_array_unref(without);
    operation_clear(&o);
    return ret;
}

static void check_lengths(const uint8_t *bytes, size_t size) {
    size_t optional = has_numbers(bytes) ? NUMBERS : added_bytes(bytes, size);
    if (bytes[0] == OPERATION_REMOVE) optional = size - 5; // whether it is joined
    for (size_t cut = 0; cut < size; cut++)
        CHECK(decodes(bytes, cut) == (cut == size - optional));
    g_autofree uint8_t *longer = g_malloc0(size + 1);
    memcpy(longer, bytes, size);
    CHECK(!decodes(longer, size + 1));
}

TEST(a_byte_too_few_or_too_many_is_no_operation) { each_operation(2, check_lengths); }

static void check_numbers(const uint8_t *bytes, size_t size) {
    if (!has_numbers(bytes)) return;
    for (size_t known = 0; known <= KNOWN + 1; known++) {
        g_autofree uint8_t *other = g_malloc0(size + 8);
        memcpy(other, bytes, size);
        other[size - NUMBERS] = (uint8_t)known;
        Operation o, as_it_is;
        CHECK(operation_decode(&o, other, size - NUMBERS + 1 + 8 * known));
        CHECK(operation_decode(&as_it_is, bytes, size));
        SamplerRange got = o.recipe.plan.sampler.within;
        SamplerRange want = as_it_is.recipe.plan.sampler.within;
        CHECK(got.first == want.first && got.end == want.end);
        CHECK(got.temperature == (known > 0 ? want.temperature : 1));
        CHECK(got.top_p == (known > 1 ? want.top_p : 1));
        CHECK(o.recipe.plan.closeness ==
              (known > 2 ? as_it_is.recipe.plan.closeness : 1));
        for (size_t dial = 0; dial < DIALS; dial++) { // the dial spread was added last
            size_t place = dial == DIAL_SPREAD ? 11 : 3 + dial;
            CHECK(o.recipe.plan.dials.at[dial] ==
                  (known > place ? as_it_is.recipe.plan.dials.at[dial] : 0));
        }
        CHECK(o.recipe.until == (known > 7 ? as_it_is.recipe.until : 0));
        CHECK(o.recipe.rank == (known > 8 ? as_it_is.recipe.rank : 0));
        CHECK(o.recipe.nats == (known > 10 ? as_it_is.recipe.nats : 0));
        CHECK(o.recipe.plan.finish == (known > 12 ? as_it_is.recipe.plan.finish : 0));
        operation_clear(&o);
        operation_clear(&as_it_is);
    }
}

TEST(a_take_of_an_earlier_or_later_program_lacks_numbers_or_has_more) {
    each_operation(3, check_numbers);
}

TEST(a_count_beyond_the_bytes_that_are_left_is_refused_before_it_is_allocated) {
    static const uint8_t kinds[] = {OPERATION_TOKENS, OPERATION_EVENTS};
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        uint8_t huge[] = {kinds[i], 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1, 2};
        Operation o;
        CHECK(!operation_decode(&o, huge, sizeof huge) && o.count == 0);
        operation_clear(&o);
    }
    uint8_t notes[] = {OPERATION_BEGIN, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1};
    Operation o;
    CHECK(!operation_decode(&o, notes, sizeof notes) && o.root.note_count == 0);
    operation_clear(&o);
}

static const uint8_t begin[] = {
    OPERATION_BEGIN,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0, // no name, notes or pedal
    1,
    0xE0,
    1,
    0,
    0,
    0,
    0, // a map, 480, no title or names
    1,
    0,
    0,
    0,
    9,
    0,
    0,
    0,
    1,
    0,
    0,
    0, // at tick 9 a microsecond
    1,
    0,
    0,
    0,
    9,
    0,
    0,
    0,
    3,
    2,
    24,
    8, // 3/4
    1,
    0,
    0,
    0,
    9,
    0,
    0,
    0,
    0xFD,
    1, // 3 flats, minor
};

static bool decodes_with(size_t at, uint8_t value) {
    uint8_t bytes[sizeof begin];
    memcpy(bytes, begin, sizeof begin);
    bytes[at] = value;
    return decodes(bytes, sizeof bytes);
}

TEST(a_root_of_an_earlier_program_has_no_tempo_map) {
    Operation o;
    CHECK(operation_decode(&o, begin, 12) && !o.root.tempo);
    operation_clear(&o);
    CHECK(operation_decode(&o, begin, sizeof begin) && o.root.tempo);
    CHECK(tempo_map_time(o.root.tempo, 480 + 9) == (9 * 500000 + 480) / 480);
    operation_clear(&o);
}

TEST(a_tempo_map_that_makes_no_sense_is_refused) {
    CHECK(decodes_with(12, 1) && !decodes_with(12, 4) && !decodes_with(12, 0));
    CHECK(!decodes_with(26, 0x80)); // a tick of 2^31
    CHECK(!decodes_with(27, 0));    // a quarter of no length
    CHECK(!decodes_with(30, 1));    // a quarter longer than a file can express
    CHECK(!decodes_with(39, 0) && !decodes_with(40, 8));
    CHECK(!decodes_with(51, 0xF8) && !decodes_with(52, 2));
}

TEST(a_move_of_a_pedal_that_there_is_not_is_refused) {
    uint8_t bytes[12 + 1 + 4 + 10] = {OPERATION_BEGIN, [12] = 2, [13] = 1};
    for (uint8_t pedal = 0; pedal < 5; pedal++) {
        bytes[25] = pedal;
        CHECK(decodes(bytes, sizeof bytes) ==
              (pedal == PEDAL_SOSTENUTO || pedal == PEDAL_SOFT));
    }
}

TEST(a_text_has_no_nul_and_is_no_longer_than_allowed) {
    uint8_t rename[7 + BYTES_TEXT + 1] = {OPERATION_RENAME, 0, 0, 0, 0, 2, 0, 'a'};
    CHECK(!decodes(rename, 9)); // "a\0"
    rename[8] = 'b';
    CHECK(decodes(rename, 9));
    memset(rename + 7, 'x', BYTES_TEXT + 1);
    rename[5] = (BYTES_TEXT & 255) + 1;
    rename[6] = BYTES_TEXT >> 8;
    CHECK(!decodes(rename, sizeof rename));
    rename[5]--;
    CHECK(decodes(rename, sizeof rename - 1));
}

// The codes in the file do not depend on the program's numbers.
TEST(a_journal_has_the_kinds_of_events_by_numbers_of_its_own) {
    static const uint8_t kinds[] = {EVENT_ONSET, EVENT_RELEASE, EVENT_PEDAL,
                                    EVENT_TIME};
    for (uint8_t code = 0; code <= 4; code++) {
        uint8_t bytes[9 + 11] = {OPERATION_EVENTS, [1] = 7,   [5] = 1,  [9] = 5,
                                 [17] = code,      [18] = 60, [19] = 80};
        Operation o;
        bool known = code < 4;
        CHECK(operation_decode(&o, bytes, sizeof bytes) == known);
        CHECK(!known || (o.take == 7 && o.count == 1 && o.events[0].time == 5));
        CHECK(!known || (o.events[0].kind == kinds[code] && o.events[0].pitch == 60));
        CHECK(!known || o.events[0].value == 80);
        operation_clear(&o);
    }
}

TEST(kinds_and_flags_that_are_not_known_are_refused) {
    uint8_t unknown[] = {OPERATION_KINDS}, undo[] = {OPERATION_UNDO};
    CHECK(!decodes(unknown, 1) && decodes(undo, 1));
    uint8_t add[16] = {OPERATION_ADD};
    add[13] = ORIGIN_PLAYED;
    CHECK(decodes(add, 16));
    add[14] = 2;
    CHECK(!decodes(add, 16));
    add[14] = 0;
    add[13] = ORIGIN_GENERATED + 1;
    CHECK(!decodes(add, 16));
}

int main(void) {
    RUN(what_is_decoded_encodes_to_the_same_bytes);
    RUN(a_byte_too_few_or_too_many_is_no_operation);
    RUN(a_take_of_an_earlier_or_later_program_lacks_numbers_or_has_more);
    RUN(a_count_beyond_the_bytes_that_are_left_is_refused_before_it_is_allocated);
    RUN(a_root_of_an_earlier_program_has_no_tempo_map);
    RUN(a_tempo_map_that_makes_no_sense_is_refused);
    RUN(a_move_of_a_pedal_that_there_is_not_is_refused);
    RUN(a_text_has_no_nul_and_is_no_longer_than_allowed);
    RUN(a_journal_has_the_kinds_of_events_by_numbers_of_its_own);
    RUN(kinds_and_flags_that_are_not_known_are_refused);
    return test_end();
}
