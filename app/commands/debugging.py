"""The commands of the debugger: running, stepping and jumping through a stream, and its breakpoints."""

from __future__ import annotations

from dataclasses import replace

from app.commands.command import Command

MENU = "&Debug"

_STEPS = (
    Command(
        "debug.symbol_back",
        "Step &back",
        "Shift+F10",
        "Undo the last step.",
        MENU,
        undoes="step forward",
        starts_group=True,
        toolbar="◀ Step",
    ),
    Command(
        "debug.symbol",
        "Step &forward",
        "F10",
        "Take the next step: decode or encode one symbol.",
        MENU,
        undoes="step back",
        toolbar="Step ▶",
    ),
    Command(
        "debug.renormalisation",
        "To the next re&normalisation",
        "F11",
        "Go on to before the next step that moves bytes.",
        MENU,
        undoes="to the previous renormalisation",
    ),
    Command(
        "debug.renormalisation_back",
        "To the previous renormalisation",
        "Shift+F11",
        "Go back to before the last step that moved bytes.",
        MENU,
        undoes="to the next renormalisation",
    ),
    Command(
        "debug.row",
        "To the next ro&w",
        "F12",
        "Go on to before the first step of the next row of the tile.",
        MENU,
        undoes="to the previous row",
    ),
    Command(
        "debug.row_back",
        "To the previous row",
        "Shift+F12",
        "Go back to before the first step of this row of the tile, or of the one before.",
        MENU,
        undoes="to the next row",
    ),
    Command(
        "debug.lanes",
        "To the next turn of the &lanes",
        "Ctrl+F10",
        "Go on until every lane has had its turn; with one lane, a step.",
        MENU,
        undoes="to the previous turn of the lanes",
    ),
    Command(
        "debug.lanes_back",
        "To the previous turn of the lanes",
        "Ctrl+Shift+F10",
        "Go back to where the lanes began this turn, or the one before.",
        MENU,
        undoes="to the next turn of the lanes",
    ),
)

_RUNS = (
    Command(
        "debug.run_back",
        "Run bac&k",
        "Shift+F6",
        "Run back to the breakpoint before, or to the start of the stream.",
        MENU,
        undoes="run",
        toolbar="◀ Run",
    ),
    Command(
        "debug.run",
        "&Run",
        "F6",
        "Run on to the next breakpoint, or to the end of the stream.",
        MENU,
        undoes="run back",
        toolbar="Run ▶",
    ),
    Command(
        "debug.pause",
        "&Pause",
        "Ctrl+F6",
        "Stop a run where it is.",
        MENU,
        toolbar="Pause",
    ),
)

_JUMPS = (
    Command(
        "debug.run_to_cursor",
        "Run to the &selected symbol",
        "Ctrl+F11",
        "Run, ahead or back, to the step of the selected weight or byte; breakpoints on the way stop it.",
        MENU,
        starts_group=True,
    ),
    Command(
        "debug.jump_to_cursor",
        "&Jump to the selected symbol",
        "Ctrl+Shift+F11",
        "Put the cursor on the step of the selected weight or byte at once, in whichever tile that is.",
        MENU,
    ),
    Command(
        "debug.jump",
        "Jump to s&tep…",
        "Ctrl+J",
        "Put the cursor on the step of a number.",
        MENU,
    ),
    Command(
        "debug.first",
        "First step",
        "",
        "Put the cursor before the first step of the stream.",
        MENU,
    ),
    Command(
        "debug.last",
        "Last step",
        "",
        "Put the cursor behind the last step of the stream.",
        MENU,
    ),
    Command(
        "debug.divergence",
        "Run to the next &divergence",
        "",
        "Run on to the next step that the other side of the comparison, or else the reference, takes otherwise.",
        MENU,
        starts_group=True,
    ),
    Command(
        "debug.divergence_back",
        "Run to the divergence before",
        "",
        "Run back to the last step that the other side of the comparison, or else the reference, takes otherwise.",
        MENU,
    ),
)

_REST = (
    Command(
        "debug.breakpoint",
        "Breakp&oint at the selected symbol",
        "Ctrl+B",
        "Set a breakpoint at the step of the selected weight or byte, or take it away.",
        MENU,
        undoes="undo",
        starts_group=True,
    ),
    Command(
        "debug.condition",
        "Breakpoint on a &condition…",
        "Ctrl+Shift+B",
        "Write a condition at which runs stop.",
        MENU,
        undoes="undo",
    ),
    Command(
        "debug.enable_all",
        "Switch &all breakpoints on or off",
        "",
        "Switch all breakpoints off, or on where all are off.",
        MENU,
        undoes="undo",
    ),
    Command(
        "debug.direction",
        "&Encode instead of decode",
        "Ctrl+Shift+M",
        "Let the encoder take the steps instead of the decoder, or the reverse, from the same place.",
        MENU,
        undoes="choose it again",
        checkable=True,
        starts_group=True,
    ),
    Command(
        "debug.other",
        "Step with the ot&her decoder",
        "",
        "Let the decoder on the other side of the comparison, or else the reference, take the steps.",
        MENU,
        undoes="choose it again",
        checkable=True,
    ),
    Command(
        "debug.stop",
        "End stepp&ing",
        "",
        "Take the cursor away; breakpoints stay.",
        MENU,
        undoes="step again",
    ),
)

DEBUGGING = tuple(
    replace(command, needs_file=True) for command in (*_RUNS, *_STEPS, *_JUMPS, *_REST)
)
"""All of them; each needs a file."""
