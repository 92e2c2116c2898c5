"""Captures: what a decoder computed on one machine, in one file, to be opened on another.

A GPU server's run is looked at on a laptop: weights, the log of every tile, timings, traces, and on what and by
which versions they were made. Loading one runs nothing: it is a zip archive of .npy arrays and one JSON text, each
held against the file's size before memory is taken. `recording` makes one, `loading` opens one, `metadata`
is what stands in the JSON and `description` what is told of it; docs/captures.md states the layout for others.
"""

from codec.capture.loading import Capture, CapturedTensor, is_capture, open_capture
from codec.capture.recording import Recording, Wanted

__all__ = ["Capture", "CapturedTensor", "Recording", "Wanted", "is_capture", "open_capture"]
