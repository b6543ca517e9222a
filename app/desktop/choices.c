#include "app/desktop/choices.h"

#include <string.h>

void choices_clear(Choices *c) {
    if (c->names) g_ptr_array_unref(c->names);
    if (c->values) g_ptr_array_unref(c->values);
    *c = (Choices){0};
}

void choices_begin(Choices *c) {
    choices_clear(c);
    c->names = g_ptr_array_new_with_free_func(g_free);
    c->values = g_ptr_array_new_with_free_func(g_free);
}

void choices_add(Choices *c, const char *name, const char *value) {
    g_ptr_array_add(c->names, g_strdup(name));
    g_ptr_array_add(c->values, g_strdup(value));
}

static int find(const Choices *c, const char *value) {
    for (guint i = 0; i < c->values->len; i++)
        if (strcmp(c->values->pdata[i], value) == 0) return (int)i;
    return -1;
}

bool choices_have(const Choices *c, const char *value) { return find(c, value) >= 0; }

const char *choices_value(const Choices *c, int64_t at) {
    return at >= 0 && at < c->values->len ? c->values->pdata[at] : "";
}

ViewChoices choices_show(const Choices *c, const char *value) {
    return (ViewChoices){(const char *const *)c->names->pdata, (int)c->names->len,
                         find(c, value)};
}
