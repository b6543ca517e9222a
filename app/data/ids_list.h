// Which files a model of ids is trained on, and the split each is in: of folders those
// that dataset_list() finds, where any name will do, and files named by themselves.
//
// Where `validation` names files, these are validated on and all others trained on.
// Else a folder's CSV decides, or the hash of the names in it; and of the files named
// by themselves their names' hash.
//
// All images have one size, that of the first, or what is learned of the row above in
// one is wrong in the next; a file of numbers is not listed beside one of bytes.
#ifndef APP_DATA_IDS_LIST_H
#define APP_DATA_IDS_LIST_H

#include "app/data/dataset_list.h"

// As dataset_list(); no file twice. `paths` and `validation` are NULL-terminated, the
// latter may be NULL. Fails too if a path that was given is none.
GPtrArray *ids_list(char *const *paths, char *const *validation, GPtrArray *reasons,
                    DatasetBasis *ret_basis, GError **error);

// Whether what is listed are files of numbers; false where nothing is.
bool ids_list_numbers(const GPtrArray *files);

#endif
