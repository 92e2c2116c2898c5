// Undoes the prediction of the per-tile layout: from the residuals of tiles to their weights, in the
// matrix. One block a tile; codec/prediction.py states the rules and is the judge.
//
// A tile needs weights of the tile to its left, of the one above, and of the first tile of its tile
// row. All of them lie on earlier anti-diagonals of the tile grid, so the host launches one
// anti-diagonal after the other. All sums are modulo 256.

#include "rans.cuh"

#ifndef THREADS
#define THREADS 256
#endif

const u32 WARP = 32;
const u32 EVERY_LANE = 0xFFFFFFFF;

const u32 LEFT = 0;
const u32 TOP = 1;

struct Place {
    u64 residuals;  // of the tile's first residual; they lie row by row without gaps
    u32 row;        // of the tile's first weight, in the matrix
    u32 col;
    u32 rows;
    u32 cols;
    u32 predictor;  // one that does not exist leaves the residuals as they are
    u32 outcome;    // number of the outcome of its stream
};
static_assert(sizeof(Place) == 32, "codec.decoders.cuda.records.PLACE");

struct Undo {
    const u8* residuals;
    const Place* places;
    const Outcome* outcomes;
    u8* matrix;     // its row number `first_row` is the first that is there
    u64 cols;       // of the matrix
    u64 first_row;
};
static_assert(sizeof(Undo) == 48, "codec.decoders.cuda.records.UNDO");

__device__ __forceinline__ u8* cell(const Undo& undo, u64 position) {
    return undo.matrix + (position - undo.first_row * undo.cols);
}

// Running sums of one row by one warp, from what predicts its first weight on. Behind the last
// residual that was decoded the weights are 0.
__device__ __forceinline__ void sum_row(
    const Undo& undo, const Place& place, u32 decoded, u32 row, u32 sum
) {
    u32 lane = threadIdx.x % WARP;
    u64 index = (u64)row * place.cols;
    u8* target = cell(undo, (u64)(place.row + row) * undo.cols + place.col);
    for (u32 begin = 0; begin < place.cols; begin += WARP) {
        u32 col = begin + lane;
        bool inside = col < place.cols;
        u32 value = inside ? undo.residuals[place.residuals + index + col] : 0;
        for (u32 distance = 1; distance < WARP; distance *= 2) {
            u32 before = __shfl_up_sync(EVERY_LANE, value, distance);
            if (lane >= distance) value += before;
        }
        value += sum;
        if (inside) target[col] = index + col < decoded ? (u8)value : 0;
        sum = __shfl_sync(EVERY_LANE, value, WARP - 1);
    }
}

// LEFT: the first weight of row r is predicted by the one at flat position first + r of the matrix,
// which for r > 0 lies in the tile's own first row, or runs on past it.
__device__ void undo_left(const Undo& undo, const Place& place, u32 decoded) {
    bool edge = place.col == 0;
    u64 first = (u64)place.row * undo.cols + place.col - 1;
    u32 warp = threadIdx.x / WARP;
    if (warp == 0) sum_row(undo, place, decoded, 0, edge ? 0 : *cell(undo, first));
    __syncthreads();
    for (u32 row = 1 + warp; row < place.rows; row += THREADS / WARP) {
        sum_row(undo, place, decoded, row, edge ? 0 : *cell(undo, first + row));
    }
}

// TOP, and none: a column a thread.
__device__ void undo_columns(const Undo& undo, const Place& place, u32 decoded) {
    bool top = place.predictor == TOP;
    for (u32 col = threadIdx.x; col < place.cols; col += THREADS) {
        u64 position = (u64)place.row * undo.cols + place.col + col;
        u32 sum = top && place.row ? *cell(undo, position - undo.cols) : 0;
        for (u32 row = 0; row < place.rows; ++row) {
            u64 index = (u64)row * place.cols + col;
            sum = undo.residuals[place.residuals + index] + (top ? sum : 0);
            *cell(undo, position + row * undo.cols) = index < decoded ? (u8)sum : 0;
        }
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) undo_prediction(const Undo undo, u32 first_place) {
    const Place place = undo.places[first_place + blockIdx.x];
    if (place.rows == 0 || place.cols == 0) return;
    u32 decoded = undo.outcomes[place.outcome].decoded;
    if (place.predictor == LEFT) {
        undo_left(undo, place, decoded);
    } else {
        undo_columns(undo, place, decoded);
    }
}
