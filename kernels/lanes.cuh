// Native streams as every kernel here knows them: 32 or 64 lanes that take 16 symbols each in turn, 16-bit
// words, L = 2^16. A warp decodes a stream: of 32 lanes a thread has one, of 64 two, its own number and
// that plus 32. codec/rans.py and codec/interleaving.py state the rules and are the judge.
//
// With x the state of a lane, M = 2^SCALE_BITS, f and b the frequency and the first slot of the symbol that
// owns the slot x mod M, one step of a lane is
//
//     y = f * (x / M) + slot - b          y >= 2^4, for f >= 1 and M <= 2^12
//     if y < L:  y = y * 2^16 + next word
//
// so a step takes one word at most; the lanes that need one take theirs in lane order.
//
//     | state of each lane, 4 bytes | words ->          a stream begins at a multiple of 16 bytes
//
// Symbol i is coded by lane i / 16 mod lanes: so 32 lanes decode 512 symbols in 16 steps, of which each thread
// holds 16 that lie side by side.

#pragma once

#include "integers.cuh"

const u32 WARP = 32;
const u32 RUN = 16;
const u32 BLOCK = WARP * RUN;
const u32 EVERY_LANE = 0xFFFFFFFF;

const u32 LANE_BOUND = 1u << 16;  // L
const u32 WORD_BITS = 16;
const u32 WORD_BYTES = 2;
const u32 STATE_BYTES = 4;

// A constant, for registers are read no faster than they are written.
#ifndef TABLE_BITS
#define TABLE_BITS 12
#endif
const u32 SCALE_BITS = TABLE_BITS;
const u32 SLOTS = 1u << SCALE_BITS;
static_assert(SCALE_BITS <= 12, "f and slot - b have 12 bits of an entry");

// A slot, packed into one word of shared memory:
//
//                 31      24 23      16 15           0
//     NARROW     |  slot-b  |  value   |      f       |     no frequency is above 256
//
//                 31          20 19      12 11           0
//     otherwise  |   slot - b   |  value   |      f       |
//
// `value` is symbol - 128: the weight, where nothing predicts it. f = 0 marks a slot that no symbol owns. No
// symbol owns all slots, so f has room. A value that fills a byte of its own saves shifts.
#ifndef NARROW
#define NARROW 0
#endif
const u32 VALUE_SHIFT = NARROW ? 16 : 12;
const u32 SLOT_BIAS_SHIFT = NARROW ? 24 : 20;
const u32 SLOT_FREQUENCY_MASK = NARROW ? 0xFFFF : 0xFFF;

__device__ __forceinline__ u32 slot_value(u32 entry) { return (entry >> VALUE_SHIFT) & 0xFF; }
__device__ __forceinline__ u32 slot_frequency(u32 entry) { return entry & SLOT_FREQUENCY_MASK; }
__device__ __forceinline__ u32 slot_bias(u32 entry) { return entry >> SLOT_BIAS_SHIFT; }

// Of a run of 16 a lane over lanes from number 32 * part on, what is this thread's where `left` symbols are left.
__device__ __forceinline__ u32 share(u32 left, u32 part) {
    u32 first = part * BLOCK + threadIdx.x % WARP * RUN;
    return left <= first ? 0 : min(left - first, RUN);
}

// How decoding ended; the numbers are those of codec.decoders.streams.Status.
const u32 LANES_OK = 0;
const u32 LANES_UNDERRUN = 1;
const u32 LANES_UNOWNED_SLOT = 2;
const u32 LANES_STATE_OUT_OF_RANGE = 3;

// One tile: where its bytes lie in `data`, and the window of the matrix that its weights fill.
struct LaneTile {
    u64 stream;  // of the first byte, in data; a multiple of 16 for a rANS stream
    u64 target;  // of the window's first weight, in the matrix
    u32 size;    // bytes; of a rANS stream at least those of its states
    u32 count;   // weights
    u32 width;   // weights in a row, at least 1
    u16 coding;     // a Coding below
    u8 predictor;   // a Predictor below
    u8 constant;    // the weight of a constant tile
};
static_assert(sizeof(LaneTile) == 32, "codec.decoders.cuda.lane_records.LANE_TILE");

const u32 RANS = 0;
const u32 RAW = 1;
const u32 CONSTANT = 2;

const u32 NOTHING = 0;
const u32 LEFT = 1;
const u32 TOP = 2;

// How one tile's stream ended.
struct LaneOutcome {
    u32 status;
    u32 decoded;   // steps of single lanes that were taken
    u32 state;     // L where every lane ended there, else the first other; where it stopped, the lane's
    u32 left;      // bytes of words not used
    u32 checksum;  // of the weights, where asked for
};
static_assert(sizeof(LaneOutcome) == 20, "codec.decoders.cuda.lane_records.LANE_OUTCOME");
