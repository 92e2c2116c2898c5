// What predicts from the row above is undone when a tile is through: the decoder leaves differences in the
// matrix. One block of threads a tile, a column a thread. codec/scalar_prediction.py states the rule and is
// the judge.

#include "lanes.cuh"
#include "xxhash.cuh"

#ifndef THREADS
#define THREADS 256
#endif

struct TopLaunch {
    const LaneTile* tiles;
    const u32* numbers;     // of the tiles that are predicted so
    LaneOutcome* outcomes;
    u8* matrix;
    u64 pitch;
    u32 lanes;
    u32 hash;               // whether the checksums are wanted
};
static_assert(sizeof(TopLaunch) == 48, "codec.decoders.cuda.lane_records.TOP_LAUNCH");

__device__ __forceinline__ u8* cell(const TopLaunch& launch, const LaneTile& tile, u32 i) {
    return launch.matrix + tile.target + i / tile.width * launch.pitch + i % tile.width;
}

// The 16 weights, or fewer, from number `first` on.
__device__ uint4 sixteen(const TopLaunch& launch, const LaneTile& tile, u32 first, u32 count) {
    uint4 found = make_uint4(0, 0, 0, 0);
    for (u32 i = 0; i < count; ++i) {
        u32 byte = (u32)*cell(launch, tile, first + i) << i % 4 * 8;
        if (i < 4) found.x |= byte;
        else if (i < 8) found.y |= byte;
        else if (i < 12) found.z |= byte;
        else found.w |= byte;
    }
    return found;
}

__device__ u32 checksum(const TopLaunch& launch, const LaneTile& tile) {
    LaneHash hash(threadIdx.x % WARP);
    for (u32 done = 0; done < tile.count; done += BLOCK) {
        u32 count = share(tile.count - done, 0);
        uint4 weights = sixteen(launch, tile, done + threadIdx.x % WARP * RUN, count);
        if (count == RUN) {
            hash.stripe(weights);
        } else {
            hash.tail(weights, count);
        }
    }
    return hash.of_all_lanes();
}

extern "C" __global__ void __launch_bounds__(THREADS) undo_top(const TopLaunch launch) {
    u32 number = launch.numbers[blockIdx.x];
    const LaneTile tile = launch.tiles[number];
    LaneOutcome& outcome = launch.outcomes[number];
    u32 block = launch.lanes * RUN, decoded = outcome.decoded;
    // Behind the blocks that are whole nothing is known, and 0 says so.
    u32 known = decoded < tile.count ? decoded / block * block : tile.count;
    for (u32 col = threadIdx.x; col < tile.width; col += THREADS) {
        u32 sum = 0;
        for (u32 i = col; i < known; i += tile.width) {
            u8* weight = cell(launch, tile, i);
            sum += *weight;
            *weight = (u8)sum;
        }
    }
    __syncthreads();
    if (launch.hash && threadIdx.x < WARP) {
        u32 found = checksum(launch, tile);
        if (threadIdx.x == 0) outcome.checksum = found;
    }
}
