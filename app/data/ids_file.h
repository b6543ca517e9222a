// Files of ids that are no music, as a model sees them: numbers below V, between two
// ends. The end is the id V, and stands before the first as after the last.
//
//   NAME.ids  numbers of 16 bits, little-endian; V is the vocabulary asked for
//   NAME.ppm  an image, "P6", of 8 bits: its samples in raster order, red, green, blue
//             of each pixel in turn; V = 256. A model is not told the width: that the
//             pixel above is three times the width away, it finds.
//   others    their bytes; V = 256
//
// The name decides, in upper or lower case.
#ifndef APP_DATA_IDS_FILE_H
#define APP_DATA_IDS_FILE_H

#include "model/config.h"

#include <stddef.h>

enum { IDS_BYTES_VOCABULARY = 256 };

// Of a file: its tokens fit into a corpus' piece, and into memory four times over.
#define IDS_MOST_BYTES (256 << 20)

typedef enum IdsKind { IDS_BYTES, IDS_NUMBERS, IDS_IMAGE } IdsKind;
IdsKind ids_kind(const char *path);

typedef struct ImageSize {
    int width, height; // 0 x 0 of what is no image
} ImageSize;

typedef struct Ids {
    IdsKind kind;
    ImageSize image;
    GArray *tokens; // owned; of Token: END ids END
} Ids;

// Fails, with file and byte, if it is empty, an id is beyond the vocabulary, numbers
// are cut in half, or the image is none, has 16 bits, or is not as long as it says.
// `vocabulary` is V, of which bytes and images make no use. `ret` is untouched then.
bool ids_parse(const uint8_t *bytes, size_t size, const char *path, int vocabulary,
               Ids *ret, GError **error);

// The same of a file, or of standard input for "-", which is bytes.
bool ids_read(const char *path, int vocabulary, Ids *ret, GError **error);
void ids_clear(Ids *ids); // accepts a zeroed struct

// The size that an image says it has; false: it is no image that can be read.
bool ids_image_size(const char *path, ImageSize *ret);

// The file of that kind which has these ids, none of them an end; of an image, as many
// as it has samples. To be freed with g_byte_array_unref.
GByteArray *ids_write(IdsKind kind, ImageSize image, const Token *ids, size_t count);

#endif
