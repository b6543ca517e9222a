// Parts of an operation with a file each: the root of a document, and how a generated
// take was made. Shared by operation.c and these files.
#ifndef APP_DOCUMENT_OPERATION_PARTS_H
#define APP_DOCUMENT_OPERATION_PARTS_H

#include "app/document/bytes.h"
#include "app/document/operation.h"

void operation_put_root(GByteArray *ret, const Operation *o);
void operation_get_root(BytesReader *r, Operation *ret);

void operation_put_recipe(GByteArray *ret, const Recipe *recipe,
                          const TakeStart *start);
void operation_get_recipe(BytesReader *r, Recipe *recipe, TakeStart *start);

#endif
