// Encodes tiles to native streams, one warp a tile: in one pass from the last block to the first, with the
// words written from the end of a scratch area towards its start; then a second kernel puts each stream into
// its place. codec/rans.py states the coder and is the judge.

#include "lanes.cuh"

#ifndef THREADS
#define THREADS 256
#endif

// What coding a symbol takes.
struct Coding {
    u32 frequency;
    u32 start;
    u32 reciprocal;  // floor(2^32 / frequency), at most 2^32 - 1
    u32 bound;       // the least state that must shrink first
};
static_assert(sizeof(Coding) == 16, "codec.decoders.cuda.lane_records.CODING");

struct EncodeLaunch {
    const u8* matrix;
    const LaneTile* tiles;   // `target` and `width` say where the weights are; `stream` and `size` where to put
    const Coding* codings;   // [256], by value: symbol - 128
    u8* scratch;             // room of `room` bytes a tile
    u32* words;              // [tiles]: words of each stream
    u32* states;             // [tiles, lanes]
    u8* streams;
    u64 pitch;               // of the matrix
    u64 room;
    u32 tile_count;
    u32 unused;
};
static_assert(sizeof(EncodeLaunch) == 80, "codec.decoders.cuda.lane_records.ENCODE_LAUNCH");

// x / frequency, exactly: the reciprocal's quotient is too small by 1 at most.
__device__ __forceinline__ u32 divided(u32 x, const Coding& coding, u32& rest) {
    u32 quotient = __umulhi(x, coding.reciprocal);
    rest = x - quotient * coding.frequency;
    if (rest >= coding.frequency) {
        rest -= coding.frequency;
        ++quotient;
    }
    return quotient;
}

// The weight at a place of a tile; 0 before its first.
__device__ __forceinline__ u32 weight_at(const EncodeLaunch& launch, const LaneTile& tile, long long i) {
    if (i < 0) return 0;
    u32 row = (u32)i / tile.width, col = (u32)i % tile.width;
    return launch.matrix[tile.target + row * launch.pitch + col];
}

__device__ __forceinline__ u32 value_at(const EncodeLaunch& launch, const LaneTile& tile, u32 i) {
    u32 before = 0;
    if (tile.predictor == LEFT) before = weight_at(launch, tile, (long long)i - 1);
    if (tile.predictor == TOP) before = weight_at(launch, tile, (long long)i - tile.width);
    return (weight_at(launch, tile, i) - before) & 0xFF;
}

template <u32 STATES>
__device__ void encode_tile(const EncodeLaunch& launch, u32 number, const LaneTile& tile, const Coding* codings) {
    u16* end = (u16*)(launch.scratch + (number + 1ull) * launch.room);
    u32 lane = threadIdx.x % WARP, words = 0, from_here_on = EVERY_LANE << lane, states[STATES];
    for (u32 i = 0; i < STATES; ++i) states[i] = LANE_BOUND;
    u32 block = STATES * BLOCK;
    for (u32 begin = (tile.count + block - 1) / block * block; begin > 0;) {
        begin -= block;
        for (u32 step = RUN; step-- > 0;) {
#pragma unroll
            for (u32 i = STATES; i-- > 0;) {
                u32 place = begin + i * BLOCK + lane * RUN + step, state = states[i];
                bool active = place < tile.count;
                Coding coding = codings[active ? value_at(launch, tile, place) : 0];
                bool shrinks = active && state >= coding.bound;
                u32 shrinking = __ballot_sync(EVERY_LANE, shrinks);
                if (shrinks) {
                    end[-(long long)(words + __popc(shrinking & from_here_on))] = (u16)state;
                    state >>= WORD_BITS;
                }
                words += __popc(shrinking);
                u32 rest, whole = divided(state, coding, rest);
                if (active) states[i] = (whole << SCALE_BITS) + rest + coding.start;
            }
        }
    }
    for (u32 i = 0; i < STATES; ++i) launch.states[(number * STATES + i) * WARP + lane] = states[i];
    if (lane == 0) launch.words[number] = words;
}

template <u32 STATES>
__device__ void encode_tiles(const EncodeLaunch& launch) {
    __shared__ Coding codings[256];
    for (u32 i = threadIdx.x; i < 256; i += THREADS) codings[i] = launch.codings[i];
    __syncthreads();
    u32 number = (blockIdx.x * THREADS + threadIdx.x) / WARP;
    if (number >= launch.tile_count) return;
    const LaneTile tile = launch.tiles[number];
    if (tile.coding == RANS) encode_tile<STATES>(launch, number, tile, codings);
}

extern "C" __global__ void __launch_bounds__(THREADS) encode_32_lanes(const EncodeLaunch launch) {
    encode_tiles<1>(launch);
}

extern "C" __global__ void __launch_bounds__(THREADS) encode_64_lanes(const EncodeLaunch launch) {
    encode_tiles<2>(launch);
}

// Puts what was encoded where it belongs, a block of threads a tile.
extern "C" __global__ void __launch_bounds__(THREADS) place_streams(const EncodeLaunch launch, u32 lanes) {
    u32 number = blockIdx.x;
    const LaneTile tile = launch.tiles[number];
    u8* stream = launch.streams + tile.stream;
    if (tile.coding == RANS) {
        u32 words = launch.words[number];
        u16* from = (u16*)(launch.scratch + (number + 1ull) * launch.room) - words;
        u16* to = (u16*)(stream + lanes * STATE_BYTES);
        if (threadIdx.x < lanes) ((u32*)stream)[threadIdx.x] = launch.states[number * lanes + threadIdx.x];
        for (u32 i = threadIdx.x; i < words; i += THREADS) to[i] = from[i];
    } else if (tile.coding == RAW) {
        for (u32 i = threadIdx.x; i < tile.count; i += THREADS) stream[i] = weight_at(launch, tile, i);
    }
}
