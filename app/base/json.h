// JSON on standard output.
#ifndef APP_BASE_JSON_H
#define APP_BASE_JSON_H

#include <cjson/cJSON.h>

// Prints and deletes it. In its texts, which may come from files, what a terminal could
// obey is \uXXXX.
void json_print(cJSON *json);

#endif
