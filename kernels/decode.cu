// Decodes the streams of many tiles at once: to symbols, or to their running sums, which are the
// weights of the batched layout and the residuals of the per-tile layout.
//
// A stream can only be decoded one symbol after the other, and one step is a chain of about 85 cycles
// on an H100 (look the slot up, multiply, renormalise). So one thread takes one segment: a whole
// stream, or, where the host has checkpoints, the stretch from one checkpoint to the next, which makes
// a stream as parallel as it has checkpoints (Recoil, Lin et al. 2023). What keeps the chain short:
//
// - The slot table is in shared memory, one packed word a slot.
// - The next bytes wait in two registers. These are filled from a small ring in shared memory, and
//   that from global memory, asked for at least eight steps before.
// - Renormalisation takes no branch: y tells whether it is 0, 1 or 2 bytes.
// - Sixteen symbols are decoded without any check and then written, with one 16-byte store where the
//   tile's place in memory allows it. If they ran out of bytes, which those of a sound stream do not,
//   they are dropped and decoded again with every check. So the end of a broken stream is found at
//   the very step where the reference finds it.
//
// Nothing outside of the window of a tile is written. What is read beyond a stream lies within
// READ_AHEAD bytes of it; the host leaves so much room on both sides of `data`.

#include "rans.cuh"

#ifndef THREADS
#define THREADS 128  // per block: a power of two up to 1024. Each block holds the table, 16 KiB
#endif

const u32 GROUP = 16;       // symbols between two looks at the end of the stream: one store
const u32 HALF_GROUP = 8;   // steps between two looks at the ring: they take at most one chunk
const u32 CHUNK_WORDS = 4;  // one load from global memory
const u32 RING_WORDS = 8;
// From one word of a thread's ring to the next: so that no two threads of a warp meet in a bank.
const u32 STRIDE = THREADS * sizeof(u32);
const u32 RING_MASK = (RING_WORDS - 1) * STRIDE;
const u32 READ_AHEAD = 256;
const u32 RESIDENT_THREADS = 1024;  // on a multiprocessor, as far as registers decide
static_assert(GROUP == sizeof(uint4) && GROUP == 2 * HALF_GROUP, "one store a group");
static_assert(2 * HALF_GROUP == CHUNK_WORDS * sizeof(u32), "a step takes two bytes at most");
static_assert(2 * GROUP + (2 * RING_WORDS + CHUNK_WORDS) * sizeof(u32) < READ_AHEAD, "room enough");

// Shared memory by its 32-bit addresses. Through pointers the compiler works addresses out anew at
// each use, and does so on the very chain that must be short.
__device__ __forceinline__ u32 shared_address(const void* pointer) {
    return (u32)__cvta_generic_to_shared(pointer);
}

__device__ __forceinline__ u32 load_shared(u32 address) {
    u32 value;
    asm volatile("ld.shared.u32 %0, [%1];" : "=r"(value) : "r"(address));
    return value;
}

__device__ __forceinline__ void store_shared(u32 address, u32 value) {
    asm volatile("st.shared.u32 [%0], %1;" ::"r"(address), "r"(value));
}

// table + 4 * slot, in two instructions; the compiler would take three.
__device__ __forceinline__ u32 entry_address(u32 table, u32 state) {
    u32 address;
    asm("{ .reg .u32 slot; and.b32 slot, %1, 4095; mad.lo.u32 %0, slot, 4, %2; }"
        : "=r"(address)
        : "r"(state), "r"(table));
    return address;
}

__device__ __forceinline__ u32 entry_of(u32 table, u32 state) {
    return load_shared(entry_address(table, state));
}

// The bytes of a stream, from its end towards its start, without bounds.
//
// Words are numbered from the aligned address at or below the stream's first byte, up. Bytes are taken
// from the top of `high`, then of `low`:
//
//     global memory | pending |          ring           | next |  low  |      high      |
//                             ^ fetched                 ^ place        |   left   taken |
//
// `place` and `fetched` are word numbers times STRIDE, so that masked they are places in the ring.
struct Reader {
    const uint4* chunks;
    uint4 pending;
    u32 ring;
    u32 high;
    u32 low;
    u32 next;
    u32 taken;    // bits of `high`; 0 to 24, or up to 56 between two calls of `advance`
    int place;    // of `next`
    int fetched;  // of the lowest word in the ring: of a whole chunk
    u32 skew;     // from the aligned address to the stream

    __device__ __forceinline__ u32 slot(int of) const { return ring + (of & RING_MASK); }

    __device__ __forceinline__ void fetch() {
        pending = chunks[fetched / (int)(CHUNK_WORDS * STRIDE) - 1];
    }

    __device__ __forceinline__ void keep(uint4 chunk) {
        u32 address = slot(fetched);
        store_shared(address, chunk.x);
        store_shared(address + STRIDE, chunk.y);
        store_shared(address + 2 * STRIDE, chunk.z);
        store_shared(address + 3 * STRIDE, chunk.w);
    }

    __device__ __forceinline__ void open(const u8* stream, u32 unread, u32 own_ring) {
        skew = (u32)((u64)stream % sizeof(uint4));
        chunks = (const uint4*)(stream - skew);
        ring = own_ring;
        u32 end = skew + unread;
        fetched = (int)(end / sizeof(uint4) * CHUNK_WORDS * STRIDE);
        keep(chunks[end / sizeof(uint4)]);
        fetch();
        top_up();
        place = (int)(end / sizeof(u32) * STRIDE);
        high = load_shared(slot(place));
        low = load_shared(slot(place -= STRIDE));
        next = load_shared(slot(place -= STRIDE));
        taken = 32 - end % sizeof(u32) * 8;
        advance();
    }

    __device__ __forceinline__ void top_up() {
        fetched -= CHUNK_WORDS * STRIDE;
        keep(pending);
        fetch();
    }

    // Call it before each half group: afterwards a chunk at least lies below `place`. There is room
    // for another one, `next` included, which `advance` may read again.
    __device__ __forceinline__ void top_up_if_low() {
        if (place - fetched < (int)(CHUNK_WORDS * STRIDE)) top_up();
    }

    // Call it after every second step: two of them take 32 bits at most.
    __device__ __forceinline__ void advance() {
        bool used_up = taken >= 32;
        high = used_up ? low : high;
        low = used_up ? next : low;
        place -= used_up ? STRIDE : 0;
        taken %= 32;
        next = load_shared(slot(place));
    }

    // The next bytes from the top: two at least.
    __device__ __forceinline__ u32 ahead() const {
        return (u32)((((u64)high << 32 | low) << taken) >> 32);
    }

    // The position behind the next byte; below FLOOR where bytes were taken that are not there.
    __device__ __forceinline__ int unread() const {
        int word = place / (int)STRIDE;
        return (word + 3) * (int)sizeof(u32) - (int)(taken / 8) - (int)skew;
    }
};

// Where the next symbol goes.
struct Writer {
    u8* target;
    u64 pitch;
    u32 width, rows, cols, store;
    u32 row, col;

    __device__ __forceinline__ bool visible() const { return row < rows && col < cols; }
    __device__ __forceinline__ u8* cell() const { return target + row * pitch + col; }

    __device__ __forceinline__ void advance(u32 count) {
        col += count;
        if (col < width) return;
        col -= width;
        ++row;
    }

    template <typename Word>
    __device__ __forceinline__ void put(Word word) {
        if (visible()) *(Word*)cell() = word;
        advance(sizeof(Word));
    }

    __device__ __forceinline__ void put_word(u32 word) {
        if (store >= 4) return put(word);
        for (u32 i = 0; i < 4; ++i) put((u8)(word >> 8 * i));
    }

    __device__ __forceinline__ void put_group(uint4 group) {
        if (store == sizeof(uint4)) return put(group);
        put_word(group.x);
        put_word(group.y);
        put_word(group.z);
        put_word(group.w);
    }
};

// One step without checks; `value` grows by the symbol (SUM) or becomes it, in its low byte.
template <bool SUM>
__device__ __forceinline__ void step(u32& state, u32& value, Reader& reader, u32 table) {
    u32 entry = entry_of(table, state);
    value = SUM ? value + (entry >> SYMBOL_SHIFT) : entry >> SYMBOL_SHIFT;
    u32 y = coded_state(state, entry), bits = bits_needed(y);
    state = __funnelshift_l(reader.ahead(), y, bits);
    reader.taken += bits;
}

template <bool SUM>
__device__ __forceinline__ u32 two_steps(u32& state, u32& value, Reader& reader, u32 table) {
    step<SUM>(state, value, reader, table);
    u32 first = value;
    step<SUM>(state, value, reader, table);
    reader.advance();
    return __byte_perm(first, value, 0x0040);
}

template <bool SUM>
__device__ __forceinline__ u32 four_steps(u32& state, u32& value, Reader& reader, u32 table) {
    u32 low = two_steps<SUM>(state, value, reader, table);
    u32 high = two_steps<SUM>(state, value, reader, table);
    return __byte_perm(low, high, 0x5410);
}

template <bool SUM>
__device__ __forceinline__ uint4 sixteen_steps(u32& state, u32& value, Reader& reader, u32 table) {
    uint4 group;
    reader.top_up_if_low();
    group.x = four_steps<SUM>(state, value, reader, table);
    group.y = four_steps<SUM>(state, value, reader, table);
    reader.top_up_if_low();
    group.z = four_steps<SUM>(state, value, reader, table);
    group.w = four_steps<SUM>(state, value, reader, table);
    return group;
}

// A place to decode from: before symbol `done`.
struct Cursor {
    u32 state, unread, value, done;
};

// What a launch is told. Its threads, spread included, are fewer than 2^32.
struct Launch {
    const u8* data;          // of its allocation READ_AHEAD bytes lie around all streams
    const u32* table;        // SLOTS entries
    const Tile* tiles;
    const u64* checkpoints;  // per tile segments - 1: see `at_checkpoint`; 0 for none
    Outcome* outcomes;       // one a tile
    u8* output;
    u64 pitch;               // bytes from one row of the output to the next
    u32 tile_count;
    u32 segments;            // per tile, at most
    u32 interval;            // symbols of a segment: a multiple of GROUP
    u32 spread;              // every so manieth thread decodes, where there are few segments
    u32 limit;               // symbols that a thread decodes before it stops: a multiple of GROUP
    u32 complete;            // whether every slot has an owner
    u32 resume;              // whether to go on with unfinished tiles instead of starting
};
static_assert(sizeof(Launch) == 88, "codec.decoders.cuda.records.LAUNCH");

__device__ __forceinline__ u64 checkpoint(const Launch& launch, u32 tile, u32 segment) {
    u64 symbol = (u64)segment * launch.interval;
    if (segment >= launch.segments || symbol >= launch.tiles[tile].count) return 0;
    return launch.checkpoints[(u64)tile * (launch.segments - 1) + segment - 1];
}

__device__ __forceinline__ Cursor at_checkpoint(const Launch& launch, u64 record, u32 segment) {
    u32 state = (u32)record, value = (u32)(record >> 32) & 0xFF, bytes_left = (u32)(record >> 40);
    return {state, FLOOR + bytes_left, value, segment * launch.interval};
}

// Where a segment starts; false where it has no start.
__device__ __forceinline__ bool find_start(
    const Launch& launch, u32 number, u32 segment, Cursor& start
) {
    const Tile& tile = launch.tiles[number];
    u32 unread = tile.size - STATE_BYTES;
    if (launch.resume) {
        const Outcome& before = launch.outcomes[number];
        start = {before.state, before.unread, before.value, before.decoded};
        return segment == 0 && before.status == UNFINISHED;
    }
    if (segment == 0) {
        start = {read_u32(launch.data + tile.offset + unread), unread, 0, 0};
        return true;
    }
    start = at_checkpoint(launch, checkpoint(launch, number, segment), segment);
    return LOWER_BOUND <= start.state && start.state < UPPER_BOUND && start.unread <= unread;
}

// Decodes from `now` to before symbol `stop`, sixteen at a time, for as long as no byte is missing.
template <bool SUM>
__device__ __forceinline__ void decode_groups(
    Cursor& now, u32 stop, const u8* stream, Writer& writer, u8* first, u32 ring, u32 table
) {
    if (stop - now.done < GROUP) return;
    Reader reader;
    reader.open(stream, now.unread, ring);
    while (stop - now.done >= GROUP) {
        u32 state = now.state, value = now.value;
        uint4 group = sixteen_steps<SUM>(state, value, reader, table);
        int unread = reader.unread();
        if (unread < (int)FLOOR) return;
        if (now.done == 0) *(uint2*)first = make_uint2(group.x, group.y);
        writer.put_group(group);
        now = {state, (u32)unread, value, now.done + GROUP};
    }
}

// Decodes from `now` to before symbol `stop` with every check; returns how it ended.
template <bool SUM>
__device__ u32 decode_checked(
    Cursor& now, u32 stop, const u8* stream, Writer& writer, u8* first, u32 table
) {
    while (now.done < stop) {
        u32 entry = entry_of(table, now.state);
        u32 status = checked_step(stream, entry, now.state, now.unread);
        if (status != OK) return status;
        now.value = entry_symbol(entry) + (SUM ? now.value : 0);
        if (now.done < sizeof(Outcome::first)) first[now.done] = (u8)now.value;
        writer.put((u8)now.value);
        ++now.done;
    }
    return OK;
}

template <bool SUM>
__device__ void decode_segment(const Launch& launch, u32 number, u32 segment, u32 ring, u32 table) {
    Cursor now;
    if (!find_start(launch, number, segment, now)) return;
    const Tile tile = launch.tiles[number];
    Outcome& outcome = launch.outcomes[number];
    // A resumed tile is decoded to its end by one thread.
    u64 following = launch.resume ? 0 : checkpoint(launch, number, segment + 1);
    Cursor end = at_checkpoint(launch, following, segment + 1);
    bool last = following == 0;
    u32 stop = last ? tile.count : end.done;
    stop = now.done + min(stop - now.done, launch.limit);

    Writer writer = {launch.output + tile.target, launch.pitch, tile.width, tile.rows, tile.cols,
                     tile.store, now.done / tile.width, now.done % tile.width};
    const u8* stream = launch.data + tile.offset;
    if (launch.complete) decode_groups<SUM>(now, stop, stream, writer, outcome.first, ring, table);
    u32 status = decode_checked<SUM>(now, stop, stream, writer, outcome.first, table);
    now.value &= 0xFF;

    if (last) {
        outcome.status = status == OK && now.done < tile.count ? UNFINISHED : status;
        outcome.decoded = now.done;
        outcome.state = now.state;
        outcome.unread = now.unread;
        outcome.value = now.value;
    } else if (now.done != end.done || now.state != end.state || now.unread != end.unread ||
               (SUM && now.value != end.value)) {
        outcome.mismatch = segment + 1;
    }
}

template <bool SUM>
__device__ __forceinline__ void decode(const Launch& launch) {
    __shared__ u32 rings[RING_WORDS * THREADS];
    __shared__ __align__(16) u32 entries[SLOTS];
    u32 ring = shared_address(rings + threadIdx.x), table = shared_address(entries);
    // A symbol counts as its difference from 128, modulo 256, where they are summed.
    u32 flip = SUM ? 128u << SYMBOL_SHIFT : 0;
    uint4 loaded[SLOTS / 4 / THREADS];
#pragma unroll
    for (u32 i = 0; i < SLOTS / 4 / THREADS; ++i) {
        loaded[i] = ((const uint4*)launch.table)[threadIdx.x + i * THREADS];
    }
#pragma unroll
    for (u32 i = 0; i < SLOTS / 4 / THREADS; ++i) {
        u32 address = table + (threadIdx.x + i * THREADS) * sizeof(uint4);
        store_shared(address, loaded[i].x ^ flip);
        store_shared(address + 4, loaded[i].y ^ flip);
        store_shared(address + 8, loaded[i].z ^ flip);
        store_shared(address + 12, loaded[i].w ^ flip);
    }
    __syncthreads();
    u32 thread = blockIdx.x * THREADS + threadIdx.x, segment = thread / launch.spread;
    u32 tile = segment / launch.segments;
    if (thread % launch.spread || tile >= launch.tile_count) return;
    decode_segment<SUM>(launch, tile, segment % launch.segments, ring, table);
}

extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT_THREADS / THREADS)
decode_symbols(const Launch launch) {
    decode<false>(launch);
}

extern "C" __global__ void __launch_bounds__(THREADS, RESIDENT_THREADS / THREADS)
decode_sums(const Launch launch) {
    decode<true>(launch);
}
