#include "model/files/safetensors_header.h"

#include <cjson/cJSON.h>
#include <string.h>

#define MAX_PARTS   (1 << 20)         // of the JSON, each 64 bytes in cJSON
#define MAX_INTEGER 9007199254740992. // 2^53: doubles above it skip integers
#define MAX_NAME    255
#define SUM_DIGITS  64
#define METADATA    "__metadata__"

static const struct {
    const char *name;
    size_t size;
} dtypes[] = {
    [DTYPE_F32] = {"F32", 4}, [DTYPE_BF16] = {"BF16", 2}, [DTYPE_F64] = {"F64", 8},
    [DTYPE_I32] = {"I32", 4}, [DTYPE_I64] = {"I64", 8},   [DTYPE_U8] = {"U8", 1},
    [DTYPE_I8] = {"I8", 1},
};

size_t dtype_size(Dtype dtype) { return dtypes[dtype].size; }

size_t tensor_bytes(const Tensor *t) {
    return tensor_elements(t) * dtype_size(t->dtype);
}

typedef struct Entry {
    Tensor tensor;
    uint64_t begin, end; // the tensor's bytes, counted from the end of the header
} Entry;

static bool read_integer(const cJSON *item, uint64_t *ret) {
    if (!cJSON_IsNumber(item)) return false;
    double x = item->valuedouble;
    if (!(x >= 0 && x <= MAX_INTEGER)) return false;
    *ret = (uint64_t)x;
    return (double)*ret == x;
}

// Reads a list of at most `max` integers; false if it is anything else.
static bool read_integers(const cJSON *list, int max, uint64_t *ret, int *ret_count) {
    if (!cJSON_IsArray(list)) return false;
    int count = 0;
    for (const cJSON *item = list->child; item; item = item->next)
        if (count == max || !read_integer(item, &ret[count++])) return false;
    *ret_count = count;
    return true;
}

static bool read_dtype(const cJSON *item, Dtype *ret) {
    if (!cJSON_IsString(item)) return false;
    for (size_t i = 0; i < G_N_ELEMENTS(dtypes); i++) {
        *ret = (Dtype)i;
        if (strcmp(item->valuestring, dtypes[i].name) == 0) return true;
    }
    return false;
}

// Names are printed on terminals, so control characters are refused.
static bool name_is_plain(const char *name) {
    size_t size = strlen(name);
    if (size == 0 || size > MAX_NAME) return false;
    for (const char *c = name; *c; c = g_utf8_next_char(c))
        if (g_unichar_iscntrl(g_utf8_get_char(c))) return false;
    return true;
}

// The size of the elements must be the distance between the offsets.
static bool size_is_right(const Entry *e) {
    uint64_t bytes = dtype_size(e->tensor.dtype);
    for (int d = 0; d < e->tensor.dims; d++)
        if (!g_uint64_checked_mul(&bytes, bytes, (uint64_t)e->tensor.shape[d]))
            return false;
    return e->end >= e->begin && e->end - e->begin == bytes;
}

static bool read_entry(const cJSON *item, Entry *ret, GError **error) {
    const char *name = item->string;
    if (!name_is_plain(name))
        return fail(error, "a tensor's name is empty, too long or not printable");
    if (!cJSON_IsObject(item)) return fail(error, "tensor %s: not described", name);

    const cJSON *dtype = NULL, *shape = NULL, *offsets = NULL;
    for (const cJSON *part = item->child; part; part = part->next) {
        const cJSON **slot = strcmp(part->string, "dtype") == 0          ? &dtype
                             : strcmp(part->string, "shape") == 0        ? &shape
                             : strcmp(part->string, "data_offsets") == 0 ? &offsets
                                                                         : NULL;
        if (!slot || *slot)
            return fail(error, "tensor %s: a part is unknown or there twice", name);
        *slot = part;
    }
    Entry e = {0};
    uint64_t dims[SAFETENSORS_MAX_DIMS], range[2];
    int count;
    if (!read_dtype(dtype, &e.tensor.dtype))
        return fail(error, "tensor %s: the dtype is not one known here", name);
    if (!read_integers(shape, SAFETENSORS_MAX_DIMS, dims, &e.tensor.dims))
        return fail(error, "tensor %s: the shape is not 0 to %d integers", name,
                    SAFETENSORS_MAX_DIMS);
    if (!read_integers(offsets, 2, range, &count) || count != 2)
        return fail(error, "tensor %s: the offsets are not two integers", name);
    for (int d = 0; d < e.tensor.dims; d++) e.tensor.shape[d] = (int64_t)dims[d];
    e.begin = range[0];
    e.end = range[1];
    if (!size_is_right(&e))
        return fail(error, "tensor %s: shape and offsets do not agree", name);
    *ret = e;
    return true;
}

static GHashTable *new_metadata(void) {
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static bool read_metadata(const cJSON *item, Safetensors *s, GError **error) {
    if (s->metadata) return fail(error, "there are two " METADATA);
    s->metadata = new_metadata();
    if (!cJSON_IsObject(item)) return fail(error, METADATA " is not an object");
    for (const cJSON *pair = item->child; pair; pair = pair->next) {
        if (!cJSON_IsString(pair)) return fail(error, "the metadata are not all text");
        if (!g_hash_table_insert(s->metadata, g_strdup(pair->string),
                                 g_strdup(pair->valuestring)))
            return fail(error, "a key of the metadata is there twice");
    }
    return true;
}

static gint by_offset(gconstpointer a, gconstpointer b) {
    const Entry *x = a, *y = b;
    if (x->begin != y->begin) return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static bool read_entries(const cJSON *root, GArray *entries, Safetensors *s,
                         GError **error) {
    for (const cJSON *item = root->child; item; item = item->next) {
        if (strcmp(item->string, METADATA) == 0) {
            if (!read_metadata(item, s, error)) return false;
            continue;
        }
        if (entries->len == SAFETENSORS_MAX_TENSORS)
            return fail(error, "more than %d tensors", SAFETENSORS_MAX_TENSORS);
        Entry e;
        if (!read_entry(item, &e, error)) return false;
        char *name = g_string_chunk_insert(s->names, item->string);
        if (!g_hash_table_insert(s->by_name, name, NULL))
            return fail(error, "tensor %s: there twice", name);
        e.tensor.name = name;
        g_array_append_val(entries, e);
    }
    return true;
}

// Sorts the tensors by their offsets. They must cover every byte exactly once.
static bool place(const GArray *entries, uint64_t data_size, Safetensors *s,
                  GError **error) {
    uint64_t end = 0;
    for (guint i = 0; i < entries->len; i++) {
        const Entry *e = &g_array_index(entries, Entry, i);
        if (e->begin != end)
            return fail(error, "tensor %s: %s", e->tensor.name,
                        e->begin < end ? "overlaps another" : "a gap before it");
        end = e->end;
    }
    if (end != data_size)
        return fail(error, "the tensors do not fill the file, which ends %s",
                    end < data_size ? "later" : "before");
    s->tensors = g_new0(Tensor, entries->len);
    s->tensor_count = entries->len;
    for (guint i = 0; i < entries->len; i++) {
        s->tensors[i] = g_array_index(entries, Entry, i).tensor;
        g_hash_table_insert(s->by_name, (char *)s->tensors[i].name, &s->tensors[i]);
    }
    return true;
}

// Refuses text that cJSON would accept wrongly or with too much memory.
static bool check_text(const char *text, size_t size, GError **error) {
    const char *bad;
    if (text[0] != '{') return fail(error, "byte 8: the header does not begin with {");
    if (!g_utf8_validate(text, (gssize)size, &bad))
        return fail(error, "byte %zu: not UTF-8", 8 + (size_t)(bad - text));
    if (memmem(text, size, "\\u0000", 6)) return fail(error, "a zero within a text");
    size_t parts = 0;
    for (size_t i = 0; i < size; i++) {
        if ((uint8_t)text[i] < ' ' && !strchr("\t\n\r", text[i]))
            return fail(error, "byte %zu: a control character", 8 + i);
        parts += text[i] == ',' || text[i] == '[' || text[i] == '{';
    }
    return parts <= MAX_PARTS || fail(error, "the header has too many parts");
}

bool header_read(const char *text, size_t size, uint64_t data_size, Safetensors *s,
                 GError **error) {
    if (!check_text(text, size, error)) return false;
    const char *end = text;
    cJSON *root = cJSON_ParseWithLengthOpts(text, size + 1, &end, true);
    if (!root) return fail(error, "byte %zu: not JSON", 8 + (size_t)(end - text));

    GArray *entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    s->names = g_string_chunk_new(4096);
    s->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    bool ok = read_entries(root, entries, s, error);
    g_array_sort(entries, by_offset);
    ok = ok && place(entries, data_size, s, error);
    if (!s->metadata) s->metadata = new_metadata();
    g_array_free(entries, TRUE);
    cJSON_Delete(root);
    return ok;
}

// Returns where the checksum of the header stands in the header, or NULL. In JSON the
// searched bytes can only be a key with its value, because within a string every quote
// has a backslash before it.
static char *find_sum(char *text, size_t size) {
    static const char mark[] = "\"" HEADER_SUM "\":\"";
    char *at = memmem(text, size, mark, sizeof mark - 1);
    if (!at) return NULL;
    at += sizeof mark - 1;
    return (size_t)(text + size - at) >= SUM_DIGITS ? at : NULL;
}

char *header_sum(char *text, size_t size) {
    char *digits = find_sum(text, size);
    if (digits) memset(digits, '0', SUM_DIGITS);
    return g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)text, size);
}

static void describe(cJSON *root, const Tensor *t, uint64_t *offset) {
    cJSON *entry = cJSON_AddObjectToObject(root, t->name);
    cJSON_AddStringToObject(entry, "dtype", dtypes[t->dtype].name);
    cJSON *shape = cJSON_AddArrayToObject(entry, "shape");
    for (int d = 0; d < t->dims; d++)
        cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)t->shape[d]));
    cJSON *offsets = cJSON_AddArrayToObject(entry, "data_offsets");
    cJSON_AddItemToArray(offsets, cJSON_CreateNumber((double)*offset));
    *offset += tensor_bytes(t);
    cJSON_AddItemToArray(offsets, cJSON_CreateNumber((double)*offset));
}

GString *header_write(const char *const *metadata, const Tensor *tensors, size_t count,
                      const char *tensor_sum) {
    cJSON *root = cJSON_CreateObject();
    cJSON *texts = cJSON_AddObjectToObject(root, METADATA);
    for (; metadata && *metadata; metadata += 2)
        cJSON_AddStringToObject(texts, metadata[0], metadata[1]);
    cJSON_AddStringToObject(texts, TENSOR_SUM, tensor_sum);
    g_autofree char *zeros = g_strnfill(SUM_DIGITS, '0');
    cJSON_AddStringToObject(texts, HEADER_SUM, zeros);
    uint64_t offset = 0;
    for (size_t i = 0; i < count; i++) describe(root, &tensors[i], &offset);

    char *json = cJSON_PrintUnformatted(root);
    GString *text = g_string_new(json);
    while (text->len % 8 != 0) g_string_append_c(text, ' ');
    cJSON_free(json);
    cJSON_Delete(root);
    g_autofree char *sum = header_sum(text->str, text->len);
    memcpy(find_sum(text->str, text->len), sum, SUM_DIGITS);
    return text;
}
