"""What the Weights panel says about weights, tiles, and what is missing, in words."""

from __future__ import annotations

from app.canvas.frame import Frame
from app.models.dequantised import scale_of
from app.models.weight_mosaic import WeightMosaic
from app.models.weight_pages import State, weight_text
from app.views.weights.intake import WISHED
from codec.container import Coding, Tensor
from codec.source import Source


def why_empty(tensor: Tensor | None) -> str:
    """Why there are no weights to show; "" where there are some."""
    if tensor is None:
        return "No matrix was found in the file, so there are no weights to show."
    return f"None of the weights can be decoded: {tensor.refusal}." if tensor.refusal else ""


def weight_sentence(mosaic: WeightMosaic, source: Source, row: int, col: int) -> str:
    """One weight in one line: where it stands, its value, its symbol and its tile."""
    tensor = mosaic.tensor
    tile = tensor.tile_at(row, col)
    where = f"Row {row:,}, column {col:,}"
    if tile is None:
        return f"{where} · no tile of the file covers this place"
    weight = mosaic.weight(row, col)
    value = "not decoded yet" if weight is None else f"weight {number(weight)}"
    scale = None if weight is None else scale_of(source, tensor, row)
    if weight is not None and scale is not None:
        value += f" × {scale.value:.4g} = {weight * scale.value:.4g}".replace("-", "−")
    parts = [where, value, _coded_as(mosaic, tile, tensor.symbol_at(tile, row, col))]
    if mosaic.state(tile) is State.BROKEN:
        parts.append(f"failed: {mosaic.failures[tile]}")
    return " · ".join(parts)


def _coded_as(mosaic: WeightMosaic, tile: int, place: int) -> str:
    """What stands in the file for a weight."""
    coding = mosaic.tensor.coding(tile)
    if coding is Coding.RAW:
        return f"weight {place:,} of tile {tile:,}, which is stored raw"
    if coding is Coding.CONSTANT:
        return f"weight {place:,} of tile {tile:,}, which is constant"
    symbol = mosaic.symbol(tile, place)
    coded = "" if symbol is None else f" ({symbol})"
    return f"symbol {place:,}{coded} of tile {tile:,}"


def symbol_sentence(mosaic: WeightMosaic, source: Source, tile: int, symbol: int) -> str:
    """One symbol in one line, by its weight where it has one."""
    weight = mosaic.tensor.weight_of(tile, symbol)
    if weight is None:
        return f"Symbol {symbol:,} of tile {tile:,} is padding, and no weight"
    return weight_sentence(mosaic, source, *weight)


def tile_sentence(mosaic: WeightMosaic, tile: int) -> str:
    """One tile in one line: the part of the matrix that it fills, and whether it failed."""
    place = mosaic.tensor.rectangle(tile)
    if not place.size:
        return f"Tile {tile:,} lies outside the matrix"
    failure = f" · failed: {mosaic.failures[tile]}" if tile in mosaic.failures else ""
    return (
        f"Tile {tile:,} · rows {place.row:,} to {place.row + place.rows - 1:,}, columns "
        f"{place.col:,} to {place.col + place.cols - 1:,}{failure}"
    )


def block_words(mosaic: WeightMosaic, stride: int) -> str:
    """What a cell of the picture shows."""
    if stride == 1:
        return "Weight"
    return f"{mosaic.statistic.of_block} of {stride:,}×{stride:,} weights"


def block_sentence(mosaic: WeightMosaic, stride: int, row: int, col: int) -> str:
    """What a pixel shows that stands for more than one weight."""
    shown = weight_text(mosaic.code(row, col))
    return f"{block_words(mosaic, stride)}: {shown}" if shown else ""


def note(failed: list[int], failures: dict[int, str], coming: int) -> str:
    """What is missing from the picture; "" where nothing is."""
    parts = []
    if failed:
        count = "1 tile" if len(failed) == 1 else f"{len(failed):,} tiles"
        parts.append(f"{count} in sight failed; tile {failed[0]:,}: {failures[failed[0]]}")
    if coming:
        more = " or more" if coming >= WISHED else ""
        parts.append(f"{coming:,}{more} tiles to be decoded")
    return " · ".join(parts)


def scale_words(frame: Frame) -> str:
    """How large a weight is on the screen."""
    if frame.stride > 1:
        return f"1 px = {frame.stride:,}×{frame.stride:,}"
    return "1:1" if frame.magnify == 1 else f"{frame.magnify} px each"


def number(value: float) -> str:
    """A whole number with a real minus sign."""
    return f"{round(value):,}".replace("-", "−")
