// XXH32 (Collet, xxHash specification 0.1.1) of a tile's weights, in 32 parts that are dealt out in turns of
// 16, a part a thread, its number being the seed: codec/checksum.py states it and is the judge.

#pragma once

#include "lanes.cuh"

const u32 PRIME_1 = 2654435761u;
const u32 PRIME_2 = 2246822519u;
const u32 PRIME_3 = 3266489917u;
const u32 PRIME_4 = 668265263u;
const u32 PRIME_5 = 374761393u;

__device__ __forceinline__ u32 rotated(u32 value, u32 by) { return __funnelshift_l(value, value, by); }

struct LaneHash {
    u32 lanes[4];
    u32 seed;
    u32 stripes;      // of 16 bytes
    uint4 rest;       // what follows the last whole stripe
    u32 rest_count;

    __device__ __forceinline__ explicit LaneHash(u32 seed)
        : lanes{seed + PRIME_1 + PRIME_2, seed + PRIME_2, seed, seed - PRIME_1}, seed(seed), stripes(0),
          rest(make_uint4(0, 0, 0, 0)), rest_count(0) {}

    __device__ __forceinline__ void stripe(uint4 bytes) {
        lanes[0] = rotated(lanes[0] + bytes.x * PRIME_2, 13) * PRIME_1;
        lanes[1] = rotated(lanes[1] + bytes.y * PRIME_2, 13) * PRIME_1;
        lanes[2] = rotated(lanes[2] + bytes.z * PRIME_2, 13) * PRIME_1;
        lanes[3] = rotated(lanes[3] + bytes.w * PRIME_2, 13) * PRIME_1;
        ++stripes;
    }

    __device__ __forceinline__ void tail(uint4 bytes, u32 count) {
        rest = bytes;
        rest_count = count;
    }

    __device__ u32 digest() const {
        u32 hash = seed + PRIME_5;
        if (stripes) {
            hash = rotated(lanes[0], 1) + rotated(lanes[1], 7) + rotated(lanes[2], 12) + rotated(lanes[3], 18);
        }
        hash += stripes * 16 + rest_count;
        u32 words[4] = {rest.x, rest.y, rest.z, rest.w}, done = 0;
        for (; done + 4 <= rest_count; done += 4) {
            hash = rotated(hash + words[done / 4] * PRIME_3, 17) * PRIME_4;
        }
        for (; done < rest_count; ++done) {
            u32 byte = words[done / 4] >> done % 4 * 8 & 0xFF;
            hash = rotated(hash + byte * PRIME_5, 11) * PRIME_1;
        }
        hash = (hash ^ hash >> 15) * PRIME_2;
        hash = (hash ^ hash >> 13) * PRIME_3;
        return hash ^ hash >> 16;
    }

    __device__ u32 of_all_lanes() const {
        u32 hash = digest();
        for (u32 distance = WARP / 2; distance > 0; distance /= 2) {
            hash ^= __shfl_xor_sync(EVERY_LANE, hash, distance);
        }
        return hash;
    }
};
