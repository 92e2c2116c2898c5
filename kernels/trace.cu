// Records what happened at every step of one stream, on the card itself: the columns of
// codec.trace.STEP_COLUMNS, one record a step.
//
// One thread walks the stream with the checked step of rans.cuh, from wherever the host's cursor
// stands, and leaves the cursor where it stopped; so a long trace is made in launches of a bounded
// number of records, and one that starts in the middle of a stream walks there first without recording.

#include "rans.cuh"
#include "trace_row.cuh"

struct Walk {
    u64 file_offset;  // of the stream's first byte
    u32 tile;
    u32 status;       // how the last step ended
    u32 state;
    u32 unread;       // position in the stream
    u32 step;         // the next one
    u32 stop;         // the step before which to stop
};
static_assert(sizeof(Walk) == 32, "codec.decoders.cuda.records.WALK");

extern "C" __global__ void trace_steps(const u8* stream, const u32* table, Walk* walk, Row* rows) {
    Walk now = *walk;
    while (now.step < now.stop) {
        u32 state = now.state, unread = now.unread;
        u32 slot = state & (SLOTS - 1), entry = table[slot];
        now.status = checked_step(stream, entry, now.state, now.unread);
        if (now.status != OK) break;
        if (rows) {
            *rows++ = {now.file_offset + unread - 1, now.tile, 0, now.step, now.step, state, slot,
                       entry_frequency(entry), slot - entry_bias(entry), now.state, 0,
                       (u8)entry_symbol(entry), (u8)(unread - now.unread)};
        }
        ++now.step;
    }
    *walk = now;
}
