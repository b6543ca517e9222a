#include "model/files/model.h"

#include "model/files/memory.h"

#define ARCHITECTURE "perceiver-ar"
#define ACTIVATION   "relu_squared"

typedef struct Field {
    const char *key;
    int *value;
} Field;

static bool fail(GError **error, const char *path, const char *what) {
    g_set_error(error, MODEL_ERROR, 0, "%s: %s", path, what);
    return false;
}

static bool read_int(const Safetensors *f, const char *path, const char *key, int *ret,
                     GError **error) {
    const char *text = safetensors_metadata(f, key);
    gint64 value;
    if (!text || !g_ascii_string_to_signed(text, 10, 0, G_MAXINT, &value, NULL)) {
        g_set_error(error, MODEL_ERROR, 0, "%s: the metadata's %s is not a number",
                    path, key);
        return false;
    }
    *ret = (int)value;
    return true;
}

static bool read_config(const Safetensors *f, const char *path, Config *c,
                        GError **error) {
    const char *architecture = safetensors_metadata(f, "architecture");
    if (g_strcmp0(architecture, ARCHITECTURE) != 0)
        return fail(error, path, "is not a Perceiver AR model");
    int ratio = 0, rotary_dims = 0;
    const Field fields[] = {
        {"vocab_size", &c->vocabulary}, {"context", &c->context},
        {"latents", &c->latents},       {"width", &c->width},
        {"heads", &c->heads},           {"layers", &c->layers},
        {"mlp_ratio", &ratio},          {"rotary_dims", &rotary_dims},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++)
        if (!read_int(f, path, fields[i].key, fields[i].value, error)) return false;
    const char *wavelength = safetensors_metadata(f, "rotary_max_wavelength");
    const char *eps = safetensors_metadata(f, "norm_eps");
    c->rotary_wavelength = wavelength ? g_ascii_strtod(wavelength, NULL) : 0;
    c->places = safetensors_metadata(f, "places") != NULL;
    c->gates = safetensors_metadata(f, "gates") != NULL;
    c->values = safetensors_metadata(f, "values") != NULL;
    const Field recall[] = {{"recall_heads", &c->recall_heads},
                            {"recall_layer", &c->recall_layer},
                            {"recall_first", &c->recall_first},
                            {"recall_end", &c->recall_end}};
    if (safetensors_metadata(f, "recall_heads"))
        for (size_t i = 0; i < G_N_ELEMENTS(recall); i++)
            if (!read_int(f, path, recall[i].key, recall[i].value, error)) return false;
    const Field chords[] = {{"chord_steps", &c->chord_steps},
                            {"time_first", &c->time_first},
                            {"time_end", &c->time_end}};
    if (safetensors_metadata(f, "chord_steps"))
        for (size_t i = 0; i < G_N_ELEMENTS(chords); i++)
            if (!read_int(f, path, chords[i].key, chords[i].value, error)) return false;
    if (safetensors_metadata(f, "logit_cap") &&
        !read_int(f, path, "logit_cap", &c->logit_cap, error))
        return false;
    GError *wrong = NULL;
    if (!config_check(c, &wrong)) {
        g_propagate_prefixed_error(error, wrong, "%s: ", path);
        return false;
    }
    if (ratio != MLP_RATIO || rotary_dims != config_rotary(c) ||
        g_strcmp0(safetensors_metadata(f, "activation"), ACTIVATION) != 0 || !eps ||
        fabs(g_ascii_strtod(eps, NULL) / NORM_EPS - 1) > 1e-6)
        return fail(error, path,
                    "is a kind of Perceiver AR that this program does not "
                    "know (mlp_ratio, rotary_dims, activation or norm_eps)");
    return true;
}

// Reads each tensor of the parameter table from the tensor in the file that has the
// same name and shape.
typedef struct Reading {
    const Safetensors *file;
    const char *path;
    size_t found;
    GError *error;
} Reading;

static bool same_shape(const Tensor *t, const Parameter *want) {
    return t->dims == (want->columns ? 2 : 1) && t->shape[0] == want->rows &&
           (!want->columns || t->shape[1] == want->columns);
}

static void read_tensor(void *data, const Parameter *want) {
    Reading *r = data;
    if (r->error) return;
    const Tensor *t = safetensors_find(r->file, want->name);
    size_t n = parameter_size(want);
    if (!t || !same_shape(t, want)) {
        g_set_error(&r->error, MODEL_ERROR, 0, "%s: tensor %s is %s", r->path,
                    want->name, t ? "of another shape than the model's" : "missing");
        return;
    }
    float *values = memory_new(n, sizeof *values);
    if (!values) {
        memory_lacks("this model", &r->error);
        g_prefix_error(&r->error, "%s: ", r->path);
        return;
    }
    if (!tensor_to_float(t, values))
        g_set_error(&r->error, MODEL_ERROR, 0, "%s: tensor %s is not of floating point",
                    r->path, want->name);
    for (size_t i = 0; i < n && !r->error; i++) {
        if (!isfinite(values[i]))
            g_set_error(&r->error, MODEL_ERROR, 0,
                        "%s: tensor %s holds a number that is not finite", r->path,
                        want->name);
        (*want->at)[i] = (real)values[i];
    }
    memory_free(values);
    r->found++;
}

// A crafted configuration could ask for more memory than the file has tensors for.
static bool enough_bytes(const Safetensors *f, const Config *c) {
    size_t held = 0;
    for (size_t i = 0; i < f->tensor_count; i++)
        held += tensor_elements(&f->tensors[i]);
    double d = c->width, blocks = c->layers + 1;
    double recalled = c->recall_heads * (config_recalled(c) + 2.0 * c->vocabulary);
    double values = c->values ? (double)c->layers * c->vocabulary : 0;
    return blocks * 12 * d * d + (2.0 * c->vocabulary + values + recalled) * d <=
           (double)held;
}

bool model_from_safetensors(const Safetensors *file, const char *path, Model *ret,
                            GError **error) {
    Model m = {0};
    if (!read_config(file, path, &m.config, error)) return false;
    if (!enough_bytes(file, &m.config))
        return fail(error, path, "has fewer tensors than its configuration implies");
    if (!parameters_new(&m.parameters, &m.config)) {
        memory_lacks("this model", error);
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    Reading r = {.file = file, .path = path};
    parameters_each(&m.config, &m.parameters, read_tensor, &r);
    if (!r.error && r.found != file->tensor_count)
        fail(&r.error, path, "has tensors that its configuration does not know");
    if (r.error) {
        g_propagate_error(error, r.error);
        parameters_free(&m.parameters);
        return false;
    }
    m.tokenizer = g_strdup(safetensors_metadata(file, "tokenizer"));
    m.hash = g_strdup(file->sha256);
    *ret = m;
    return true;
}

bool model_load(const char *path, Model *ret, GError **error) {
    Safetensors file = {0};
    if (!safetensors_read(path, &file, error)) return false;
    bool ok = model_from_safetensors(&file, path, ret, error);
    safetensors_clear(&file);
    return ok;
}

void model_free(Model *m) {
    parameters_free(&m->parameters);
    g_free(m->tokenizer);
    g_free(m->hash);
    *m = (Model){0};
}

// Collects the parameter table as a list of tensors to write.
typedef struct Writing {
    GArray *tensors;  // of Tensor
    GPtrArray *owned; // names and converted data
    Dtype dtype;
} Writing;

static uint16_t to_bf16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

static const void *convert(const Writing *w, const real *from, size_t n) {
    uint16_t *half = w->dtype == DTYPE_BF16 ? g_new(uint16_t, n) : NULL;
    float *full = half ? NULL : g_new(float, n);
    for (size_t i = 0; i < n; i++)
        if (half)
            half[i] = to_bf16((float)from[i]);
        else
            full[i] = (float)from[i];
    return half ? (const void *)half : full;
}

static void write_tensor(void *data, const Parameter *p) {
    Writing *w = data;
    Tensor t = {.name = g_strdup(p->name),
                .dtype = w->dtype,
                .dims = p->columns ? 2 : 1,
                .shape = {p->rows, p->columns}};
    g_ptr_array_add(w->owned, (void *)t.name);
    t.data = *p->at;
    if (sizeof(real) != sizeof(float) || w->dtype == DTYPE_BF16) {
        t.data = convert(w, *p->at, parameter_size(p));
        g_ptr_array_add(w->owned, (void *)t.data);
    }
    g_array_append_val(w->tensors, t);
}

// Adds a key of the metadata and its value, in the order in which the file has them.
static void add_text(GPtrArray *metadata, const char *key, const char *value) {
    g_ptr_array_add(metadata, g_strdup(key));
    g_ptr_array_add(metadata, g_strdup(value));
}

static void add_number(GPtrArray *metadata, const char *key, int value) {
    char text[32];
    g_snprintf(text, sizeof text, "%d", value);
    add_text(metadata, key, text);
}

// Adds what a model has beside the paper's.
static void add_parts(GPtrArray *metadata, const Config *c) {
    if (c->places) add_text(metadata, "places", "sinusoid");
    if (c->gates) add_text(metadata, "gates", "heads");
    if (c->values) add_text(metadata, "values", "table");
    if (c->logit_cap) add_number(metadata, "logit_cap", c->logit_cap);
    if (!c->recall_heads) return;
    add_number(metadata, "recall_heads", c->recall_heads);
    add_number(metadata, "recall_layer", c->recall_layer);
    add_number(metadata, "recall_first", c->recall_first);
    add_number(metadata, "recall_end", c->recall_end);
    if (!c->chord_steps) return;
    add_number(metadata, "chord_steps", c->chord_steps);
    add_number(metadata, "time_first", c->time_first);
    add_number(metadata, "time_end", c->time_end);
}

// Returns the metadata: keys and values in turn, and NULL.
static GPtrArray *metadata_of(const Config *c, const char *tokenizer,
                              const char *const *extra) {
    GPtrArray *ret = g_ptr_array_new_with_free_func(g_free);
    char wavelength[32];
    g_ascii_dtostr(wavelength, sizeof wavelength, c->rotary_wavelength);
    add_text(ret, "architecture", ARCHITECTURE);
    add_number(ret, "vocab_size", c->vocabulary);
    add_number(ret, "context", c->context);
    add_number(ret, "latents", c->latents);
    add_number(ret, "width", c->width);
    add_number(ret, "heads", c->heads);
    add_number(ret, "layers", c->layers);
    add_number(ret, "mlp_ratio", MLP_RATIO);
    add_number(ret, "rotary_dims", config_rotary(c));
    add_text(ret, "rotary_max_wavelength", wavelength);
    add_text(ret, "activation", ACTIVATION);
    add_text(ret, "norm_eps", "1e-05");
    if (tokenizer) add_text(ret, "tokenizer", tokenizer);
    add_parts(ret, c);
    for (; extra && *extra; extra++) g_ptr_array_add(ret, g_strdup(*extra));
    g_ptr_array_add(ret, NULL);
    return ret;
}

bool model_save(const char *path, const Config *c, const Parameters *p,
                const char *tokenizer, Dtype dtype, const char *const *extra,
                GError **error) {
    GPtrArray *metadata = metadata_of(c, tokenizer, extra);
    Writing w = {g_array_new(FALSE, FALSE, sizeof(Tensor)),
                 g_ptr_array_new_with_free_func(g_free), dtype};
    Parameters table = *p; // parameters_each() needs a struct that it may change
    parameters_each(c, &table, write_tensor, &w);
    bool ok = safetensors_write(path, (const char *const *)metadata->pdata,
                                (const Tensor *)(void *)w.tensors->data, w.tensors->len,
                                error);
    g_array_unref(w.tensors);
    g_ptr_array_unref(w.owned);
    g_ptr_array_unref(metadata);
    return ok;
}
