"""How weights are to be encoded anew: one recipe for every layout, contradictions refused before anything runs."""

from __future__ import annotations

from dataclasses import dataclass

from codec.encoder import EncodeSettings
from codec.errors import InputError
from codec.formats import FORMATS, batched, native, wcdc
from codec.native_layer import AUTO, NativeSettings
from codec.table_rule import Normalisation, TableRule

PREDICTORS = ("none", "left", "top", AUTO)
"""What `Recipe.predictor` may be, as far as the layout has it."""

PREDICTORS_OF: dict[str, tuple[str, ...]] = {
    batched.NAME: ("left", AUTO),
    wcdc.NAME: ("left", "top", AUTO),
    native.NAME: PREDICTORS,
}
"""What each layout has of them; batched has only left, which `auto` is there."""

STATE_BITS_OF_BYTES = 23
"""log2 of L in native files with 8-bit words: the more room a state has, the less is lost to rounding."""

MOST_BYTES = 1 << 31
"""Bytes of index, and symbols of padding, above which a recipe is not carried out: it is a slip of the keyboard."""


@dataclass(frozen=True)
class Recipe:
    """Settings of one encoding.

    Attributes:
        layout: `batched`, `wcdc` or `native`.
        tile_rows, tile_cols: shape of a whole tile; the legacy layouts have square ones alone.
        predictor: `none`, `left`, `top` or `auto` (by cost, tile by tile), as far as the layout has it.
        scale_bits: log2 of the slots of the table; 12 in the legacy layouts.
        word_bits: bits of a renormalisation word; 8 in the legacy layouts.
        lanes, run: rANS states that share a stream, and the weights side by side that a lane codes; 1 in the
            legacy layouts.
        sample: symbols from the tensor's start that the table is made from; None for all. A symbol that the sample
            lacks is given a frequency of 1, or it could not be coded.
        normalisation: how counts become frequencies.

    Raises:
        InputError: a setting is outside its range, or two contradict each other: which, and what would do.
    """

    layout: str = batched.NAME
    tile_rows: int = 256
    tile_cols: int = 256
    predictor: str = AUTO
    scale_bits: int = 12
    word_bits: int = 8
    lanes: int = 1
    run: int = 1
    sample: int | None = None
    normalisation: Normalisation = Normalisation.OURS

    def __post_init__(self) -> None:
        if self.layout not in FORMATS:
            known = ", ".join(FORMATS)
            raise InputError(f"there is no layout called {self.layout!r}; there are {known}")
        if self.predictor not in PREDICTORS_OF[self.layout]:
            raise InputError(_no_predictor(self.layout, self.predictor))
        if self.layout == native.NAME:
            self.native()
        else:
            self._require_legacy()
            self.legacy()

    def _require_legacy(self) -> None:
        """Raises InputError where a setting is one that the layouts of the original do not have."""
        if self.tile_rows != self.tile_cols:
            raise InputError(
                f"{self.layout} tiles are square, not {self.tile_rows:,}×{self.tile_cols:,}: take T×T, or "
                "the native layout"
            )
        fixed = {
            "12 scale bits": (self.scale_bits, 12),
            "words of 8 bits": (self.word_bits, 8),
            "one lane": (self.lanes, 1),
            "a run of 1": (self.run, 1),
        }
        for says, (chosen, only) in fixed.items():
            if chosen != only:
                raise InputError(
                    f"the {self.layout} layout has {says}, not {chosen:,}: take {only}, or the native layout"
                )

    @property
    def table_rule(self) -> TableRule:
        """How the table is made."""
        return TableRule(self.normalisation, self.sample)

    def legacy(self) -> EncodeSettings:
        """The settings of a legacy layout.

        Raises:
            InputError: one is outside its range.
        """
        return EncodeSettings(self.layout, self.tile_rows, self.predictor, self.table_rule)

    def native(self) -> NativeSettings:
        """The settings of the native layout.

        Raises:
            InputError: one is outside its range, or two do not go together.
        """
        bound = STATE_BITS_OF_BYTES if self.word_bits == 8 else 16
        return NativeSettings(
            self.tile_rows, self.tile_cols, self.predictor, self.lanes, self.run,
            self.scale_bits, self.word_bits, bound, self.table_rule,
        )  # fmt: skip

    def refusal_for(self, rows: int, cols: int) -> str:
        """Why a matrix of this shape cannot be encoded so, as one sentence; "" where it can."""
        down, across = -(-rows // self.tile_rows), -(-cols // self.tile_cols)
        tiles = down * across
        if self.layout == batched.NAME and max(down, across) > 0xFFFF:
            return (
                f"tiles of {self.tile_text} divide the matrix into {down:,} × {across:,}, but a batched "
                "file numbers 65,535 down and across: take larger ones"
            )
        if tiles * INDEX_ENTRY_BYTES[self.layout] > MOST_BYTES:
            return f"tiles of {self.tile_text} make {tiles:,} of them, an index of over 2 GiB: take larger ones"
        padding = tiles * self.tile_rows * self.tile_cols - rows * cols
        if self.layout == batched.NAME and padding > MOST_BYTES:
            return (
                f"tiles of {self.tile_text} are filled up with {padding:,} zeros in the batched layout: "
                "take smaller ones"
            )
        return ""

    @property
    def tile_text(self) -> str:
        """The shape of a tile as a person writes it."""
        return f"{self.tile_rows:,}×{self.tile_cols:,}"


INDEX_ENTRY_BYTES: dict[str, int] = {
    batched.NAME: batched.INDEX_ENTRY.size,
    wcdc.NAME: wcdc.TILE_RECORD.size,
    native.NAME: native.TILE_RECORD.size,
}
"""Bytes that a file spends on each tile in front of the streams."""


def usual(layout: str) -> Recipe:
    """What `ranscope encode` does unless told otherwise.

    Raises:
        InputError: there is no such layout.
    """
    if layout != native.NAME:
        return Recipe(layout, predictor=only_one(layout, AUTO))
    settings = NativeSettings()
    return Recipe(
        layout,
        predictor=settings.predictor,
        word_bits=settings.word_bits,
        lanes=settings.lanes,
        run=settings.run,
    )


def only_one(layout: str, predictor: str) -> str:
    """A predictor; of a layout that has just one, the cheapest is that one by its name."""
    real = [name for name in PREDICTORS_OF.get(layout, ()) if name != AUTO]
    return real[0] if predictor == AUTO and len(real) == 1 else predictor


def _no_predictor(layout: str, predictor: str) -> str:
    if predictor not in PREDICTORS:
        return f"there is no predictor called {predictor!r}; there are {', '.join(PREDICTORS)}"
    there = " or ".join(PREDICTORS_OF[layout])
    others = [name for name, known in PREDICTORS_OF.items() if predictor in known]
    return (
        f"the {layout} layout does not know the predictor {predictor}: take {there}, or the "
        f"{' or '.join(others)} layout"
    )
