// rANS decoding as every kernel here does it: one step of it, the slot table, and the records that
// the host hands over and gets back. codec/rans.py states the coder and is the judge.
//
// A state x lies in [L, 2^31), L = 2^23; slot = x mod 4096. With f and b the frequency and the first
// slot of the symbol that owns the slot, one step is
//
//     y = f * (x / 4096) + slot - b         2^11 <= y < 2^31
//     while y < L:  y = y * 256 + next byte
//
// so a step takes 0, 1 or 2 bytes, and y alone tells how many. Bytes are taken from the end of a
// stream towards its start.
//
// A stream, as it lies in the file (all integers little-endian, nothing aligned):
//
//     | symbol count, 4 bytes | renormalisation bytes | last state of the encoder, 4 bytes |
//                             ^ floor        <-- read ^ unread, at first
//
// Positions within a stream count bytes from its first one; `unread` is the position behind the byte
// that is read next, so unread == floor means that none is left.

#pragma once

#include "integers.cuh"

const u32 SCALE_BITS = 12;
const u32 SLOTS = 1u << SCALE_BITS;
const u32 LOWER_BOUND = 1u << 23;
const u32 UPPER_BOUND = 1u << 31;
const u32 TWO_BYTES_BELOW = 1u << 15;
const u32 FLOOR = 4;
const u32 STATE_BYTES = 4;

// A slot, packed into one word of shared memory:
//
//     31          20 19      12 11           0
//    |   slot - b   |  symbol  |     f - 1    |
//
// f - 1, since a frequency of 4096 has no room in 12 bits. slot - b is below f, so an entry where it
// is not marks a slot that no symbol owns.
const u32 SYMBOL_SHIFT = 12;
const u32 BIAS_SHIFT = 20;
const u32 FREQUENCY_MASK = 0xFFF;

__device__ __forceinline__ u32 entry_symbol(u32 entry) { return (entry >> SYMBOL_SHIFT) & 0xFF; }
__device__ __forceinline__ u32 entry_frequency(u32 entry) { return (entry & FREQUENCY_MASK) + 1; }
__device__ __forceinline__ u32 entry_bias(u32 entry) { return entry >> BIAS_SHIFT; }
__device__ __forceinline__ bool is_owned(u32 entry) {
    return entry_bias(entry) <= (entry & FREQUENCY_MASK);
}

// How decoding ended; the numbers are those of codec.decoders.streams.Status.
const u32 OK = 0;
const u32 UNDERRUN = 1;
const u32 UNOWNED_SLOT = 2;
const u32 UNFINISHED = 255;  // stopped at the launch's limit: the next launch goes on

// One tile: where its stream lies in `data`, and the window of the output that its symbols fill.
// Symbol i goes to row i / width and column i % width of the window; what lies at or beyond `rows` or
// `cols` is padding and is not written.
struct Tile {
    u64 offset;  // of the stream, in data
    u64 target;  // of the window's first byte, in the output
    u32 size;    // bytes of the stream, at least 8
    u32 count;   // symbols to decode
    u32 width;   // symbols in a row, at least 1
    u32 rows;    // rows of the window that exist
    u32 cols;    // columns of the window that exist
    u32 store;   // 16, 4 or 1: so many symbols lie side by side at a multiple of that address
};
static_assert(sizeof(Tile) == 40, "codec.decoders.cuda.records.TILE");

// How one tile's stream ended.
struct Outcome {
    u32 status;
    u32 decoded;   // symbols
    u32 state;     // after the last of them
    u32 unread;    // position in the stream
    u32 value;     // the last value written
    u32 mismatch;  // number of a checkpoint that decoding did not arrive at; 0 where there is none
    u8 first[8];   // the first values written
};
static_assert(sizeof(Outcome) == 32, "codec.decoders.cuda.records.OUTCOME");

// y: the state after a symbol, before renormalisation.
__device__ __forceinline__ u32 coded_state(u32 state, u32 entry) {
    u32 whole = state >> SCALE_BITS;
    return (entry & FREQUENCY_MASK) * whole + (whole + entry_bias(entry));
}

// Bits that renormalisation moves in: 0, 8 or 16.
__device__ __forceinline__ u32 bits_needed(u32 y) {
    return y >= LOWER_BOUND ? 0 : (y >= TWO_BYTES_BELOW ? 8 : 16);
}

// A byte-wise step with every check, for where the fast path must not go. `stream` is its first byte.
// Leaves state and unread as they are unless it returns OK.
__device__ __forceinline__ u32 checked_step(const u8* stream, u32 entry, u32& state, u32& unread) {
    if (!is_owned(entry)) return UNOWNED_SLOT;
    u32 y = coded_state(state, entry);
    u32 taken = bits_needed(y) >> 3;
    if (unread - FLOOR < taken) return UNDERRUN;
    if (taken > 0) y = y << 8 | stream[unread - 1];
    if (taken > 1) y = y << 8 | stream[unread - 2];
    state = y;
    unread -= taken;
    return OK;
}

__device__ __forceinline__ u32 read_u32(const u8* bytes) {
    return bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (u32)bytes[3] << 24;
}
