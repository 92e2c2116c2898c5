"""A decoder for Ranscope: plain Python that decodes all three layouts. Replace what is yours.

    ranscope compare FILE --with THIS_FILE.py
    ranscope decode FILE -o OUT.npy --decoder THIS_FILE.py

`decode` is all that is needed; docs/own-decoder.md says what `layer` holds. What is printed is shown.
"""

import numpy as np

RANS, RAW, CONSTANT = range(3)
NONE, LEFT, TOP = range(3)


def decode(layer):
    """Return the weights, int8[rows, cols]."""
    if layer.prediction not in ("flat_left", "differenced", "within_tile"):
        raise ValueError(f"this decoder does not know the prediction {layer.prediction!r}")
    weights = np.zeros((layer.rows, layer.cols), dtype=np.int8)
    owners = slot_owners(layer)
    for number, tile in enumerate(layer.tiles):
        row, col, rows, cols = (int(tile[name]) for name in ("row", "col", "rows", "cols"))
        part = tile_weights(layer, number, tile, owners, weights)
        weights[row : row + rows, col : col + cols] = part[:rows, :cols].view(np.int8)
    return weights


def trace(layer, tile):
    """Return the steps of one tile, column by column. May be left out."""
    steps = list(walk(layer, tile, slot_owners(layer)))
    names = (
        "lane",
        "symbol_index",
        "state_before",
        "slot",
        "symbol",
        "freq",
        "start",
        "state_after",
        "position",
        "bytes_read",
    )
    return {
        name: np.array([step[i] for step in steps], dtype=np.int64) for i, name in enumerate(names)
    }


def slot_owners(layer):
    """Return a list: the symbol that owns each slot, -1 where none does."""
    owners = [-1] * (1 << layer.scale_bits)
    for symbol in range(256):
        start, frequency = int(layer.starts[symbol]), int(layer.frequencies[symbol])
        owners[start : start + frequency] = [symbol] * frequency
    return owners


def tile_weights(layer, number, tile, owners, weights):
    """Return the weights of a tile as unsigned bytes, padding included."""
    shape = (int(tile["rows"]), int(tile["cols"]))
    if layer.padded:
        shape = (layer.tile_rows, layer.tile_cols)
    if tile["coding"] == CONSTANT:
        return np.full(shape, int(tile["constant"]) & 255, dtype=np.uint8)
    if tile["coding"] == RAW:
        return np.frombuffer(layer.stream(number), dtype=np.uint8).reshape(shape)
    symbols = np.zeros(shape[0] * shape[1], dtype=np.uint8)
    for step in walk(layer, number, owners):
        symbols[step[1]] = step[4]
    residuals = symbols - np.uint8(128)
    if layer.prediction == "flat_left":
        return np.cumsum(residuals, dtype=np.uint8).reshape(shape)
    if layer.prediction == "within_tile":
        return undo_within_tile(residuals.reshape(shape), int(tile["predictor"]))
    residuals = np.cumsum(residuals, dtype=np.uint8).reshape(shape)
    return undo_two_dimensional(residuals, tile, weights.view(np.uint8))


def undo_within_tile(residuals, predictor):
    """Undo the native layout's prediction: from the tile alone, rows not restarted."""
    if predictor == LEFT:
        return np.cumsum(residuals.reshape(-1), dtype=np.uint8).reshape(residuals.shape)
    if predictor == TOP:
        return np.cumsum(residuals, axis=0, dtype=np.uint8)
    return residuals


def undo_two_dimensional(residuals, tile, weights):
    """Undo the per-tile layout's prediction, whose first row or column comes from other tiles."""
    row, col, cols = int(tile["row"]), int(tile["col"]), weights.shape[1]
    if tile["predictor"] == TOP:
        if row:
            residuals[0] += weights[row - 1, col : col + residuals.shape[1]]
        return np.cumsum(residuals, axis=0, dtype=np.uint8)
    values = residuals.copy()
    for r in range(len(values)):
        if col:
            # The layout forgets the row stride here: weight number r behind the one left of the tile.
            at = row * cols + col - 1 + r
            inside = 0 <= at % cols - col < values.shape[1] and at // cols == row
            known = values[0, at % cols - col] if inside else weights[at // cols, at % cols]
            values[r, :1] += known
        values[r] = np.cumsum(values[r], dtype=np.uint8)
    return values


def walk(layer, number, owners):
    """Yield the steps of a tile's rANS stream, in the order of the columns of `trace`."""
    tile = layer.tiles[number]
    offset, data = int(tile["offset"]), layer.stream(number)
    word = layer.word_bits // 8
    forward = layer.framing == "leading_states"
    if forward:  # the state of each lane, then words
        states = [int.from_bytes(data[4 * i : 4 * i + 4], "little") for i in range(layer.lanes)]
        at = 4 * layer.lanes
    else:  # symbol count, words, state; words are taken from the end
        states = [int.from_bytes(data[-4:], "little")]
        at = len(data) - 4
    mask = (1 << layer.scale_bits) - 1
    for lane, place in places(layer.lanes, layer.run, int(tile["symbol_count"])):
        before, position = states[lane], offset + at - (not forward)
        slot = before & mask
        symbol = owners[slot]
        if symbol < 0:
            raise ValueError(f"tile {number}: no symbol owns slot {slot}")
        frequency, start = int(layer.frequencies[symbol]), int(layer.starts[symbol])
        state, read = frequency * (before >> layer.scale_bits) + slot - start, 0
        while state < layer.lower_bound:
            if not forward:
                at -= word
            taken = data[at : at + word]
            if at < 4 or len(taken) < word:
                raise ValueError(f"tile {number}: the stream runs out of bytes at symbol {place}")
            state = state << layer.word_bits | int.from_bytes(taken, "little")
            read += word
            if forward:
                at += word
        states[lane] = state
        yield lane, place, before, slot, symbol, frequency, start, state, position, read


def places(lanes, run, count):
    """Yield (lane, symbol) of each step: lanes take turns, each with `run` symbols side by side."""
    for base in range(0, count, lanes * run):
        for step in range(run):
            for lane in range(lanes):
                symbol = base + lane * run + step
                if symbol < count:
                    yield lane, symbol
