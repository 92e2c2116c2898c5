"""The command line: one module a sub-command, none of which imports Qt.

This module alone is loaded to tell a sub-command from a file's name.
"""

from __future__ import annotations

COMMANDS: dict[str, str] = {
    "info": "fields, tensors, tiles and problems of a compressed file",
    "decode": "the weights of a compressed file, as .npy",
    "encode": "a compressed file from .npy, .npz, .safetensors or .gguf",
    "trace": "what happened at every step of one tile's stream",
    "capture": "what a decoder computed, in one file to open on another machine",
    "compare": "two outputs side by side: where they differ, and which mistake explains it",
    "sweep": "the same weights encoded with many settings, and what each costs",
    "bench": "encoders and decoders measured beside each other, every output checked",
    "checkpoints": "a side file with which the GPU decodes faster",
    "verify": "every check and a full decode of each file, one line a file",
    "decoders": "which decoders there are, and why one is not available",
    "new-decoder": "a decoder of your own to start from, in Python, C or CUDA",
    "selftest": "round trips of known data through every layout and decoder",
}
"""The sub-commands and what each is for."""
