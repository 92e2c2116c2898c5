"""What `ranscope encode` is going to do: which arrays it takes, and where each one goes.

All that can be refused without reading the weights is refused here, before a file is written.
"""

from __future__ import annotations

import argparse
import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from app.cli.console import listed
from app.cli.outputs import require_free
from codec.encoder import EncodeSettings
from codec.errors import InputError
from codec.formats import LEGACY_FORMATS, batched, native
from codec.inputs import open_input
from codec.inputs.arrays import InputArray
from codec.native_layer import NativeSettings
from codec.quantisation import SCALES_SUFFIX

SUFFIXES = {f".{name}": name for name in LEGACY_FORMATS} | {native.SUFFIX: native.NAME}
"""The layout that each end of a file's name stands for."""

NATIVE_OPTIONS = ("lanes", "run", "scale_bits", "word_bits")
"""Options that only the native layout has."""


@dataclass(frozen=True, eq=False)
class Job:
    """One array to encode.

    Attributes:
        array: the array.
        settings: how.
        output: the file that it becomes.
        log: where the log of its tiles goes, or None.
    """

    array: InputArray
    settings: EncodeSettings
    output: Path
    log: Path | None = None

    @property
    def scales(self) -> Path:
        """Where the scales go if it is quantised."""
        return self.output.with_name(f"{self.output.name}{SCALES_SUFFIX}")

    @property
    def outputs(self) -> list[Path]:
        """All the files that may be written."""
        return [
            self.output,
            *([self.scales] if self.array.is_float else []),
            *filter(None, [self.log]),
        ]


@dataclass(frozen=True, eq=False)
class Plan:
    """What is to be done.

    Attributes:
        jobs: one an array.
        left_out: arrays that are no matrices and were not asked for by name.
        folder: where all of it goes; None where the output is one file.
    """

    jobs: list[Job]
    left_out: list[InputArray]
    folder: Path | None = None


def plan(arguments: argparse.Namespace) -> Plan:
    """What the arguments ask for, in one of the original's layouts.

    Raises:
        InputError: they contradict each other, or an input or an array cannot be used.
        SourceError, FormatError: an input cannot be read.
    """
    arrays = chosen_arrays(arguments.inputs, arguments.tensor)
    into_folder = names_folder(arguments.output)
    settings = EncodeSettings(
        chosen_layout(arguments), _square(arguments.tile), arguments.predictor or "auto"
    )
    made = _into_folder if into_folder else _into_file
    result = made(arrays, settings, arguments)
    outputs = [path for job in result.jobs for path in job.outputs]
    require_free(outputs, arguments.inputs)
    return result


def chosen_arrays(paths: list[str], names: list[str] | None) -> list[InputArray]:
    """The arrays of all inputs, or those of them that are asked for by name."""
    arrays = [array for path in paths for array in open_input(path)]
    there = [array.name for array in arrays]
    if names is None:
        return arrays
    for name in names:
        if name not in there:
            raise InputError(f"no input holds a tensor called {name!r}; there are {listed(there)}")
    return [array for array in arrays if array.name in names]


def names_folder(output: str) -> bool:
    """Whether an output is a folder, there or not."""
    return output.endswith(os.sep) or Path(output).is_dir()


def chosen_layout(arguments: argparse.Namespace) -> str:
    """The layout to write: as `--format` says, else as the output's name ends, else batched.

    Raises:
        InputError: the output has no name, or an option is not for this layout.
    """
    if not arguments.output:
        raise InputError("-o names no file")
    suffix = "" if names_folder(arguments.output) else PurePath(arguments.output).suffix
    layout: str = arguments.format or SUFFIXES.get(suffix, batched.NAME)
    if layout != native.NAME:
        given = [
            name for name in (*NATIVE_OPTIONS, "encoder") if getattr(arguments, name) is not None
        ]
        if given:
            option = given[0].replace("_", "-")
            raise InputError(f"--{option} is for the native layout, and this is {layout}")
    return layout


def native_settings(arguments: argparse.Namespace) -> NativeSettings:
    """The settings of a native file.

    Raises:
        InputError: one is outside its range.
    """
    rows, cols = arguments.tile
    given = {name: getattr(arguments, name) for name in NATIVE_OPTIONS}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if chosen.get("word_bits") == 8:
        chosen["lower_bound_bits"] = 23  # the more room a state has, the less is lost to rounding
    if arguments.predictor is not None:
        chosen["predictor"] = arguments.predictor
    return NativeSettings(rows, cols, **chosen)


def _square(tile: tuple[int, int]) -> int:
    if tile[0] != tile[1]:
        raise InputError(
            f"tiles of {tile[0]:,}×{tile[1]:,} are for the native layout: others have T×T"
        )
    return tile[0]


def _into_file(
    arrays: list[InputArray], settings: EncodeSettings, arguments: argparse.Namespace
) -> Plan:
    if len(arrays) != 1:
        names = listed([array.name for array in arrays]) or "none"
        raise InputError(
            f"a {settings.format} file holds one tensor, but the input has {len(arrays):,} ({names}): "
            "choose one with --tensor, or end -o with / to write one file each into that folder"
        )
    if refusal := arrays[0].refusal():
        raise InputError(refusal)
    log = Path(arguments.log) if arguments.log is not None else None
    return Plan([Job(arrays[0], settings, Path(arguments.output), log)], [])


def _into_folder(
    arrays: list[InputArray], settings: EncodeSettings, arguments: argparse.Namespace
) -> Plan:
    """One file an array. A model holds vectors too, so what is no matrix is left out unless named."""
    if arguments.log is not None:
        raise InputError("--log takes one tensor, but -o names a folder for many")
    left_out = [a for a in arrays if not a.is_matrix] if arguments.tensor is None else []
    taken = [array for array in arrays if array not in left_out]
    if not taken:
        raise InputError(f"no input holds a matrix: {listed([a.refusal() for a in left_out], 1)}")
    for array in taken:
        if refusal := array.refusal():
            raise InputError(f"{refusal}; nothing was written: --tensor chooses those that can be")
    folder = Path(arguments.output)
    jobs = [Job(a, settings, folder / f"{file_stem(a.name)}.{settings.format}") for a in taken]
    return Plan(jobs, left_out, folder)


def file_stem(name: str) -> str:
    """A tensor's name as a file's: no separators, no leading dots, so that it stays in its folder."""
    return re.sub(r"[^\w.+-]+", "_", name).lstrip(".") or "tensor"
