// How a model sees files that are not music: ids below V, with an end token before the
// first and after the last. The end token is the id V.
//
//   NAME.ids  numbers of 16 bits, little-endian; the caller chooses V
//   NAME.ppm  an image, "P6", of 8 bits: its samples in raster order, red, green, blue
//             of each pixel in turn; V = 256. The model is not told the width; it must
//             learn that the pixel above lies three times the width back.
//   others    their bytes; V = 256
//
// The ending of the name decides, in upper or lower case.
#ifndef APP_DATA_IDS_FILE_H
#define APP_DATA_IDS_FILE_H

#include "model/config.h"

#include <stddef.h>

enum { IDS_BYTES_VOCABULARY = 256 };

// The largest file. Its tokens fit into one piece of a corpus, and four copies fit into
// memory.
#define IDS_MOST_BYTES (256 << 20)

typedef enum IdsKind { IDS_BYTES, IDS_NUMBERS, IDS_IMAGE } IdsKind;
IdsKind ids_kind(const char *path);

typedef struct ImageSize {
    int width, height; // 0 x 0 if the file is no image
} ImageSize;

typedef struct Ids {
    IdsKind kind;
    ImageSize image;
    GArray *tokens; // owned; Token: the end token, the ids, the end token
} Ids;

// Parses the bytes of a file. Fails, with file and byte and without touching `ret`, if
// it is empty, if an id is outside the vocabulary, if the last number is incomplete, or
// if an image is invalid, has 16 bits, or if its length does not match its header.
// `vocabulary` is V; bytes and images ignore it.
bool ids_parse(const uint8_t *bytes, size_t size, const char *path, int vocabulary,
               Ids *ret, GError **error);

// Reads a file, or the bytes of standard input for "-".
bool ids_read(const char *path, int vocabulary, Ids *ret, GError **error);
void ids_clear(Ids *ids); // accepts a zeroed struct

// Reads the size of an image from its header. Returns false if it cannot be read.
bool ids_image_size(const char *path, ImageSize *ret);

// Returns the bytes of a file of that kind with these ids, none of which is an end
// token. An image needs one id for each sample. To be freed with g_byte_array_unref.
GByteArray *ids_write(IdsKind kind, ImageSize image, const Token *ids, size_t count);

#endif
