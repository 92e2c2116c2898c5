// A decoder for Ranscope in CUDA: one block a tile, in which one thread decodes. Replace what is yours.
//
//     ranscope compare FILE --with ./THIS_NAME.cu
//
// It is compiled when it is used, and again when it has been saved. ranscope.h says what is given; it is found
// without standing beside this file. docs/own-decoder.md explains the fields.
//
// It decodes the batched and the native layout. The per-tile one (wcdc) predicts tiles from others, which one launch
// cannot wait for: of it nothing is written.
#include "ranscope.h"

#define RANSCOPE_BLOCK_SIZE 128

constexpr uint32_t MOST_SLOTS = 1 << 15;
constexpr uint32_t MOST_LANES = 1024;

// What the threads of a block share.
struct Shared {
    uint8_t owners[MOST_SLOTS];  // the symbol that owns each slot; 0 where none does
    uint32_t states[MOST_LANES];
};

__device__ uint32_t load(const uint8_t *bytes, uint32_t count) {
    uint32_t value = 0;
    for (uint32_t i = 0; i < count; i++) value |= (uint32_t)bytes[i] << 8 * i;
    return value;
}

// All threads: the owners of all slots.
__device__ void find_owners(const ranscope_layer &layer, Shared &shared) {
    uint32_t total = 1u << layer.scale_bits;
    for (uint32_t slot = threadIdx.x; slot < total; slot += blockDim.x) shared.owners[slot] = 0;
    __syncthreads();
    for (uint32_t symbol = threadIdx.x; symbol < 256; symbol += blockDim.x)
        for (uint32_t i = 0; i < layer.frequencies[symbol]; i++)
            if (layer.starts[symbol] + i < total) shared.owners[layer.starts[symbol] + i] = (uint8_t)symbol;
    __syncthreads();
}

// One thread: walks a tile's stream and hands each step to `take`; stops where the stream is damaged.
template <typename Take>
__device__ void walk(const ranscope_layer &layer, const ranscope_tile &tile, Shared &shared, Take take) {
    const uint32_t word = layer.word_bits / 8, mask = (1u << layer.scale_bits) - 1;
    const bool forward = layer.framing == RANSCOPE_LEADING_STATES;
    uint64_t begin = tile.offset, end = tile.offset + tile.size, at;
    if (!tile.readable || end > layer.file_size || layer.lanes > MOST_LANES) return;
    if (forward) {  // the state of each lane, then words
        for (uint32_t lane = 0; lane < layer.lanes; lane++)
            shared.states[lane] = load(layer.file + begin + 4 * lane, 4);
        at = begin + 4 * layer.lanes;
    } else {  // symbol count, words, state; words are taken from the end
        shared.states[0] = load(layer.file + end - 4, 4);
        begin += 4;
        at = end - 4;
    }
    const uint64_t block = (uint64_t)layer.lanes * layer.run;
    for (uint64_t base = 0; base < tile.symbol_count; base += block)
        for (uint32_t turn = 0; turn < layer.run; turn++)
            for (uint32_t lane = 0; lane < layer.lanes; lane++) {
                uint64_t place = base + (uint64_t)lane * layer.run + turn;
                if (place >= tile.symbol_count) continue;
                uint32_t before = shared.states[lane], slot = before & mask, read = 0;
                uint64_t position = forward ? at : at - 1;
                uint32_t symbol = shared.owners[slot];
                uint32_t frequency = layer.frequencies[symbol], start = layer.starts[symbol];
                if (slot - start >= frequency) return;  // no symbol owns it
                uint32_t state = frequency * (before >> layer.scale_bits) + slot - start;
                while (state < layer.lower_bound) {
                    if (forward ? at + word > end : at < begin + word) return;  // out of bytes
                    if (!forward) at -= word;
                    state = state << layer.word_bits | load(layer.file + at, word);
                    if (forward) at += word;
                    read += word;
                }
                shared.states[lane] = state;
                take(ranscope_step{position, lane, (uint32_t)place, before, slot, symbol, frequency, start,
                                   state, read, 0});
            }
}

// All threads: undoes the prediction of a tile that holds residuals; cells outside of the matrix are left alone.
__device__ void undo_prediction(const ranscope_layer &layer, const ranscope_tile &tile, uint8_t *weights) {
    uint8_t *first = weights + (uint64_t)tile.row * layer.cols + tile.col;
    __syncthreads();
    if (tile.predictor == RANSCOPE_LEFT && threadIdx.x == 0) {
        uint8_t sum = 0;
        for (uint32_t r = 0; r < tile.rows; r++)
            for (uint32_t c = 0; c < tile.cols; c++) {
                uint8_t *weight = first + r * layer.cols + c;
                *weight = sum = (uint8_t)(sum + *weight);
            }
    }
    if (tile.predictor == RANSCOPE_TOP)
        for (uint32_t c = threadIdx.x; c < tile.cols; c += blockDim.x)
            for (uint32_t r = 1; r < tile.rows; r++)
                first[r * layer.cols + c] += first[(r - 1) * layer.cols + c];
}

extern "C" __global__ void ranscope_decode(ranscope_layer layer, int8_t *weights) {
    __shared__ Shared shared;
    const ranscope_tile tile = layer.tiles[blockIdx.x];
    uint8_t *first = (uint8_t *)weights + (uint64_t)tile.row * layer.cols + tile.col;
    if (layer.prediction == RANSCOPE_DIFFERENCED) return;
    if (tile.coding != RANSCOPE_RANS) {
        if (tile.coding == RANSCOPE_RAW && !tile.readable) return;
        for (uint64_t i = threadIdx.x; i < (uint64_t)tile.rows * tile.cols; i += blockDim.x)
            first[i / tile.cols * layer.cols + i % tile.cols] =
                tile.coding == RANSCOPE_RAW ? layer.file[tile.offset + i] : (uint8_t)tile.constant;
        return;
    }
    find_owners(layer, shared);
    if (layer.prediction == RANSCOPE_FLAT_LEFT) {  // goes through the padding too, so it is undone on the way
        uint8_t sum = 0;
        if (threadIdx.x == 0)
            walk(layer, tile, shared, [&](const ranscope_step &step) {
                uint32_t r = step.symbol_index / layer.tile_cols, c = step.symbol_index % layer.tile_cols;
                sum = (uint8_t)(sum + step.symbol - 128);
                if (r < tile.rows && c < tile.cols) first[r * layer.cols + c] = sum;
            });
        return;
    }
    if (threadIdx.x == 0)
        walk(layer, tile, shared, [&](const ranscope_step &step) {
            uint32_t r = step.symbol_index / tile.cols, c = step.symbol_index % tile.cols;
            first[r * layer.cols + c] = (uint8_t)(step.symbol - 128);
        });
    undo_prediction(layer, tile, (uint8_t *)weights);
}

// May be left out; without it there are no steps to look at.
extern "C" __global__ void ranscope_trace(ranscope_layer layer, uint32_t tile, ranscope_step *steps,
                                          uint64_t capacity, uint64_t *count) {
    __shared__ Shared shared;
    find_owners(layer, shared);
    uint64_t taken = 0;
    if (threadIdx.x == 0) {
        walk(layer, layer.tiles[tile], shared, [&](const ranscope_step &step) {
            if (taken < capacity) steps[taken++] = step;
        });
        *count = taken;
    }
}
