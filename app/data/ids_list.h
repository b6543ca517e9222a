// The files that a model of ids is trained on, and the split of each. They are the
// files with any name that dataset_list() finds in folders, and files that are named
// directly.
//
// If `validation` names files, those are the validation split and all others the
// training split. Otherwise a folder's CSV decides, or the hash of the names in it; for
// files that are named directly, the hash of their names.
//
// All images must have the size of the first: the model learns how far back the row
// above lies, which depends on the width. Files of numbers and files of bytes cannot be
// mixed.
#ifndef APP_DATA_IDS_LIST_H
#define APP_DATA_IDS_LIST_H

#include "app/data/dataset_list.h"

// Returns the files as dataset_list() does, each of them once. `paths` and `validation`
// are NULL-terminated; the latter may be NULL. Also fails if a given path does not
// exist.
GPtrArray *ids_list(char *const *paths, char *const *validation, GPtrArray *reasons,
                    DatasetBasis *ret_basis, GError **error);

// Returns whether the listed files hold numbers; false if there are none.
bool ids_list_numbers(const GPtrArray *files);

#endif
