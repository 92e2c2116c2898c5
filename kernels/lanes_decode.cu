// Decodes native streams, a warp a tile: all tiles of a tensor at the same time, straight into the matrix.
// One pass over the bytes: what a lane decodes in a block, 16 weights side by side, it stores at once.
//
// Words reach a warp through a ring in shared memory, filled ahead of it by asynchronous copies. The first
// half of the ring is there twice, at its end too, so that a block reads its words, 1,024 bytes at most,
// without ever going round:
//
//     | chunk 0 | chunk 1 | chunk 2 | chunk 3 | chunk 0 again | chunk 1 again |
//
// Whole blocks are decoded without looking at the end of the stream: behind it the ring holds zeros. Only when
// they are through do we look, and a tile that took words that are not there is done again, step by step, to
// find the step that failed. So nothing is read outside of the stream, and every damaged stream ends.
//
// What bounds the speed on an H100 is the pipe that does shifts and logic, at 84 % of its rate: hence `NARROW`, and
// an address that is multiplied, by a factor that comes with the launch, for the compiler would shift by a
// constant. Two lanes a thread give it work to do while a load is on its way. See docs/measurements.md.

#include "lanes_walk.cuh"
#include "xxhash.cuh"

const u32 MOST_THREADS = 1024;  // of a block; fewer, where there are fewer tiles than a card could hold warps
const u32 CHUNK = WARP * 16;
const u32 RING = 4 * CHUNK;
const u32 TABLE_BYTES = 4u << 12;  // room for the largest
const u32 MIRROR = BLOCK * WORD_BYTES;  // what a block takes at most
static_assert(MIRROR == 2 * CHUNK, "a block may reach into the third chunk, and no further");

struct LaneLaunch {
    const u8* data;
    const u32* table;
    const LaneTile* tiles;
    LaneOutcome* outcomes;
    u8* matrix;
    u64 pitch;
    u32 tile_count;
    u32 complete;    // whether every slot has an owner; if not, every step is checked
    u32 entry_bytes; // 4: of a slot in the table
    u32 unused;
};
static_assert(sizeof(LaneLaunch) == 64, "codec.decoders.cuda.lane_records.LANE_LAUNCH");

__device__ __forceinline__ u32 shared_address(const void* pointer) {
    return (u32)__cvta_generic_to_shared(pointer);
}

// Copies 16 bytes to shared memory, or zeros.
__device__ __forceinline__ void copy_ahead(u32 to, const u8* from, bool there) {
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(from), "r"(there ? 16 : 0) : "memory");
#else
    uint4 value = there ? *(const uint4*)from : make_uint4(0, 0, 0, 0);
    asm volatile("st.shared.v4.u32 [%0], {%1, %2, %3, %4};"
                 ::"r"(to), "r"(value.x), "r"(value.y), "r"(value.z), "r"(value.w) : "memory");
#endif
}

__device__ __forceinline__ void end_of_chunk() {
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}

// Waits for all chunks but the last one asked for.
__device__ __forceinline__ void wait_for_chunks() {
#if __CUDA_ARCH__ >= 800
    asm volatile("cp.async.wait_group 1;" ::: "memory");
#endif
    __syncwarp();
}

// The words of one stream, as far as the ring holds them.
struct Ring {
    u32 memory;       // of the ring, in shared memory
    const u8* words;  // of this lane's part of the next chunk
    u32 next;         // position of that part
    u32 size;         // bytes of words
    u32 passed;       // bytes taken
    u32 trigger;      // when so many are taken, a chunk is free

    __device__ __forceinline__ Ring(u32 memory, const u8* first, u32 size)
        : memory(memory), words(first + threadIdx.x % WARP * 16), next(threadIdx.x % WARP * 16), size(size),
          passed(0), trigger(CHUNK) {
        for (u32 chunk = 0; chunk < RING / CHUNK; ++chunk) ask();
    }

    __device__ __forceinline__ void ask() {
        u32 to = memory + next % RING;
        bool there = next < size;
        copy_ahead(to, words, there);
        if (next % RING < MIRROR) copy_ahead(to + RING, words, there);
        end_of_chunk();
        next += CHUNK;
        words += CHUNK;
    }

    // Makes the next MIRROR bytes of words readable; returns where they are.
    __device__ __forceinline__ u32 open() {
#pragma unroll 1
        while (passed >= trigger) {
            ask();
            trigger += CHUNK;
        }
        wait_for_chunks();
        return memory + passed % RING;
    }
};

// What quick steps work with, the same for all of a stream.
struct Constants {
    u32 table;  // in shared memory
    u32 entry_bytes;
    u32 below;  // the lanes below this one

    __device__ __forceinline__ Constants(const LaneLaunch& launch, const u32* table)
        : table(shared_address(table)), entry_bytes(launch.entry_bytes), below((1u << threadIdx.x % WARP) - 1) {}
};

// One step of all lanes, unchecked; returns the slot's entry. `at` is where the next word is in shared memory.
__device__ __forceinline__ u32 quick_step(u32& state, u32& at, const Constants& with) {
    u32 address, entry, needing;
    asm("mad.lo.u32 %0, %1, %2, %3;" : "=r"(address) : "r"(state & (SLOTS - 1)), "r"(with.entry_bytes), "r"(with.table));
    asm volatile("ld.shared.u32 %0, [%1];" : "=r"(entry) : "r"(address));
    u32 y = slot_frequency(entry) * (state >> SCALE_BITS) + slot_bias(entry);
    // In one piece, so that one predicate serves the vote and the shift. A word's low half is the loaded one, its
    // high half the state's low half: 0x1054. Every lane loads, for a register that only some write would be
    // kept for the others.
    asm volatile(
        "{\n\t"
        ".reg .pred needs;\n\t"
        ".reg .b32 word, mine;\n\t"
        "setp.lt.u32 needs, %0, 0x10000;\n\t"
        "vote.sync.ballot.b32 %1, needs, 0xffffffff;\n\t"
        "and.b32 mine, %1, %3;\n\t"
        "popc.b32 mine, mine;\n\t"
        "mad.lo.u32 mine, mine, 2, %2;\n\t"
        "ld.shared.u16 word, [mine];\n\t"
        "@needs prmt.b32 %0, %0, word, 0x1054;\n\t"
        "}"
        : "+r"(y), "=r"(needing) : "r"(at), "r"(with.below) : "memory");
    at += WORD_BYTES * __popc(needing);
    state = y;
    return entry;
}

// The values of four entries in one word, the first lowest.
__device__ __forceinline__ u32 four_values(u32 a, u32 b, u32 c, u32 d) {
    if (NARROW) return __byte_perm(__byte_perm(a, b, 0x0062), __byte_perm(c, d, 0x0062), 0x5410);
    // Values lie across two bytes, so pairs are put together before they are shifted.
    u32 even = __byte_perm(a, c, 0x6521) >> 4, odd = __byte_perm(b, d, 0x6521) << 4;
    return odd ^ ((even ^ odd) & 0x00FF00FF);
}

// Stores the first `count` of 16 weights where they may fall into several rows, or at any address. Not a member
// of what keeps its place, which so stays in registers.
__device__ __noinline__ void put_singly(u8* target, uint4 weights, u32 count, u32 col, u32 width, u64 wrap) {
    for (u32 i = 0; i < count; ++i) {
        u32 word = i < 8 ? (i < 4 ? weights.x : weights.y) : (i < 12 ? weights.z : weights.w);
        *target++ = (u8)(word >> i % 4 * 8);
        if (++col == width) {
            col = 0;
            target += wrap;
        }
    }
}

// Where a lane's 16 weights of the next block go.
struct Window {
    u8* target;
    u64 advance;   // from a block to the next, where the row does not end between them
    u64 wrap;      // what a row's end adds
    u32 col;
    u32 width;
    u32 cols;      // what a block adds to `col`
    bool aligned;  // whether the 16 lie in one row, at a multiple of 16

    __device__ __forceinline__ Window(const LaneLaunch& launch, const LaneTile& tile) : width(tile.width) {
        u32 first = threadIdx.x % WARP * RUN;
        col = first % width;
        cols = BLOCK % width;
        target = launch.matrix + tile.target + first / width * launch.pitch + col;
        advance = BLOCK / width * launch.pitch + cols;
        wrap = launch.pitch - width;
        aligned = ((u64)(launch.matrix + tile.target) | launch.pitch | width) % RUN == 0;
    }

    __device__ __forceinline__ void next() {
        target += advance;
        col += cols;
        if (col >= width) {
            col -= width;
            target += wrap;
        }
    }

    // Stores the first `count` of 16 weights.
    __device__ __forceinline__ void put(uint4 weights, u32 count) {
        if (aligned && count == RUN) {
            *(uint4*)target = weights;
        } else {
            put_singly(target, weights, count, col, width, wrap);
        }
    }
};

// Running sums of 16 values a lane over all lanes of the warp, bytes modulo 256, from `before` on.
__device__ __noinline__ uint4 running_sums(uint4 values, u32 before) {
    u32 words[4] = {values.x, values.y, values.z, values.w}, sum = 0;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        u32 word = __vadd4(words[i], words[i] << 8);
        word = __vadd4(word, word << 16);
        words[i] = __vadd4(word, sum * 0x01010101u);
        sum = words[i] >> 24;
    }
    u32 lane = threadIdx.x % WARP, upto = sum;
#pragma unroll
    for (u32 distance = 1; distance < WARP; distance *= 2) {
        u32 other = __shfl_up_sync(EVERY_LANE, upto, distance);
        if (lane >= distance) upto += other;
    }
    u32 add = (before + upto - sum) & 0xFF;
#pragma unroll
    for (int i = 0; i < 4; ++i) words[i] = __vadd4(words[i], add * 0x01010101u);
    return make_uint4(words[0], words[1], words[2], words[3]);
}

// What a tile's blocks share.
template <bool HASH>
struct Sink {
    Window window;
    LaneHash hash;
    u32 before;  // LEFT: the weight before the block
    u32 predictor;

    __device__ __forceinline__ Sink(const LaneLaunch& launch, const LaneTile& tile)
        : window(launch, tile), hash(threadIdx.x % WARP), before(0), predictor(tile.predictor) {}

    // Takes a lane's values of a block, of which it holds `count`.
    __device__ __forceinline__ void take(uint4 values, u32 count) {
        if (predictor == LEFT) {
            values = running_sums(values, before);
            before = __shfl_sync(EVERY_LANE, values.w, WARP - 1) >> 24;
        }
        window.put(values, count);
        if (HASH && count == RUN) hash.stripe(values);
        if (HASH && 0 < count && count < RUN) hash.tail(values, count);
        window.next();
    }

    // Whether whole blocks need no more than `take_plain`.
    __device__ __forceinline__ bool plain() const { return window.aligned && window.cols == 0 && predictor != LEFT; }

    __device__ __forceinline__ void take_plain(uint4 values) {
        *(uint4*)window.target = values;
        if (HASH) hash.stripe(values);
        window.target += window.advance;
    }
};

// Writes zeros from weight number `first` of a tile on.
__device__ __noinline__ void clear(const LaneLaunch& launch, const LaneTile& tile, u32 first) {
    for (u32 i = first + threadIdx.x % WARP; i < tile.count; i += WARP) {
        launch.matrix[tile.target + i / tile.width * launch.pitch + i % tile.width] = 0;
    }
}

// A block with every check; `left` symbols are left in the tile. Returns whether it is whole.
template <u32 STATES, bool HASH>
__device__ __noinline__ bool checked_block(
    Walk<STATES>& walk, const WordRun& words, const u32* table, u32 left, Sink<HASH>& sink
) {
    u32 values[STATES][4] = {}, counts[STATES];
    for (u32 i = 0; i < STATES; ++i) counts[i] = share(left, i);
#pragma unroll 1
    for (u32 step = 0; step < RUN; ++step) {
#pragma unroll
        for (u32 i = 0; i < STATES; ++i) {
            Step done;
            if (!walk.step(i, words, table, step < counts[i], done)) return false;
            if (done.taken) values[i][step / 4] |= slot_value(done.entry) << step % 4 * 8;
        }
    }
    for (u32 i = 0; i < STATES; ++i) {
        sink.take(make_uint4(values[i][0], values[i][1], values[i][2], values[i][3]), counts[i]);
    }
    return true;
}

// The whole blocks of a stream; returns the bytes of words that they took. What it works with is its own, so
// that all of it stays in registers. PLAIN: as `Window::plain` says, and nothing predicts.
template <u32 STATES, bool HASH, bool PLAIN>
__device__ __forceinline__ u32 quick_blocks(
    Walk<STATES>& walk, const Constants& with, u32 blocks, Ring ring, Sink<HASH>& sink
) {
    u32 states[STATES];
#pragma unroll
    for (u32 i = 0; i < STATES; ++i) states[i] = walk.states[i];
    Sink<HASH> mine = sink;
#pragma unroll 1
    for (; blocks > 0; --blocks) {
        u32 values[STATES][4];
#pragma unroll
        for (u32 part = 0; part < STATES; ++part) {
            u32 begin = ring.open(), at = begin;
#pragma unroll
            for (u32 word = 4 / STATES * part; word < 4 / STATES * (part + 1); ++word) {
                u32 entries[STATES][4];
#pragma unroll
                for (u32 step = 0; step < 4; ++step) {
#pragma unroll
                    for (u32 i = 0; i < STATES; ++i) entries[i][step] = quick_step(states[i], at, with);
                }
#pragma unroll
                for (u32 i = 0; i < STATES; ++i) {
                    values[i][word] = four_values(entries[i][0], entries[i][1], entries[i][2], entries[i][3]);
                }
            }
            ring.passed += at - begin;
        }
#pragma unroll
        for (u32 i = 0; i < STATES; ++i) {
            uint4 sixteen = make_uint4(values[i][0], values[i][1], values[i][2], values[i][3]);
            if (PLAIN) {
                mine.take_plain(sixteen);
            } else {
                mine.take(sixteen, RUN);
            }
        }
    }
#pragma unroll
    for (u32 i = 0; i < STATES; ++i) walk.states[i] = states[i];
    sink = mine;
    return ring.passed;
}

// All whole blocks, unchecked. Returns false, and has changed nothing but the matrix, where words were missing.
template <u32 STATES, bool HASH>
__device__ __forceinline__ bool decode_quickly(
    const LaneLaunch& launch, const LaneTile& tile, Walk<STATES>& walk, const WordRun& words, Sink<HASH>& sink,
    u32 ring_memory, const u32* table
) {
    u32 blocks = tile.count / (STATES * BLOCK), passed;
    Constants with(launch, table);
    Ring ring(ring_memory, (const u8*)words.words, words.size);
    Walk<STATES> ahead = walk;
    Sink<HASH> filled = sink;
    if (filled.plain()) {
        passed = quick_blocks<STATES, HASH, true>(ahead, with, blocks, ring, filled);
    } else {
        passed = quick_blocks<STATES, HASH, false>(ahead, with, blocks, ring, filled);
    }
    if (passed > words.size) return false;
    walk = ahead;
    sink = filled;
    walk.position = passed;
    walk.steps = blocks * STATES * BLOCK;
    return true;
}

template <u32 STATES, bool HASH>
__device__ void decode_rans(
    const LaneLaunch& launch, const LaneTile& tile, LaneOutcome& outcome, u32 ring_memory, const u32* table
) {
    const u8* stream = launch.data + tile.stream;
    u32 states_bytes = STATES * WARP * STATE_BYTES;
    WordRun words = {(const u16*)(stream + states_bytes), tile.size - states_bytes};
    Walk<STATES> walk(stream);
    Sink<HASH> sink(launch, tile);
    if (!walk.refused()) {
        bool sound = !launch.complete || decode_quickly(launch, tile, walk, words, sink, ring_memory, table);
        u32 done = walk.steps;
        for (; done < tile.count; done += STATES * BLOCK) {
            if (!checked_block(walk, words, table, tile.count - done, sink)) break;
        }
        // What was written behind the block that failed, before it was known to.
        if (!sound) clear(launch, tile, done);
    }
    walk.report(words, outcome);
    if (HASH) {
        u32 checksum = sink.hash.of_all_lanes();
        if (threadIdx.x % WARP == 0) outcome.checksum = checksum;
    }
}

template <bool HASH>
__device__ void copy_raw(const LaneLaunch& launch, const LaneTile& tile, LaneOutcome& outcome) {
    const u8* bytes = launch.data + tile.stream;
    u32 lane = threadIdx.x % WARP, constant = tile.constant * 0x01010101u;
    Sink<HASH> sink(launch, tile);
    sink.predictor = NOTHING;
#pragma unroll 4
    for (u32 done = 0; done < tile.count; done += BLOCK) {
        u32 count = share(tile.count - done, 0);
        uint4 values = make_uint4(constant, constant, constant, constant);
        // Behind the last byte of a tile the file has room for whole loads.
        if (tile.coding == RAW && count) values = *(const uint4*)(bytes + done + lane * RUN);
        sink.take(values, count);
    }
    u32 checksum = HASH ? sink.hash.of_all_lanes() : 0;
    if (lane == 0) outcome = {LANES_OK, tile.count, LANE_BOUND, 0, checksum};
}

template <u32 STATES, bool HASH>
__device__ __forceinline__ void decode_tiles(const LaneLaunch& launch) {
    // Of the table and a ring a warp: more than what a kernel may declare.
    extern __shared__ __align__(16) u8 shared[];
    u32* table = (u32*)shared;
    for (u32 i = threadIdx.x; i < SLOTS / 4; i += blockDim.x) {
        ((uint4*)table)[i] = ((const uint4*)launch.table)[i];
    }
    __syncthreads();
    u32 warp = threadIdx.x / WARP, number = blockIdx.x * (blockDim.x / WARP) + warp;
    if (number >= launch.tile_count) return;
    const LaneTile tile = launch.tiles[number];
    LaneOutcome& outcome = launch.outcomes[number];
    if (tile.coding == RANS) {
        u32 ring = shared_address(shared) + TABLE_BYTES + warp * (RING + MIRROR);
        decode_rans<STATES, HASH>(launch, tile, outcome, ring, table);
    } else {
        copy_raw<HASH>(launch, tile, outcome);
    }
}

#define DECODER(name, states, hash)                                                                          \
    extern "C" __global__ void __launch_bounds__(MOST_THREADS) name(const LaneLaunch launch) {             \
        decode_tiles<states, hash>(launch);                                                                  \
    }

DECODER(decode_32_lanes, 1, false)
DECODER(decode_32_lanes_hashed, 1, true)
DECODER(decode_64_lanes, 2, false)
DECODER(decode_64_lanes_hashed, 2, true)
