"""The commands that have the current file checked or decoded, and the one that stops everything."""

from __future__ import annotations

from app.commands.command import Command
from codec.decoders import DECODERS

JOBS = (
    Command(
        "jobs.check",
        "Run &full check",
        "F7",
        "Decode every stream of the current file and check all of it.",
        "&Run",
        needs_file=True,
        toolbar="Check",
    ),
    Command(
        "jobs.decode_whole",
        "Decode the &whole tensor",
        "F8",
        "Decode all of the selected tensor with the chosen decoder and show how long each part takes.",
        "&Run",
        needs_file=True,
    ),
    Command(
        "jobs.cancel",
        "&Stop all jobs",
        "Ctrl+.",
        "Stop everything that is being computed for any file.",
        "&Run",
        toolbar="Stop",
    ),
)


def decoder_command(decoder: str, number: int) -> Command:
    """The command that chooses a decoder."""
    return Command(
        f"decoder.{decoder}",
        f"&{number} {decoder}",
        "",
        f"Decode tiles and traces with the decoder {decoder} from now on.",
        "&Run/&Decoder",
        undoes="choose another decoder",
        checkable=True,
    )


DECODER_COMMANDS = tuple(decoder_command(decoder, i) for i, decoder in enumerate(DECODERS, 1))
"""One for every decoder of ours."""
