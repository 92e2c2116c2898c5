// One step of a trace, as every tracing kernel records it: the columns of codec.trace.STEP_COLUMNS.

#pragma once

#include "integers.cuh"

struct Row {
    u64 position;  // file offset of the next unread byte before the step
    u32 tile;
    u32 stream;
    u32 step;
    u32 symbol_index;
    u32 state_before;
    u32 slot;
    u32 freq;
    u32 start;
    u32 state_after;
    u16 lane;
    u8 symbol;
    u8 bytes_read;
};
static_assert(sizeof(Row) == 48, "codec.decoders.cuda.records.ROW");
