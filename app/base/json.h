// JSON on standard output.
#ifndef APP_BASE_JSON_H
#define APP_BASE_JSON_H

#include <cjson/cJSON.h>

// Prints and deletes a JSON value. Its strings may come from files, so characters that
// could control a terminal are printed as \uXXXX.
void json_print(cJSON *json);

// Adds a text from a file, made printable (messages.h), since JSON is UTF-8; NULL as
// null.
void json_add_text(cJSON *to, const char *key, const char *text);

// Adds a number; one that is not finite as null.
void json_add_number(cJSON *to, const char *key, double x);

#endif
