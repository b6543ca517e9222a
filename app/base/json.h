// JSON on standard output.
#ifndef APP_BASE_JSON_H
#define APP_BASE_JSON_H

#include <cjson/cJSON.h>

// Prints and deletes a JSON value. Its strings may come from files, so characters that
// could control a terminal are printed as \uXXXX.
void json_print(cJSON *json);

#endif
