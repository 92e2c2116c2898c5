"""What is pointed at and what is selected in a comparison, shown in all pictures and said in a line."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.canvas.controls import Line
from app.difference_steps import Order, next_difference
from app.document import Document
from app.models import comparison_sentences as sentences
from app.models.explanation import Target, ToSymbol, ToTile, ToWeight
from app.views.comparison.pictures import Pictures
from app.views.comparison.plate import Plate
from app.views.comparison.share_map import ShareMap
from codec.comparison.comparison import Difference

NOTHING = "Point at a weight to see both its values, its tile and its symbol."


class Pointing(QObject):
    """The tie between the pictures and the selection of the document.

    Attributes:
        document: whose selection it is.
        line: where it is said.
    """

    def __init__(self, plate: Plate, pictures: Pictures, tiles: ShareMap) -> None:
        super().__init__(pictures)
        self.document: Document | None = None
        self.line = Line()
        self._plate = plate
        self._pictures = pictures
        self._tiles = tiles
        self._pointed: tuple[int, int] | None = None
        self._marked: tuple[int, int] | None = None
        pictures.set_describe(self._describe)
        pictures.hovered.connect(self._on_hover)
        pictures.picked.connect(self._on_pick)
        pictures.stepped.connect(self._on_step)
        tiles.picked.connect(lambda tile: self.go(ToTile(tile)))

    # Showing

    def show_selection(self) -> None:
        """Outlines what is selected and scrolls it into sight; selects nothing itself."""
        self._marked = None
        document, comparison = self.document, self._plate.comparison
        if document is None or comparison is None or document.tensor is not comparison.tensor:
            return
        tensor, tile = comparison.tensor, document.selection.tile
        if tile is None or tile >= len(tensor.tiles):
            self._pictures.set_marks(None, None)
            self._tiles.select(None)
        else:
            weight, place = self._selected(), tensor.rectangle(tile)
            self._pictures.set_marks(tile, weight)
            self._tiles.select(tile)
            if weight is not None:
                self._pictures.main.reveal(*weight)
            elif place.size:
                self._pictures.main.reveal(*place)
        self._say()

    def _selected(self) -> tuple[int, int] | None:
        """Row and column of the selected weight."""
        document, comparison = self.document, self._plate.comparison
        if document is None or comparison is None or self._marked is not None:
            return self._marked
        tile, symbol = document.selection.tile, document.selection.symbol
        if tile is None or symbol is None or tile >= len(comparison.tensor.tiles):
            return None
        return comparison.tensor.weight_of(tile, symbol)

    def _on_hover(self, cell: tuple[int, int] | None) -> None:
        self._pointed = cell
        self._say()

    def _say(self) -> None:
        """Says what is pointed at, or else what is selected."""
        if self._plate.comparison is None:
            return
        weight = self._selected()
        if self._pointed is not None:
            self.line.say(self._describe(*self._pointed))
        else:
            self.line.say(NOTHING if weight is None else self._weight_sentence(*weight))

    def _describe(self, row: int, col: int) -> str:
        """What the pointer is at: the weight, and what its pixel shows where it shows a block."""
        comparison, stride = self._plate.comparison, self._pictures.main.frame.stride
        if comparison is None or row >= comparison.tensor.rows or col >= comparison.tensor.cols:
            return ""
        block = sentences.block_sentence(comparison, row, col, stride)
        return " · ".join(filter(None, [self._weight_sentence(row, col), block]))

    def _weight_sentence(self, row: int, col: int) -> str:
        comparison = self._plate.comparison
        if comparison is None:
            return ""
        return sentences.weight_sentence(comparison, comparison.difference_at(row, col))

    # Selecting

    def go(self, target: Target) -> None:
        """Selects a place."""
        document = self.document
        if document is None:
            return
        match target:
            case ToWeight(row, col):
                self._select(row, col)
            case ToSymbol(tile, symbol):
                document.select_symbol(tile, symbol)
            case ToTile(tile):
                document.select_tile(tile)

    def _select(self, row: int, col: int) -> None:
        """Selects a weight; one that no tile of the file codes is outlined here alone."""
        document, comparison = self.document, self._plate.comparison
        if document is None or comparison is None:
            return
        if comparison.tensor.tile_at(row, col) is None:
            self._marked = row, col
            self._pictures.set_marks(None, self._marked)
            self._pictures.main.reveal(row, col)
            self._say()
        else:
            self._marked = None
            document.select_weight(row, col)

    def go_to_difference(self, order: Order, *, forward: bool) -> None:
        """Selects the next difference, or the one before."""
        found = self._next(order, forward=forward)
        if found is not None:
            self._select(found.row, found.col)
        elif self._plate.comparison is not None:
            way = "behind" if forward else "before"
            self.line.say(f"No weight differs {way} this one {order.value}.")

    def _next(self, order: Order, *, forward: bool) -> Difference | None:
        document, comparison = self.document, self._plate.comparison
        if document is None or comparison is None:
            return None
        if self._marked is not None and order is Order.MATRIX:
            return comparison.next_in_matrix(*self._marked, forward=forward)
        return next_difference(comparison, document.selection, order, forward=forward)

    def _on_pick(self, row: int, col: int) -> None:
        """Selects what a pixel shows: of a block, the weight that is farthest off."""
        comparison, stride = self._plate.comparison, self._pictures.main.frame.stride
        if comparison is not None:
            self._select(*sentences.farthest_in(comparison, row, col, stride))

    def _on_step(self, down: int, across: int) -> None:
        """Moves the selected weight; the first press selects one in sight."""
        comparison, weight = self._plate.comparison, self._selected()
        if comparison is None:
            return
        if weight is None:
            region = self._pictures.main.region()
            weight, down, across = (region.row, region.col), 0, 0
        row = min(max(weight[0] + down, 0), comparison.tensor.rows - 1)
        col = min(max(weight[1] + across, 0), comparison.tensor.cols - 1)
        self._select(row, col)
