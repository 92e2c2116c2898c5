/* A decoder for Ranscope in C: it decodes all three layouts. Replace what is yours.
 *
 *     cc -O2 -shared -fPIC -o THIS_NAME.so THIS_NAME.c
 *     ranscope compare FILE --with ./THIS_NAME.so
 *
 * ranscope.h, which stands beside this file, says what is given and what is to be filled in; so does
 * docs/own-decoder.md. What is printed is shown.
 */
#include <stdlib.h>

#include "ranscope.h"

enum { NO_MEMORY = 100 }; /* beside the statuses of ranscope.h */

const char *ranscope_error(int code) {
    switch (code) {
        case RANSCOPE_UNDERRUN: return "a stream runs out of bytes";
        case RANSCOPE_UNOWNED_SLOT: return "a slot has no symbol";
        case RANSCOPE_UNREADABLE: return "a stream lies outside of the file";
        case NO_MEMORY: return "there is too little memory";
    }
    return NULL;
}

/* The symbol that owns each slot, -1 where none does; to be freed. */
static int16_t *slot_owners(const ranscope_layer *layer) {
    uint32_t total = 1u << layer->scale_bits;
    int16_t *owners = malloc(total * sizeof *owners);
    if (!owners) return NULL;
    for (uint32_t slot = 0; slot < total; slot++) owners[slot] = -1;
    for (int symbol = 0; symbol < 256; symbol++)
        for (uint32_t i = 0; i < layer->frequencies[symbol]; i++)
            if (layer->starts[symbol] + i < total) owners[layer->starts[symbol] + i] = (int16_t)symbol;
    return owners;
}

static uint32_t load(const uint8_t *bytes, uint32_t count) {
    uint32_t value = 0;
    for (uint32_t i = 0; i < count; i++) value |= (uint32_t)bytes[i] << 8 * i;
    return value;
}

/* Decodes the rANS stream of a tile; `symbols` or `steps` may be NULL. Fills `ends` in, and returns RANSCOPE_OK or
 * what keeps it from going on. */
static int decode_stream(const ranscope_layer *layer, uint64_t number, const int16_t *owners, uint8_t *symbols,
                         ranscope_step *steps, uint64_t capacity, ranscope_read *ends) {
    const ranscope_tile *tile = &layer->tiles[number];
    const uint32_t word = layer->word_bits / 8, mask = (1u << layer->scale_bits) - 1;
    const int forward = layer->framing == RANSCOPE_LEADING_STATES;
    uint64_t step = 0, block = (uint64_t)layer->lanes * layer->run;
    uint64_t begin = tile->offset, end = tile->offset + tile->size, at;
    int code = RANSCOPE_OK;
    *ends = (ranscope_read){.offset = tile->offset, .size = tile->size, .symbol_count = tile->symbol_count};
    if (!tile->readable || end > layer->file_size) return RANSCOPE_UNREADABLE;
    uint32_t *states = malloc(layer->lanes * sizeof *states);
    if (!states) return NO_MEMORY;
    if (forward) { /* the state of each lane, then words */
        for (uint32_t lane = 0; lane < layer->lanes; lane++)
            states[lane] = load(layer->file + begin + 4 * lane, 4);
        at = begin + 4 * layer->lanes;
    } else { /* symbol count, words, state; words are taken from the end */
        states[0] = load(layer->file + end - 4, 4);
        ends->symbol_count = load(layer->file + begin, 4);
        begin += 4;
        at = end - 4;
    }
    ends->initial_state = states[0];
    for (uint64_t base = 0; base < tile->symbol_count && !code; base += block)
        for (uint32_t turn = 0; turn < layer->run && !code; turn++)
            for (uint32_t lane = 0; lane < layer->lanes && !code; lane++) {
                uint64_t place = base + (uint64_t)lane * layer->run + turn;
                if (place >= tile->symbol_count) continue;
                uint32_t before = states[lane], slot = before & mask, read = 0;
                uint64_t position = forward ? at : at - 1;
                if (owners[slot] < 0) {
                    code = RANSCOPE_UNOWNED_SLOT;
                    break;
                }
                uint32_t symbol = (uint32_t)owners[slot];
                uint32_t frequency = layer->frequencies[symbol], start = layer->starts[symbol];
                uint32_t state = frequency * (before >> layer->scale_bits) + slot - start;
                while (state < layer->lower_bound) {
                    if (forward ? at + word > end : at < begin + word) {
                        code = RANSCOPE_UNDERRUN;
                        break;
                    }
                    if (!forward) at -= word;
                    state = state << layer->word_bits | load(layer->file + at, word);
                    if (forward) at += word;
                    read += word;
                }
                if (code) break;
                states[lane] = state;
                if (symbols) symbols[place] = (uint8_t)symbol;
                if (steps && step < capacity)
                    steps[step] = (ranscope_step){
                        .position = position, .lane = lane, .symbol_index = (uint32_t)place,
                        .state_before = before, .slot = slot, .symbol = symbol, .freq = frequency,
                        .start = start, .state_after = state, .bytes_read = read,
                    };
                step++;
            }
    ends->decoded = step;
    ends->bytes_left = forward ? end - at : at - begin;
    ends->final_state = layer->lower_bound;
    for (uint32_t lane = layer->lanes; lane-- > 0;)
        if (states[lane] != layer->lower_bound) ends->final_state = states[lane];
    free(states);
    return code;
}

/* What predicts the first weight of row r of a tile that is predicted from the left, in the per-tile layout. */
static uint8_t left_of_row(const ranscope_layer *layer, const ranscope_tile *tile, const uint8_t *weights,
                           uint32_t r) {
    /* The layout forgets the row stride here: weight number r behind the one left of the tile. */
    return tile->col ? weights[(uint64_t)tile->row * layer->cols + tile->col - 1 + r] : 0;
}

/* Undoes a tile's prediction, from its symbols into the matrix. */
static void place_tile(const ranscope_layer *layer, const ranscope_tile *tile, const uint8_t *symbols,
                       uint8_t *weights) {
    uint32_t width = layer->padded ? layer->tile_cols : tile->cols;
    uint8_t flat = 0;
    for (uint64_t i = 0; i < tile->symbol_count; i++) {
        uint32_t r = (uint32_t)(i / width), c = (uint32_t)(i % width);
        int inside = r < tile->rows && c < tile->cols;
        uint8_t *weight = weights + ((uint64_t)tile->row + r) * layer->cols + tile->col + c;
        uint8_t value = (uint8_t)(symbols[i] - 128);
        if (layer->prediction == RANSCOPE_DIFFERENCED) {
            flat = value = (uint8_t)(value + flat);
            if (tile->predictor == RANSCOPE_TOP)
                value = (uint8_t)(value + (tile->row + r ? *(weight - layer->cols) : 0));
            else
                value = (uint8_t)(value + (c ? *(weight - 1) : left_of_row(layer, tile, weights, r)));
        } else if (layer->prediction == RANSCOPE_FLAT_LEFT || tile->predictor == RANSCOPE_LEFT) {
            flat = value = (uint8_t)(value + flat);
        } else if (tile->predictor == RANSCOPE_TOP && r) {
            value = (uint8_t)(value + *(weight - layer->cols));
        }
        if (inside) *weight = value;
    }
}

int ranscope_decode(const ranscope_layer *layer, int8_t *weights) {
    uint64_t largest = 1;
    int16_t *owners = slot_owners(layer);
    ranscope_read ends;
    int code = RANSCOPE_OK;
    for (uint64_t number = 0; number < layer->tile_count; number++)
        if (layer->tiles[number].symbol_count > largest) largest = layer->tiles[number].symbol_count;
    uint8_t *symbols = malloc(largest);
    if (!owners || !symbols) code = NO_MEMORY;
    for (uint64_t number = 0; number < layer->tile_count && !code; number++) {
        const ranscope_tile *tile = &layer->tiles[number];
        if (tile->coding == RANSCOPE_RANS) {
            code = decode_stream(layer, number, owners, symbols, NULL, 0, &ends);
            if (!code) place_tile(layer, tile, symbols, (uint8_t *)weights);
            continue;
        }
        if (tile->coding == RANSCOPE_RAW && tile->offset + tile->symbol_count > layer->file_size) {
            code = RANSCOPE_UNREADABLE;
            break;
        }
        for (uint64_t i = 0; i < tile->symbol_count; i++)
            weights[((uint64_t)tile->row + i / tile->cols) * layer->cols + tile->col + i % tile->cols] =
                tile->coding == RANSCOPE_RAW ? (int8_t)layer->file[tile->offset + i] : tile->constant;
    }
    free(symbols);
    free(owners);
    return code;
}

/* May be left out; without it nothing is known of how streams end. */
int ranscope_reads(const ranscope_layer *layer, ranscope_read *reads) {
    int16_t *owners = slot_owners(layer);
    int code = owners ? RANSCOPE_OK : NO_MEMORY;
    for (uint64_t number = 0; number < layer->tile_count && code != NO_MEMORY; number++) {
        const ranscope_tile *tile = &layer->tiles[number];
        ranscope_read *read = &reads[number];
        if (tile->coding != RANSCOPE_RANS) {
            *read = (ranscope_read){
                .offset = tile->offset, .size = tile->size, .symbol_count = tile->symbol_count,
                .decoded = tile->symbol_count, .final_state = layer->lower_bound,
            };
            continue;
        }
        code = decode_stream(layer, number, owners, NULL, NULL, 0, read);
        read->status = (uint32_t)code;
        if (read->status == RANSCOPE_OK && read->symbol_count != tile->symbol_count)
            read->status = RANSCOPE_SYMBOL_COUNT;
        else if (read->status == RANSCOPE_OK && read->final_state != layer->lower_bound)
            read->status = RANSCOPE_FINAL_STATE;
        else if (read->status == RANSCOPE_OK && read->bytes_left)
            read->status = RANSCOPE_BYTES_LEFT;
    }
    free(owners);
    return code == NO_MEMORY ? NO_MEMORY : RANSCOPE_OK;
}

/* May be left out; without it there are no steps to look at. */
int64_t ranscope_trace(const ranscope_layer *layer, uint32_t tile, ranscope_step *steps, uint64_t capacity) {
    ranscope_read ends;
    int16_t *owners = slot_owners(layer);
    if (!owners) return -NO_MEMORY;
    decode_stream(layer, tile, owners, NULL, steps, capacity, &ends);
    free(owners);
    return (int64_t)(ends.decoded < capacity ? ends.decoded : capacity);
}
