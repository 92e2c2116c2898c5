/* What a decoder of your own is given, and what it gives back: in C, in C++, and in CUDA compiled by NVRTC.
 *
 * All numbers are those of the machine, which is little-endian as the files are. Nothing that a pointer leads to
 * may be written, except where it says so. docs/own-decoder.md explains the fields and the layouts.
 */
#ifndef RANSCOPE_H
#define RANSCOPE_H

#ifdef __CUDACC_RTC__
typedef signed char int8_t;
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#else
#include <stdint.h>
#endif

#define RANSCOPE_STRUCT_VERSION 1

enum { RANSCOPE_NONE = 0, RANSCOPE_LEFT = 1, RANSCOPE_TOP = 2 };        /* ranscope_tile.predictor */
enum { RANSCOPE_RANS = 0, RANSCOPE_RAW = 1, RANSCOPE_CONSTANT = 2 };    /* ranscope_tile.coding */
enum { RANSCOPE_TRAILING_STATE = 0, RANSCOPE_LEADING_STATES = 1 };      /* ranscope_layer.framing */
enum { RANSCOPE_FLAT_LEFT = 0, RANSCOPE_DIFFERENCED = 1, RANSCOPE_WITHIN_TILE = 2 }; /* .prediction */

typedef struct ranscope_tile {
    uint64_t offset;       /* of its stream, in bytes from the start of the file */
    uint64_t size;         /* bytes of its stream */
    uint32_t grid_row;     /* its place in the grid of tiles */
    uint32_t grid_col;
    uint32_t row;          /* its first weight in the matrix */
    uint32_t col;
    uint32_t rows;         /* what of the matrix it fills: cut at the right and the lower edge */
    uint32_t cols;
    uint32_t symbol_count; /* that the layout puts into its stream, padding included */
    uint32_t checksum;     /* of its weights; 0 where the layout has none */
    uint8_t predictor;     /* RANSCOPE_NONE, _LEFT or _TOP; 255 where the file names one that does not exist */
    uint8_t coding;        /* RANSCOPE_RANS, _RAW or _CONSTANT */
    int8_t constant;       /* every weight of a RANSCOPE_CONSTANT tile */
    uint8_t readable;      /* whether the file has its stream whole */
    uint32_t reserved;
} ranscope_tile;

typedef struct ranscope_layer {
    uint32_t struct_version;     /* RANSCOPE_STRUCT_VERSION of whoever filled it in */
    uint32_t struct_size;        /* sizeof(ranscope_layer) */
    const uint8_t *file;         /* every byte of the file, and 64 bytes of 0 behind the last */
    uint64_t file_size;
    const ranscope_tile *tiles;  /* in coding order */
    uint64_t tile_count;
    const uint32_t *frequencies; /* 256 of them */
    const uint32_t *starts;      /* 256: the first slot of each symbol */
    uint64_t rows;               /* shape of the matrix */
    uint64_t cols;
    uint32_t tile_rows;          /* shape of a whole tile */
    uint32_t tile_cols;
    uint32_t grid_rows;          /* tiles down and across */
    uint32_t grid_cols;
    uint32_t scale_bits;         /* log2 of the slots of the table */
    uint32_t lower_bound;        /* L, the least state between two symbols */
    uint32_t word_bits;          /* that renormalisation moves: 8 or 16 */
    uint32_t lanes;              /* rANS states of a stream */
    uint32_t run;                /* symbols side by side that a lane codes */
    uint32_t framing;
    uint32_t prediction;
    uint32_t padded;             /* whether edge tiles are coded at their full shape */
} ranscope_layer;

/* How decoding a tile ended: ranscope_read.status */
enum {
    RANSCOPE_OK = 0,
    RANSCOPE_UNDERRUN = 1,           /* a renormalisation byte is missing */
    RANSCOPE_UNOWNED_SLOT = 2,       /* no symbol owns a slot */
    RANSCOPE_STATE_OUT_OF_RANGE = 3, /* the stored state is below L, or too large */
    RANSCOPE_FINAL_STATE = 4,        /* the last state is not L */
    RANSCOPE_BYTES_LEFT = 5,         /* renormalisation bytes are left over */
    RANSCOPE_SYMBOL_COUNT = 6,       /* the stored count is not the layout's */
    RANSCOPE_UNREADABLE = 7,         /* the file does not have the stream whole */
    RANSCOPE_TENSOR_REFUSED = 8,
    RANSCOPE_NEIGHBOUR = 9,          /* a tile that it is predicted from failed */
    RANSCOPE_CHECKSUM = 10           /* the weights are not those that were encoded */
};

/* What was read of one tile. */
typedef struct ranscope_read {
    uint64_t offset;        /* of the stream */
    uint64_t size;
    uint64_t bytes_left;    /* renormalisation bytes not used */
    uint64_t decoded;       /* steps taken */
    uint32_t symbol_count;  /* as stored; the layout's where it stores none */
    uint32_t initial_state; /* of the first lane; 0 where the tile is no rANS stream */
    uint32_t final_state;   /* L where every lane ended there, else the first other one */
    uint32_t status;
} ranscope_read;

/* One step: the decoding of one symbol. */
typedef struct ranscope_step {
    uint64_t position;     /* file offset of the next unread byte before the step */
    uint32_t lane;
    uint32_t symbol_index; /* the symbol's place in its tile, row by row */
    uint32_t state_before;
    uint32_t slot;
    uint32_t symbol;
    uint32_t freq;
    uint32_t start;
    uint32_t state_after;  /* renormalisation included */
    uint32_t bytes_read;   /* by the renormalisation */
    uint32_t reserved;
} ranscope_step;

#ifdef __CUDACC__
/* A kernel is launched with one block for each tile, of RANSCOPE_BLOCK_SIZE threads (32 unless the source defines it
 * as a plain number), with RANSCOPE_SHARED_BYTES bytes of dynamic shared memory (0 unless defined likewise):
 *
 *     extern "C" __global__ void ranscope_decode(ranscope_layer layer, int8_t *weights);
 *
 * and, where it is there, to tell what was read of each tile, launched in the same way:
 *
 *     extern "C" __global__ void ranscope_reads(ranscope_layer layer, ranscope_read *reads);
 *
 * and, where it is there, for the steps of one tile, as one block; `*count` is to become the number of steps:
 *
 *     extern "C" __global__ void ranscope_trace(ranscope_layer layer, uint32_t tile, ranscope_step *steps,
 *                                               uint64_t capacity, uint64_t *count);
 *
 * All pointers, those in the layer too, are to the card's memory.
 */
#else
#ifdef _WIN32
#define RANSCOPE_EXPORT __declspec(dllexport)
#else
#define RANSCOPE_EXPORT __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Fills weights, int8[rows * cols], row by row. 0 means that all is well. Needed. */
RANSCOPE_EXPORT int ranscope_decode(const ranscope_layer *layer, int8_t *weights);

/* Fills reads[tile_count] in. 0 means that all is well. May be left out. */
RANSCOPE_EXPORT int ranscope_reads(const ranscope_layer *layer, ranscope_read *reads);

/* Fills in the steps of a tile, at most `capacity`; returns how many, or an error below 0. May be left out. */
RANSCOPE_EXPORT int64_t ranscope_trace(const ranscope_layer *layer, uint32_t tile, ranscope_step *steps,
                                       uint64_t capacity);

/* What a number other than 0 means that one of these returned, or NULL. May be left out. */
RANSCOPE_EXPORT const char *ranscope_error(int code);

/* Says which version of the structs a library was compiled with; one with another is not called. */
#ifndef _WIN32
extern RANSCOPE_EXPORT const uint32_t ranscope_struct_version __attribute__((weak));
const uint32_t ranscope_struct_version = RANSCOPE_STRUCT_VERSION;
#endif

#ifdef __cplusplus
}
#endif
#endif /* __CUDACC__ */
#endif /* RANSCOPE_H */
