"""`ranscope decoders`: which decoders there are, and why one is not available."""

from __future__ import annotations

import argparse
from typing import Any

from app.child.limits import SECONDS
from app.cli.console import say, say_json
from app.cli.isolated import ChildDecoder
from app.cli.options import add_json
from app.cli.status import ExitStatus
from codec import decoders
from codec.decoders.availability import choose, unavailable
from codec.decoders.brought import entry_points, is_brought


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declares the command's arguments."""
    add_json(parser)


def run(arguments: argparse.Namespace) -> ExitStatus:
    """Carries the command out."""
    known = [_described(name) for name in (*decoders.DECODERS, *sorted(entry_points()))]
    if arguments.json:
        say_json({"default": choose().name, "decoders": known})
        return ExitStatus.OK
    width = max(len(decoder["name"]) for decoder in known)
    for decoder in known:
        text = decoder["description"] or f"not available: {decoder['reason']}"
        say(f"{decoder['name'].ljust(width)}  {text}")
    return ExitStatus.OK


def _described(name: str) -> dict[str, Any]:
    brought = is_brought(name)
    reason = ChildDecoder(name, SECONDS).unavailable() if brought else unavailable(name)
    return {
        "name": name,
        "available": not reason,
        "reason": reason or None,
        "brought": brought,
        "description": None if reason else decoders.make(name).description,
    }
