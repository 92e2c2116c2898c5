"""What `ranscope bench` makes of a card that somebody else uses, fills, or takes away, and of a kernel that kills it.

    python benchmarks/gpu_busy.py [OUT]

Each case is a run of the same small plan, beside a program that does to the card what the case says. Whatever happens,
the processor's candidate must be measured, nothing that was measured may be lost, and each outcome must say why.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

PLAN = """
name = "busy"
title = "A card that is not ours alone"
baseline = "native, cpu"

[stopping]
rounds = 15

[[data]]
name = "normal(0, 10), 64 MiB"
source = "generated:normal-10:8192x8192:10"

[[candidate]]
name = "native, cpu"
coder = "cpu"
recipe = { layout = "native" }
actions = ["decode"]

[[candidate]]
name = "native, kernel alone"
coder = "cupy"
recipe = { layout = "native" }
options = { on_card = true }
actions = ["decode"]

[[candidate]]
name = "native, host to host"
coder = "cupy"
recipe = { layout = "native" }
actions = ["decode"]
"""

TRAPPING = """
[[candidate]]
name = "brought, traps"
coder = "%s"
recipe = { layout = "native" }
actions = ["decode"]
"""

COMPUTING = """
import cupy, numpy as np
kernel = cupy.RawKernel('''extern "C" __global__ void spin(long long cycles) {
    for (long long begin = clock64(); clock64() - begin < cycles;) {}
}''', "spin")
kernel((1024,), (1024,), (np.int64(1),))
cupy.cuda.Device().synchronize()
print("ready", flush=True)
while True:
    kernel((1024,), (1024,), (np.int64(1 << 20),))
    cupy.cuda.Device().synchronize()
"""

LEFT_FREE = 700 << 20
"""Bytes, of which the process that measures needs some 600 MB for its context alone."""

HOLDING = f"""
import cupy, time
runtime = cupy.cuda.runtime
cupy.zeros(1)
held = []
while (free := cupy.cuda.Device().mem_info[0]) > {LEFT_FREE} + (64 << 20):
    held.append(runtime.malloc(min(free - {LEFT_FREE}, 8 << 30)))
print("ready", flush=True)
time.sleep(1000)
"""

TRAP = """
extern "C" __global__ void trap() { asm("trap;"); }
"""


def main(out: Path | None) -> None:
    """Runs the cases, one after the other."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = folder / "busy.toml"
        plan.write_text(PLAN)
        with nullcontext(sys.stdout) if out is None else out.open("w") as file:
            for told in _cases(folder, plan):
                file.write(told.replace(f"{name}/", ""))
                file.flush()


def _cases(folder: Path, plan: Path) -> Iterator[str]:
    measure, kept = ("--plan", str(plan)), folder / "kept.json"
    yield _heading("nobody else uses it") + _bench(*measure)
    with _beside(COMPUTING):
        yield _heading("another program computes all the time") + _bench(*measure)
    with _beside(HOLDING):
        says = f"another program holds all of its memory but {LEFT_FREE >> 20} MiB"
        yield _heading(says) + _bench(*measure, "--save", str(kept))
    yield _heading("that run is gone on with, when the memory is free again") + _bench(
        "--resume", str(kept)
    )
    with _beside(HOLDING):
        _bench(*measure, "--save", str(folder / "again.json"))
    yield _heading("such a run is gone on with where the card has gone") + _bench(
        "--resume", str(folder / "again.json"), CUDA_VISIBLE_DEVICES="-1"
    )
    plan.write_text(PLAN + TRAPPING % _trapping(folder))
    yield _heading("a decoder of one's own kills the card's context") + _bench(*measure)


def _trapping(folder: Path) -> Path:
    """A decoder that is right but for a kernel that traps."""
    path = folder / "traps.py"
    path.write_text(
        "import cupy\n\n\ndef decode(layer):\n"
        f"    cupy.RawKernel({TRAP!r}, 'trap')((1,), (1,), ())\n"
        "    cupy.cuda.Device().synchronize()\n"
    )
    return path


def _heading(says: str) -> str:
    return f"== {says}\n"


def _bench(*arguments: str, **environment: str) -> str:
    """What the command prints, and how it ended."""
    command = [sys.executable, "-m", "app", "bench", *arguments]
    given = {**os.environ, **environment}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env=given)
    said = "".join(done.stderr.splitlines(keepends=True)[-1:]) if done.returncode else ""
    return f"{done.stdout}{said}exit status {done.returncode}\n\n"


@contextmanager
def _beside(program: str) -> Iterator[None]:
    """A program that does something to the card meanwhile."""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            if process.stdout.readline() != b"ready\n":
                raise SystemExit("the program beside did not begin")
            time.sleep(1.0)
            yield
        finally:
            process.kill()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
