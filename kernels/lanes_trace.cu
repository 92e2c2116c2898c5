// Records what happened at every step of one native stream, on the card itself: the columns of
// codec.trace.STEP_COLUMNS, one record a step. One warp walks the stream with the checked step of
// lanes_walk.cuh, from its start, and records the steps of a window.

#include "lanes_walk.cuh"
#include "trace_row.cuh"

struct LaneTrace {
    const u8* stream;
    const u32* table;
    Row* rows;             // of the steps first to before last
    LaneOutcome* outcome;
    u64 words_offset;      // of the stream's words, in the file
    u32 size;              // bytes of the stream
    u32 count;             // symbols
    u32 tile;
    u32 first;
    u32 last;
    u32 unused;
};
static_assert(sizeof(LaneTrace) == 64, "codec.decoders.cuda.lane_records.LANE_TRACE");

__device__ __forceinline__ void record(const LaneTrace& trace, const Step& done, u32 lane, u32 symbol_index) {
    if (!done.taken || done.number < trace.first || done.number >= trace.last) return;
    u32 slot = done.before & (SLOTS - 1);
    trace.rows[done.number - trace.first] = {
        trace.words_offset + done.position, trace.tile, 0, done.number, symbol_index, done.before, slot,
        slot_frequency(done.entry), slot - slot_bias(done.entry), done.after, (u16)lane,
        (u8)(slot_value(done.entry) + 128), (u8)done.bytes};
}

template <u32 STATES>
__device__ void trace_lanes(const LaneTrace& trace) {
    u32 lane = threadIdx.x % WARP, states_bytes = STATES * WARP * STATE_BYTES, block = STATES * BLOCK;
    WordRun words = {(const u16*)(trace.stream + states_bytes), trace.size - states_bytes};
    Walk<STATES> walk(trace.stream);
    bool going = !walk.refused();
    for (u32 begin = 0; going && begin < trace.count && walk.steps < trace.last; begin += block) {
        for (u32 step = 0; going && step < RUN; ++step) {
            for (u32 i = 0; going && i < STATES; ++i) {
                Step done;
                bool active = step < share(trace.count - begin, i);
                going = walk.step(i, words, trace.table, active, done);
                record(trace, done, i * WARP + lane, begin + i * BLOCK + lane * RUN + step);
            }
        }
    }
    walk.report(words, *trace.outcome);
}

extern "C" __global__ void trace_32_lanes(const LaneTrace trace) { trace_lanes<1>(trace); }
extern "C" __global__ void trace_64_lanes(const LaneTrace trace) { trace_lanes<2>(trace); }
