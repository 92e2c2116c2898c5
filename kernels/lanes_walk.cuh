// Walks a native stream with every check, a step of all lanes at a time: the slow path of decoding, and all
// of tracing. It takes exactly the steps of codec.rans.lane_steps, on any bytes and any table.

#pragma once

#include "lanes.cuh"

// The words of a stream; half a word at the end is never taken.
struct WordRun {
    const u16* words;
    u32 size;  // in bytes
};

// What a lane did in a step.
struct Step {
    bool taken;
    u32 entry;     // of its slot
    u32 before;    // its state
    u32 after;
    u32 number;    // of the step in coding order
    u32 position;  // bytes of words that were taken before
    u32 bytes;     // that it took
};

// Where a stream stands. All but `states` is the same in every thread.
template <u32 STATES>
struct Walk {
    u32 states[STATES];  // of this thread's lanes
    u32 position;        // bytes of words taken
    u32 steps;           // of single lanes
    u32 status;
    u32 stopped;         // the state that the step began with that could not be taken

    __device__ __forceinline__ explicit Walk(const u8* stream)
        : position(0), steps(0), status(LANES_OK), stopped(0) {
        for (u32 i = 0; i < STATES; ++i) states[i] = ((const u32*)stream)[i * WARP + threadIdx.x % WARP];
    }

    // Whether a lane begins below L, which none may.
    __device__ bool refused() {
        bool low = false;
        for (u32 i = 0; i < STATES; ++i) low = low || states[i] < LANE_BOUND;
        if (!__any_sync(EVERY_LANE, low)) return false;
        status = LANES_STATE_OUT_OF_RANGE;
        stopped = __shfl_sync(EVERY_LANE, states[0], 0);
        return true;
    }

    // One step of the active ones of 32 lanes, number `part`. Where a lane cannot step, those before it do, and the
    // rest is as it was; returns false then.
    __device__ bool step(u32 part, const WordRun& run, const u32* table, bool active, Step& done) {
        u32 state = states[part], below = (1u << threadIdx.x % WARP) - 1;
        u32 entry = table[state & (SLOTS - 1)];
        bool unowned = active && slot_frequency(entry) == 0;
        u32 y = slot_frequency(entry) * (state >> SCALE_BITS) + slot_bias(entry);
        bool needs = active && !unowned && y < LANE_BOUND;
        u32 needing = __ballot_sync(EVERY_LANE, needs), stepping = __ballot_sync(EVERY_LANE, active);
        u32 rank = __popc(needing & below), left = (run.size - position) / WORD_BYTES;
        u32 failing = __ballot_sync(EVERY_LANE, unowned || (needs && rank >= left));
        if (failing) {
            u32 first = __ffs(failing) - 1, before = (1u << first) - 1;
            status = __shfl_sync(EVERY_LANE, unowned ? LANES_UNOWNED_SLOT : LANES_UNDERRUN, first);
            stopped = __shfl_sync(EVERY_LANE, state, first);
            needing &= before;
            stepping &= before;
            active = active && threadIdx.x % WARP < first;
            needs = needs && active;
        }
        if (needs) y = y << WORD_BITS | run.words[position / WORD_BYTES + rank];
        if (active) states[part] = y;
        done = {active, entry, state, y, steps + (u32)__popc(stepping & below), position + WORD_BYTES * rank,
                needs ? WORD_BYTES : 0};
        position += WORD_BYTES * __popc(needing);
        steps += __popc(stepping);
        return failing == 0;
    }

    // L where every lane is there, else the first other state.
    __device__ u32 end_state() const {
        for (u32 i = 0; i < STATES; ++i) {
            u32 wrong = __ballot_sync(EVERY_LANE, states[i] != LANE_BOUND);
            if (wrong) return __shfl_sync(EVERY_LANE, states[i], __ffs(wrong) - 1);
        }
        return LANE_BOUND;
    }

    __device__ void report(const WordRun& run, LaneOutcome& outcome) const {
        u32 end = end_state();
        if (threadIdx.x % WARP == 0) {
            outcome.status = status;
            outcome.decoded = steps;
            outcome.state = status == LANES_OK ? end : stopped;
            // Where a stream stopped, half a word that would never be taken does not count.
            u32 left = run.size - position;
            outcome.left = status == LANES_UNDERRUN || status == LANES_UNOWNED_SLOT ? left & ~1u : left;
        }
    }
};
