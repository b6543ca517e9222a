// JSON on standard output.
#ifndef APP_BASE_JSON_H
#define APP_BASE_JSON_H

#include <cjson/cJSON.h>

// Prints and deletes a JSON value. Its strings may come from files, so characters that
// could control a terminal are printed as \uXXXX.
void json_print(cJSON *json);

// Adds a text from a file. It is made printable (messages.h), since JSON must be UTF-8.
// NULL becomes null.
void json_add_text(cJSON *to, const char *key, const char *text);

// Adds a number. One that is not finite becomes null.
void json_add_number(cJSON *to, const char *key, double x);

#endif
