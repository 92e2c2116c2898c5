"""Documents that are written by code are what the code would write now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_format_document_is_up_to_date():
    command = [sys.executable, "docs/write_formats.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, check=False)
    assert done.returncode == 0, "run: python docs/write_formats.py"
