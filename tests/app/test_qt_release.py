"""Faults of a Qt release that would end the app long after their cause.

PySide6 6.12.0 gives away a reference to True whenever a signal is emitted. Before Python 3.12 that
aborts the process once they are used up, anywhere. A release that does so must not be let in.
"""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QObject, Signal

EMISSIONS = 100


class Sender(QObject):
    plain = Signal()
    carrying = Signal(object)


@pytest.mark.parametrize("value", [True, False, None], ids=str)
def test_emitting_a_signal_gives_no_reference_away(value):
    sender = Sender()
    sender.plain.connect(lambda: None)
    sender.carrying.connect(lambda carried: None)
    spare = [value] * (10 * EMISSIONS)  # what a faulty release takes, it takes from these
    before = sys.getrefcount(value)
    for _ in range(EMISSIONS):
        sender.plain.emit()
        sender.carrying.emit(value)
    assert abs(sys.getrefcount(value) - before) < EMISSIONS // 2
    assert len(spare) == 10 * EMISSIONS
